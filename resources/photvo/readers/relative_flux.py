"""Transit light curves of EXOTIC: `Time (JD),Relative Flux,Relative Flux Error`.

The kind of time is in the brackets; JD there says nothing more.
"""

import re

from ..model.batch import ReadError, Stated
from .frames import frame
from .rows import batches, number, time
from .source import head
from .text_rows import Table, first_line, header

FORMAT = "relative-flux"
VERSION = 1
_TIME = re.compile(r"time\s*[(\[](.+)[)\]]", re.I)


def recognises(head, path):
    """True for a line of columns that begins with a time and a relative flux."""
    names = header(first_line(head))
    return len(names) > 1 and bool(_TIME.fullmatch(names[0])) and names[1].lower() == "relative flux"


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    table = Table(path)
    name = header(first_line(head(path)))[0]
    try:
        kind, stated = frame(_TIME.fullmatch(name)[1])
    except ValueError as reason:
        if options.time is None:
            raise ReadError(path, f"{name}: {reason}; give --time", 1) from None
        kind, stated = frame("JD")
    if stated == frame("JD").stated:
        stated = Stated()  # EXOTIC writes JD for whatever it was given
    return batches(path, table.lines(), lambda raw: _point(table.fields(raw)), kind, stated)


def _point(fields):
    words = list(fields.values())
    flux = number(words[1], "Relative Flux")
    if flux is None:
        raise ValueError("Relative Flux: nothing was measured")
    names = list(fields)
    error = number(words[2], names[2]) if len(names) > 2 and "err" in names[2].lower() else None
    further = {name: number(word, name) for name, word in list(fields.items())[3:]}
    return {"time": time(words[0], names[0]), "flux": flux, "flux_err": error, "flux_unit": "", "metadata": further}
