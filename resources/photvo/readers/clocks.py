"""Which column of a table is its time, and what its numbers are: by its name, its unit, its description, its
frame.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from ..model import time
from ..model.batch import ReadError, Stated
from .arrays import days
from .frames import Frame

#: A time beyond this, in days, is good to a minute and a half only in single precision.
SINGLE_LIMIT = 16_384.0
#: The days of Kepler and TESS, as lightkurve calls them.
_MISSIONS = {"bkjd": "JD-2454833", "btjd": "JD-2457000"}
_SCALE = r"(?:[\s_(\[,-]*(?:utc?|tdb|tt|tai|tcb|days?|d)[)\]]?)*"
#: `HJD_UTC-2450000`, `BJD - 2457000 (TDB)`, `JD 2450000+`, `JD (+2450000)`
_NAMED = re.compile(
    rf"(?:time[\s_(]+)?(?P<where>[hb])?(?P<mjd>m)?jd{_SCALE}"
    r"(?:\s*-\s*(?P<offset>\d{1,7}(?:\.\d{1,9})?)|[\s_(\[]*(?:\+\s*(?P<added>2\d{6}(?:\.\d)?)|(?P<before>2\d{6}(?:\.\d)?)\s*\+)[)\]]?)?"
    rf"{_SCALE}\)?",
    re.I,
)


def named_frame(name):
    """The Frame of a time column by its name or unit (JD, HJD, BJD_TDB, MJD, BTJD, `BJD - 2457000, days`),
    None where it has none.

    Unlike in the formats that let one choose between JD and HJD, a plain JD says nothing of a place.
    """
    if (word := name.strip().lower()) in _MISSIONS:
        return Frame(_MISSIONS[word], Stated("TDB", "BARYCENTER"))
    found = _NAMED.fullmatch(name.strip())
    offset = found and (found["offset"] or found["added"] or found["before"])
    if not found or found["mjd"] and offset:
        return None
    kind = "MJD" if found["mjd"] else f"JD-{offset}" if offset else "JD"
    where = {"h": "HELIOCENTER", "b": "BARYCENTER", "": None}[(found["where"] or "").lower()]
    scale = re.search("utc|tdb|tt|tai|tcb|ut", name.lower())
    return Frame(kind, Stated(scale and {"ut": "UTC"}.get(scale[0], scale[0].upper()), where))


def listed(names):
    """The names of columns for an error."""
    text = " ".join(", ".join(names[:40]).split())
    return f"{text}, …" if len(names) > 40 else text


def letters(name):
    """A name in small letters without anything else, and without what stands in brackets behind it."""
    return re.sub(r"[^a-z]", "", re.sub(r"(?<=\w)\s*[\[(][^\])]*[\])]$", "", name.strip()).lower())


#: The times of a light curve as photvo sends it, in forms that do not say it themselves (CSV).
_OWN = {
    "obs_time": Frame("MJD", Stated("TDB", "BARYCENTER", "mid")),
    "obs_time_utc": Frame("MJD", Stated("UTC", "TOPOCENTER", "mid")),
}


def clock(rows, name):
    """The Frame of a column if it is a time: as the file states it, as its description or unit says, or as
    its name does.
    """
    if name in _OWN and own(rows):
        return _OWN[name]
    field = rows.field(name)
    frame = field.frame or named_frame(name) or named_frame(field.unit)
    said = described(field.description)
    if frame is None:
        return said if said and (said.kind or field.ucd.startswith("time")) else None
    if said:
        stated = Stated(
            *(
                getattr(frame.stated, part) or getattr(said.stated, part)
                for part in ("scale", "refposition", "point")
            )
        )
        # an offset in the description holds for a column that is called JD
        frame = Frame(said.kind if field.frame is None and said.kind else frame.kind or said.kind, stated)
    return frame


def described(text):
    """The Frame that a description says in words, as `Barycentric time of mid-exposure, MJD in TDB`; None
    where none.
    """
    found = re.search(r"\b(M?JD) in (UTC|TDB|TCB|TT|TAI)\b", text)
    offset = re.search(r"\b[HB]?JD\)?\s*[-−–]\s*(2[ ,]?4\d\d[ ,]?\d\d\d(?:\.\d{1,9})?)", text)
    where = re.search(
        r"\b(barycent(?:re|er|ric)|heliocent(?:re|er|ric)|at the telescope|topocent(?:re|er|ric))", text, re.I
    )
    middle = re.search(r"mid-?(?:dle of the |dle of |-)?exposure", text, re.I)
    if not (found or offset or where or middle):
        return None
    places = {"b": "BARYCENTER", "h": "HELIOCENTER", "a": "TOPOCENTER", "t": "TOPOCENTER"}
    place = where and places[where[1][0].lower()]
    kind = f"JD-{re.sub('[ ,]', '', offset[1])}" if offset else found and found[1]
    return Frame(kind, Stated(found and found[2], place, "mid" if middle else None))


def clocks(rows, name, path, options):
    """The time columns to use, as pairs of name and Frame: one, or a second one for the rows that the first
    leaves empty.

    `name`: the one that is told, or None. Raises ReadError where there is none, or it is not known what it
    counts from.
    """
    if name:
        return [(name, _known(rows, name, path, options))]
    names = rows.table.column_names
    if own(rows):
        return list(_OWN.items())
    times = [name for name in names if re.match(r"time\.epoch", rows.field(name).ucd.lower())]
    main = [name for name in times if "meta.main" in rows.field(name).ucd.lower()]
    named = [name for name in names if clock(rows, name)]
    bare = [name for name in names if letters(name) in ("time", "obstime", "date")]
    for name in [*main, *[name for name in times if name in named], *_best(named), *times, *bare]:
        return [(name, _known(rows, name, path, options))]
    raise ReadError(
        path,
        f'no column is a time; name one, as columns = {{ time = "…" }} in {path.name}.toml (there are {listed(names)})',
    )


def _best(names):
    "of several times by their names, that which says most: BJD_TDB before JD"
    order = {"BARYCENTER": 0, None: 1, "HELIOCENTER": 2}
    return sorted(names, key=lambda name: order[(named_frame(name) or Frame(None)).stated.refposition])


def check_precision(rows, name, path):
    """Refuse times of single precision where that means minutes: raises ReadError."""
    longest = (pc.max(pc.abs(rows.number(name))).as_py() or 0.0) * (days(rows.field(name).unit) or 1.0)
    if rows.field(name).single and longest > SINGLE_LIMIT:
        raise ReadError(
            path,
            f"the column {listed([name])} is of single precision, which is minutes for such times; get it with double precision",
        )


def check_stated(frame, name, path, options):
    """Refuse what a file states of its times and we do not have, unless the options say otherwise: raises ReadError."""
    scale, place = frame.stated.scale, frame.stated.refposition
    if scale and scale not in time.SCALES and not options.time_scale:
        raise ReadError(path, f"the times of the column {listed([name])} are in {scale}, which is none of {', '.join(time.SCALES)};"
                        " convert them, or give --time-scale if that is wrong")  # fmt: skip
    if place and place not in time.REFPOSITIONS and not options.time_refposition:
        raise ReadError(path, f"the times of the column {listed([name])} are for {place}, which is none of {', '.join(time.REFPOSITIONS)};"
                        " convert them, or give --time-refposition if that is wrong")  # fmt: skip


def in_days(rows, name, path, needed=True):
    """A time as text in days (Cells.time). Raises ReadError for a unit of which it is not known how many days it is."""
    by = days(rows.field(name).unit)
    if by is None:
        raise ReadError(path, f"the times of the column {listed([name])} are in {rows.field(name).unit}; convert them to days")
    if by == 1.0:
        return rows.time(name, needed)
    return pc.multiply(rows.number(name), by).cast(pa.string())


def _known(rows, name, path, options):
    "the Frame of a time; the options say what it counts from where the file does not"
    frame = clock(rows, name) or Frame(None)
    check_stated(frame, name, path, options)
    if frame.kind:
        return frame
    if date := next((word for word in rows.text(name).to_pylist() if word), "")[:10]:
        if re.fullmatch(r"\d{4}[-/]\d\d[-/]\d\d", date):
            raise ReadError(path, f"the column {listed([name])} has dates ({date} …); write the times as JD or MJD")
    if options.time:
        return frame._replace(kind=options.time)
    raise ReadError(
        path, f"what the numbers of the column {listed([name])} count from is not stated; give --time MJD (or JD, or JD-2450000), or"
        f" write time = \"MJD\" into {path.name}.toml")  # fmt: skip


def own(rows):
    """True for a table as photvo sends it, in whatever form."""
    return {"obs_time", "obs_time_utc", "flags"} <= set(rows.table.column_names)
