"""A database as the seed describes it comes over whole, with its ids; what does not fit is told row by row."""

import itertools
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pyarrow as pa
import pytest
from archive_inputs import REFERENCE, image
from astropy.time import Time
from hypothesis import given, settings
from hypothesis import strategies as st
from seed_database import METADATA, MISFITS, REASONS, SeedDatabase

from photvo.archive import origin
from photvo.archive.delete import delete
from photvo.archive.import_database import import_database
from photvo.archive.import_points import julian
from photvo.settings import PhotvoError

NUMBERS = itertools.count(1)


@pytest.fixture
def seed(database_server):
    made = SeedDatabase(database_server, f"seed_{next(NUMBERS)}")
    yield made
    made.drop()


def take_over(archive, seed, **options):
    path = archive.settings.state / "theirs.env"
    path.write_text(seed.env)
    return import_database(archive.settings, origin.address(path), **options)


def rejects(archive):
    return dict(reason.split(": ", 1) for (reason,) in archive.query("SELECT reason FROM ingest_rejects"))


def test_all_that_fits_comes_over_with_its_ids_and_values(archive, seed):
    assert take_over(archive, seed) == 0
    for table, columns in {
        "objects": "id, gaia_name, simbad_name, class, description, vsx_name, id_arch", "telescopes": "id, name, observatory_id, aperture",
        "observatories": "id, name, longitude, latitude, altitude", "photosys": "id, band", "datasources": "id, progid, copyright",
        "observations": "id, dateobs, accumtime, telescope_id, instrument_id, fov::text, mode, band, coordequsrc, type, filename, path_to_fits",
        "metadata_obs_json": "id, observation_id, data",
        "lightcurves": "id, object_id, dateobs, magnitude, mag_err, datasource_id, photosys_id, mag_diff, mag_diff_err, id_arch, observation_id, quality",
    }.items():  # fmt: skip
        query = f"SELECT {columns} FROM {table} ORDER BY id"
        theirs = seed.query(query)
        assert len(theirs) > 0 and archive.query(query) == theirs, table
    for table in ("objects", "observations"):
        exact = f"SELECT id, long(coordequ), lat(coordequ) FROM {table} ORDER BY id"
        assert archive.query(exact) == seed.query(exact)
    assert archive.query("SELECT ucac4_name, apass_name FROM objects WHERE id = 13") == [(None, None)]
    ((key, data),) = archive.query("SELECT id, data FROM metadata_lc_json WHERE lightcurve_id = 1000")
    assert key == 777 and data == {**METADATA, "detrend_mag": None, "detrend_mag_err": None}
    assert archive.value("SELECT count(*) FROM ingest_rejects") == 0


def test_what_follows_from_the_points_is_there_at_once(archive, seed):
    take_over(archive, seed)
    assert archive.query("SELECT object_id, band, npoints FROM series ORDER BY 1, 2") == [
        (12, "g_sdss", 1), (12, "r_sdss", 1), (13, "i_sdss", 1)]  # fmt: skip
    # good ones: one has no magnitude, one a quality code
    assert archive.query("SELECT npoints FROM series_stats ORDER BY 1") == [(0,), (0,), (1,)]
    # of the image's header; the exposure from the metadata, or from the image
    assert archive.query("SELECT id, airmass, exptime FROM lightcurves ORDER BY 1") == [(1000, 1.25, 30), (1001, None, None), (1002, None, None)]
    assert archive.query("SELECT stars FROM comp_sets") == [(METADATA["comp_stars"],)]
    assert archive.query("SELECT name FROM object_names WHERE object_id = 12 ORDER BY 1") == [
        ("1972957892448494592",), ("Gaia DR3 1972957892448494592",), ("V* SS Cyg",)]  # fmt: skip
    # the next rows get numbers of their own
    for table in ("objects", "lightcurves", "observations", "metadata_lc_json", "photosys", "datasources"):
        ((following, last),) = archive.query(f"SELECT nextval('{table}_id_seq'), (SELECT max(id) FROM {table})", role="writer")
        assert following > last


def test_times_are_unknown_until_the_data_source_declares_them_and_then_derived(archive, seed):
    take_over(archive, seed)
    assert archive.query("SELECT DISTINCT obs_time, obs_time_utc, time_frame FROM lightcurves") == [(None, None, "JD unknown unknown unknown")]
    assert archive.query("SELECT time_given FROM lightcurves WHERE id = 1000") == [(Decimal("2459510.34387"),)]
    for name in ("observatories.csv", "telescopes.csv"):
        archive.put(name, REFERENCE[name])
    archive.put("datasources.csv", REFERENCE["datasources.csv"])
    assert archive.ingest().status == 0
    ((dateobs, utc, tdb),) = archive.query("SELECT dateobs, obs_time_utc, obs_time FROM lightcurves WHERE id = 1000")
    assert dateobs == datetime(2021, 10, 22, 20, 15, 10, 368000, timezone.utc)
    assert abs(utc - Time("2021-10-22T20:15:25.368", scale="utc").mjd) < 1e-9  # the middle of the exposure
    assert 0 < abs(tdb - utc) * 86400 - 69 < 500
    assert archive.query("SELECT id, progid FROM datasources WHERE id < 10 ORDER BY 1") == [(6, "alica"), (9, "ziga")]


def test_an_undeclared_source_keeps_its_dates_when_an_object_moves(archive, seed):
    take_over(archive, seed)
    before = archive.query("SELECT id, dateobs FROM lightcurves ORDER BY 1")
    archive.put("objects/a.csv", "old_id,gaia_name,ucac4_name,apass_name,vsx_name,ra,dec,class,description\n"
                "77,1701925222477693952,--,--,--,260.6,76.7,star,--\n")  # fmt: skip
    assert archive.ingest().status == 0
    assert archive.query("SELECT id, dateobs FROM lightcurves ORDER BY 1") == before


def test_each_row_that_does_not_fit_is_told_with_its_reason(archive, seed, capsys):
    seed.run(MISFITS)
    assert take_over(archive, seed) == 2
    found = rejects(archive)
    assert set(found) == set(REASONS)
    for row, words in REASONS.items():
        assert words in found[row], (row, found[row])
    assert [row[0] for row in archive.query("SELECT id FROM objects ORDER BY 1")] == [12, 13, 14, 24]
    assert [row[0] for row in archive.query("SELECT id FROM observations ORDER BY 1")] == [2, 5, 33]
    assert archive.query("SELECT id, magnitude, mag_err, mag_diff, observation_id FROM lightcurves WHERE id > 1002 ORDER BY 1") == [
        (2100, 10, Decimal("0.1"), None, None), (2101, None, None, Decimal("1.5"), None)]  # fmt: skip
    said = capsys.readouterr().err
    assert "lightcurves: 5 of 16 rows taken" in said and "2 like lightcurves 2004: it has no time" in said
    assert archive.query("SELECT status, rows_read, rows_accepted, rows_rejected FROM ingest_log") == [("with rejects", 16, 5, len(REASONS))]


def test_the_second_time_changes_nothing_and_takes_what_is_new(archive, seed):
    seed.run(MISFITS)
    take_over(archive, seed)

    def state():
        return {table: rows for table, rows in archive.everything().items() if table not in ("ingest_log", "ingest_rejects")}

    before, told = state(), rejects(archive)
    assert take_over(archive, seed) == 2
    assert state() == before and rejects(archive) == told
    seed.run("INSERT INTO lightcurves VALUES (3000, 12, '2021-10-30', 11, 0.1, 6, 9, NULL, NULL, NULL, NULL, 0)",
             "INSERT INTO objects VALUES (99, '(1.1 , 1.1)', '99', NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
             "UPDATE lightcurves SET object_id = 99 WHERE id = 2000")  # fmt: skip
    assert take_over(archive, seed) == 2
    assert [row[0] for row in archive.query("SELECT id FROM lightcurves ORDER BY 1")] == [1000, 1001, 1002, 2000, 2100, 2101, 3000]
    assert set(told) - set(rejects(archive)) == {"lightcurves 2000"}


def test_a_point_whose_image_comes_later_is_not_doubled(archive, seed):
    seed.run("INSERT INTO observations VALUES (40, '2021-10-23', 30, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'e.fit', NULL)",
             "INSERT INTO lightcurves VALUES (3100, 12, '2021-10-30', 11, 0.1, 6, 9, NULL, NULL, NULL, 40, 0)",
             "INSERT INTO metadata_lc_json VALUES (3101, 3100, '{\"binning\": \"1x1\"}')")  # fmt: skip
    assert take_over(archive, seed) == 2  # the image has no position
    query = "SELECT l.id, observation_id, m.id FROM lightcurves l LEFT JOIN metadata_lc_json m ON m.lightcurve_id = l.id WHERE l.id > 1002"
    assert archive.query(query) == [(3100, None, 3101)]
    seed.run("UPDATE observations SET coordequ = '(1 , 1)' WHERE id = 40")
    for _ in range(2):
        assert take_over(archive, seed) == 0
        assert archive.query(query) == [(3100, 40, 3101)]
    assert archive.query("SELECT sum(npoints)::int FROM series") == [(4,)]


def test_a_dry_run_tells_all_and_keeps_nothing(archive, seed, capsys):
    seed.run(MISFITS)
    before = archive.everything()
    assert take_over(archive, seed, dry_run=True) == 2
    assert archive.everything() == before
    said = capsys.readouterr().err
    assert "lightcurves: 5 of 16 rows would be taken" in said and "nothing of this was kept" in said


def test_into_an_archive_with_rows_of_its_own(archive, seed):
    """What both have is one; where an id is taken by something else, the newcomer gets another."""
    from archive_inputs import OBJECTS, fill, points, run

    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(1, obs_type_id="3"), *run(30, start=2459600.5)))
    archive.ingest()
    seed.run("UPDATE objects SET id = 1 WHERE id = 14", "UPDATE lightcurves SET id = 5 WHERE id = 1001",
             "INSERT INTO lightcurves VALUES (6, 1, '2021-10-30', 11, 0.1, 6, 9, NULL, NULL, NULL, NULL, 0)",
             "UPDATE objects SET id_arch = NULL", "UPDATE lightcurves SET observation_id = NULL WHERE id = 1000")  # fmt: skip
    assert OBJECTS.count("\n") == 6
    assert take_over(archive, seed) == 0
    assert archive.query("SELECT count(*), count(DISTINCT gaia_name) FROM objects") == [(6, 5)]
    ours = dict(archive.query("SELECT gaia_name, id FROM objects"))
    assert ours["18"] > 5
    # the point of the seed's text was there, from the file
    assert archive.value("SELECT count(*) FROM lightcurves") == 31 + 3
    assert archive.value("SELECT count(*) FROM lightcurves WHERE object_id = %s AND id NOT IN (5, 6)", [ours["18"]]) == 1
    assert take_over(archive, seed) == 0
    assert archive.value("SELECT count(*) FROM lightcurves") == 31 + 3


def test_images_are_found_where_they_are_now_and_served(archive, seed):
    folder = archive.inputs / "images" / "Alica"
    archive.put("images/Alica/2021-10-22/2021-10-22T20:13:42_r.fit", image())
    for name in ("photosys.csv", "telescopes.csv", "instruments.csv", "observatories.csv"):
        archive.put(name, REFERENCE[name])
    assert take_over(archive, seed, paths={"/home/skvo/data/upjs/Alica": str(folder)}) == 0
    assert archive.query("SELECT id, path_to_fits FROM observations ORDER BY 1") == [(2, "kolonica/images/Alica/2021-10-22"), (5, None)]
    assert archive.query("SELECT observation_id, accref FROM observation_files") == [
        (2, "kolonica/images/Alica/2021-10-22/2021-10-22T20:13:42_r.fit")]  # fmt: skip


def test_a_path_may_be_mapped_later(archive, seed, tmp_path):
    take_over(archive, seed)
    assert archive.value("SELECT path_to_fits FROM observations WHERE id = 2") == "/home/skvo/data/upjs/Alica/2021-10-22"
    assert take_over(archive, seed, paths={"/home/skvo/": str(tmp_path)}) == 0
    assert archive.value("SELECT path_to_fits FROM observations WHERE id = 2") == f"{tmp_path}/data/upjs/Alica/2021-10-22"
    with pytest.raises(PhotvoError, match="--path-map: .*nowhere is not a folder"):
        take_over(archive, seed, paths={"/home": "/nowhere"})


def test_columns_that_are_left_out_or_missing_are_told_with_the_remedy(archive, seed, capsys):
    seed.run("ALTER TABLE datasources RENAME progid TO prog")
    assert take_over(archive, seed) == 0
    said = capsys.readouterr().err
    for words in ("datasources: left out, since there is no such column here: prog, email", "--column datasources.progid=THEIRS",
                  "rows are called 'datasources ID'", "photosys: left out, since there is no such column here: specmid"):  # fmt: skip
        assert words in said
    assert archive.query("SELECT progid FROM datasources ORDER BY id") == [("datasources 6",), ("datasources 9",)]


def test_a_column_may_have_another_name_there(archive, seed):
    seed.run("ALTER TABLE datasources RENAME progid TO prog", "ALTER TABLE lightcurves RENAME magnitude TO mag")
    names = {("datasources", "progid"): "prog", ("photosys", "wavelength_eff"): "specmid", ("lightcurves", "magnitude"): "mag"}
    assert take_over(archive, seed, names=names) == 0
    assert archive.query("SELECT progid FROM datasources ORDER BY id") == [("alica",), ("ziga",)]
    assert archive.value("SELECT wavelength_eff FROM photosys WHERE band = 'g_sdss'") == 4.71e-7
    assert archive.value("SELECT magnitude FROM lightcurves WHERE id = 1000") == Decimal("10.2437")


@pytest.mark.parametrize("statement, words", [
    ("DROP TABLE metadata_lc_json", "sees no table metadata_lc_json"), ("REVOKE SELECT ON objects FROM {}", "sees no table objects"),
    ("ALTER TABLE lightcurves DROP object_id", "no column object_id; .*--column lightcurves.object_id=THEIRS"),
    ("ALTER ROLE {} NOLOGIN", "not permitted"),
])  # fmt: skip
def test_a_database_that_cannot_be_read_is_one_clear_line_and_nothing_is_taken(archive, seed, statement, words):
    before = archive.everything()
    seed.run(statement.format(seed.role))
    with pytest.raises(PhotvoError, match=words) as refused:
        take_over(archive, seed)
    assert "\n" not in str(refused.value) and seed.env.rpartition("=")[2].strip() not in str(refused.value)
    assert archive.everything() == before


@pytest.mark.parametrize("env, words", [(None, "no such file"), ("DB_HOST=x\nDB_NAME=vo\n", "DB_READONLY_USER is not set"),
                                        ("DB_HOST\n", "line 1")])  # fmt: skip
def test_an_environment_file_that_is_none_is_one_clear_line(tmp_path, env, words):
    if env is not None:
        (tmp_path / "env").write_text(env)
    with pytest.raises(PhotvoError, match=words):
        origin.address(tmp_path / "env")


def test_what_was_imported_can_be_deleted_as_what_a_file_brought(archive, seed):
    take_over(archive, seed)
    (name,) = archive.query("SELECT path FROM ingest_log")[0]
    assert name.startswith("postgresql://") and delete(archive.settings, "file", [name])["lightcurves"] == 3


def test_many_points_come_over_in_several_batches(archive, seed, monkeypatch):
    from photvo.archive import import_points

    monkeypatch.setattr(import_points, "BLOCK", 50_000)
    monkeypatch.setattr(import_points, "MANY", 10_000)
    seed.run("INSERT INTO lightcurves SELECT 10000 + i, 12, '2021-01-01'::timestamptz + i * '1 minute'::interval, 10 + i % 7 * 0.1, 0.01, 6, 9"
             " FROM generate_series(1, 20000) i",
             "INSERT INTO metadata_lc_json SELECT 10000 + id, id, jsonb_build_object('comp_stars', ARRAY['7', id::text], 'exp_time', 30)"
             " FROM lightcurves WHERE id > 10000 AND id % 2 = 0")  # fmt: skip
    assert take_over(archive, seed) == 0
    query = "SELECT count(*), sum(magnitude), sum(id), min(dateobs), max(dateobs) FROM lightcurves"
    assert archive.query(query) == seed.query(query)
    query = "SELECT count(*), sum(id), sum(lightcurve_id) FROM metadata_lc_json"
    assert archive.query(query) == seed.query(query)


@settings(deadline=None, max_examples=300)
@given(st.datetimes(datetime(1850, 1, 1), datetime(2100, 1, 1)))
def test_a_julian_date_is_the_very_instant(instant):
    us = (instant - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    (text,) = julian(pa.array([us])).to_pylist()
    exact = Decimal(us) / 86_400_000_000 + Decimal("2440587.5")
    assert abs(Decimal(text) - exact) * 86_400_000_000 < Decimal("0.5")


@settings(deadline=None, max_examples=300)
@given(st.integers(23_967_585 * 10**8, 24_880_695 * 10**8), st.integers(1, 9))
def test_the_julian_date_of_a_file_comes_back(number, decimals):
    given_date = Decimal(number).scaleb(-9).quantize(Decimal(1).scaleb(-decimals))
    us = ((given_date - Decimal("2440587.5")) * 86_400_000_000).to_integral_value()  # what PostgreSQL makes of J…
    (text,) = julian(pa.array([int(us)])).to_pylist()
    assert Decimal(text) == given_date


def test_what_has_no_instant_has_no_julian_date():
    assert julian(pa.array([None, 0], pa.int64())).to_pylist() == [None, "2440587.5"]
