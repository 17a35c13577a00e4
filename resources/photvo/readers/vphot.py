"""Time-series tables of the AAVSO's VPhot: JD, magnitudes of target and comparison stars, filter, airmass.

The name of the target and the scale of the times are not in the table.
"""

from .rows import batches, fact, magnitude, number, text, time
from .text_rows import Table, first_line, header

FORMAT = "vphot"
VERSION = 1
NEEDED = {"date", "err", "airm", "filter"}
_FACTS = {"airm": "airmass"}


def recognises(head, path):
    """True for a line of columns with Obj1 and those in NEEDED."""
    names = {name.lower() for name in header(first_line(head))}
    return NEEDED <= names and any(name.startswith("obj") for name in names)


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    table = Table(path)
    return batches(path, table.lines(), lambda raw: _point(table.fields(raw)))


def _point(row):
    fields = {name.lower(): word for name, word in row.items()}
    star = next(name for name in fields if name.startswith("obj"))
    mag, limit = magnitude(fields[star], star)
    if mag is None:
        raise ValueError(f"{star}: no magnitude")
    used = {"date", star, "err", "filter", "expo time"}
    facts = {}
    for name, word in row.items():
        if name.lower() not in used and not name.startswith("column "):
            facts[_FACTS.get(name.lower(), name)] = fact(word)
    return {
        "time": time(fields["date"], "Date"), "mag": mag, "upper_limit": limit, "mag_err": number(fields["err"], "Err"),
        "band": text(fields["filter"]), "exptime": number(fields.get("expo time"), "Expo time"), "metadata": facts,
    }  # fmt: skip
