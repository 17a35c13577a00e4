"""Tables that say themselves what their columns are, by UCD or by plain names → points.

Used for VOTable, FITS, ECSV, Parquet and CSV alike. A column is what the options say (`columns = { time = "…", mag = "…" }`, with
the names of ROLES), else what its UCD says, else what its name says; of several the first. What is told by neither is kept in the metadata.
"""

import re
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from ..model.batch import ReadError, Stated
from . import gaia, ztf
from .arrays import factor, vounit
from .cells import folded, named_frame
from .frames import Frame

#: What a column may be → the names by which it is known, in lower case without anything but letters.
ROLES = {
    "time": (),
    "mag": ("mag", "magnitude", "phot"),
    "mag_err": ("magerr", "emag", "magerror", "magnitudeerror", "maguncertainty", "magunc", "merr", "err", "error", "uncertainty"),
    "mag_diff": ("magdiff", "diffmag"),
    "mag_diff_err": ("magdifferr", "diffmagerr"),
    "flux": ("flux", "relativeflux", "relflux"),
    "flux_err": ("fluxerr", "eflux", "fluxerror", "fluxunc", "fluxuncertainty", "relativefluxerror", "relfluxerr"),
    "upper_limit": ("upperlimit",),
    "quality": ("flags", "quality", "flag", "qualityflag", "qualityflags"),
    "exptime": ("exptime", "exposuretime", "exposure"),
    "object": ("targetname", "objectname", "starname", "object", "star", "target", "name", "objid", "starid", "sourceid"),
    "band": ("band", "filter", "passband", "filtername", "filtercode", "filt"),
}  # fmt: skip
#: What a UCD says, as regular expressions on the whole of it.
_UCDS = {
    "mag": r"phot\.mag(;em\..*)?", "mag_err": r"stat\.error;phot\.mag.*",
    "mag_diff": r"phot\.mag;.*arith\.diff.*", "flux": r"(em\.[^;]*;)?phot\.(flux|count)(\.density)?(;em\..*|;stat\.mean)?",
    "flux_err": r"(em\.[^;]*;)?(stat\.error;)?phot\.(flux|count)(\.density)?.*", "upper_limit": r"meta\.code;stat\.max",
    "exptime": r"time\.duration;obs\.exposure", "band": r"instr\.(bandpass|filter)",
}  # fmt: skip
#: A time beyond this, in days, is good to a minute and a half only in single precision.
SINGLE_LIMIT = 16_384.0
#: Words that stand for no magnitude in many tables.
SENTINELS = (99.0, 99.9, 99.99, 99.999, -99.0, -99.9, -99.99, -999.0)
ERROR_SENTINELS = (9.99, 9.999, *SENTINELS)


def batches(rows, path, options):
    """Yield PointBatch of one Cells. Raises ReadError where time or brightness cannot be told, naming the remedy."""
    for dialect in (gaia, ztf):
        if dialect.is_header(rows.table.column_names):
            yield dialect.batch(rows)
            return
    roles = find(rows, path, options)
    clocks = _clocks(rows, roles, path, options)
    for name, _ in clocks:
        _precise(rows, name, path)
    made = _values(rows, roles)
    # a flux beside a magnitude, and the whole of a foreign quality code, are further facts
    further = ({"flux", "flux_err"} if roles["mag"] else set()) | (set() if _own(rows) else {"quality"})
    used = [name for role, name in roles.items() if role not in further] + ["flux_unit"]
    if len(clocks) == 1:
        ((name, frame),) = clocks
        yield rows.batch(frame, {"time": rows.time(name), **made}, [name, *used])
        return
    yield from _two_clocks(rows, clocks, made, used)


def find(rows, path, options):
    """Role → name of the column (None: there is none). Raises ReadError for a column of the options that is not there."""
    names = rows.table.column_names
    found = {}
    for role, known in ROLES.items():
        wanted = options.columns.get(role)
        if wanted is not None:
            if wanted not in rows:
                raise ReadError(path, f"columns: there is no column {wanted!r} (for {role}); there are {_listed(names)}")
            found[role] = wanted
            continue
        taken = set(found.values())
        by_ucd = [n for n in names if role in _UCDS and re.fullmatch(_UCDS[role], rows.field(n).ucd.lower()) and n not in taken]
        by_name = [n for word in known for n in names if _letters(n) == word and n not in taken]
        # a name may say what a UCD does not (phot.mag is any magnitude); both together are best
        both = [n for n in by_ucd if n in by_name]
        found[role] = next(iter([*both, *by_ucd, *by_name]), None)
        if role in ("mag", "flux") and not both and len(by_ucd) > 1 and not (role == "flux" and found["mag"]):
            raise ReadError(
                path, f"several columns are of {'magnitudes' if role == 'mag' else 'fluxes'} ({_listed(by_ucd)}); name one, as"
                f" columns = {{ {role} = \"{by_ucd[0]}\" }} in {path.name}.toml")  # fmt: skip
    if options.columns.get("mag") is None and (found["mag"] and "arith.diff" in rows.field(found["mag"]).ucd):
        found["mag"] = None
    if not (found["mag"] or found["mag_diff"] or found["flux"]):
        raise ReadError(
            path, f"no column is a magnitude or a flux; name one, as columns = {{ mag = \"…\" }} in {path.name}.toml"
            f" (there are {_listed(names)})")  # fmt: skip
    return found


def _listed(names):
    text = ", ".join(names[:40])
    return f"{text}, …" if len(names) > 40 else text


def _letters(name):
    return re.sub(r"[^a-z]", "", name.lower())


#: The times of a light curve as photvo sends it, in forms that do not say it themselves (CSV).
_OWN = {"obs_time": Frame("MJD", Stated("TDB", "BARYCENTER", "mid")), "obs_time_utc": Frame("MJD", Stated("UTC", "TOPOCENTER", "mid"))}


def clock(rows, name):
    """The Frame of a column if it is a time: as the file states it, as its description or unit says, or as its name does."""
    if name in _OWN and _own(rows):
        return _OWN[name]
    field = rows.field(name)
    frame = field.frame or named_frame(name) or named_frame(field.unit)
    said = described(field.description)
    if frame is None:
        return said if said and (said.kind or field.ucd.startswith("time")) else None
    if said:
        stated = Stated(*(getattr(frame.stated, part) or getattr(said.stated, part) for part in ("scale", "refposition", "point")))
        # an offset in the description holds for a column that is called JD
        frame = Frame(said.kind if field.frame is None and said.kind else frame.kind or said.kind, stated)
    return frame


def described(text):
    """The Frame that a description says in words, as `Barycentric time of mid-exposure, MJD in TDB`; None where none."""
    found = re.search(r"\b(M?JD) in (UTC|TDB|TCB|TT|TAI)\b", text)
    offset = re.search(r"\b[HB]?JD\)?\s*[-−–]\s*(2[ ,]?4\d\d[ ,]?\d\d\d(?:\.\d{1,9})?)", text)
    where = re.search(r"\b(barycent(?:re|er|ric)|heliocent(?:re|er|ric)|at the telescope|topocent(?:re|er|ric))", text, re.I)
    middle = re.search(r"mid-?(?:dle of the |dle of |-)?exposure", text, re.I)
    if not (found or offset or where or middle):
        return None
    places = {"b": "BARYCENTER", "h": "HELIOCENTER", "a": "TOPOCENTER", "t": "TOPOCENTER"}
    place = where and places[where[1][0].lower()]
    kind = f"JD-{re.sub('[ ,]', '', offset[1])}" if offset else found and found[1]
    return Frame(kind, Stated(found and found[2], place, "mid" if middle else None))


def _clocks(rows, roles, path, options):
    """The time columns to use, as pairs of name and Frame: one, or a second one for the rows that the first leaves empty."""
    if roles["time"]:
        return [(roles["time"], _known(rows, roles["time"], path, options))]
    names = rows.table.column_names
    if _own(rows):
        return list(_OWN.items())
    times = [name for name in names if re.match(r"time\.epoch", rows.field(name).ucd.lower())]
    main = [name for name in times if "meta.main" in rows.field(name).ucd.lower()]
    named = [name for name in names if clock(rows, name)]
    bare = [name for name in names if _letters(name) in ("time", "obstime", "date")]
    for name in [*main, *[name for name in times if name in named], *_best(named), *times, *bare]:
        return [(name, _known(rows, name, path, options))]
    raise ReadError(
        path, f"no column is a time; name one, as columns = {{ time = \"…\" }} in {path.name}.toml (there are {_listed(names)})"
    )


def _best(names):
    "of several times by their names, that which says most: BJD_TDB before JD"
    order = {"BARYCENTER": 0, None: 1, "HELIOCENTER": 2}
    return sorted(names, key=lambda name: order[(named_frame(name) or Frame(None)).stated.refposition])


def _precise(rows, name, path):
    "refuse times of single precision where that means minutes"
    if rows.field(name).single and (pc.max(pc.abs(rows.number(name))).as_py() or 0.0) > SINGLE_LIMIT:
        raise ReadError(path, f"the column {name} is of single precision, which is minutes for such times; get it with double precision")


def _known(rows, name, path, options):
    "the Frame of a time; the options say what it counts from where the file does not"
    frame = clock(rows, name) or Frame(None)
    if frame.kind:
        return frame
    if options.time:
        return frame._replace(kind=options.time)
    raise ReadError(
        path, f"what the numbers of the column {name} count from is not stated; give --time MJD (or JD, or JD-2450000), or"
        f" write time = \"MJD\" into {path.name}.toml")  # fmt: skip


def _values(rows, roles):
    "what is measured, by names of points_table"
    mag, limit = rows.limited(roles["mag"], SENTINELS)
    diff, diff_limit = rows.limited(roles["mag_diff"], SENTINELS)
    made = {
        "mag": mag, "mag_diff": diff, "mag_err": rows.number(roles["mag_err"], ERROR_SENTINELS),
        "mag_diff_err": rows.number(roles["mag_diff_err"], ERROR_SENTINELS),
        "upper_limit": pc.or_(pc.or_(limit, diff_limit), rows.true(roles["upper_limit"])),
        "object_name": rows.text(roles["object"]), "band": rows.text(roles["band"], none="none"),
        "exptime": _seconds(rows, roles["exptime"]),
    }  # fmt: skip
    for name, constant in (("object_name", "object"), ("band", "band")):
        if rows.facts.get(constant):
            made[name] = pc.fill_null(made[name], rows.facts[constant])
    if roles["flux"]:
        made["flux"], made["flux_err"] = rows.number(roles["flux"]), rows.number(roles["flux_err"])
        # in a table of several series each point has its own unit
        each = pc.fill_null(rows.text("flux_unit"), "") if "flux_unit" in rows else None
        made["flux_unit"] = vounit(rows.field(roles["flux"]).unit) if each is None else each
    if roles["quality"] and (quality := _quality(rows, roles["quality"])) is not None:
        made["quality"] = quality
    else:
        roles["quality"] = None
    return made


def _seconds(rows, name):
    if name and _letters(name) == "exposure" and not rows.field(name).unit:  # a number, an image, seconds?
        name = None
    by = factor(rows.field(name).unit, "s") if name else None
    return pa.nulls(len(rows), pa.float64()) if by is None else pc.multiply(rows.number(name), by)


def _quality(rows, name):
    "a column of flags; None where they are no whole numbers. Of photvo's own flags the low byte was the source's"
    column = rows.column(name)
    if not (pa.types.is_integer(column.type) or pc.all(pc.match_substring_regex(rows.text(name), r"^\d{1,9}$")).as_py()):
        return None
    flags = rows.integer(name)
    if _own(rows):
        return pc.bit_wise_and(flags, 255).cast(pa.int32())
    return folded(flags)


def _own(rows):
    "True for a table as photvo sends it, in whatever form"
    return {"obs_time", "obs_time_utc", "flags"} <= set(rows.table.column_names)


def _two_clocks(rows, clocks, made, used):
    "rows with the first time, then those with the second only"
    (one, frame), (other, second) = clocks
    used = [one, other, *used]
    time, instead = rows.time(one, needed=False), rows.time(other, needed=False)
    rows.refuse(pc.and_(pc.is_null(time), pc.is_null(instead)), lambda i: f"neither {one} nor {other}")
    yield rows.batch(frame, {"time": time, **made}, used, pc.is_valid(time))
    rest = rows.batch(second, {"time": instead, **made}, used, pc.is_null(time))
    if rest.points.num_rows or rest.gaps:
        yield replace(rest, rejects=[])
