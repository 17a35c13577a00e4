"""Whatever happens to an ingestion, the archive holds exactly complete files, and the next one completes the rest."""

import gzip
import os
import random
import subprocess
import time
from contextlib import closing

import pytest
from archive_inputs import fill, points, run
from ingesters import finish, see_to_it, see_to_the_end, start
from servers import fresh, private_server

from photvo.machine import database, process


def nights(archive, number=6, rows=3000, first=0):
    """Files of light curves; log name → number of points."""
    for night in range(first, first + number):
        archive.put(f"lightcurves/n{night:02}.csv", points(*run(rows, start=2459000.5 + night * 100, step=0.0005)))
    return {f"lightcurves/n{night:02}.csv": rows for night in range(first, first + number)}


@pytest.fixture
def filled(archive):
    """An archive with a night, so that what comes is not the first load."""
    fill(archive)
    archive.put("lightcurves/n00.csv", points(*run(50, start=2459000.5, step=0.0005)))
    assert archive.ingest().status == 0
    return archive


def forget_all(archive):
    """No light curve has ever been there."""
    archive.query("TRUNCATE kolonica_db.ingest_log, kolonica_db.lightcurves, kolonica_db.series CASCADE", role="admin")


def waiting(archive):
    """How many sessions of the writer there are."""
    return archive.query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'writer_user' AND datname = current_database()",
                         role="admin")[0][0]  # fmt: skip


def in_the_middle_of_its_rows(archive, ingester):
    """Wait until the ingester is copying rows; False where it has ended before that was seen."""
    copying = """SELECT pid FROM pg_stat_activity WHERE usename = 'writer_user' AND datname = current_database()
        AND query LIKE 'COPY%point_stage%'"""
    with closing(archive.connect("admin")) as connection, connection.cursor() as cursor:
        while ingester.is_alive():
            cursor.execute(copying)
            if found := cursor.fetchone():
                return found[0]
    return None


@pytest.mark.parametrize("first_load", [True, False])
def test_an_ingester_killed_at_any_moment(archive, first_load):
    """At ten moments between its start and its end, whenever that is here."""
    fill(archive)
    first = nights(archive, 1, rows=50)
    assert archive.ingest().status == 0
    expected = first | nights(archive, 5, rows=3000, first=1)
    rng, span = random.Random(f"kill {first_load}"), 1.5
    for _ in range(10):
        if first_load or see_to_it(archive, expected) == set(expected):
            forget_all(archive)
            if not first_load:
                archive.ingest(archive.inputs / "lightcurves" / "n00.csv")
        begun, ingester = time.monotonic(), start(archive)
        ingester.join(rng.uniform(0.05, 1.0) * span)
        if ingester.is_alive():
            ingester.kill()
            span *= 1.1
        else:
            span = time.monotonic() - begun  # it has ended by itself: sooner the next time
        finish(ingester)
        see_to_it(archive, expected)
    see_to_the_end(archive, expected)


def test_a_connection_that_is_cut_in_the_middle_of_a_copy(filled):
    expected = nights(filled, rows=12_000)
    before = filled.value("SELECT count(*) FROM lightcurves")
    ingester = start(filled)
    backend = in_the_middle_of_its_rows(filled, ingester)
    assert backend
    filled.query("SELECT pg_terminate_backend(%s)", [backend], role="admin")
    status, said = finish(ingester)
    assert status == 1 and "the database stopped the ingestion" in said
    assert filled.value("SELECT count(*) FROM lightcurves") == before
    see_to_the_end(filled, expected)


def test_two_ingesters_and_the_first_is_killed(filled):
    expected = nights(filled, rows=12_000)
    first = start(filled)
    assert in_the_middle_of_its_rows(filled, first)
    second = start(filled)
    assert process.wait_until(lambda: waiting(filled) == 2, 60)
    first.kill()
    finish(first)
    status, said = finish(second)
    assert status == 0 and "another ingestion is running" in said
    assert see_to_it(filled, expected) == set(expected)


def test_a_file_that_grows_while_it_is_read(filled):
    """It is refused as what it is, leaves nothing, and takes no other file with it."""
    expected = nights(filled, number=2)
    growing = filled.inputs / "lightcurves" / "n07.csv"
    growing.write_text(points(*run(5000, start=2459900.5)))
    line = points(*run(1, start=2459990.5)).splitlines()[1]
    writer = subprocess.Popen(["sh", "-c", f'while :; do echo "{line}" >> {growing}; sleep 0.002; done'])
    try:
        status, said = finish(start(filled))
    finally:
        writer.kill()
        writer.wait()
    assert status == 2 and "n07.csv: the file changed while it was read" in said
    assert see_to_it(filled, expected) == set(expected)
    assert filled.query("SELECT path, status FROM ingest_log WHERE status = 'refused'") == [("lightcurves/n07.csv", "refused")]
    growing.write_text(points(*run(5000, start=2459900.5)))
    see_to_the_end(filled, {**expected, "lightcurves/n07.csv": 5000})


def test_ten_thousand_files_of_which_one_is_poison(archive):
    """One that cannot be read to its end is refused alone; the others are there, in as few transactions as will do."""
    fill(archive)
    number = 10_000
    head = "#TYPE=EXTENDED\n#OBSCODE=ziga\n#DELIM=,\n#DATE=JD\n#OBSTYPE=CCD\n"
    (archive.inputs / "lightcurves").mkdir()
    for i in range(number):
        (archive.inputs / "lightcurves" / f"s{i:05}.csv").write_text(f"{head}SS CYG,{2449510 + i}.3,10.5,0.01,V,NO,STD,ENSEMBLE,na,na,na,na,na,na,na\n")
    poison = gzip.compress(points(*run(3000, start=2459810.5)).encode(), 1)
    archive.put("lightcurves/s05000.csv", poison[: len(poison) * 2 // 3])
    status, said = finish(start(archive), within=900)
    assert status == 2, said
    expected = {f"lightcurves/s{i:05}.csv": 1 for i in range(number) if i != 5000}
    assert see_to_it(archive, expected) == set(expected)
    ((path, reason),) = archive.query("SELECT path, reason FROM ingest_log WHERE status = 'refused'")
    assert path == "lightcurves/s05000.csv" and "cannot be read to its end" in reason
    assert archive.value("SELECT count(DISTINCT xmin::text) FROM lightcurves") <= number // 1000 + 1


def test_a_file_that_only_the_database_refuses_does_not_take_its_neighbours_with_it(filled):
    expected = nights(filled, rows=40)
    # a name that no check looks at, too long for its column
    filled.put("lightcurves/n03.csv", points(*run(40, start=2459300.5, step=0.0005, image_link="poison" * 40)))
    summary = filled.ingest()
    assert summary.status == 2 and list(summary.refused) == ["lightcurves/n03.csv"]
    assert see_to_it(filled, expected) == set(expected) - {"lightcurves/n03.csv"}


@pytest.fixture(scope="module")
def own_server():
    """A private cluster of these tests' own, which they may ill-treat: (cluster, settings)."""
    with private_server("faults") as (server, settings):
        yield server, settings


def test_a_database_server_that_is_killed_in_the_middle_of_a_copy(own_server, tmp_path):
    server, settings = own_server
    with fresh(settings, tmp_path) as archive:
        fill(archive)
        archive.put("lightcurves/n00.csv", points(*run(50, start=2459000.5, step=0.0005)))
        assert archive.ingest().status == 0
        expected = nights(archive, rows=12_000)
        ingester = start(archive)
        assert in_the_middle_of_its_rows(archive, ingester)
        family = [server.child.pid, *(int(pid) for pid in subprocess.run(
            ["pgrep", "-P", str(server.child.pid)], capture_output=True, text=True).stdout.split())]  # fmt: skip
        for pid in family:
            os.kill(pid, 9)
        server.child.wait()
        status, said = finish(ingester)
        assert status == 1 and "the database stopped the ingestion" in said
        server.start()
        assert see_to_it(archive, {**expected, "lightcurves/n00.csv": 50}) == {"lightcurves/n00.csv"}
        see_to_the_end(archive, expected)


@pytest.fixture
def small_disc(own_server, tmp_path):
    """A tablespace on a disc of 12 MB."""
    server, settings = own_server
    folder = settings.state / "disc"
    folder.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "photvo-test", folder], capture_output=True).returncode:
        pytest.skip("only root may mount a small disc, and not everywhere")
    try:
        os.chown(folder, server.account.pw_uid, server.account.pw_gid)
        with closing(database.connect(settings)) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
        yield folder
        with closing(database.connect(settings)) as connection, connection.cursor() as cursor:
            cursor.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_disc_that_is_full(own_server, small_disc, tmp_path):
    _, settings = own_server
    with fresh(settings, tmp_path) as archive:
        fill(archive)
        archive.put("lightcurves/n00.csv", points(*run(50, start=2459000.5, step=0.0005)))
        assert archive.ingest().status == 0
        for table in ("lightcurves", "metadata_lc_json"):
            archive.query(f"ALTER TABLE kolonica_db.{table} SET TABLESPACE small", role="admin")
        expected = nights(archive, rows=8_000)
        status, said = finish(start(archive))
        assert status == 1 and "No space left on device" in said
        assert see_to_it(archive, {**expected, "lightcurves/n00.csv": 50}) == {"lightcurves/n00.csv"}
        subprocess.run(["mount", "-o", "remount,size=200m", small_disc], check=True)
        see_to_the_end(archive, expected)
