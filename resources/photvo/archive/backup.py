"""The whole archive into one file and back: all base tables, by pg_dump and pg_restore.

A backup is a complete dump of the base schemas in pg_dump's custom format, and behind it a line with its SHA-256: pg_restore
itself does not see every damage, and does not mind the line. To restore one, only its rows are taken: the
tables are those of the programs that restore it, so that an older backup fits, whatever the roles are called, and the
published views stand all the time.
"""

import hashlib
import os
import re
import subprocess
import tempfile
from contextlib import closing, contextmanager

from photvo.machine import dachs, database
from photvo.settings import PhotvoError, say

from .session import LOCK

#: The last line of a backup.
SEAL = b"\nphotvo backup, sha256 %s\n"
#: What holds rows in any archive that is not empty.
FILLED = ("objects", "observations", "lightcurves", "ingest_log", "images", "averages", "measurements")

_INDEXES = """
SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition
FROM pg_index i JOIN pg_class c ON c.oid = indrelid JOIN pg_class x ON x.oid = indexrelid
WHERE c.relnamespace = ANY({schemas}::regnamespace[]) AND NOT x.relispartition
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = indexrelid AND contype IN ('p', 'u', 'x'))"""
_FOREIGN_KEYS = """
SELECT conrelid::regclass AS target, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND connamespace = ANY({schemas}::regnamespace[])"""

# Indexes and foreign keys go and come again, which is quicker than to keep them row by row; pg_restore's order of the
# tables is not that of the keys.
_BEFORE = f"""
\\set ON_ERROR_STOP on
\\o /dev/null
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT pg_advisory_xact_lock({LOCK}, hashtext(name)) FROM unnest({{schemas}}) AS name;
CREATE TEMPORARY TABLE indexes ON COMMIT DROP AS {_INDEXES};
CREATE TEMPORARY TABLE foreign_keys ON COMMIT DROP AS {_FOREIGN_KEYS};
TRUNCATE {{tables}} CASCADE;
DO $do$
DECLARE r record;
BEGIN
  FOR r IN SELECT * FROM pg_temp.foreign_keys LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %s', r.target, r.name); END LOOP;
  FOR r IN SELECT * FROM pg_temp.indexes LOOP EXECUTE format('DROP INDEX %s', r.name); END LOOP;
END $do$;
"""
_AFTER = """
RESET search_path;
{sequences}
DO $do$
DECLARE r record;
BEGIN
  FOR r IN SELECT * FROM pg_temp.indexes LOOP EXECUTE r.definition; END LOOP;
  FOR r IN SELECT * FROM pg_temp.foreign_keys LOOP
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %s %s', r.target, r.name, r.definition);
  END LOOP;
END $do$;
ANALYZE {tables};
COMMIT;
"""


def create(path):
    """A new file that its owner alone reads, opened for writing as whoever we are now; one that is there is not overwritten."""
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")
    except FileExistsError:
        raise PhotvoError(f"{path} is there already: name another file, or remove it first") from None
    except OSError as error:
        raise PhotvoError(f"{path} cannot be written: {error.strerror}") from None


@contextmanager
def discarded_on_failure(out, path):
    """In this context `out` (from `create`) is written; where that fails, nothing is left of it."""
    try:
        yield
        out.flush()
        os.fsync(out.fileno())
    except BaseException as error:
        out.truncate(0)
        try:
            os.unlink(path)
        except OSError:
            pass  # its folder is closed to the account that we are now; an empty file stays
        if isinstance(error, OSError):
            raise PhotvoError(f"{path}: not written: {error.strerror or error}") from None
        raise


def backup(settings, out, path):
    """Write a backup to `out` (from `create`), as readonly_user, while the services answer. `path` is its name."""
    names = [option for name in schemas(settings) for option in ("-n", name)]
    _check(path, *_run(settings, "readonly", "pg_dump", "-Fc", "--no-unlogged-table-data", *names, stdout=out))
    out.seek(0)
    digest = hashlib.file_digest(out, "sha256").hexdigest()
    out.seek(0, os.SEEK_END)
    out.write(SEAL % digest.encode())
    out.flush()
    say(f"{path}: {os.fstat(out.fileno()).st_size:,} bytes; the files of the images are not in it")


def restore(settings, source, path, replace=False):
    """Put the backup `source` (a file opened for reading) in place of all that the archive holds, as the admin.

    All of it or nothing. Raises PhotvoError where the archive is not empty, unless `replace`.
    """
    _check_seal(source, path)
    contents = _pg_restore(source, path, "--list").decode()
    tables = [f"{schema}.{table}" for schema, table in re.findall(r"^\d+; \d+ \d+ TABLE DATA (\S+) (\S+) ", contents, re.M)]
    names = sorted({table.partition(".")[0] for table in tables})
    if not tables or not set(names) <= set(schemas(settings)):
        raise PhotvoError(f"{path}: it is a dump, but not a backup of an archive such as this one; see `photvo import-database`")
    if not replace and (full := _filled(settings)):
        raise PhotvoError(f"the archive is not empty ({full} has rows): --replace restores {path} in its place")
    values = {"schemas": f"ARRAY{names}", "tables": ", ".join(tables), "sequences": _sequences(source, path, contents)}
    before, after = (text.format(**values).encode() for text in (_BEFORE, _AFTER))
    with _listed(contents, lambda line: " SEQUENCE SET " not in line) as rows, database.passfile(settings, "admin") as passwords:
        psql = subprocess.Popen(
            [dachs.psql(), "-X", "-q", *_address(settings.dsn("admin"))], env=_environ(passwords), start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            psql.stdin.write(before)
            psql.stdin.flush()
            source.seek(0)
            command = [_program("pg_restore"), "--data-only", "-L", rows, "-f", "-"]
            read = subprocess.run(command, stdin=source, stdout=psql.stdin, stderr=subprocess.PIPE)
            if not read.returncode:
                # without this, psql ends with its input, and the server undoes all of it
                psql.stdin.write(after)
            _, said = psql.communicate()
        except BrokenPipeError:
            said = psql.stderr.read()
            psql.wait()
        finally:
            if psql.poll() is None:
                psql.kill()
                psql.wait()
    _check(path, psql.returncode or read.returncode, said if psql.returncode else read.stderr)
    say(f"{path}: restored")


def _check_seal(source, path):
    size = os.fstat(source.fileno()).st_size - len(SEAL % (b"0" * 64))
    digest = hashlib.sha256()
    source.seek(0)
    while size > source.tell() and (block := source.read(min(size - source.tell(), 1 << 20))):
        digest.update(block)
    if source.read() != SEAL % digest.hexdigest().encode():
        raise PhotvoError(f"{path}: it is damaged, cut off, or not from `photvo backup`; nothing has changed")


def _sequences(source, path, contents):
    """The numbers that the sequences go on from, as SQL that a ROLLBACK undoes, which setval is not."""
    with _listed(contents, lambda line: " SEQUENCE SET " in line) as wanted:
        text = _pg_restore(source, path, "--data-only", "-L", wanted, "-f", "-").decode()
    found = re.findall(r"setval\('([\w.]+)', (\d+), (true|false)\)", text)
    return "\n".join(f"ALTER SEQUENCE {name} RESTART WITH {int(last) + (called == 'true')};" for name, last, called in found)


@contextmanager
def _listed(contents, wanted):
    "in this context there is a file with those lines of a backup's contents that are wanted, for pg_restore -L"
    with tempfile.NamedTemporaryFile("w", prefix="photvo.") as out:
        out.writelines(f"{line}\n" for line in contents.splitlines() if not line.startswith(";") and wanted(line))
        out.flush()
        yield out.name


def _pg_restore(source, path, *arguments):
    source.seek(0)
    done = subprocess.run([_program("pg_restore"), *arguments], stdin=source, capture_output=True)
    _check(path, done.returncode, done.stderr)
    return done.stdout


def schemas(settings):
    """The base schemas of the collections that the database has."""
    with closing(database.connect(settings, "readonly")) as connection, connection.cursor() as cursor:
        names = [f"{folder.name}_db" for folder in dachs.collections()]
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname = ANY(%s) ORDER BY 1", [names])
        return [row[0] for row in cursor]


def _filled(settings):
    "the first table with rows, None where the archive is empty"
    with closing(database.connect(settings)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = ANY(%s) AND tablename = ANY(%s) ORDER BY 1",
            [schemas(settings), list(FILLED)],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
            if cursor.fetchone()[0]:
                return table
    return None


def _program(name):
    return dachs.psql().with_name(name)


def _address(dsn):
    return ["-h", dsn["host"], "-p", str(dsn["port"]), "-U", dsn["user"], "-d", dsn["dbname"]]


def _environ(passwords):
    return {**os.environ, "PGPASSFILE": passwords, "TZ": "UTC"}


def _run(settings, role, program, *arguments, **options):
    "run one of PostgreSQL's programs as a role; returns its status and what it said"
    with database.passfile(settings, role) as passwords:
        command = [_program(program), *_address(settings.dsn(role)), *arguments]
        done = subprocess.run(command, env=_environ(passwords), stderr=subprocess.PIPE, **options)
    return done.returncode, done.stderr


def _check(path, status, said):
    if status:
        lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()] or [f"status {status}"]
        first = next((line for line in lines if "error" in line.lower()), lines[-1])
        raise PhotvoError(f"{path}: {first}; nothing has changed")
