"""Where an image lies on the sky by its WCS, or by the plate solution of the DSS.

Angles are degrees, ICRS; other frames are converted.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_scales, wcs_to_celestial_frame

from . import fits_tan
from .fits_file import value

#: What wcslib reads: text, numbers, and the plate solutions of the DSS (all of their cards or none).
_WCS_TEXT = re.compile(r"(CTYPE|CUNIT)[12]|RADESYS|RADECSYS")
_WCS_NUMBER = re.compile(
    r"LONPOLE|LATPOLE|EQUINOX|[AB]P?_(ORDER|\d_\d)|(CRVAL|CRPIX|CDELT|CROTA)[12]|(CD|PC)[12]_[12]|PV[12]_\d\d?"
)
_PLATE = (
    *"PLTDECSN PLTRAH PLTRAM PLTRAS PLTDECD PLTDECM PLTDECS CNPIX1 CNPIX2 XPIXELSZ YPIXELSZ PPO3 PPO6".split(),
    *(f"AMD{axis}{i}" for axis in "XY" for i in range(1, 14)),
)
_SIP_ORDERS = {"A_ORDER", "B_ORDER", "AP_ORDER", "BP_ORDER"}
_NOT_BESIDE_CD = re.compile(r"PC\d_\d|CDELT\d|CROTA\d")
_SCALE_CARD = re.compile(r"CDELT[12]|(CD|PC)[12]_[12]")


class NoPosition(ValueError):
    """There is no position to be had; the text says why and is one line."""


@dataclass(frozen=True)
class Footprint:
    """An image on the sky by its WCS."""

    ra: float  # of the centre, deg
    dec: float
    scale: tuple[float, float]  # deg a pixel, along the two axes of the image
    corners: tuple[tuple[float, float], ...]  # ra, dec in deg of the outer corners, in order round the image


def _number(header, name):
    """A finite float or int, None where the card has none; numbers in quotes count (PixInsight)."""
    found = value(header, name)
    try:
        number = found if isinstance(found, int) and not isinstance(found, bool) else float(found)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < 1e300 and not isinstance(found, bool) else None


@lru_cache(1 << 13)
def _kind(name):
    "what a card has that wcslib reads: str, float; None for the others"
    return str if _WCS_TEXT.fullmatch(name) else float if _WCS_NUMBER.fullmatch(name) else None


def _wcs_cards(header):
    """What wcslib reads and no more, a dict. Raises NoPosition.

    It crashes on cards of the wrong type, on half a plate solution and on a large WCSAXES.
    """
    plain = {}
    for name in dict.fromkeys(header):
        kind = _kind(name)
        if kind is None:
            continue
        found = value(header, name) if kind is str else _number(header, name)
        if kind is str and not isinstance(found, str):
            found = None
        if name in _SIP_ORDERS and found not in range(10):
            raise NoPosition(f"{name} {found!r} is no order of a SIP polynomial")
        if found is not None:
            plain[name] = found
    if "AMDX1" not in header:
        return plain
    plate = {name: value(header, name) if name == "PLTDECSN" else _number(header, name) for name in _PLATE}
    if None not in plate.values() and plate["PLTDECSN"] in ("+", "-"):
        plain.update(plate)
    return plain


def _cards(header):
    """The dict of the cards of a celestial WCS with a scale. Raises NoPosition where there is none to use."""
    plain = _wcs_cards(header)
    kinds = [plain.get(f"CTYPE{axis}", "").upper() for axis in (1, 2)]
    plate = "AMDX1" in plain
    if not any(kinds) and not plate:
        raise NoPosition("")
    if any(kinds) and not any(re.match(r"(RA-|DEC-|.LAT|.LON)", kind) for kind in kinds):
        raise NoPosition(
            f"CTYPE {' and '.join(map(repr, kinds))} are no celestial coordinates of the standard"
        )
    if not plate and not any(_SCALE_CARD.fullmatch(name) for name in plain):
        raise NoPosition("the WCS has no scale (no CD, PC or CDELT)")
    if any(name.startswith("CD1_") for name in plain):  # the standard forbids both; CD is the solver's
        for name in [name for name in plain if _NOT_BESIDE_CD.fullmatch(name)]:
            del plain[name]
    return plain


def _on_sky(header, pixels):
    """(ICRS (ra, dec) of pixel positions counted from 1, scales): shape (n, 2) → (n, 2), NaN where there is no sky."""
    cards = _cards(header)
    ordinary = fits_tan.solution(cards)
    if ordinary is not None:
        sky, scale = ordinary.sky(pixels), ordinary.scale
        if np.isfinite(sky).all() and 0 < min(scale) and max(scale) < 10:
            return sky, scale
    wcs = WCS(fits.Header(list(cards.items())), naxis=2)
    if {wcs.wcs.lng, wcs.wcs.lat} != {0, 1}:
        raise NoPosition("the first two axes are not the celestial ones")
    scale = proj_plane_pixel_scales(wcs)
    if not (np.isfinite(scale).all() and (scale > 0).all() and (scale < 10).all()):
        raise NoPosition(f"the WCS has an impossible scale ({scale[0]:g}, {scale[1]:g} deg a pixel)")
    world = wcs.all_pix2world(pixels, 1)
    lon, lat = world[:, wcs.wcs.lng], world[:, wcs.wcs.lat]
    lat = np.where(np.abs(lat) <= 90, lat, np.nan)
    coordinates = SkyCoord(lon * u.deg, lat * u.deg, frame=wcs_to_celestial_frame(wcs)).icrs
    return np.column_stack([coordinates.ra.deg, coordinates.dec.deg]), scale


def footprint(header, naxis1, naxis2):
    """The Footprint of an image of `naxis1` × `naxis2` pixels. Raises NoPosition with the reason.

    The centre of the first pixel is (1, 1): the image's is (NAXIS + 1) / 2, its edges are half a pixel out.
    """
    try:
        x, y = naxis1 + 0.5, naxis2 + 0.5
        centre = (naxis1 + 1) / 2, (naxis2 + 1) / 2
        sky, scale = _on_sky(header, np.array([centre, (0.5, 0.5), (x, 0.5), (x, y), (0.5, y)]))
    except NoPosition:
        raise
    except Exception as error:  # wcslib and astropy raise many kinds on cards that contradict each other
        reason = (str(error).strip() or type(error).__name__).splitlines()[-1]  # wcslib's comes last
        raise NoPosition(f"the WCS cannot be used: {reason}") from error
    if not np.isfinite(sky[0]).all():
        raise NoPosition("the WCS gives no position for the centre of the image")
    if sky[0].tolist() == [0, 0] and value(header, "CRVAL1") == value(header, "CRVAL2") == 0:
        raise NoPosition("the WCS has the dummy position (0, 0)")
    corners = tuple(map(tuple, sky[1:].tolist())) if np.isfinite(sky).all() else ()
    return Footprint(*sky[0].tolist(), tuple(scale.tolist()), corners)
