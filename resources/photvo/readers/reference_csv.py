"""The reference tables of a collection: observatories, telescopes, instruments, photosys, datasources.

A file has the name of its table and the columns of resources/kolonica/schema.sql, in any order; those that
the schema lets be null may be absent. Foreign keys are given by name: `observatory` and `telescope` in the
place of `observatory_id` and `telescope_id`. Ids are the database's own and are not in the file.
"""

from functools import partial
from pathlib import Path

from ..model import time
from ..model.batch import ReferenceBatch
from .header_line import words
from .table_rows import read_rows

FORMAT = "kolonica-reference"
VERSION = 1


def _text(width=None, choice=None):
    def get(row, name):
        value = row.text(name, width)
        if choice and value is not None and value not in choice:
            raise ValueError(f"{name}: {value!r} is none of {', '.join(choice)}")
        return value

    return get


def _number(*bounds):
    return lambda row, name: row.number(name, *bounds)


def _integer(row, name):
    return row.integer(name)


_NAME, _POSITIVE = _text(64), _number(0)

#: table → its columns, the ones that may not be empty, and how each is read (see schema.sql for units)
TABLES = {
    "observatories": (("name", "longitude", "latitude", "altitude"), {
        "name": _NAME, "longitude": _number(-180, 360), "latitude": _number(-90, 90),
        "altitude": _number(-500, 10_000), "operator": _text(128), "description": _text(),
    }),
    "telescopes": (("name",), {
        "name": _NAME, "observatory": _NAME, "aperture": _POSITIVE, "focal_length": _POSITIVE,
        "description": _text(),
    }),
    "instruments": (("name",), {
        "name": _NAME, "type": _text(32), "pixel_size": _POSITIVE, "naxis1": _integer, "naxis2": _integer,
        "description": _text(),
    }),
    "photosys": (("band",), {
        "band": _text(16), "description": _text(), "filter_id": _text(64), "magsys": _text(8, ("AB", "Vega")),
        "zeropoint": _POSITIVE, "wavelength_eff": _POSITIVE, "wavelength_min": _POSITIVE,
        "wavelength_max": _POSITIVE,
    }),
    "datasources": (("progid",), {
        "progid": _text(32), "name": _text(128), "contributors": _text(), "copyright": _text(),
        "reference": _text(), "description": _text(),
        "time_scale": _text(8, time.SCALES), "time_refposition": _text(16, time.REFPOSITIONS),
        "time_point": _text(8, time.MOMENTS), "observatory": _NAME, "telescope": _NAME,
    }),
}  # fmt: skip


def recognises(head, path):
    """True for a file with the name of a table and at least one of its columns in the header line."""
    _, readers = TABLES.get(Path(path).stem, (None, {}))
    return not words(head).isdisjoint(readers)


def read(path, options=None):
    """Yield one ReferenceBatch. Raises ReadError."""
    table = Path(path).stem
    required, readers = TABLES[table]
    rows, lines, rejects = read_rows(
        path, required, list(readers), f"the reference table {table}", partial(_row, required, readers)
    )
    yield ReferenceBatch(table, rows, lines, rejects)


def _row(required, readers, row):
    values = {name: get(row, name) for name, get in readers.items()}
    for name in required:
        if values[name] is None:
            raise ValueError(f"{name}: may not be empty")
    return values
