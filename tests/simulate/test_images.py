"""The simulated images: their stars against astropy.wcs, their headers against the seed."""

import warnings
from collections import Counter

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS, FITSFixedWarning

pytestmark = pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")


def science_images(archive):
    """(path, header, data) of each image."""
    for path in sorted((archive / "images").rglob("*.f*")):
        with fits.open(path) as hdus:
            yield path, hdus[-1].header.copy(), hdus[-1].data.astype(float)


def test_stars_in_the_images_are_where_the_wcs_says(archive, objects):
    position = np.array([(float(r["ra"]), float(r["dec"])) for r in objects.values()])
    checked = 0
    for path, header, data in science_images(archive):
        if "CRVAL1" not in header:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FITSFixedWarning)
            wcs = WCS(header)
        axis_x, axis_y = wcs.celestial.wcs.cd[:, 0], wcs.celestial.wcs.cd[:, 1]
        assert min(abs(axis_x).min(), abs(axis_y).min()) > 0, "slightly turned"
        pixel = wcs.all_world2pix(
            position[SkyCoord(*position.T * u.deg).separation(SkyCoord(*wcs.wcs.crval * u.deg)) < 1 * u.deg],
            0,
        )
        for x, y in pixel:
            px, py = round(float(x)), round(float(y))
            if not (3 < px < data.shape[1] - 4 and 3 < py < data.shape[0] - 4):
                continue
            if np.sort(np.hypot(*(pixel - (x, y)).T))[1:].min(initial=99) < 9:  # blended
                continue
            box = np.clip(data[py - 2 : py + 3, px - 2 : px + 3] - np.median(data), 0, None)
            if box.sum() < 5000:  # noise of the centroid: 0.05 pixels
                continue
            cy, cx = (np.mgrid[-2:3, -2:3] * box).sum(axis=(1, 2)) / box.sum()
            assert np.hypot(px + cx - x, py + cy - y) < 0.3, (path.name, x, y)
            checked += 1
    assert checked >= 25


def test_images_say_that_they_are_simulated_and_come_in_all_forms(archive, points):
    headers = {path.name: header for path, header, _ in science_images(archive)}
    assert 8 <= len(headers) <= 12 and "2021-10-22T20:13:42_r.fit" in headers
    assert all(h["SIMULATE"] and "simulate" in h["ORIGIN"] for h in headers.values())
    assert {h["TELESCOP"] for h in headers.values()} == {"Alica", "ZIGA"}
    assert sum("CRVAL1" not in h and "OBJCTRA" in h for h in headers.values()) == 1
    assert sum(name.endswith(".fz") for name in headers) == 1
    linked = Counter(p["image_link"].removesuffix(".fz") for p in points)
    assert all(linked[name.removesuffix(".fz")] for name in headers)
    assert sum(linked.values()) - linked[""] > sum(linked[name.removesuffix(".fz")] for name in headers)


def test_the_field_of_view_is_the_seeds(archive):
    header = next(h for p, h, _ in science_images(archive) if p.name == "2021-10-22T20:13:42_r.fit")
    assert header["DATE-OBS"] == "2021-10-22T20:13:42" and header["EXPTIME"] == 30
    scale = 206265 / header["FOCALLEN"] * header["XPIXSZ"] / 1000 / 3600
    assert np.radians(header["NAXIS1"] * scale) == pytest.approx(0.024806042453147315, rel=0.002)
    assert np.radians(header["NAXIS2"] * scale) == pytest.approx(0.01873380692709398, rel=0.002)
    assert (header["CRVAL1"], header["CRVAL2"]) == pytest.approx(
        (259.946337377513, 76.6987591700176), abs=1e-6
    )
