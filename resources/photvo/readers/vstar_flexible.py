"""VStar's Flexible Text Format: lines `#KEY=VALUE` say what the rows are; most may change on the way.

FIELDS names the columns (time, mag, magerr, filter, name, obscode, flag, comments; others are further facts).
DATE is JD, HJD or BJD, and the scale is taken from a TITLEX like BJD_TDB. DATEADD and MAGSHIFT are added to
times and magnitudes, as the file asks for. The observer's code is the data source unless the options name
another.
"""

import re

from ..model.batch import ReadError, Stated
from . import aavso_report
from .frames import Frame, frame
from .rows import Rows, lines, magnitude, number, text, time
from .text_rows import split

FORMAT = "vstar-flexible"
VERSION = 1
_ALIASES = {"MAGNITUDE": "MAG", "UNCERTAINTY": "MAGERR", "BAND": "FILTER", "NOTES": "COMMENTS", "VALIDATION": "FLAG"}
_OWN = {"FIELDS", "DEFINESERIES", "MAGSHIFT", "DATEADD", "VELAFILTER", "TITLEX", "TITLEY"}
_DIRECTIVE = re.compile(r"#([A-Za-z]+)\s*=(.*)", re.S)


def recognises(head, path):
    """True where the lines before the rows have a key that only this format has, or its name."""
    for line in aavso_report.head_lines(head):
        if not line.startswith("#"):
            return False
        found = _DIRECTIVE.fullmatch(line)
        if (found and found[1].upper() in _OWN) or "vstar flexible" in line.lower():
            return True
    return False


def read(path, options):
    """Yield PointBatch, another one where DATE or DATEADD change on the way. Raises ReadError."""
    state = _State(path, options)
    rows = Rows(*state.frame)
    for line, raw in lines(path):
        if raw.startswith("#"):
            found = _DIRECTIVE.fullmatch(raw.rstrip())
            if found:
                state.say(line, found[1].upper(), found[2].strip())
            if state.frame != (rows.kind, rows.stated):
                if len(rows):
                    yield rows.take()
                rows = Rows(*state.frame)
            continue
        rows.attempt(line, raw, lambda raw=raw: state.point(raw))
        if rows.full:
            yield rows.take()
    if len(rows):
        yield rows.take()


class _State:
    "what the header said last"

    def __init__(self, path, options):
        self.path, self.options = path, options
        self.names, self.mark, self.shift = ["TIME", "MAG"], ",", 0.0
        self.said, self.frame, self._date, self._title, self._add = {}, Frame(), "", "", 0.0

    def say(self, line, key, value):
        if key == "FIELDS":
            self.names = self._fields(line, value)
        elif key == "DELIM":
            self.mark = self._delimiter(line, value)
        elif key == "MAGSHIFT":
            self.shift = self._number(line, key, value)
        elif key == "VELAFILTER" and value:
            reason = "#VELAFILTER: VStar's language is not known here; remove the line to take all rows"
            raise ReadError(self.path, reason, line)
        elif key in ("DATE", "TITLEX", "DATEADD"):
            self._time(line, key, value)
        else:
            self.said[_ALIASES.get(key, key)] = value

    def _fields(self, line, value):
        words = [word.strip() for word in value.split(",")]
        names = [_ALIASES.get(word.upper(), word.upper()) for word in words]
        names = [f"field {place}" if name in ("", "*") else name for place, name in enumerate(names, 1)]
        if not {"TIME", "MAG"} <= set(names) or len(set(names)) < len(names):
            raise ReadError(self.path, f"#FIELDS={value[:80]}: it must name time and mag, and nothing twice", line)
        return names

    def _delimiter(self, line, value):
        try:
            return " " if value.lower() == "multispace" else aavso_report.delimiter(value) or ","
        except ValueError as reason:
            raise ReadError(self.path, f"#DELIM: {reason}", line) from None

    def _number(self, line, key, value):
        try:
            return number(value, f"#{key}") or 0.0
        except ValueError as reason:
            raise ReadError(self.path, str(reason), line) from None

    def _time(self, line, key, value):
        if key == "DATEADD":
            self._add = self._number(line, key, value)
            if self._add < 0:
                raise ReadError(self.path, "#DATEADD: what is taken off the times must be undone in the file", line)
        elif key == "DATE":
            self._date = value
        else:
            self._title = value
        try:
            kind, stated = frame(self._date) if self._date else Frame()
        except ValueError as reason:
            if not self.options.time:
                raise ReadError(self.path, f"#DATE: {reason}; mend it or give --time", line) from None
            kind, stated = Frame()
        try:
            title = frame(self._title).stated
        except ValueError:
            title = Stated()
        if stated.scale is None and title.refposition == stated.refposition:
            stated = Stated(title.scale, stated.refposition)
        self.frame = Frame(f"JD-{self._add:.9f}".rstrip("0").rstrip(".") if self._add else kind, stated)

    def point(self, raw):
        words = split(raw.strip("\r\n"), self.mark)
        if len(words) < 1 + max(self.names.index("TIME"), self.names.index("MAG")):
            raise ValueError(f"{len(words)} fields, separated by {self.mark!r}, are too few for time and magnitude")
        fields = dict(zip(self.names, words))
        mag, limit = magnitude(fields["MAG"], "mag")
        if mag is None:
            raise ValueError("mag: no magnitude")
        return {
            "time": time(fields["TIME"], "time"), "mag": mag + self.shift, "upper_limit": limit,
            "mag_err": number(fields.get("MAGERR"), "magerr"), "band": self._either(fields, "FILTER"),
            "object_name": self._either(fields, "NAME"),
            "progid": self.options.source or self._either(fields, "OBSCODE"),
            "metadata": self._facts(fields),
        }  # fmt: skip

    def _either(self, fields, name):
        return text(fields.get(name)) or text(self.said.get(name))

    def _facts(self, fields):
        used = {"TIME", "MAG", "MAGERR", "FILTER", "NAME"}
        facts = {
            name.lower(): text(word)
            for name, word in fields.items()
            if name not in used and not name.startswith("field ")
        }
        return {**facts, "magshift": self.shift or None}
