"""The object CSV: names, positions and the facts beside them."""

import pytest
from photvo import readers
from photvo.model.batch import ReadError

HEAD = "old_id,gaia_name,ucac4_name,apass_name,vsx_name,ra,dec,class,description"
SS_CYG = "12,1972957892448494592,668-102314,--,SS Cyg,325.679,43.5862,UGSS,dwarf nova"
FULL = (
    HEAD
    + ",simbad_name,other_names,epoch,var_type,period,period_epoch,period_epoch_frame"
    + ",mag_max,mag_min,mag_band,source"
)


@pytest.fixture
def read(tmp_path):
    """A function: lines → ObjectBatch."""

    def read(*lines):
        path = tmp_path / "stars.csv"
        path.write_text("\n".join(lines))
        reader = readers.open(path)
        assert (reader.format, reader.version) == ("kolonica-objects", 1)
        (batch,) = reader
        return batch

    return read


def test_a_star_is_read_with_every_column_in_its_place(read):
    batch = read(HEAD, SS_CYG)
    (star,) = batch.objects
    assert (star.line, star.id_arch, star.ra, star.dec) == (2, 12, 325.679, 43.5862)
    assert (star.gaia_name, star.ucac4_name, star.apass_name, star.vsx_name, star.simbad_name) == (
        "1972957892448494592",
        "668-102314",
        None,
        "SS Cyg",
        None,
    )
    assert (star.object_class, star.description, star.epoch, star.raw) == (
        "UGSS",
        "dwarf nova",
        2016.0,
        SS_CYG,
    )
    assert batch.rejects == []


def test_the_further_columns_are_read(read):
    (star,) = read(
        FULL,
        SS_CYG
        + ",V* SS Cyg,HD 206697; AAVSO 2138+43 ;,2000,UGSS,0.27513,2445214.5790,HJD UTC,7.7,12.4,V,GCVS",
    ).objects
    assert (star.simbad_name, star.other_names, star.epoch) == (
        "V* SS Cyg",
        ("HD 206697", "AAVSO 2138+43"),
        2000.0,
    )
    assert (star.var_type, star.period, star.period_epoch, star.period_epoch_frame) == (
        "UGSS",
        0.27513,
        "2445214.5790",
        "HJD UTC",
    )
    assert (star.mag_max, star.mag_min, star.mag_band, star.source) == (7.7, 12.4, "V", "GCVS")


@pytest.mark.parametrize(
    "name",
    [
        "1972957892448494592",
        "Gaia DR3 1972957892448494592",
        "gaia dr3 1972957892448494592",
        "Gaia EDR3 1972957892448494592",
    ],
)
def test_a_gaia_name_is_stored_bare(read, name):
    (star,) = read(HEAD, SS_CYG.replace("1972957892448494592", name)).objects
    assert star.gaia_name == "1972957892448494592"


def test_a_star_without_a_gaia_name_needs_another_one(read):
    batch = read(HEAD, "1,--,,--,SS Cyg,1,2,--,", "2,--,,,--,1,2,--,")
    assert [star.vsx_name for star in batch.objects] == ["SS Cyg"]
    assert [(r.line, r.row) for r in batch.rejects] == [(3, "2,--,,,--,1,2,--,")]
    assert "no name" in batch.rejects[0].reason


@pytest.mark.parametrize(
    "change, reason",
    [
        (("325.679", "360.1"), "ra: 360.1 is out of range (from 0 to 360)"),
        (("325.679", "-1"), "ra: -1 is out of range (from 0 to 360)"),
        (("325.679", "21:42:42"), "ra: '21:42:42' is not a number"),
        (("325.679", "nan"), "ra: 'nan' is not a finite number"),
        (("325.679", "--"), "ra: no position"),
        (("43.5862", "90.5"), "dec: 90.5 is out of range (from -90 to 90)"),
        (("43.5862", ""), "dec: no position"),
        (("12,", "twelve,"), "old_id: 'twelve' is not a number"),
        (("12,", "1.5,"), "old_id: 1.5 is not a whole number"),
        (("SS Cyg", "S" * 33), f"vsx_name: '{'S' * 33}' has 33 characters; there is room for 32"),
        (("1972957892448494592", "Gaia DR2 1972957892448494592"), "is no Gaia DR3 source_id"),
        (("1972957892448494592", "SS Cyg"), "is no Gaia DR3 source_id"),
        ((",dwarf nova", ""), "8 fields where the header has 9"),
    ],
)
def test_a_bad_row_is_rejected_with_the_column_and_the_rest_is_read(read, change, reason):
    bad = SS_CYG.replace(*change)
    batch = read(HEAD, bad, SS_CYG)
    assert [star.line for star in batch.objects] == [3]
    (reject,) = batch.rejects
    assert reason in reject.reason and (reject.line, reject.row) == (2, bad)


@pytest.mark.parametrize(
    "tail, reason",
    [
        (f",,{'x' * 65},,,,,,,,,", "other_names:"),
        (",,,,,0,,,,,,", "period: 0"),
        (",,,,,-1,,,,,,", "period: -1"),
        (",,,,,,soon,,,,,", "period_epoch: 'soon'"),
        (",,,B1950,,,,,,,,", "epoch: 'B1950'"),
        (",,,,,,,,8m,,,", "mag_max: '8m'"),
    ],
)
def test_a_bad_further_value_rejects_its_row(read, tail, reason):
    batch = read(FULL, SS_CYG + tail)
    assert batch.objects == [] and batch.rejects[0].reason.startswith(reason)


@pytest.mark.parametrize("column", HEAD.split(","))
def test_a_missing_column_is_named(read, column):
    with pytest.raises(ReadError, match=f"the column '{column}' is missing"):
        read(",".join(name for name in HEAD.split(",") if name != column), "")


def test_a_column_that_would_be_lost_is_named(read):
    with pytest.raises(ReadError, match="the column 'simbad' is not known"):
        read(HEAD + ",simbad", SS_CYG + ",x")
