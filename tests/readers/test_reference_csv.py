"""The reference tables: columns of the schema, foreign keys by name."""

import re
from pathlib import Path

import pytest
from photvo import readers
from photvo.model.batch import ReadError
from photvo.readers.reference_csv import TABLES
from photvo.settings import TOP

GOOD = {
    "observatories": "name,longitude,latitude,altitude\nKolonica,22.273722,48.935194,460\n",
    "telescopes": "name,observatory,aperture,focal_length\nAlica,Kolonica,0.152,0.731\n",
    "instruments": "name,type,pixel_size,naxis1,naxis2\nG2-8300,CCD,5.4e-6,3358,2536\n",
    "photosys": "band,magsys,zeropoint,wavelength_eff\nV,Vega,3600,5.5e-7\n",
    "datasources": "progid,time_scale,time_refposition,time_point,observatory,telescope\n"
    "alica,UTC,TOPOCENTER,mid,Kolonica,\n",
}


@pytest.fixture
def read(tmp_path):
    """A function: table, text → ReferenceBatch."""

    def read(table, text):
        path = tmp_path / f"{table}.csv"
        path.write_text(text)
        reader = readers.open(path)
        assert (reader.format, reader.version) == ("kolonica-reference", 1)
        (batch,) = reader
        return batch

    return read


@pytest.mark.parametrize("table", GOOD)
def test_each_table_is_read_with_all_of_its_columns(read, table):
    batch = read(table, GOOD[table])
    head, row = (line.split(",") for line in GOOD[table].splitlines())
    (found,) = batch.rows
    assert (batch.table, batch.lines, batch.rejects) == (table, [2], [])
    assert set(found) == set(TABLES[table][1])
    for name, text in zip(head, row):
        assert found[name] == (None if text == "" else type(found[name])(text))
    assert all(found[name] is None for name in found if name not in head)


def test_the_tables_are_those_of_the_schema():
    schema = (TOP / "resources" / "kolonica" / "schema.sql").read_text()
    for table, (required, columns) in TABLES.items():
        body = re.search(rf"CREATE TABLE IF NOT EXISTS {table} \((.*?)\n\);", schema, re.S)[1]
        rows = re.findall(r"^  (\w+) +(varchar\((\d+)\)|text|double precision|integer)([^\n]*)", body, re.M)
        assert {name.removesuffix("_id") if name != "filter_id" else name for name, *_ in rows} - {
            "id"
        } == set(columns)
        assert {name for name, _, _, rest in rows if "NOT NULL" in rest and "DEFAULT" not in rest} == set(
            required
        )


@pytest.mark.parametrize(
    "table, change, reason",
    [
        ("observatories", ("22.273722", "east"), "longitude: 'east' is not a number"),
        ("observatories", ("48.935194", "98"), "latitude: 98 is out of range (from -90 to 90)"),
        ("observatories", ("460", ""), "altitude: may not be empty"),
        ("observatories", ("Kolonica", "K" * 65), "has 65 characters; there is room for 64"),
        ("telescopes", ("0.152", "-1"), "aperture: -1 is out of range (at least 0)"),
        ("instruments", ("3358", "3358.5"), "naxis1: 3358.5 is not a whole number"),
        ("photosys", ("Vega", "vega"), "magsys: 'vega' is none of AB, Vega"),
        ("datasources", ("UTC", "local"), "time_scale: 'local' is none of UTC"),
        ("datasources", ("mid", "middle"), "time_point: 'middle' is none of start, mid"),
        ("datasources", ("alica", ""), "progid: may not be empty"),
    ],
)
def test_a_bad_row_is_rejected_with_the_column(read, table, change, reason):
    batch = read(table, GOOD[table].replace(*change, 1))
    assert batch.rows == [] and reason in batch.rejects[0].reason and batch.rejects[0].line == 2


@pytest.mark.parametrize("table", GOOD)
def test_a_column_that_is_missing_or_unknown_is_named(read, table):
    head, rest = GOOD[table].split("\n", 1)
    first = head.split(",")[0]
    with pytest.raises(ReadError, match=f"line 1: the column '{first}' is missing"):
        read(table, GOOD[table].replace(first + ",", "", 1))
    with pytest.raises(ReadError, match="line 1: the column 'id' is not known"):
        read(table, f"id,{head}\n{rest}")


def test_the_archives_own_reference_tables_are_read_without_a_reject():
    folder = Path(TOP / "inputs" / "kolonica")
    tables = [path for path in folder.glob("*.csv") if path.stem in TABLES]
    if not tables:
        pytest.skip("inputs/kolonica has no reference tables")
    for path in tables:
        (batch,) = readers.open(path)
        assert batch.rows and batch.rejects == []
