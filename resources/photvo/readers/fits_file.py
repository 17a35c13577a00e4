"""The headers of a FITS file, and whether all of the file is there; no pixel is read from a plain file.

A packed file (gzip, bzip2) is unpacked as far as its headers say that there is data, and not further.
"""

import io
import os
import re
import unicodedata
from math import prod

from astropy.io import fits

from ..model.batch import ReadError
from .fits_plain import CARD, PlainHeader
from .source import UNPACK_ERRORS, unpacked

RECORD = 2880  # bytes, the unit of a FITS file
HEADER_LIMIT = 2000 * RECORD  # a header longer than this (72,000 cards) is none
UNPACKED_LIMIT = 1 << 30  # bytes that a packed file may grow to

#: Extensions that go with an image and are none of the sky.
_COMPANION = {*"MASK UNCERT UNCERTAINTY WEIGHT WHT VAR VARIANCE ERR ERROR DQ BPM CTX APERTURE".split()}


def value(header, name, default=None):
    """A header value with blanks taken off text; `default` where the card is absent, empty or unparsable."""
    try:
        found = header.get(name)
    except (fits.VerifyError, ValueError):
        found = raw_value(header.cards[name])
    if isinstance(found, str):
        found = found.strip()
    return default if found is None or found == "" or isinstance(found, fits.card.Undefined) else found


def comment(header, name):
    """The comment of a card, "" where there is none."""
    try:
        return header.comments[name]
    except (KeyError, fits.VerifyError, ValueError):
        return ""


def raw_value(card):
    """What stands in the value field of a card that breaks the standard, as text without quotes."""
    text = card.image.partition("=")[2] if card.image[:8] != "HIERARCH" else card.image[8:].partition("=")[2]
    text = text.strip()
    if text.startswith("'"):
        return text[1:].rpartition("'")[0].rstrip() or text[1:].rstrip()
    return text.partition("/")[0].strip()


def _whole(header, name, default):
    number = value(header, name, default)
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ValueError(f"{name} is {number!r}")
    return number


def _data_size(header):
    """Bytes of data that follow a header (FITS 4.0, eqs. 1, 2 and 4). Raises ValueError."""
    bits = value(header, "BITPIX")
    if bits not in (8, 16, 32, 64, -32, -64):
        raise ValueError(f"BITPIX is {bits!r}")
    axes = [_whole(header, f"NAXIS{i + 1}", None) for i in range(min(_whole(header, "NAXIS", None), 999))]
    if not axes:
        return 0
    if axes[0] == 0 and value(header, "GROUPS") is True:
        axes = axes[1:]
    return abs(bits) // 8 * _whole(header, "GCOUNT", 1) * (_whole(header, "PCOUNT", 0) + prod(axes))


def _read_header(stream, path):
    """The bytes of the next header, b"" at the end of the file. Raises ReadError where it breaks off."""
    raw = b""
    while len(raw) < HEADER_LIMIT:
        record = stream.read(RECORD)
        if not raw and record[:8] not in (b"SIMPLE  ", b"XTENSION"):
            return b""  # the end, or what some programs leave behind it
        raw += record
        if any(record[i : i + 8] == b"END     " for i in range(0, len(record), CARD)):
            return raw
        if len(record) < RECORD:
            if b"\n" in raw[: CARD + 2]:
                raise ReadError(path, "a text copy of a FITS header, no FITS file; take in the image itself")
            raise ReadError(path, "cut off within the header (no END card); copy it again from its source")
    raise ReadError(path, f"no END card in the first {HEADER_LIMIT} bytes of the header: not a FITS file")


def _printable(raw):
    """A header as the text that FITS allows: control characters are blanks, letters lose their accents."""
    if raw.isascii() and raw.decode().isprintable():
        return raw.decode()
    cards = []
    for i in range(0, len(raw), CARD):
        card = raw[i : i + CARD]
        try:
            text = card.decode()
        except UnicodeDecodeError:
            text = card.decode("latin-1")
        text = "".join(
            char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
        )
        text = re.sub("[\x00-\x1f\x7f-\x9f]", " ", text)
        cards.append(re.sub("[^ -~]", "?", text).ljust(CARD)[:CARD])
    return "".join(cards)


def _skip(stream, size, plain_size):
    """Move over the data; False where the file ends before them."""
    if plain_size is not None:
        stream.seek(size, os.SEEK_CUR)
        return stream.tell() <= plain_size
    while size:
        piece = stream.read(min(size, 1 << 20))
        if not piece:
            return False
        size -= len(piece)
    return True


def _image_header(text, header):
    """The header of the image in an HDU; None where it holds none of the sky."""
    if str(value(header, "EXTNAME", "")).upper() in _COMPANION:
        return None
    kind = value(header, "XTENSION", "IMAGE")
    if kind == "BINTABLE" and value(header, "ZIMAGE") is True:
        empty = fits.PrimaryHDU().header.tostring()
        with fits.open(io.BytesIO((empty + text).encode()), memmap=False) as hdus:
            header = hdus[1].header
    elif kind != "IMAGE":
        return None
    axes = [_whole(header, f"NAXIS{i + 1}", 0) for i in range(_whole(header, "NAXIS", 0))]
    return header if len(axes) > 1 and all(axes) else None


def headers(path, content=None):
    """(header of the primary HDU, headers of the images in the file's order), as PlainHeader or fits.Header.

    `content`: the bytes of the file, where they have been read already. Raises ReadError where the file is no FITS file or is not all there.
    """
    images, primary, total = [], None, 0
    try:
        with unpacked(path, content) as stream:
            plain_size = None
            if isinstance(stream, (io.BufferedReader, io.BytesIO)):
                plain_size = path.stat().st_size if content is None else len(content)
            while raw := _read_header(stream, path):
                text = _printable(raw)
                header = PlainHeader.fromstring(text) or fits.Header.fromstring(text)
                size = _data_size(header)
                total += len(raw) + size
                if plain_size is None and total > UNPACKED_LIMIT:
                    raise ReadError(
                        path,
                        f"would unpack to {total / 2**30:.1f} GB, over the limit of"
                        f" {UNPACKED_LIMIT >> 30} GB; unpack it beforehand if that is right",
                    )
                if not _skip(stream, size, plain_size):
                    has = f"; the file has {plain_size} bytes" if plain_size is not None else ""
                    raise ReadError(
                        path, f"cut off: its headers want {total} bytes{has}; copy it again from its source"
                    )
                image = _image_header(text, header)
                if image is not None:
                    images.append(image)
                primary = header if primary is None else primary
                padding = -size % RECORD
                total += padding
                _skip(stream, padding, plain_size)
    except UNPACK_ERRORS as error:
        raise ReadError(path, f"cut off or damaged ({error}); copy it again from its source") from None
    except ReadError:
        raise
    except Exception as error:  # astropy raises many kinds on a header that is none
        raise ReadError(path, f"the header is damaged: {error}; copy it again from its source") from error
    if primary is None:
        raise ReadError(
            path, "not a FITS file: its first card is not of the form `SIMPLE  =                    T`"
        )
    return primary, images
