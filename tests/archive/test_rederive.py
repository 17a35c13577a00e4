"""An archive that an earlier version filled is completed by the next ingestion, and comes out as one that is filled now."""

import pytest
from archive_inputs import fill, image, points, run

from photvo.archive import rederive

POINTS = """SELECT l.id, l.airmass, c.stars FROM lightcurves l LEFT JOIN comp_sets c ON c.id = l.comp_set ORDER BY l.id"""
SERIES = """SELECT object_id, photosys_id, datasource_ids, observatories, telescopes, t_min, mag_mean FROM series ORDER BY 1, 2"""
STATS = "SELECT object_id, photosys_id, npoints, mag_mean, von_neumann, cadence_median, size FROM series_stats ORDER BY 1, 2"


@pytest.fixture
def filled(archive):
    fill(archive)
    archive.put("images/a.fits", image(AIRMASS=1.5))
    archive.put("lightcurves/a.csv", points(
        *run(20, step=0.01), *run(3, start=2459600.5, image_link="/x/a.fits", comp_stars="['3', '1']"),
        *run(4, start=2459600.5, object_id_arch="78", comp_stars="['1', '3']"), *run(2, start=2459700.5, observer="old", comp_stars="[]")))  # fmt: skip
    archive.ingest()
    return archive


def forget(archive, *statements):
    """Make it an archive of an earlier version: what that version did not derive is not there."""
    for statement in statements:
        archive.query(statement, role="admin")


def test_points_without_airmass_and_sets_get_them(filled):
    before, series, stats = filled.query(POINTS), filled.query(SERIES), filled.query(STATS)
    assert sum(row[1] is not None for row in before) == 27 and {tuple(row[2] or ()) for row in before} > {("1", "3"), ()}
    forget(
        filled, "UPDATE kolonica_db.lightcurves SET airmass = NULL, comp_set = NULL", "DELETE FROM kolonica_db.comp_sets",
        "UPDATE kolonica_db.series SET datasource_ids = '{}', observatories = NULL, telescopes = NULL",
        "DELETE FROM kolonica_db.series_stats", "DELETE FROM kolonica_db.derived",
    )  # fmt: skip
    assert filled.ingest().status == 0
    assert filled.query(POINTS) == before
    assert filled.query(SERIES) == series and filled.query(STATS) == stats


def test_what_is_missing_of_some_points_only_is_completed_too(filled, monkeypatch):
    before = filled.query(POINTS)
    forget(filled, "UPDATE kolonica_db.lightcurves SET airmass = 9, comp_set = NULL WHERE id % 3 = 0",
           "UPDATE kolonica_db.derived SET version = '0' WHERE what = 'points'")  # fmt: skip
    monkeypatch.setattr(rederive, "BATCH", 7)
    filled.ingest()
    assert filled.query(POINTS) == before


def test_where_all_is_as_it_should_be_nothing_is_touched(filled, monkeypatch):
    monkeypatch.setattr(rederive, "_points", lambda session: pytest.fail("derived again"))
    rows = "SELECT xmin::text FROM series_stats UNION ALL SELECT xmin::text FROM lightcurves"
    before = filled.query(rows)
    filled.ingest()
    assert filled.query(rows) == before


def test_a_dry_run_derives_nothing(filled):
    forget(filled, "UPDATE kolonica_db.lightcurves SET airmass = NULL", "DELETE FROM kolonica_db.derived")
    filled.ingest(dry_run=True)
    assert filled.value("SELECT count(airmass) FROM lightcurves") == 0
    assert filled.value("SELECT count(*) FROM derived") == 0


def test_sizes_are_made_anew_where_the_documents_are_others(filled, monkeypatch):
    before = filled.query("SELECT size FROM series_stats ORDER BY object_id")
    other = filled.settings.load({
        "PHOTVO_STATE": str(filled.settings.state), "PHOTVO_INPUTS": str(filled.settings.inputs), "PHOTVO_AUTHORITY": "much.longer.example"})  # fmt: skip
    monkeypatch.setattr(filled, "settings", other)
    filled.ingest()
    after = filled.query("SELECT size FROM series_stats ORDER BY object_id")
    assert all(new[0] > old[0] for new, old in zip(after, before, strict=True))
