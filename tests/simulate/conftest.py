"""One archive with the sample's options for all tests of the generator."""

import pytest
from simulated import options_of_the_sample, rows, simulate


@pytest.fixture(scope="package")
def archive(tmp_path_factory):
    """An archive made with the sample's options."""
    folder = tmp_path_factory.mktemp("kolonica") / "archive"
    assert simulate(folder, options_of_the_sample()) == 0
    return folder


@pytest.fixture(scope="package")
def objects(archive):
    """old_id → row of the object files."""
    return {row["old_id"]: row for row in rows(archive, "objects/*.csv")}


@pytest.fixture(scope="package")
def points(archive):
    """All rows of the light-curve files."""
    return rows(archive, "lightcurves/*.csv")
