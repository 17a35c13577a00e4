"""Light curves in IPAC tables, as IRSA sends them: ZTF's, and others by the names of their columns.

Lines that begin with a backslash are comments and keywords, those with a bar names, types, units and words
for missing values. astropy reads the file as a whole; the lines of its rows are counted from the first behind
the names.
"""

from ..model.batch import ReadError
from . import astropy_table
from .cells import Cells
from .described import batches

FORMAT = "ipac-series"
VERSION = 1
_TYPES = {b"double", b"d", b"float", b"f", b"real", b"r", b"int", b"i", b"long", b"l", b"char", b"c", b"date"}


def recognises(head, path):
    """True where a line between bars follows comments with a backslash, or begins the file."""
    lines = (
        line
        for line in head.removeprefix(b"\xef\xbb\xbf").splitlines()
        if line.strip() and not line.startswith(b"\\")
    )
    first, second = (next(lines, b"").strip() for _ in range(2))
    types = {word.strip().lower() for word in second.split(b"|")} if second.startswith(b"|") else _TYPES
    return first.startswith(b"|") and first.endswith(b"|") and first.count(b"|") > 2 and bool(types & _TYPES)


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    numbers, lines = astropy_table.numbered_lines(path)
    try:
        table = astropy_table.read(lines, "ascii.ipac")
    except ValueError as reason:
        raise ReadError(path, f"cannot be read as an IPAC table: {reason}") from None
    columns, fields = astropy_table.columns(table, path)
    rows = [i for i, line in enumerate(lines) if not line.startswith(("\\", "|"))]
    places = [numbers[i] for i in rows] if len(rows) == len(table) else range(1, len(table) + 1)
    written = dict(zip(places, (lines[i] for i in rows)))
    yield from batches(Cells(columns, places, fields, raw=lambda line: written.get(line, "")), path, options)
