"""Whose processes and files an instance's are, and where its state lies.

PostgreSQL refuses to run as root. Started by root, everything therefore runs as the account `postgres`; where that
account cannot read the checkout or the inputs, the cluster alone does, and root keeps the rest.
"""

import dataclasses
import hashlib
import os
import pwd
import subprocess
from contextlib import suppress
from pathlib import Path

from photvo.settings import TOP, PhotvoError, say

ACCOUNT = "postgres"
# what an instance makes in its state folder; nothing else there is ever touched
CONTENTS = ("pg", "pg.new", "dachs", "log", "lock", "run.json", "db.env", "operator.env", "periods.due", "earth-rotation-*")


def settle(settings, quiet=False):
    """Make the state folder and become the account that this instance's processes run as.

    Returns (settings, account): the settings with the state folder that is really used, and the account to
    start PostgreSQL as, None for our own. Raises PhotvoError where nothing can be written.
    """
    if os.geteuid() != 0:
        _make(settings.state)
        return settings, None
    account = _account()
    if not reachable(TOP):
        if "PHOTVO_STATE" not in settings.env:
            settings = dataclasses.replace(settings, state=elsewhere(settings.state))
            if not quiet:
                say(f"photvo: {TOP} is closed to the account {ACCOUNT}; the state is kept in {settings.state}, and root runs the server")
        _make(settings.state, account)
        return settings, account
    _make(settings.state, account)
    unreadable = [folder for folder in (settings.inputs, *_folders(settings.inputs)) if not _can(account, "-x", folder)]
    if unreadable:
        if not quiet:
            say(f"photvo: {unreadable[0]} is closed to the account {ACCOUNT}; the server runs as root")
        return settings, account
    become(account, settings.state)
    return settings, None


def reachable(path):
    """True where the account that an instance runs as can read the checkout at `path`."""
    return os.geteuid() != 0 or _can(_account(), "-r", path / "resources" / "photvo" / "cli.py")


def elsewhere(state):
    """Where state goes that user postgres cannot reach: a folder of its own below /var/lib/photvo."""
    digest = hashlib.sha256(str(state).encode()).hexdigest()[:8]
    return Path("/var/lib/photvo") / f"{TOP.name}-{digest}"


def become(account, state):
    """Give up root for good. What a former run left in `state` as root becomes the account's."""
    for top in (path for name in CONTENTS for path in state.glob(name)):
        for path in _below(top):
            # a running database makes and removes files meanwhile
            with suppress(FileNotFoundError):
                if os.lstat(path).st_uid != account.pw_uid:
                    os.lchown(path, account.pw_uid, account.pw_gid)
    os.initgroups(account.pw_name, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.environ.update(HOME=account.pw_dir, USER=account.pw_name, LOGNAME=account.pw_name)


def _account():
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise PhotvoError(f"the account {ACCOUNT} does not exist: `make run` installs PostgreSQL, which makes it") from None


def _make(state, account=None):
    try:
        state.mkdir(parents=True, exist_ok=True)
        # our own folder, whatever tests and benchmarks have left there; another one only where nothing is in it
        if account and state.stat().st_uid == 0 and (state == TOP / "var" or not os.listdir(state)):
            os.chown(state, account.pw_uid, account.pw_gid)
    except FileExistsError:
        raise PhotvoError(f"{state} is not a folder: set PHOTVO_STATE to one") from None
    except OSError as error:
        raise PhotvoError(f"{state} cannot be made ({error.strerror}): set PHOTVO_STATE to a folder you may write") from None
    allowed = _can(account, "-w", state) if account else os.access(state, os.W_OK | os.X_OK)
    if not allowed:
        who = f"the account {ACCOUNT} has" if account else "you have"
        raise PhotvoError(f"{state}: {who} no permission to write there: set PHOTVO_STATE to another folder")


def _can(account, how, path):
    """True where the account may read (-r), write (-w) or enter (-x) the path."""
    command = ["setpriv", "--reuid", account.pw_name, "--regid", str(account.pw_gid), "--init-groups", "test", how, str(path)]
    return subprocess.run(command, cwd="/").returncode == 0


def _folders(folder):
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _below(path):
    yield path
    if path.is_dir() and not path.is_symlink():
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                yield os.path.join(folder, name)
