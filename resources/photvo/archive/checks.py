"""Which points are taken: row by row, with a reason for each that is not. Whole columns at a time."""

import time
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from photvo.model.batch import Stated
from photvo.model.time import origin, split

from .airmass import airmass
from .known import name_key

MAGNITUDES = (-30.0, 35.0)  # mag, from the Sun to what no telescope reaches
LARGEST_ERROR = 10.0  # mag
LONGEST_EXPOSURE = 86400.0  # s
FIRST_DAY = 2378496.5  # JD of 1800-01-01
PUBLIC = "full"  # the privileges of a point that is published, as those of one without any


class Verdict:
    """The rows that are refused so far (`bad`, a mask), and why (`reasons`, by row); the first reason counts."""

    def __init__(self, n):
        self.bad = np.zeros(n, bool)
        self.reasons = {}

    def refuse(self, wrong, reason):
        """Refuse rows, a mask; `reason` makes the text from a row's number."""
        wrong = np.asarray(wrong, bool) & ~self.bad
        for i in np.flatnonzero(wrong).tolist():
            self.reasons[i] = reason(i)
        self.bad |= wrong


def points(table, known, kind="JD", stated=Stated()):
    """Check points and look their keys up.

    `table` has the schema `photvo.model.batch.POINTS`; `known` is what the archive holds; `kind` and `stated` are
    those of a PointBatch. Returns (table of the columns of point_stage, {row index: reason}).
    """
    columns = {name: table[name].combine_chunks() for name in table.column_names}
    verdict = Verdict(table.num_rows)
    columns["object_id"] = _objects(columns, known, verdict)
    columns["photosys_id"] = _named(
        columns["band"], known.bands, "band",
        "table photosys (photosys.csv); add it there, or say what it means: [bands] in FILE.toml", verdict)  # fmt: skip
    columns["datasource_id"] = _named(
        columns["progid"], known.source_ids, "data source",
        "table datasources (datasources.csv); add it there, or name another for the whole file (--source)", verdict)  # fmt: skip
    _times(columns["time"], kind, verdict)
    _ranges(columns, verdict)
    if verdict.bad.any():
        keep = np.flatnonzero(~verdict.bad)
        columns = {name: column.take(keep) for name, column in columns.items()}
    return _stage(columns, known, kind, str(stated) or None), verdict.reasons


def _values(column):
    "a number column as float64, NaN for null"
    return column.cast(pa.float64()).to_numpy(zero_copy_only=False)


def _null(column):
    return pc.is_null(column).to_numpy(zero_copy_only=False)


def _objects(columns, known, verdict):
    arch, name = columns["object_arch"], columns["object_name"]
    by_arch = known.by_arch.find(arch)
    distinct = name.dictionary_encode()
    keys = pa.array([name_key(text) for text in distinct.dictionary.to_pylist()], pa.string())
    by_name = known.by_name.find(keys).take(distinct.indices)
    doubtful = pc.is_in(keys, value_set=pa.array(sorted(known.ambiguous), pa.string())).take(distinct.indices)
    unnamed, no_arch = _null(name), _null(arch)
    verdict.refuse(unnamed & no_arch, lambda i: "no object is named")
    verdict.refuse(
        ~no_arch & _null(by_arch),
        lambda i: f"object {arch[i].as_py()} is not in the archive (objects.id_arch); take in its object file first",
    )
    verdict.refuse(
        no_arch & _null(by_name),
        lambda i: f"object {name[i].as_py()!r} is not in the archive; take in its object file first, or say what it is"
        " called there: [objects] in FILE.toml",
    )
    verdict.refuse(
        no_arch & pc.fill_null(doubtful, False).to_numpy(zero_copy_only=False),
        lambda i: f"the name {name[i].as_py()!r} belongs to several objects; use objects.id_arch",
    )
    return pc.coalesce(by_arch, by_name)


def _named(column, lookup, what, where, verdict):
    found = lookup.find(column)

    def reason(i):
        name = column[i].as_py()
        return f"no {what} is given" if name is None else f"{what} {name!r} is not in the {where}"

    verdict.refuse(_null(found), reason)
    return found


def _times(text, kind, verdict):
    day, part = split(text)
    julian = day + origin(kind) + part
    last = time.time() / 86400 + 2440587.5 + 1
    verdict.refuse(np.isnan(day), lambda i: f"time {text[i].as_py()!r} is not a number")
    rounded = (part == 0) & (day % 10 == 0)  # as 2.46E+06 is
    for i in np.flatnonzero(rounded).tolist():
        rounded[i] = Decimal(text[i].as_py()).as_tuple().exponent > 0
    verdict.refuse(rounded, lambda i: f"time {text[i].as_py()} was rounded, by a spreadsheet perhaps; write it with all its digits")
    verdict.refuse(
        ~((FIRST_DAY <= julian) & (julian < last)),
        lambda i: f"time {text[i].as_py()} is not a {kind} between the year 1800 and today{_hint(day[i], kind, last)}",
    )


def _hint(day, kind, last):
    if kind == "JD":
        if 15000 <= day < last - 2400000:
            return "; is it an MJD (--time MJD), or JD-2400000 (--time JD-2400000)?"
        if 0 < day < 15000:
            return "; is it JD-2450000 (--time JD-2450000)?"
    elif FIRST_DAY <= day < last:
        return "; is it a JD (--time JD)?"
    return ""


def _ranges(columns, verdict):
    low, high = MAGNITUDES
    nothing = _null(columns["mag"]) & _null(columns["mag_diff"]) & _null(columns["flux"])
    verdict.refuse(nothing, lambda i: "neither a magnitude, nor a differential one, nor a flux")

    def limits(name, wrong, words):
        value = _values(columns[name])
        verdict.refuse(~_null(columns[name]) & wrong(value), lambda i: f"{name} {value[i]:g} is {words}")

    for name in ("mag", "mag_diff"):
        limits(name, lambda v: ~((low < v) & (v < high)), f"not between {low:g} and {high:g} mag")
    for name in ("mag_err", "mag_diff_err"):
        limits(name, lambda v: v < 0, "negative")
        limits(name, lambda v: ~(v < LARGEST_ERROR), f"not less than {LARGEST_ERROR:g} mag")
    limits("flux", lambda v: ~np.isfinite(v), "not a finite number")
    limits("flux_err", lambda v: ~((0 <= v) & (v < np.inf)), "not a finite number of at least 0")
    limits("exptime", lambda v: ~((0 <= v) & (v <= LONGEST_EXPOSURE)), f"not between 0 and {LONGEST_EXPOSURE:g} s")


def _stage(columns, known, kind, stated):
    "the accepted points with their keys and times"
    exptime = _values(columns["exptime"])
    n = len(exptime)
    dateobs, obs_time, obs_time_utc = np.full(n, "NaT", "M8[us]"), np.full(n, np.nan), np.full(n, np.nan)
    computed = np.full(n, np.nan)
    frames = np.full(n, None, object)
    source_of = columns["datasource_id"].to_numpy(zero_copy_only=False)
    object_ids = columns["object_id"].to_numpy(zero_copy_only=False)
    for source in known.sources.values():
        rows = np.flatnonzero(source_of == source.id)
        if len(rows):
            position = known.position(object_ids[rows])
            dateobs[rows], obs_time[rows], obs_time_utc[rows] = source.derive(
                kind, stated, columns["time"].take(rows), exptime[rows], *position)
            computed[rows] = airmass(obs_time_utc[rows], *position, source.site)
            frames[rows] = source.frame_given(kind, stated)
    observation = known.images.find(columns["image"])
    privileges = pc.utf8_lower(columns["privileges"])
    return pa.table({
        "object_id": columns["object_id"],
        # in UTC, as the session is: Arrow takes twenty times as long to write a time with its zone
        "dateobs": pa.array(dateobs),
        "magnitude": columns["mag"],
        "mag_err": columns["mag_err"],
        "datasource_id": columns["datasource_id"],
        "photosys_id": columns["photosys_id"],
        "mag_diff": columns["mag_diff"],
        "mag_diff_err": columns["mag_diff_err"],
        "upper_limit": pc.fill_null(columns["upper_limit"], False),
        "flux": columns["flux"],
        "flux_err": columns["flux_err"],
        "flux_unit": pc.if_else(pc.is_null(columns["flux"]), None, pc.fill_null(columns["flux_unit"], "")),
        "id_arch": columns["id_arch"],
        "observation_id": observation,
        "quality": columns["quality"],
        "time_given": columns["time"],
        "time_frame": pa.array(frames, pa.string()),
        "time_stated": pa.array([stated], pa.string()).take(np.zeros(n, "i8")),
        "obs_time": pa.array(obs_time, from_pandas=True),
        "obs_time_utc": pa.array(obs_time_utc, from_pandas=True),
        "exptime": columns["exptime"],
        "airmass": pa.array(computed.astype("f4"), from_pandas=True),
        "published": pc.equal(pc.fill_null(privileges, PUBLIC), PUBLIC),
        # an image that is not there yet is remembered by its name
        "image": pc.if_else(pc.is_null(observation), columns["image"], None),
        "metadata": columns["metadata"],
    })
