"""The database in the server: connections, roles, extensions. The same in a private cluster and in an existing server."""

import re
import tempfile
from contextlib import closing, contextmanager

from photvo.settings import PhotvoError

# the extensions of an instance and, where a packaged script does not load, the version that does (etc/packages.sh)
EXTENSIONS = {"pg_sphere": "1.2.0photvo", "q3c": None}


def connect(settings, role="admin", **keywords):
    """A psycopg2 connection with autocommit to the instance's database."""
    import psycopg2

    try:
        connection = psycopg2.connect(**{**settings.dsn(role), "connect_timeout": 10, **keywords})
    except psycopg2.OperationalError as error:
        raise PhotvoError(f"no connection to the database: {str(error).strip().splitlines()[-1]}") from None
    connection.autocommit = True
    return connection


@contextmanager
def passfile(settings, *roles):
    """In this context there is a file (mode 0600) with the passwords of `roles`, for PGPASSFILE; yields its path."""
    lines = []
    for dsn in map(settings.dsn, roles):
        fields = [dsn["host"], dsn["port"], "*", dsn["user"], dsn["password"]]
        lines.append(":".join(str(part).replace("\\", "\\\\").replace(":", "\\:") for part in fields) + "\n")
    with tempfile.NamedTemporaryFile("w", dir=settings.state, prefix="pgpass.") as out:
        out.write("".join(lines))
        out.flush()
        yield out.name


def prepare(settings):
    """Database, roles and extensions, in either kind of server. May run at any time; the second time changes nothing."""
    import psycopg2

    try:
        _prepare_database(settings)
        _create_extensions(settings)
    except psycopg2.Error as error:
        raise PhotvoError(f"the database cannot be set up: {str(error).strip().splitlines()[0]}") from None


def _prepare_database(settings):
    from psycopg2 import sql
    from psycopg2.extensions import encrypt_password

    admin, name = settings.dsn("admin"), sql.Identifier(settings.dsn("admin")["dbname"])
    with closing(connect(settings, dbname="postgres")) as connection, connection.cursor() as cursor:
        for role in ("writer", "readonly"):
            dsn = settings.dsn(role)
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [dsn["user"]])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            if verb == "ALTER" and settings.external_database:
                continue
            user = sql.Identifier(dsn["user"])
            # encrypted here, so that the server never sees the password and cannot log it
            secret = encrypt_password(dsn["password"], dsn["user"], connection, "scram-sha-256")
            cursor.execute(sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}").format(user, sql.Literal(secret)))
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [admin["dbname"]])
        if not cursor.fetchone():
            cursor.execute(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(name))
        for setting, value in (("jit", "off"), ("timezone", "UTC")):
            cursor.execute(sql.SQL("ALTER DATABASE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value)))
        for role in ("writer", "readonly"):
            user = sql.Identifier(settings.dsn(role)["user"])
            # the seed's SQL names its tables without a schema
            cursor.execute(sql.SQL("ALTER ROLE {} IN DATABASE {} SET search_path = kolonica_db, public").format(user, name))


def _create_extensions(settings):
    from psycopg2 import errors

    with closing(connect(settings)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        present = {row[0] for row in cursor}
        for extension, corrected in EXTENSIONS.items():
            if extension in present:
                continue
            try:
                cursor.execute(f"CREATE EXTENSION {extension}")
            except errors.InsufficientPrivilege:
                admin = settings.dsn("admin")["user"]
                raise PhotvoError(f"{admin} may not create the extension {extension}: let a superuser do it") from None
            except errors.DatabaseError as plain:
                _create_corrected(cursor, extension, corrected, plain)
        _correct_distance_order(cursor)
        try:
            # else whoever may only read could fill the disc
            cursor.execute("REVOKE EXECUTE ON FUNCTION lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea) FROM PUBLIC")
        except errors.InsufficientPrivilege:
            pass  # an existing server, whose admin owns only this database


def _create_corrected(cursor, extension, version, plain):
    """The packaged script failed with `plain`: take the corrected one where etc/packages.sh has put it."""
    cursor.execute("SELECT 1 FROM pg_available_extension_versions WHERE (name, version) = (%s, %s)", [extension, version])
    if not cursor.fetchone():
        reason = re.sub(r"\s+", " ", str(plain)).strip()
        raise PhotvoError(f"the extension {extension} cannot be created: {reason}; `make run` as root or with sudo corrects it")
    cursor.execute(f"CREATE EXTENSION {extension} VERSION '{version}'")


def _correct_distance_order(cursor):
    """Keep the index from sorting by distance where it gets the order wrong, as in pgSphere 1.5.1 (Debian 13).

    There `ORDER BY position <-> point` comes from the index with the nearest point last. Without the operator in the
    index's family PostgreSQL takes the rows from the index and sorts them itself.
    """
    cursor.execute("""
        SELECT amopstrategy FROM pg_amop JOIN pg_opfamily f ON f.oid = amopfamily
        WHERE opfname = 'spoint' AND amoppurpose = 'o' AND amopopr = '<->(spoint,spoint)'::regoperator""")
    strategy = cursor.fetchone()
    if not strategy:
        return
    cursor.execute("""
        CREATE TEMP TABLE trial AS SELECT spoint(radians(10 + i * 0.01), 0.5) AS place FROM generate_series(0, 99) i;
        CREATE INDEX ON trial USING gist (place);
        SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;
        SELECT place <-> spoint(radians(10), 0.5) FROM trial ORDER BY place <-> spoint(radians(10), 0.5)""")
    distances = [row[0] for row in cursor]
    if distances != sorted(distances):
        cursor.execute(f"ALTER OPERATOR FAMILY spoint USING gist DROP OPERATOR {strategy[0]} (spoint, spoint)")
