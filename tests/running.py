"""Instances for the tests: real ones, each started by `bin/photvo run` with a port and a state folder of its own."""

import os
import select
import shutil
import signal
import socket
import subprocess
import time
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from photvo.machine import account, cluster, process
from photvo.settings import TOP, Settings

READY_WITHIN = 240  # s, first start on a slow machine


#: A socket for each port that was given away, bound so that other processes of tests leave it alone.
_GIVEN = []


def free_port():
    """A TCP port that nobody has, outside the range of outgoing connections where the system allows."""
    for port in range(18000 + os.getpid() % 1000, 20000):
        ours = socket.socket()
        try:
            ours.bind(("127.0.0.1", port))
        except OSError:
            ours.close()
            continue
        # now an instance may listen there, which asks for the same
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _GIVEN.append(ours)
        return port
    raise RuntimeError("no free port between 18000 and 20000")


def folder_of_tests():
    """Where test instances and their files go: var/test, or where the instances' account can reach it."""
    base = TOP / "var" / "test"
    return base if account.reachable(TOP) else account.elsewhere(base)


def folder_of_session():
    """The folder of this run of the tests; several may be under way at once."""
    folder = folder_of_tests() / str(os.getpid())
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def descendants(pid):
    """The processes that `pid` has started, and theirs in turn, itself included."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    family = [pid]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def alive(pids):
    """Those of the processes that still run (a dead one that nobody has asked about does not)."""

    def runs(pid):
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    return [pid for pid in pids if runs(pid)]


class Database:
    """What has `settings`, and with them a database."""

    def connect(self, role="readonly"):
        """A psycopg2 connection in autocommit as readonly, writer or admin. Close it."""
        connection = psycopg2.connect(**self.settings.dsn(role))
        connection.autocommit = True
        return connection

    def query(self, sql, parameters=None, role="readonly"):
        """The rows of one statement."""
        if role == "writer":  # whose sessions are those of ingesters
            with closing(self.connect(role)) as connection:
                return _rows(connection, sql, parameters)
        kept = self.__dict__.setdefault("kept", {})
        try:
            return _rows(kept[role], sql, parameters)
        except (KeyError, psycopg2.OperationalError, psycopg2.InterfaceError):
            if role in kept and not kept[role].closed:
                raise
        # the first, or the server has been started anew
        kept[role] = self.connect(role)
        return _rows(kept[role], sql, parameters)


def _rows(connection, sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


class Instance(Database):
    """A running photvo. `url` ends in a slash; `log` is what it said on stderr."""

    def __init__(self, name, **env):
        self.state = Path(env.get("PHOTVO_STATE") or folder_of_session() / name)
        self.port = int(env.get("PHOTVO_PORT") or free_port())
        self.url = f"http://localhost:{self.port}/"
        # each is given, even if empty: an operator's .env has no say in the tests
        ours = {"PHOTVO_STATE": str(self.state), "PHOTVO_INPUTS": str(TOP / "inputs"), "PHOTVO_AUTHORITY": "photvo.example",
                "PHOTVO_SERVER_URL": "", "PHOTVO_SERVERS": "", "PHOTVO_ADDRESS": "", "PHOTVO_ADMIN_DSN": "", "DB_HOST": ""}  # fmt: skip
        self.env = {**os.environ, **ours, **env, "PHOTVO_PORT": str(self.port)}
        self.settings = Settings.load(self.env)
        self.said = self.state.parent / f"{name}.log"
        self.process = None
        self.seconds = None

    def start(self):
        """Start and wait for the ready line; `seconds` is how long that took."""
        begun = time.monotonic()
        with open(self.said, "w") as log:
            self.process = subprocess.Popen([TOP / "bin" / "photvo", "run"], env=self.env, stdout=subprocess.PIPE,
                                            stderr=log, text=True, start_new_session=True)  # fmt: skip
        ready, _, _ = select.select([self.process.stdout], [], [], READY_WITHIN)
        line = self.process.stdout.readline() if ready else "(nothing)"
        self.seconds = time.monotonic() - begun
        assert line == f"photvo is ready: {self.url}\n", f"it said {line!r} and {self.log}"
        return self

    def stop(self):
        """End it as an operator does and see that nothing of it is left. Returns its exit status."""
        family = descendants(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(90)
        finally:
            self.process.stdout.close()
        # the system takes a moment to remove a process that was killed
        process.wait_until(lambda: not alive(family), 20)
        left = [f"{pid} {' '.join(process.command_line(pid))}" for pid in alive(family)]
        assert not left, f"still running after the end: {left}"
        return status

    @property
    def log(self):
        return self.said.read_text()

    def run(self, *arguments, **options):
        """`bin/photvo ARGUMENTS` on this instance, as a CompletedProcess with text."""
        command = [TOP / "bin" / "photvo", *map(str, arguments)]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, **{"timeout": 300, **options})


@contextmanager
def bare_server(name):
    """In this context a private cluster runs, with nothing in it: (Cluster, its settings)."""
    state = folder_of_session() / name
    owner = account._account() if os.geteuid() == 0 else None
    for folder in (state, state / "log"):
        folder.mkdir()
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
    settings = Settings.load({"PHOTVO_STATE": str(state), "PHOTVO_INPUTS": str(TOP / "inputs")})
    server = cluster.Cluster(settings, owner)
    try:
        server.start()
        yield server, settings
    finally:
        server.stop()
        shutil.rmtree(state, ignore_errors=True)
