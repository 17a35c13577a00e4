"""What a light-curve file does not say itself: told by who takes it in, and put into its batches here.

What the file says about object and band goes before the options; what the options say about times goes before
the file, whose statement may be wrong. A row that has no object, band or data source in the end is refused
with the remedy.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

import pyarrow as pa
import pyarrow.compute as pc

from ..model import time
from ..model.batch import ReadError, Reject


@dataclass(frozen=True)
class Options:
    """What is told about a file beside the file. None and empty: nothing is."""

    object: str | None = None  # any name of the object
    band: str | None = None  # photosys.band
    source: str | None = None  # datasources.progid
    time: str | None = None  # what the times count from: JD, MJD, or as JD-2450000
    time_scale: str | None = None
    time_refposition: str | None = None
    time_point: str | None = None  # start or mid
    exptime: float | None = None  # s
    bands: Mapping[str, str] = field(default_factory=dict)  # the file's word → photosys.band
    objects: Mapping[str, str] = field(default_factory=dict)  # the file's name → a name in the archive
    columns: Mapping[str, str] = field(default_factory=dict)  # what a reader wants → the file's name of the column

    def over(self, other):
        """These options, and those of `other` where these say nothing; of the tables both, entry by entry."""
        if other == Options():
            return self
        changes = {}
        for name in NAMES:
            mine, theirs = getattr(self, name), getattr(other, name)
            changes[name] = {**theirs, **mine} if name in TABLES else theirs if mine is None else mine
        return Options(**changes)

    def said(self):
        """A dict of what is told, ready for JSON and for `parse`."""
        return {name: value for name in NAMES if (value := getattr(self, name)) not in (None, {})}


NAMES = tuple(item.name for item in fields(Options))
TABLES = ("bands", "objects", "columns")
#: The words by which surveys and missions know a star: numbers, KIC, TIC and UCAC numbers, ZTF's, ASAS' and EROS' designations.
_IDENTIFIER = r"^(?:(?:(?:KIC|EPIC|TIC)\s*)?\d+|UCAC\d \d{3}-\d{1,6}|ZTF\d\d[a-z]+|\d{6}[+-]\d{4}\.\d|(?:lm|sm|cg|sp)\d{4}[a-z]\d+)$"
_CHOICES = {"time_scale": time.SCALES, "time_refposition": time.REFPOSITIONS, "time_point": time.MOMENTS}


def parse(words):
    """Options from a dict, as a TOML file or a command line has them. Raises ValueError naming the wrong entry."""
    made = {}
    for name, value in words.items():
        if name not in NAMES:
            raise ValueError(f"{name!r} is not known; there are {', '.join(NAMES)}")
        made[name] = _entry(name, value)
    return Options(**made)


def _entry(name, value):
    if name in TABLES:
        if not isinstance(value, dict) or not all(isinstance(word, str) for word in value.values()):
            raise ValueError(f"{name} is not a table of texts, as {name} = {{ \"a\" = \"b\" }}")
        return value
    if name == "exptime":
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or value < 0:
            raise ValueError(f"exptime: {value!r} is not a number of seconds")
        return float(value)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name}: {value!r} is not a text")
    if name == "time":
        time.origin(value)
    choice = _CHOICES.get(name)
    if choice and value not in choice:
        raise ValueError(f"{name}: {value!r} is none of {', '.join(choice)}")
    return value


def apply(batch, options, path, stars=None):
    """A PointBatch with what the options say about it.

    `stars` (set) gathers the identifiers of a survey that gave way to the told object, over the batches of a file.
    Raises ReadError where that are several.
    """
    points = batch.points
    for name, words in (("band", options.bands), ("object_name", options.objects)):
        if words:
            points = _set(points, name, _translate(points[name], words))
    for name, value in (("band", options.band), ("progid", options.source), ("exptime", options.exptime)):
        if value is not None:
            points = _set(points, name, pc.fill_null(points[name], value))
    if options.object is not None:
        points = _identified(points, options, path, set() if stars is None else stars)
        unnamed = pc.and_(pc.is_null(points["object_arch"]), pc.is_null(points["object_name"]))
        points = _set(points, "object_name", pc.if_else(unnamed, options.object, points["object_name"]))
    said = {"scale": options.time_scale, "refposition": options.time_refposition, "point": options.time_point}
    stated = replace(batch.stated, **{part: word for part, word in said.items() if word})
    points, refused = _refuse(points, batch.raw, path)
    rejects = sorted([*batch.rejects, *refused], key=lambda reject: reject.line) if refused else batch.rejects
    return replace(batch, points=points, rejects=rejects, kind=options.time or batch.kind, stated=stated)


def _identified(points, options, path, stars):
    "points without the names that are only a survey's identifiers: the options say which star it is"
    names = points["object_name"]
    known = pa.array([*options.objects.values(), options.object], pa.string())
    number = pc.match_substring_regex(names, _IDENTIFIER)
    number = pc.fill_null(pc.and_(number, pc.invert(pc.is_in(names, value_set=known))), False)
    stars.update(pc.unique(names.filter(number)).to_pylist())
    if len(stars) > 1:
        raise ReadError(
            path, f"it has several stars ({', '.join(sorted(stars)[:5])}), so that one object is not all; say who they are, as"
            f" [objects] \"{min(stars)}\" = \"{options.object}\" in {path.name}.toml")  # fmt: skip
    return _set(points, "object_name", pc.if_else(number, None, names)) if stars else points


def _set(points, name, column):
    return points.set_column(points.column_names.index(name), points.schema.field(name), column)


def _translate(column, words):
    at = pc.index_in(column, value_set=pa.array(list(words), pa.string()))
    return pc.coalesce(pa.array(list(words.values()), pa.string()).take(at), column)


def _refuse(points, raw, path):
    "the rows without object, band or data source are taken out; one reason a row, which names all that is missing"
    lacking = {
        "object": pc.and_(pc.is_null(points["object_arch"]), pc.is_null(points["object_name"])),
        "band": pc.is_null(points["band"]),
        "source": pc.is_null(points["progid"]),
    }
    if not any(pc.any(column).as_py() for column in lacking.values()):
        return points, []
    rejects = []
    bad = pc.or_(pc.or_(lacking["object"], lacking["band"]), lacking["source"])
    for i in pc.indices_nonzero(bad).to_pylist():
        line = points["line"][i].as_py()
        missing = [name for name, column in lacking.items() if column[i].as_py()]
        rejects.append(Reject(line, _remedy(missing, path), raw(line)))
    return points.filter(pc.invert(bad)), rejects


_WHAT = {"object": ("object", "NAME"), "band": ("band", "V"), "source": ("data source", "PROGID")}


def _remedy(missing, path):
    whats = " and ".join(f"which {_WHAT[name][0]}" for name in missing)
    options = " ".join(f"--{name} {_WHAT[name][1]}" for name in missing)
    entries = ", ".join(f'{name} = "{_WHAT[name][1]}"' for name in missing)
    return f"the file does not say {whats}; give {options}, or write {entries} into {path.name}.toml"
