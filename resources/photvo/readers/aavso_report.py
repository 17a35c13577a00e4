"""What the AAVSO's Extended and Visual formats share: lines `#KEY=VALUE`, a line that names the columns,
rows.

Seen in observers' files: the separator as a word; keys in small letters; OBSCODE and DATE that change on the
way; the line of columns without `#`, with columns left out or in another order; blanks, tabs or commas that a
spreadsheet left behind a value.
"""

import csv
import re

from ..model.batch import ReadError
from . import rows
from .frames import EXCEL, Frame, excel, frame
from .rows import lines, text, time

DELIMITERS = {"comma": ",", "tab": "\t", "space": " ", "semicolon": ";", "colon": ":", "bar": "|", "pipe": "|"}
#: Columns that are numbers, beside the brightness itself.
NUMBERS = ("AMASS", "CMAG", "KMAG")
_DIRECTIVE = re.compile(r"#\s*([A-Za-z_-]+)\s*=(.*)", re.S)
_ALIASES = {
    "STARID": "NAME", "STAR": "NAME", "STARNAME": "NAME", "STAR_NAME": "NAME", "OBJECT": "NAME", "VARIABLE": "NAME",
    "JD": "DATE", "HJD": "DATE", "BJD": "DATE", "MAGNITUDE": "MAG", "MAGERR": "MERR", "ERR": "MERR", "ERROR": "MERR",
    "FILTER": "FILT", "BAND": "FILT", "AIRMASS": "AMASS", "COMMENTS": "NOTES", "CHARTID": "CHART",
    "COMMENT": "COMMENTCODE", "COMMCODE": "COMMENTCODE",
}  # fmt: skip


def directive(line):
    """(key in capitals, value as written) of a line `#KEY=VALUE`, None for another line."""
    found = _DIRECTIVE.fullmatch(_bare(line))
    return (found[1].upper(), found[2]) if found else None


def tidy(value):
    """The value of a directive without what a spreadsheet leaves behind it."""
    return value.strip().rstrip(",;\t ").strip('" ')


def delimiter(value):
    """The separator that a DELIM directive names: by itself, as a word or as its ASCII code; None where it names none.

    Raises ValueError for a letter or digit, which separates nothing.
    """
    if not value.strip(' "\t'):
        return next((mark for mark in "\t " if mark in value), None)
    word = re.match(r"\w*", value.strip(" \"'<>").lower())[0]
    if value.strip(" \"'") == r"\t":
        return "\t"
    if word in DELIMITERS:
        return DELIMITERS[word]
    if word.isascii() and word.isdigit() and (int(word) == 9 or 32 <= int(word) < 127):
        return chr(int(word))
    if word:
        raise ValueError(f"{value.strip()[:20]!r} is no separator")
    return value.strip(' "')[0]


def column_names(line, mark=None):
    """The names in a line of columns, in capitals and as the AAVSO has them; () for another line."""
    bare = _bare(line).lstrip("#").strip()
    for separator in {mark, _evident(bare)} - {None}:
        words = [word.strip().strip('"').upper() for word in split_row(bare.rstrip(f"{separator} "), separator)]
        names = [_ALIASES.get(word, word) for word in words]
        if {"NAME", "DATE", "MAG"} <= set(names):
            return names
    return ()


def _evident(line):
    "the separator that a line has in it, a blank where none"
    return next((mark for mark in ",\t;|!" if mark in line), " ")


def split_row(line, mark):
    """The fields of a row. Quotes count where they come in pairs."""
    if mark == " ":
        return line.split()
    if line.count('"') % 2 or '"' not in line:
        return line.split(mark)
    return next(csv.reader([line], delimiter=mark))


def _bare(line):
    line = line.lstrip("\ufeff \t")
    return line.strip('"') if line.startswith('"#') else line


def head_lines(head):
    """The lines of a file's head (bytes) as text, as far as they are whole."""
    text = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    return [line for line in text.split("\n")[:200] if line.strip()]


def recognises(head, kind, column):
    """True for a report of this TYPE, or for one without a type whose line of columns has `column` and DATE: a column JD or
    HJD is one of other tables, too.
    """
    for line in head_lines(head):
        found = directive(line)
        if found and found[0] == "TYPE":
            return tidy(found[1]).upper().startswith(kind)
        if column in column_names(line):
            return "DATE" in (word.strip(' "#').upper() for word in split_row(_bare(line), _evident(line)))
        if not _bare(line).startswith("#"):
            return False
    return False


class Report:
    """The state of a report on the way through it: what the header said last."""

    def __init__(self, path, columns, options):
        self.path, self.options = path, options
        self.names, self.columns = columns, columns  # as the AAVSO has them; as the file writes them
        self.mark, self.obscode, self.frame, self.facts = None, None, Frame(), {}

    def header(self, line, raw):
        """True for a line that is no row; what it says holds from here on. Raises ReadError."""
        found = directive(raw)
        if found:
            self._directive(line, *found)
            return True
        names = column_names(raw, self.mark)
        if names:
            if doubled := {name for name in names if names.count(name) > 1}:
                raise ReadError(self.path, f"the column {doubled.pop()!r} is there twice; remove or rename one", line)
            self.names = names
            return True
        return _bare(raw).startswith("#")

    def _directive(self, line, key, value):
        if key == "DELIM":
            try:
                self.mark = delimiter(value)
            except ValueError as reason:
                raise ReadError(self.path, f"#DELIM: {reason}", line) from None
        elif key == "OBSCODE":
            self.obscode = text(tidy(value))
        elif key in ("DATE", "DATE_TYPE"):
            self.frame = self._frame(line, tidy(value))
        elif key == "OBSTYPE":
            self.facts[key] = text(tidy(value))

    def _frame(self, line, word):
        try:
            return EXCEL if word.upper() == "EXCEL" else frame(word)
        except ValueError as reason:
            if self.options.time:
                return Frame()
            raise ReadError(self.path, f"#DATE: {reason}; mend it or give --time", line) from None

    def row(self, raw):
        """The fields of a row by the names of their columns. Raises ValueError."""
        mark = self.mark or _evident(raw)
        fields, n = split_row(raw, mark), len(self.names)
        while len(fields) > n and not fields[-1].strip():
            fields.pop()
        if len(fields) > n and self.names[-1] == "NOTES":  # a separator in the remarks
            fields[n - 1 :] = [mark.join(fields[n - 1 :])]
        if len(fields) != n:
            raise ValueError(f"{len(fields)} fields, separated by {mark!r}, where there are {n} columns")
        return dict(zip(self.names, fields))

    def time(self, word):
        """The time of a row. Raises ValueError."""
        return time(excel(word) if self.frame == EXCEL else word, "DATE")

    def point(self, fields, used, comp_stars):
        """What all points have in common: object, data source, and the fields not in `used` as further facts."""
        used = {"NAME", "DATE", "AMASS", *used}
        facts = {name: fact(name, word) for name, word in fields.items() if name not in used}
        return {
            "object_name": text(fields["NAME"]),
            "progid": self.options.source or self.obscode,
            "time": self.time(fields["DATE"]),
            "metadata": {
                **facts, "airmass": fact("AMASS", fields.get("AMASS")), "comp_stars": comp_stars,
                "OBSCODE": self.obscode, **self.facts,
            },
        }  # fmt: skip


def fact(name, word):
    """A further fact of a row: airmass and magnitudes as numbers where they are some, else text; None where missing."""
    return rows.fact(word) if name in NUMBERS else text(word)


def read(path, options, columns, values):
    """Yield PointBatch; `values(report, fields)` makes a point of a row, or raises ValueError. Raises ReadError."""
    report = Report(path, columns, options)
    taken = rows.Rows(*report.frame)
    for line, raw in lines(path):
        if report.header(line, raw):
            if report.frame != (taken.kind, taken.stated):
                if len(taken):
                    yield taken.take()
                taken = rows.Rows(*report.frame)
            continue
        taken.attempt(line, raw, lambda raw=raw: values(report, report.row(raw)))
        if taken.full:
            yield taken.take()
    if len(taken):
        yield taken.take()
