"""`archive`: a fresh, empty archive of its own for each test, in one private PostgreSQL cluster for them all."""

import pytest
from servers import fresh, private_server


@pytest.fixture(scope="session")
def database_server():
    """The settings of a running private cluster, whose database is an empty archive to copy from."""
    with private_server("archive") as (_, settings):
        yield settings


@pytest.fixture
def archive(database_server, tmp_path):
    """An empty archive of the test's own."""
    with fresh(database_server, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def module_archive(database_server, tmp_path_factory):
    """An empty archive that the tests of a module share."""
    with fresh(database_server, tmp_path_factory.mktemp("archive")) as made:
        yield made


@pytest.fixture
def another_archive(database_server, tmp_path_factory):
    """What makes an empty archive each time: `with another_archive() as archive`."""
    return lambda: fresh(database_server, tmp_path_factory.mktemp("archive"))
