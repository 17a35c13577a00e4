"""The object CSV of the Kolonica archive, and the columns that it may have beyond the archive's own.

`--` or nothing is a missing value. Positions are ICRS in degrees. A file is one batch.
"""

import re
from pathlib import Path

from ..model.batch import ObjectBatch, ObjectRecord
from .header_line import words
from .table_rows import read_rows

FORMAT = "kolonica-objects"
VERSION = 1
WHAT = "a Kolonica object CSV"
REQUIRED = "old_id gaia_name ucac4_name apass_name vsx_name ra dec class description".split()
OPTIONAL = (
    "simbad_name other_names epoch var_type period period_epoch period_epoch_frame mag_max mag_min mag_band"
    " source"
).split()
MISSING = ("", "--")
NAMES = ("simbad_name", "ucac4_name", "apass_name", "vsx_name")

#: Widths of the columns in resources/kolonica/schema.sql.
NAME, OTHER_NAME, TEXT, BAND = 32, 64, 256, 16


def recognises(head, path):
    """True for a header line with at least two of the column names that no other format has, or in a folder
    `objects` with a position."""
    found = words(head)
    own = {"old_id", "gaia_name", "ucac4_name", "apass_name", "vsx_name"}
    return len(found & own) > 1 or {"ra", "dec"} <= found and Path(path).parent.name == "objects"


def read(path, options=None):
    """Yield one ObjectBatch. Raises ReadError."""
    objects, _, rejects = read_rows(path, REQUIRED, REQUIRED + OPTIONAL, WHAT, _record, MISSING)
    yield ObjectBatch(objects, rejects)


def _gaia(name):
    """The bare source_id of `1234` or `Gaia DR3 1234`. EDR3 has the same ones, DR2 has not."""
    if name is None:
        return None
    found = re.fullmatch(r"(?:gaia\s*(?:e?dr3)\s*)?(\d{1,19})", name, re.I | re.A)
    if not found:
        raise ValueError(f"gaia_name: {name!r} is no Gaia DR3 source_id; another name belongs in other_names")
    return found[1]


def _time(row):
    """period_epoch as it is written."""
    row.number("period_epoch")
    return row.text("period_epoch")


def _record(row):
    names = {name: row.text(name, NAME) for name in NAMES}
    names["gaia_name"] = _gaia(row.text("gaia_name"))
    others = tuple(name for text in (row.text("other_names") or "").split(";") if (name := text.strip()))
    for name in others:
        if len(name) > OTHER_NAME:
            raise ValueError(
                f"other_names: {name[:80]!r} has {len(name)} characters; there is room for {OTHER_NAME}"
            )
    if not any(names.values()):
        raise ValueError("gaia_name: the object has no name in gaia_name, " + ", ".join(NAMES))
    ra, dec = row.number("ra", 0, 360), row.number("dec", -90, 90)
    if ra is None or dec is None:
        raise ValueError(f"{'ra' if ra is None else 'dec'}: no position")
    period = row.number("period", 0)
    if period == 0:
        raise ValueError("period: 0 is no period; leave it empty where it is not known")
    epoch = row.number("epoch", 1500, 2500)
    return ObjectRecord(
        line=row.line, ra=ra, dec=dec, id_arch=row.integer("old_id"), **names, other_names=others,
        object_class=row.text("class", NAME), description=row.text("description", TEXT),
        epoch=2016.0 if epoch is None else epoch, var_type=row.text("var_type", NAME), period=period,
        period_epoch=_time(row), period_epoch_frame=row.text("period_epoch_frame", NAME),
        mag_max=row.number("mag_max"), mag_min=row.number("mag_min"), mag_band=row.text("mag_band", BAND),
        source=row.text("source"), raw=row.raw,
    )  # fmt: skip
