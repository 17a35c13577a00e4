"""Periods against astropy's LombScargle and against those that light curves were made with."""

import numpy as np
import pytest
from archive_inputs import fill, points
from astropy.timeseries import LombScargle

from photvo.archive import periods

NIGHTS = 2459500.5 + np.arange(60)


def observed(period, shape=np.sin, n=240, noise=0.01, seed=1):
    """Times (d), magnitudes and errors of a star of that period, seen by night over two months."""
    rng = np.random.default_rng(seed)
    time = np.sort(rng.choice(NIGHTS, n) + rng.uniform(0, 0.4, n)) - 2400000.5
    mag = 12 + 0.3 * shape(2 * np.pi * (time - 59500) / period) + rng.normal(0, noise, n)
    return time, mag, np.full(n, noise)


@pytest.mark.parametrize("n", [30, 177, 2500])
def test_the_periodogram_is_astropys(n):
    rng = np.random.default_rng(n)
    time, mag, err = np.sort(rng.uniform(-20, 20, n)), rng.normal(12, 1, n), rng.uniform(0.01, 0.5, n)
    first, step, number = 1 / 40, 1 / 200, 3000  # more than a block of frequencies, and of points
    theirs = LombScargle(time, mag, err).power(first + step * np.arange(number), method="slow")
    ours = periods.periodogram(time, mag, err, first, step, number)
    assert ours.shape == (number,) and np.abs(ours - theirs).max() < 1e-8


@pytest.mark.parametrize("period", [0.0931, 0.5669, 2.8671, 11.43])
def test_the_period_that_a_light_curve_was_made_with_is_found(period):
    peak = periods.highest_peak(*observed(period))
    assert abs(peak.period / period - 1) < 1e-3 * max(1, period / 3)
    assert 0.95 < peak.power <= 1 and 0 <= peak.fap < 1e-50


def test_the_peak_is_as_high_as_astropy_says_and_its_chance_is_baluevs():
    time, mag, err = observed(0.7, noise=0.4, seed=5)
    peak = periods.highest_peak(time, mag, err)
    model = LombScargle(time, mag, err)
    assert np.isclose(peak.power, model.power(1 / peak.period, method="slow"), rtol=1e-9)
    chance = model.false_alarm_probability(peak.power, method="baluev", maximum_frequency=1 / periods.SHORTEST)
    assert np.isclose(peak.fap, chance, rtol=1e-6)
    span = np.ptp(time)
    grid = np.arange(1 / span, 1 / periods.SHORTEST, 1 / (20 * span))
    assert model.power(grid, method="slow").max() <= peak.power * 1.001


def test_noise_alone_is_given_away_by_its_chance():
    rng = np.random.default_rng(8)
    time, _, err = observed(1)
    assert periods.highest_peak(time, 12 + rng.normal(0, 0.1, len(time)), err).fap > 0.01


def test_where_an_error_is_missing_all_points_weigh_the_same():
    time, mag, err = observed(0.7, noise=0.2)
    err = np.where(np.arange(len(err)) % 2, err, np.nan)
    same = periods.highest_peak(time, mag, np.ones(len(err)))
    assert periods.highest_peak(time, mag, err) == same


@pytest.mark.parametrize("time, mag", [
    (np.full(40, 59500.0), np.arange(40.0)), (np.linspace(59500, 59500.05, 40), np.arange(40.0)),
    (np.linspace(59500, 59540, 40), np.full(40, 12.0)),
])  # fmt: skip
def test_what_can_have_no_period_gets_none(time, mag):
    assert periods.highest_peak(time, mag, np.full(40, 0.1)) == periods.Peak(None, None, None)


def night(period, seed=1, n=60, **cells):
    """Rows of a Kolonica CSV for a star of that period."""
    time, mag, _ = observed(period, n=n, seed=seed)
    return [
        {"phot_id": str(k), "jd": f"{t + 2400000.5:.6f}", "mag": f"{m:.4f}", "mag_err": "0.0100", **cells}
        for k, (t, m) in enumerate(zip(time, mag))
    ]


COMPUTED = """SELECT o.id_arch, x.period, x.period_power, x.period_fap, x.period_computed, x.period_revision = x.revision
FROM series_stats x JOIN objects o ON o.id = x.object_id ORDER BY 1"""


def test_periods_of_an_archive_are_found_from_the_good_barycentric_points(archive):
    fill(archive)
    few = night(0.3, n=29, object_id_arch="78")
    bad = [{"phot_id": str(900 + k), "jd": f"{2459560 + k}.25", "mag": f"{9 + k % 5}.5", "quality": "1"} for k in range(20)]
    archive.put("lightcurves/a.csv", points(*night(0.5669), *bad, *few))
    archive.ingest()
    assert periods.refresh(archive.settings) == 1
    curve = np.array(archive.query(
        "SELECT obs_time, mag, mag_err FROM points p JOIN objects o ON o.id = object_id WHERE id_arch = 77 AND flags = 0 ORDER BY 1"))  # fmt: skip
    long, short = archive.query(COMPUTED)
    assert len(curve) == 60 and abs(long[1] / 0.5669 - 1) < 1e-3 and long[5] is True
    model = LombScargle(curve[:, 0] - curve[:, 0].mean(), curve[:, 1], curve[:, 2])
    assert np.isclose(long[2], model.power(1 / long[1], method="slow"), rtol=1e-6)
    assert short[1:] == (None, None, None, None, None)  # 29 points are too few


def test_only_what_has_changed_is_looked_at_again(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*night(0.5669), *night(1.234, seed=2, object_id_arch="78")))
    archive.ingest()
    assert periods.refresh(archive.settings) == 2 and periods.refresh(archive.settings) == 0
    before = archive.query(COMPUTED)
    archive.put("lightcurves/b.csv", points(*night(0.5669, seed=3, n=5)))
    archive.ingest()
    assert periods.refresh(archive.settings) == 1
    after = archive.query(COMPUTED)
    assert after[1] == before[1] and after[0] != before[0]


def test_a_second_process_leaves_the_search_to_the_first(archive, capsys):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*night(0.5669)))
    archive.ingest()
    connection = archive.connect("writer")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7069, hashtext('kolonica_db'))")
        assert periods.refresh(archive.settings) == 0
    connection.close()
    assert "already" in capsys.readouterr().err
    assert periods.refresh(archive.settings) == 1
