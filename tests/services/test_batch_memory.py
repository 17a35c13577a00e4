"""What the server holds in memory while it sends a large batch: not more for ten times as many points."""

import re
import urllib.parse
import urllib.request
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
    """The most memory that the server has ever had, MB."""
    (status,) = (Path(f"/proc/{pid}/status").read_text() for pid in descendants(instance.process.pid)
                 if "photvo.machine.serve" in process.command_line(pid))  # fmt: skip
    return int(re.search(r"VmHWM:\s*(\d+)", status)[1]) / 1024


def ask(instance, dids, form):
    """Ask for light curves in one table; returns the bytes that came, of which nothing is kept."""
    body = urllib.parse.urlencode({"ID": dids, "RESPONSEFORMAT": form}, doseq=True).encode()
    size = 0
    with urllib.request.urlopen(f"{instance.url}kolonica/lightcurves/sdl/dlget", body, timeout=300) as answer:
        while piece := answer.read(1 << 18):
            size += len(piece)
    return size


@pytest.mark.parametrize("form", ["votable", "parquet"])
def test_ten_times_as_many_points_need_no_more_memory(instance, dids, form):
    for _ in range(3):  # what is only done once, is done here
        few = ask(instance, dids[:1], form)
    before = peak(instance)
    assert ask(instance, dids, form) > 5 * few
    # 270,000 points more are 30 MB in a VOTable, and several times that in between
    assert peak(instance) - before < 40
