"""The two times of a point, from the number in the file and what its data source declares about it.

`obs_time` is barycentric MJD in TDB, `obs_time_utc` is MJD in UTC at the telescope, both at the middle of
the exposure; `dateobs` is the file's own instant in UTC at the telescope. Each is missing (NaN, NaT) where
it cannot be derived honestly: nothing can be without a scale and a reference position; the middle not without the
exposure where the file gives its start, nor without knowing which it gives; times at the telescope from others, and
others from those, not without the site.

astropy does the conversions, at most once for each distinct exposure: the star enters by a dot product of its
direction with the telescope's barycentric position, which is what `Time.light_travel_time` computes, a
hundred times faster. A Julian date in UTC runs through a leap second as astropy (ERFA) has it: the day is
stretched to 86401 s. PostgreSQL's clock has no second 60; `dateobs` shows it as the second after.
"""

import re
import warnings
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal, InvalidOperation

import astropy.units as u
import erfa
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from astropy.constants import c
from astropy.coordinates import get_body_barycentric_posvel
from astropy.time import Time, TimeDelta
from astropy.utils import iers

# Earth rotation is needed to a few microseconds of light time only: the tables that astropy brings along do,
# and nothing here may wait for the network.
iers.conf.auto_download = False
iers.conf.iers_degraded_accuracy = "warn"

DAY = 86400.0  # s
MJD = 2400000.5  # d
SCALES = ("UTC", "TT", "TDB", "TAI", "TCB")
REFPOSITIONS = ("TOPOCENTER", "GEOCENTER", "HELIOCENTER", "BARYCENTER")
MOMENTS = ("start", "mid")  # of the exposure
LIGHT_DAY = c.to_value(u.m / u.d)
CACHED_EXPOSURES = 100_000


def origin(kind):
    """The Julian date (d) from which times of this kind count: JD, MJD, or JD-NUMBER as in JD-2457000.

    Raises ValueError for another kind.
    """
    if found := re.fullmatch(r"(M?JD)|JD-(\d{1,7}(?:\.\d{1,9})?)", kind, re.A):
        return {"JD": 0.0, "MJD": MJD}[found[1]] if found[1] else float(found[2])
    raise ValueError(f"{kind!r} is no kind of time; there are JD, MJD and the like of JD-2450000")


@dataclass(frozen=True)
class TimeFrame:
    """What times are: as their file states it, or as their data source declares it. None is: not known."""

    scale: str | None  # UTC, TT, TDB, TAI, TCB
    refposition: str | None  # TOPOCENTER, GEOCENTER, HELIOCENTER, BARYCENTER
    point: str | None  # of the exposure: start, mid

    def __str__(self):
        return " ".join(part or "unknown" for part in (self.scale, self.refposition, self.point))

    def stated(self, words):
        """The frame where a file states other things (`words` as `str(Stated)`, or None)."""
        for word in (words or "").split():
            part = "scale" if word in SCALES else "point" if word in MOMENTS else "refposition"
            self = replace(self, **{part: word})
        return self


def split(times):
    """Numbers as text, to (whole days, fraction of a day), two float arrays, with no digit lost; NaN where none."""
    times = times if isinstance(times, (pa.Array, pa.ChunkedArray)) else pa.array(times, pa.string())
    parts = pc.extract_regex(times, r"^\s*(?P<day>\d+)(?P<part>\.\d*)?\s*$")
    day = pc.struct_field(parts, [0]).cast(pa.float64()).to_numpy(zero_copy_only=False)
    # "0" and "0" around ".34387", "." or "" make a number of each
    part = pc.binary_join_element_wise("0", pc.struct_field(parts, [1]), "0", "").cast(pa.float64())
    day, part = day.copy(), part.to_numpy(zero_copy_only=False).copy()
    for i in np.flatnonzero(np.isnan(day)):
        try:
            number = Decimal(times[i].as_py() or "")
        except (InvalidOperation, TypeError):
            continue
        if number.is_finite() and abs(number) < 1e9:
            whole = number.to_integral_value(ROUND_FLOOR)
            day[i], part[i] = float(whole), float(number - whole)
    return day, part


def derive(time, frame, kind, exptime, ra, dec, site):
    """The times of points of one data source.

    time: n numbers as text; frame: TimeFrame; kind: as in `origin`; exptime: s, n values, NaN where unknown;
    ra, dec: deg, ICRS, n values; site: EarthLocation or None. Returns (dateobs as datetime64[us] in UTC,
    obs_time and obs_time_utc in d), n values each.
    """
    return Epochs(frame, kind, site).derive(time, exptime, ra, dec)


class Epochs:
    """`derive` for one data source; it remembers the exposures that it has met."""

    def __init__(self, frame, kind, site):
        self.frame, self.kind, self.site = frame, kind, site
        self._keys = pa.array([], pa.string())  # time as text | exposure, of each row of the table of exposures
        self._table = None  # its columns

    def derive(self, time, exptime, ra, dec):
        """See `derive`, the function."""
        n = len(time)
        dateobs, obs_time, obs_time_utc = np.full(n, "NaT", "M8[us]"), np.full(n, np.nan), np.full(n, np.nan)
        if not n or self.frame.scale is None or self.frame.refposition is None:
            return dateobs, obs_time, obs_time_utc
        if isinstance(time, pa.ChunkedArray):
            time = time.combine_chunks()
        elif not isinstance(time, pa.Array):
            time = pa.array(time, pa.string())
        exptime = np.asarray(exptime, float)
        star = direction(ra, dec)
        with warnings.catch_warnings():
            # of dates for which leap seconds or Earth rotation are not known yet: microseconds here
            warnings.simplefilter("ignore")
            if self.frame.refposition == "TOPOCENTER":
                return self._at_telescope(time, exptime, star)
            return self._elsewhere(time, exptime, star)

    def _mid_offset(self, exptime):
        "seconds from the given instant to mid-exposure, NaN where unknown"
        if self.frame.point == "mid":
            return np.zeros(len(exptime))
        return exptime / 2 if self.frame.point == "start" else np.full(len(exptime), np.nan)

    def _time(self, day, part):
        return Time(day + origin(self.kind), part, format="jd", scale=self.frame.scale.lower(), location=self.site)

    def _at_telescope(self, time, exptime, star):
        row = self._exposure_rows(time, exptime)
        dateobs, utc, day, part, position = (column[row] for column in self._table)
        return dateobs, day + (part + np.einsum("ij,ij->i", position, star)), utc

    def _exposure_rows(self, time, exptime):
        "the row in the table of exposures for each point; new ones are computed and added"
        length = pa.array(exptime, from_pandas=True)
        keys = pc.binary_join_element_wise(time, pc.fill_null(length.cast(pa.string()), ""), "|")
        keys = pc.fill_null(keys, "")
        if len(self._keys) > CACHED_EXPOSURES:
            self._keys, self._table = self._keys.slice(0, 0), None
        rows = pc.index_in(keys, value_set=self._keys)
        if rows.null_count:
            new = pc.indices_nonzero(pc.is_null(rows)).to_numpy()
            coded = keys.take(pa.array(new)).dictionary_encode()
            first = new[np.unique(coded.indices.to_numpy(), return_index=True)[1]]
            made = self.exposures(time.take(pa.array(first)), exptime[first], together=True)
            self._table = made if self._table is None else [np.concatenate(p) for p in zip(self._table, made)]
            self._keys = pa.concat_arrays([self._keys, coded.dictionary])
            rows = pc.index_in(keys, value_set=self._keys)
        return rows.to_numpy()

    def exposures(self, texts, exptime, together=False):
        """Exposures at the telescope, from their times as text and lengths in s, n each: dateobs, UTC at mid-exposure (MJD),
        TDB there (MJD: day and fraction), and where the telescope was (n × 3, light days from the barycentre).

        What comes of an exposure does not depend on the others, unless `together`, which is quicker (see `place`).
        """
        n = len(texts)
        dateobs, utc = np.full(n, "NaT", "M8[us]"), np.full(n, np.nan)
        tdb_day, tdb_part, position = np.full(n, np.nan), np.full(n, np.nan), np.full((n, 3), np.nan)
        day, part = split(texts)
        offset = self._mid_offset(exptime)
        good = np.isfinite(day)
        if good.any():
            dateobs[good] = utc_datetime(self._time(day[good], part[good]))
        good &= np.isfinite(offset)
        if good.any():
            middle = self._time(day[good], part[good]) + TimeDelta(offset[good], format="sec")
            utc[good] = mjd(middle.utc)
            if self.site is not None:
                tdb = middle.tdb
                tdb_day[good], tdb_part[good] = tdb.jd1 - MJD, tdb.jd2
                position[good] = place("observer", middle, self.site, together)
        return [dateobs, utc, tdb_day, tdb_part, position]

    def _elsewhere(self, time, exptime, star):
        """Times that a program has already reduced to the geocentre, the Sun or the barycentre.

        Back to the telescope by iteration (the Earth moves 15,000 km meanwhile), to mid-exposure there, and to
        the barycentre. Without a site the way leads by the geocentre: obs_time suffers by less than 1e-6 of the
        exposure, the other two stay unknown.
        """
        n = len(time)
        dateobs, obs_time, obs_time_utc = np.full(n, "NaT", "M8[us]"), np.full(n, np.nan), np.full(n, np.nan)
        day, part = split(time)
        offset = self._mid_offset(exptime)
        if self.frame.refposition == "BARYCENTER" and self.frame.point == "mid" and self.site is None:
            good = np.isfinite(day)
            if good.any():
                obs_time[good] = mjd(self._time(day[good], part[good]).tdb)
            return dateobs, obs_time, obs_time_utc
        for good in np.array_split(np.flatnonzero(np.isfinite(day)), n // 100_000 + 1):
            if not len(good):
                continue
            given, s = self._time(day[good], part[good]), star[good]
            there = given
            for _ in range(3):
                there = given - self._light_time(there, s)
            if self.site is not None:
                dateobs[good] = utc_datetime(there)
            known = np.isfinite(offset[good])
            if not known.any():
                continue
            middle, good, s = there[known] + TimeDelta(offset[good][known], format="sec"), good[known], s[known]
            tdb = middle.tdb
            light = np.einsum("ij,ij->i", place("observer", middle, self.site), s)
            obs_time[good] = (tdb.jd1 - MJD) + (tdb.jd2 + light)
            if self.site is not None:
                obs_time_utc[good] = mjd(middle.utc)
        return dateobs, obs_time, obs_time_utc

    def _light_time(self, t, star):
        "how much later the wave passes the reference position than the telescope"
        path = place("observer", t, self.site)
        if self.frame.refposition != "BARYCENTER":
            path = path - place("earth" if self.frame.refposition == "GEOCENTER" else "sun", t, self.site)
        return TimeDelta(np.einsum("ij,ij->i", path, star), format="jd")


def direction(ra, dec):
    """Unit vectors, n × 3, of positions in degrees."""
    ra, dec = np.radians(np.asarray(ra, float)), np.radians(np.asarray(dec, float))
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], 1)


def place(name, t, site=None, together=True):
    """Where something is at the n times `t`: barycentric position, n × 3, in light days.

    `name` is sun, earth (the geocentre) or observer: at `site`, at the geocentre where that is None. Where many times
    lie close together astropy is asked once an hour (if `together`); between, a cubic through two positions and
    velocities is right to 0.001 ms.
    """
    if not together:
        return _motion(name, t, site)[0]
    tt = t.tt
    hours = tt.jd1 * 24 + tt.jd2 * 24
    before = np.floor(hours).astype("i8")
    knots = np.unique(np.concatenate([before, before + 1]))
    if len(knots) > len(before) / 2:
        return _motion(name, t, site)[0]
    position, velocity = _motion(name, Time(knots // 24, knots % 24 / 24, format="jd", scale="tt", location=site), site)
    first, x = np.searchsorted(knots, before), (hours - before)[:, None]
    # the cubic of Hermite on an interval of an hour
    return (
        (1 + 2 * x) * (1 - x) ** 2 * position[first]
        + x**2 * (3 - 2 * x) * position[first + 1]
        + (x * (1 - x) ** 2 * velocity[first] - x**2 * (1 - x) * velocity[first + 1]) / 24
    )


def _motion(name, t, site):
    "positions in light days and velocities in light days a day"
    if name == "sun":
        parts = [get_body_barycentric_posvel("sun", t, ephemeris="builtin")]
    else:
        parts = [get_body_barycentric_posvel("earth", t, ephemeris="builtin")]
        if name == "observer" and site is not None:
            parts.append(site.get_gcrs_posvel(t))
    position = sum(p.xyz.to_value(u.m) for p, _ in parts) / LIGHT_DAY
    velocity = sum(v.xyz.to_value(u.m / u.d) for _, v in parts) / LIGHT_DAY
    return position.T, velocity.T


def mjd(t):
    """The Modified Julian Dates of an astropy Time in its own scale, d."""
    return (t.jd1 - MJD) + t.jd2


def leap_second_days():
    """The days (MJD) that end with a leap second."""
    table = erfa.leap_seconds.get()
    longer = np.flatnonzero(np.diff(table["tai_utc"]) == 1.0) + 1
    months = (table["year"][longer] - 1970) * 12 + table["month"][longer] - 1
    return months.astype("M8[M]").astype("M8[D]").astype(int) + 40587 - 1


def utc_datetime(t):
    """The instants `t` (astropy Time) as datetime64[us] in UTC, rounded to the microsecond."""
    t = t.utc
    part = t.jd2 + 0.5
    day = (t.jd1 - 2400001 + np.floor(part)).astype("i8")  # midnight begins the day here
    length = DAY + np.isin(day, leap_second_days())
    microseconds = np.round((part - np.floor(part)) * length * 1e6).astype("i8")
    full = microseconds == length * 1e6  # rounded up to midnight, which is the next day's whatever the length
    day, microseconds = day + full, np.where(full, 0, microseconds)
    return (day - 40587).astype("M8[D]").astype("M8[us]") + microseconds.astype("m8[us]")
