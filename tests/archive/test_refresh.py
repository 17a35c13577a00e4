"""What `photvo refresh` makes of changes by SQL."""

import statistics

from archive_inputs import fill, points, run

from photvo.archive.refresh import refresh

SAID = """SELECT o.id_arch, s.band, s.npoints, s.mag_mean, t.mag_median, s.revision FROM series s
JOIN objects o ON o.id = s.object_id JOIN series_stats t USING (object_id, photosys_id) ORDER BY 1, 2"""
HELD = """SELECT o.id_arch, p.band, array_agg(l.magnitude::float8) FROM lightcurves l
JOIN objects o ON o.id = l.object_id JOIN photosys p ON p.id = l.photosys_id GROUP BY 1, 2 ORDER BY 1, 2"""

POINTS = """(SELECT l.id FROM lightcurves l JOIN objects o ON o.id = l.object_id JOIN photosys p ON p.id = l.photosys_id
WHERE (o.id_arch, p.band) = (%s, %s))"""


def test_changes_by_sql_are_in_the_summaries_after_refresh(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(20), *run(5, obs_type_id="1"), *run(3, object_id_arch="78")))
    archive.ingest()
    before = archive.query(SAID)
    assert len(before) == 3
    gone, changed = before[0][:2], before[1][:2]
    for sql, which in (
        ("DELETE FROM metadata_lc_json WHERE lightcurve_id", gone),
        ("DELETE FROM lightcurves WHERE id", gone),
        ("UPDATE lightcurves SET magnitude = magnitude * magnitude WHERE id", changed),
    ):
        archive.query(f"{sql} IN {POINTS}", which, "writer")
    assert archive.query(SAID) == before
    refresh(archive.settings)
    after = archive.query(SAID)
    assert [row[:2] for row in after] == [row[:2] for row in before[1:]]
    for (*_, npoints, mean, median, revision), old, (*_, values) in zip(after, before[1:], archive.query(HELD), strict=True):
        assert npoints == len(values) and revision > old[-1]
        assert abs(mean - statistics.fmean(values)) < 1e-5 * mean and abs(median - statistics.median(values)) < 1e-5 * median
    assert after[0][3] != before[1][3]
