"""What TAP says about tables, columns and keys."""

import re
from contextlib import closing

import astropy.units as u
import numpy as np
import pytest
from answers import ask, get, rows, votable
from astropy.io.votable.ucd import parse_ucd
from lxml import etree


@pytest.fixture(scope="module")
def columns(tap):
    found = tap.run_sync(
        "SELECT * FROM tap_schema.columns WHERE table_name NOT LIKE 'tap_schema.%'", maxrec=100000
    )
    assert len(found) > 200
    return [dict(zip(found.fieldnames, row)) for row in rows(found.to_table())]


def test_every_table_of_the_seed_is_there_with_the_seeds_columns(columns):
    seed = {
        "lightcurves": "id object_id dateobs magnitude mag_err datasource_id photosys_id mag_diff"
                       " mag_diff_err id_arch"
                       " observation_id quality",
        "metadata_lc_json": "id lightcurve_id data",
        "observations": "id dateobs accumtime telescope_id instrument_id mode band coordequ coordequsrc"
                        " type filename"
                        " path_to_fits",
        "metadata_obs_json": "id observation_id data",
        "objects": "id coordequ gaia_name simbad_name class description ucac4_name apass_name vsx_name"
                   " id_arch",
        "datasources": "id", "observatories": "id", "instruments": "id", "photosys": "id band",
        "telescopes": "id",
    }  # fmt: skip
    there = {(column["table_name"], column["column_name"]) for column in columns}
    assert {(f"kolonica.{name}", column) for name, names in seed.items() for column in names.split()} <= there


def test_every_column_has_a_description_and_a_valid_ucd(columns):
    bad = {}
    for column in columns:
        try:
            assert len(column["description"] or "") > 3, "no description"
            assert column["ucd"], "no UCD"
            parse_ucd(column["ucd"], check_controlled_vocabulary=True)
        except (AssertionError, ValueError) as error:
            bad[f"{column['table_name']}.{column['column_name']}"] = str(error)
    assert bad == {}


def test_every_quantity_has_a_unit_that_vounits_knows(columns):
    without = re.compile(
        r"meta\.(id|code|number|ref|record)|spect\.resolution$|src\.(redshift|var\.index)|arith\.ratio"
        r"|stat\.(snr|fit|probability|value)|arith\.factor|obs\.airMass|pos\.wcs\.cdmatrix|src\.class\.starGalaxy"
    )
    bad = {}
    for column in columns:
        name = f"{column['table_name']}.{column['column_name']}"
        if column["unit"]:
            try:
                u.Unit(column["unit"], format="vounit")
            except ValueError as error:
                bad[name] = str(error)
        elif column["datatype"] in ("float", "double", "short", "int", "long") and not without.match(
            column["ucd"] or ""
        ) and "flux" not in column["column_name"]:  # each has its own: flux_unit
            bad[name] = "no unit"
    assert bad == {}


def test_descriptions_of_the_tables_are_there(tap):
    found = tap.run_sync("SELECT table_name, description FROM tap_schema.tables").to_table()
    assert [name for name, text in rows(found) if not text] == []


def test_timestamps_are_declared_as_such(columns):
    declared = {
        f"{c['table_name']}.{c['column_name']}": c["xtype"] for c in columns if c["column_name"] == "dateobs"
    }
    assert declared and set(declared.values()) == {"timestamp"}


def test_timestamps_keep_their_fraction(instance, tap):
    found = tap.run_sync(
        "SELECT dateobs, jd FROM kolonica.lightcurves WHERE jd BETWEEN 2459510 AND 2459510.5 ORDER BY id"
    ).to_table()
    theirs = instance.query(
        "select dateobs at time zone 'UTC' from lightcurves where published"
        " and dateobs between '2021-10-22 12:00+0' and '2021-10-23 00:00+0' order by id"
    )
    assert [np.datetime64(when) for when in found["dateobs"]] == [np.datetime64(when) for [when] in theirs]
    assert any(when.microsecond % 1000 == 0 and when.microsecond for [when] in theirs)


def test_timestamps_compare_as_times(instance, tap):
    ours = tap.run_sync(
        "SELECT count(*) AS n FROM kolonica.lightcurves WHERE dateobs > '2021-10-22"
        " 20:15:10.3'"
        " AND dateobs < '2021-10-22T20:15:10.4'"
    ).to_table()
    theirs = instance.query(
        "select count(*) from lightcurves where published and dateobs > '2021-10-22"
        " 20:15:10.3+0'"
        " and dateobs < '2021-10-22 20:15:10.4+0'"
    )
    assert rows(ours) == theirs and theirs[0][0] > 0


def test_julian_dates_can_be_had_from_timestamps(tap):
    found = tap.run_sync(
        "SELECT TOP 500 jd, ivo_to_jd(dateobs) AS naive FROM kolonica.lightcurves WHERE dateobs IS NOT NULL"
    ).to_table()
    # DaCHS cuts the second's fraction off
    assert np.abs(found["jd"] - found["naive"]).max() < 1.2 / 86400


def test_the_keys_are_those_of_the_base_tables(instance, tap):
    ours = tap.run_sync(
        "SELECT k.from_table, c.from_column, k.target_table, c.target_column FROM tap_schema.keys AS k"
        " JOIN tap_schema.key_columns AS c ON c.key_id = k.key_id WHERE k.from_table LIKE 'kolonica.%'"
    ).to_table()
    theirs = instance.query("""
        SELECT r.relname, a.attname, t.relname, b.attname FROM pg_constraint c
        JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
        JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = c.conkey[1]
        JOIN pg_attribute b ON b.attrelid = t.oid AND b.attnum = c.confkey[1]
        WHERE c.contype = 'f' AND c.connamespace = 'kolonica_db'::regnamespace""")
    published = {row[0] for row in rows(tap.run_sync("SELECT table_name FROM tap_schema.tables").to_table())}
    base = {(f"kolonica.{a}", b, f"kolonica.{c}", d) for a, b, c, d in theirs}
    base = {key for key in base if {key[0], key[2]} <= published}
    assert len(base) >= 12
    # views and summaries of ours, whose base has none of these keys or one of two columns
    more = {
        (f"kolonica.{name}", "object_id", "kolonica.objects", "id")
        for name in ("comparison_stars", "photometry", "series_stats")
    }
    assert {tuple(row) for row in rows(ours)} == base | more


@pytest.mark.parametrize("table, column, value, index", [
    ("kolonica.photometry", "object_id", "1", "lightcurves_point"),
    ("kolonica.photometry", "object_name", "'SS Cyg'", "series_name"),
    ("kolonica.lightcurves", "observation_id", "1", "lightcurves_observation"),
    ("kolonica.metadata_lc_json", "lightcurve_id", "1", "metadata_lc_json_lightcurve"),
    ("kolonica.metadata_obs_json", "observation_id", "1", "metadata_obs_json"),
    ("kolonica.objects", "gaia_name", "'1'", "objects_gaia_name"),
    ("dvo.photometry", "object_id", "1", "measurements"),
])  # fmt: skip
def test_columns_that_an_index_finds_say_so(instance, columns, table, column, value, index):
    [told] = [c["indexed"] for c in columns if (c["table_name"], c["column_name"]) == (table, column)]
    with closing(instance.connect("admin")) as connection, connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")  # the planner would read a table this small from end to end
        cursor.execute(f"EXPLAIN SELECT * FROM {table} WHERE {column} = {value}")
        plan = "\n".join(line for [line] in cursor.fetchall())
    assert told == 1
    assert re.search(rf"Index (Only )?Scan (using|on) {index}", plan), plan


def test_vosi_tables_say_what_tap_schema_says(tap, columns):
    vosi = {
        (name.strip('"'), column.name.strip('"')): (column.unit or None, column.ucd or None)
        for name, described in tap.tables.items()
        for column in described.columns
    }
    schema = {(c["table_name"], c["column_name"].strip('"')): (c["unit"], c["ucd"]) for c in columns}
    assert {key: value for key, value in vosi.items() if not key[0].startswith("tap_schema")} == schema


def test_functions_are_declared_with_their_signatures(instance, tap):
    capabilities = get(f"{instance.url}tap/capabilities").text
    assert "gavo_array_has(items BIGINT ARRAY, item BIGINT) -&gt; INTEGER" in capabilities
    for name, arguments in (("AND", "a BIGINT, b BIGINT"), ("OR", "a BIGINT, b BIGINT"), ("XOR", "a BIGINT, b BIGINT"), ("NOT", "a BIGINT")):
        assert f">BITWISE_{name}({arguments}) -&gt; BIGINT<" in capabilities
    [answer] = tap.run_sync(
        "SELECT TOP 1 BITWISE_AND(12, 10) AS a, BITWISE_OR(12, 10) AS o, BITWISE_XOR(12, 10) AS x, BITWISE_NOT(12) AS n FROM dvo.flags"
    ).to_table()
    assert tuple(answer) == (8, 14, 6, -13)


def test_both_times_name_their_frames(columns):
    described = {
        c["column_name"]: c["description"] for c in columns if c["table_name"] == "kolonica.photometry"
    }
    assert "TDB" in described["obs_time"] and "UTC" in described["obs_time_utc"]


@pytest.mark.parametrize("name", ["kolonica.photometry", "kolonica.lightcurves", "dvo.photometry"])
def test_answers_say_in_which_time_system_the_times_are(sync, name):
    answer = votable(ask(sync, f"SELECT TOP 1 id, obs_time_utc, obs_time FROM {name} WHERE obs_time > 0", "votable"))
    systems = {system.ID: system for system in answer.resources[0].time_systems}
    for field in answer.get_first_table().fields[1:]:
        system = systems[field.ref]
        expected = ("TDB", "BARYCENTER") if field.name == "obs_time" else ("UTC", "TOPOCENTER")
        assert (system.timescale, system.refposition, float(system.timeorigin)) == (*expected, 2400000.5)
    assert not votable(ask(sync, f"SELECT TOP 1 id FROM {name}", "votable")).resources[0].time_systems


def test_a_schema_is_described_as_a_whole(instance, tap):
    told = dict(rows(tap.run_sync("SELECT schema_name, description FROM tap_schema.schemas").to_table()))
    for schema, words in (("kolonica", "objects, light curves, the images"), ("dvo", "images, photcodes, objects")):
        assert words in " ".join(told[schema].split())
        found = etree.fromstring(get(f"{instance.url}tap/tables").content).xpath(f"schema[name='{schema}']")[0]
        assert (found.findtext("description"), found.findtext("title")[-20:]) == (told[schema], " photometry database"[-20:])
