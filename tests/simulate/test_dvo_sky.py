"""The sky behind the simulated DVO: astrometry, times, airmass and variability beside astropy and the specification's formulas."""

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers
from dvo_bytes import Database
from photvo.simulate import dvo

iers.conf.auto_download = False
iers.conf.iers_degraded_accuracy = "warn"
pytestmark = pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")

MAUNAKEA = EarthLocation.from_geodetic(-155.468876 * u.deg, 19.825252 * u.deg, 4204 * u.m)
CAMERA = 0.1853


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """A PS1_V1 database whose field lies across RA 0."""
    folder = tmp_path_factory.mktemp("dvo") / "db"
    dvo.write(folder, objects=80, measurements=18, variables=0.0, fields=[(359.98, 9.3)])
    return Database(folder)


def linear(image, x, y):
    """L, M of the specification for pixels of an image's row: matrix and polynomial."""
    x, y = (
        image["CDELT1"].astype(float) * (x - image["CRPIX1"]),
        image["CDELT2"].astype(float) * (y - image["CRPIX2"]),
    )
    powers = [x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3]
    found = []
    for axis in (0, 1):
        value = image[f"PC{axis + 1}_1"] * x + image[f"PC{axis + 1}_2"] * y
        for k, power in enumerate(powers):
            if k < 3 and image["NPOLYTERMS"] > 1 or image["NPOLYTERMS"] > 2:
                value += image["POLYTERMS"][2 * k + axis] * power
        found.append(value)
    return found


def to_sky(chip, mosaic, x, y):
    """ra, dec (deg) of a chip's pixels through its mosaic, as section 7 of the specification has it."""
    assert chip["CTYPE"] == b"DEC--WRP" and mosaic["CTYPE"] == b"DEC--DIS"
    u, v = linear(chip, x, y)
    left, up = linear(mosaic, u + chip["CRVAL1"], v + chip["CRVAL2"])
    r = np.hypot(left, up)
    rho, sin_phi, cos_phi = np.radians(r), left / r, -up / r
    sin_theta, cos_theta = 1 / np.sqrt(1 + rho**2), rho / np.sqrt(1 + rho**2)
    dec0 = np.radians(mosaic["CRVAL2"])
    sin_dec = sin_theta * np.sin(dec0) - cos_theta * cos_phi * np.cos(dec0)
    ra = mosaic["CRVAL1"] + np.degrees(
        np.arctan2(cos_theta * sin_phi, sin_theta * np.cos(dec0) + cos_theta * cos_phi * np.sin(dec0))
    )
    return ra, np.degrees(np.arcsin(sin_dec))


def test_pixels_and_positions_of_measurements_agree_through_the_astrometry_of_their_images(database):
    rows, ra, dec, _ = database.measurements()
    images = {image["IMAGE_ID"]: image for image in database.images.rows}
    seen = 0
    for number in np.unique(rows["IMAGE_ID"]):
        mine = rows["IMAGE_ID"] == number
        if not number:  # of 2MASS, from no image
            assert set(rows["PHOTCODE"][mine]) == {2011}
            continue
        chip = images[number]
        mosaic = images[chip["PARENT_ID"]]
        x, y = rows["X_CCD"][mine].astype(float), rows["Y_CCD"][mine].astype(float)
        assert ((x > 0) & (x < chip["NX"]) & (y > 0) & (y < chip["NY"])).all()
        where = SkyCoord(*to_sky(chip, mosaic, x, y), unit="deg")
        assert where.separation(SkyCoord(ra[mine], dec[mine], unit="deg")).arcsec.max() < 0.002
        assert set(rows["PHOTCODE"][mine]) == {chip["PHOTCODE"]} and chip["PHOTCODE"] % 100 == chip["CCDNUM"]
        assert set(rows["TIME"][mine]) == {chip["TZERO"]} == {mosaic["TZERO"]}
        assert chip["NSTAR"] == mine.sum() and sorted(rows["DET_ID"][mine]) == list(range(mine.sum()))
        seen += mine.sum()
    assert seen > 1000


def test_an_exposure_is_36_chips_and_the_mosaic_within_which_they_are(database):
    images = database.images.rows
    assert (
        database.images.primary["NIMAGES"] == len(images) == 18 * 37
        and database.images.primary["ZERO_PT"] == 25.0
    )
    assert (images["IMAGE_ID"] == 1 + np.arange(len(images))).all()
    for mosaic in images[36::37]:
        chips = images[images["PARENT_ID"] == mosaic["IMAGE_ID"]]
        assert mosaic["PARENT_ID"] == 0 and list(chips["CCDNUM"]) == list(range(36))
        corners = []
        for chip in chips:
            x, y = np.array([0, chip["NX"], chip["NX"], 0]), np.array([0, 0, chip["NY"], chip["NY"]])
            left, up = linear(chip, x.astype(float), y.astype(float))
            corners.append((left + chip["CRVAL1"], up + chip["CRVAL2"]))
        left, up = np.moveaxis(corners, 1, 0)
        assert np.abs(left).max() < mosaic["NX"] / 2 and np.abs(up).max() < mosaic["NY"] / 2
        # no two chips overlap
        boxes = np.stack([left.min(axis=1), left.max(axis=1), up.min(axis=1), up.max(axis=1)], -1)
        for k, (a, b, c, d) in enumerate(boxes):
            others = np.delete(boxes, k, 0)
            apart = (others[:, 0] > b) | (others[:, 1] < a) | (others[:, 2] > d) | (others[:, 3] < c)
            assert apart.all()


def test_the_average_position_is_the_mean_of_the_good_ones_across_ra_0(database):
    rows, ra, dec, averages = database.measurements()
    assert (
        len(database.regions) >= 2 and (ra < 1).any() and (ra > 359).any() and ((ra >= 0) & (ra < 360)).all()
    )
    assert np.abs(rows["D_RA"]).max() < 10 and np.abs(rows["D_DEC"]).max() < 10
    good = rows["PHOT_FLAGS"] & (0x3888 | 0x8030) == 0
    for cat, obj in np.unique(np.stack([averages["CAT_ID"], averages["OBJ_ID"]], -1), axis=0):
        mine = good & (averages["CAT_ID"] == cat) & (averages["OBJ_ID"] == obj)
        if not mine.any():
            continue
        assert abs(rows["D_RA"][mine].mean()) < 1e-3 and abs(rows["D_DEC"][mine].mean()) < 1e-3
    scatter = rows["D_DEC"][good & (rows["IMAGE_ID"] > 0)].std()
    assert 0.02 < scatter < 0.3


def test_airmass_and_azimuth_are_those_of_maunakea(database):
    rows, ra, dec, _ = database.measurements()
    some = np.flatnonzero(rows["IMAGE_ID"] > 0)[::7]
    exptime = 10 ** (0.4 * rows["M_TIME"][some])
    time = Time(rows["TIME"][some] + exptime / 2, format="unix")
    seen = SkyCoord(ra[some], dec[some], unit="deg").transform_to(AltAz(obstime=time, location=MAUNAKEA))
    assert np.abs(rows["AIRMASS"][some] - 1 / np.sin(seen.alt.rad)).max() < 0.01  # we leave precession out
    turned = (rows["AZ"][some] - seen.az.deg + 180) % 360 - 180
    assert np.abs(turned * np.cos(seen.alt.rad)).max() < 0.2 and rows["AIRMASS"][some].max() < 2.1
    images = {image["IMAGE_ID"]: image for image in database.images.rows}
    sidereal = np.array([images[k]["ST"] for k in rows["IMAGE_ID"][some]])
    assert np.abs((sidereal - time.sidereal_time("apparent", MAUNAKEA.lon).hour + 12) % 24 - 12).max() < 0.001


def test_scatter_of_constant_stars_is_what_their_errors_say(database):
    cal, average = database.calibrated()
    rows = database.measurements()[0]
    good = (rows["PHOT_FLAGS"] & (0x3888 | 0x8030) == 0) & (rows["IMAGE_ID"] > 0) & np.isfinite(cal)
    pull = ((cal - average) / rows["MAG_ERR"])[good]
    # 18 exposures in four bands: each mean takes one of about 4.5 degrees of freedom
    assert good.sum() > 1000 and 0.7 < np.mean(pull**2) < 0.9 and abs(pull.mean()) < 0.1


def test_a_star_of_a_kolonica_archive_has_its_maxima_where_its_ephemeris_puts_them(tmp_path):
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "one.csv").write_text(
        "old_id,ra,dec,var_type,period,period_epoch,mag_max,mag_min\n1,10.0,9.4,RRAB,0.5668,2454321.1234,13.0,14.0\n"
        "2,200.0,9.4,,,,,\n"
    )
    dvo.write(
        tmp_path / "db", objects=1, measurements=1200, fields=[(10.0, 9.3)], stars_of=tmp_path, noise=0.0
    )
    database = Database(tmp_path / "db")
    rows, ra, dec, _ = database.measurements()
    cal, _ = database.calibrated()
    in_g = np.isfinite(cal) & (rows["PHOTCODE"] // 100 == 2) & (rows["PHOT_FLAGS"] & 0x3888 == 0)
    assert np.hypot((ra[in_g] - 10.0) * np.cos(np.radians(9.4)), dec[in_g] - 9.4).max() * 3600 < 0.01
    mid = Time(rows["TIME"][in_g] + 10 ** (0.4 * rows["M_TIME"][in_g]) / 2, format="unix", location=MAUNAKEA)
    bjd = (mid.tdb + mid.light_travel_time(SkyCoord(10.0 * u.deg, 9.4 * u.deg))).jd
    phase = (bjd - 2454321.1234) / 0.5668 % 1
    mag = cal[in_g]
    near = (phase < 0.02) | (phase > 0.99)
    assert near.sum() > 3 and mag[near].max() < mag.min() + 0.06
    # the sharp rise is over 0.16 of the period: before it the star is faintest
    assert np.ptp(mag) == pytest.approx(1.0, abs=0.05) and phase[np.argmax(mag)] == pytest.approx(
        0.84, abs=0.05
    )
