"""FITS images: what is one, its header as JSON, and what is refused. Where on the sky it is: test_fits_field.py."""

import bz2
import gzip

import numpy as np
import pytest
from astropy.io import fits
from fits_files import ALICA, NORTH_UP, header, image, refusal, write

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
