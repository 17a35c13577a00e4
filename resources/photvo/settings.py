"""What one running instance is: its ports, folders, authority and database.

Settings come from the environment, else from the file `.env` at the top of the checkout, else from
the defaults below. Nothing here opens a file for writing or a connection.
"""

import os
import pwd
import re
import sys
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
MOST_SERVERS = 4  # processes, unless the operator says otherwise: each takes 250 MB


class PhotvoError(Exception):
    """Anything that a person can mend. The text names the place and the remedy; it is one line."""


def read_env(path):
    """The NAME=value lines of an environment file as a dict; quotes around a value are dropped.

    Raises PhotvoError for a line that is none, and for a file that is not UTF-8. A missing file is an empty dict.
    """
    values = {}
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return values
    except UnicodeDecodeError as error:
        raise PhotvoError(f"{path}: it is not UTF-8 (byte {error.start}): save it as UTF-8") from None
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, sep, value = line.removeprefix("export ").partition("=")
        if not sep or not name.strip():
            raise PhotvoError(f"{path}, line {number}: expected NAME=value, found {line[:40]!r}")
        values[name.strip()] = value.strip().strip("'\"")
    return values


@dataclass(frozen=True)
class Settings:
    """The settings of one instance. Make one with `Settings.load()`."""

    port: int
    state: Path
    inputs: Path
    servers: int
    authority: str
    server_url: str
    env: dict = field(repr=False, default_factory=dict)

    @classmethod
    def load(cls, environ=os.environ):
        """Read the settings from `environ` and `.env`. Raises PhotvoError for a value that is none."""
        env = {**read_env(TOP / ".env"), **environ}
        port = env.get("PHOTVO_PORT") or "8080"
        if not (port.isdecimal() and 0 < int(port) < 65536):
            raise PhotvoError(f"PHOTVO_PORT={port}: a port is a number from 1 to 65535")
        servers = env.get("PHOTVO_SERVERS") or str(min(len(os.sched_getaffinity(0)), MOST_SERVERS))
        if not (servers.isdecimal() and 0 < int(servers) <= 64):
            raise PhotvoError(f"PHOTVO_SERVERS={servers}: the number of server processes is one from 1 to 64")
        authority = env.get("PHOTVO_AUTHORITY") or "photvo.example"
        if not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9._~-]{2,}", authority):
            raise PhotvoError(f"PHOTVO_AUTHORITY={authority}: an authority is three or more of a-z, 0-9 and ._~-, as in org.example")
        server_url = (env.get("PHOTVO_SERVER_URL") or f"http://localhost:{port}").rstrip("/")
        if not re.fullmatch(r"https?://[^\s/]+", server_url):
            raise PhotvoError(f"PHOTVO_SERVER_URL={server_url}: expected http://HOST or https://HOST, with :PORT where it has one")

        def folder(name, default):
            return (TOP / (env.get(name) or default)).resolve()

        return cls(
            port=int(port),
            state=folder("PHOTVO_STATE", "var"),
            inputs=folder("PHOTVO_INPUTS", "inputs"),
            servers=int(servers),
            authority=authority,
            server_url=server_url,
            env=env,
        )

    @property
    def address(self):
        """The address that the services listen on; only a container has a reason for another one."""
        return self.env.get("PHOTVO_ADDRESS") or "127.0.0.1"

    @property
    def external_database(self):
        """True where an existing PostgreSQL is used (DB_HOST is set) instead of the private cluster."""
        return bool(self.env.get("DB_HOST"))

    @property
    def db_env(self):
        """The file with the seed's DB_* variables of the running instance (mode 0600)."""
        return self.state / "db.env"

    def dsn(self, role="readonly"):
        """Keywords for `psycopg2.connect`. `role` is readonly, writer or admin.

        Raises PhotvoError where the instance has not been set up yet.
        """
        values = read_env(self.db_env)
        if self.external_database:
            values.update({k: v for k, v in self.env.items() if k.startswith("DB_")})
            if role == "admin":
                return {**self._admin(), "dbname": values.get("DB_NAME", "vo")}
        try:
            return {
                "host": values["DB_HOST"],
                "port": values.get("DB_PORT", "5432"),
                "dbname": values["DB_NAME"],
                "user": values[f"DB_{role.upper()}_USER"],
                "password": values[f"DB_{role.upper()}_PASS"],
            }
        except KeyError as missing:
            raise PhotvoError(f"{self.db_env}: {missing.args[0]} is not set; `make run` sets the instance up") from None

    def _admin(self):
        """The admin of an existing PostgreSQL: PHOTVO_ADMIN_DSN, needed for set-up alone and never written down."""
        from psycopg2 import ProgrammingError
        from psycopg2.extensions import parse_dsn

        dsn = {"host": self.env["DB_HOST"], "port": self.env.get("DB_PORT") or "5432"}
        with suppress(ProgrammingError):  # whose text may have a part of the password
            dsn.update(parse_dsn(self.env.get("PHOTVO_ADMIN_DSN", "")))
        if not {"user", "password"} <= dsn.keys():
            raise PhotvoError("DB_HOST is set: PHOTVO_ADMIN_DSN must give an admin, as in 'user=postgres password=...'")
        return dsn

    @cached_property
    def collections(self):
        """The settings of each collection: the name of etc/NAME.toml → its contents as a dict. PHOTVO_DVO_PIXELS names the folder of
        a DVO's images."""
        found = {}
        for path in sorted((TOP / "etc").glob("*.toml")):
            try:
                found[path.stem] = tomllib.loads(path.read_text("utf-8"))
            except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError
                raise PhotvoError(f"{path}: {error}") from None
        if pixels := self.env.get("PHOTVO_DVO_PIXELS"):
            found.setdefault("dvo", {})["pixels"] = {"folder": pixels}
        return found


def why(error):
    """What an OSError says; where permission is missing: whose, and how it is given."""
    if not isinstance(error, PermissionError):
        return error.strerror or str(error)
    try:
        account = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        account = f"number {os.geteuid()}"
    return f"the account {account}, as which this runs, has no permission; `chmod a+r` lets it read a file, `chmod a+rx` enter a folder"


def say(text):
    """One line for the person at the terminal or the log."""
    print(text, file=sys.stderr, flush=True)
