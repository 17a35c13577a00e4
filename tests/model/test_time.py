"""Both times of a point, against astropy's own light_travel_time, scale conversion and datetime."""

from decimal import Decimal

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import EarthLocation, GeocentricTrueEcliptic, SkyCoord
from astropy.time import Time, TimeDelta

from photvo.model.time import TimeFrame, derive, leap_second_days, split

KOLONICA = EarthLocation.from_geodetic(22.2738 * u.deg, 48.9352 * u.deg, 460 * u.m)
START = TimeFrame("UTC", "TOPOCENTER", "start")
MS = 1e-3 / 86400  # d

#: The moments that are easily got wrong: leap seconds, year's ends, the changes of Slovakia's clocks.
MOMENTS = [
    "2016-12-31T12:00:00", "2016-12-31T23:59:59", "2017-01-01T00:00:00", "2017-01-01T11:59:59.999", "2015-06-30T23:59:59.5",
    "2019-12-31T23:59:59.999999", "2020-01-01T00:00:00", "2020-02-29T12:00:00", "2021-03-28T00:59:59", "2021-03-28T01:00:01",
    "2021-10-31T00:59:59", "2021-10-31T01:00:01", "1987-05-04T21:00:00", "2026-06-01T00:00:00",
]  # fmt: skip


def stars(n):
    """n positions: near the ecliptic, near its pole, at the celestial poles, anywhere."""
    rng = np.random.default_rng(4)
    ecliptic = SkyCoord(
        rng.uniform(0, 360, n) * u.deg,
        np.resize([0.1, -0.2, 89.9, -89.9, 66.6, 45], n) * u.deg,
        frame=GeocentricTrueEcliptic(),
    ).icrs
    ra, dec = ecliptic.ra.deg, ecliptic.dec.deg
    ra[5::12], dec[5::12] = 0.0, 89.99
    return ra, dec


def as_text(t):
    """The JD of astropy Times as exact decimal texts."""
    return [str(Decimal(a) + Decimal(b)) for a, b in zip(np.atleast_1d(t.jd1).tolist(), np.atleast_1d(t.jd2).tolist())]


def mjd(t):
    return (t.jd1 - 2400000.5) + t.jd2


def exposures(seed=1, n=60):
    """(start, middle, exposure in s) of n exposures at Kolonica: the awkward moments, then random ones."""
    rng = np.random.default_rng(seed)
    isot = Time(MOMENTS, scale="utc", location=KOLONICA)
    more = Time(rng.uniform(46000, 61000, n - len(MOMENTS)), format="mjd", scale="utc", location=KOLONICA)
    start = Time(np.r_[isot.jd1, more.jd1], np.r_[isot.jd2, more.jd2], format="jd", scale="utc", location=KOLONICA)
    length = rng.uniform(0.5, 900, n)
    return start, start + TimeDelta(length / 2, format="sec"), length


def test_the_point_of_the_seed_comes_out_to_the_microsecond():
    dateobs, _, utc = derive(["2459510.34387"], START, "JD", [30.0], [230.0], [77.0], KOLONICA)
    assert str(dateobs[0]) == "2021-10-22T20:15:10.368000"
    assert utc[0] == pytest.approx(59509.84387 + 15 / 86400, abs=1e-3 * MS)


def test_both_times_agree_with_astropy_at_awkward_moments_and_for_awkward_stars():
    start, middle, length = exposures()
    ra, dec = stars(len(start))
    _, bary, utc = derive(as_text(start), START, "JD", length, ra, dec, KOLONICA)
    reference = middle.tdb + middle.light_travel_time(SkyCoord(ra, dec, unit="deg"), ephemeris="builtin")
    assert np.abs(bary - mjd(reference)).max() < 0.05 * MS
    assert np.abs(utc - mjd(middle.utc)).max() < 0.01 * MS


def test_times_of_mid_exposure_need_no_exposure_time():
    start, _, _ = exposures()
    ra, dec = stars(len(start))
    unknown = np.full(len(start), np.nan)
    _, bary, utc = derive(as_text(start), TimeFrame("UTC", "TOPOCENTER", "mid"), "JD", unknown, ra, dec, KOLONICA)
    reference = start.tdb + start.light_travel_time(SkyCoord(ra, dec, unit="deg"), ephemeris="builtin")
    assert np.abs(bary - mjd(reference)).max() < 0.05 * MS
    assert np.abs(utc - mjd(start)).max() < 0.01 * MS


@pytest.mark.parametrize("scale", ["UTC", "TT", "TDB", "TAI", "TCB"])
@pytest.mark.parametrize("place", ["TOPOCENTER", "GEOCENTER", "HELIOCENTER", "BARYCENTER"])
def test_times_reduced_by_others_lead_back_to_the_same_exposure(scale, place):
    start, middle, length = exposures(seed=2)
    ra, dec = stars(len(start))
    star = SkyCoord(ra, dec, unit="deg")
    given = getattr(start, scale.lower())
    if place == "GEOCENTER":
        site = KOLONICA.get_gcrs_posvel(start)[0].xyz.to_value(u.m).T
        given = given + TimeDelta((site * star.cartesian.xyz.value.T).sum(1) / 299792458, format="sec")
    elif place != "TOPOCENTER":
        kind = {"HELIOCENTER": "heliocentric", "BARYCENTER": "barycentric"}[place]
        given = given + start.light_travel_time(star, kind, ephemeris="builtin")
    dateobs, bary, utc = derive(as_text(given), TimeFrame(scale, place, "start"), "JD", length, ra, dec, KOLONICA)
    reference = middle.tdb + middle.light_travel_time(star, ephemeris="builtin")
    assert np.abs(bary - mjd(reference)).max() < 0.05 * MS
    assert np.abs(utc - mjd(middle)).max() < 0.05 * MS
    # where astropy can make a datetime of it: not within a leap second
    wanted = start.utc.datetime64.astype("M8[ns]")
    ordinary = ~np.isin(np.floor(mjd(start)), leap_second_days())
    assert np.abs((dateobs - wanted.astype("M8[us]"))[ordinary].astype(int)).max() <= 15  # µs


def test_without_a_site_heliocentric_times_still_become_barycentric():
    start, middle, length = exposures(seed=3)
    ra, dec = stars(len(start))
    star = SkyCoord(ra, dec, unit="deg")
    given = start.utc + start.light_travel_time(star, "heliocentric", ephemeris="builtin")
    dateobs, bary, utc = derive(as_text(given), TimeFrame("UTC", "HELIOCENTER", "start"), "JD", length, ra, dec, None)
    reference = middle.tdb + middle.light_travel_time(star, ephemeris="builtin")
    assert np.abs(bary - mjd(reference)).max() < 1 * MS  # 1e-6 of half the exposure
    assert np.isnat(dateobs).all() and np.isnan(utc).all()


def test_a_barycentric_tdb_time_of_mid_exposure_is_only_renumbered():
    _, bary, _ = derive(["2457754.123456789"], TimeFrame("TDB", "BARYCENTER", "mid"), "JD", [np.nan], [10.0], [20.0], None)
    assert bary[0] == 57753.623456789


@pytest.mark.parametrize(
    "frame, exposure, site, known",
    [
        (START, 30.0, KOLONICA, "dbu"),
        (START, np.nan, KOLONICA, "d"),  # the middle is not known
        (START, 30.0, None, "du"),  # nor where the telescope stands
        (TimeFrame("UTC", "TOPOCENTER", None), 30.0, KOLONICA, "d"),
        (TimeFrame("UTC", "TOPOCENTER", "mid"), np.nan, None, "du"),
        (TimeFrame("UTC", None, "mid"), 30.0, KOLONICA, ""),
        (TimeFrame(None, "TOPOCENTER", "mid"), 30.0, KOLONICA, ""),
        (TimeFrame(None, None, None), 30.0, KOLONICA, ""),
        (TimeFrame("UTC", "HELIOCENTER", "mid"), np.nan, KOLONICA, "dbu"),
        (TimeFrame("UTC", "HELIOCENTER", "mid"), np.nan, None, "b"),
        (TimeFrame("TDB", "BARYCENTER", "start"), np.nan, KOLONICA, "d"),
        (TimeFrame("UTC", "GEOCENTER", "mid"), np.nan, None, "b"),
    ],
)
def test_a_time_that_cannot_be_derived_is_missing(frame, exposure, site, known):
    dateobs, bary, utc = derive(["2457000.5"], frame, "JD", [exposure], [10.0], [20.0], site)
    found = "d" * (not np.isnat(dateobs[0])) + "b" * (not np.isnan(bary[0])) + "u" * (not np.isnan(utc[0]))
    assert found == known


def test_exposures_of_different_length_at_one_time_are_kept_apart():
    _, _, utc = derive(["2457000.5"] * 3, START, "JD", [10.0, 20.0, np.nan], [1.0] * 3, [2.0] * 3, KOLONICA)
    assert utc[:2] == pytest.approx([57000 + 5 / 86400, 57000 + 10 / 86400], abs=1e-2 * MS) and np.isnan(utc[2])


def test_a_julian_date_on_the_day_of_a_leap_second_is_stretched_as_astropy_has_it():
    text = "2457754.25"
    dateobs, _, utc = derive([text], START, "JD", [0.0], [1.0], [2.0], KOLONICA)
    reference = Time(text, format="jd", scale="utc")
    assert str(dateobs[0]) == reference.isot + "000" == "2016-12-31T18:00:00.750000"
    assert utc[0] == reference.mjd


def test_second_60_is_the_second_after_for_a_clock_that_has_none():
    within = Time("2016-12-31T23:59:60.5", scale="utc")
    dateobs, bary, _ = derive(as_text(within), START, "JD", [0.0], [10.0], [20.0], KOLONICA)
    assert str(dateobs[0]) == "2017-01-01T00:00:00.500000"
    located = Time(within, location=KOLONICA)
    reference = located.tdb + located.light_travel_time(SkyCoord(10, 20, unit="deg"), ephemeris="builtin")
    assert bary[0] == pytest.approx(mjd(reference), abs=0.05 * MS)


def test_days_that_end_with_a_leap_second_are_those_of_history():
    days = [str(np.datetime64("1858-11-17") + day) for day in leap_second_days().tolist()]
    assert len(days) >= 27 and days[0] == "1972-06-30" and days[26] == "2016-12-31" and "2015-06-30" in days


def test_no_digit_of_the_number_is_lost():
    day, part = split(["2459510.343871234567890", "59509.84387", "2.5e6", "-3.25", " 7. ", "x", None, ""])
    assert day[:5].tolist() == [2459510, 59509, 2500000, -4, 7] and np.isnan(day[5:]).all()
    assert part[0] == 0.343871234567890 and part[3] == 0.75


def test_modified_julian_dates_count_from_midnight():
    modified = derive(["59509.84387"], START, "MJD", [30.0], [230.0], [77.0], KOLONICA)
    full = derive(["2459510.34387"], START, "JD", [30.0], [230.0], [77.0], KOLONICA)
    assert modified[0] == full[0] and modified[1] == pytest.approx(full[1], abs=1e-3 * MS)


def test_no_points_have_no_times():
    assert [len(column) for column in derive([], START, "JD", [], [], [], KOLONICA)] == [0, 0, 0]


@pytest.mark.parametrize("frame", [START, TimeFrame("UTC", "HELIOCENTER", "start"), TimeFrame("UTC", "GEOCENTER", "mid")])
def test_a_long_night_is_as_exact_as_a_single_exposure(frame):
    rng = np.random.default_rng(7)
    start = np.sort(57753.9 + rng.uniform(0, 0.5, 400))  # over the leap second of 2016
    texts = [f"{value:.9f}" for value in start + 2400000.5]
    ra, dec = stars(len(texts))
    length = rng.uniform(1, 900, len(texts))
    together = derive(texts, frame, "JD", length, ra, dec, KOLONICA)
    alone = [derive(texts[i : i + 1], frame, "JD", length[i : i + 1], ra[i : i + 1], dec[i : i + 1], KOLONICA) for i in range(0, 400, 25)]
    for column, several in zip(together, zip(*alone)):
        several = np.concatenate(several)
        if column.dtype.kind == "M":
            assert np.abs((column[::25] - several).astype(int)).max() <= 1  # µs
        else:
            assert np.abs(column[::25] - several).max() < 0.003 * MS
