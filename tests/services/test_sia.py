"""Images by SIAP2 and their files, compared with the base tables."""

import csv
import io
import urllib.error
import urllib.request

import numpy as np
import pytest
from answers import dali_error, get, table
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.time import Time
from pyvo.dal import SIA2Service


@pytest.fixture(scope="module")
def service(instance):
    return SIA2Service(f"{instance.url}kolonica/images/sia/siap2.xml")


@pytest.fixture(scope="module")
def images(instance):
    """Every image: file name, accref, band, start (ISO, UTC), exposure (s), ra, dec (deg)."""
    return instance.query(
        "SELECT o.filename, f.accref, o.band, to_char(o.dateobs, 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), o.accumtime::float8,"
        " degrees(long(o.coordequ)), degrees(lat(o.coordequ)), f.object_name"
        " FROM kolonica_db.observations o JOIN kolonica_db.observation_files f ON f.observation_id = o.id ORDER BY 1"
    )


def test_a_circle_finds_the_images_that_it_touches(service, images):
    for image in images:
        found = service.search(pos=(image[5], image[6], 0.01 * u.deg))
        assert image[0] in found["filename"]
    empty = SkyCoord([image[5] for image in images] * u.deg, [image[6] for image in images] * u.deg)
    far = SkyCoord(10 * u.deg, -80 * u.deg)
    assert far.separation(empty).deg.min() > 20
    assert len(service.search(pos=(10, -80, 1 * u.deg))) == 0


def test_times_are_the_start_and_the_end_of_the_exposure(service, images):
    rows = {row["filename"]: row for row in service.search(maxrec=1000)}
    assert set(rows) == {image[0] for image in images}
    for filename, _, _, start, exposure, *_ in images:
        start = Time(start, scale="utc").mjd
        assert abs(rows[filename]["t_min"] - start) * 86400 < 1e-3
        assert abs(rows[filename]["t_max"] - start - exposure / 86400) * 86400 < 1e-3
        assert np.isclose(rows[filename]["t_exptime"], exposure)


def test_pyvo_follows_from_an_image_to_the_light_curves_that_were_measured_on_it(instance, service, tap):
    [[name, accref, count]] = instance.query(
        "SELECT o.filename, f.accref, count(DISTINCT (p.object_id, p.photosys_id)) FROM kolonica_db.observations o"
        " JOIN kolonica_db.observation_files f ON f.observation_id = o.id JOIN kolonica_db.points p ON p.observation_id = o.id"
        " GROUP BY o.filename, f.accref ORDER BY 3 DESC, 1 LIMIT 1"
    )
    by_tap = tap.run_sync(f"SELECT * FROM kolonica.images WHERE filename = '{name}'")
    for row in (*by_tap, *(row for row in service.search(maxrec=1000) if row["filename"] == name)):
        kinds = [link.semantics for link in row.getdatalink()]
        assert (kinds.count("#this"), kinds.count("#derivation")) == (1, count)


def test_a_band_and_a_time_leave_those_that_fit(service, images):
    low, high = 480e-9, 520e-9
    expected = {image[0] for image in images if image[2] in ("B", "V", "g_sdss")}
    assert set(service.search(band=(low * u.m, high * u.m))["filename"]) == expected != set()
    start = Time(images[0][3], scale="utc").mjd
    found = service.search(time=(Time(start - 0.01, format="mjd"), Time(start + 0.01, format="mjd")))["filename"]
    assert set(found) == {image[0] for image in images if abs(Time(image[3], scale="utc").mjd - start) < 0.02}


def test_the_address_of_an_image_gives_its_file(instance, service, images):
    accrefs = {image[0]: image[1] for image in images}
    for row in service.search(maxrec=1000):
        with urllib.request.urlopen(row["access_url"], timeout=60) as answer:
            assert answer.read() == (instance.settings.inputs / accrefs[row["filename"]]).read_bytes()
            assert answer.headers["Content-Type"] == row["access_format"] == "image/fits"


@pytest.mark.parametrize("path", ["../objects/sim-real-stars.csv", "%2e%2e/objects/sim-real-stars.csv", "..%2flightcurves"])
def test_nothing_but_images_is_served_beside_the_images(instance, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{instance.url}kolonica/images/files/static/{path}")
    assert refused.value.code in (403, 404)


@pytest.mark.parametrize(("position", "said"), [
    ("CIRCLE 10 143 1", "143"), ("CIRCLE 361 1 1", "361"), ("CIRCLE 10 10 -1", "-1"), ("CIRCLE 10 10 nan", "nan"), ("CIRCLE 10 10 91", "91"),
    ("CIRCLE 10 10", "three numbers"), ("RANGE 1 2 80 95", "95"), ("RANGE 2 1 3 4", "smaller"), ("RANGE Inf Inf 1 2", "inf"),
    ("POLYGON 1 2 3 4", "pairs"), ("POLYGON 1 2 3 4 5 96", "96"), ("circle 1 2 3", "shape"), ("CIRCLE a b c", "floating"),
])  # fmt: skip
def test_what_is_no_place_gets_an_error_document(service, position, said):
    assert said in dali_error(get(service.baseurl, 400, POS=position))


def test_ranges_may_be_open(service, images):
    everything = {image[0] for image in images}
    for position in ("RANGE 0 360 -90 90", "RANGE -Inf +Inf -Inf +Inf", "RANGE 0 360 -90 +Inf"):
        assert set(table(get(service.baseurl, POS=position))["filename"]) == everything
    north = {image[0] for image in images if image[6] > 60}
    assert set(table(get(service.baseurl, POS="RANGE 0 360 60 +Inf"))["filename"]) == north != everything


def test_a_single_value_is_an_interval_of_one(service, images):
    """The middle of V, which three bands of the sample have in them."""
    green = {image[0] for image in images if image[2] in ("V", "g_sdss", "r_sdss", "R")}
    found = set(table(get(service.baseurl, BAND="5.5e-7"))["filename"])
    assert found == set(table(get(service.baseurl, BAND="5.5e-7 5.5e-7"))["filename"]) and {image[0] for image in images if image[2] == "V"} <= found <= green


@pytest.mark.parametrize(("name", "value"), [
    ("BAND", "6e-7 5e-7"), ("TIME", "nan nan"), ("BAND", "nan"), ("EXPTIME", "20 10"), ("BAND", "1 2 3"), ("FOV", "wide"), ("TIME", "5e4 x"),
])  # fmt: skip
def test_what_is_no_interval_is_refused(service, name, value):
    said = dali_error(get(service.baseurl, 400, **{name: value}))
    assert name in said and value in said


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize(("low", "high"), [("480e-9", "520e-9"), ("480e-9", ""), ("", "480e-9"), ("", "")])
def test_the_form_takes_intervals_also_open_ones(instance, service, complete, low, high):
    asked = {"__nevow_form__": "genForm", "_FORMAT": "CSV", "BANDlower": low, "BANDupper": high}
    if complete:  # as a browser sends it; the links that the page offers leave out what is empty
        others = ("TIME", "FOV", "SPATRES", "SPECRP", "EXPTIME", "TIMERES")
        asked |= {f"{name}{end}": "" for name in others for end in ("lower", "upper")}
    else:
        asked = {name: value for name, value in asked.items() if value}
    found = list(csv.DictReader(io.StringIO(get(f"{instance.url}kolonica/images/sia/form", **asked).text)))
    expected = table(get(service.baseurl, **({"BAND": f"{low or '-Inf'} {high or '+Inf'}"} if low or high else {})))
    assert {row["filename"] for row in found} == set(expected["filename"]) != set()
