"""The stars of the simulated archive: the real ones of data/stars.csv, then invented ones (invented.py).

A real star has its published position, type, period, epoch and range, each with its source; a catalogue
identifier is never invented.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import invented, shapes

DATA = Path(__file__).parent / "data"
SEED_STAR = "TYC 4568-4"  # all that the seed has of its designation
#: Columns of an object file: the nine of the Kolonica CSV, then ours.
COLUMNS = (
    "old_id gaia_name ucac4_name apass_name vsx_name ra dec class description simbad_name other_names epoch "
    "var_type period period_epoch period_epoch_frame mag_max mag_min mag_band source"
).split()


@dataclass
class Stars:
    """Arrays over n stars, and over the fields in which they are observed together."""

    rows: list  # dicts of text: COLUMNS, field, sim_mag, sim_amp
    ra: np.ndarray  # deg
    dec: np.ndarray
    kind: np.ndarray  # keys of shapes.KINDS
    period: np.ndarray  # d, nan where there is none
    epoch: np.ndarray  # JD; an arbitrary one where none is published
    barycentric: np.ndarray  # bool: epoch is BJD TDB, else HJD UTC
    mag: np.ndarray  # V at brightest, mag
    amplitude: np.ndarray  # V, mag
    b_v: np.ndarray  # mag
    real: np.ndarray  # bool
    field: np.ndarray  # index of its field
    targets: np.ndarray  # (fields,) the star for which a field is observed
    field_ra: np.ndarray  # (fields,) deg
    field_dec: np.ndarray
    comparisons: list  # (fields,) indices of comparison stars

    def name(self, star):
        """What a star is called in lists of comparison stars."""
        row = self.rows[star]
        return row["gaia_name"] or row["simbad_name"]

    def target_name(self, field):
        """The SIMBAD name, else the Gaia identifier, of a field's target."""
        return _main_name(self.rows[self.targets[field]])

    def is_seed_star(self):
        """True for the star of the seed's one point."""
        return np.array([row["simbad_name"].startswith(SEED_STAR) for row in self.rows])


def _main_name(row):
    return row["simbad_name"] or row["gaia_name"]


def _number(text, missing=np.nan):
    return float(text) if text else missing


def _positions(rows):
    return tuple(np.array([float(row[c]) for row in rows]) for c in ("ra", "dec"))


def make(count, comparisons, rng):
    """`count` stars, real ones first, in their fields, with up to `comparisons` comparison stars a field."""
    with open(DATA / "stars.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:count]
    index = {_main_name(row): i for i, row in enumerate(rows)}
    owner = [index[row["field"] or _main_name(row)] for row in rows]
    targets = sorted(set(owner))
    ra, dec = _positions(rows)
    home = index.get(invented.SHARED_COMPARISON, 0)
    more_ra, more_dec, sharing = invented.further_fields(count, len(targets), (ra[home], dec[home]), rng)
    field_ra, field_dec = np.append(ra[targets], more_ra), np.append(dec[targets], more_dec)

    n_real = len(rows)
    names = [_main_name(rows[t]) for t in targets]
    field, place, sim_ra, sim_dec = invented.places(count - n_real, names, field_ra, field_dec, rng)
    empty = dict.fromkeys([*COLUMNS, "field"], "")
    rows += [empty | row for row in invented.rows(sim_ra, sim_dec, place, rng)]
    field = np.append([targets.index(o) for o in owner], field).astype(int)
    for f in range(len(targets), len(field_ra)):  # further fields are for their third star, which varies
        mine = np.flatnonzero(field == f)
        targets.append(mine[min(2, len(mine) - 1)])

    ra, dec = _positions(rows)
    kind = np.array([shapes.kind_name(row["var_type"]) for row in rows])
    mag = np.array([_number(row["sim_mag"], _number(row["mag_max"])) for row in rows])
    span = np.array([_number(row["mag_min"]) for row in rows]) - mag
    constant = kind == "CST"
    return Stars(
        rows=rows,
        ra=ra,
        dec=dec,
        kind=kind,
        period=np.array([_number(row["period"]) for row in rows]),
        epoch=np.array([_number(row["period_epoch"], 2457000.0 + 3 * i) for i, row in enumerate(rows)]),
        barycentric=np.array([row["period_epoch_frame"].startswith("BJD") for row in rows]),
        mag=mag,
        amplitude=np.array([_number(row["sim_amp"], span[i]) for i, row in enumerate(rows)]),
        b_v=np.array([shapes.KINDS[k].b_v for k in kind]) + constant * 0.8 * (rng.random(count) - 0.5),
        real=np.arange(count) < n_real,
        field=field,
        targets=np.array(targets, int),
        field_ra=field_ra,
        field_dec=field_dec,
        comparisons=_comparisons(rows, field, constant, comparisons, len(names), sharing, home),
    )


def _comparisons(rows, field, constant, most, further, sharing, home):
    """The comparison stars of each field, `most` at most: its first constant stars.

    The `sharing` fields from number `further` on have the star `home` before their own.
    """
    found = defaultdict(list)
    for f in range(further, further + sharing):
        found[f].append(home)
    for i in np.flatnonzero(constant):
        if not rows[i]["simbad_name"].startswith(SEED_STAR):
            found[int(field[i])].append(int(i))
    return [found[f][:most] for f in range(field.max() + 1)]
