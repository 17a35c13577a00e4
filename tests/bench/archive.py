"""The archive that is measured: generated once; the floor of taking it in; made larger."""

import hashlib
import re
import shutil
import subprocess
import time

from photvo.settings import TOP, PhotvoError

OBJECTS, POINTS, SERIES = 14_331, 1_466_177, 87_363  # of the real archive
IMAGES = 8
TABLES = {"lightcurves": "id", "metadata_lc_json": "lightcurve_id"}  # and the point's id in them
GENERATOR = TOP / "resources" / "photvo" / "simulate"


def generate(folder):
    """The archive's files in `folder`/kolonica, made by `photvo simulate`; those of an earlier run are kept where the
    generator is the same. Returns the seconds it took, None for kept."""
    stamp = folder / "generator.sha256"
    digest = hashlib.sha256(f"{OBJECTS} {POINTS} {SERIES} {IMAGES}".encode())
    for path in sorted(path for path in GENERATOR.rglob("*") if path.suffix in (".py", ".csv")):
        digest.update(path.read_bytes())
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return None
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    begun = time.monotonic()
    done = subprocess.run(
        [TOP / "bin" / "photvo", "simulate", "kolonica", folder / "kolonica", "--objects", str(OBJECTS),
         "--points", str(POINTS), "--series", str(SERIES), "--images", str(IMAGES)],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise PhotvoError(f"photvo simulate failed: {done.stderr.strip().splitlines()[-1:]}")
    stamp.write_text(digest.hexdigest())
    return time.monotonic() - begun


def ingest(instance, folder):
    """Take the archive into the running instance; returns the seconds."""
    psql(instance, "CHECKPOINT")
    begun = time.monotonic()
    done = subprocess.run([TOP / "bin" / "photvo", "ingest"], env={**instance.env, "PHOTVO_INPUTS": str(folder)},
                          capture_output=True, text=True)  # fmt: skip
    seconds = time.monotonic() - begun
    if done.returncode == 1:
        raise PhotvoError(f"photvo ingest failed: {done.stderr.strip().splitlines()[-1:]}")
    return seconds


def copy_floor(instance, folder):
    """Seconds that psql's \\copy takes for the rows of TABLES into empty tables like them, in the same cluster: with
    the same indexes and foreign keys, the two one after the other as the keys want it. `drop_floor` removes them."""
    make = "DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench;"
    for table in TABLES:
        make += f"CREATE TABLE bench.{table} (LIKE kolonica_db.{table} INCLUDING ALL);"
    constraints = instance.query(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"
        " AND conrelid IN ('kolonica_db.lightcurves'::regclass, 'kolonica_db.metadata_lc_json'::regclass)",
        role="admin",
    )
    for table, name, definition in constraints:
        definition = definition.replace("kolonica_db.lightcurves(", "bench.lightcurves(")
        make += f"ALTER TABLE {table.replace('kolonica_db.', 'bench.')} ADD CONSTRAINT {name} {definition};"
    _export(instance, folder, 0)
    psql(instance, make)
    psql(instance, "CHECKPOINT")
    return _copy(instance, folder)


def copy_more(instance, folder, number):
    """The same for what has come since there were so many points, on top of the others."""
    _export(instance, folder, number)
    psql(instance, "ANALYZE bench.lightcurves, bench.metadata_lc_json")
    psql(instance, "CHECKPOINT")
    return _copy(instance, folder)


def drop_floor(instance, folder):
    """Remove what the floor was measured with."""
    psql(instance, "DROP SCHEMA IF EXISTS bench CASCADE")
    for table in TABLES:
        _file(folder, table).unlink(missing_ok=True)


def enlarge(instance, number):
    """Make the archive hold `number` points, the same light curves again and again at other times. Returns the seconds."""
    begun = time.monotonic()
    have = instance.query("SELECT count(*) FROM lightcurves")[0][0]
    names = instance.query(
        "SELECT string_agg(attname, ', ') FROM pg_attribute WHERE attrelid = 'kolonica_db.lightcurves'::regclass"
        " AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('id', 'time_given')")[0][0]  # fmt: skip
    step = instance.query("SELECT max(id) FROM lightcurves")[0][0]
    drop = instance.query(
        "SELECT string_agg('DROP INDEX ' || indexrelid::regclass, '; ') FROM pg_index WHERE NOT indisprimary AND indrelid IN"
        " ('kolonica_db.lightcurves'::regclass, 'kolonica_db.metadata_lc_json'::regclass)", role="admin")[0][0]  # fmt: skip
    copies = max(round(number / have) - 1, 0)
    psql(instance, f"""BEGIN; SET LOCAL session_replication_role = replica; {drop};
        INSERT INTO kolonica_db.lightcurves (id, time_given, {names})
          SELECT id + k * {step}, time_given + k * 0.000001, {names} FROM kolonica_db.lightcurves, generate_series(1, {copies}) k;
        INSERT INTO kolonica_db.metadata_lc_json (lightcurve_id, data)
          SELECT lightcurve_id + k * {step}, data FROM kolonica_db.metadata_lc_json, generate_series(1, {copies}) k;
        SELECT setval('kolonica_db.lightcurves_id_seq', {step * (copies + 1)});
        SELECT kolonica_db.index_points(); COMMIT""")
    psql(instance, "SELECT kolonica_db.analyze_tables()")
    psql(instance, "CHECKPOINT")
    return time.monotonic() - begun


def settle(instance):
    """What PostgreSQL does by itself some minutes after so much was written, done at once: the services are measured as they
    are on all other days, and not beside it."""
    psql(instance, "VACUUM (ANALYZE)")
    psql(instance, "CHECKPOINT")


def _file(folder, table):
    return folder / f"floor-{table}.csv"


def _export(instance, folder, since):
    "the rows of the points behind the first so many"
    where = f"IN (SELECT id FROM kolonica_db.lightcurves ORDER BY id OFFSET {since})" if since else "IS NOT NULL"
    for table, key in TABLES.items():
        psql(instance, f"\\copy (SELECT * FROM kolonica_db.{table} WHERE {key} {where}) TO '{_file(folder, table)}' CSV")


def _copy(instance, folder):
    return sum(psql(instance, f"\\copy bench.{table} FROM '{_file(folder, table)}' CSV") for table in TABLES)


def psql(instance, command):
    """Run by `photvo psql` as the admin; returns the seconds that psql counts for its last command."""
    done = instance.run("psql", "--as", "admin", "-X", "-c", "\\timing on", "-v", "ON_ERROR_STOP=1", "-c", command, timeout=None)
    times = re.findall(r"^Time: ([\d.]+) ms", done.stdout, re.MULTILINE)
    if done.returncode or not times:
        raise PhotvoError(f"psql: {done.stderr.strip()[-300:]} ({command[:60]} …)")
    return float(times[-1]) / 1000
