"""FITS files made by hand for the tests of the reader: cards in, file out."""

import json

import numpy as np
import pytest
from astropy.io import fits
from photvo import readers
from photvo.model.batch import ReadError
from photvo.readers import fits_image

#: An image of the Alica telescope (MN-152, 2×2 binned) as the seed's description shows one, without a WCS.
ALICA = {
    "DATE-OBS": "2021-10-22T20:13:42",
    "EXPTIME": 30.0,
    "FILTER": "r",
    "OBJECT": "VY UMi",
    "IMAGETYP": "Light Frame",
    "TELESCOP": "Alica",
    "INSTRUME": "G2-8300",
    "FOCALLEN": 731.0,
    "XPIXSZ": 10.8,
    "YPIXSZ": 10.8,
    "OBJCTRA": "17 20 39.00",
    "OBJCTDEC": "+76 42 40.0",
    "RADECSYS": "ICRS",
}

#: Square pixels of 3 arcsec, north up, east to the left, the reference in the middle of 101 × 51 pixels.
NORTH_UP = {
    "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN",
    "CRVAL1": 260.0,
    "CRVAL2": 30.0,
    "CRPIX1": 51.0,
    "CRPIX2": 26.0,
    "CD1_1": -3 / 3600,
    "CD1_2": 0.0,
    "CD2_1": 0.0,
    "CD2_2": 3 / 3600,
    "RADESYS": "ICRS",
}


def header(*cards, **more):
    """A fits.Header of dicts of cards; a value of None leaves the card out, a pair is value and comment."""
    made = fits.Header()
    for name, value in {key: value for part in (*cards, more) for key, value in part.items()}.items():
        if value is not None:
            made[name] = value
    return made


def write(path, *cards, shape=(51, 101), **more):
    """Write an image with these cards (shape is NAXIS2, NAXIS1) and return the path."""
    fits.PrimaryHDU(np.zeros(shape, np.int16), header(*cards, **more)).writeto(path)
    return path


def write_lines(path, lines):
    """A FITS image of lines of a header as they are, the pixels a hole in the file."""
    cards = "".join(line[:80].ljust(80) for line in lines if line.split() != ["END"]) + "END".ljust(80)
    cards = cards.ljust(-(-len(cards) // 2880) * 2880).encode("latin-1")
    parsed = fits.Header.fromstring(cards)
    size = abs(parsed["BITPIX"]) // 8
    for axis in range(parsed["NAXIS"]):
        size *= parsed[f"NAXIS{axis + 1}"]
    path.write_bytes(cards)
    with path.open("r+b") as file:
        file.truncate(len(cards) + -(-size // 2880) * 2880)
    return path


def image(path):
    """The record of a file."""
    reader = readers.open(path)
    assert (reader.format, reader.version) == (fits_image.FORMAT, fits_image.VERSION)
    (record,) = reader
    json.dumps(record.header, allow_nan=False)
    return record


def refusal(path):
    """Why a file is refused."""
    with pytest.raises(ReadError) as caught:
        image(path)
    assert "\n" not in str(caught.value)
    return caught.value.reason
