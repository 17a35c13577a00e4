"""The ordinary WCS of an image (RA---TAN, DEC--TAN, perhaps SIP; ICRS or FK5 J2000) by its formulas.

wcslib gives the same to rounding, at many times the cost. Sources: Calabretta & Greisen 2002 (FITS WCS paper II), sections 2,
5.1.3 and 6.1 (CROTA); Shupe et al. 2005 (SIP).
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from astropy import units as u
from astropy.coordinates import FK5, SkyCoord

_OTHER = re.compile(r"PV[12]_\d\d?|AMDX1")
_MATRIX = {kind: [f"{kind}{i}_{j}" for i in (1, 2) for j in (1, 2)] for kind in ("CD", "PC")}


@lru_cache(maxsize=1)
def fk5_to_icrs():
    """The rotation from FK5 J2000 to ICRS, shape (3, 3)."""
    x, y, z = np.eye(3)
    axes = SkyCoord(x=x, y=y, z=z, representation_type="cartesian", frame=FK5())
    return axes.icrs.cartesian.xyz.to_value(u.one)


def _round(ra):
    "into 0 to 360; the remainder of the least negative numbers is 360 itself"
    return ra % 360 % 360


def rotated(matrix, ra, dec):
    """Positions (deg) rotated by a matrix: (ra in 0 to 360, dec), arrays as those given."""
    ra, dec = np.radians(ra), np.radians(dec)
    x, y, z = matrix @ np.array([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
    return _round(np.degrees(np.arctan2(y, x))), np.degrees(np.arctan2(z, np.hypot(x, y)))


@dataclass(frozen=True)
class Tan:
    """A gnomonic projection."""

    crpix: tuple  # of the two axes
    crval: tuple  # ra, dec, deg
    matrix: tuple  # deg a pixel, by rows: 11, 12, 21, 22
    sip: tuple  # coefficients of the two axes, each {(p, q): number}; () without
    rotation: np.ndarray | None  # to ICRS

    @property
    def scale(self):
        """Degrees a pixel along the two axes of the image."""
        a, b, c, d = self.matrix
        return np.array([math.hypot(a, c), math.hypot(b, d)])

    def sky(self, pixels):
        """ICRS (ra, dec) of a few pixel positions counted from 1; shape (n, 2) → (n, 2), NaN where numbers grow too large."""
        try:
            sky = np.array([self._point(x, y) for x, y in pixels.tolist()])
        except (OverflowError, ValueError):
            return np.full((len(pixels), 2), np.nan)
        return sky if self.rotation is None else np.column_stack(rotated(self.rotation, *sky.T))

    def _point(self, x, y):
        # number by number: for the five points of an image arrays take longer
        x, y = right, up = x - self.crpix[0], y - self.crpix[1]
        if self.sip:
            x, y = (at + sum(number * right**p * up**q for (p, q), number in polynomial.items())
                    for at, polynomial in zip((x, y), self.sip))  # fmt: skip
        a, b, c, d = self.matrix
        x, y = math.radians(a * x + b * y), math.radians(c * x + d * y)
        ra0, dec0 = map(math.radians, self.crval)
        along = math.cos(dec0) - y * math.sin(dec0)
        ra = _round(math.degrees(ra0 + math.atan2(x, along)))
        return ra, math.degrees(math.atan2(math.sin(dec0) + y * math.cos(dec0), math.hypot(x, along)))


def solution(cards):
    """The Tan of what wcslib would read, a dict; None for whatever is not ordinary."""
    kinds = cards.get("CTYPE1"), cards.get("CTYPE2")
    sip = kinds == ("RA---TAN-SIP", "DEC--TAN-SIP")
    if not sip and kinds != ("RA---TAN", "DEC--TAN") or any(map(_OTHER.fullmatch, cards)):
        return None
    if {cards.get("CUNIT1", "deg"), cards.get("CUNIT2", "deg")} != {"deg"} or cards.get("LONPOLE", 180) != 180:
        return None
    try:
        crpix = float(cards["CRPIX1"]), float(cards["CRPIX2"])
        crval = float(cards["CRVAL1"]), float(cards["CRVAL2"])
        polynomials = _sip(cards) if sip else ()
    except KeyError:
        return None
    orders = any(name.endswith("_ORDER") for name in cards)
    frame, matrix = _frame(cards), _matrix(cards)
    a, b, c, d = matrix
    # at the pole itself LONPOLE is another one
    if orders != sip or frame is None or not abs(crval[1]) < 90 or not abs(a * d - b * c) > 0:
        return None
    return Tan(crpix, crval, matrix, polynomials, fk5_to_icrs() if frame == "FK5" else None)


def _frame(cards):
    "ICRS or FK5; None for others"
    systems = {cards[name] for name in ("RADESYS", "RADECSYS") if name in cards}
    equinox = cards.get("EQUINOX")
    if equinox not in (None, 2000) or len(systems) > 1:
        return None
    system = systems.pop() if systems else "ICRS" if equinox is None else "FK5"
    return system if system in ("ICRS", "FK5") else None


def _matrix(cards):
    "degrees a pixel, by rows; singular where cards are there by half or beside others that they exclude"
    x, y = float(cards.get("CDELT1", 1)), float(cards.get("CDELT2", 1))
    if "CROTA1" in cards or "CROTA2" in cards:
        if "CROTA2" not in cards or any(name in cards for name in (*_MATRIX["CD"], *_MATRIX["PC"])):
            return 0.0, 0.0, 0.0, 0.0
        turn = math.radians(cards["CROTA2"])
        return x * math.cos(turn), -y * math.sin(turn), x * math.sin(turn), y * math.cos(turn)
    if "CD1_1" in cards or "CD1_2" in cards:
        return tuple(float(cards.get(name, 0)) for name in _MATRIX["CD"])
    if "CD2_1" in cards or "CD2_2" in cards:
        return 0.0, 0.0, 0.0, 0.0
    return tuple(scale * cards.get(name, unit) for scale, name, unit in zip((x, x, y, y), _MATRIX["PC"], (1, 0, 0, 1)))


def _sip(cards):
    "the two polynomials; raises KeyError where they are not as they should be"
    found = []
    for axis in "AB":
        order = int(cards[f"{axis}_ORDER"])
        if order < 2 or (f"{axis}P_ORDER" in cards) != ("AP_ORDER" in cards):
            raise KeyError(axis)
        found.append({(p, q): cards.get(f"{axis}_{p}_{q}", 0) for p in range(order + 1) for q in range(order + 1 - p)})
    return tuple({powers: number for powers, number in axis.items() if number} for axis in found)
