"""Child processes that end with us, locks that a dead process does not hold, and files written whole or not at all."""

import errno
import fcntl
import os
import re
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from photvo.settings import PhotvoError

# how PostgreSQL's and DaCHS' programs say why they end
COMPLAINT = re.compile(r"(?:(?:FATAL|PANIC|ERROR|error|Error):|^\*\*\*)\s*(.+)")


def spawn(command, *, death="TERM", account=None, **options):
    """Start `command` in a session of its own (Ctrl-C does not reach it), as `account` if given.

    It gets the signal `death` when this process ends, however that happens. Returns the Popen object.
    """
    prefix = ["setpriv", "--pdeathsig", death]
    if account is not None:
        prefix += ["--reuid", account.pw_name, "--regid", str(account.pw_gid), "--init-groups"]
    options = {"stdin": subprocess.DEVNULL, "cwd": "/", **options}
    return subprocess.Popen([*prefix, *map(str, command)], start_new_session=True, **options)


def run(command, what, log, *, account=None, **options):
    """Run `command` to its end, its output appended to the file `log`.

    Raises PhotvoError naming `what` with the last line of the output that says why.
    """
    with open(log, "ab") as out:
        start = out.tell()
        child = spawn(command, account=account, stdout=out, stderr=subprocess.STDOUT, **options)
        try:
            status = child.wait()
        except BaseException:
            end(child)
            raise
    if status:
        with open(log, "rb") as written:
            written.seek(start)
            lines = [line.strip() for line in written.read().decode(errors="replace").splitlines() if line.strip()]
        said = [found[1] for found in map(COMPLAINT.search, lines) if found] or lines or [f"status {status}"]
        raise PhotvoError(f"{what} failed: {said[-1][:300]} (see {log})")


def end(child, patience=15, first=signal.SIGTERM):
    """End a child of `spawn` with all its own children: politely, and by force after `patience` seconds."""
    for signum, seconds in ((first, patience), (signal.SIGKILL, 5)):
        try:
            os.killpg(child.pid, signum)
        except ProcessLookupError:
            break
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        break
    # what the child itself had started and left behind; a killed process needs a moment to be gone
    wait_until(lambda: not _kill_group(child.pid), 3, 0.02)


def _kill_group(group):
    "False where nobody of that process group is left"
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def command_line(pid):
    """The arguments of a running process, empty where there is none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except (OSError, ValueError):
        return []


def wait_until(condition, seconds, pause=0.1):
    """True as soon as `condition()` is, False when it is not within `seconds`."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(pause)
    return True


class Lock:
    """The right to start and end things in a state folder; the system gives it back when its holder dies."""

    def __init__(self, path):
        self.path = path
        self.file = None

    def take(self):
        """True where the lock is ours now, False where another process has it."""
        self.file = open(self.path, "a")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.file.close()
            self.file = None
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            return False
        return True

    def leave(self):
        """Give the lock back."""
        if self.file:
            self.file.close()
            self.file = None

    def held(self):
        """True where some process has it."""
        if self.file:
            return True
        if self.take():
            self.leave()
            return False
        return True


def write(path, text, mode=0o644):
    """Write a file whole or not at all, never readable to more than `mode` says."""
    aside = Path(f"{path}.new")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as out:
        out.write(text)
    os.replace(aside, path)


@contextmanager
def orderly():
    """In this context SIGTERM and SIGHUP end the program as Ctrl-C does: by KeyboardInterrupt."""

    def interrupt(signum, frame):
        raise KeyboardInterrupt

    numbers = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as under nohup
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
