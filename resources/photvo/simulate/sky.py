"""When Kolonica can look at a star, and when its light would have reached the Sun.

Approximate and cheap on purpose (seconds, not microseconds), and from erfa alone, so that the same seed gives
the same archive wherever it is made. The tests compare with astropy.
"""

import erfa
import numpy as np

LONGITUDE, LATITUDE = np.radians([22.273722, 48.935194])  # east and north positive
SUN_BELOW = np.radians(-12.0)
STAR_ABOVE = np.radians(25.0)
LIGHT_DAYS = erfa.AULT / 86400.0  # days that light takes for one au
SIDEREAL = 1.00273790935  # sidereal days a day


def direction(ra, dec):
    """Unit vectors (n, 3) to ICRS positions in degrees."""
    ra, dec = np.radians(ra), np.radians(dec)
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=-1)


def earth(jd):
    """The Earth as seen from the Sun and from the barycentre, au, two arrays (n, 3), and TDB − UTC in days.

    `jd` is UTC, (quasi-)JD as astropy and erfa count it. The observer is put at the centre of
    the Earth: 21 ms at most.
    """
    tt1, tt2 = erfa.taitt(*erfa.utctai(np.floor(jd), jd - np.floor(jd)))
    heliocentric, barycentric = erfa.epv00(tt1, tt2)
    return heliocentric["p"], barycentric["p"], (tt1 - np.floor(jd)) + (tt2 - (jd - np.floor(jd)))


def _sun(jd):
    """Right ascension and declination of the Sun, rad."""
    x, y, z = -erfa.epv00(jd, 0.0)[0]["p"].T
    return np.arctan2(y, x), np.arcsin(z / np.sqrt(x * x + y * y + z * z))


def _hour_angle(altitude, dec):
    """Hour angle at which something of declination `dec` has this altitude, rad; 0 never, pi always."""
    cosine = (np.sin(altitude) - np.sin(LATITUDE) * np.sin(dec)) / (np.cos(LATITUDE) * np.cos(dec))
    return np.arccos(np.clip(cosine, -1, 1))


def _transit(jd, ra):
    """JD of the transit nearest to `jd` of right ascension `ra`, rad."""
    sidereal = erfa.gmst82(np.floor(jd), jd - np.floor(jd)) + LONGITUDE
    ahead = (ra - sidereal + np.pi) % (2 * np.pi) - np.pi
    return jd + ahead / (2 * np.pi) / SIDEREAL


def nights(first, last):
    """JD of midnight (lowest Sun) and half the length of the dark, days, of the nights first to last.

    `first` and `last` are JDs of noon UTC, whole numbers.
    """
    midnight = np.arange(first, last + 1) + 0.5 - np.degrees(LONGITUDE) / 360
    ra, dec = _sun(midnight)
    midnight = _transit(midnight, ra + np.pi)
    return midnight, 0.5 - _hour_angle(SUN_BELOW, dec) / (2 * np.pi)


def windows(midnight, half, ra, dec):
    """Begin and end, JD, of the time in each night when the star (degrees) is up and the Sun well down.

    Rounded to 0.001 d, so that the last digit of an ephemeris decides nothing. A night without
    has end <= begin.
    """
    transit = _transit(midnight, np.radians(ra))
    up = _hour_angle(STAR_ABOVE, np.radians(dec)) / (2 * np.pi) / SIDEREAL
    up = np.where(up > 0.498, 1.0, up)  # circumpolar
    begin = np.maximum(midnight - half, transit - up)
    end = np.minimum(midnight + half, transit + up)
    return np.ceil(begin * 1000) / 1000, np.floor(end * 1000) / 1000
