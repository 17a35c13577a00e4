"""Airmass against astropy's AltAz; what a header or a point's metadata says goes before what is computed."""

import numpy as np
import pytest
from archive_inputs import fill, image, points, run
from astropy import units as u
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers

from photvo.archive import airmass

KOLONICA = EarthLocation.from_geodetic(22.2738, 48.9352, 460 * u.m)
SOUTH = EarthLocation.from_geodetic(-70.4, -24.6, 2600 * u.m)

iers.conf.auto_download = False
iers.conf.iers_degraded_accuracy = "warn"


def altitude(utc, ra, dec, site):
    """Degrees above the horizon, without refraction, by astropy."""
    frame = AltAz(obstime=Time(utc, format="mjd", scale="utc"), location=site)
    return SkyCoord(ra, dec, unit="deg").transform_to(frame).alt.deg


def young(altitude):
    """Young 1994, eq. 9, written out."""
    c = np.sin(np.radians(altitude))
    return (1.002432 * c**2 + 0.148386 * c + 0.0096467) / (c**3 + 0.149864 * c**2 + 0.0102963 * c + 0.000303978)


@pytest.mark.parametrize("site", [KOLONICA, SOUTH])
def test_altitudes_are_astropys(site):
    rng = np.random.default_rng(4)
    utc = rng.uniform(52000, 60200, 300)
    ra, dec = rng.uniform(0, 360, 300), np.degrees(np.arcsin(rng.uniform(-1, 1, 300)))
    dec[:3] = 90, -90, 89.99
    ours = np.degrees(np.arcsin(airmass.sine_of_altitude(utc, ra, dec, site)))
    theirs = altitude(utc, ra, dec, site)
    # near the zenith the sine says little of the altitude
    assert np.abs(ours - theirs)[theirs < 85].max() < 0.001


def test_airmasses_are_youngs_of_those_altitudes():
    rng = np.random.default_rng(5)
    utc, ra, dec = rng.uniform(56000, 60000, 400), rng.uniform(0, 360, 400), rng.uniform(-40, 90, 400)
    high = altitude(utc, ra, dec, KOLONICA)
    ours = airmass.airmass(utc, ra, dec, KOLONICA)
    assert np.isnan(ours[high < -0.01]).all() and (high < 0).sum() > 20
    up = high > 5
    assert up.sum() > 150 and np.allclose(ours[up], young(high[up]), rtol=3e-4)
    # what Young says of it: 1 at the zenith, 31.7 at the horizon, and high up nearly the secant
    assert np.allclose(young(np.array([90, 0])), [1, 31.7], atol=0.05)
    assert np.isclose(young(45), np.sqrt(2), rtol=2e-3)


def test_without_a_time_or_a_site_there_is_no_airmass():
    one = np.array([59500.0])
    assert np.isnan(airmass.airmass(one, one * 0, one * 0 + 40, None)).all()
    assert np.isnan(airmass.airmass(one * np.nan, one * 0, one * 0 + 40, KOLONICA)).all()
    assert len(airmass.airmass(one[:0], one[:0], one[:0], KOLONICA)) == 0


POINTS = """SELECT p.airmass, p.obs_time_utc, o.ra, o.dec FROM points p JOIN objects o ON o.id = p.object_id
ORDER BY p.obs_time_utc, p.id"""


def computed(row):
    return young(altitude(np.array([row[1]]), row[2], row[3], KOLONICA))[0]


def test_points_get_the_airmass_of_their_place_and_time(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(30, step=0.01), *run(2, start=2459800.5, observer="old")))
    archive.ingest()
    found = archive.query(POINTS)
    assert len(found) == 32
    for row in found[:30]:
        assert np.isclose(row[0], computed(row), rtol=3e-4)
    assert [row[0] for row in found[30:]] == [None, None]  # nobody says where the old plates were taken


def test_what_a_header_says_goes_before_what_is_computed(archive):
    fill(archive)
    archive.put("images/with.fits", image(AIRMASS=1.777))
    archive.put("images/without.fits", image(**{"DATE-OBS": "2021-10-22T21:13:42"}))
    archive.put("images/nonsense.fits", image(AIRMASS=99.99, **{"DATE-OBS": "2021-10-22T22:13:42"}))
    names = ("with.fits", "without.fits", "nonsense.fits")
    archive.put("lightcurves/a.csv", points(*(
        {"phot_id": str(k), "jd": f"2459510.{k + 3}", "image_link": f"/data/{name}"} for k, name in enumerate(names))))  # fmt: skip
    archive.ingest()
    found = archive.query(POINTS)
    assert np.isclose(found[0][0], 1.777)
    assert all(np.isclose(row[0], computed(row), rtol=3e-4) for row in found[1:]) and len(found) == 3


def test_an_image_that_comes_after_its_points_brings_its_airmass_along(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points({"image_link": "/data/late.fits"}))
    archive.ingest()
    (before,) = archive.query(POINTS)
    assert np.isclose(before[0], computed(before), rtol=3e-4)
    archive.put("images/late.fits", image(AIRMASS=1.9))
    archive.ingest()
    assert np.isclose(archive.value("SELECT airmass FROM points WHERE observation_id IS NOT NULL"), 1.9)


@pytest.mark.parametrize("json, value", [
    ('{"airmass": 1.5}', 1.5), ('{"AIRMASS": "1.25"}', 1.25), ('{"AIRMASS": " 2 ", "airmass": 1.5}', 2), ('{"airmass": 1.5e0}', 1.5),
    ('{"airmass": 0}', None), ('{"airmass": 99.99}', None), ('{"airmass": -1}', None), ('{"airmass": null}', None),
    ('{"airmass": "none"}', None), ('{"airmass": true}', None), ('{"airmass": 0.98}', None), ("{}", None), ("[1]", None),
])  # fmt: skip
def test_what_is_no_airmass_is_not_taken_for_one(module_archive, json, value):
    found = module_archive.value("SELECT airmass_among(%s)", [json])
    assert found is value or np.isclose(found, value)


def test_a_points_own_metadata_goes_before_its_images_header(archive):
    """No Kolonica CSV has an airmass, other formats do: the stage is filled as a reader of these fills it."""
    fill(archive)
    archive.put("images/a.fits", image(AIRMASS=1.777))
    archive.put("lightcurves/a.csv", points({}))
    archive.ingest()
    archive.query(
        """INSERT INTO point_stage (object_id, datasource_id, photosys_id, time_given, published, observation_id, airmass, metadata)
        SELECT o.id, d.id, p.id, 2459511 + k, true, b.id, 1.1, m FROM objects o, datasources d, photosys p, observations b,
          (VALUES (1, '{"airmass": 1.333}'::jsonb), (2, '{"airmass": null}'), (3, '{}')) x(k, m)
        WHERE o.id_arch = 77 AND d.progid = 'alica' AND p.band = 'V'""", role="writer")  # fmt: skip
    archive.query("SELECT take_points()", role="writer")
    found = archive.query("SELECT airmass FROM lightcurves WHERE time_given > 2459511 ORDER BY time_given")
    assert np.allclose(np.array(found, float).ravel(), [1.333, 1.777, 1.777])
