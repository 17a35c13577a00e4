"""The kept table of the Earth's rotation is astropy's own."""

import numpy as np
import pytest
from astropy.coordinates import EarthLocation
from astropy.time import Time

from photvo.model import earth_rotation
from photvo.model.time import iers


@pytest.fixture(autouse=True)
def as_before():
    table = iers.earth_orientation_table.get()
    yield
    iers.earth_orientation_table.set(table)


def test_a_telescope_is_where_astropy_has_it(tmp_path):
    site, times = EarthLocation.from_geodetic(19.9, 49.2, 900), Time(np.linspace(52000, 59500, 400), format="mjd")
    expected = site.get_gcrs_posvel(times)[0].xyz
    for _ in range(2):
        earth_rotation.keep(tmp_path)
        assert (site.get_gcrs_posvel(times)[0].xyz == expected).all()


def test_the_second_time_astropy_reads_nothing(tmp_path, monkeypatch):
    earth_rotation.keep(tmp_path)
    monkeypatch.setattr(iers, "earth_orientation_table", taken := _Taken())
    earth_rotation.keep(tmp_path)
    assert set(taken.table.colnames) >= {"MJD", "UT1_UTC", "PM_x", "PM_y"}
    assert len(list(tmp_path.iterdir())) == 1


def test_another_table_gets_a_file_of_its_own(tmp_path, monkeypatch):
    earth_rotation.keep(tmp_path)
    monkeypatch.setattr(iers, "IERS_B_FILE", __file__)
    earth_rotation.keep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_broken_file_is_made_anew(tmp_path):
    earth_rotation.keep(tmp_path)
    [file] = tmp_path.iterdir()
    whole = file.read_bytes()
    for broken in (whole[:1000], b"", b"no table"):
        file.write_bytes(broken)
        earth_rotation.keep(tmp_path)
        assert file.read_bytes() == whole


def test_where_nothing_can_be_written_astropy_reads_its_own(tmp_path):
    earth_rotation.keep(tmp_path / "nowhere")
    assert not list(tmp_path.iterdir())


class _Taken:
    "of the state of astropy only what sets it"

    def set(self, table):
        self.table = table
