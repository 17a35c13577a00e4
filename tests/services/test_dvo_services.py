"""The DVO collection over HTTP: the same services as the Kolonica collection, against the base tables."""

import io
import urllib.parse

import numpy as np
import pytest
from answers import get, same, table
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.io.votable import parse
from pyvo.dal import SCSService, SIA2Service, SSAService

from photvo.settings import TOP

FIELD = 326.15, 43.3


@pytest.fixture(scope="module")
def ssap(instance):
    return f"{instance.url}dvo/lightcurves/ssa/ssap.xml"


@pytest.fixture(scope="module")
def brightest(instance):
    """The object with most points: its id."""
    return instance.query("SELECT object_id FROM dvo_db.series GROUP BY 1 ORDER BY sum(npoints) DESC, 1 LIMIT 1")[0][0]


def did(instance, object_id, band=None):
    return f"ivo://{instance.settings.authority}/~?dvo/lightcurves/{object_id}" + (f"/{band}" if band else "")


def dlget(instance, identifier, **parameters):
    return get(f"{instance.url}dvo/lightcurves/sdl/dlget", ID=identifier, **parameters)


def test_the_cone_finds_what_astropy_finds_with_magnitudes_by_filter(instance):
    found = SCSService(f"{instance.url}dvo/objects/cone/scs.xml").search(FIELD, 0.2, verbosity=3).to_table()
    theirs = instance.query("SELECT object_id, ra, dec FROM dvo_db.averages")
    centre = SkyCoord(*FIELD, unit="deg")
    near = [row[0] for row in theirs if SkyCoord(*row[1:], unit="deg").separation(centre) <= 0.2 * u.deg]
    # SCS wants the main identifier to be a text
    assert sorted(map(int, found["object_id"])) == sorted(near) != []
    for name in "griz":
        means = dict(instance.query(
            "SELECT object_id, mag FROM dvo_db.secfilt JOIN dvo_db.photcodes p ON p.code = photcode AND p.type = 2 WHERE name = %s", [name]))
        for row in found:
            same([[row[f"mag_{name}"]]], [[means[int(row["object_id"])]]], rel=1e-6)


def test_an_object_is_found_by_its_name_in_the_form_and_by_ssa(instance, ssap, brightest):
    found = table(get(ssap, REQUEST="queryData", TARGETNAME=f"dvo {brightest}"))
    assert set(found["ssa_targname"]) == {f"DVO {brightest}"}
    answer = get(f"{instance.url}dvo/objects/cone/form", hscs_pos=f"DVO {brightest}", hscs_sr="1", __nevow_form__="genForm", _FORMAT="CSV")
    assert str(brightest) in answer.text


def test_ssa_has_a_row_an_object_and_passband(instance, ssap):
    found = table(get(ssap, REQUEST="queryData", MAXREC=10000))
    ours = sorted(zip(found["object_id"].tolist(), found["band"].tolist(), found["ssa_length"].tolist()))
    assert ours == sorted(instance.query("SELECT object_id, band, npoints FROM dvo_db.series")) != []


def test_light_curves_are_the_points_and_as_long_as_told(instance, ssap):
    rows = SSAService(ssap).search(pos=FIELD, diameter=0.3)
    assert len(rows) > 20
    for row in list(rows)[::7]:
        answer = get(row.acref)
        assert len(answer.content) == row["accsize"]
        expected = instance.query(
            "SELECT obs_time, obs_time_utc, mag, mag_err, exptime, flags FROM dvo_db.points p JOIN dvo_db.photosys s"
            " ON s.id = p.photosys_id WHERE object_id = %s AND band = %s ORDER BY obs_time, obs_time_utc, observation_id NULLS FIRST, mag, mag_err",
            [int(row["object_id"]), row["band"]])  # fmt: skip
        same(table(answer)["obs_time", "obs_time_utc", "mag", "mag_err", "exptime", "flags"], expected, rel=1e-6)
        times = np.array([line[:2] for line in expected], float)
        assert np.array_equal(np.array(table(answer)["obs_time"].filled(np.nan)), times[:, 0], equal_nan=True)


@pytest.mark.parametrize("form", ["votable", "votable/td", "fits", "csv", "ecsv", "aavso", "parquet", "png"])
def test_every_form_is_there(instance, brightest, form):
    assert len(dlget(instance, did(instance, brightest), RESPONSEFORMAT=form).content) > 500


def test_light_curves_follow_the_note(instance, brightest):
    address = f"{instance.url}dvo/lightcurves/sdl/dlget?ID={urllib.parse.quote(did(instance, brightest))}"
    checked = instance.run("check", "--level", "error", address)
    assert checked.returncode == 0, checked.stderr


def test_one_table_holds_light_curves_of_both_collections(instance, brightest):
    kolonica = instance.query("SELECT object_id, band, npoints FROM kolonica_db.series ORDER BY npoints DESC, 1 LIMIT 1")[0]
    there = instance.query("SELECT sum(npoints) FROM dvo_db.series WHERE object_id = %s", [brightest])[0][0]
    both = [did(instance, brightest), f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{kolonica[0]}/{kolonica[1]}"]
    found = table(dlget(instance, both))
    counts = {int(key): int((found["object_id"] == key).sum()) for key in set(found["object_id"].tolist())}
    assert counts == {brightest: there, kolonica[0]: kolonica[2]}


def test_links_of_a_light_curve(instance, brightest):
    answer = get(f"{instance.url}dvo/lightcurves/sdl/dlmeta", ID=did(instance, brightest, "g"))
    found = parse(io.BytesIO(answer.content)).get_first_table().to_table()
    by_kind = {row["semantics"]: row["access_url"] for row in found if row["access_url"]}
    assert get(by_kind["#this"]).content == dlget(instance, did(instance, brightest, "g")).content
    assert get(by_kind["#preview"]).content.startswith(b"\x89PNG")


def test_one_that_is_not_there_is_said_so(instance):
    answer = get(f"{instance.url}dvo/lightcurves/sdl/dlget", 404, ID=did(instance, 10**17))
    assert answer.text.startswith("NotFoundFault")


def test_images_by_position_are_those_whose_footprint_has_it(instance):
    found = SIA2Service(f"{instance.url}dvo/images/sia/siap2.xml").search(pos=(*FIELD, 0.001), maxrec=10000).to_table()
    theirs = instance.query(
        "SELECT image_id FROM dvo_db.images WHERE footprint && scircle(spoint(radians(%s), radians(%s)), radians(0.001))"
        " AND ctype NOT LIKE '%%-DIS'", FIELD)  # fmt: skip
    assert sorted(found["observation_id"].tolist()) == sorted(row[0] for row in theirs) != []
    assert set(found["obs_collection"]) == {"DVO"}


def test_without_a_folder_of_images_no_pixels_are_offered(instance, tap):
    found = SIA2Service(f"{instance.url}dvo/images/sia/siap2.xml").search(maxrec=100000).to_table()
    everywhere = tap.run_sync("SELECT access_format FROM ivoa.obscore WHERE obs_collection = 'DVO' AND dataproduct_type = 'image'")
    assert {*found["access_format"], *everywhere["access_format"]} == {"application/x-votable+xml;content=datalink"}
    links = table(get(found[0]["access_url"]))
    assert "#this" not in set(links["semantics"])


def test_an_image_leads_to_what_was_measured_on_it(instance):
    [[image, n]] = instance.query("SELECT image_id, count(DISTINCT (object_id, photosys_id)) FROM dvo_db.measurements"
                                  " WHERE image_id IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1")  # fmt: skip
    found = table(get(f"{instance.url}dvo/images/links/dlmeta", ID=f"ivo://{instance.settings.authority}/~?dvo/images/{image}"))
    assert list(found["semantics"]) == ["#derivation"] * n


def test_both_collections_are_in_obscore_and_one_query_joins_them(instance, tap):
    found = tap.run_sync("SELECT DISTINCT obs_collection, dataproduct_type FROM ivoa.obscore").to_table()
    assert sorted(map(tuple, found)) == [(name, kind) for name in ("DVO", "Kolonica") for kind in ("image", "timeseries")]
    joined = tap.run_sync(
        "SELECT k.object_id AS k, d.object_id AS d FROM kolonica.ts_ssa AS k JOIN dvo.ts_ssa AS d"
        " ON 1 = CONTAINS(POINT(d.ra, d.dec), CIRCLE(k.ra, k.dec, 0.0005))").to_table()  # fmt: skip
    theirs = instance.query(
        "SELECT k.id, d.object_id FROM kolonica_db.objects k JOIN dvo_db.averages d"
        " ON spoint(radians(d.ra), radians(d.dec)) <-> k.coordequ < radians(0.0005)")  # fmt: skip
    assert set(map(tuple, joined)) == set(theirs) != set()


def test_masks_in_adql_find_what_the_booleans_say(instance, tap):
    for name in ("astrom_bad", "photom_poor"):
        found = tap.run_sync(
            f"SELECT COUNT(*) AS n FROM dvo.measurements AS m JOIN dvo.photcodes AS p ON p.code = m.photcode"
            f" WHERE BITWISE_AND(m.phot_flags, p.{name}_mask) > 0")  # fmt: skip
        assert found["n"][0] == instance.query(f"SELECT count(*) FROM dvo_db.measurements WHERE {name}")[0][0] > 0


@pytest.mark.parametrize("name", ["u_ra", "u_dec", "v_ra_err", "v_dec_err", "par", "par_err"])
def test_motions_say_which_unit_they_follow_and_why(tap, name):
    """The text of 2009 has mas/yr and mas; the files say arcsec/year and arcsec in their headers."""
    path = next((TOP / "inputs" / "dvo").glob("*/*.cpt"))
    with fits.open(path) as hdus:
        stored = hdus[1].columns[name.upper()].unit
        values = hdus[1].data[name.upper()]
    found = tap.run_sync(
        f"SELECT table_name, unit, description FROM tap_schema.columns WHERE table_name LIKE 'dvo.%' AND column_name = '{name}'")
    assert "dvo.averages" in found["table_name"]
    other = {"arcsec/year": "mas/yr", "arcsec": "mas"}[stored]
    for row in found:
        assert u.Unit(row["unit"]) == u.Unit(stored), row["table_name"]
        assert f"TUNIT {stored})" in row["description"] and f" {other}" in row["description"]
        assert any(why in row["description"] for why in ("since the program", "see u_ra", "see par"))
    # and the number is the file's
    there = tap.run_sync(f"SELECT {name} AS x FROM dvo.averages AS a JOIN dvo.skytable AS s ON s.index = a.region_id"
                         f" WHERE s.name = '{path.parent.name}/{path.stem}' ORDER BY ave_row")["x"]  # fmt: skip
    assert np.array_equal(np.array(there, "f4"), values.astype("f4"))


def test_the_region_of_a_position_in_adql_is_the_reader_s(instance, tap):
    found = tap.run_sync("SELECT name FROM dvo.skytable WHERE has_catalog = 1"
                         " AND 326.15 BETWEEN r_min AND r_max AND 43.3 BETWEEN d_min AND d_max")  # fmt: skip
    said = instance.run("dvo", "region", "326.15", "43.3")
    assert found["name"][0] in said.stdout


def test_photometry_is_flat_and_whole(instance, tap, brightest):
    found = tap.run_sync(f"SELECT * FROM dvo.photometry WHERE object_id = {brightest} ORDER BY id").to_table()
    assert found.colnames == ["id", "object_id", "object_name", "band", "obs_time", "obs_time_utc", "mag", "mag_err", "flags"]
    same(found["id", "mag", "flags"], instance.query(
        "SELECT id, mag, flags FROM dvo_db.points WHERE object_id = %s ORDER BY id", [brightest]), rel=1e-6)  # fmt: skip


def test_every_record_of_the_collection_is_in_the_registry(instance):
    said = get(f"{instance.url}oai.xml", verb="ListIdentifiers", metadataPrefix="ivo_vor").text
    for name in ("objects/cone", "lightcurves/ssa", "images/sia"):
        assert f"ivo://{instance.settings.authority}/dvo/{name}" in said
