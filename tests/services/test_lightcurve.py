"""Light curves as served: points by SQL, times by astropy from the instants in the archive, nulls."""

from datetime import datetime

import numpy as np
import pytest
from answers import rows, same
from astropy.time import Time, TimeDelta


def test_the_choice_has_every_data_source_and_every_special_night(instance, curves):
    sources = {row[8] for _, _, points, _ in curves for row in points}
    assert sources == {
        name
        for [name] in instance.query(
            "SELECT progid FROM datasources WHERE id IN (SELECT datasource_id FROM lightcurves)"
        )
    }
    nights = {str(row[6])[:10] for _, _, points, _ in curves for row in points}
    assert {"2016-12-31", "2017-01-01", "2021-10-31"} <= nights and nights & {"2021-12-31", "2022-01-01"}


def test_points_are_those_of_sql_in_order_of_time(curves):
    for key, served, points, _ in curves:
        assert len(points) == len(served) > 0, key
        # the times to the last bit, magnitudes in single precision
        for column, name in enumerate(("obs_time", "obs_time_utc")):
            assert [row[0] for row in rows(served[[name]])] == [row[column] for row in points], key
        same(
            served["mag", "mag_err", "mag_diff", "exptime"],
            [row[2:6] for row in points],
            rel=1e-7,
            absolute=1e-7,
        )


def mid_exposure(points):
    """The middle of each exposure in UTC, from the instant in the archive (PostgreSQL has no second 60)."""
    half = [float(row[5] or 0) / 2 if row[9] == "start" else 0 for row in points]
    return Time([row[6] for row in points], scale="utc") + TimeDelta(half, format="sec")


def in_leap_second(row):
    return datetime(2017, 1, 1) <= row[6] < datetime(2017, 1, 1, 0, 0, 1)


def test_times_are_astropys_to_a_millisecond(curves, site):
    compared = 0
    for key, served, points, star in curves:
        known = np.array([row[6] is not None and not in_leap_second(row) for row in points])
        if not known.any():
            continue
        middle = mid_exposure([row for row, k in zip(points, known) if k])
        middle.location = site
        barycentric = middle.tdb + middle.light_travel_time(star, kind="barycentric", ephemeris="builtin")
        assert np.abs(served["obs_time_utc"][known] - middle.utc.mjd).max() * 86400 < 1e-3, key
        assert np.abs(served["obs_time"][known] - barycentric.mjd).max() * 86400 < 1e-3, key
        compared += known.sum()
    assert compared > 500


def test_a_point_within_the_leap_second_keeps_it(curves, site):
    found = [
        (served[i], row, star)
        for _, served, points, star in curves
        for i, row in enumerate(points)
        if row[6] is not None and in_leap_second(row) and row[9] == "mid"
    ]
    assert found
    for ours, row, star in found:
        whole, part = divmod(row[7], 1)
        given = Time(float(whole), float(part), format="jd", scale="utc", location=site)
        assert given.isot.startswith("2016-12-31T23:59:60")
        assert abs(ours["obs_time_utc"] - given.mjd) * 86400 < 1e-3
        barycentric = given.tdb + given.light_travel_time(star, kind="barycentric", ephemeris="builtin")
        assert abs(ours["obs_time"] - barycentric.mjd) * 86400 < 1e-3


def test_times_never_stand_still_or_go_back_at_the_end_of_daylight_saving(curves):
    # 01:00 UTC on that night is when clocks on the wall show 02:xx for the second time
    for key, served, points, _ in curves:
        night = [
            i
            for i, row in enumerate(points)
            if row[6] and str(row[6])[:10] == "2021-10-31" and row[6].hour in (0, 1)
        ]
        if len(night) > 1:
            utc = [points[i][6] for i in night]
            elapsed = np.diff(np.array(served["obs_time_utc"][night])) * 86400
            assert elapsed == pytest.approx(
                [(b - a).total_seconds() for a, b in zip(utc, utc[1:])], abs=1e-3
            ), key
            return
    pytest.fail("no light curve of that night")


def test_where_times_are_not_known_there_are_none(curves):
    visual = [
        (served, points) for _, served, points, _ in curves if {row[8] for row in points} == {"SIM-VISUAL"}
    ]
    assert visual
    for served, points in visual:
        assert (
            np.ma.getmaskarray(served["obs_time"]).all() and np.ma.getmaskarray(served["obs_time_utc"]).all()
        )
        assert (served["flags"] & (512 | 1024) == 512 | 1024).all()
        # 9.99 in the file: no uncertainty
        assert np.ma.getmaskarray(served["mag_err"]).all() and (served["flags"] & 256 == 256).all()


def test_there_is_no_sentinel_in_any_column(curves):
    for key, served, _, _ in curves:
        for name in served.colnames:
            if served[name].dtype.kind == "f":
                values = np.ma.compressed(np.ma.masked_invalid(served[name]))
                assert (
                    not np.isin(np.round(values, 2), (99.99, 9.99, -99.99, -999, 99.0)).any()
                    or name == "exptime"
                ), (key, name)


def test_flags_have_the_quality_of_the_source(curves):
    for _, served, points, _ in curves:
        assert (served["flags"] & 255).tolist() == [(row[10] or 0) & 255 for row in points]
    assert {row[10] for _, _, points, _ in curves for row in points} >= {0, 1}
