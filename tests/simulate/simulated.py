"""What the tests of the simulated Kolonica archive share: making one, and reading its files."""

import argparse
import csv
import shlex

import astropy.units as u
from astropy.coordinates import EarthLocation
from astropy.utils import iers
from photvo.settings import TOP
from photvo.simulate import kolonica

iers.conf.auto_download = False
iers.conf.iers_degraded_accuracy = "warn"

SAMPLE = TOP / "inputs" / "kolonica"
SITE = EarthLocation.from_geodetic(22.273722 * u.deg, 48.935194 * u.deg, 460 * u.m)
BANDS = {1: "g", 2: "r", 3: "i", 4: "none", 216: "none", 276: "B", 604: "I", 605: "V", 1135: "R"}


def simulate(folder, text=""):
    """Run the generator with these options."""
    parser = argparse.ArgumentParser()
    kolonica.add_arguments(parser)
    return kolonica.main(parser.parse_args([str(folder), *shlex.split(text)]))


def options_of_the_sample():
    """The options of the command in the sample's README."""
    line = next(
        line for line in (SAMPLE / "README.md").read_text().splitlines() if "bin/photvo simulate" in line
    )
    return line.split("inputs/kolonica", 1)[1]


def rows(folder, pattern):
    """All rows of the CSV files that match, as dicts."""
    found = []
    for path in sorted(folder.glob(pattern)):
        with open(path, newline="") as file:
            found += csv.DictReader(file)
    assert found
    return found


def contents(folder):
    """Relative path → bytes of all files."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def of_star(objects, points, simbad_name):
    """A star's object row and its points with a calibrated magnitude and a known time."""
    row = next(row for row in objects.values() if row["simbad_name"] == simbad_name)
    mine = [
        p
        for p in points
        if p["object_id_arch"] == row["old_id"] and p["mag"] != "99.99" and p["observer"] != "SIM-VISUAL"
    ]
    return row, mine
