"""The DVO chapter: loading measurements beside a bare COPY, and, for large(), light curves from a large file and cone search
on ten million objects."""

import os
import random
import shutil
import subprocess
import time
from contextlib import closing
from urllib.parse import quote

from photvo.archive.dvo.region import STRIP
from photvo.settings import TOP, PhotvoError

from . import archive, ingestion, instances, measure, questions

OBJECTS, EXPOSURES = 40_000, 52  # of the database that is loaded; about two million measurements
FIELDS = ((10, 20), (40, 20), (70, 20), (100, 20))  # in five regions: a real database has thousands, none of which is most of it
ATTACHED = 100_000, 400  # of the one that stays in its files: 40 million measurements in one region
CONE, CONE_ROWS = 0.01, 10_000_000  # deg; averages
FIELD = (10.0, 20.0)  # within one region
CURVE, SCS = 20, 15  # ms
SIDE, CELL = 10.0, 0.5  # deg: the averages for the cone search fill a square, in cells as large as the regions of Pan-STARRS


def generate(place, objects, exposures, *options):
    """A database in `place`/made by `photvo simulate`; what an earlier run left is removed. Returns the seconds."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    command = [TOP / "bin" / "photvo", "simulate", "dvo", place / "made", "--objects", str(objects),
               "--measurements-per-object", str(exposures), *map(str, options)]  # fmt: skip
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise PhotvoError(f"photvo simulate failed: {done.stderr.strip().splitlines()[-1:]}")
    return time.monotonic() - begun


def started(place, **env):
    """A running instance whose inputs are in `place`/inputs and empty."""
    inputs = place / "inputs"
    (inputs / "kolonica").mkdir(parents=True)
    instance = instances.Measured(place, "state", inputs)
    instance.env.update(env)
    return instance.start()


def taking_in(out, folder):
    """A database of about two million measurements, and the floor of it."""
    place = folder / "dvo"
    generate(place, OBJECTS, EXPOSURES, *(word for field in FIELDS for word in ("--field", *field)))
    instance = started(place)
    try:
        (place / "made").rename(place / "inputs" / "dvo")
        with ingestion.undisturbed(instance):
            seconds = archive.ingest(instance, place / "inputs")
            rows = instance.query("SELECT count(*) FROM dvo_db.measurements")[0][0]
            floor = copy_floor(instance, folder / "floor-dvo.bin")
    finally:
        instance.stop()
    instance.remove()
    shutil.rmtree(place)
    out.head("DVO: loading")
    out.table(["", "s", "measurements/s", "of the floor"],
              [["photvo ingest, with objects, magnitudes, light curves", f"{seconds:.1f}", f"{rows / seconds:,.0f}", f"{seconds / floor:.2f}"],
               ["COPY of the measurements alone, same indexes", f"{floor:.1f}", f"{rows / floor:,.0f}", "1"]])  # fmt: skip
    out.line(f"{rows:,} measurements ({out.mark('DVO loading', seconds <= floor, '<= 1 of the floor')})")


def copy_floor(instance, path):
    """Seconds of a binary \\copy of all measurements into an empty table with the same indexes. Leaves nothing behind."""
    try:
        archive.psql(instance, f"\\copy dvo_db.measurements TO '{path}' (FORMAT binary)")
        archive.psql(instance, "CREATE SCHEMA bench; CREATE TABLE bench.measurements (LIKE dvo_db.measurements INCLUDING ALL)")
        archive.psql(instance, "CHECKPOINT")
        return archive.psql(instance, f"\\copy bench.measurements FROM '{path}' (FORMAT binary)")
    finally:
        archive.psql(instance, "DROP SCHEMA IF EXISTS bench CASCADE")
        path.unlink(missing_ok=True)


def large(out, folder):
    """Light curves of 100 points from a region of 40 million measurements; cone search on ten million averages."""
    place = folder / "dvo-large"
    made = generate(place, *ATTACHED, "--field", *FIELD)
    instance = started(place, PHOTVO_DVO_MODE="attached")
    try:
        (place / "made").rename(place / "inputs" / "dvo")
        with ingestion.undisturbed(instance):
            seconds = archive.ingest(instance, place / "inputs")
            files = [path for path in (place / "inputs" / "dvo").rglob("*.cpm")]
            rows = instance.query("SELECT sum(npoints) FROM dvo_db.series_rows")[0][0]
            out.head("DVO: attached")
            out.line(f"{rows:,} measurements in {len(files)} file of {os.path.getsize(files[0]) / 1e9:.1f} GB; simulated in {made:.0f} s,"
                     f" ingested in {seconds:.0f} s")  # fmt: skip
            _told(out, instance, [light_curves(instance)])
            scatter(instance)
            archive.settle(instance)
            count = instance.query("SELECT count(*) FROM dvo_db.averages")[0][0]
            out.head(f"DVO: cone search on {count:,} averages")
            _told(out, instance, [cones()])
    finally:
        instance.stop()
    instance.remove()
    shutil.rmtree(place)


def _told(out, instance, asked):
    rows = []
    for question in asked:
        t = measure.latency(instance, question)
        rows.append([t.name, f"{t.best:.1f}", f"{t.median:.1f}", f"{t.p95:.1f}", f"{t.sql_median:.2f}", f"{t.rows:.0f}",
                     out.mark(t.name, t.median <= t.target, f"<= {t.target} ms")])  # fmt: skip
    out.table(["ms from the request to the last byte", "best", "median", "p95", "SQL", "rows", "target"], rows)


def light_curves(instance):
    """Of some objects, the light curve with about 100 points. The SQL is that of its summary: the points are in no table."""
    found = instance.query(
        "SELECT object_id, photosys_id, band FROM dvo_db.series WHERE npoints BETWEEN 98 AND 102 ORDER BY md5(object_id::text) LIMIT %s",
        [questions.SOME],
    )
    did = f"ivo://{instance.settings.authority}/~?dvo/lightcurves/"
    return questions.Question(
        "light curve, 100 points",
        [(f"/dvo/lightcurves/sdl/dlget?ID={quote(f'{did}{row[0]}/{row[2]}')}",
          "SELECT * FROM dvo_db.series WHERE object_id = %s AND photosys_id = %s", row[:2]) for row in found],
        CURVE, same_rows=False)  # fmt: skip


#: Averages scattered over a square, by SQL: how they came in is not what is measured. They lie in the tables as ingestion leaves
#: them: region by region, of each some thousands (here half) in strips of the sky, and again. Every tenth has magnitudes.
_SCATTER = """
CREATE TEMP TABLE made AS SELECT definition FROM (SELECT indexdef AS definition, indexname FROM pg_indexes
  WHERE schemaname = 'dvo_db' AND tablename = 'averages' AND indexname <> 'averages_pkey') i;
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT indexname FROM pg_indexes WHERE schemaname = 'dvo_db' AND tablename = 'averages' AND indexname <> 'averages_pkey'
  LOOP EXECUTE 'DROP INDEX dvo_db.' || name; END LOOP; END $$;
INSERT INTO dvo_db.averages (object_id, region_id, ave_row, ra, dec, cat_id, obj_id, nmeasure, flags)
  SELECT (900000 + cell) * 1000000000::bigint + row, 900000 + cell, row,
    100 + {cell} * (cell / {across} + (row % {strip} + random()) / {strip}),
    {cell} * (cell % {across} + (row / {strip} % {strips} + random()) / {strips}), 900000 + cell, row, 0, 0
  FROM generate_series(0, {rows} - 1) n, LATERAL (SELECT n / {each} AS cell, n % {each} AS row) place;
DO $$ DECLARE d text; BEGIN FOR d IN SELECT definition FROM made LOOP EXECUTE d; END LOOP; END $$;
INSERT INTO dvo_db.secfilt (object_id, photcode, mag, mag_err)
  SELECT object_id, p.code, 18, 0.01 FROM dvo_db.averages a CROSS JOIN dvo_db.photcodes p
  WHERE p.type = 2 AND a.region_id >= 900000 AND a.ave_row % 10 = 0 ORDER BY 1, 2;
"""


def scatter(instance):
    """Fill dvo_db.averages up to CONE_ROWS rows, which takes some minutes."""
    have = instance.query("SELECT count(*) FROM dvo_db.averages")[0][0]
    with closing(instance.connect("admin")) as connection, connection.cursor() as cursor:
        across, strips = round(SIDE / CELL), round(CELL / STRIP)
        each = -(-CONE_ROWS // across**2)
        cursor.execute(_SCATTER.format(
            rows=CONE_ROWS - have, cell=CELL, across=across, each=each, strips=strips, strip=-(-each // 2 // strips)))  # fmt: skip


def cones():
    """Cone searches at random places of the square."""
    rng = random.Random(1)
    places = [(100 + SIDE * rng.uniform(0.01, 0.99), SIDE * rng.uniform(0.01, 0.99)) for _ in range(questions.SOME)]
    sql = "SELECT * FROM dvo.objects WHERE spoint(radians(ra), radians(dec)) <@ scircle(spoint(radians(%(ra)s), radians(%(dec)s)), radians(%(radius)s))"
    return questions.Question(
        f"cone search {CONE}°",
        [(f"/dvo/objects/cone/scs.xml?RA={ra}&DEC={dec}&SR={CONE}", sql, {"ra": ra, "dec": dec, "radius": CONE}) for ra, dec in places],
        SCS, "admin")  # fmt: skip
