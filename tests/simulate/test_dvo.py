"""`photvo simulate dvo`: files as the specification of the format lays them out, and a sky behind them that is consistent."""

import argparse
import csv
import shlex

import numpy as np
import pytest
from dvo_bytes import AVERAGE, MEASURE, PHOTCODE, SIZES, Database
from photvo.settings import TOP, PhotvoError
from photvo.simulate import dvo
from simulated import contents

SAMPLE = TOP / "inputs" / "dvo"


def simulate(folder, text=""):
    """Run the generator with these options."""
    parser = argparse.ArgumentParser()
    dvo.add_arguments(parser)
    return dvo.main(parser.parse_args([str(folder), *shlex.split(text)]))


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
    assert (made.skytable.header["NAXIS1"], made.skytable.name, region["cpn"].name) == (
        56,
        "SKY_REGION",
        "DVO_MISSING",
    )
    assert all(path.stat().st_size % 2880 == 0 for path in tmp_path.rglob("*") if path.is_file())


def test_ps1_v1_has_the_columns_of_2009_in_their_order(database):
    region = next(iter(database.regions.values()))
    for table, text in ((region["cpt"], AVERAGE), (region["cpm"], MEASURE), (database.photcodes, PHOTCODE)):
        assert [" ".join(column) for column in table.columns] == text.split(",")
    where = region["cpm"].dtype.fields
    assert [where[name][1] for name in ("TIME", "EXT_ID", "PHOTCODE", "POSANGLE", "PHOT_FLAGS")] == [
        56,
        80,
        126,
        138,
        148,
    ]
    assert where["PAD"][1] == 132


def test_headers_of_a_region_count_its_rows_and_name_its_files(database):
    assert len(database.regions) == 4
    for path, region in database.regions.items():
        head, stem = region["cpt"].primary, path.stem
        assert [head[name] for name in ("MEASURE", "MISSING", "SECFILT")] == [
            f"{stem}.cpm",
            f"{stem}.cpn",
            f"{stem}.cps",
        ]
        assert [head[name] for name in ("NSTARS", "NMEAS", "NMISS")] == [
            len(region[s].rows) for s in ("cpt", "cpm", "cpn")
        ]
        assert len(region["cps"].rows) == head["NSTARS"] * head["NSECFILT"] and head["NSECFILT"] == 5
        assert head["SORTED"] is True and head["OBJID"] == head["NSTARS"]
        row = database.skytable.rows[head["CATID"]]
        assert (f"{row['NAME'].decode()}.cpt", row["TABLE"]) == (str(path.relative_to(database.folder)), 1)
        assert [head[name] for name in ("RA0", "RA1", "DEC0", "DEC1")] == pytest.approx(
            row.item()[:4], abs=2e-5
        )
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
        assert averages["NMEASURE"].sum() == len(rows) and averages["NMISSING"].sum() == len(
            region["cpn"].rows
        )


def test_the_sky_table_is_a_tree(database):
    sky = database.skytable.rows
    assert (sky["INDEX"] == np.arange(len(sky))).all() and sky["PARENT"][0] == -1
    names = [name.decode() for name in sky["NAME"]]
    assert (
        names[0] == "fullsky"
        and names[1:4] == ["n0000", "n0730", "n1500"]
        and names[13] == "s0000"
        and names[24] == "s8230"
    )
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


def test_the_sample_is_what_the_command_in_its_readme_makes(tmp_path):
    options = next(
        line for line in (SAMPLE / "README.md").read_text().splitlines() if "bin/photvo simulate" in line
    )
    options = options.split("inputs/dvo", 1)[1].replace("inputs/kolonica", str(SAMPLE.parent / "kolonica"))
    simulate(tmp_path / "again", options)
    kept = contents(SAMPLE)
    kept.pop("README.md")
    assert contents(tmp_path / "again") == kept
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 3e6


def test_the_numbers_in_the_readme_of_the_sample_are_right():
    sample, text = Database(SAMPLE), (SAMPLE / "README.md").read_text()
    rows, _, _, averages = sample.measurements()
    stars = len(np.unique(np.stack([averages["CAT_ID"], averages["OBJ_ID"]], -1), axis=0))
    for number in (len(sample.images.rows), len(sample.photcodes.rows), stars, len(rows)):
        assert f"{number:,} " in text
    assert len(sample.regions) == 4 and {path.parent.name for path in sample.regions} == {"n3730"}
    assert ((rows["PHOT_FLAGS"] & 0x1080) > 0).any()


def test_stars_of_the_kolonica_sample_are_in_the_sample():
    _, ra, dec, _ = Database(SAMPLE).measurements()
    with open(SAMPLE.parent / "kolonica" / "objects" / "sim-real-stars.csv", newline="") as file:
        cygni = next(row for row in csv.DictReader(file) if row["simbad_name"] == "V* SS Cyg")
    arcsec = 3600 * np.hypot((ra - float(cygni["ra"])) * np.cos(np.radians(43.6)), dec - float(cygni["dec"]))
    assert (arcsec < 0.5).sum() > 45


def test_the_same_seed_gives_the_same_files_and_another_does_not(tmp_path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        simulate(
            tmp_path / name,
            f"--seed {seed} --objects 20 --measurements-per-object 6 --field 100 -20 --field 0 60",
        )
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a")["Images.dat"] != contents(tmp_path / "c")["Images.dat"]


@pytest.mark.parametrize(
    "options, says",
    [
        ("--objects 0", "--objects"),
        ("--measurements-per-object 70000", "--measurements-per-object"),
        ("--seed -1", "--seed"),
        ("--variables 1.5", "--variables"),
        ("--field 10 -89.5", "--field"),
        ("--field 10 -75", "well up"),
        ("--field 10 20 --field 10.5 20.5", "overlap"),
        ("--stars-of nowhere", "objects"),
    ],
)
def test_what_is_impossible_is_refused_by_name(tmp_path, options, says):
    with pytest.raises(PhotvoError, match=says):
        simulate(tmp_path / "x", options)
    assert not (tmp_path / "x").exists()


def test_a_folder_with_a_database_is_replaced_by_force_alone_and_another_never(tmp_path):
    simulate(tmp_path / "x", "--objects 3 --measurements-per-object 2")
    (tmp_path / "x" / "README.md").write_text("mine")
    with pytest.raises(PhotvoError, match="--force"):
        simulate(tmp_path / "x", "--objects 3 --measurements-per-object 2")
    simulate(tmp_path / "x", "--objects 3 --measurements-per-object 3 --field 50 10 --force")
    assert (tmp_path / "x" / "README.md").read_text() == "mine" and not (tmp_path / "x" / "n3730").exists()
    (tmp_path / "y").mkdir()
    (tmp_path / "y" / "Images.dat").write_bytes(b"SIMPLE  = T")
    with pytest.raises(PhotvoError, match="not simulated"):
        simulate(tmp_path / "y", "--force")
