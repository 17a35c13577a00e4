"""`photvo simulate kolonica`: any size, the same for the same seed, and what the seed's queries ask for."""

import csv
from collections import Counter

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.time import Time
from photvo import readers
from photvo.settings import PhotvoError
from photvo.simulate import kolonica
from simulated import BANDS, SAMPLE, contents, of_star, rows, simulate

pytestmark = pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")


def test_the_same_seed_gives_the_same_files_and_another_does_not(tmp_path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        simulate(tmp_path / name, f"--seed {seed} --objects 40 --series 80 --points 900 --images 3")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a") != contents(tmp_path / "c")


def test_the_sample_is_what_the_command_in_its_readme_makes(archive):
    made, kept = contents(archive), contents(SAMPLE)
    for files in (made, kept):  # a compressed image depends on the version of astropy
        files.pop("README.md", None)
        for name in [name for name in files if name.endswith(".fz")]:
            files[name] = None
    assert {name: made[name] for name in made} == {name: kept.get(name) for name in made}
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 8e6


def test_sizes_of_light_curves_are_distributed_as_in_the_real_archive(tmp_path):
    simulate(tmp_path / "big", "--objects 1433 --series 8736 --points 146618")
    series = Counter(
        (p["object_id_arch"], p["obs_type_id"]) for p in rows(tmp_path / "big", "lightcurves/*.csv")
    )
    sizes = np.sort(list(series.values()))
    assert (len(sizes), sizes.sum(), len({star for star, _ in series})) == (8736, 146618, 1433)
    assert abs(np.median(sizes) - 7) <= 1 and abs(np.percentile(sizes, 90) - 46) <= 2 and sizes[-1] == 151
    assert not list((tmp_path / "big").glob("images/**/*.f*"))


@pytest.mark.parametrize(
    "options",
    [
        "--objects 1 --series 1 --points 1",
        "--objects 3 --series 3 --points 3 --images 4",
        "--objects 12 --series 30 --points 5000 --comparison-stars 0",
        "--objects 61 --series 61 --points 61",
        "--objects 5 --series 33 --points 400",
        "--objects 3 --points 100",
    ],
)
def test_any_size_is_possible(tmp_path, options):
    simulate(tmp_path / "x", options)
    wanted = dict(zip(*[iter(options.split())] * 2, strict=True))
    found = rows(tmp_path / "x", "lightcurves/*.csv")
    assert len(found) == int(wanted["--points"])
    assert len(rows(tmp_path / "x", "objects/*.csv")) == int(wanted["--objects"])
    assert len({(p["object_id_arch"], p["obs_type_id"], p["observer"], p["jd"]) for p in found}) == len(found)


@pytest.mark.parametrize(
    "options, says",
    [
        ("--objects 0", "--objects"),
        ("--objects 5 --series 4", "--series"),
        ("--objects 5 --points 5", "--points"),
        ("--objects 5 --series 36 --points 100", "--series"),
        ("--seed -1", "--seed"),
    ],
)
def test_impossible_sizes_are_refused_by_name_and_nothing_is_written(tmp_path, options, says):
    with pytest.raises(PhotvoError, match=says):
        simulate(tmp_path / "x", options)
    assert not (tmp_path / "x").exists()


def test_a_folder_with_files_is_left_alone_unless_forced(tmp_path):
    own = tmp_path / "lightcurves" / "mine.csv"
    own.parent.mkdir()
    own.write_text("mine")
    small = "--objects 5 --series 9 --points 50 --images 1"
    with pytest.raises(PhotvoError, match="--force"):
        simulate(tmp_path, small)
    assert contents(tmp_path) == {"lightcurves/mine.csv": b"mine"}
    simulate(tmp_path, small + " --force")
    before = contents(tmp_path)
    simulate(tmp_path, "--objects 2 --series 2 --points 9 --force --seed 3")
    simulate(tmp_path, small + " --force")
    assert own.read_text() == "mine" and contents(tmp_path) == before


def test_every_file_is_read_without_a_reject(archive, objects, points):
    taken = Counter()
    for path in sorted(archive.rglob("*")):
        if path.is_file():
            reader = readers.open(path)
            for batch in reader:
                assert not getattr(batch, "rejects", []), path
                taken[path.parent.name] += len(getattr(batch, "points", getattr(batch, "objects", "")))
    assert taken["lightcurves"] == len(points) and taken["objects"] == len(objects)


def test_names_are_published_ones_or_say_that_they_are_simulated(objects, points):
    with open(kolonica.stars.DATA / "stars.csv", newline="") as file:
        facts = list(csv.DictReader(file))
    known = {row["gaia_name"] for row in facts} | {row["simbad_name"] for row in facts}
    names = {row[c] for row in objects.values() for c in ("gaia_name", "simbad_name")} - {"", "--"}
    assert all(name in known or name.startswith("SIM ") for name in names)
    compared = {name.strip("' ") for p in points for name in p["comp_stars"].strip("[]").split(",")} - {""}
    assert compared <= names and {"1701925222477693952", "494591086438665856"} <= compared
    assert all(row["source"] for row in objects.values())


def test_the_seeds_own_point_and_cone_are_there(objects, points):
    star, mine = of_star(objects, points, "TYC 4568-4 SIM")
    assert [(p["jd"], p["mag"], p["mag_err"], BANDS[int(p["obs_type_id"])]) for p in mine] == [
        ("2459510.34387", "10.2437", "0.1190", "i")
    ]
    assert sum(r["simbad_name"].upper().startswith("TYC 4568-4") for r in objects.values()) == 1
    centre = SkyCoord(325.679 * u.deg, 43.5862 * u.deg)
    all_ = list(objects.values())
    distance = SkyCoord(
        [float(r["ra"]) for r in all_] * u.deg, [float(r["dec"]) for r in all_] * u.deg
    ).separation(centre)
    near = sorted(
        (d.rad, r["gaia_name"], r["simbad_name"])
        for d, r in zip(distance, all_, strict=True)
        if d < 0.1 * u.deg
    )
    assert [name for _, *name in near] == [
        ["1972957892448494592", "V* SS Cyg"],
        ["1972957308333789312", ""],
        ["1972957690592232192", ""],
    ]
    assert np.allclose([d for d, *_ in near], [0, 0.00017514574622243208, 0.00022790859998570036], atol=2e-8)


def test_the_awkward_moments_are_there(points):
    utc = Time(
        [float(p["jd"]) for p in points if p["observer"] == "SIM-ALICA"], format="jd", scale="utc"
    ).isot
    assert any(text.startswith("2016-12-31T23:59:60") for text in utc)
    assert any("2021-10-31T00:30" < t < "2021-10-31T01" for t in utc)
    assert any("2021-10-31T01" < t < "2021-10-31T01:30" for t in utc)
    assert any(
        float(p["jd"]) < 2459580.5 < float(p["jd"]) + 0.001 for p in points if p["observer"] == "SIM-ZIGA"
    )
    assert {p["quality"] for p in points} == {"0", "1", "2"}
    assert {p["privileges"] for p in points} == {"full", "owner"}
    assert {"99.99"} < {p["mag"] for p in points} and "9.99" in {p["diff_mag_err"] for p in points}
