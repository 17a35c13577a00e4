"""Light curves in astropy's ECSV: photvo's own, stellarphot's, astropy TimeSeries.

astropy reads the file. A header whose `meta` only its own program understands (tags as stellarphot's
`!Camera`) is read without it; what stands in it of columns is lost then, their units and types are not. A
Time column says its scale; UCDs are in a column's meta; the object is OBJECT in the table's meta, or in each
entry of its `bands`, as photvo writes it.
"""

import re
import warnings

import numpy as np
import pyarrow as pa
from astropy.table import Table
from astropy.time import Time
from astropy.units import Quantity

from ..model import time
from ..model.batch import ReadError, Stated
from .arrays import arrow
from .cells import Cells, Field
from .described import batches
from .frames import Frame
from .source import text_blocks

FORMAT = "ecsv-series"
VERSION = 1


def recognises(head, path):
    """True for ECSV's first line."""
    return re.match(rb"(\xef\xbb\xbf)?# +%ECSV +\d", head) is not None


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    numbers, lines = [], []
    for some_numbers, some_lines in text_blocks(path):
        numbers += some_numbers.tolist()
        lines += [line.decode() for line in some_lines]
    table = _table(lines, path)
    columns, fields = {}, {}
    for name in table.colnames:
        values, field = column(table[name])
        if values is not None:
            columns[name], fields[name] = values, field
    if not columns or not len(table):
        raise ReadError(path, "no row in it")
    at = [i for i, line in enumerate(lines) if not line.lstrip().startswith("#")][
        1:
    ]  # without the line of names

    def raw(line):
        i = int(np.searchsorted(numbers, line))
        return lines[i] if i < len(lines) and numbers[i] == line else ""

    # a text with line ends in it takes several lines: the rows' numbers then stand for their lines
    places = [numbers[i] for i in at] if len(at) == len(table) else range(2, len(table) + 2)
    yield from batches(Cells(pa.table(columns), places, fields, _facts(table.meta), raw), path, options)


def _table(lines, path):
    reason = None
    for attempt in (lines, _without_meta(lines)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return Table.read(attempt, format="ascii.ecsv")
        except MemoryError:
            raise
        except Exception as error:  # astropy and YAML raise many kinds on what is none
            reason = reason or " ".join(str(error).split()) or type(error).__name__
    raise ReadError(path, f"cannot be read as ECSV: {reason}")


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


def column(column):
    """(Arrow array or None, Field) of a column of astropy's Table."""
    info = column.info
    description = str(info.description or "")
    ucd = str((info.meta or {}).get("ucd", ""))
    if isinstance(column, Time):
        kind = "JD" if column.format == "jd" else "MJD"
        scale = column.scale.upper()
        frame = Frame(kind, Stated(scale if scale in time.SCALES else None))
        return arrow(getattr(column, kind.lower())), Field("d", ucd, description, frame)
    if isinstance(column, Quantity):
        return arrow(getattr(column, "value", None)), Field(str(column.unit), ucd, description)
    if not hasattr(column, "dtype"):
        return None, None
    return arrow(column), Field(str(info.unit or ""), ucd, description)


def _facts(meta):
    entries = meta.get("bands")
    entries = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    names = {str(entry.get("OBJECT")) for entry in entries} or {
        str(meta[key]) for key in ("OBJECT", "object") if meta.get(key)
    }
    return {"object": names.pop()} if len(names) == 1 else {}
