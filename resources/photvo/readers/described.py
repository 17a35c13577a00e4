"""Tables that say themselves what their columns are, by UCD or by plain names → points.

Used for VOTable, FITS, ECSV, Parquet and CSV alike. A column is what the options say (`columns = { time =
"…", mag = "…" }`, with the names of ROLES), else what its UCD says, else what its name says; of several the
first. What is told by neither is kept in the metadata.
"""

import re
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from ..model.batch import ReadError
from . import gaia, ztf
from .arrays import factor, vounit
from .cell_batches import batch, folded
from .clocks import check_precision, clocks, in_days, letters, listed, own

#: What a column may be → the names by which it is known, in lower case without anything but letters.
ROLES = {
    "time": (),
    "mag": ("mag", "magnitude", "phot"),
    "mag_err": ("magerr", "emag", "magerror", "magnitudeerror", "maguncertainty", "magunc", "merr", "err", "error", "uncertainty"),
    "mag_diff": ("magdiff", "diffmag"),
    "mag_diff_err": ("magdifferr", "diffmagerr"),
    "flux": ("flux", "relativeflux", "relflux"),
    "flux_err": ("fluxerr", "eflux", "fluxerror", "fluxunc", "fluxuncertainty", "relativefluxerror", "relfluxerr"),
    "upper_limit": (
        "upperlimit", "isupperlimit", "upperlimitflag", "upperlim", "uplim", "isupper", "isul", "ul", "islimit", "limitflag", "fainterthan",
        "isfainterthan", "nondetection", "isnondetection",
    ),
    "quality": ("flags", "quality", "flag", "qualityflag", "qualityflags"),
    "exptime": ("exptime", "exposuretime", "exposure"),
    "object": ("targetname", "objectname", "starname", "object", "star", "target", "name", "inputid", "objid", "starid", "sourceid", "masterid", "ticid", "kicid"),
    "band": ("band", "filter", "passband", "filtername", "filtercode", "filt"),
}  # fmt: skip
#: What a UCD says, as regular expressions on the whole of it.
_UCDS = {
    "mag": r"phot\.mag(;em\..*)?", "mag_err": r"stat\.error;phot\.mag.*",
    "mag_diff": r"phot\.mag;.*arith\.diff.*", "flux": r"(em\.[^;]*;)?phot\.(flux|count)(\.density)?(;em\..*|;stat\.mean)?",
    "flux_err": r"(em\.[^;]*;)?(stat\.error;)?phot\.(flux|count)(\.density)?.*", "upper_limit": r"meta\.code;stat\.max",
    "exptime": r"time\.duration;obs\.exposure", "band": r"instr\.(bandpass|filter)",
}  # fmt: skip
#: Words that stand for no magnitude in many tables.
SENTINELS = (99.0, 99.9, 99.99, 99.999, -99.0, -99.9, -99.99, -999.0)
ERROR_SENTINELS = (9.99, 9.999, *SENTINELS)
FLUX_SENTINELS = (-999.0,)  # of Pan-STARRS


def batches(rows, path, options):
    """Yield PointBatch of one Cells. Raises ReadError where time or brightness cannot be told, naming the
    remedy.
    """
    for dialect in (gaia, ztf):
        if dialect.is_header(rows.table.column_names):
            yield dialect.points(rows, path, options)
            return
    roles = find(rows, path, options)
    times = clocks(rows, roles["time"], path, options)
    for name, _ in times:
        check_precision(rows, name, path)
    made = _values(rows, roles, path)
    # a flux beside a magnitude, and the whole of a foreign quality code, are further facts
    further = ({"flux", "flux_err"} if roles["mag"] else set()) | (set() if own(rows) else {"quality"})
    used = [name for role, name in roles.items() if role not in further] + ["flux_unit"]
    if len(times) == 1:
        ((name, frame),) = times
        yield batch(rows, frame, {"time": in_days(rows, name, path), **made}, [name, *used])
        return
    yield from _two_clocks(rows, times, made, used, path)


def find(rows, path, options):
    """Role → name of the column (None: there is none). Raises ReadError for a column of the options that is
    not there.
    """
    names = rows.table.column_names
    found = {}
    for role, known in ROLES.items():
        wanted = options.columns.get(role)
        if wanted is not None:
            if wanted not in rows:
                raise ReadError(
                    path, f"columns: there is no column {wanted!r} (for {role}); there are {listed(names)}"
                )
            found[role] = wanted
            continue
        taken = set(found.values())
        by_ucd = [
            n
            for n in names
            if role in _UCDS and re.fullmatch(_UCDS[role], rows.field(n).ucd.lower()) and n not in taken
        ]
        by_name = [n for word in known for n in names if letters(n) == word and n not in taken]
        # a name may say what a UCD does not (phot.mag is any magnitude); both together are best
        both = [n for n in by_ucd if n in by_name]
        found[role] = next(iter([*both, *by_ucd, *by_name]), None)
        if role in ("mag", "flux") and not (role == "flux" and found["mag"]):
            alike = both or by_ucd or [n for n in by_name if letters(n) == letters(by_name[0])]
            exact = [n for n in alike if n.lower() in known]
            if len(alike) > 1 and (len(exact) != 1 or f"{exact[0]}#2" in alike):
                raise ReadError(
                    path, f"several columns are of {'magnitudes' if role == 'mag' else 'fluxes'} ({listed(alike)}); name one, as"
                    f" columns = {{ {role} = \"{listed(alike[:1])}\" }} in {path.name}.toml")  # fmt: skip
            found[role] = next(iter(exact), found[role])
    if options.columns.get("mag") is None and (found["mag"] and "arith.diff" in rows.field(found["mag"]).ucd):
        found["mag"] = None
    limits = f"l_{found['mag']}"  # VizieR's flag of a limit
    found["upper_limit"] = found["upper_limit"] or (limits if limits in rows else None)
    if not (found["mag"] or found["mag_diff"] or found["flux"]):
        raise ReadError(
            path, f"no column is a magnitude or a flux; name one, as columns = {{ mag = \"…\" }} in {path.name}.toml"
            f" (there are {listed(names)})")  # fmt: skip
    if not found["mag"] and "mag_err" not in options.columns:  # `err` is that of what there is
        other = "mag_diff_err" if found["mag_diff"] else "flux_err"
        found[other], found["mag_err"] = found[other] or found["mag_err"], None
    return found


def _values(rows, roles, path):
    "what is measured, by names of points_table"
    mag, limit = rows.limited(roles["mag"], SENTINELS)
    diff, diff_limit = rows.limited(roles["mag_diff"], SENTINELS)
    sigma = re.sub("mpro", "sigmpro", roles["mag"] or "")
    if re.fullmatch(r"w[1-4]sigmpro(_ep)?", sigma) and sigma in rows:  # WISE's magnitudes without uncertainty are limits
        limit = pc.or_(limit, pc.and_(pc.is_valid(mag), pc.is_null(rows.number(sigma))))
    made = {
        "mag": _in(rows, roles["mag"], mag, "mag"), "mag_diff": _in(rows, roles["mag_diff"], diff, "mag"),
        "mag_err": _in(rows, roles["mag_err"], rows.number(roles["mag_err"], ERROR_SENTINELS), "mag"),
        "mag_diff_err": _in(rows, roles["mag_diff_err"], rows.number(roles["mag_diff_err"], ERROR_SENTINELS), "mag"),
        "upper_limit": pc.or_(pc.or_(limit, diff_limit), rows.true(roles["upper_limit"])),
        "object_name": rows.text(roles["object"]), "band": rows.text(roles["band"], none="none"),
        "exptime": _seconds(rows, roles["exptime"]),
    }  # fmt: skip
    for name, constant in (("object_name", "object"), ("band", "band")):
        if rows.facts.get(constant):
            made[name] = pc.fill_null(made[name], rows.facts[constant])
    if roles["flux"]:
        made["flux"] = rows.number(roles["flux"], FLUX_SENTINELS)
        error = rows.number(roles["flux_err"], FLUX_SENTINELS)
        made["flux_err"] = _in(rows, roles["flux_err"], error, rows.field(roles["flux"]).unit, path)
        # in a table of several series each point has its own unit
        named = next((name for name in rows.table.column_names if letters(name) == "fluxunit"), None)
        each = pc.fill_null(rows.text(named), "") if named else None
        if each is not None:
            said = each
            rows.refuse(
                pc.match_substring(pc.utf8_lower(said), "mag"),
                lambda i: (
                    f'{named} is {said[i].as_py()!r}: no flux; say columns = {{ mag = "{roles["flux"]}" }}'
                ),
            )
        made["flux_unit"] = vounit(rows.field(roles["flux"]).unit) if each is None else each
    if roles["quality"] and (quality := _quality(rows, roles["quality"])) is not None:
        made["quality"] = quality
    else:
        roles["quality"] = None
    return made


def _in(rows, name, values, wanted, path=None):
    """Numbers of a column in the unit wanted; as they are where either has none that is known. With a `path` a unit that
    is of another kind raises ReadError."""
    unit = rows.field(name).unit if name else ""
    by = factor(unit, vounit(wanted)) if unit and wanted else 1.0
    if by is None and path and vounit(unit) != vounit(wanted):
        raise ReadError(path, f"the column {name} is in {unit}, and what it is the uncertainty of in {wanted}; convert one")
    return values if by in (None, 1.0) else pc.divide(values, 1 / by)  # 10200 mmag are 10.2 mag to the last digit


def _seconds(rows, name):
    if name and letters(name) == "exposure" and not rows.field(name).unit:  # a number, an image, seconds?
        name = None
    by = factor(rows.field(name).unit, "s") if name else None
    return pa.nulls(len(rows), pa.float64()) if by is None else pc.multiply(rows.number(name), by)


def _quality(rows, name):
    "a column of flags; None where they are no whole numbers. Of photvo's own flags the low byte was the source's"
    column = rows.column(name)
    if not (
        pa.types.is_integer(column.type)
        or pc.all(pc.match_substring_regex(rows.text(name), r"^\d{1,9}$")).as_py()
    ):
        return None
    flags = rows.integer(name)
    if own(rows):
        return pc.bit_wise_and(flags, 255).cast(pa.int32())
    return folded(flags)


def _two_clocks(rows, times, made, used, path):
    "rows with the first time, then those with the second only"
    (one, frame), (other, second) = times
    used = [one, other, *used]
    time, instead = (in_days(rows, name, path, needed=False) for name, _ in times)
    rows.refuse(pc.and_(pc.is_null(time), pc.is_null(instead)), lambda i: f"neither {one} nor {other}")
    first = batch(rows, frame, {"time": time, **made}, used, pc.is_valid(time))
    yield first
    rest = batch(rows, second, {"time": instead, **made}, used, pc.is_null(time))
    said = {reject.line for reject in first.rejects}
    rejects = [reject for reject in rest.rejects if reject.line not in said]
    if rest.points.num_rows or rest.gaps or rejects:
        yield replace(rest, rejects=rejects)
