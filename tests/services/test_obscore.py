"""ObsCore: light curves and images as ivoa.obscore has them, against ts_ssa and the base tables."""

import numpy as np
import pytest
from answers import get, rows, same, table
from astropy import units as u
from astropy.coordinates import SkyCoord

SS_CYG = 325.679, 43.5862
#: Columns that ObsCore 1.1 has for every service (its table 5).
MANDATORY = """dataproduct_type calib_level obs_collection obs_id obs_publisher_did access_url access_format
    access_estsize
  target_name s_ra s_dec s_fov s_region s_resolution s_xel1 s_xel2 t_min t_max t_exptime t_resolution t_xel
  em_min em_max
  em_res_power em_xel o_ucd pol_states pol_xel facility_name instrument_name""".split()


@pytest.fixture(scope="module")
def curves(tap):
    return tap.run_sync(
        "SELECT * FROM ivoa.obscore WHERE dataproduct_type = 'timeseries' AND obs_collection = 'Kolonica' ORDER BY obs_publisher_did"
    ).to_table()


@pytest.fixture(scope="module")
def images(tap):
    return tap.run_sync(
        "SELECT * FROM ivoa.obscore WHERE dataproduct_type = 'image' AND obs_collection = 'Kolonica' ORDER BY obs_publisher_did"
    ).to_table()


def test_light_curves_are_those_of_ssa(tap, curves):
    theirs = tap.run_sync(
        "SELECT ssa_pubdid, accref, mime, ssa_targname, ssa_targclass, ra, dec, t_min, t_max, exptime,"
        " npoints, ssa_fluxucd,"
        " ssa_specstart, ssa_specend, ssa_collection, ssa_dstitle FROM kolonica.ts_ssa ORDER BY ssa_pubdid"
    ).to_table()
    names = [
        "obs_publisher_did",
        "access_url",
        "access_format",
        "target_name",
        "target_class",
        "s_ra",
        "s_dec",
        "t_min",
        "t_max",
        "t_exptime",
        "t_xel",
        "o_ucd",
        "em_min",
        "em_max",
        "obs_collection",
        "obs_title",
    ]
    assert len(theirs) >= 300
    same(curves[names], theirs, rel=2e-7)


def test_times_and_sizes_are_those_of_the_base_tables(instance, curves):
    theirs = instance.query("""
        SELECT l.object_id || '/' || p.band, count(*),
          min(obs_time_utc - coalesce(exptime, 0)::float8 / 172800), max(obs_time_utc + coalesce(exptime,
          0)::float8 / 172800),
          sum(exptime::float8)
        FROM lightcurves l JOIN photosys p ON p.id = photosys_id WHERE published GROUP BY l.object_id,
        p.band""")
    by_name = {name: numbers for name, *numbers in theirs}
    for row in curves:
        n, t_min, t_max, exptime = by_name[row["obs_publisher_did"].partition("/lightcurves/")[2]]
        same([[row["t_xel"], row["t_min"], row["t_max"]]], [[n, t_min, t_max]], rel=1e-15)
        same([[row["t_exptime"]]], [[exptime]], rel=1e-6)


def test_light_curves_of_an_object_share_the_observation(instance, curves):
    for row in curves:
        assert (
            row["obs_id"].rpartition("/")[2]
            == row["obs_publisher_did"].partition("/lightcurves/")[2].partition("/")[0]
        )
    shared = {obs: set(curves["target_name"][curves["obs_id"] == obs]) for obs in set(curves["obs_id"])}
    assert all(len(names) == 1 for names in shared.values())
    assert (
        len(shared)
        == instance.query("SELECT count(DISTINCT object_id) FROM lightcurves WHERE published")[0][0]
    )


def test_what_is_observed_names_the_band(curves):
    seen = dict(zip((did.rpartition("/")[2] for did in curves["obs_publisher_did"]), curves["o_ucd"]))
    assert {band: ucd for band, ucd in seen.items() if band in "BVRI"} == {
        band: f"phot.mag;em.opt.{band}" for band in "BVRI"
    }
    assert all(ucd.startswith("phot.mag;em.opt") for ucd in seen.values())


def test_what_is_the_same_for_all_light_curves_is_right(curves):
    constant = {
        "dataproduct_type": "timeseries",
        "dataproduct_subtype": "lightcurve",
        "calib_level": 2,
        "access_format": "application/x-votable+xml",
        "obs_collection": "Kolonica",
        "em_xel": 1,
    }
    assert {name: set(curves[name]) for name in constant} == {
        name: {value} for name, value in constant.items()
    }


def test_every_mandatory_column_is_there_and_the_most_important_are_never_null(tap):
    found = tap.run_sync("SELECT * FROM ivoa.obscore", maxrec=100000).to_table()
    assert set(MANDATORY) <= set(found.colnames)
    never_null = (
        "dataproduct_type",
        "calib_level",
        "obs_collection",
        "obs_id",
        "obs_publisher_did",
        "access_url",
        "access_format",
        "access_estsize",
        "s_ra",
        "s_dec",
        "o_ucd",
        "target_name",
        "t_xel",
    )
    for name in never_null:
        # a survey's images have no target
        of = found if name != "target_name" else found[found["dataproduct_type"] == "timeseries"]
        values = [row[0] for row in rows(of[[name]])]
        assert None not in values and "" not in values, name
    assert len(set(found["obs_publisher_did"])) == len(found)
    known = found[~np.ma.getmaskarray(np.ma.masked_invalid(found["t_min"]))]
    assert len(known) > 250 and (known["t_min"] <= known["t_max"]).all()


def test_images_are_those_of_the_archive(instance, images):
    theirs = instance.query(
        "SELECT filename, degrees(long(coordequ)), degrees(lat(coordequ)), accumtime, extract(epoch FROM"
        " dateobs)::float8 / 86400 + 40587"
        " FROM observations ORDER BY filename"
    )
    by_time = sorted(images, key=lambda row: (row["t_min"], row["obs_id"]))
    assert len(by_time) == len(theirs) == 12
    for row, other in zip(by_time, sorted(theirs, key=lambda row: (row[4], row[0]))):
        assert other[0] in row["obs_id"]
        assert (row["s_ra"], row["s_dec"], row["t_exptime"]) == pytest.approx(
            (other[1], other[2], float(other[3])), abs=1e-6
        )
        # PostgreSQL's days have no leap second: a second at most on that one day
        assert row["t_min"] == pytest.approx(other[4], abs=1.1 / 86400)
        assert row["t_max"] - row["t_min"] == pytest.approx(
            float(other[3]) / 86400, abs=2e-9 + 1.1e-5 * (int(row["t_min"]) == 57753)
        )


@pytest.mark.parametrize(
    ("ra", "dec", "radius"), [(*SS_CYG, 0.1), (*SS_CYG, 2.0), (0, 90, 14), (0, 40, 30), (100, -80, 1)]
)
def test_a_cone_finds_what_sql_and_astropy_find(instance, tap, curves, ra, dec, radius):
    found = tap.run_sync(
        "SELECT obs_publisher_did FROM ivoa.obscore WHERE dataproduct_type = 'timeseries' AND obs_collection = 'Kolonica'"
        f" AND 1 = CONTAINS(POINT('ICRS', s_ra, s_dec), CIRCLE('ICRS', {ra}, {dec}, {radius})) ORDER BY"
        f" obs_publisher_did"
    ).to_table()
    near = (
        SkyCoord(curves["s_ra"], curves["s_dec"], unit="deg").separation(SkyCoord(ra, dec, unit="deg"))
        <= radius * u.deg
    )
    assert list(found["obs_publisher_did"]) == list(curves["obs_publisher_did"][near])
    [[n]] = instance.query(
        "SELECT count(DISTINCT (object_id, photosys_id)) FROM lightcurves l JOIN objects o ON o.id ="
        " object_id WHERE published"
        " AND coordequ <@ scircle(spoint(radians(%s), radians(%s)), radians(%s))",
        (ra, dec, radius),
    )
    assert len(found) == n


def test_the_question_of_a_client_that_asks_many_archives(instance, tap):
    """As TOPCAT and pyvo put it to every ObsTAP service of the registry."""
    found = tap.run_sync(
        "SELECT TOP 100 obs_publisher_did, access_url, access_format, t_min, t_max, em_min, em_max FROM"
        " ivoa.obscore"
        " WHERE dataproduct_type = 'timeseries' AND t_min < 58849 AND t_max > 57388 AND em_min < 5.5e-7 AND"
        " em_max > 5.5e-7"
        f" AND DISTANCE(POINT(s_ra, s_dec), POINT({SS_CYG[0]}, {SS_CYG[1]})) < 0.001"
    )
    expected = instance.query(
        "SELECT DISTINCT 'ivo://' || %s || '/~?kolonica/lightcurves/' || object_id || '/' || p.band FROM"
        " lightcurves l"
        " JOIN objects o ON o.id = object_id JOIN photosys p ON p.id = photosys_id WHERE published AND"
        " vsx_name = 'SS Cyg'"
        " AND wavelength_min < 5.5e-7 AND wavelength_max > 5.5e-7",
        [instance.settings.authority],
    )
    assert sorted(found["obs_publisher_did"]) == sorted(did for [did] in expected) != []


def test_pyvo_follows_from_there_to_the_data(tap):
    [found] = tap.run_sync(
        "SELECT * FROM ivoa.obscore WHERE target_name = 'SS Cyg' AND o_ucd = 'phot.mag;em.opt.V'"
    )
    [this] = [
        link for link in found.getdatalink() if link.semantics == "#this"
    ]  # bysemantics would want the network
    assert get(this.access_url).content == get(found["access_url"]).content
    assert len(table(get(found["access_url"]))) == found["t_xel"]


def test_the_access_urls_of_images_give_files_of_the_size_told(images):
    for row in images:
        answer = get(row["access_url"])
        assert len(answer.content) // 1024 == pytest.approx(row["access_estsize"], abs=1)
