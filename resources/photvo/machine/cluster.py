"""The PostgreSQL server of an instance: a private cluster in STATE/pg, or an existing server (DB_HOST).

The private cluster listens on 127.0.0.1 alone, on a port of its own, and wants a password from everyone.
Passwords are made here once, into STATE/db.env (mode 0600), and are on no command line and in no log.
"""

import os
import re
import secrets
import shutil
import signal
import socket
from pathlib import Path

from photvo.machine import process
from photvo.machine.database import EXTENSIONS
from photvo.settings import TOP, PhotvoError, read_env

SHARE = Path("/usr/share/postgresql")
LIBRARIES = Path("/usr/lib/postgresql")


def programs(data=None):
    """The folder of PostgreSQL's server programs: the version `data` was made with, else the newest with our extensions."""
    if data is not None and (data / "PG_VERSION").exists():
        version = (data / "PG_VERSION").read_text().strip()
        if not (LIBRARIES / version / "bin" / "postgres").exists():
            raise PhotvoError(f"{data} was made by PostgreSQL {version}, which is not installed: install postgresql-{version}")
        return LIBRARIES / version / "bin"
    found = [
        path.parents[1]
        for path in LIBRARIES.glob("*/bin/postgres")
        if all((SHARE / path.parents[1].name / "extension" / f"{name}.control").exists() for name in EXTENSIONS)
    ]
    if not found:
        raise PhotvoError("PostgreSQL with pgSphere and q3c is not installed: `make run` installs it")
    return max(found, key=lambda path: int(path.name)) / "bin"


class Cluster:
    """The private cluster of an instance. `account` is whose processes and files it has (None: our own)."""

    def __init__(self, settings, account=None):
        self.settings = settings
        self.account = account
        self.data = settings.state / "pg"
        self.log = settings.state / "log" / "cluster.log"
        self.child = None

    def start(self):
        """Start the cluster, made first if there is none, and return when it takes connections."""
        if not (self.data / "PG_VERSION").exists():
            self._make()
        self._end_orphan()
        port = self._port()
        (self.data / "photvo.conf").write_text(
            (TOP / "etc" / "postgresql.conf").read_text()
            + f"\nport = {port}\nlog_directory = '{self.settings.state / 'log'}'\n"
        )
        self._own(self.data / "photvo.conf")
        command = [programs(self.data) / "postgres", "-D", self.data]
        # a former server's shared memory can outlive it for a moment
        for _ in range(10):
            with open(self.log, "ab") as out:
                self.child = process.spawn(command, death="INT", account=self.account, stdout=out, stderr=out)
            ready = process.wait_until(lambda: self.child.poll() is not None or self._answers(port), 120)
            if ready and self.child.poll() is None:
                return
            process.end(self.child, first=signal.SIGINT)
            if "shared memory block" not in self._last_words():
                break
            process.wait_until(lambda: False, 1)
        raise PhotvoError(f"PostgreSQL did not start: {self._last_words()} (see {self.settings.state / 'log'})")

    def check(self):
        """Raises PhotvoError where the cluster has ended by itself."""
        if self.child.poll() is not None:
            raise PhotvoError(f"PostgreSQL ended by itself: {self._last_words()} (see {self.settings.state / 'log'})")

    def stop(self):
        """End the cluster: sessions are closed, everything is on disc."""
        if self.child:
            process.end(self.child, patience=60, first=signal.SIGINT)
            self.child = None

    def _make(self):
        """initdb aside, then rename: there is a whole cluster or none."""
        env = {
            "DB_HOST": "127.0.0.1",
            "DB_PORT": str(_free_port()),
            "DB_NAME": "vo",
            "DB_WRITER_USER": "writer_user",
            "DB_WRITER_PASS": secrets.token_urlsafe(24),
            "DB_READONLY_USER": "readonly_user",
            "DB_READONLY_PASS": secrets.token_urlsafe(24),
            "DB_ADMIN_USER": "postgres",
            "DB_ADMIN_PASS": secrets.token_urlsafe(24),
        }
        aside = self.settings.state / "pg.new"
        shutil.rmtree(aside, ignore_errors=True)
        password = self.settings.state / "pg.password"
        process.write(password, env["DB_ADMIN_PASS"] + "\n", 0o600)
        self._own(password)
        try:
            process.run(
                [programs() / "initdb", "-D", aside, "-U", "postgres", "--pwfile", password, "--auth=scram-sha-256",
                 "--encoding=UTF8", "--locale=C.UTF-8"],
                "initdb", self.log, account=self.account,
            )  # fmt: skip
        finally:
            password.unlink(missing_ok=True)
        with open(aside / "postgresql.conf", "a") as out:
            out.write("\n# rewritten at each start; settings of your own go below this line\ninclude_if_exists = 'photvo.conf'\n")
        _write_env(self.settings.db_env, env)
        aside.rename(self.data)

    def _port(self):
        """The port of db.env, or another one where that is taken meanwhile."""
        env = read_env(self.settings.db_env)
        if "DB_PORT" not in env:
            raise PhotvoError(
                f"{self.settings.db_env} is missing or damaged, and with it the passwords of {self.data}: "
                "bring it back from a backup"
            )
        port = int(env["DB_PORT"])
        if not _is_free(port):
            port = _free_port()
            _write_env(self.settings.db_env, {**env, "DB_PORT": str(port)})
        return port

    def _end_orphan(self):
        """End a server of this folder that a killed `photvo` left behind, and remove the PID file of a dead one."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        if str(self.data) not in process.command_line(pid):
            pid_file.unlink(missing_ok=True)
            return
        for signum in (signal.SIGINT, signal.SIGQUIT):
            try:
                os.kill(pid, signum)
            except ProcessLookupError:
                return
            if process.wait_until(lambda: not process.command_line(pid), 30):
                return
        raise PhotvoError(f"the PostgreSQL server {pid} of {self.data} does not end: end it by `kill -QUIT {pid}`")

    def _answers(self, port):
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]) == self.child.pid and lines[3] == str(port) and lines[7].strip() == "ready"
        except (OSError, ValueError, IndexError):
            return False

    def _last_words(self):
        logs = sorted((self.settings.state / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
        lines = [line for path in logs[-2:] for line in path.read_text(errors="replace").splitlines()]
        said = [found[1] for found in (re.search(r"(?:FATAL|PANIC): +(.+)", line) for line in lines) if found]
        return said[-1] if said else "it gave no reason"

    def _own(self, path):
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)


class Existing:
    """A PostgreSQL that somebody else runs (DB_HOST)."""

    def start(self):
        """Nothing to start; `prepare` sees whether it answers."""

    def check(self):
        """Not ours to watch: what fails says so itself."""

    def stop(self):
        """Nothing to end."""


def _write_env(path, env):
    process.write(path, "".join(f"{name}={value}\n" for name, value in env.items()), 0o600)


def _is_free(port):
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port():
    """A port below the range that the system gives to outgoing connections, where nothing can take it by chance."""
    for _ in range(100):
        port = 20000 + secrets.randbelow(10000)
        if _is_free(port):
            return port
    raise PhotvoError("no free port for PostgreSQL between 20000 and 30000 on 127.0.0.1")
