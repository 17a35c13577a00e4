"""What the database itself sees to: keys, roles, indexes, one ingester at a time."""

import threading
import time
from contextlib import closing

import psycopg2
import pytest
from archive_inputs import fill, image, points, run
from ingesters import finish, start

from photvo.archive import light_curves, loader
from photvo.archive.session import Session
from photvo.settings import PhotvoError, Settings


@pytest.fixture
def filled(archive):
    fill(archive)
    archive.put("images/a.fits", image())
    archive.put("lightcurves/a.csv", points(*run(20, image_link="a.fits")))
    assert archive.ingest().status == 0
    return archive


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM objects WHERE id_arch = 77",
        "DELETE FROM observations",
        "DELETE FROM lightcurves",
        "DELETE FROM photosys WHERE band = 'i_sdss'",
        "DELETE FROM datasources WHERE progid = 'alica'",
        "DELETE FROM ingest_log WHERE path = 'lightcurves/a.csv'",
        "UPDATE lightcurves SET object_id = 4711",
        "INSERT INTO metadata_lc_json (lightcurve_id, data) VALUES (4711, '{}')",
        "INSERT INTO lightcurves (object_id, datasource_id, photosys_id, time_given) VALUES (4711, 1, 1, 2459510)",
    ],
)
def test_foreign_keys_keep_the_writer_from_leaving_orphans(filled, statement):
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        filled.query(statement, role="writer")


def test_points_that_refer_to_nothing_do_not_get_in_by_the_fast_way_either(filled):
    stage = """INSERT INTO point_stage (object_id, datasource_id, photosys_id, time_given, published, observation_id)
        SELECT o.id, d.id, p.id, 2459511, true, NULL FROM objects o, datasources d, photosys p LIMIT 1"""
    for column in ("object_id", "datasource_id", "photosys_id", "observation_id", "file_id"):
        with closing(filled.connect("writer")) as connection, connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE point_stage; {stage}; UPDATE point_stage SET {column} = 4711")
            with pytest.raises(psycopg2.errors.ForeignKeyViolation):
                cursor.execute("SELECT take_points()")
            cursor.execute("TRUNCATE point_stage")
    assert filled.value("SELECT count(*) FROM lightcurves") == 20


def test_the_count_by_comparison_star_uses_an_index(archive):
    fill(archive)
    rows = run(40_000, step=0.0001)
    for i, row in enumerate(rows):
        row["comp_stars"] = f"['{10**18 + i % 500}', '{10**18 + i % 501}']"
    archive.put("lightcurves/a.csv", points(*rows))
    archive.ingest()
    query = """select count(lightcurve_id) from metadata_lc_json where '"1000000000000000007"' <@ (data->'comp_stars')"""
    plan = "\n".join(row[0] for row in archive.query(f"EXPLAIN {query}"))
    assert "metadata_lc_json_comp_stars" in plan
    assert archive.value(query) == sum("000007'" in row["comp_stars"] for row in rows)


def test_the_statistics_are_fresh_after_many_points(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(30_000, step=0.0001)))
    archive.ingest()
    assert archive.value("SELECT reltuples FROM pg_class WHERE oid = 'kolonica_db.lightcurves'::regclass") == 30_000


def test_the_first_big_file_and_a_later_one_take_the_same_points_in(archive, monkeypatch):
    """The first goes in without indexes, which are made afterwards; the other way round nothing may differ."""
    gone = []
    without_indexes = loader.without_indexes
    monkeypatch.setattr(loader, "without_indexes", lambda session: gone.append(without_indexes(session)) or gone[-1])
    monkeypatch.setattr(light_curves, "FIRST_AT_LEAST", 1 << 20)
    fill(archive)
    rows = [*run(12_000, step=0.0001), *run(3), *run(2, start=2459800.5, object_id_arch="78")]
    archive.put("lightcurves/big.csv", points(*rows))
    indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'kolonica_db' ORDER BY 1"
    before = archive.query(indexes)
    first = archive.ingest().files["lightcurves/big.csv"]
    assert archive.query(indexes) == before
    columns = """SELECT o.id_arch, p.band, time_given, dateobs, obs_time, obs_time_utc, magnitude, l.id_arch, m.data
        FROM lightcurves l JOIN objects o ON o.id = object_id JOIN photosys p ON p.id = photosys_id
        JOIN metadata_lc_json m ON m.lightcurve_id = l.id ORDER BY 1, 2, 3"""
    bulk = archive.query(columns)
    assert len(bulk) == first.accepted == 12_002 and first.repeated == 3
    # again, beside one point that is there already
    archive.put("lightcurves/big.csv", points(*run(1, start=2459900.5)))
    archive.ingest()
    archive.put("lightcurves/bigger.csv", points(*rows))
    later = archive.ingest().files["lightcurves/bigger.csv"]
    assert gone == [True, False] and (later.accepted, later.repeated) == (first.accepted, first.repeated)
    assert archive.query(columns.replace("ORDER BY", "WHERE time_given <> 2459900.5 ORDER BY")) == bulk


def test_a_second_ingester_waits_for_the_first(filled):
    filled.put("lightcurves/b.csv", points(*run(30, start=2459600.5)))
    done = []
    with Session(filled.settings):
        waiting = threading.Thread(target=lambda: done.append(filled.ingest()))
        waiting.start()
        time.sleep(1)
        assert not done
    waiting.join(30)
    assert done[0].status == 0 and filled.value("SELECT count(*) FROM lightcurves") == 50


def test_two_ingesters_at_once_take_each_file_once(filled):
    for night in range(6):
        filled.put(f"lightcurves/n{night}.csv", points(*run(500, start=2459600.5 + night)))
    both = [start(filled), start(filled)]
    statuses, said = zip(*map(finish, both))
    assert statuses == (0, 0), said
    assert filled.value("SELECT count(*) FROM lightcurves") == 20 + 3000
    assert filled.value("SELECT sum(rows_repeated) FROM ingest_log") == 0
    assert sum(text.count(": 500 of 500 rows taken") for text in said) == 6


def test_readers_see_the_state_before_or_after_a_file_and_never_half_of_it(filled):
    filled.put("lightcurves/a.csv", points(*run(3000)))
    seen, stop = set(), threading.Event()

    def look():
        with closing(filled.connect()) as connection, connection.cursor() as cursor:
            while not stop.is_set():
                cursor.execute("""SELECT (SELECT count(*) FROM lightcurves), (SELECT count(*) FROM metadata_lc_json),
                    (SELECT sum(npoints) FROM series), (SELECT sum(rows_accepted) FROM ingest_log WHERE path LIKE 'light%')""")
                seen.add(cursor.fetchone())

    reader = threading.Thread(target=look)
    reader.start()
    try:
        assert filled.ingest().status == 0
    finally:
        stop.set()
        reader.join()
    assert seen <= {(20, 20, 20, 20), (3000, 3000, 3000, 3000)} and len(seen) >= 1


def test_an_ingester_that_dies_leaves_nothing_behind(filled):
    before = filled.everything()
    with Session(filled.settings) as session, pytest.raises(psycopg2.OperationalError):
        with session.transaction() as cursor:
            cursor.execute("DELETE FROM kolonica_db.series; DELETE FROM kolonica_db.metadata_lc_json; SELECT pg_backend_pid()")
            filled.query("SELECT pg_terminate_backend(%s)", [cursor.fetchone()[0]], role="admin")
            cursor.execute("SELECT 1")
    assert filled.everything() == before
    filled.put("lightcurves/b.csv", points(*run(3, start=2459600.5)))
    assert filled.ingest().status == 0


def test_a_database_that_does_not_answer_is_one_clear_line(archive, tmp_path):
    env = archive.settings.db_env.read_text().replace("DB_PORT=", "DB_PORT=1\nX=")
    archive.settings.db_env.write_text(env)
    with pytest.raises(PhotvoError, match="make run"):
        archive.ingest()
    with pytest.raises(PhotvoError, match="db.env"):
        Session(Settings.load({"PHOTVO_STATE": str(tmp_path / "none")})).__enter__()
