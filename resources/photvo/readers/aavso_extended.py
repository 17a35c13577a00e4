"""The AAVSO Extended File Format: CCD and photoelectric observations.

The observer's code is the data source unless the options name another. DATE is JD (at the telescope), HJD, BJD, or
EXCEL (days of a spreadsheet); a magnitude with `<` is an upper limit; MTYPE says whether it is differential.
Separators in the NOTES are kept. Source: https://www.aavso.org/aavso-extended-file-format
"""

from . import aavso_report
from .rows import magnitude, number, stars, text

FORMAT = "aavso-extended"
VERSION = 1
COLUMNS = "NAME DATE MAG MERR FILT TRANS MTYPE CNAME CMAG KNAME KMAG AMASS GROUP CHART NOTES".split()
#: MTYPE → whether it is a differential magnitude. ABS is what STD was called before.
DIFFERENTIAL = {"STD": False, "ABS": False, "DIF": True, "DIFF": True, None: False}


def recognises(head, path):
    """True for `#TYPE=EXTENDED`, or without a type for a line of columns with MERR."""
    return aavso_report.recognises(head, "EXTENDED", "MERR")


def read(path, options):
    """Yield PointBatch, another one where DATE changes on the way. Raises ReadError."""
    return aavso_report.read(path, options, COLUMNS, _values)


def _values(report, fields):
    mag, limit = magnitude(fields["MAG"], "MAG")
    if mag is None:
        raise ValueError("MAG: no magnitude")
    kind = (text(fields.get("MTYPE")) or "").upper() or None
    if kind not in DIFFERENTIAL:
        raise ValueError(f"MTYPE: {kind!r} is neither STD nor DIF")
    diff = "_diff" if DIFFERENTIAL[kind] else ""
    error = number(fields.get("MERR"), "MERR")
    point = report.point(fields, ("MAG", "MERR", "FILT"), stars(fields.get("CNAME")))
    names = ("mag_diff", "mag_diff_err") if diff else ("mag", "mag_err")
    return {**point, **dict(zip(names, (mag, error))), "upper_limit": limit, "band": text(fields.get("FILT"))}
