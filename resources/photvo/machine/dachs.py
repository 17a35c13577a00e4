"""The private DaCHS root of an instance, STATE/dachs: made, configured, and filled with the descriptors.

The root's inputs folder is put together from links, so that two instances of one checkout share nothing and
nothing is written into the checkout.
"""

import grp
import hashlib
import json
import os
import shutil
import subprocess
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from photvo.machine import cluster, database, process
from photvo.settings import TOP, PhotvoError, say

RESOURCES = TOP / "resources"
PYTHON = TOP / "var" / "env" / "server" / "bin" / "python"
DACHS = RESOURCES / "photvo" / "machine" / "bin" / "dachs"
# a descriptor may use what those before it define; others follow in the order of their names
ORDER = ("db", "objects", "lightcurves", "images")


def root(settings):
    """The DaCHS root of the instance."""
    return settings.state / "dachs"


def environ(settings):
    """The environment in which anything of DaCHS runs, and what it starts in turn (asynchronous TAP jobs)."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "GAVO"))}
    return {
        **inherited,
        # our `dachs` first, then the Python it is for
        "PATH": f"{DACHS.parent}:{PYTHON.parent}:{inherited.get('PATH', '/usr/bin:/bin')}",
        "PYTHONPATH": str(RESOURCES),
        "GAVOSETTINGS": str(root(settings) / "gavo.rc"),
        # no ~/.gavorc of whoever starts it
        "HOME": str(root(settings)),
        "TZ": "UTC",
        "LANG": "C.UTF-8",
        "PHOTVO_STATE": str(settings.state),
        "PHOTVO_INPUTS": str(settings.inputs),
        "PHOTVO_PORT": str(settings.port),
        "PHOTVO_AUTHORITY": settings.authority,
        "PHOTVO_SERVER_URL": settings.server_url,
    }


def collections():
    """The folders of resources/ that publish something, in the order of their names."""
    return sorted(path for path in RESOURCES.iterdir() if path.is_dir() and [*path.glob("*.rd"), *path.glob("schema.sql")])


def descriptors():
    """The ids of all descriptors in the order of their import, e.g. kolonica/db."""

    def place(path):
        return (ORDER.index(path.stem) if path.stem in ORDER else len(ORDER), path.stem)

    return [f"{folder.name}/{path.stem}" for folder in collections() for path in sorted(folder.glob("*.rd"), key=place)]


def configure(settings):
    """Write what DaCHS reads at its start: settings, metadata, vocabularies, profiles' address, the inputs folder."""
    here = root(settings)
    for folder in ("etc", "inputs", "cache", "web/nv_static", "web/templates"):
        (here / folder).mkdir(parents=True, exist_ok=True)
    # the profiles hold passwords
    (here / "etc").chmod(0o700)
    dsn = settings.dsn("admin")
    (here / "etc" / "dsn").write_text(f"host = {dsn['host']}\nport = {dsn['port']}\ndatabase = {dsn['dbname']}\n")
    values = {
        "ROOT": here,
        "LOG": settings.state / "log",
        "GROUP": grp.getgrgid(os.getegid()).gr_name,
        "URL": settings.server_url,
        "ADDRESS": settings.address,
        "PORT": settings.port,
        "AUTHORITY": settings.authority,
    }
    for source, target in (("gavo.rc", "gavo.rc"), ("defaultmeta.txt", "etc/defaultmeta.txt"), ("userconfig.rd", "etc/userconfig.rd")):
        if (TOP / "etc" / source).exists():
            text = (TOP / "etc" / source).read_text()
            for name, value in values.items():
                text = text.replace(f"@{name}@", str(value))
            process.write(here / target, text)
    for source, target in (("static", "nv_static"), ("templates", "templates")):
        _link_contents(TOP / "etc" / source, here / "web" / target)
    _seed_vocabularies(here / "cache")
    _assemble_inputs(settings)


def set_up(settings):
    """`dachs init` and the import of all descriptors, where this has not been done or something has changed since.

    Returns True where anything was done.
    """
    stamp = root(settings) / "imported.json"
    now = {"init": _identity(settings), "dachs": version("gavodachs"), "content": _content(settings)}
    before = json.loads(stamp.read_text()) if stamp.exists() else {}
    if before == now:
        return False
    say("photvo: setting up the services" + (" anew, because something has changed" if before else ""))
    log = settings.state / "log" / "setup.log"
    stamp.unlink(missing_ok=True)
    if before.get("init") != now["init"]:
        _init(settings, log)
    elif before.get("dachs") != now["dachs"]:
        process.run([PYTHON, DACHS, "upgrade"], "dachs upgrade", log, env=environ(settings))
    for folder in collections():
        if (folder / "schema.sql").exists():
            run_sql(settings, folder / "schema.sql", log)
    command = [PYTHON, "-m", "photvo.machine.imports", "//obscore", *descriptors()]
    process.run(command, "the import of the descriptors", log, env=environ(settings))
    process.write(stamp, json.dumps(now))
    return True


def _init(settings, log):
    """`dachs init`: DaCHS' roles, profiles and system tables in this database."""
    dsn = settings.dsn("admin")
    address = f"host={dsn['host']} port={dsn['port']} user={dsn['user']} dbname={dsn['dbname']}"
    with database.passfile(settings, "admin") as passwords:
        # not with our `dachs`: it wants the database that this makes
        command = [PYTHON, "-m", "gavo.user.cli", "init", "-d", address]
        process.run(command, "dachs init", log, env={**environ(settings), "PGPASSFILE": passwords})
    for profile in ("feed", "trustedquery", "untrustedquery"):
        (root(settings) / "etc" / profile).chmod(0o600)


def run_sql(settings, path, log):
    """Run a file of SQL as the admin, with psql and the variables writer and readonly."""
    dsn = settings.dsn("admin")
    command = [
        psql(), "-X", "-q", "-v", "ON_ERROR_STOP=1",
        "-v", f"writer={settings.dsn('writer')['user']}", "-v", f"readonly={settings.dsn('readonly')['user']}",
        "-h", dsn["host"], "-p", dsn["port"], "-U", dsn["user"], "-d", dsn["dbname"],
    ]  # fmt: skip
    with open(path, "rb") as sql, database.passfile(settings, "admin") as passwords:
        process.run(command, f"{path.relative_to(TOP)}", log, env={**environ(settings), "PGPASSFILE": passwords}, stdin=sql)


def psql():
    """The newest psql that is installed."""
    found = sorted(cluster.LIBRARIES.glob("*/bin/psql"), key=lambda path: int(path.parents[1].name))
    if not found:
        raise PhotvoError("psql is not installed: `make run` installs it")
    return found[-1]


def call(settings, arguments):
    """Run `dachs ARGUMENTS` for the person at the terminal and return its exit status."""
    return subprocess.run([PYTHON, DACHS, *arguments], env=environ(settings)).returncode


def regression_tests(settings):
    """Run the descriptors' regression tests on the running instance and return the exit status."""
    return subprocess.run([PYTHON, "-m", "photvo.machine.regression", *descriptors()], env=environ(settings)).returncode


def _seed_vocabularies(cache):
    """The IVOA vocabularies that DaCHS looks terms up in, so that it never needs the network for them.

    A newer one that DaCHS has fetched stays; ours are kept young, because DaCHS fetches what is older than a year.
    """
    ours = TOP / "etc" / "vocabularies"
    for path in ours.rglob("*.json"):
        address = "http://www.ivoa.net/rdf/" + path.relative_to(ours).with_suffix("").as_posix()
        cached = cache / address.replace("/", "=2F")
        if not cached.exists() or cached.read_bytes() == path.read_bytes():
            shutil.copyfile(path, cached)


def _assemble_inputs(settings):
    """STATE/dachs/inputs: what a collection's folder has, by links, and `data`, which leads to its inputs."""
    here = root(settings) / "inputs"
    _link_contents(RESOURCES, here, only=lambda path: path.is_file())
    for folder in collections():
        (here / folder.name).mkdir(exist_ok=True)
        extra = {"data": settings.inputs / folder.name}
        pixels = settings.collections.get(folder.name, {}).get("pixels", {}).get("folder")
        if pixels:
            extra["pixels"] = (TOP / pixels).resolve()
        _link_contents(folder, here / folder.name, extra=extra)


def _link_contents(source, target, only=lambda path: True, extra=None):
    """Make `target` hold a link to each thing in `source`; links to what is gone are removed."""
    wanted = {path.name: path for path in source.glob("*") if only(path) and path.name != "__pycache__"}
    wanted.update(extra or {})
    for link in target.iterdir():
        if link.is_symlink() and link.name not in wanted:
            link.unlink()
    for name, path in wanted.items():
        link = target / name
        if not link.is_symlink() or Path(os.readlink(link)) != path:
            link.unlink(missing_ok=True)
            link.symlink_to(path)


def _identity(settings):
    """What `dachs init` depends on: this very database. A cluster made anew is another one."""
    with closing(database.connect(settings)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT oid::text FROM pg_database WHERE datname = current_database()")
        oid = cursor.fetchone()[0]
        cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
        return f"{cursor.fetchone()[0]} {oid}"


def _content(settings):
    """A checksum of all that an import depends on."""
    digest = hashlib.sha256(f"{settings.authority} {settings.server_url}".encode())
    files = [RESOURCES.glob("*.rd"), *(folder.glob("*.rd") for folder in collections()), RESOURCES.glob("*/schema.sql")]
    paths = [path for found in files for path in found] + [TOP / "etc" / name for name in ("defaultmeta.txt", "userconfig.rd")]
    for path in sorted(path for path in paths if path.exists()):
        digest.update(f"{path.relative_to(TOP)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
