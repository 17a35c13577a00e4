"""Light curves of MuniWin (C-Munipack), and of programs that upload to VarAstro in that form: differential
magnitudes.

A line names the columns (`JD V-C s1 …`, JDHEL or HJD where the times are heliocentric), the next ones say
aperture and filter, and in VarAstro's form what star is measured against which; both may begin with `#`. What
MuniWin calls geocentric is the time at the telescope. 99.99999 and 9.99999 are missing. Instrumental
magnitudes alone, or several stars in one file, are refused.
"""

import re

from ..model.batch import ReadError
from .frames import Frame, frame
from .rows import Rows, lines, number, text, time
from .text_rows import first_line

FORMAT = "muniwin"
VERSION = 1
_STAR = re.compile(r"(?:V|VAR|ID\d+|V\d+)(?:-(?:C|CMP|COMP)\d*)?", re.I)
_FACT = re.compile(r"([A-Z][A-Za-z-]*):\s*")
_MISSING = (99.99999, 99.9999, 99.999, 99.99, 9.99999)
_MISSING_ERROR = (9.99999, 99.99999, 9.9999)


def _columns(line):
    "the names in a line of columns, () for another line"
    names = _words(line.strip("\ufeff \t").lstrip("#"))
    return names if len(names) > 1 and _time(names[0]) and _STAR.fullmatch(names[1]) else ()


def _words(line):
    return [word for word in re.split(r"[\s,;]+", line) if word]


def _time(name):
    "the Frame of a column of times; None for another column"
    try:
        return frame("JD" if name.upper() == "GJD" else name)
    except ValueError:
        return None


def recognises(head, path):
    """True for a line of columns as MuniWin has it."""
    return bool(_columns(first_line(head)))


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    names, said, rows = (), None, None
    for line, raw in lines(path):
        a_row = re.match(r"\s*[-+.\d]", raw)
        if not a_row and _columns(raw):  # the first line, or that of another file behind the first
            if rows is not None and len(rows):
                yield rows.take()
            names, said, rows = _columns(raw), _Said(path, options), None
            _differential(path, line, names)
        elif not a_row:
            if rows is None:
                said.line(line, raw)
        else:
            if rows is None:
                rows = Rows(*said.frame(names[0]))
            rows.attempt(line, raw, lambda raw=raw: said.point(names, _words(raw)))
            if rows.full:
                yield rows.take()
    if rows is not None and len(rows):
        yield rows.take()


def _differential(path, line, names):
    if "-" not in names[1]:
        reason = f"its magnitudes ({names[1]}) are instrumental; export the difference to a comparison star, V-C"
        raise ReadError(path, reason, line)
    if others := [name for name in names[2:] if re.fullmatch(r"ID\d+-.*|V(AR)?\d*-C(MP|OMP)?\d*", name, re.I)]:
        raise ReadError(path, f"it has several stars ({names[1]}, {others[0]} …); export one file a star", line)


class _Said:
    "what the lines between the names and the rows say"

    def __init__(self, path, options):
        self.path, self.options = path, options
        self.facts, self.star, self.comparisons = {}, {}, []

    def line(self, line, raw):
        bare = raw.strip().lstrip("#").strip()
        words = _FACT.split(bare)
        facts = {name: value.strip(" ,;") for name, value in zip(words[1::2], words[2::2])}
        first = words[0].strip().upper()
        if first == "VAR":
            self.star = facts
        elif re.match(r"CMP\d*$", first):
            self.comparisons.append(facts)
        else:
            self.facts.update(facts)

    def frame(self, column):
        found = _time(column)
        word = self.facts.get("JD", "").lower()
        if word and word[:3] not in ("hel", "geo", "bar"):
            raise ReadError(self.path, f"JD: {word!r} is neither heliocentric nor geocentric nor barycentric")
        if word:
            other = frame({"hel": "HJD", "geo": "JD", "bar": "BJD"}[word[:3]])
            plain = found.stated.refposition == "TOPOCENTER"
            if not plain and other.stated.refposition != found.stated.refposition:
                raise ReadError(self.path, f"the column {column} and `JD: {word}` contradict each other; mend one")
            found = Frame(found.kind, other.stated if plain else found.stated)
        return found

    def point(self, names, words):
        if len(words) != len(names):
            raise ValueError(f"{len(words)} fields where there are {len(names)} columns")
        value = number(words[1], names[1], _MISSING)
        if value is None:
            raise ValueError(f"{names[1]}: nothing was measured")
        has_error = len(names) > 2 and re.fullmatch(r"s\d*|e?err?\w*", names[2], re.I)
        error = number(words[2], names[2], _MISSING_ERROR) if has_error else None
        kind = "flux" if self.facts.get("Unit", "").lower().startswith("flux") else "mag_diff"
        rest = list(zip(names, words))[3 if has_error else 2 :]
        further = {name: number(word, name, _MISSING) for name, word in rest}
        airmass = further.pop("AIRMASS", None)
        apertures = {name: value for name, value in self.facts.items() if name not in ("JD", "Unit", "Filter")}
        stars = [name for star in self.comparisons if (name := _name(star))]
        return {
            "time": time(words[0], names[0]), kind: value, f"{kind}_err": error,
            "flux_unit": "" if kind == "flux" else None,
            "band": text(self.facts.get("Filter")), "object_name": self._object(),
            "metadata": {**apertures, **further, "airmass": airmass, "comp_stars": stars or None},
        }  # fmt: skip

    def _object(self):
        own = text(self.star.get("Name"))
        return own if own in self.options.objects else _name(self.star)


def _name(star):
    "of a star its catalogue's name, which others know, else its own"
    catalogue, number_ = text(star.get("Catalog")), text(star.get("CatalogId"))
    return f"{catalogue} {number_}" if catalogue and number_ else text(star.get("Name"))
