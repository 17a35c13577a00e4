"""Real FITS images and headers of small telescopes, each with its verdict.

The files are not part of the project; without them beside the checkout these tests are skipped. Expected
positions are astropy's for the whole header, or worked out from the cards by hand.
"""

import json

import numpy as np
import pytest
from fits_files import write_lines
from photvo import readers
from photvo.model.batch import ReadError
from photvo.settings import TOP

IMAGES = TOP.parent / "shared" / "data" / "images"
pytestmark = pytest.mark.skipif(not IMAGES.is_dir(), reason="../shared/data is not there")

#: file → start (UTC), exposure (s), ra, dec (ICRS, deg), where from, pixel scale (arcsec), FILTER
TAKEN = {
    "dss1_m67_1951.fits": ("1951-11-29T12:07:00.00", 3000, 132.8339465, 11.8118280, "wcs", 1.7006, None),
    "first_vla_4d.fits": ("1993-04-17T00:00:00", None, 162.5298146605, 30.6769229468, "wcs", 1.8, None),
    "kstars_indi_sim.fits": (
        "2020-02-24T19:29:25.632",
        1,
        21.6430258284,
        69.2521871790,
        "wcs",
        2.6819,
        "Red",
    ),
    "maxim616_eyuma_thumb.fit.gz": (
        "2018-04-17T03:35:22",
        90,
        135.0210777503,
        49.6086737614,
        "wcs",
        0.5629,
        "r",
    ),
    "maxim618_wasp10_cutout.fits": (
        "2018-08-23T05:55:39",
        90,
        348.8942291090,
        31.4884176543,
        "wcs",
        0.5629,
        "r",
    ),
    "maxim650_tic367_4k.fit.bz2": (
        "2026-01-12T02:58:24.710",
        90,
        73.6032310062,
        45.4404068562,
        "wcs",
        0.5624,
        "rp",
    ),
    "microobs_hatp32_a.fits": ("2017-12-20T01:33:43.317", 60, 31.312099, 46.769087, "header", None, "Clear"),
    "panoptes_solved.fits.fz": (
        "2016-09-09T08:14:34",
        120.4,
        303.2064150276,
        46.0173927388,
        "wcs",
        10.320,
        "RGGB",
    ),
    "poss1_lhs352.fits": ("1955-05-15T04:52:00", 3000, 202.4995760820, 10.3769053205, "wcs", 1.7004, "plexi"),
    "saao1m_ste3.fits": ("2013-07-13T00:57:33", 150.04, 331.0333333, -0.9252778, "header", None, None),
}

#: file → its true reason
REFUSED = {
    "astap_m106.wcs.fits": "there is no image in the file",
    "bad_nonstandard_units.hdr": "no known format",
    "dachs_ex.fits": "UT '25:38:57': there is no such time of day",
    "dachs_excube.fits": "no date",
    "m13_rice_nodate.fits": "no date",
    "mef_light.fits": "no position",
    "panoptes_noheader.fits": "no date",
    "panoptes_rotation.fits": "no position",
    "hdr_ccdsoft5.txt": "a text copy of a FITS header",
    "hdr_header_app2.txt": "a text copy of a FITS header",
    "hdr_header_apt.txt": "a text copy of a FITS header",
    "hdr_header_dwarflab.txt": "a text copy of a FITS header",
    "hdr_header_seestar.txt": "a text copy of a FITS header",
    "hdr_header_sharpcap.txt": "a text copy of a FITS header",
    "hdr_itelescope_t31.txt": "a text copy of a FITS header",
    "hdr_nfo_1993.txt": "not a FITS file: its first card",
    "hdr_nina2_qhy268c.txt": "a text copy of a FITS header",
    "hdr_sgp_header.txt": "a text copy of a FITS header",
}

#: header as text, made into an image of its size → the same as in TAKEN; positions by hand from the cards
DIALECTS = {
    "hdr_ccdsoft5.txt": ("2020-04-18T00:56:58.604", 300, 222.289475, 40.7012083, "objectequ", None, "R"),
    "hdr_header_apt.txt": ("2018-09-17T21:04:46", 240, 23.75, 30.7402778, "objectequ", 2.3875, None),
    "hdr_header_seestar.txt": (
        "2025-05-13T22:48:35.751879",
        1870,
        239.8360285240,
        20.7320534050,
        "wcs",
        2.373,
        "IRCUT",
    ),
    "hdr_header_sharpcap.txt": (
        "2019-04-29T20:25:29.8219583",
        2,
        251.3021576434,
        89.0493715778,
        "wcs",
        3.163,
        None,
    ),
    "hdr_nina2_qhy268c.txt": (
        "2022-02-28T22:30:33.562",
        300,
        97.8958333,
        4.9777778,
        "objectequ",
        0.6463,
        None,
    ),
    "hdr_sgp_header.txt": (
        "2020-05-30T00:22:49.0968820",
        30,
        283.3955417,
        33.0340625,
        "objectequ",
        None,
        "HaOIII",
    ),
}
DIALECTS_REFUSED = {
    "hdr_header_app2.txt": "CALFRAME is 'MasterFlat'",
    "hdr_header_dwarflab.txt": "RA and DEC are the dummy position",
    "hdr_itelescope_t31.txt": "no position",
}


def compare(record, expected):
    dateobs, exptime, ra, dec, source, scale, band = expected
    assert (record.dateobs, record.exptime, record.coordequsrc, record.band) == (
        dateobs,
        exptime,
        source,
        band,
    )
    # FK5 and ICRS are 0.02 arcsec apart, which the positions by hand leave out
    tolerance = 1e-7 if source == "wcs" else 1e-5
    assert record.dec == pytest.approx(dec, abs=tolerance)
    assert (record.ra - ra) * np.cos(np.radians(dec)) == pytest.approx(0, abs=tolerance)
    assert record.pixel_scale == (scale and pytest.approx(scale, rel=1e-3))
    json.dumps(record.header, allow_nan=False)


def test_every_file_has_its_verdict():
    assert {path.name for path in IMAGES.iterdir()} == {*TAKEN, *REFUSED}


@pytest.mark.parametrize("name", TAKEN)
def test_an_image_is_taken_with_the_values_of_its_header(name):
    (record,) = readers.open(IMAGES / name)
    compare(record, TAKEN[name])
    assert record.filename == name.removesuffix(".fz")


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_dated_image_of_the_sky_is_refused_with_its_reason(name):
    with pytest.raises(ReadError) as caught:
        list(readers.open(IMAGES / name))
    assert caught.value.reason.startswith(REFUSED[name])


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialect_is_understood(tmp_path, name):
    lines = (IMAGES / name).read_text().splitlines()
    (record,) = readers.open(write_lines(tmp_path / "image.fits", lines))
    compare(record, DIALECTS[name])


@pytest.mark.parametrize("name", DIALECTS_REFUSED)
def test_a_dialect_without_what_is_needed_is_refused(tmp_path, name):
    lines = (IMAGES / name).read_text().splitlines()
    with pytest.raises(ReadError) as caught:
        list(readers.open(write_lines(tmp_path / "image.fits", lines)))
    assert DIALECTS_REFUSED[name] in caught.value.reason


def test_a_pole_near_the_image_does_not_matter(tmp_path):
    lines = (IMAGES / "hdr_header_sharpcap.txt").read_text().splitlines()
    (record,) = readers.open(write_lines(tmp_path / "image.fits", lines))
    assert len(record.corners) == 4 and max(dec for _, dec in record.corners) < 90


def test_the_light_curves_in_fits_are_no_images():
    for path in (IMAGES.parent / "lightcurves").glob("*.fits"):
        assert readers.open(path).format == "fits-series"
    for path in IMAGES.glob("*.fit*"):
        assert readers.open(path).format == "fits-image"
