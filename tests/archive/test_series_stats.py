"""The table series_stats in an archive: its columns by SQL's own aggregates and NumPy, and when they are made anew."""

import numpy as np
import pytest
from archive_inputs import fill, points, run
from scipy import stats

from photvo.archive import series_stats

#: A night's work on two stars, with what statistics have to leave out.
ROWS = [
    *run(40, mag_err="0.0200"),
    *run(25, start=2459512.25, step=0.0007, mag="12.5", mag_err="0.0500", object_id_arch="78", exp_time="60.0"),
    {"phot_id": "500", "jd": "2459511.5", "mag": "3.1", "quality": "2"},  # flagged by its source
    {"phot_id": "501", "jd": "2459511.6", "mag": "99.99", "mag_err": "9.99"},  # a differential magnitude alone
    {"phot_id": "502", "jd": "2459511.7", "mag": "10.9", "mag_err": "9.99"},  # no uncertainty: good
    {"phot_id": "503", "jd": "2459511.8", "mag": "2.2", "privileges": "none"},  # not public
]

BY_SQL = """
SELECT o.id_arch, count(*), avg(mag), percentile_cont(0.5) WITHIN GROUP (ORDER BY mag),
  sum(mag / mag_err ^ 2) FILTER (WHERE mag_err > 0) / nullif(sum(1 / mag_err ^ 2) FILTER (WHERE mag_err > 0), 0),
  max(mag) - min(mag),
  percentile_cont(0.95) WITHIN GROUP (ORDER BY mag) - percentile_cont(0.05) WITHIN GROUP (ORDER BY mag), stddev_samp(mag)
FROM points p JOIN objects o ON o.id = p.object_id WHERE flags & (255 | 2048 | 4096) = 0 GROUP BY 1 ORDER BY 1"""
OURS = """
SELECT o.id_arch, x.npoints, mag_mean, mag_median, mag_wmean, amplitude, amplitude_robust, mag_std
FROM series_stats x JOIN objects o ON o.id = x.object_id ORDER BY 1"""


@pytest.fixture
def filled(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*ROWS))
    assert archive.ingest().status == 0
    return archive


def close(ours, theirs):
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs):
        assert np.allclose(np.array(mine, float), np.array(other, float), rtol=1e-6, equal_nan=True), (mine, other)


def test_statistics_of_magnitudes_are_those_of_the_good_points_by_sql(filled):
    theirs = filled.query(BY_SQL)
    close(filled.query(OURS), theirs)
    assert [row[:2] for row in theirs] == [(77, 41), (78, 25)]


def test_shapes_of_the_distribution_are_scipys_and_numpys(filled):
    rows = np.array(filled.query(
        "SELECT obs_time, mag, coalesce(mag_err, 0) FROM points p JOIN objects o ON o.id = object_id"
        " WHERE id_arch = 77 AND flags & 6399 = 0 ORDER BY obs_time"), float)  # fmt: skip
    mag, err = rows[:, 1], rows[:, 2]
    weighed = err > 0
    mean = np.average(mag[weighed], weights=err[weighed] ** -2)
    delta = (mag[weighed] - mean) / err[weighed]
    theirs = (
        stats.skew(mag), np.mean(np.diff(mag) ** 2) / np.var(mag, ddof=1), np.sum(delta**2) / (weighed.sum() - 1),
        np.mean(np.abs(delta)) / np.sqrt(np.mean(delta**2)),
    )  # fmt: skip
    ours = filled.query(
        "SELECT skewness, von_neumann, chi2_reduced, stetson_k FROM series_stats x JOIN objects o ON o.id = object_id"
        " WHERE id_arch = 77")  # fmt: skip
    close(ours, [theirs])
    assert weighed.sum() == 40


def test_intervals_and_exposures_are_of_all_published_points(filled):
    theirs = filled.query("""
        SELECT o.id_arch, min(d), percentile_cont(0.5) WITHIN GROUP (ORDER BY d), max(d)
        FROM (SELECT object_id, (obs_time - lag(obs_time) OVER (PARTITION BY object_id ORDER BY obs_time)) * 86400 AS d FROM points) p
        JOIN objects o ON o.id = p.object_id GROUP BY 1 ORDER BY 1""")
    ours = filled.query("""SELECT o.id_arch, cadence_min, cadence_median, cadence_max, time_scale, exptime_min, exptime_median, exptime_max
        FROM series_stats x JOIN objects o ON o.id = x.object_id ORDER BY 1""")
    close([row[:4] for row in ours], theirs)
    assert [row[4:] for row in ours] == [("TDB", 30, 30, 30), ("TDB", 60, 60, 60)]


def test_a_light_curve_of_times_that_nobody_declared_has_magnitudes_and_no_intervals(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(10, observer="old")))
    archive.ingest()
    assert archive.query("SELECT npoints, time_scale, cadence_min, von_neumann, amplitude IS NULL FROM series_stats") == [
        (10, None, None, None, False)]  # fmt: skip


STATE = "SELECT o.id_arch, x.revision, x.npoints, x.xmin::text FROM series_stats x JOIN objects o ON o.id = object_id ORDER BY 1"
CURRENT = "SELECT bool_and(x.revision = s.revision) FROM series s LEFT JOIN series_stats x USING (object_id, photosys_id)"


def test_only_series_that_a_file_has_touched_are_made_anew(filled):
    before = filled.query(STATE)
    filled.put("lightcurves/b.csv", points(*run(5, start=2459600.5)))
    filled.ingest()
    after = filled.query(STATE)
    assert after[1] == before[1]  # not even written again
    assert after[0][1] > before[0][1] and after[0][2] == before[0][2] + 5
    close(filled.query(OURS), filled.query(BY_SQL))
    assert filled.value(CURRENT)


def test_a_series_that_has_lost_all_its_points_has_no_statistics(filled):
    filled.put("lightcurves/a.csv", points(*(row for row in ROWS if row.get("object_id_arch") != "78")))
    filled.ingest()
    assert [row[0] for row in filled.query(STATE)] == [77]


def test_many_points_wait_for_the_end_of_the_ingestion_and_are_done_in_pieces(archive, monkeypatch):
    fill(archive)
    monkeypatch.setattr(series_stats, "AT_ONCE", 30)
    monkeypatch.setattr(series_stats, "CHUNK", 50)
    waiting = []
    finish = series_stats.finish
    monkeypatch.setattr(series_stats, "finish", lambda session, **options: waiting.append(_waiting(session)) or finish(session, **options))
    archive.put("lightcurves/a.csv", points(*ROWS))
    archive.ingest()
    archive.put("lightcurves/b.csv", points(*run(7, start=2459600.5, object_id_arch="1")))
    archive.ingest()
    assert waiting == [(2, 0), (0, 3)]  # those of a.csv waited; that of b.csv is small enough to be done at once
    assert archive.value("SELECT count(*) FROM series_due") == 0 and archive.value(CURRENT)
    close(archive.query(OURS), archive.query(BY_SQL))


def _waiting(session):
    session.cursor.execute("SELECT (SELECT count(*) FROM kolonica_db.series_due), (SELECT count(*) FROM kolonica_db.series_stats)")
    return session.cursor.fetchone()


def test_an_ingestion_that_was_killed_before_its_end_is_made_up_for_by_the_next(archive, monkeypatch):
    fill(archive)
    monkeypatch.setattr(series_stats, "AT_ONCE", 30)
    with monkeypatch.context() as dies:
        dies.setattr(series_stats, "finish", lambda session, **options: (_ for _ in ()).throw(KeyboardInterrupt))
        archive.put("lightcurves/a.csv", points(*ROWS))
        with pytest.raises(KeyboardInterrupt):
            archive.ingest()
    assert archive.value("SELECT count(*) FROM series_stats") == 0
    archive.ingest()
    assert archive.value(CURRENT)
