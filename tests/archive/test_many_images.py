"""Images that several processes read: what comes of them is what comes of them one by one, whatever happens."""

import math
import os
import re
from contextlib import closing, contextmanager
from hashlib import sha256

import pytest
from archive_inputs import fill, image
from ingesters import finish, start
from running import alive, descendants

from photvo.archive import image_reading
from photvo.archive.files import File
from photvo.machine import process

#: Few images a task and few tasks ahead, so that there is something left to do whenever it is looked at.
SEVERAL = {"PROCESSES": 2, "MANY": 2, "AT_ONCE": 3, "AHEAD": 4}
_SEVERAL = [("photvo.archive.image_reading", name, value) for name, value in SEVERAL.items()]

_IMAGES = """
SELECT filename, path_to_fits, dateobs, accumtime, band, telescope_id, coordequ::text, fov::text, data, accref, f.size, naxis1, naxis2,
  pixel_scale, footprint::text, t_min, checksum, l.format, l.reader_version, l.status, l.rows_accepted
FROM observations b JOIN metadata_obs_json m ON m.observation_id = b.id JOIN observation_files f ON f.observation_id = b.id
JOIN ingest_log l ON l.id = f.file_id ORDER BY filename"""


def put(archive, number):
    """Images, each of another field."""
    for n in range(number):
        archive.put(f"images/i{n:03}.fits", image(CRVAL1=1.0 + n, **{"DATE-OBS": f"2021-10-22T20:13:{n % 60:02}"}))


def put_bad(archive):
    """Images that cannot be taken, each for another reason, and some with notes."""
    archive.put("images/i007.fits", image()[:4000])
    archive.put("images/i008.fits", image()[:1000])
    archive.put("images/i031.fits", image(FILTER="none such"))
    archive.put("images/i032.fits", image(**{"DATE-OBS": None}))
    archive.put("images/i033.fits", image(**{"DATE-OBS": "2099-10-22T20:13:42"}))
    archive.put("images/i040.fits", image(TELESCOP="Hale"))
    archive.put("images/i041.fits", image(EXPTIME=1e9))
    archive.put("images/i050.fits", image(CTYPE1=None, CTYPE2=None, OBJCTRA="17 20 39", OBJCTDEC="+76 42 40", FOCALLEN=731.0,
                                          XPIXSZ=10.8, YPIXSZ=10.8))  # fmt: skip
    archive.put("images/more/i003.fits", image())


def told(summary):
    """What an ingestion said of its files, in its order."""
    return list(summary.files), {name: counts.warnings for name, counts in summary.files.items()}, list(summary.refused.items())


def test_several_processes_give_what_one_gives_in_the_same_order(archive, another_archive, monkeypatch):
    fill(archive)
    put(archive, 60)
    put_bad(archive)
    alone = archive.ingest()
    assert len(alone.refused) == 7 and len(archive.query(_IMAGES)) == 54
    for name, value in SEVERAL.items():
        monkeypatch.setattr(image_reading, name, value)
    with another_archive() as other:
        fill(other)
        put(other, 60)
        put_bad(other)
        together = other.ingest()
        assert told(together) == told(alone)
        assert other.query(_IMAGES) == archive.query(_IMAGES)
        logged = other.query("SELECT path, checksum, status, reason FROM ingest_log WHERE path LIKE 'images/%%' ORDER BY path")
        assert {path: (status, reason) for path, _, status, reason in logged if status == "refused"} == {
            name: ("refused", reason) for name, reason in alone.refused.items()}  # fmt: skip
        for path, checksum, *_ in logged:
            assert checksum == sha256((other.inputs / path).read_bytes()).hexdigest()
        again = other.ingest()
        assert list(again.refused) == list(together.refused) and not again.files


@pytest.mark.parametrize("small", [0, image_reading.SMALL])
def test_an_image_that_changed_since_it_was_looked_at_is_not_taken(archive, small, monkeypatch):
    monkeypatch.setattr(image_reading, "SMALL", small)
    path = archive.put("images/a.fits", image())
    file = File(path, "images/a.fits", archive.inputs)
    assert image_reading.read(file).error is None and file.checksum == sha256(image()).hexdigest()
    archive.put("images/a.fits", image() + b"more")
    assert "the file changed while it was read" in image_reading.read(file).error.reason


@contextmanager
def held_up(archive):
    """In this context an ingester of 40 images by several processes waits for a table: (its Process, process ids that read, what
    ends the waiting)."""
    fill(archive)
    archive.ingest()
    put(archive, 40)
    with closing(archive.connect("admin")) as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute("LOCK TABLE kolonica_db.observations IN SHARE MODE")
        ingester = start(archive, constants=[*_SEVERAL, ("photvo.archive.images", "AT_ONCE", 10)])
        try:
            assert process.wait_until(lambda: len(descendants(ingester.pid)) == 3 and _waits(archive), 60)
            yield ingester, descendants(ingester.pid)[1:], connection.rollback
        finally:
            ingester.kill()
            finish(ingester)


def _waits(archive):
    return archive.query("SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'kolonica_db.observations'::regclass", role="admin")


def whole(archive):
    """How many images there are; each with all that belongs to it."""
    number = archive.value("SELECT count(*) FROM observations")
    assert number == len(archive.query(_IMAGES))
    assert number == archive.value("SELECT count(*) FROM ingest_log WHERE format = 'fits-image' AND status = 'complete'")
    return number


def test_an_ingester_that_is_killed_leaves_no_process_behind(archive):
    with held_up(archive) as (ingester, readers, go_on):
        ingester.kill()
        finish(ingester)
        assert process.wait_until(lambda: not alive(readers), 20)
    assert whole(archive) == 0
    assert archive.ingest().status == 0 and whole(archive) == 40


def test_a_reading_process_that_is_killed_ends_the_ingestion_between_images(archive):
    with held_up(archive) as (ingester, readers, go_on):
        os.kill(readers[0], 9)
        assert process.wait_until(lambda: not alive(readers), 20)
        go_on()
        status, said = finish(ingester)
    assert status == 1 and "a process that reads images was killed" in said and "Traceback" not in said
    assert whole(archive) == 10
    assert archive.ingest().status == 0 and whole(archive) == 40


def test_images_without_a_wcs_have_corners_as_if_north_were_up_and_all_have_their_own_time(archive):
    fill(archive)
    bare = {"CTYPE1": None, "CTYPE2": None, "OBJCTRA": "17 20 00", "XPIXSZ": 10.0, "YPIXSZ": 10.0, "FOCALLEN": 100.0}
    # on a day of 86401 s, which astropy's MJD of such a day counts
    times = {-60: ("2016-12-31T23:59:60", 86400), 0: ("2016-12-31T12:00:00.25", 43200.25), 45: ("2016-12-31T00:00:01", 1)}
    for dec, (text, _) in times.items():
        archive.put(f"images/{dec}.fits", image(**bare, OBJCTDEC=f"{dec:+} 00 00", **{"DATE-OBS": text}))
    archive.put("images/solved.fits", image())
    archive.put("images/no_scale.fits", image(**{**bare, "FOCALLEN": None}, OBJCTDEC="+10 00 00"))
    assert archive.ingest().status == 0
    rows = archive.query("SELECT filename, footprint::text, t_min FROM observations b JOIN observation_files ON observation_id = b.id")
    found = {name: (footprint, t_min) for name, footprint, t_min in rows}
    assert found["no_scale.fits"][0] is None and found["solved.fits"][0] and len(found) == 5
    # 10 µm at 100 mm are 1e-4 rad a pixel, by the reader's constant for the arcsecond
    east, north = 101 * 0.00010000003, 51 * 0.00010000003
    for dec, (_, seconds) in times.items():
        footprint, t_min = found[f"{dec}.fits"]
        ra0, dec0 = math.radians(260), math.radians(dec)
        corners = [tuple(map(float, pair)) for pair in re.findall(r"\((\S+?) ?, ?(\S+?)\)", footprint)]
        # by the formula of the haversine, from the centre and from corner to corner
        apart = [2 * math.asin(math.sqrt(math.sin((b - d) / 2) ** 2 + math.cos(b) * math.cos(d) * math.sin((a - c) / 2) ** 2))
                 for (a, b), (c, d) in zip([*corners, *corners], [(ra0, dec0)] * 4 + corners[1:] + corners[:1])]  # fmt: skip
        half = math.hypot(east, north) / 2
        assert apart == pytest.approx([half] * 4 + [east, north] * 2, rel=1e-5)
        assert [(ra > ra0, dec > dec0) for ra, dec in corners] == [(True, False), (False, False), (False, True), (True, True)]
        assert t_min == pytest.approx(57753 + seconds / 86401, abs=1e-9)
