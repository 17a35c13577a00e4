"""What etc/packages.sh and etc/environment.sh do without a bare machine: where nothing is missing, and where it cannot be."""

import os
import subprocess
from pathlib import Path

import pytest
from running import folder_of_session

from photvo.machine import account
from photvo.settings import TOP


def packages(what="server", **env):
    return subprocess.run(["sh", TOP / "etc" / "packages.sh", what], env={**os.environ, **env}, capture_output=True, text=True)


def test_nothing_is_said_or_done_where_nothing_is_missing():
    for command in (["packages.sh", "server"], ["environment.sh", "server"], ["environment.sh", "client"]):
        done = subprocess.run(["sh", TOP / "etc" / command[0], command[1]], capture_output=True, text=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "release",
    ['ID=fedora\nVERSION_ID=41\nPRETTY_NAME="Fedora Linux 41"\n', 'ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Debian GNU/Linux 11"\n'],
)
def test_an_unsupported_system_is_one_clear_line(tmp_path, release):
    (tmp_path / "os-release").write_text(release)
    done = packages(PHOTVO_OS_RELEASE=str(tmp_path / "os-release"))
    assert done.returncode == 1 and done.stdout == ""
    name = release.split('"')[-2]
    assert done.stderr == f"photvo: Debian 12 or 13 is needed; this is {name}\n"


def test_a_system_that_does_not_say_what_it_is_is_one_clear_line(tmp_path):
    done = packages(PHOTVO_OS_RELEASE=str(tmp_path / "none"))
    assert done.returncode == 1 and done.stderr.startswith("photvo: Debian 12 or 13 is needed") and done.stderr.count("\n") == 1


@pytest.mark.skipif(not account.reachable(TOP), reason="nobody but root can read this checkout")
def test_no_permission_to_install_is_one_clear_line():
    """The other release's PostgreSQL is missing here; there is no sudo, and we are not root."""
    here = subprocess.run(["sh", "-c", ". /etc/os-release; echo $VERSION_ID"], capture_output=True, text=True).stdout.strip()
    tools = folder_of_session() / "tools"
    tools.mkdir()
    (tools / "os-release").write_text(f"ID=debian\nVERSION_ID={25 - int(here)}\n")
    for folder in ("/usr/bin", "/usr/sbin"):
        for tool in Path(folder).iterdir():
            if tool.name != "sudo" and not (tools / tool.name).is_symlink():
                (tools / tool.name).symlink_to(tool)
    command = ["sh", TOP / "etc" / "packages.sh", "server"]
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", *command]
    env = {"PATH": str(tools), "PHOTVO_OS_RELEASE": str(tools / "os-release")}
    done = subprocess.run(command, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("photvo: no permission to install postgresql-") and done.stderr.count("\n") == 1
    assert "sudo" in done.stderr
