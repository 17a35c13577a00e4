"""Rules about the values of times: order, range, and whether two columns tell of the same instants."""

import warnings
from itertools import pairwise

import astropy.units as u
import numpy as np
from astropy.constants import c
from astropy.coordinates import get_body_barycentric
from astropy.time import Time

from photvo.model.time import DAY, direction
from photvo.products.checker.parts import DAYS, ORIGINS
from photvo.products.checker.rules import ERROR, WARNING, rule

PLAUSIBLE = (2305448.0, 2524594.0)  # JD: the years 1600 to 2200
UTC_KNOWN = (2436934.5, 2473459.5)  # JD: 1960, when UTC began, to 2060
RESOLUTION = 1e-3 / 86400  # d: times nearer than this are the same
LIGHT_SECOND = c.to_value(u.m / u.s)  # m
TOLERANCE = 2.0  # s: the telescope is taken to be at the Earth's centre, UT for UTC, and times may be rounded
FARTHEST = 510.0  # s: light from the Earth to the Sun; what is not known where the star is not
SCALES = {"TAI": "tai", "GPS": "tai", "TCB": "tcb", "TCG": "tcg", "TDB": "tdb", "TT": "tt", "UTC": "utc", "UT": "utc"}
GPS_BEHIND = 19.0  # s: GPS = TAI - 19 s
BODIES = {"TOPOCENTER": "earth", "GEOCENTER": "earth", "EMBARYCENTER": "earth", "HELIOCENTER": "sun"}


@rule(WARNING, "curves", "leave out points without a time")
def time_null(curve):
    """Every point has a time. [practice]"""
    columns = [curve.values(field) for field in curve.times]
    broken = any(
        code in ("ROW_LENGTH", "NOT_A_NUMBER") for code, *_ in curve.data.faults
    )  # that rule has spoken
    if columns and not broken and all(values is not None and len(values) for values in columns):
        missing = np.isnan(columns).all(axis=0)
        if missing.any():
            place, rows = curve.rows(missing)
            yield place, f"there is no time in {rows}"


@rule(ERROR, "curves", "look at timeorigin and unit")
def time_range(curve):
    """Times and their origin give dates between 1600 and 2200. [VOTable 1.5, TIMESYS: timeorigin]"""
    for field in curve.times:
        origin, days = curve.jd(field) or (0, np.empty(0))
        bad = (days + origin < PLAUSIBLE[0]) | (days + origin > PLAUSIBLE[1])
        if bad.any():
            place, rows = curve.rows(bad)
            first, said = days[bad][0], field.timesys.get("timeorigin")
            text = (
                f"{field.name} is {first / DAYS[field.unit]:.10g} from {said} on in {rows}, which is no date"
            )
            fits = [name for name, other in ORIGINS.items() if PLAUSIBLE[0] < first + other < PLAUSIBLE[1]]
            yield (place, text, f'timeorigin="{fits[0]}" would fit') if fits else (place, text)


@rule(WARNING, "curves", "sort the rows by time")
def time_order(curve):
    """Rows are in order of time. [practice]"""
    values = curve.values(curve.main_time) if curve.main_time else None
    if values is not None:
        timed = np.flatnonzero(~np.isnan(values))
        back = np.zeros(len(values), bool)
        back[timed[1:]] = values[timed[1:]] < values[timed[:-1]]
        if back.any():
            place, rows = curve.rows(back)
            yield place, f"{curve.main_time.name} is before that of the row above in {rows}"


@rule(WARNING, "curves", "take doubles out")
def time_repeated(curve):
    """A telescope has one point at a time in a band. [practice]"""
    values = curve.values(curve.main_time) if curve.main_time else None
    if values is None:
        return
    steps = np.round(values * DAYS.get(curve.main_time.unit, 1.0) / RESOLUTION)
    # what else tells points apart: telescope, image, or where bands or objects are mixed, those
    apart = [field for field in curve.fields if field.words[:1] in (("meta.id",), ("instr.bandpass",))]
    texts = [curve.data.texts[field.index] for field in apart if field.index in curve.data.texts]
    seen, bad = set(), np.zeros(len(values), bool)
    for row, key in enumerate(zip(steps, *texts)):
        bad[row] = key in seen and np.isfinite(steps[row])
        seen.add(key)
    if bad.any():
        place, rows = curve.rows(bad)
        yield place, f"{curve.main_time.name} is that of an earlier row in {rows}"


def _direction(curve):
    """The unit vector to the object, from PARAMs in ICRS; None where they are not given."""
    angles = {
        param.words[0]: param.value
        for param in curve.params
        if param.kind == "position" and param.value is not None and param.unit == "deg"
        and param.target is not None and param.target.get("system") == "ICRS"
    }  # fmt: skip
    (star,) = direction([angles.get("pos.eq.ra", np.nan)], [angles.get("pos.eq.dec", np.nan)])
    return star if np.isfinite(star).all() else None


def _barycentric(timesys, origin, days, star):
    """What to add to times (origin + days, JD) to have TDB at the barycentre: (n values in s, doubt in s).

    None where the TIMESYS does not say enough.
    """
    said, position = timesys.get("timescale"), timesys.get("refposition")
    if said not in SCALES or (position != "BARYCENTER" and position not in BODIES):
        return None
    tdb = Time(np.full(len(days), origin), days, format="jd", scale=SCALES[said]).tdb
    seconds = ((tdb.jd1 - origin) + (tdb.jd2 - days)) * DAY + (GPS_BEHIND if said == "GPS" else 0)
    if position == "BARYCENTER":
        return seconds, 0.0
    if star is None:
        return seconds, FARTHEST
    body = get_body_barycentric(BODIES[position], tdb, ephemeris="builtin").xyz.to_value(u.m)
    return seconds + star @ body / LIGHT_SECOND, 0.0


@rule(ERROR, "curves", "look at unit, time zone, scale, reference position, start or middle of the exposure")
def times_disagree(curve):
    """Columns of times tell of the same instants, each in its frame. [VOTable 1.5, TIMESYS; astropy]"""
    fields = [field for field in curve.times if field.words[:1] == ("time.epoch",) and curve.jd(field)]
    star = _direction(curve)
    for one, two in pairwise(fields):
        if one.timesys is two.timesys:
            continue  # two columns in one frame are meant to differ: start and middle, say
        (origin, days), (other_origin, other_days) = times = curve.jd(one), curve.jd(two)
        apart = (origin - other_origin + days - other_days) * DAY
        bad = np.abs(apart) > DAY  # more than any scale or light time explains
        rows = np.flatnonzero(
            np.all([(d + o > UTC_KNOWN[0]) & (d + o < UTC_KNOWN[1]) for o, d in times], axis=0)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ERFA's "dubious year": leap seconds to come are not known
            moved = [
                _barycentric(field.timesys, o, d[rows], star) for field, (o, d) in zip((one, two), times)
            ]
        if None not in moved and len(rows):
            (first, doubt), (second, other_doubt) = moved
            apart[rows] += first - second
            bad[rows] = np.abs(apart[rows]) > TOLERANCE + doubt + other_doubt
        if bad.any():
            place, where = curve.rows(bad)
            text = f"{one.name} and {two.name} are up to {np.abs(apart[bad]).max():.1f} s apart"
            yield place, f"{text}, once scale and light time are taken off, in {where}"
