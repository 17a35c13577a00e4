"""The ordinary WCS of an image (RA---TAN, DEC--TAN, perhaps SIP; ICRS or FK5 J2000) by its formulas.

wcslib gives the same to rounding, at many times the cost. Sources: Calabretta & Greisen 2002 (FITS WCS paper II), sections 2 and
5.1.3; Shupe et al. 2005 (SIP).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from astropy import units as u
from astropy.coordinates import FK5, SkyCoord

_OTHER = re.compile(r"PV[12]_\d\d?|CROTA[12]|AMDX1")
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

    crpix: np.ndarray  # shape (2,), as the others
    crval: np.ndarray  # deg
    matrix: np.ndarray  # deg a pixel, shape (2, 2)
    sip: tuple  # coefficients of the two axes, each {(p, q): number}; () without
    rotation: np.ndarray | None  # to ICRS

    @property
    def scale(self):
        """Degrees a pixel along the two axes of the image."""
        return np.sqrt((self.matrix**2).sum(axis=0))

    def sky(self, pixels):
        """ICRS (ra, dec) of pixel positions counted from 1; shape (n, 2) → (n, 2)."""
        right, up = (pixels - self.crpix).T
        offset = np.array([right, up])
        for axis, polynomial in zip(offset, self.sip):
            for (p, q), number in polynomial.items():
                axis += number * right**p * up**q
        x, y = np.radians(self.matrix @ offset)
        ra0, dec0 = np.radians(self.crval)
        along = np.cos(dec0) - y * np.sin(dec0)
        ra = _round(np.degrees(ra0 + np.arctan2(x, along)))
        dec = np.degrees(np.arctan2(np.sin(dec0) + y * np.cos(dec0), np.hypot(x, along)))
        return np.column_stack((ra, dec) if self.rotation is None else rotated(self.rotation, ra, dec))


def solution(cards):
    """The Tan of what wcslib would read, a dict; None for whatever is not ordinary."""
    kinds = cards.get("CTYPE1"), cards.get("CTYPE2")
    sip = kinds == ("RA---TAN-SIP", "DEC--TAN-SIP")
    if not sip and kinds != ("RA---TAN", "DEC--TAN") or any(map(_OTHER.fullmatch, cards)):
        return None
    if {cards.get("CUNIT1", "deg"), cards.get("CUNIT2", "deg")} != {"deg"} or cards.get("LONPOLE", 180) != 180:
        return None
    try:
        crpix = np.array([cards["CRPIX1"], cards["CRPIX2"]], float)
        crval = np.array([cards["CRVAL1"], cards["CRVAL2"]], float)
        polynomials = _sip(cards) if sip else ()
    except KeyError:
        return None
    orders = any(name.endswith("_ORDER") for name in cards)
    frame, matrix = _frame(cards), _matrix(cards)
    # at the pole itself LONPOLE is another one
    if orders != sip or frame is None or not abs(crval[1]) < 90 or not abs(np.linalg.det(matrix)) > 0:
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
    "degrees a pixel, shape (2, 2); singular where only half of a CD matrix is there"
    if "CD1_1" in cards or "CD1_2" in cards:
        return np.array([cards.get(name, 0) for name in _MATRIX["CD"]], float).reshape(2, 2)
    if "CD2_1" in cards or "CD2_2" in cards:
        return np.zeros((2, 2))
    pc = np.array([cards.get(name, unit) for name, unit in zip(_MATRIX["PC"], (1, 0, 0, 1))], float)
    return np.array([[cards.get("CDELT1", 1)], [cards.get("CDELT2", 1)]], float) * pc.reshape(2, 2)


def _sip(cards):
    "the two polynomials; raises KeyError where they are not as they should be"
    found = []
    for axis in "AB":
        order = int(cards[f"{axis}_ORDER"])
        if order < 2 or (f"{axis}P_ORDER" in cards) != ("AP_ORDER" in cards):
            raise KeyError(axis)
        found.append({(p, q): cards.get(f"{axis}_{p}_{q}", 0) for p in range(order + 1) for q in range(order + 1 - p)})
    return tuple({powers: number for powers, number in axis.items() if number} for axis in found)
