"""Observations downloaded from the AAVSO's database, or as its web pages list them.

There is a line of names, or none. The observer's code is the data source unless the options name another. Under one
data source two observers at the same time cannot be told apart: the second one's row is refused. Times are JD at the
telescope (the column HJD is a further fact); `<` is an upper limit; a Measurement Method of DIF is a differential
magnitude. What the AAVSO's validation finds discrepant (T, D) or deleted (Y) has quality 1. Seen: `Transfomed`,
`NULL`, no-break spaces, `.0145`, quotes after backslashes, lines cut off or broken in two.
"""

import re

from ..model.batch import Stated
from .rows import batches, fact, magnitude, number, stars, text, time
from .source import head
from .text_rows import Table, first_line, header, separator, split

FORMAT = "aavso-download"
VERSION = 1
STATED = Stated(refposition="TOPOCENTER")
#: The columns of the file without names, in order; older files end with the name of the star.
COLUMNS = (
    "JD", "Magnitude", "Uncertainty", "HQuncertainty", "Band", "Observer Code", "Comment Code(s)", "Comp Star 1", "Comp Star 2",
    "Charts", "Comments", "Transformed", "Airmass", "Validation Flag", "Cmag", "Kmag", "HJD", "Star Name", "Observer Affiliation",
    "Measurement Method", "Grouping Method", "ADS Reference", "Digitizer", "Credit",
)  # fmt: skip
_ALIASES = {
    "transfomed": "Transformed", "mag": "Magnitude", "error": "Uncertainty", "filter": "Band", "observer": "Observer Code",
    "target_name": "Star Name", "name": "Star Name", "star": "Star Name", "comp star1": "Comp Star 1", "comp star2": "Comp Star 2",
    **{name.lower(): name for name in COLUMNS},
}  # fmt: skip
_NEEDED = {"JD", "Magnitude", "Band", "Observer Code", "Star Name"}
_FLAGS = {"T": 1, "D": 1, "Y": 1}
_DIFFERENTIAL = {"DIF", "DIFF"}
#: Columns that become columns of a point.
_USED = {"JD", "Magnitude", "Uncertainty", "Band", "Star Name", "Airmass"}


def _names(line):
    return [_ALIASES.get(name.lower(), name) for name in header(line)]


def _nameless(line):
    "True for a row of the file without names"
    fields = [field.strip() for field in split(line, separator(line))]
    return (
        18 <= len(fields) <= len(COLUMNS)
        and re.fullmatch(r"2[34]\d{5}(\.\d*)?", fields[0]) is not None
        and re.fullmatch(r"[<>]?-?(\d+(\.\d*)?|\.\d+)", fields[1]) is not None
        and fields[11].lower() in ("", "no", "yes", "0", "1")
        and re.fullmatch(r"[A-Z]?", fields[13]) is not None
    )


def recognises(head, path):
    """True for the line of names of a download, or for a first row of 18 to 24 fields as it has them."""
    line = first_line(head)
    return set(_names(line)) >= _NEEDED or _nameless(line)


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    table = _Table(path)
    seen = {}
    return batches(path, table.lines(), lambda raw: _point(table.fields(raw), options, seen), stated=STATED)


class _Table(Table):

    def __init__(self, path):
        line = first_line(head(path))
        super().__init__(path, COLUMNS[: len(split(line, separator(line)))] if _nameless(line) else None)

    def header(self, line):
        return _names(line)


def _point(fields, options, seen):
    mag, limit = magnitude(fields["Magnitude"], "Magnitude")
    if mag is None:
        raise ValueError("Magnitude: no magnitude")
    method = (text(fields.get("Measurement Method")) or "").upper()
    names = ("mag_diff", "mag_diff_err") if method in _DIFFERENTIAL else ("mag", "mag_err")
    # N/A is a band of the AAVSO's, which is none of ours: not a missing word that an option could fill
    band = fields["Band"].replace("\xa0", " ").strip() or None
    point = {
        "time": time(fields["JD"], "JD"), "band": band, "object_name": text(fields["Star Name"]),
        "progid": options.source or text(fields["Observer Code"]), "upper_limit": limit,
        "quality": _FLAGS.get((text(fields.get("Validation Flag")) or "").upper()),
        "metadata": _facts(fields), **dict(zip(names, (mag, number(fields.get("Uncertainty"), "Uncertainty")))),
    }  # fmt: skip
    if options.source:
        _one_observer(point, text(fields["Observer Code"]), seen)
    return point


def _one_observer(point, observer, seen):
    "what would be taken for a repetition, and is another's observation, is refused"
    given = point["time"].rstrip("0") if "." in point["time"] else point["time"]
    first = seen.setdefault((point["object_name"], point["band"], given), observer)
    if first != observer:
        raise ValueError(
            f"observer {observer!r} has the same time as observer {first!r}, and a data source has one point at a time;"
            " leave out --source, with the observers in datasources.csv"
        )


def _facts(fields):
    facts = {}
    for name, word in fields.items():
        if name in ("Airmass", "Cmag", "Kmag"):
            facts["airmass" if name == "Airmass" else name] = fact(word)
        elif name not in _USED and not name.startswith("column "):
            facts[name] = text(word)
    return {**facts, "comp_stars": stars(facts.get("Comp Star 1"), facts.get("Comp Star 2"))}
