"""A FITS image of the sky → ImageRecord, from its header alone.

The header is that of the last image in the file, completed by the primary HDU's cards. In the JSON a card
that is there more than once has its first value under its own name and further ones under `NAME#2`, `NAME#3`;
NaN and infinity are the strings "NaN", "Infinity", "-Infinity"; an undefined value is null; a value that
breaks the standard is text; characters that it forbids are blanks, letters without accents or question marks.
"""

import fnmatch
import math
import os
import re
import warnings
from functools import lru_cache
from pathlib import Path

from astropy.io import fits

from ..model.batch import ImageRecord, ReadError
from . import fits_dates, fits_position
from .fits_file import headers, raw_value, value
from .fits_plain import PlainHeader
from .fits_wcs import NoPosition, footprint

FORMAT = "fits-image"
VERSION = 2

#: Cards that do not go into the JSON, as the seed has it; and who owns the camera program's licence, which is private.
LEFT_OUT = (
    "SWSERIAL SWOWNER TR*_* A_* B_* AP_* BP_* COMMENT HISTORY SIMPLE DATASUM CHECKSUM XTENSION PCOUNT GCOUNT"
).split()
_LEFT_OUT = re.compile("|".join(fnmatch.translate(pattern) for pattern in LEFT_OUT))
#: Cards of the primary HDU that describe that HDU alone.
_STRUCTURE = re.compile(
    r"SIMPLE|BITPIX|NAXIS\d*|EXTEND|NEXTEND|BSCALE|BZERO|BLANK|DATASUM|CHECKSUM|COMMENT|HISTORY|END|"
)
#: A difference between the scale of the WCS and that of the optics that is worth a word.
SCALE_TOLERANCE = 0.05


def recognises(head, path):
    """True for the first card of a FITS file."""
    return re.match(rb"SIMPLE *=", head) is not None


@lru_cache(1 << 13)
def _left_out(name):
    return not name or _LEFT_OUT.fullmatch(name) is not None


def header_json(header):
    """A header as a dict that JSON can carry (see above)."""
    cards = {}
    for card in header.cards:
        name = card.keyword
        if _left_out(name):
            continue
        try:
            found = card.value
        except (fits.VerifyError, ValueError):
            found = raw_value(card)
        if isinstance(found, fits.card.Undefined):
            found = None
        elif isinstance(found, float) and not math.isfinite(found):
            found = "NaN" if math.isnan(found) else "Infinity" if found > 0 else "-Infinity"
        elif isinstance(found, str):
            found = found.rstrip()
        elif not isinstance(found, (bool, int, float, type(None))):
            found = str(found)
        number, key = 1, name
        while key in cards and cards[key] != found:
            number += 1
            key = f"{name}#{number}"
        cards[key] = found
    return cards


def _merged(primary, images):
    """The last image's header; a primary HDU without data passes its cards on (the INHERIT convention)."""
    header = images[-1]
    if value(primary, "NAXIS") == 0 and value(header, "INHERIT") is not False:
        if type(primary) is not type(header):
            primary, header = (one.astropy() if isinstance(one, PlainHeader) else one for one in (primary, header))
        header = header.copy()
        for card in primary.cards:
            if not _STRUCTURE.fullmatch(card.keyword) and card.keyword not in header:
                header.append(card, end=True)
    return header


def _frame_type(header):
    """Raise ValueError for a frame that is not of the sky."""
    for name in ("IMAGETYP", "FRAME", "OBSTYPE", "CALFRAME"):
        kind = str(value(header, name, ""))
        if not re.search(r"light|object|science", kind, re.I) and re.search(
            r"dark|flat|bias|zero|offset", kind, re.I
        ):
            raise ValueError(f"not an image of the sky: {name} is {kind!r}")


def read(path, options=None, content=None):
    """Yield the ImageRecord of a file. Raises ReadError where it is no dated image of the sky.

    `content`: the bytes of the file, where they have been read already.
    """
    path = path if isinstance(path, Path) else Path(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy's on each card that breaks the standard
        try:
            record = _record(path, content)
        except ValueError as reason:
            raise ReadError(path, str(reason)) from None
    yield record


def _record(path, content):
    primary, images = headers(path, content)
    if not images:
        raise ValueError(
            "there is no image in the file (NAXIS=0 or no image extension), only headers or tables"
        )
    header = _merged(primary, images)
    _frame_type(header)
    naxis1, naxis2 = header["NAXIS1"], header["NAXIS2"]
    exptime, notes = fits_dates.exposure(header)
    dateobs, more = fits_dates.start(header, exptime)
    notes += more
    if len(images) > 1:
        notes.append(f"{len(images)} images in the file; the last is taken")
    corners, scale, optics = (), None, fits_position.optics_scale(header)
    try:
        on_sky = footprint(header, naxis1, naxis2)
        position, source, scale, corners = (on_sky.ra, on_sky.dec), "wcs", on_sky.scale, on_sky.corners
        notes += _scales_differ(scale, optics)
    except NoPosition as reason:
        position, source, more = fits_position.from_cards(header)
        more = [text for text in (str(reason), *more) if text]
        if position is None:
            why = f" ({'; '.join(more)})" if more else ""
            raise ValueError(
                f"no position: neither a WCS nor OBJCTRA and OBJCTDEC nor RA and DEC can be used{why}"
            ) from None
        notes += more
    x, y = scale = scale or optics or (None, None)
    return ImageRecord(
        path=os.path.abspath(path), filename=path.name.removesuffix(".fz"), dateobs=dateobs, exptime=exptime,
        ra=position[0], dec=position[1], coordequsrc=source,
        fov_x=x and math.radians(naxis1 * x), fov_y=y and math.radians(naxis2 * y),
        band=_text(header, "FILTER"), telescope=_text(header, "TELESCOP"),
        instrument=_text(header, "INSTRUME"), object_name=_text(header, "OBJECT"),
        mode="light", type="image", naxis1=naxis1, naxis2=naxis2,
        pixel_scale=x and 3600 * math.sqrt(x * y), corners=corners, header=header_json(header),
        warnings=tuple(notes),
    )  # fmt: skip


def _scales_differ(scale, optics):
    """A warning where the scales (x, y in degrees) of the WCS and of the optics are too far apart."""
    if optics and any(
        abs(by_wcs / by_optics - 1) > SCALE_TOLERANCE for by_wcs, by_optics in zip(scale, optics)
    ):
        return [
            f"the scale is {scale[0] * 3600:.4g} arcsec a pixel by the WCS, {optics[0] * 3600:.4g} by"
            " FOCALLEN and XPIXSZ"
        ]
    return []


def _text(header, name):
    found = value(header, name)
    return None if found is None else str(found)
