"""One running instance: set up, started, waited for, ended.

Who holds STATE/lock may start and end things in the state folder. STATE/run.json says what the holder is doing.
"""

import errno
import json
import os
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

from photvo.machine import account, background, cluster, dachs, database, process
from photvo.settings import PhotvoError, say

NEEDED = 400  # MB for a first set-up; what is taken in comes on top
LONGEST_LOG = 5 << 20  # bytes, looked at when the instance starts
KEPT_FREE = 50  # MB below which nothing is started
WAITING = 511  # connections that wait to be accepted


def run(settings):
    """Set up, start, serve until Ctrl-C or SIGTERM. Returns the exit status."""
    with process.orderly():
        try:
            if not settings.inputs.is_dir():
                raise PhotvoError(f"{settings.inputs} is not a folder: make it, or set PHOTVO_INPUTS to where the data are")
            killed = any((state / "run.json").exists() for state in (settings.state, account.elsewhere(settings.state)))
            if not killed:
                check_port(settings)
            settings, cluster_account = account.settle(settings)
            with owned(settings, "run"):
                check_port(settings)
                return _serve(settings, cluster_account)
        except KeyboardInterrupt:
            return 0


def _serve(settings, cluster_account):
    with started(settings, cluster_account) as postgresql:
        set_up(settings)
        _tell(settings, "ingest")
        status = take_in(settings)
        postgresql.check()
        if status not in (0, 2):
            say("photvo: the inputs could not be taken in; serving what is there")
        beside = background.Background(settings)
        try:
            with served(settings) as servers:
                _tell(settings, "ready")
                print(f"photvo is ready: http://localhost:{settings.port}/", flush=True)
                while _alive(servers):
                    postgresql.check()
                    beside.tick()
                    time.sleep(0.5)
            raise PhotvoError(f"a server ended by itself: see {settings.state / 'log' / 'server.log'}")
        finally:
            beside.end()


@contextmanager
def served(settings):
    """In this context the services answer. Yields the server processes, which accept connections of one socket."""
    log = settings.state / "log" / "server.log"
    servers = []
    try:
        with open(log, "ab") as out, listening(settings) as sock:
            counts = os.memfd_create("connections")
            os.truncate(counts, 4 * settings.servers)
            files = sock.fileno(), counts
            for number in range(1, settings.servers + 1):
                command = [dachs.PYTHON, "-m", "photvo.machine.serve", *files, number, *dachs.descriptors()]
                servers.append(process.spawn(command, env=dachs.environ(settings), stdout=out, stderr=out, pass_fds=files))
            os.close(counts)
        _tell(settings, "start", servers=[server.pid for server in servers])
        url = f"http://{settings.address}:{settings.port}/tap/availability"
        if not process.wait_until(lambda: not _alive(servers) or _answers(url), 120, 0.1) or not _alive(servers):
            raise PhotvoError(f"the server did not start: see {log} and {settings.state / 'log' / 'dcErrors'}")
        yield servers
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            process.end(server, patience=5)


def set_up(settings):
    """Database, DaCHS root and descriptors of a started cluster; nothing where all is as it should be."""
    database.prepare(settings)
    dachs.configure(settings)
    dachs.set_up(settings)


def take_in(settings):
    """Take in what is new below the inputs, in a process of its own: this one stays small for weeks.

    Returns its exit status.
    """
    child = process.spawn([dachs.PYTHON, "-m", "photvo.cli", "ingest"], env=dachs.environ(settings))
    try:
        return child.wait()
    finally:
        process.end(child)


@contextmanager
def owned(settings, doing):
    """In this context the state folder is ours. Raises PhotvoError where it is somebody else's."""
    free = shutil.disk_usage(settings.state).free >> 20
    least = KEPT_FREE if (settings.state / "pg").exists() or settings.external_database else NEEDED
    if free < least:
        raise PhotvoError(f"{settings.state}: {free} MB free on its disc, {least} MB are needed: make room")
    lock = process.Lock(settings.state / "lock")
    if not lock.take():
        raise PhotvoError(f"{settings.state} is in use by {_holder(settings)}: end it by `bin/photvo stop`, or set PHOTVO_STATE and PHOTVO_PORT")
    try:
        _end_leftovers(settings)
        _tell(settings, "setup", doing=doing)
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise PhotvoError(f"{settings.state}: no space left on its disc: make room and start again") from None
        raise
    finally:
        (settings.state / "run.json").unlink(missing_ok=True)
        lock.leave()


@contextmanager
def started(settings, cluster_account):
    """In this context the database runs."""
    log = settings.state / "log"
    log.mkdir(exist_ok=True)
    if cluster_account:
        os.chown(log, cluster_account.pw_uid, cluster_account.pw_gid)
    for path in log.glob("*.log"):
        if path.stat().st_size > LONGEST_LOG:
            path.replace(f"{path}.old")
    postgresql = cluster.Existing() if settings.external_database else cluster.Cluster(settings, cluster_account)
    try:
        postgresql.start()
        yield postgresql
    finally:
        postgresql.stop()


@contextmanager
def open_database(settings):
    """In this context the database runs: the running instance's, or else one started for the occasion.

    Yields the settings with the state folder that is really used.
    """
    settings, cluster_account = account.settle(settings, quiet=True)
    lock = process.Lock(settings.state / "lock")

    def answers():
        return (running(settings) or {}).get("phase") in ("ingest", "start", "ready")

    # what holds it may be another command, which never serves
    if not process.wait_until(lambda: answers() or not lock.held(), 180):
        raise PhotvoError(f"{settings.state} is in use by {_holder(settings)}: try again when that has ended")
    if answers():
        yield settings
        return
    with process.orderly(), owned(settings, "ingest"), started(settings, cluster_account):
        set_up(settings)
        yield settings


def running(settings):
    """What STATE/run.json says of the process that holds the lock: pid, doing, phase, url. None where none runs."""
    if not process.Lock(settings.state / "lock").held():
        return None
    try:
        return json.loads((settings.state / "run.json").read_text())
    except (OSError, ValueError):
        return None


def _holder(settings):
    other = running(settings)
    return f"photvo {other['doing']} (process {other['pid']})" if other else "another photvo"


def stop(settings):
    """End the running instance and wait for it. Returns False where none runs."""
    settings, _ = account.settle(settings, quiet=True)
    other = running(settings)
    if not other:
        return False
    try:
        os.kill(other["pid"], signal.SIGTERM)
    except OSError as error:
        raise PhotvoError(f"photvo (process {other['pid']}) cannot be ended from here: {error.strerror}") from None
    lock = process.Lock(settings.state / "lock")
    if not process.wait_until(lambda: not lock.held(), 90):
        raise PhotvoError(f"photvo (process {other['pid']}) does not end: end it by `kill -KILL {other['pid']}`")
    return True


def check_port(settings):
    """Raises PhotvoError where the instance's port cannot be had."""
    with listening(settings):
        pass


@contextmanager
def listening(settings):
    """In this context the instance's port is ours. Yields the listening socket. Raises PhotvoError where it cannot be had."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((settings.address, settings.port))
            sock.listen(WAITING)
            sock.setblocking(False)  # what another server process has accepted must not be waited for
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PhotvoError(f"port {settings.port} is taken by another program: set PHOTVO_PORT to a free one") from None
            raise PhotvoError(f"port {settings.port} on {settings.address}: {error.strerror}: set PHOTVO_PORT to another one") from None
        yield sock


def _alive(servers):
    return all(server.poll() is None for server in servers)


def _end_leftovers(settings):
    """End the servers of a `photvo` that was killed; their own end may still be under way."""
    try:
        servers = json.loads((settings.state / "run.json").read_text())["servers"]
    except (OSError, ValueError, KeyError):
        return

    def left():
        return [pid for pid in servers if "photvo.machine.serve" in process.command_line(pid)]

    if not process.wait_until(lambda: not left(), 5):
        for pid in left():
            os.killpg(pid, signal.SIGKILL)
        process.wait_until(lambda: not left(), 5)


def _tell(settings, phase, **more):
    """Write STATE/run.json: `phase` is setup, ingest, start or ready."""
    path = settings.state / "run.json"
    said = {} if phase == "setup" else json.loads(path.read_text())
    said.update(pid=os.getpid(), phase=phase, url=f"http://localhost:{settings.port}/", **more)
    process.write(path, json.dumps(said))


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
