"""What the server holds in memory while it sends a large batch: not more for ten times as many points."""

import http.client
import re
import urllib.parse
from contextlib import closing
from pathlib import Path

import pytest
from running import descendants

from photvo.machine import process

POINTS, BANDS = 30_000, 10  # of a light curve, and light curves
#: The light curves of one made-up object. Without the triggers of the foreign keys, which would take most of the time.
FILL = """
SET session_replication_role = replica;
WITH bands AS (INSERT INTO photosys (band) SELECT 'memory_' || k FROM generate_series(1, %(bands)s) k RETURNING id),
o AS (INSERT INTO objects (coordequ, vsx_name, class) VALUES (spoint(1, 1), 'Memory Star', 'star') RETURNING id),
l AS (
  INSERT INTO lightcurves (object_id, photosys_id, datasource_id, time_given, obs_time, obs_time_utc, magnitude, mag_err)
  SELECT o.id, b.id, (SELECT min(id) FROM datasources), 2459000 + k * 0.001, 59000 + k * 0.001, 59000 + k * 0.001, 12.5, 0.01
  FROM o, bands b, generate_series(1, %(points)s) k RETURNING object_id, photosys_id, obs_time)
SELECT count(*) FROM l"""
SERIES = """
INSERT INTO series (object_id, photosys_id, band, name, names, ra, dec, coordequ, npoints, revision)
SELECT o.id, p.id, p.band, o.vsx_name, '{}', o.ra, o.dec, o.coordequ, %(points)s, now()
FROM objects o, photosys p WHERE o.vsx_name = 'Memory Star' AND p.band LIKE 'memory%%'"""
EMPTY = """
DELETE FROM series WHERE name = 'Memory Star';
DELETE FROM lightcurves WHERE object_id = (SELECT id FROM objects WHERE vsx_name = 'Memory Star');
DELETE FROM objects WHERE vsx_name = 'Memory Star';
DELETE FROM photosys WHERE band LIKE 'memory%'"""


@pytest.fixture(scope="module")
def dids(instance):
    """Publisher DIDs of BANDS light curves of POINTS points each, which are gone afterwards."""
    with closing(instance.connect("admin")) as connection, connection.cursor() as cursor:
        cursor.execute("SET search_path = kolonica_db, public")
        try:
            cursor.execute(FILL, {"points": POINTS, "bands": BANDS})
            cursor.execute(SERIES, {"points": POINTS})
            cursor.execute("SELECT object_id, band FROM series WHERE name = 'Memory Star' ORDER BY band")
            yield [f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{key}/{band}" for key, band in cursor.fetchall()]
        finally:
            cursor.execute(EMPTY)


def peak(instance):
    """The most memory that each server process has ever had, MB by its id."""
    servers = [pid for pid in descendants(instance.process.pid) if "photvo.machine.serve" in process.command_line(pid)]
    return {pid: int(re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024 for pid in servers}


def ask(connection, dids, form):
    """Ask for light curves in one table; returns the bytes that came, of which nothing is kept."""
    body = urllib.parse.urlencode({"ID": dids, "RESPONSEFORMAT": form}, doseq=True)
    connection.request("POST", "/kolonica/lightcurves/sdl/dlget", body, {"Content-Type": "application/x-www-form-urlencoded"})
    answer, size = connection.getresponse(), 0
    assert answer.status == 200
    while piece := answer.read(1 << 18):
        size += len(piece)
    return size


@pytest.mark.parametrize("form", ["votable", "parquet"])
def test_ten_times_as_many_points_need_no_more_memory(instance, dids, form):
    # one connection: the same server process answers
    with closing(http.client.HTTPConnection("127.0.0.1", instance.port, timeout=300)) as connection:
        for _ in range(3):  # what is only done once, is done here
            few = ask(connection, dids[:1], form)
        before = peak(instance)
        assert ask(connection, dids, form) > 5 * few
        after = peak(instance)
    # 270,000 points more are 30 MB in a VOTable, and several times that in between
    assert all(after[pid] - before[pid] < 40 for pid in before)
