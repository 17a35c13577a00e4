"""`photvo simulate dvo`: files as the specification of the format lays them out, and a sky behind them that is consistent."""

import numpy as np
import pytest
from dvo_bytes import AVERAGE, MEASURE, PHOTCODE, SIZES, Database
from photvo.simulate import dvo


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """A small PS1_V1 database of four regions."""
    folder = tmp_path_factory.mktemp("dvo") / "db"
    dvo.write(folder, objects=60, measurements=24, variables=0.3)
    return Database(folder)


@pytest.mark.parametrize("version", SIZES)
def test_the_tables_of_every_version_are_as_wide_as_specified(tmp_path, version):
    dvo.write(tmp_path, objects=6, measurements=4, version=version)
    made = Database(tmp_path)
    region = next(iter(made.regions.values()))
    tables = {"average": region["cpt"], "measure": region["cpm"], "secfilt": region["cps"], "image": made.images,
              "photcode": made.photcodes}  # fmt: skip
    assert {name: table.header["NAXIS1"] for name, table in tables.items()} == SIZES[version]
    assert {table.dtype.itemsize for table in tables.values()} == set(SIZES[version].values())
    assert [table.name for table in tables.values()] == [f"DVO_{name.upper()}_{version}" for name in tables]
    assert (made.skytable.header["NAXIS1"], made.skytable.name, region["cpn"].name) == (56, "SKY_REGION", "DVO_MISSING")
    assert all(path.stat().st_size % 2880 == 0 for path in tmp_path.rglob("*") if path.is_file())


def test_ps1_v1_has_the_columns_of_2009_in_their_order(database):
    region = next(iter(database.regions.values()))
    for table, text in ((region["cpt"], AVERAGE), (region["cpm"], MEASURE), (database.photcodes, PHOTCODE)):
        assert [" ".join(column) for column in table.columns] == text.split(",")
    where = region["cpm"].dtype.fields
    assert [where[name][1] for name in ("TIME", "EXT_ID", "PHOTCODE", "POSANGLE", "PHOT_FLAGS")] == [56, 80, 126, 138, 148]
    assert where["PAD"][1] == 132


def test_headers_of_a_region_count_its_rows_and_name_its_files(database):
    assert len(database.regions) == 4
    for path, region in database.regions.items():
        head, stem = region["cpt"].primary, path.stem
        assert [head[name] for name in ("MEASURE", "MISSING", "SECFILT")] == [f"{stem}.cpm", f"{stem}.cpn", f"{stem}.cps"]
        assert [head[name] for name in ("NSTARS", "NMEAS", "NMISS")] == [len(region[s].rows) for s in ("cpt", "cpm", "cpn")]
        assert len(region["cps"].rows) == head["NSTARS"] * head["NSECFILT"] and head["NSECFILT"] == 5
        assert head["SORTED"] is True and head["OBJID"] == head["NSTARS"]
        row = database.skytable.rows[head["CATID"]]
        assert (f"{row['NAME'].decode()}.cpt", row["TABLE"]) == (str(path.relative_to(database.folder)), 1)
        assert [head[name] for name in ("RA0", "RA1", "DEC0", "DEC1")] == pytest.approx(row.item()[:4], abs=2e-5)
        averages = region["cpt"].rows
        assert (averages["RA"] >= row["R_MIN"]).all() and (averages["RA"] <= row["R_MAX"]).all()
        assert (averages["DEC"] >= row["D_MIN"]).all() and (averages["DEC"] <= row["D_MAX"]).all()
        assert set(averages["CAT_ID"]) == set(region["cpm"].rows["CAT_ID"]) == {head["CATID"]}


def test_measurements_follow_one_another_object_by_object(database):
    for region in database.regions.values():
        averages, rows = region["cpt"].rows, region["cpm"].rows
        for number, star in enumerate(averages):
            mine = slice(star["OFF_MEASURE"], star["OFF_MEASURE"] + star["NMEASURE"])
            assert star["NMEASURE"] > 0 and set(rows["AVE_REF"][mine]) == {number}
            assert set(rows["OBJ_ID"][mine]) == {star["OBJ_ID"]}
            assert (star["OFF_MISSING"] < 0) == (star["NMISSING"] == 0)
        assert averages["NMEASURE"].sum() == len(rows) and averages["NMISSING"].sum() == len(region["cpn"].rows)


def test_the_sky_table_is_a_tree(database):
    sky = database.skytable.rows
    assert (sky["INDEX"] == np.arange(len(sky))).all() and sky["PARENT"][0] == -1
    names = [name.decode() for name in sky["NAME"]]
    assert names[0] == "fullsky" and names[1:4] == ["n0000", "n0730", "n1500"] and names[13] == "s0000" and names[24] == "s8230"
    assert len(set(names)) == len(names) and max(map(len, names)) <= 17
    owner = np.full(len(sky), -1)
    for k in np.flatnonzero(sky["CHILD"]):
        child = sky[sky["CHILD_S"][k] : sky["CHILD_E"][k]]
        owner[child["INDEX"]] = k
        assert (child["DEPTH"] == sky["DEPTH"][k] + 1).all() and (child["PARENT"] == k).all()
        # what is tiled: no part of the parent is left out
        area = lambda r: (r["R_MAX"].astype(float) - r["R_MIN"]) * (r["D_MAX"].astype(float) - r["D_MIN"])  # noqa: E731
        assert area(child).sum() == pytest.approx(area(sky[k]), rel=1e-5)
        assert child["R_MIN"].min() == sky["R_MIN"][k] and child["D_MAX"].max() == sky["D_MAX"][k]
    assert (owner == sky["PARENT"]).all()
    assert (sky["CHILD_S"][sky["CHILD"] == 0] == sky["CHILD_E"][sky["CHILD"] == 0]).all()
    assert (sky["TABLE"] == (sky["DEPTH"] == 3)).all() and sky["DEPTH"].max() == 4


@pytest.mark.parametrize("version", SIZES)
def test_the_formulas_give_back_constant_magnitudes(tmp_path, version):
    dvo.write(tmp_path, objects=40, measurements=30, version=version, variables=0.0, noise=0.0)
    cal, average = Database(tmp_path).calibrated()
    rows = Database(tmp_path).measurements()[0]
    fine = np.isfinite(rows["MAG"]) & (rows["PHOT_FLAGS"] & 0x3888 == 0)
    assert fine.sum() > 900 and set(rows["PHOTCODE"][fine] // 100) == {2, 3, 4, 5, 20}
    assert np.abs(cal - average)[fine].max() < 1e-4
