"""FITS images: position, field of view, header to JSON, and what is refused."""

import bz2
import gzip
import json
import math

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import FK5, SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from fits_files import ALICA, NORTH_UP, header, write
from photvo import readers
from photvo.model.batch import ReadError
from photvo.readers import fits_image


def image(path):
    """The record of a file."""
    reader = readers.open(path)
    assert (reader.format, reader.version) == (fits_image.FORMAT, fits_image.VERSION)
    (record,) = reader
    json.dumps(record.header, allow_nan=False)
    return record


@pytest.fixture
def read(tmp_path):
    """A function: cards (dicts and keywords) → ImageRecord."""
    return lambda *cards, **options: image(write(tmp_path / "image.fits", *cards, **options))


def refusal(path):
    """Why a file is refused."""
    with pytest.raises(ReadError) as caught:
        image(path)
    assert "\n" not in str(caught.value)
    return caught.value.reason


@pytest.fixture
def refused(tmp_path):
    """A function: cards → the reason why the image is refused."""
    return lambda *cards, **options: refusal(write(tmp_path / "image.fits", *cards, **options))


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


# The frame's type


@pytest.mark.parametrize(
    "name, kind",
    [
        ("IMAGETYP", "Dark Frame"),
        ("IMAGETYP", "FLAT"),
        ("IMAGETYP", " bias "),
        ("FRAME", "Dark"),
        ("IMAGETYP", "Master Flat"),
        ("IMAGETYP", "zero"),
        ("OBSTYPE", "flat"),
        ("CALFRAME", "MasterFlat"),
    ],
)
def test_calibration_frames_are_refused(refused, name, kind):
    assert f"{name} is {kind.strip()!r}" in refused(ALICA, {"IMAGETYP": None, name: kind})


@pytest.mark.parametrize(
    "name, kind",
    [
        ("IMAGETYP", "LIGHT"),
        ("IMAGETYP", "Light Frame         "),
        ("IMAGETYP", "object"),
        ("IMAGETYP", "Master Light"),
        ("FRAME", "Light"),
        ("IMAGETYP", ""),
    ],
)
def test_images_of_the_sky_are_taken(read, name, kind):
    assert read(ALICA, {"IMAGETYP": None, name: kind}).mode == "light"


# The header as JSON


def test_the_cards_that_the_seed_leaves_out_are_left_out(read):
    left_out = {
        "TR1_1": 1.0,
        "A_ORDER": 2,
        "A_0_2": 1e-6,
        "B_1_1": 1e-6,
        "AP_0_1": 1e-6,
        "BP_2_0": 1e-6,
        "DATASUM": "1",
        "CHECKSUM": "x",
        "COMMENT": "x",
        "HISTORY": "x",
    }
    found = read(ALICA, left_out, AIRMASS=1.2, ACTIVE=True, BZERO=32768.0).header
    assert set(found).isdisjoint({*left_out, "SIMPLE", "", "END"})
    assert (
        found["AIRMASS"] == 1.2
        and found["ACTIVE"] is True
        and found["NAXIS1"] == 101
        and found["FILTER"] == "r"
    )


def test_what_json_cannot_hold_is_kept_in_a_form_that_it_can(tmp_path):
    cards = header(ALICA)
    cards["EMPTY"] = fits.card.Undefined()
    cards["HIERARCH LONG NAME WITH BLANKS"] = 7
    cards["LONG"] = "x" * 200
    path = tmp_path / "image.fits"
    fits.PrimaryHDU(np.zeros((51, 101), np.int16), cards).writeto(path)
    lines = [
        "NOTANUM =                  NaN",
        "SITELAT =              48.XXXX / masked",
        "BREAK   = 'two\nlines\t'",
        "LATIN   = 'caf\xe9'",
        "GAIN    =                    1",
        "GAIN    =                    2",
        "GAIN    =                    1",
        "COMPLEX = (1.0, 2.0)",
    ]
    content = path.read_bytes()
    end = next(i for i in range(0, len(content), 80) if content[i : i + 8] == b"END     ")
    extra = "".join(line.ljust(80) for line in lines).encode("latin-1")
    assert end + len(extra) + 80 <= 2880
    path.write_bytes(content[:end] + extra + b"END".ljust(2880 - end - len(extra)) + content[2880:])
    found = image(path).header
    assert found["EMPTY"] is None and found["LONG NAME WITH BLANKS"] == 7 and found["LONG"] == "x" * 200
    assert found["NOTANUM"] == "NaN" and found["SITELAT"] == "48.XXXX"
    assert found["BREAK"] == "two lines" and found["LATIN"] == "cafe"
    assert (found["GAIN"], found["GAIN#2"]) == (1, 2) and "GAIN#3" not in found
    assert found["COMPLEX"] == "(1+2j)"


# What a file is


def test_the_file_name_loses_its_fz_and_nothing_else(tmp_path):
    data = np.zeros((51, 101), np.int16)
    path = tmp_path / "2021-10-22T20:13:42_r.fit.fz"
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(data, header(ALICA))]).writeto(path)
    record = image(path)
    assert (record.filename, record.path) == ("2021-10-22T20:13:42_r.fit", str(path))
    assert (record.naxis1, record.naxis2, record.header["NAXIS1"]) == (101, 51, 101)
    assert "ZNAXIS1" not in record.header and "TFORM1" not in record.header


@pytest.mark.parametrize("name", ["a.FITS", "a.fts", "a.fit", "a", "a.csv"])
def test_the_name_does_not_matter(tmp_path, name):
    assert image(write(tmp_path / "b.fits", ALICA).rename(tmp_path / name)).filename == name


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_packed_image_is_read_like_a_plain_one(tmp_path, pack):
    plain = write(tmp_path / "a.fits", ALICA)
    packed = tmp_path / "b.fits.gz"
    packed.write_bytes(pack(plain.read_bytes()))
    first, second = image(plain), image(packed)
    assert first.header == second.header and first.dateobs == second.dateobs


def test_the_last_image_counts_and_the_primary_completes_it(tmp_path):
    primary = fits.PrimaryHDU(
        header=header({key: ALICA[key] for key in ("DATE-OBS", "OBJCTRA", "OBJCTDEC", "TELESCOP")})
    )
    first = fits.ImageHDU(np.zeros((10, 10), np.int16), header(EXPTIME=10.0, FILTER="B"))
    last = fits.ImageHDU(np.zeros((20, 30), np.int16), header(EXPTIME=20.0, FILTER="V"))
    mask = fits.ImageHDU(np.zeros((20, 30), np.uint8), name="MASK")
    path = tmp_path / "a.fits"
    fits.HDUList([primary, first, last, mask]).writeto(path)
    record = image(path)
    assert (record.band, record.exptime, record.naxis1, record.telescope) == ("V", 20.0, 30, "Alica")
    assert record.header["TELESCOP"] == "Alica" and record.header["NAXIS"] == 2
    assert any("2 images in the file" in text for text in record.warnings)
    last.header["INHERIT"] = False
    fits.HDUList([primary, last]).writeto(path, overwrite=True)
    assert "no date" in refusal(path)


def test_a_colour_image_is_one_image(read):
    record = read(ALICA, NORTH_UP, FOCALLEN=None, shape=(3, 51, 101))
    assert (record.naxis1, record.naxis2) == (101, 51) and record.ra == pytest.approx(260)


@pytest.mark.parametrize(
    "kept, reason",
    [
        (0.999, "cut off: its headers want 13186 bytes; the file has"),
        (0.3, "cut off: its headers want"),
        (0.1, "cut off within the header"),
    ],
)
def test_a_file_cut_off_is_refused_plain_or_packed(tmp_path, kept, reason):
    whole = write(tmp_path / "a.fits", ALICA).read_bytes()
    needed = 2880 + 51 * 101 * 2
    cut = whole[: int(needed * kept)]
    (tmp_path / "b.fits").write_bytes(cut)
    assert reason.replace("13186", str(needed)) in refusal(tmp_path / "b.fits")
    for pack in (gzip.compress, bz2.compress):
        (tmp_path / "c.fits").write_bytes(pack(cut))
        assert "cut off" in refusal(tmp_path / "c.fits")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_packed_file_cut_off_is_refused(tmp_path, pack):
    rng = np.random.default_rng(1)
    path = tmp_path / "a.fits"
    fits.PrimaryHDU(rng.integers(0, 1000, (300, 300), np.int16), header(ALICA)).writeto(path)
    path.write_bytes(pack(path.read_bytes())[:-20_000])
    assert "cut off" in refusal(path)


def test_a_compressed_image_cut_off_is_refused(tmp_path):
    rng = np.random.default_rng(1)
    path = tmp_path / "a.fits.fz"
    fits.HDUList(
        [fits.PrimaryHDU(), fits.CompImageHDU(rng.integers(0, 1000, (300, 300), np.int16), header(ALICA))]
    ).writeto(path)
    path.write_bytes(path.read_bytes()[:-9000])
    assert "cut off" in refusal(path)


def test_padding_that_is_absent_is_forgiven(tmp_path):
    path = write(tmp_path / "a.fits", ALICA)
    path.write_bytes(path.read_bytes()[: 2880 + 51 * 101 * 2])
    assert image(path).naxis1 == 101


def test_a_file_that_would_unpack_to_gigabytes_is_refused_at_once(tmp_path):
    cards = header(ALICA)
    cards.set("NAXIS", 2)
    text = "".join(
        str(card)
        for card in fits.Header(
            [("SIMPLE", True), ("BITPIX", 16), ("NAXIS", 2), ("NAXIS1", 60000), ("NAXIS2", 60000)]
        ).cards
    ) + "END".ljust(80)
    path = tmp_path / "a.fits.bz2"
    path.write_bytes(bz2.compress(text.ljust(2880).encode() + bytes(100 << 20)))
    assert "would unpack to 6.7 GB, over the limit" in refusal(path)


def test_nothing_is_unpacked_beyond_the_data_that_the_header_speaks_of(tmp_path):
    path = write(tmp_path / "a.fits", ALICA)
    path.write_bytes(gzip.compress(path.read_bytes()) + gzip.compress(bytes(8 << 20)) * 500)  # 4 GB of zeros
    assert image(path).naxis1 == 101


@pytest.mark.parametrize(
    "make, reason",
    [
        (lambda: fits.HDUList([fits.PrimaryHDU(header=header(ALICA))]), "no image in the file"),
        (
            lambda: fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU(np.zeros(3, [("TIME", "f8")]))]),
            "no image in the file",
        ),
        (lambda: fits.HDUList([fits.PrimaryHDU(np.zeros(100))]), "no image in the file"),
    ],
    ids=["header", "table", "spectrum"],
)
def test_a_file_without_an_image_is_refused(tmp_path, make, reason):
    make().writeto(tmp_path / "a.fits")
    assert reason in refusal(tmp_path / "a.fits")


@pytest.mark.parametrize(
    "content, reason",
    [
        (
            b"SIMPLE  =                    T\nBITPIX  =                   16\nEND\n",
            "text copy of a FITS header",
        ),
        (b"SIMPLE = T\nBITPIX = 16\n", "its first card is not of the form"),
        (b"SIMPLE  =                    T".ljust(80) + b" " * 6_000_000, "no END card"),
        (
            b"SIMPLE  =                    T".ljust(80)
            + b"BITPIX  =                    7".ljust(80)
            + b"END".ljust(2720),
            "BITPIX is 7",
        ),
    ],
    ids=["text", "free form", "endless", "BITPIX"],
)
def test_what_is_no_fits_file_is_refused(tmp_path, content, reason):
    (tmp_path / "a.fits").write_bytes(content)
    assert reason in refusal(tmp_path / "a.fits")
