"""Footprints of images, with astropy.wcs as the oracle for the projections and polynomials worked out in the test."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS
from dvo_sample import IMAGE, images, write
from photvo.readers import dvo

CORNERS = np.array([(0, 0), (2000, 0), (2000, 1000), (0, 1000)], float)
MOSAIC = dict(IMAGE, CTYPE=b"DEC--DIS", NPOLYTERMS=3, CRPIX1=0.0, CRPIX2=0.0, CDELT1=1.0, CDELT2=1.0, NX=4, NY=2, IMAGE_ID=100,
              CRVAL1=359.9, CRVAL2=-30.0, PC1_1=-1.0, PC1_2=0.02, PC2_1=-0.03, PC2_2=0.99,
              POLYTERMS=(1e-3, 2e-3, -3e-3, 4e-3, 5e-3, -6e-3, 7e-4, 8e-4, -9e-4, 1e-4, 2e-4, 3e-4, -4e-4, 5e-4))  # fmt: skip
CHIP = dict(IMAGE, CTYPE=b"DEC--WRP", NPOLYTERMS=2, CRVAL1=0.1, CRVAL2=-0.2, POLYTERMS=(1e-2, 0, 0, 2e-2) + (0,) * 10)


def read(tmp_path, *rows):
    return dvo.Database(write(tmp_path, {"Images.dat": images(rows)}))


def gnomonic(crval, plane):
    """Sky of points (deg) in the tangential plane at `crval`, by wcslib."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = ["RA---TAN", "DEC--TAN"], crval, [0, 0], [1, 1]
    return wcs.wcs_pix2world(plane, 0 + 1)


def mosaic_plane(x, y):
    """The plane of MOSAIC: linear part and the fourteen terms, written out."""
    p = MOSAIC["POLYTERMS"]
    left = -1.0 * x + 0.02 * y + p[0] * x**2 + p[2] * x * y + p[4] * y**2 + p[6] * x**3 + p[8] * x**2 * y + p[10] * x * y**2 + p[12] * y**3
    up = -0.03 * x + 0.99 * y + p[1] * x**2 + p[3] * x * y + p[5] * y**2 + p[7] * x**3 + p[9] * x**2 * y + p[11] * x * y**2 + p[13] * y**3
    return np.column_stack([left, up])


def same(found, expected, tolerance=1e-3):
    """Both (n, 2) in degrees; the tolerance is in arcsec (CDELT and the like are single precision)."""
    away = SkyCoord(found * u.deg).separation(SkyCoord(expected * u.deg))
    assert away.arcsec.max() < tolerance


@pytest.mark.parametrize("projection", ["TAN", "SIN", "STG", "ARC", "ZEA"])
@pytest.mark.parametrize("centre", [(102.5, 0.5), (0.001, -45.0), (10.0, 89.99)])
def test_zenithal_projections_are_wcslibs(tmp_path, projection, centre):
    row = dict(IMAGE, CTYPE=f"DEC--{projection}".encode(), CRVAL1=centre[0], CRVAL2=centre[1], PC1_2=0.25, PC2_1=-0.25)
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = [f"RA---{projection}", f"DEC--{projection}"], centre, [1000, 500]
    # unlike FITS, DVO scales the pixels before it turns them
    wcs.wcs.cd = np.array([[1, 0.25], [-0.25, 1]]) * np.float32([-5e-5, 5e-5])
    found = dvo.footprints(read(tmp_path, row).images)[0]
    same(found["corners"], wcs.wcs_pix2world(CORNERS, 1))
    middle = wcs.wcs_pix2world([(1000, 500)], 1)
    same(np.array([(found["ra"], found["dec"])]), middle)
    assert found["radius"] == pytest.approx(SkyCoord(middle * u.deg).separation(SkyCoord(found["corners"] * u.deg)).deg.max(), rel=1e-6)
    assert (found["corners"][:, 0] >= 0).all() and (found["corners"][:, 0] < 360).all()


def test_a_mosaic_has_a_polynomial_and_its_centre_is_pixel_zero(tmp_path):
    found = dvo.footprints(read(tmp_path, MOSAIC).images)[0]
    corners = np.array([(-2, -1), (2, -1), (2, 1), (-2, 1)], float)
    same(found["corners"], gnomonic((359.9, -30.0), mosaic_plane(*corners.T)))
    assert (found["ra"], found["dec"]) == (pytest.approx(359.9), pytest.approx(-30.0))


@pytest.mark.parametrize(("link", "of_mosaic"), [
    (dict(PARENT_ID=100), {}),
    ({}, {}),  # the same TZERO
    ({}, dict(TZERO=IMAGE["TZERO"] + 100)),  # EXPTIME after it
])  # fmt: skip
def test_a_chip_goes_through_its_mosaic(tmp_path, link, of_mosaic):
    database = read(tmp_path, dict(CHIP, **link), dict(MOSAIC, **of_mosaic), dict(MOSAIC, IMAGE_ID=101, TZERO=1, CRVAL1=5.0))
    found = dvo.footprints(database.images[:1], database.mosaics)[0]
    x, y = np.float32(-5e-5) * (CORNERS[:, 0] - 1000), np.float32(5e-5) * (CORNERS[:, 1] - 500)
    same(found["corners"], gnomonic((359.9, -30.0), mosaic_plane(x + 1e-2 * x**2 + 0.1, y + 2e-2 * x * y - 0.2)))
    assert np.array_equal(found["corners"], dvo.footprints(database.images)[0]["corners"])


@pytest.mark.parametrize("row", [
    dict(CHIP, PARENT_ID=77, TZERO=5000),  # no mosaic of that number, none at that time
    dict(IMAGE, CTYPE=b"DEC--ZPN"),
    dict(IMAGE, CTYPE=b""),
    dict(IMAGE, CRVAL1=float("nan")),
    dict(IMAGE, NX=0),
    dict(IMAGE, CTYPE=b"DEC--LIN", CRVAL2=400.0),
])  # fmt: skip
def test_without_astrometry_there_is_no_footprint(tmp_path, row):
    found = dvo.footprints(read(tmp_path, row, MOSAIC).images)[0]
    assert np.isnan(found["ra"]) and np.isnan(found["radius"]) and np.isnan(found["corners"]).all()
