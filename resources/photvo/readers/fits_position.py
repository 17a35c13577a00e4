"""Where an image lies on the sky by the cards that name the object or the pointing; its scale by the optics.

Angles are degrees, ICRS; other frames are converted. Every function takes a fits.Header.
"""

import re

from astropy import units as u
from astropy.coordinates import FK4, FK5, Angle, SkyCoord
from astropy.time import Time

from .fits_file import comment, value
from .fits_tan import fk5_to_icrs, rotated

#: How nearly all write it; astropy knows the other ways, and takes a hundred times as long.
_SEXAGESIMAL = re.compile(r"([+-]?)(\d{1,3})[ :]([0-5]?\d)[ :]([0-5]?\d(?:\.\d*)?)", re.A)


def _angle(header, name, sexagesimal_unit):
    """(degrees, True where written in sexagesimal form) of a card; None where it has no angle in it."""
    found = value(header, name)
    if found is None or isinstance(found, bool):
        return None
    try:
        number = float(found)
    except (TypeError, ValueError):
        number = None
    if number is not None:
        hours = re.search(r"\[h|\bhours?\b|\bhrs?\b", comment(header, name), re.I)
        return (number * 15 if hours and sexagesimal_unit == "hourangle" else number), False
    if plain := _SEXAGESIMAL.fullmatch(found):
        whole, minutes, seconds = (float(part) for part in plain.groups()[1:])
        size = (whole + minutes / 60 + seconds / 3600) * (15 if sexagesimal_unit == "hourangle" else 1)
        return (-size if plain[1] == "-" else size), True
    try:
        return Angle(found, sexagesimal_unit).deg, True
    except ValueError:
        raise ValueError(f"{name} {found!r} is no angle") from None


def _frame(header):
    """("ICRS", "FK4" or "FK5", its equinox or None): the frame of the positions in the cards.

    By RADESYS (RADECSYS) and EQUINOX as the standard has them.
    """
    system = str(value(header, "RADESYS") or value(header, "RADECSYS") or "").upper()
    try:
        equinox = float(value(header, "EQUINOX") or value(header, "EPOCH"))
    except (TypeError, ValueError):
        equinox = None
    if equinox not in (1950.0, 2000.0) and value(header, "EQUINOX") is None:
        equinox = None  # EPOCH is the date of the plate as often as the equinox
    if equinox is not None and not 1800 <= equinox <= 2200:
        raise ValueError(f"EQUINOX {equinox:g} is no year of an equinox")
    if not system:
        system = "ICRS" if equinox is None else "FK4" if equinox < 1984 else "FK5"
    if system.startswith("FK4"):
        return "FK4", equinox
    return "FK5" if system == "FK5" else "ICRS", equinox


def _pair(header, ra_card, dec_card):
    """ICRS (ra, dec) of two cards, None where they are absent or empty. Raises ValueError."""
    ra, dec = _angle(header, ra_card, "hourangle"), _angle(header, dec_card, "deg")
    if ra is None or dec is None:
        return None
    if ra[0] == 0 and dec[0] == 0:
        raise ValueError(f"{ra_card} and {dec_card} are the dummy position (0, 0)")
    if ra_card == "OBJCTRA" and not ra[1] and ra[0] <= 24:
        raise ValueError(f"{ra_card} {value(header, ra_card)!r} may be hours or degrees")
    if not (0 <= ra[0] <= 360 and -90 <= dec[0] <= 90):
        raise ValueError(f"{ra_card} and {dec_card} ({ra[0]:g}, {dec[0]:g} deg) are out of range")
    system, equinox = _frame(header)
    if system == "ICRS":
        return ra[0] % 360.0, float(dec[0])
    if system == "FK5" and equinox in (None, 2000.0):
        return tuple(map(float, rotated(fk5_to_icrs(), ra[0], dec[0])))
    if system == "FK5":
        frame = FK5(equinox=Time(equinox, format="jyear"))
    else:
        frame = FK4(equinox=Time(equinox or 1950.0, format="byear"))
    coordinates = SkyCoord(ra[0] * u.deg, dec[0] * u.deg, frame=frame).icrs
    return float(coordinates.ra.deg), float(coordinates.dec.deg)


#: The cards that may name the position, as they are believed, and what coordequsrc says then.
_CARDS = (("OBJCTRA", "OBJCTDEC", "objectequ"), ("RA", "DEC", "header"), ("RA-MNT", "DEC-MNT", "header"))


def from_cards(header):
    """((ra, dec) or None, coordequsrc or None, list of reasons why some cards were not taken)."""
    notes = []
    for ra_card, dec_card, source in _CARDS:
        try:
            if found := _pair(header, ra_card, dec_card):
                return found, source, notes
        except ValueError as reason:
            notes.append(str(reason))
        except Exception as error:  # an equinox from which astropy makes no frame
            notes.append(f"{ra_card}, {dec_card}: {error}")
    return None, None, notes


def optics_scale(header):
    """Degrees a pixel (x, y) from focal length (mm) and pixel size (µm, binned); None without them."""
    scale = []
    for axis in "XY":
        try:
            focal, size = float(value(header, "FOCALLEN")), float(value(header, f"{axis}PIXSZ"))
        except (TypeError, ValueError):
            return None
        if not (0 < focal < float("inf") and 0 < size < float("inf")):
            return None
        scale.append(206265 / focal * size / 1000 / 3600)
    return tuple(scale)
