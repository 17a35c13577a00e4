"""VStar's simple format where it names observers: JD, magnitude, uncertainty, observer's code, validation flag.

Separated by tabs, commas or blanks; the uncertainty may be empty, the flag absent. Nothing is said of the times. The
observer's code is the data source unless the options name another. Without it such a file is one of bare columns.
"""

import re

from .rows import batches, lines, magnitude, number, text, time
from .text_rows import separator, split

FORMAT = "vstar-simple"
VERSION = 1
_NUMBER = r"[-+]?(\d+(\.\d*)?|\.\d+)"
#: What the fields of a row are.
_FIELDS = [re.compile(form) for form in (r"\d+(\.\d*)?", rf"[<>]?{_NUMBER}", rf"({_NUMBER})?", r"[A-Z]{1,5}", r"[A-Z]?")]


def recognises(head, path):
    """True where the first row is such a one. Comment lines begin with `#`."""
    text = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").replace("\r", "\n")
    first = next((line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")), "")
    fields = [field.strip() for field in split(first, separator(first))]
    return 4 <= len(fields) <= 5 and all(form.fullmatch(field) for form, field in zip(_FIELDS, fields))


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    rows = ((line, raw, raw) for line, raw in lines(path) if not raw.lstrip().startswith("#"))
    return batches(path, rows, lambda raw: _point(raw, options))


def _point(raw, options):
    fields = [*split(raw, separator(raw)), *[""] * 3]
    if len(fields) > 8:
        raise ValueError(f"{len(fields) - 3} fields where there are 2 to 5")
    mag, limit = magnitude(fields[1], "magnitude")
    if mag is None:
        raise ValueError("magnitude: no magnitude")
    observer = text(fields[3])
    return {
        "time": time(fields[0], "JD"), "mag": mag, "upper_limit": limit, "mag_err": number(fields[2], "uncertainty"),
        "progid": options.source or observer, "metadata": {"Observer Code": observer, "Validation Flag": text(fields[4])},
    }  # fmt: skip
