"""The variants of the DVO format that the simulator can write for the tests of readers, each beside the plain database."""

import numpy as np
import pytest
from astropy.io import fits
from dvo_bytes import Database, Table
from photvo.simulate import dvo

SIZE = {"objects": 30, "measurements": 12}


@pytest.fixture(scope="module")
def write(tmp_path_factory):
    """A function that writes a database with these options and reads it."""
    made = {}

    def database(**options):
        key = repr(sorted(options.items()))
        if key not in made:
            folder = tmp_path_factory.mktemp("dvo") / "db"
            dvo.write(folder, **SIZE | options)
            made[key] = Database(folder)
        return made[key]

    return database


def regions(database):
    """The regions' tables by name of the region."""
    return {path.stem: tables for path, tables in database.regions.items()}


def test_the_later_dialect_of_ps1_v1_has_the_same_bytes_under_other_names(write):
    old, new = write(), write(old=False)
    for name, region in regions(old).items():
        other = regions(new)[name]
        for suffix in ("cpt", "cpm", "cps", "cpn"):
            if suffix == "cpt":  # OFF_EXTEND is an integer, REF_COLOR a number
                assert (region[suffix].rows["EXT_ID"] == other[suffix].rows["EXT_ID"]).all()
            else:
                assert region[suffix].rows.tobytes() == other[suffix].rows.tobytes()
        columns = dict(other["cpt"].columns)
        assert (
            columns["EXT_ID"] == "K"
            and {"NGALPHOT", "REF_COLOR"} < set(columns)
            and "OFF_EXTEND" not in columns
        )
        assert "TZERO1" in region["cpm"].header and "TZERO1" not in other["cpm"].header
    assert dict(new.skytable.columns)["NAME"] == "18A" and dict(old.skytable.columns)["NAME"] == "21A"
    assert "MX" in dict(old.images.columns) and "N_FIT_PHOTOM" in dict(new.images.columns)


def test_unsorted_measurements_are_the_same_in_another_order(write):
    plain, shuffled = regions(write()), regions(write(is_sorted=False))
    displaced = 0
    for name, region in plain.items():
        other = shuffled[name]
        assert (
            other["cpt"].primary["SORTED"] is False
            and other["cpt"].rows.tobytes() == region["cpt"].rows.tobytes()
        )
        rows = [bytes(row) for row in region["cpm"].rows]
        others = [bytes(row) for row in other["cpm"].rows]
        assert sorted(rows) == sorted(others)
        displaced += rows != others
    assert displaced == len(plain)


def test_fewer_slots_than_averaged_passbands(write):
    for name, region in regions(write(secfilt_slots=3)).items():
        assert region["cpt"].primary["NSECFILT"] == 3
        full = regions(write())[name]["cps"].rows.reshape(-1, 5)
        assert region["cps"].rows.tobytes() == full[:, :3].tobytes()


def test_slots_follow_the_order_of_the_photcodes(write):
    turned = write(seconds=((6, "J"), (4, "z"), (3, "i"), (2, "r"), (1, "g")))
    codes = turned.photcodes.rows
    assert list(codes["CODE"][codes["TYPE"] == 2]) == [6, 4, 3, 2, 1]
    for name, region in regions(turned).items():
        plain = regions(write())[name]["cps"].rows.reshape(-1, 5)
        assert region["cps"].rows.tobytes() == plain[:, ::-1].tobytes()


def test_a_slot_without_measurements_has_the_values_of_an_unset_row(write):
    rows = np.concatenate([region["cps"].rows for region in regions(write(measurements=1)).values()])
    unset = rows[rows["NCODE"] == 0]
    assert (
        len(unset) >= 3 * SIZE["objects"]
        and np.isnan(unset["MAG"]).all()
        and np.isnan(unset["MAG_ERR"]).all()
    )
    assert set(unset["MAG_CHI"]) == {32767.0} and set(unset["MAG_20"]) == set(unset["MAG_80"]) == {0x7FFF}


def test_files_without_rows_can_be_left_out(write):
    for region in regions(write(missing=False, empty_files=False)).values():
        assert "cpn" not in region and region["cpt"].primary["NMISS"] == 0
        assert set(region["cpt"].rows["OFF_MISSING"]) == {-1}
    for region in regions(write(missing=False)).values():
        assert len(region["cpn"].rows) == 0


def test_missing_rows_are_times_of_exposures_that_did_not_find_the_star(write):
    database = write(measurements=60, objects=90)
    starts = set(database.images.rows["TZERO"])
    misses = 0
    for region in regions(database).values():
        for row in region["cpt"].rows:
            times = region["cpn"].rows["TIME"][row["OFF_MISSING"] :][: row["NMISSING"]]
            found = region["cpm"].rows["TIME"][row["OFF_MEASURE"] :][: row["NMEASURE"]]
            assert set(times) <= starts and not set(times) & set(found)
            misses += len(times)
    assert misses > 5


def test_naive_offsets_across_ra_0_are_a_turn_too_large(write, tmp_path):
    (tmp_path / "objects").mkdir()
    stars = "".join(f"{n},0.0,{9.0 + 0.1 * n},13.0,13.0\n" for n in range(6))
    (tmp_path / "objects" / "at_zero.csv").write_text(f"old_id,ra,dec,mag_max,mag_min\n{stars}")
    options = {"fields": [(0.02, 9.3)], "objects": 6, "stars_of": tmp_path}
    wrapped, naive = write(**options), write(**options, naive_wrap=True)
    assert np.abs(wrapped.measurements()[0]["D_RA"]).max() < 10
    large = np.abs(naive.measurements()[0]["D_RA"]) > 1_295_000
    assert 5 < large.sum() < len(large) - 5
    # in single precision a turn leaves 0.06 arcsec
    turned = (naive.measurements()[1] - wrapped.measurements()[1] + 180) % 360 - 180
    assert np.abs(turned).max() < 3e-5


def test_a_photcode_can_be_absent(write):
    database = write(absent=(204, 304))
    used = set(database.measurements()[0]["PHOTCODE"])
    assert {204, 304} & used and used - set(database.photcodes.rows["CODE"]) == {204, 304} & used


def test_in_mode_mef_one_file_has_all_tables_of_a_region(write):
    database = write(mef=True)
    for path in database.folder.glob("n*/*"):
        assert path.suffix == ".cpt"
        plain = regions(write())[path.stem]
        with fits.open(path) as hdus:
            assert "MEASURE" not in hdus[0].header and hdus[0].header["NSTARS"] == len(plain["cpt"].rows)
            names = [hdu.header["EXTNAME"].strip() for hdu in hdus[1:]]
        assert names == ["DVO_AVERAGE_PS1_V1", "DVO_MEASURE_PS1_V1", "DVO_MISSING", "DVO_SECFILT_PS1_V1"]
        for number, suffix in enumerate(("cpt", "cpm", "cpn", "cps"), 1):
            assert Table(path, number).rows.tobytes() == plain[suffix].rows.tobytes()


def test_regions_can_be_on_several_hosts(write):
    database = write(old=False, hosts=("one", "two"))
    table, sky = (database.folder / "HostTable.dat").read_text().splitlines(), database.skytable
    assert [line.split() for line in table if not line.startswith("#")] == [
        ["1", "localhost", "one"],
        ["2", "localhost", "two"],
    ]
    assert sky.primary["HOSTS"] == "HostTable.dat"
    mine = sky.rows[sky.rows["HOST_ID"] > 0]
    assert set(mine["HOST_ID"]) == {1, 2} and set(mine["HOST_FLAGS"]) == {1}
    for row in mine:
        host = ("one", "two")[row["HOST_ID"] - 1]
        assert (database.folder / host / f"{row['NAME'].decode()}.cpt").exists()


def test_identifiers_of_objects_and_measurements_are_computed_as_documented(write):
    database = write()
    images = {image["IMAGE_ID"]: image for image in database.images.rows}
    for region in regions(database).values():
        for row in region["cpt"].rows:
            z = (row["DEC"] + 90) / 0.0083333
            assert row["EXT_ID"] == int(z) * 10**13 + int(row["RA"] * 1e6) * 10**4 + int((z - int(z)) * 1e4)
        for row in region["cpm"].rows:
            if not row["IMAGE_ID"]:
                assert row["EXT_ID"] == 0
                continue
            days = int(1e5 * (int(row["TIME"]) / 86400 + 40587 - 54101))
            assert row["EXT_ID"] == days * 10**9 + int(images[row["IMAGE_ID"]]["CCDNUM"]) * 10**7 + int(
                row["DET_ID"]
            )
