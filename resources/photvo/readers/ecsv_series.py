"""Light curves in astropy's ECSV: photvo's own, stellarphot's, astropy TimeSeries.

astropy reads the file. A header whose `meta` only its own program understands (tags as stellarphot's
`!Camera`) is read without it; what stands in it of columns is lost then, their units and types are not. A
Time column says its scale; UCDs are in a column's meta; the object is OBJECT in the table's meta, or in each
entry of its `bands`, as photvo writes it.
"""

import re

import numpy as np

from ..model.batch import ReadError
from . import astropy_table, gaia
from .cells import Cells
from .described import batches

FORMAT = "ecsv-series"
VERSION = 1


def recognises(head, path):
    """True for ECSV's first line."""
    return re.match(rb"(\xef\xbb\xbf)?# +%ECSV +\d", head) is not None


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    numbers, lines = astropy_table.numbered_lines(path)
    table = _table(lines, path)
    gaia.refuse_raw(table.colnames, path)
    columns, fields = astropy_table.columns(table, path)
    at = [i for i, line in enumerate(lines) if not line.lstrip().startswith("#")][1:]  # without the line of names

    def raw(line):
        i = int(np.searchsorted(numbers, line))
        return lines[i] if i < len(lines) and numbers[i] == line else ""

    # a text with line ends in it takes several lines: the rows' numbers then stand for their lines
    places = [numbers[i] for i in at] if len(at) == len(table) else range(2, len(table) + 2)
    yield from batches(Cells(columns, places, fields, _facts(table.meta), raw), path, options)


def _table(lines, path):
    reasons = []
    for attempt in (lines, _without_meta(lines)):
        try:
            return astropy_table.read(attempt, "ascii.ecsv")
        except ValueError as reason:
            reasons.append(reason)
    raise ReadError(path, f"cannot be read as ECSV: {reasons[0]}")


def _without_meta(lines):
    "the lines of the header without its `meta`; of each column's, too"
    kept, inside = [], False
    for line in lines:
        if re.match(r"# \w+:", line):
            inside = line.startswith("# meta:")
        elif not line.startswith("#"):
            inside = False
        if not inside:
            kept.append(line)
    return kept


def _facts(meta):
    entries = meta.get("bands")
    entries = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    names = {str(entry.get("OBJECT")) for entry in entries} or {
        str(meta[key]) for key in ("OBJECT", "object") if meta.get(key)
    }
    return {"object": names.pop()} if len(names) == 1 else {}
