"""backup, restore and delete as an operator gives them, on running instances."""

import json
import os
import re
import shutil
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from running import Instance, bare_server, folder_of_session

from photvo.machine import account, process
from photvo.settings import TOP


@pytest.fixture(scope="module")
def other_server():
    """The settings of an existing PostgreSQL, with other roles and passwords than a private cluster's."""
    with bare_server("host") as (_, settings):
        admin = settings.dsn("admin")
        yield {"DB_HOST": admin["host"], "DB_PORT": admin["port"], "DB_NAME": "restored", "DB_WRITER_USER": "their_writer",
               "DB_WRITER_PASS": "their:writer's \\password", "DB_READONLY_USER": "their_reader", "DB_READONLY_PASS": "their secret two",
               "PHOTVO_ADMIN_DSN": f"user={admin['user']} password={admin['password']}"}  # fmt: skip


@pytest.fixture(scope="module")
def restored(instance, other_server):
    """An instance in that server whose archive is a backup of the shared one's."""
    path = folder_of_session() / "archive.dump"
    said, seen = watched(instance, "backup", path)
    assert said == 0 and not seen
    guest = Instance("restored", **other_server)
    said, seen = watched(guest, "restore", path)
    assert said == 0 and not seen
    guest.start()
    yield guest
    assert guest.stop() == 0


def watched(instance, *arguments):
    """Run a command; its exit status, and the command lines with a password that were seen meanwhile."""
    command = subprocess.Popen([TOP / "bin" / "photvo", *map(str, arguments)], env=instance.env)
    seen = []
    while command.poll() is None:
        lines = {" ".join(process.command_line(pid.name)) for pid in Path("/proc").glob("[0-9]*")}
        seen += [line for line in lines for secret in passwords(instance) if secret in line]
    return command.returncode, seen


def passwords(instance):
    if instance.settings.external_database:
        return [value for name, value in instance.env.items() if name.endswith("_PASS")]
    if not instance.settings.db_env.exists():
        return []
    return [instance.settings.dsn(role)["password"] for role in ("readonly", "writer", "admin")]


def get(instance, path):
    with urllib.request.urlopen(instance.url + path, timeout=60) as answer:
        return answer.read().replace(instance.url.rstrip("/").encode(), b"URL")


def ask(instance, query):
    return get(instance, "tap/sync?" + urllib.parse.urlencode({"LANG": "ADQL", "RESPONSEFORMAT": "csv", "QUERY": query}))


#: One request of each service, whose answer has no date in it.
REQUESTS = {
    "cone search": "kolonica/objects/cone/scs.xml?RA=325.679&DEC=43.5862&SR=0.5&RESPONSEFORMAT=csv",
    "light curves": "kolonica/lightcurves/ssa/ssap.xml?REQUEST=queryData&POS=325.679,43.5862&SIZE=0.5&RESPONSEFORMAT=csv",
    "a light curve": "kolonica/lightcurves/sdl/dlget?ID=ivo://photvo.example/~?kolonica/lightcurves/31/V&RESPONSEFORMAT=csv",
    "images": "kolonica/images/sia/siap2.xml?MAXREC=1000&RESPONSEFORMAT=csv",
}


def lines(answer):
    """The lines of an answer in some order, its numbers to 11 digits: pgSphere writes 15 of a position's into a dump."""
    number = re.compile(rb"-?\d+\.\d+(e-?\d+)?")
    return sorted(number.sub(lambda found: b"%.11g" % float(found[0]), line) for line in answer.splitlines())


@pytest.mark.parametrize("name", REQUESTS)
def test_every_service_of_a_restored_archive_gives_the_same_answer(instance, restored, name):
    given = lines(get(restored, REQUESTS[name]))
    assert len(given) > 3 and given == lines(get(instance, REQUESTS[name]))


@pytest.mark.parametrize("table", ["ivoa.obscore", "kolonica.objects", "kolonica.photometry", "kolonica.ts_ssa", "kolonica.metadata_lc_json"])
def test_every_table_of_a_restored_archive_has_the_same_rows(instance, restored, table):
    query = f"SELECT COUNT(*) AS n FROM {table}"
    assert ask(restored, query) == ask(instance, query) != b"n\r\n0\r\n"


def test_an_existing_postgresql_serves_as_well_as_one_of_our_own(restored):
    """DB_HOST and its companions, as in the seed."""
    assert b"available>true" in get(restored, "tap/availability")
    assert restored.query("SELECT current_database(), current_user") == [("restored", "their_reader")]
    assert not (restored.state / "pg").exists()
    asked = restored.run("psql", "--as", "writer_user", "-Atc", "SELECT current_user")
    assert asked.stdout == "their_writer\n", asked.stderr
    admin = re.search("password=(.*)", restored.env["PHOTVO_ADMIN_DSN"])[1]
    assert len(admin) > 20
    assert not [path for path in restored.state.rglob("*") if path.is_file() and admin in path.read_text(errors="replace")]


def test_nothing_was_taken_in_again_and_nobody_else_can_write(restored):
    assert restored.query("SELECT current_user")[0][0] == "their_reader"
    assert ", 0 not taken; rows: 0 taken" in restored.log and "0 files taken" in restored.log


def test_a_backup_is_not_restored_over_an_archive_unless_that_is_said(restored):
    path = folder_of_session() / "archive.dump"
    said = restored.run("restore", path)
    assert said.returncode == 1 and "--replace" in said.stderr and said.stderr.count("\n") == 1
    said = restored.run("backup", path)
    assert said.returncode == 1 and "there already" in said.stderr


def test_what_is_deleted_is_gone_from_all_services_at_once(restored):
    """Last of this module: afterwards the two archives differ."""
    queries = ["SELECT COUNT(*) AS n FROM ivoa.obscore WHERE target_name = 'SS Cyg' AND dataproduct_type = 'timeseries'",
               "SELECT COUNT(*) AS n FROM kolonica.photometry WHERE object_name = 'SS Cyg'",
               "SELECT COUNT(*) AS n FROM kolonica.ts_ssa WHERE ssa_targname = 'SS Cyg'"]  # fmt: skip
    before = [ask(restored, query) for query in queries]
    said = restored.run("delete", "object", "SS Cyg", "--dry-run")
    assert said.returncode == 0 and "would delete" in said.stderr
    assert [ask(restored, query) for query in queries] == before and b"n\r\n0\r\n" not in before
    assert restored.run("delete", "object", "SS Cyg").returncode == 0
    assert [ask(restored, query) for query in queries] == [b"n\r\n0\r\n"] * 3
    with pytest.raises(urllib.error.HTTPError) as gone:
        get(restored, REQUESTS["a light curve"])
    assert gone.value.code == 404


def test_no_password_is_in_a_log(instance, restored):
    for one in (instance, restored):
        written = [path for path in (one.state / "log").rglob("*") if path.is_file()] + [one.said]
        for secret in passwords(one):
            assert len(secret) > 10
            assert not [path for path in written if secret in path.read_text(errors="replace")]
    if shutil.which("git"):
        known = subprocess.run(["git", "ls-files", "-z", "--", "var", ".env"], cwd=TOP, capture_output=True).stdout
        assert not known, "credentials do not belong into git"


def test_psql_takes_two_dashes_as_others_do(instance):
    said = instance.run("psql", "--", "-Atc", "SELECT current_user")
    assert (said.returncode, said.stdout) == (0, "readonly_user\n"), said.stderr
    assert json.loads(instance.run("psql", "--as", "writer_user", "--", "-Atc", "SELECT to_json(current_user)").stdout) == "writer_user"


def test_the_roles_touch_nothing_but_their_own_tables(instance):
    """DaCHS' own tables and the published views lie in the same database."""
    rights = """SELECT nspname || '.' || relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE relkind IN ('r', 'p', 'v', 'm') AND nspname !~ '^pg_temp|^pg_toast' AND (nspname, relname) <> ('pg_catalog', 'pg_settings')
        AND has_table_privilege(%s, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') ORDER BY 1"""
    assert instance.query(rights, ["readonly_user"]) == []
    written = [row[0] for row in instance.query(rights, ["writer_user"])]
    assert "kolonica_db.lightcurves" in written and all(name.split(".")[0].endswith("_db") for name in written)
    schemas = "SELECT nspname FROM pg_namespace WHERE has_schema_privilege(%s, oid, 'CREATE') AND nspname !~ '^pg_temp|^pg_toast_temp'"
    for role in ("readonly_user", "writer_user"):
        assert instance.query(schemas, [role]) == []
        assert instance.query("SELECT rolname FROM pg_roles WHERE pg_has_role(%s, oid, 'MEMBER')", [role]) == [(role,)]
        assert instance.query("SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = %s",
                              [role]) == [(False,) * 5]  # fmt: skip


def test_a_file_that_the_instances_account_may_not_read_is_refused_with_the_remedy(instance):
    if os.geteuid() == 0 and not account.reachable(TOP):
        pytest.skip("root itself runs this instance, and may read everything")
    closed = folder_of_session() / "closed"
    closed.mkdir()
    (closed / "a.csv").write_text("phot_id,jd\n")
    for path, mode in ((closed / "a.csv", 0), (closed, 0)):
        before = path.stat().st_mode
        path.chmod(mode)
        for name in (closed / "a.csv", closed):
            said = instance.run("ingest", name, "--dry-run")
            assert said.returncode == 2 and "has no permission; `chmod a+r` lets it read a file" in said.stderr, said.stderr
        path.chmod(before)
