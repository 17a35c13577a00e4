"""The AAVSO Visual File Format: estimates by eye, whose band is `Vis.`.

Say in a sidecar or in etc/kolonica.toml which band of the archive that is. A magnitude with `<` is an upper limit.
Source: https://www.aavso.org/aavso-visual-file-format
"""

from . import aavso_report
from .rows import magnitude, stars

FORMAT = "aavso-visual"
VERSION = 1
COLUMNS = "NAME DATE MAG COMMENTCODE COMP1 COMP2 CHART NOTES".split()
BAND = "Vis."  # the AAVSO's own word for it


def recognises(head, path):
    """True for `#TYPE=VISUAL`, or without a type for a line of columns with COMP1."""
    return aavso_report.recognises(head, "VISUAL", "COMP1")


def read(path, options):
    """Yield PointBatch, another one where DATE changes on the way. Raises ReadError."""
    return aavso_report.read(path, options, COLUMNS, _values)


def _values(report, fields):
    mag, limit = magnitude(fields["MAG"], "MAG")
    if mag is None:
        raise ValueError("MAG: no magnitude")
    point = report.point(fields, ("MAG",), stars(fields.get("COMP1"), fields.get("COMP2")))
    return {**point, "mag": mag, "upper_limit": limit, "band": BAND}
