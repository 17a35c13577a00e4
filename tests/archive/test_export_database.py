"""The archive as the seed's database, loaded with psql; and from there into another archive."""

import gzip
import os
import subprocess
from contextlib import closing

import psycopg2
import pytest
from archive_inputs import fill, image, points, run
from conftest import fresh

from photvo.archive import backup, origin
from photvo.archive.export_database import TABLES, export_database
from photvo.archive.import_database import import_database
from photvo.machine import dachs, database

#: All of a point; but the date that a source says nothing of, which a file does not have and a database does.
POINTS = """SELECT l.id, o.gaia_name, p.band, progid, time_given, time_stated, CASE WHEN obs_time_utc IS NOT NULL THEN l.dateobs END, magnitude, mag_err, mag_diff, mag_diff_err, l.id_arch,
  filename, quality, exptime, upper_limit, flux, flux_err, flux_unit, published, airmass, image, m.id, m.data, obs_time, obs_time_utc
  FROM lightcurves l JOIN objects o ON o.id = object_id JOIN photosys p ON p.id = photosys_id JOIN datasources d ON d.id = datasource_id
  LEFT JOIN observations b ON b.id = observation_id LEFT JOIN metadata_lc_json m ON lightcurve_id = l.id ORDER BY l.id"""
REST = [
    "SELECT id, long(coordequ), lat(coordequ), gaia_name, simbad_name, class, description, ucac4_name, vsx_name, id_arch FROM objects ORDER BY id",
    "SELECT id, dateobs, accumtime, telescope_id, instrument_id, fov::text, band, long(coordequ), filename FROM observations ORDER BY id",
    *(f"SELECT * FROM {table} ORDER BY id" for table in ("metadata_obs_json", "photosys", "datasources", "telescopes", "instruments", "observatories")),
    "SELECT object_id, band, npoints FROM series ORDER BY 1, 2",
]


@pytest.fixture(scope="module")
def full(module_archive, tmp_path_factory):
    """An archive with points of all kinds."""
    fill(module_archive)
    module_archive.put("images/2021-10-22/a.fits", image(AIRMASS=1.25))
    module_archive.put("lightcurves/a.csv", points(*run(40, image_link="a.fits"), *run(3, 2459700.5, image_link="b.fits")))
    module_archive.put("lightcurves/b.csv", points(*run(20, observer="ziga", obs_type_id="2", privileges="owner", jd="2459511.123456789")[:1],
                                                   *run(5, 2459612.123456, object_id_arch="78", observer="old", exp_time="")))  # fmt: skip
    assert module_archive.ingest().status == 0
    # what other formats bring
    module_archive.query("UPDATE lightcurves SET upper_limit = true WHERE id % 7 = 0", role="writer")
    module_archive.query("UPDATE lightcurves SET magnitude = NULL, mag_err = NULL, mag_diff = NULL, mag_diff_err = NULL, flux = 12.5,"
                         " flux_err = 0.25, flux_unit = 'mJy' WHERE id % 11 = 0", role="writer")  # fmt: skip
    module_archive.query("DELETE FROM metadata_lc_json WHERE lightcurve_id % 13 = 0; UPDATE objects SET description = repeat('x', 60) WHERE id = 2",
                         role="writer")  # fmt: skip
    module_archive.query("UPDATE lightcurves SET comp_set = NULL WHERE id % 13 = 0", role="writer")
    module_archive.folder = tmp_path_factory.mktemp("export")
    return module_archive


def export(archive, name):
    path = archive.folder / name
    with backup.create(path) as out, backup.discarded_on_failure(out, path):
        export_database(archive.settings, out, path)
    return path


class Loaded:
    """An empty database into which psql has loaded a file."""

    def __init__(self, server, path):
        self.server, self.name = server, "loaded"
        self.run("CREATE DATABASE loaded", dbname="postgres")
        with closing(database.connect(server)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'pg_sphere'")
            self.run(f"CREATE EXTENSION pg_sphere VERSION '{cursor.fetchone()[0]}'")
        self.run("CREATE ROLE loaded_reader LOGIN PASSWORD 'of the test'", dbname="postgres")
        dsn = server.dsn("admin")
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        with database.passfile(server, "admin") as passwords:
            command = [dachs.psql(), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", dsn["host"], "-p", dsn["port"], "-U", dsn["user"], "-d", "loaded"]
            done = subprocess.run(command, input=text, env={**os.environ, "PGPASSFILE": passwords}, capture_output=True)
        assert done.returncode == 0 and not done.stderr, done.stderr
        self.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO loaded_reader")
        self.dsn = {**dsn, "dbname": "loaded", "user": "loaded_reader", "password": "of the test"}

    def run(self, statement, dbname=None):
        with closing(database.connect(self.server, dbname=dbname or self.name)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def drop(self):
        self.run("DROP DATABASE loaded WITH (FORCE)", dbname="postgres")
        self.run("DROP ROLE loaded_reader", dbname="postgres")


@pytest.fixture(params=["out.sql", "out.sql.gz"])
def loaded(full, database_server, request):
    made = Loaded(database_server, export(full, request.param))
    yield made
    made.drop()
    (full.folder / request.param).unlink()


def test_it_loads_as_the_seeds_database_and_the_seeds_queries_run_there(loaded, full):
    rows = loaded.run("""select extract(julian from dateobs at time zone 'UTC+12'), magnitude,
        mag_err, p.band from lightcurves l join objects o on l.object_id = o.id
        join photosys p on l.photosys_id = p.id where o.simbad_name ilike 'TYC 4568-4%' and l.id = 1;""")
    assert [tuple(map(str, row)) for row in rows] == [("2459510.34387000000000000000", "10.0000", "0.1190", "i_sdss")]
    cone = loaded.run("""select gaia_name, simbad_name, coordequ <-> spoint '(325.679d, 43.5862d)'
        as dist from objects where coordequ <@ scircle('<(325.679d,
        43.5862d),0.1d>') order by dist;""")
    assert [row[0] for row in cone] == ["1972957892448494592", "1972957308333789312", "1972957690592232192"]
    stars = """select count(lightcurve_id) from metadata_lc_json where '"494407193118781824"' <@ (data->'comp_stars');"""
    assert loaded.run(stars) == full.query(stars) != [(0,)]
    assert loaded.run("SELECT path_to_fits FROM observations") == [(str(full.inputs / "images" / "2021-10-22"),)]


def test_its_columns_and_types_are_the_seeds(loaded):
    found = {}
    for table, column, kind in loaded.run("""SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod) FROM pg_attribute
            JOIN pg_class c ON c.oid = attrelid WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 ORDER BY attnum"""):
        found.setdefault(table, []).append((column, kind))
    assert len(found) == 10
    assert found["lightcurves"] == [
        ("id", "integer"), ("object_id", "integer"), ("dateobs", "timestamp with time zone"), ("magnitude", "numeric(12,4)"),
        ("mag_err", "numeric(12,4)"), ("datasource_id", "integer"), ("photosys_id", "integer"), ("mag_diff", "numeric(12,4)"),
        ("mag_diff_err", "numeric(12,4)"), ("id_arch", "integer"), ("observation_id", "integer"), ("quality", "integer"),
    ]  # fmt: skip
    assert ("filename", "character varying(32)") in found["observations"] and ("coordequ", "spoint") in found["objects"]
    # a text of sixty characters, which the seed's 32 do not hold
    assert ("description", "character varying(60)") in found["objects"] and ("data", "jsonb") in found["metadata_lc_json"]
    assert set(TABLES) | {"observatories", "telescopes", "instruments", "photosys", "datasources"} == set(found)


def test_its_keys_hold_and_its_numbers_go_on(loaded):
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        loaded.run("INSERT INTO lightcurves (object_id) VALUES (4711)")
    ((new, last),) = loaded.run("INSERT INTO lightcurves (object_id) VALUES (1) RETURNING id, (SELECT max(id) FROM lightcurves)")
    assert new > last


def test_from_there_another_archive_gets_the_same(loaded, full, database_server, tmp_path):
    with fresh(database_server, tmp_path) as archive:
        assert import_database(archive.settings, loaded.dsn) == 0
        assert archive.query(POINTS) == full.query(POINTS)
        for query in REST:
            assert archive.query(query) == full.query(query), query


def test_a_file_that_is_there_is_not_overwritten_and_a_failure_leaves_none(full, tmp_path):
    path = full.folder / "there.sql"
    path.write_text("mine")
    with pytest.raises(backup.PhotvoError, match="there already"):
        export(full, "there.sql")
    assert path.read_text() == "mine"


def test_the_origin_is_told_apart_by_its_address(loaded):
    with origin.Origin(loaded.dsn, {}) as there:
        assert there.name == f"postgresql://{loaded.dsn['host']}:{loaded.dsn['port']}/loaded"
        assert "password" not in there.name and there.columns("objects")[:2] == ["id", "coordequ"]
