"""Light curves in IPAC tables, as IRSA sends them: ZTF's, and others by the names of their columns.

Lines that begin with a backslash are comments and keywords, those with a bar names, types, units and words
for missing values. astropy reads the file as a whole; the lines of its rows are counted from the first behind
the names.
"""

import warnings

import pyarrow as pa
from astropy.table import Table

from ..model.batch import ReadError
from .cells import Cells
from .described import batches
from .ecsv_series import column
from .source import text_blocks

FORMAT = "ipac-series"
VERSION = 1


def recognises(head, path):
    """True where a line between bars follows comments with a backslash, or begins the file."""
    lines = (
        line
        for line in head.removeprefix(b"\xef\xbb\xbf").splitlines()
        if line.strip() and not line.startswith(b"\\")
    )
    first = next(lines, b"").strip()
    return first.startswith(b"|") and first.endswith(b"|") and first.count(b"|") > 2


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    numbers, lines = [], []
    for some_numbers, some_lines in text_blocks(path):
        numbers += some_numbers.tolist()
        lines += [line.decode() for line in some_lines]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = Table.read(lines, format="ascii.ipac")
    except MemoryError:
        raise
    except Exception as error:  # astropy raises many kinds on a table that is none
        raise ReadError(
            path, f"cannot be read as an IPAC table: {' '.join(str(error).split()) or type(error).__name__}"
        ) from None
    columns, fields = {}, {}
    for name in table.colnames:
        values, field = column(table[name])
        if values is not None:
            columns[name], fields[name] = values, field
    if not columns or not len(table):
        raise ReadError(path, "no row in it")
    rows = [i for i, line in enumerate(lines) if not line.startswith(("\\", "|"))]
    places = [numbers[i] for i in rows] if len(rows) == len(table) else range(1, len(table) + 1)
    written = dict(zip(places, (lines[i] for i in rows)))
    yield from batches(
        Cells(pa.table(columns), places, fields, raw=lambda line: written.get(line, "")), path, options
    )
