"""A DVO database taken in again, changed, broken, interrupted, and attached instead of loaded."""

import os
from contextlib import closing

import numpy as np
import pytest
from astropy.io import fits
from dvo_archive import files, ingest, make, rows, settings

from photvo.archive import dvo
from photvo.archive.dvo.attached import Attached
from photvo.archive.dvo.region import Loader
from photvo.archive.dvo.regions import RegionFiles
from photvo.products import series
from photvo.products.request import Context, Request, answer
from photvo.settings import PhotvoError

HERE = Context("photvo.example", "http://localhost:8080", "The photvo data centre", "invalid@example.com")


def state(archive, table="measurements"):
    """All rows of a table as text, in no order, and when they were written."""
    return archive.query(f"SELECT t::text, xmin::text FROM dvo_db.{table} t ORDER BY 1")


@pytest.fixture
def taken(archive):
    folder = make(archive)
    assert ingest(archive).status == 0
    return archive, folder


def test_the_second_time_changes_nothing(taken):
    archive, folder = taken
    before = [state(archive, table) for table in ("measurements", "averages", "images", "photcodes", "series_rows")]
    summary = ingest(archive)
    assert (summary.status, len(summary.files), summary.unchanged) == (0, 0, len(files(folder, "cpt")))
    assert [state(archive, table) for table in ("measurements", "averages", "images", "photcodes", "series_rows")] == before


def test_a_changed_region_replaces_itself_and_no_other(taken):
    archive, folder = taken
    path = max(files(folder, "cpm"), key=lambda path: path.stat().st_size)
    before = state(archive)
    with fits.open(path, mode="update") as hdus:
        hdus[1].data["MAG"][0] = 12.5
    # an image's age may be as coarse as a second
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 10**9))
    summary = ingest(archive)
    assert list(summary.files) == [f"{path.parent.name}/{path.stem}"]
    after = state(archive)
    assert len(set(row for row, _ in before) ^ set(row for row, _ in after)) == 2
    assert len(set(after) - set(before)) == len(rows(path))
    assert archive.value("SELECT count(*) FROM dvo_db.measurements WHERE mag = 12.5") == 1


def test_a_region_that_is_gone_is_taken_out(taken):
    archive, folder = taken
    gone = files(folder, "cpt")[0]
    objects = len(rows(gone))
    before = archive.value("SELECT count(*) FROM dvo_db.averages")
    for path in gone.parent.glob(f"{gone.stem}.*"):
        path.unlink()
    ingest(archive)
    assert archive.value("SELECT count(*) FROM dvo_db.averages") == before - objects
    assert archive.value("SELECT count(*) FROM dvo_db.measurements m LEFT JOIN dvo_db.averages a USING (object_id) WHERE a IS NULL") == 0


def truncated(path):
    path.with_suffix(".cpm").write_bytes(path.with_suffix(".cpm").read_bytes()[:-4000])


def another_count(path):
    with fits.open(path, mode="update") as hdus:
        hdus[0].header["NSTARS"] += 1


def beyond(path):
    with fits.open(path, mode="update") as hdus:
        hdus[1].data["OFF_MEASURE"][-1] = 10**6


def no_object(path):
    with fits.open(path.with_suffix(".cpm"), mode="update") as hdus:
        hdus[1].data["AVE_REF"][3] = 10**6


def unknown_photcode(path):
    with fits.open(path.with_suffix(".cpm"), mode="update") as hdus:
        hdus[1].data["PHOTCODE"][0] = 31999


def foreign(path):
    fits.PrimaryHDU(np.zeros((4, 4))).writeto(path, overwrite=True)


def twice(path):
    with fits.open(path, mode="update") as hdus:
        hdus[1].data["OBJ_ID"][0] = hdus[1].data["OBJ_ID"][1]


@pytest.mark.parametrize("damage", [truncated, another_count, beyond, no_object, unknown_photcode, foreign, twice])
def test_a_bad_region_is_refused_whole_and_the_rest_goes_on(archive, damage):
    folder = make(archive)
    victim = max(files(folder, "cpt"), key=lambda path: path.stat().st_size)
    others = sum(len(rows(path)) for path in files(folder, "cpt") if path != victim)
    damage(victim)
    summary = ingest(archive)
    name = f"{victim.parent.name}/{victim.stem}"
    assert (summary.status, list(summary.refused)) == (2, [name])
    assert archive.value("SELECT count(*) FROM dvo_db.averages") == others > 0
    [[reason]] = archive.query("SELECT reason FROM dvo_db.ingest_log WHERE status = 'refused'")
    assert reason == summary.refused[name] and "\n" not in reason


def test_a_region_that_goes_bad_keeps_what_it_had_and_comes_back(taken):
    archive, folder = taken
    victim = max(files(folder, "cpt"), key=lambda path: path.stat().st_size)
    whole = victim.with_suffix(".cpm").read_bytes()
    before = state(archive)
    truncated(victim)
    assert ingest(archive).status == 2
    assert state(archive) == before
    victim.with_suffix(".cpm").write_bytes(whole)
    assert ingest(archive).status == 0
    assert [row for row, _ in state(archive)] == [row for row, _ in before]


def test_an_ingestion_that_is_killed_goes_on_where_it_was(archive, monkeypatch):
    folder = make(archive)
    take, done = Loader.take, []

    def until_the_second(self, cursor, region, counts):
        take(self, cursor, region, counts)
        done.append(region.name)
        if len(done) > 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(Loader, "take", until_the_second)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with pytest.raises(KeyboardInterrupt):
        ingest(archive)
    monkeypatch.undo()
    there = {row[0] for row in archive.query("SELECT path FROM dvo_db.ingest_log")}
    assert there == {done[0]}
    assert {row[0] for row in archive.query("SELECT DISTINCT name FROM dvo_db.averages JOIN dvo_db.skytable ON index = region_id")} == there
    summary = ingest(archive)
    assert (summary.status, summary.unchanged, len(summary.files)) == (0, 1, len(files(folder, "cpt")) - 1)


def indexes(archive):
    return {row[0] for row in archive.query("SELECT indexname FROM pg_indexes WHERE schemaname = 'dvo_db'")}


@pytest.fixture
def during(monkeypatch, archive):
    """Any load counts as large; the indexes that there are whenever a region is begun are added to this list."""
    found, take = [], Loader.take

    def watched(self, cursor, region, counts):
        found.append(indexes(archive))
        take(self, cursor, region, counts)

    monkeypatch.setattr(dvo, "FIRST_AT_LEAST", 0)
    monkeypatch.setattr(Loader, "take", watched)
    return found


def test_a_first_load_has_all_indexes_in_the_end_and_a_later_one_all_the_time(archive, during):
    folder, whole = make(archive), indexes(archive)
    assert {"averages_radec", "measurements_image", "measurements_pkey", "averages_row"} < whole
    ingest(archive)
    assert len(during) == len(files(folder, "cpt"))
    for found in during:
        assert {"averages_pkey", "averages_row"} < found < whole
    assert indexes(archive) == whole
    during.clear()
    path = files(folder, "cpm")[0]
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 10**9))
    ingest(archive)
    assert during == [whole]


def test_the_indexes_that_a_killed_first_load_leaves_away_are_made_by_the_next(archive, during, monkeypatch):
    folder, whole, end = make(archive), indexes(archive), RegionFiles.end

    def killed_at_the_second(self, cursor, *what):
        if len(during) > 1:
            raise KeyboardInterrupt
        end(self, cursor, *what)

    monkeypatch.setattr(RegionFiles, "end", killed_at_the_second)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with pytest.raises(KeyboardInterrupt):
        ingest(archive)
    assert indexes(archive) < whole
    monkeypatch.setattr(RegionFiles, "end", end)
    during.clear()
    assert ingest(archive).unchanged == 1
    assert during == [whole] * (len(files(folder, "cpt")) - 1)
    assert archive.value("SELECT count(*) FROM dvo_db.measurements") == sum(len(rows(path)) for path in files(folder, "cpm"))


def test_empty_tables_that_somebody_reads_keep_their_indexes_and_nobody_waits(archive, during):
    make(archive)
    whole = indexes(archive)
    with closing(archive.connect()) as reader, reader.cursor() as cursor:
        cursor.execute("BEGIN; SELECT count(*) FROM dvo_db.measurements")  # its lock stays until the transaction ends
        assert ingest(archive).status == 0
        cursor.execute("ROLLBACK")
    assert during and all(found == whole for found in during)


def test_other_photcodes_are_other_magnitudes(taken):
    archive, folder = taken
    before = archive.value("SELECT avg(mag_cat) FROM dvo_db.measurements m JOIN dvo_db.photcodes p ON p.code = m.photcode WHERE type = 3")
    with fits.open(folder / "Photcodes.dat", mode="update") as hdus:
        hdus[1].data["C_LAM"][hdus[1].data["C_LAM"] > 20000] += 100
    ingest(archive)
    after = archive.value("SELECT avg(mag_cat) FROM dvo_db.measurements m JOIN dvo_db.photcodes p ON p.code = m.photcode WHERE type = 3")
    assert after - before == pytest.approx(0.1, abs=1e-4)


def test_without_sky_table_nothing_is_done_and_it_says_why(archive):
    folder = make(archive)
    (folder / "SkyTable.fits").unlink()
    summary = ingest(archive)
    assert summary.status == 2
    [reason] = summary.refused.values()
    assert "SkyTable.fits" in reason


def test_a_dry_run_writes_nothing(archive):
    make(archive)
    ingest(archive, dry_run=True)
    for table in ("averages", "measurements", "images", "photcodes", "ingest_log", "derived"):
        assert archive.value(f"SELECT count(*) FROM dvo_db.{table}") == 0


def test_measurements_in_any_order_give_the_same_light_curves(another_archive):
    found = []
    for is_sorted in (True, False):
        with another_archive() as archive:
            make(archive, is_sorted=is_sorted)
            summary = ingest(archive)
            notes = [text for counts in summary.files.values() for text in counts.warnings]
            assert (summary.status, bool(notes)) == (0, not is_sorted)
            columns = "object_id, photosys_id, obs_time, obs_time_utc, exptime, mag, mag_err, flags"
            found.append((
                archive.query(f"SELECT {columns} FROM dvo_db.points ORDER BY {columns}"),
                archive.query("SELECT object_id, photosys_id, npoints, t_min, t_max FROM dvo_db.series_rows ORDER BY 1, 2"),
            ))  # fmt: skip
    assert found[0] == found[1] and len(found[0][0]) > 300


@pytest.mark.parametrize("options", [{}, {"is_sorted": False}, {"version": "PS1_V5"}, {"mef": True}])
def test_attached_light_curves_are_those_of_the_loaded_ones_byte_by_byte(another_archive, monkeypatch, options):
    documents = {}
    for mode in ("loaded", "attached"):
        with another_archive() as archive:
            make(archive, **options)
            assert ingest(archive, mode).status == 0
            # when it was taken in is the only thing that may differ
            for table in ("series_rows", "series_stats"):
                archive.query(f"UPDATE dvo_db.{table} SET revision = '2024-01-01'", role="writer")
            documents[mode] = _documents(archive, monkeypatch if mode == "attached" else None)
            assert (archive.value("SELECT count(*) FROM dvo_db.measurements") == 0) == (mode == "attached")
    assert len(documents["loaded"]) > 100
    assert documents["attached"] == documents["loaded"]


def _documents(archive, monkeypatch):
    if monkeypatch:
        monkeypatch.setitem(series.ATTACHED, "dvo", Attached(settings(archive, "attached")))
    found = {}
    with closing(archive.connect()) as connection, connection.cursor() as cursor:
        for object_id, band in archive.query("SELECT object_id, band FROM dvo_db.series ORDER BY 1, 2"):
            request = Request((series.Identifier("dvo", object_id, band),))
            found[object_id, band] = answer(cursor, request, HERE).body
            size = archive.value("SELECT size FROM dvo_db.series_stats x JOIN dvo_db.photosys p ON p.id = photosys_id"
                                 " WHERE object_id = %s AND band = %s", [object_id, band])  # fmt: skip
            assert size == len(found[object_id, band])
    if monkeypatch:
        monkeypatch.delitem(series.ATTACHED, "dvo")
    return found


def test_an_attached_region_that_has_changed_is_not_served(archive):
    folder = make(archive)
    assert ingest(archive, "attached").status == 0
    attached = Attached(settings(archive, "attached"))
    [[object_id, name]] = archive.query(
        "SELECT object_id, name FROM dvo_db.averages JOIN dvo_db.skytable ON index = region_id ORDER BY 1 LIMIT 1")
    with closing(archive.connect()) as connection, connection.cursor() as cursor:
        assert len(attached.points(cursor, object_id)) > 0
        path = (folder / name).with_suffix(".cpm")
        path.write_bytes(path.read_bytes() + bytes(2880))
        with pytest.raises(PhotvoError, match="make ingest"):
            attached.points(cursor, object_id)
