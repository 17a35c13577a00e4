"""`photvo ingest` of a DVO as a process of its own, which waits where a test wants it to."""

import subprocess
import sys
from contextlib import closing, contextmanager

from photvo.machine import process
from photvo.settings import TOP

#: Any load is as large as one that goes without indexes.
_CODE = ("import os, sys; from photvo.settings import Settings; from photvo.archive import dvo; dvo.FIRST_AT_LEAST = 0;"
         "os.cpu_count = lambda: int(sys.argv[1]); sys.exit(dvo.ingest(Settings.load()).status)")  # fmt: skip
_WAITING = """SELECT count(*) FROM pg_stat_activity WHERE usename = 'writer_user' AND datname = current_database()
AND wait_event_type = 'Lock' AND query LIKE %s"""


def start(archive, mode="loaded", cores=2):
    """An ingester of the archive's DVO, as a running Popen."""
    env = {"PYTHONPATH": str(TOP / "resources"), "PHOTVO_STATE": str(archive.settings.state), "PHOTVO_DVO_MODE": mode,
           "PHOTVO_INPUTS": str(archive.settings.inputs)}  # fmt: skip
    return subprocess.Popen([sys.executable, "-c", _CODE, str(cores)], env=env, stderr=subprocess.PIPE, text=True)


def finish(ingester, within=180):
    """(exit status, what it said on stderr)."""
    said = ingester.communicate(timeout=within)[1]
    return ingester.returncode, said


@contextmanager
def held(archive, statement, *parameters):
    """In this context what a statement locks is locked."""
    with closing(archive.connect("admin")) as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute(statement, parameters)
        yield
        connection.rollback()


def wait_for(archive, ingester, condition):
    """Wait until there is what the ingester has to wait for."""
    assert process.wait_until(lambda: ingester.poll() is not None or condition(), 120)
    assert ingester.poll() is None, finish(ingester)


def waits(archive, ingester, query="%"):
    wait_for(archive, ingester, lambda: archive.query(_WAITING, [query], role="admin")[0][0] > 0)


def kill(ingester):
    ingester.kill()
    finish(ingester)
