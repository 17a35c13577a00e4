"""What each role cannot do: the writer changes rows and nothing else, the reader nothing at all."""

import psycopg2
import pytest
from archive_inputs import fill, points, run

#: What changes structure, other schemas, roles or the machine. Nobody but the admin may.
NOBODY = [
    "CREATE TABLE kolonica_db.mine (x integer)",
    "CREATE TABLE public.mine (x integer)",
    "CREATE SCHEMA mine",
    "CREATE VIEW kolonica_db.mine AS SELECT 1",
    "CREATE FUNCTION kolonica_db.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION public.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION kolonica_db.analyze_tables() RETURNS void LANGUAGE sql AS ''",
    "CREATE OR REPLACE FUNCTION kolonica_db.take_points() RETURNS bigint LANGUAGE sql AS 'SELECT 1'",
    "DROP FUNCTION kolonica_db.take_points()",
    "ALTER FUNCTION kolonica_db.take_points() SECURITY INVOKER",
    "ALTER TABLE lightcurves ADD COLUMN x integer",
    "ALTER TABLE lightcurves DROP CONSTRAINT lightcurves_object_id_fkey",
    "ALTER TABLE lightcurves DISABLE TRIGGER ALL",
    "ALTER TABLE lightcurves OWNER TO CURRENT_USER",
    "DROP TABLE lightcurves CASCADE",
    "TRUNCATE lightcurves CASCADE",
    "CREATE INDEX ON lightcurves (quality)",
    "DROP INDEX lightcurves_point",
    "CREATE TRIGGER mine BEFORE INSERT ON lightcurves EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE mine AS ON INSERT TO lightcurves DO INSTEAD NOTHING",
    "COMMENT ON TABLE lightcurves IS 'mine'",
    "SET session_replication_role = replica",
    "ALTER DATABASE {database} SET jit = on",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE postgres PASSWORD 'mine'",
    "CREATE ROLE mine",
    "CREATE DATABASE mine",
    "CREATE EXTENSION plperlu",
    "CREATE EXTENSION file_fdw",
    "SET ROLE postgres",
    "SET ROLE {other}",
    "SET SESSION AUTHORIZATION postgres",
    "GRANT postgres TO CURRENT_USER",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT pg_read_file('postgresql.conf')",
    "COPY lightcurves TO '/tmp/mine'",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT lo_import('/etc/passwd')",
    "ALTER SYSTEM SET fsync = off",
]
#: What changes rows: the writer may, the reader may not.
READER = [
    "INSERT INTO photosys (band) VALUES ('X')",
    "UPDATE objects SET class = 'x'",
    "DELETE FROM metadata_lc_json",
    "DELETE FROM ingest_rejects",
    "INSERT INTO point_stage (id) VALUES (1)",
    "TRUNCATE point_stage",
    "SELECT nextval('lightcurves_id_seq')",
    "SELECT setval('lightcurves_id_seq', 1)",
    "SELECT take_points()",
    "SELECT analyze_tables()",
    "SELECT unindex_points()",
    "SELECT index_points()",
    "SELECT index_points_first()",
    "SELECT dvo_db.unindex_tables()",
    "SELECT dvo_db.index_tables()",
    "SELECT * FROM objects FOR UPDATE",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
]


@pytest.fixture(scope="module")
def filled(module_archive):
    fill(module_archive)
    module_archive.put("lightcurves/a.csv", points(*run(5)))
    assert module_archive.ingest().status == 0
    return module_archive


@pytest.mark.parametrize("role, other", [("writer", "readonly_user"), ("readonly", "writer_user")])
@pytest.mark.parametrize("statement", NOBODY)
def test_nobody_but_the_admin_changes_structure_or_becomes_another(filled, statement, role, other):
    statement = statement.format(database=filled.settings.dsn()["dbname"], other=other)
    if statement.startswith("CREATE EXTENSION") and not available(filled, statement.split()[-1]):
        statement = "CREATE EXTENSION pageinspect" if available(filled, "pageinspect") else "CREATE SCHEMA mine"
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        filled.query(statement, role=role)


def available(archive, extension):
    return archive.query("SELECT 1 FROM pg_available_extensions WHERE name = %s", [extension])


@pytest.mark.parametrize("statement", READER)
def test_the_reader_changes_nothing(filled, statement):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        filled.query(statement, role="readonly")


def test_nobody_passes_rights_on(filled):
    rights = "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'kolonica_db'::regnamespace ORDER BY 1"
    before = filled.query(rights)
    for role, other in (("writer", "readonly_user"), ("readonly", "PUBLIC")):
        # PostgreSQL only warns that nothing was granted
        filled.query(f"GRANT SELECT ON lightcurves TO {other}", role=role)
    assert filled.query(rights) == before


def test_the_writer_writes_rows(filled):
    assert filled.query("INSERT INTO photosys (band) VALUES ('X') RETURNING band", role="writer") == [("X",)]
    assert filled.query("DELETE FROM photosys WHERE band = 'X' RETURNING band", role="writer") == [("X",)]


@pytest.mark.parametrize("role", ["writer", "readonly"])
def test_a_wrong_password_opens_nothing(filled, role):
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(**{**filled.settings.dsn(role), "password": "x"})
    with pytest.raises(psycopg2.OperationalError, match="no password supplied"):
        psycopg2.connect(**{**filled.settings.dsn(role), "password": None})
