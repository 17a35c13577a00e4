"""Whatever becomes of an ingester of a DVO, exactly complete regions are there, and the next one completes the rest."""

import os
from contextlib import closing
from dataclasses import replace

import pytest
from dvo_archive import files, make, rows, settings
from dvo_ingesters import finish, held, kill, start, wait_for, waits

from photvo.archive import dvo

_TABLES = ("averages", "measurements", "secfilt", "missing", "exposures", "series_rows", "series_stats", "ingest_log", "photcodes",
           "images", "skytable", "derived")  # fmt: skip
#: What differs whenever the same is taken in again.
_MOMENT = "- 'revision' - 'taken' - 'seconds' - 'id'"


#: The last row of the region with most objects, whose key somebody else has taken and not committed: there its ingester gets stuck.
_ROWS = {
    "secfilt": "INSERT INTO dvo_db.secfilt (object_id, photcode) VALUES (%s, 6)",
    "measurements": "INSERT INTO dvo_db.measurements (object_id, id, photosys_id, flags) VALUES (%s, %s, 1, 0)",
    "series_stats": "INSERT INTO dvo_db.series_stats (object_id, photosys_id, revision, npoints) SELECT %s, n, now(), 0 FROM generate_series(1, 9) n",
}


def stuck(archive, folder, table):
    """The context in which the ingester gets stuck in a table, and the name of the region."""
    path = max(files(folder, "cpt"), key=lambda path: len(rows(path)))
    last = rows(path)[-1]
    keys = [int(last["CAT_ID"]) * 10**9 + int(last["OBJ_ID"])]
    if table == "measurements":
        keys.append(int(last["CAT_ID"]) * 10**10 + len(rows(path.with_suffix(".cpm"))) - 1)
    return held(archive, _ROWS[table], *keys), f"{path.parent.name}/{path.stem}"


def contents(archive):
    return {table: archive.query(f"SELECT (to_jsonb(t) {_MOMENT})::text FROM dvo_db.{table} t ORDER BY 1") for table in _TABLES}


def indexes(archive):
    return archive.query("SELECT indexdef FROM pg_indexes WHERE schemaname = 'dvo_db' ORDER BY 1")


def see_to_it(archive, folder):
    """What the log calls complete is there with each row of its files, and nothing else is. Returns the names."""
    there = {row[0]: row[1:] for row in archive.query("""
        SELECT name, count(*), sum(m.n), sum(s.n), sum(x.n), sum(p.n) FROM dvo_db.averages a
        JOIN dvo_db.skytable ON index = region_id,
        LATERAL (SELECT count(*) AS n FROM dvo_db.measurements t WHERE t.object_id = a.object_id) m,
        LATERAL (SELECT count(*) AS n FROM dvo_db.secfilt t WHERE t.object_id = a.object_id) s,
        LATERAL (SELECT count(*) AS n FROM dvo_db.missing t WHERE t.object_id = a.object_id) x,
        LATERAL (SELECT sum(npoints) AS n FROM dvo_db.series_rows t WHERE t.object_id = a.object_id) p GROUP BY name""")}
    complete = dict(archive.query("SELECT path, rows_accepted FROM dvo_db.ingest_log WHERE status = 'complete'"))
    expected = {}
    for path in files(folder, "cpt"):
        if (name := f"{path.parent.name}/{path.stem}") in complete:
            objects, points, means, misses = (len(rows(path.with_suffix(f".cp{letter}"))) for letter in "tmsn")
            expected[name] = objects, points, means, misses, points
            assert complete[name] == points
    assert there == expected and set(complete) == set(expected)
    for table in ("measurements", "secfilt", "missing", "series_rows", "series_stats"):
        assert archive.value(f"SELECT count(*) FROM dvo_db.{table} t LEFT JOIN dvo_db.averages a USING (object_id) WHERE a IS NULL") == 0
    return set(expected)


@pytest.fixture
def undisturbed(another_archive):
    """What an archive holds into which a folder has been taken by an ingester that nobody disturbed, and its indexes."""

    def taken(archive):
        with another_archive() as other:
            assert dvo.ingest(replace(settings(other), inputs=archive.settings.inputs)).status == 0
            return contents(other), indexes(other)

    return taken


def see_to_the_end(archive, folder, undisturbed, unchanged):
    """A second run takes in what is not there, and then all is as if nothing had happened."""
    status, said = finish(start(archive))
    assert status == 0, said
    assert f" {unchanged} unchanged" in said
    assert len(see_to_it(archive, folder)) == len(files(folder, "cpt"))
    expected = undisturbed(archive)
    assert (contents(archive), indexes(archive)) == expected


@pytest.mark.parametrize("table", _ROWS)
def test_an_ingester_killed_in_the_middle_of_a_region(archive, undisturbed, table):
    folder = make(archive, objects=200)
    others = len(files(folder, "cpt")) - 1
    context, name = stuck(archive, folder, table)
    with context:
        ingester = start(archive)
        wait_for(archive, ingester, lambda: archive.value("SELECT count(*) FROM dvo_db.ingest_log") == others)
        waits(archive, ingester, f"COPY dvo_db.{table}%")
        kill(ingester)
    there = see_to_it(archive, folder)
    assert len(there) == others and name not in there
    see_to_the_end(archive, folder, undisturbed, others)


def test_an_ingester_killed_when_all_regions_but_one_are_in(archive, undisturbed):
    folder = make(archive, objects=200)
    names = {f"{path.parent.name}/{path.stem}" for path in files(folder, "cpt")}
    last = max(names)
    # its entry in the log is somebody else's, who does not come to an end
    entry = "INSERT INTO dvo_db.ingest_log (path, checksum, size, format, reader_version, status) VALUES (%s, '', 0, '', 0, 'refused')"
    with held(archive, entry, last):
        ingester = start(archive)
        wait_for(archive, ingester, lambda: archive.value("SELECT count(*) FROM dvo_db.ingest_log") == len(names) - 1)
        waits(archive, ingester)
        kill(ingester)
    assert see_to_it(archive, folder) == names - {last}
    see_to_the_end(archive, folder, undisturbed, len(names) - 1)


def test_an_ingester_killed_while_it_makes_the_indexes(archive, undisturbed):
    folder, whole = make(archive), indexes(archive)
    with closing(archive.connect("admin")) as connection, connection.cursor() as cursor:
        connection.autocommit = False
        with stuck(archive, folder, "series_stats")[0]:
            ingester = start(archive)
            waits(archive, ingester, "COPY dvo_db.series_stats%")
            cursor.execute("LOCK TABLE dvo_db.missing IN ROW EXCLUSIVE MODE")
        waits(archive, ingester, "%index_tables%")
        kill(ingester)
        connection.rollback()
    regions = len(files(folder, "cpt"))
    assert len(see_to_it(archive, folder)) == regions
    # its key is to become the primary key in the end
    assert {row for row in indexes(archive) if " measurements_key " not in row[0]} < set(whole)
    see_to_the_end(archive, folder, undisturbed, regions)


def test_a_replacement_that_is_killed_leaves_what_there_was(archive, undisturbed):
    folder = make(archive)
    assert dvo.ingest(settings(archive)).status == 0
    before = contents(archive)
    for path in files(folder, "cpm"):
        os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 10**9))
    with held(archive, "LOCK TABLE dvo_db.series_stats IN SHARE MODE"):
        ingester = start(archive)
        waits(archive, ingester)
        kill(ingester)
    assert contents(archive) == before
    see_to_the_end(archive, folder, undisturbed, 0)


def test_an_attached_one_that_is_killed_goes_on(archive):
    folder = make(archive)
    context, name = stuck(archive, folder, "series_stats")
    with context:
        ingester = start(archive, "attached")
        waits(archive, ingester, "COPY dvo_db.series_stats%")
        kill(ingester)
    assert name not in {row[0] for row in archive.query("SELECT path FROM dvo_db.ingest_log")}
    status, said = finish(start(archive, "attached"))
    assert status == 0, said
    assert archive.value("SELECT sum(npoints) FROM dvo_db.series_rows") == sum(len(rows(path)) for path in files(folder, "cpm"))
    assert archive.query("SELECT DISTINCT format, status FROM dvo_db.ingest_log") == [("dvo-attached", "complete")]
