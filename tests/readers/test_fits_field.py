"""FITS images: where on the sky they are, by WCS, optics or cards, and how large."""

import math

import pytest
from astropy import units as u
from astropy.coordinates import FK5, SkyCoord
from astropy.wcs import WCS
from fits_files import ALICA, NORTH_UP, header, image, write

def separation(record, ra, dec):
    """Arcseconds between the centre of an image and an ICRS position in degrees."""
    return SkyCoord(record.ra, record.dec, unit="deg").separation(SkyCoord(ra, dec, unit="deg")).arcsec


# What an image is


def test_the_seeds_image_has_the_seeds_field_of_view(read):
    record = read(ALICA, shape=(1268, 1679))
    assert (record.fov_x, record.fov_y) == (
        0.024806042453147315,
        0.01873380692709398,
    )  # printed in the seed's text
    assert record.pixel_scale == pytest.approx(3.0474, abs=1e-4)  # arcsec
    assert (record.naxis1, record.naxis2, record.coordequsrc, record.corners) == (1679, 1268, "objectequ", ())
    assert (record.ra, record.dec) == pytest.approx((260.1625, 76.711111), abs=1e-6)
    assert (record.dateobs, record.exptime) == ("2021-10-22T20:13:42", 30.0)
    assert (
        record.band,
        record.telescope,
        record.instrument,
        record.object_name,
        record.mode,
        record.type,
    ) == ("r", "Alica", "G2-8300", "VY UMi", "light", "image")
    assert record.warnings == ()


def test_a_wcs_goes_before_the_optics_and_the_object(read):
    # the CD matrix of the seed's observation 100; its field by hand: 1679 · √(CD1_1² + CD2_1²) …
    record = read(
        ALICA,
        shape=(1268, 1679),
        CTYPE1="RA---TAN",
        CTYPE2="DEC--TAN",
        CRVAL1=260.0,
        CRVAL2=76.7,
        CRPIX1=840.0,
        CRPIX2=634.5,
        CD1_1=-0.00084016812215,
        CD1_2=-0.0000253522262298,
        CD2_1=0.0000253903567968,
        CD2_2=-0.000838906379862,
    )
    assert (record.fov_x, record.fov_y) == pytest.approx((0.0246316, 0.0185741), abs=1e-7)
    assert (record.ra, record.dec, record.coordequsrc) == (pytest.approx(260.0), pytest.approx(76.7), "wcs")
    assert len(record.corners) == 4 and record.warnings == ()


def test_the_centre_and_the_corners_are_where_the_wcs_says(read):
    record = read(ALICA, NORTH_UP, FOCALLEN=None)
    assert (record.ra, record.dec) == (
        pytest.approx(260),
        pytest.approx(30),
    )  # CRPIX is the middle pixel, (101 + 1) / 2
    # by hand: 50.5 and 25.5 pixels of 3 arcsec from the middle to the edges, in the tangent plane
    for (ra, dec), (x, y) in zip(record.corners, [(1, -1), (-1, -1), (-1, 1), (1, 1)]):
        xi, eta = math.radians(x * 50.5 * 3 / 3600), math.radians(y * 25.5 * 3 / 3600)
        d0 = math.radians(30)
        assert ra == pytest.approx(
            260 + math.degrees(math.atan2(xi, math.cos(d0) - eta * math.sin(d0))), abs=1e-9
        )
        rho = math.hypot(math.cos(d0) - eta * math.sin(d0), xi)
        assert dec == pytest.approx(
            math.degrees(math.atan2(math.sin(d0) + eta * math.cos(d0), rho)), abs=1e-9
        )


@pytest.mark.parametrize(
    "shape, pixel", [((51, 100), (50.5, 26)), ((50, 101), (51, 25.5)), ((2, 2), (1.5, 1.5))]
)
def test_the_centre_of_an_even_number_of_pixels_is_between_two(read, shape, pixel):
    record = read(ALICA, NORTH_UP, CRPIX1=pixel[0], CRPIX2=pixel[1], shape=shape)
    assert separation(record, 260, 30) < 1e-6


def test_a_reference_outside_of_the_image_is_no_matter(read):
    cards = header(NORTH_UP, CRPIX1=-400.0, CRPIX2=900.0)
    expected = WCS(cards).pixel_to_world(50, 25).icrs
    assert separation(read(ALICA, dict(cards)), expected.ra.deg, expected.dec.deg) < 1e-6


def test_declination_on_the_first_axis(read):
    swapped = dict(
        CTYPE1="DEC--TAN",
        CTYPE2="RA---TAN",
        CRVAL1=30.0,
        CRVAL2=260.0,
        CRPIX1=51.0,
        CRPIX2=26.0,
        CD1_1=2e-3,
        CD1_2=0.0,
        CD2_1=0.0,
        CD2_2=-1e-3,
    )
    record = read(ALICA, swapped, FOCALLEN=None)
    assert separation(record, 260, 30) < 1e-6
    assert record.fov_x == pytest.approx(math.radians(101 * 2e-3)) and record.fov_y == pytest.approx(
        math.radians(51e-3)
    )


def test_scale_and_rotation_in_the_old_form(read):
    record = read(
        ALICA, NORTH_UP, CD1_1=None, CD1_2=None, CD2_1=None, CD2_2=None, CDELT1=2e-3, CDELT2=1e-3, CROTA2=30.0
    )
    assert (record.fov_x, record.fov_y) == (
        pytest.approx(math.radians(0.202)),
        pytest.approx(math.radians(0.051)),
    )


def test_other_frames_are_converted_and_not_relabelled(read, tmp_path):
    # the north galactic pole: defined at 12h49m +27°24' (B1950, FK4), published as 12h51m26.28s +27°07'41.7"
    pole = 192.85948, 27.12825
    b1950 = dict(CRVAL1=192.25, CRVAL2=27.4, EQUINOX=1950.0, RADESYS=None, RADECSYS=None)
    assert separation(read(ALICA, NORTH_UP, b1950), *pole) < 0.5
    galactic = dict(
        CTYPE1="GLON-TAN", CTYPE2="GLAT-TAN", CRVAL1=0.0, CRVAL2=90.0, RADESYS=None, RADECSYS=None
    )
    assert separation(image(write(tmp_path / "gal.fits", ALICA, NORTH_UP, galactic)), *pole) < 0.5
    fk5 = SkyCoord(260 * u.deg, 30 * u.deg, frame=FK5(equinox="J1975")).icrs
    in_1975 = image(write(tmp_path / "fk5.fits", ALICA, NORTH_UP, dict(RADESYS="FK5", EQUINOX=1975.0)))
    assert separation(in_1975, fk5.ra.deg, fk5.dec.deg) < 1e-6
    assert separation(in_1975, 260, 30) > 600


def test_a_pole_in_the_frame(read):
    record = read(ALICA, NORTH_UP, CRVAL2=90.0)
    assert record.dec == pytest.approx(90)
    assert sorted(ra // 90 for ra, _ in record.corners) == [0, 1, 2, 3]  # the corners lie all round the pole


def test_two_scales_that_differ_are_worth_a_warning(read, tmp_path):
    assert any(
        "3 arcsec a pixel by the WCS" in text for text in read(ALICA, NORTH_UP, FOCALLEN=700.0).warnings
    )
    record = image(write(tmp_path / "b.fits", ALICA, NORTH_UP, FOCALLEN=740.0))  # 3.01 arcsec
    assert record.warnings == () and record.fov_x == pytest.approx(math.radians(101 * 3 / 3600))


@pytest.mark.parametrize(
    "cards",
    [dict(FOCALLEN=0.0), dict(FOCALLEN=None), dict(FOCALLEN="unknown"), dict(XPIXSZ=None), dict(YPIXSZ=0)],
)
def test_without_optics_there_is_no_field_of_view(read, cards):
    record = read(ALICA, cards)
    assert (record.fov_x, record.fov_y, record.pixel_scale) == (None, None, None)


@pytest.mark.parametrize(
    "spoil, note",
    [
        (dict(CD1_1=None, CD1_2=None, CD2_1=None, CD2_2=None), "no scale"),
        (dict(CD1_1=0.0, CD2_2=0.0), "WCS"),
        (dict(CTYPE1="RA---XYZ"), "WCS"),
        (dict(CTYPE2=None), "WCS"),
        (dict(CTYPE1="DEC 1950", CTYPE2="RA 1950"), "no celestial coordinates"),
        (dict(CRVAL2=123.0), "WCS"),
        (dict(CTYPE1="LINEAR", CTYPE2="LINEAR"), "no celestial coordinates"),
    ],
)
def test_a_wcs_that_cannot_be_used_leaves_the_object_with_a_word(read, spoil, note):
    record = read(ALICA, NORTH_UP, spoil)
    assert record.coordequsrc == "objectequ" and separation(record, 260.1625, 76.7111111) < 0.01
    assert any(note in text for text in record.warnings)


@pytest.mark.parametrize("card", ["WCSAXES", "PLTRAH", "AMDX1", "PPO3"])
@pytest.mark.parametrize("value", [100_000, "100000"])
def test_cards_that_crash_wcslib_do_not_reach_it(read, card, value):
    assert separation(read(ALICA, NORTH_UP, {card: value}), 260, 30) < 1e-6


def test_a_distortion_of_impossible_order_is_named(read):
    record = read(ALICA, NORTH_UP, A_ORDER=100_000, B_ORDER=100_000)
    assert record.coordequsrc == "objectequ" and "A_ORDER 100000 is no order" in record.warnings[0]


# Positions in cards


@pytest.mark.parametrize(
    "ra, dec, expected",
    [
        ("18 20 48.12", "+10 00 00", (275.2005, 10)),
        ("09:02:20", "-00 30 00", (135.583333, -0.5)),
        (" 1 26 34.08", "69 15 09.22", (21.642, 69.252561)),
        ("4:54:25.07032651", "45:26:25.02931143", (73.604460, 45.440286)),
        ("06h31m35s", "+04d58m40s", (97.895833, 4.977778)),
        ("97.895833", "4.977778", (97.895833, 4.977778)),
    ],
)
def test_the_objects_position_in_all_its_spellings(read, ra, dec, expected):
    record = read(ALICA, OBJCTRA=ra, OBJCTDEC=dec)
    assert (record.ra, record.dec) == pytest.approx(expected, abs=2e-6) and record.coordequsrc == "objectequ"


@pytest.mark.parametrize(
    "cards, expected",
    [
        (dict(RA="17:20:39", DEC="+76:42:40"), (260.1625, 76.711111)),
        (dict(RA=260.1625, DEC=76.711111), (260.1625, 76.711111)),
        (dict(RA="260.1625", DEC="76.711111"), (260.1625, 76.711111)),
        ({"RA": (17.344167, "[h] of the object"), "DEC": 76.711111}, (260.1625, 76.711111)),
        ({"RA-MNT": 260.1625, "DEC-MNT": 76.711111}, (260.1625, 76.711111)),
    ],
)
def test_the_pointing_serves_where_there_is_no_object(read, cards, expected):
    record = read(ALICA, dict(OBJCTRA=None, OBJCTDEC=None), cards)
    assert (record.ra, record.dec) == pytest.approx(expected, abs=1e-5) and record.coordequsrc == "header"


def test_the_frame_of_the_cards_is_converted(read, tmp_path):
    cards = dict(OBJCTRA="12 49 00", OBJCTDEC="+27 24 00", RADECSYS=None)
    assert separation(read(ALICA, cards, EQUINOX=1950.0), 192.85948, 27.12825) < 0.5
    assert (
        separation(image(write(tmp_path / "a.fits", ALICA, cards, RADESYS="FK4")), 192.85948, 27.12825) < 0.5
    )
    # EPOCH is here the epoch of a plate, and no equinox
    assert separation(image(write(tmp_path / "b.fits", ALICA, cards, EPOCH=1951.91)), 192.25, 27.4) < 1e-6


@pytest.mark.parametrize(
    "cards, reason",
    [
        (dict(OBJCTRA=None, OBJCTDEC=None), "no position"),
        (dict(OBJCTRA="00 00 00", OBJCTDEC="+00 00 00"), "OBJCTRA and OBJCTDEC are the dummy position"),
        (dict(OBJCTRA=None, OBJCTDEC=None, RA=0.0, DEC=0.0), "RA and DEC are the dummy position"),
        (dict(OBJCTRA="25 61 00"), "'25 61 00' is no angle"),
        (dict(OBJCTRA="noon"), "'noon' is no angle"),
        (dict(OBJCTDEC="+95 00 00"), "out of range"),
        (dict(OBJCTRA="17.3"), "may be hours or degrees"),
        (dict(OBJCTRA="", OBJCTDEC=""), "no position"),
    ],
)
def test_without_a_position_an_image_is_refused(refused, cards, reason):
    assert reason in refused(ALICA, cards)
