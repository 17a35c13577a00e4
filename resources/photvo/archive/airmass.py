"""Airmass at mid-exposure, from where the star is, where the telescope stands, and when.

The altitude is the true one (no refraction), as astropy's AltAz without pressure gives it: what changes slowly
(precession, nutation, aberration, UT1-UTC) is computed once a day, the Earth's rotation for each point.
"""

import warnings

import erfa
import numpy as np
from astropy.time import Time

from photvo.model.time import direction

#: Airmass from c, the cosine of the true zenith distance: numerator and denominator, highest power first.
#: Source: Young 1994, Applied Optics 33, 1108, eq. 9; 1 at the zenith, 31.7 at the horizon.
YOUNG = (1.002432, 0.148386, 0.0096467), (1.0, 0.149864, 0.0102963, 0.000303978)
ABERRATION = np.radians(20.49552 / 3600)  # the Earth's mean velocity in units of that of light
MJD = 2400000.5


def sine_of_altitude(utc, ra, dec, site):
    """Sines of the true altitudes of n points: `utc` is MJD, `ra` and `dec` are ICRS in degrees, `site` is an
    EarthLocation. Within 0.001° of astropy's AltAz."""
    days, day = np.unique(np.floor(utc), return_inverse=True)
    with warnings.catch_warnings():
        # of dates for which Earth rotation is not known yet, or was not yet: 0.9 s at most, 0.004°
        warnings.simplefilter("ignore")
        noon = Time(days, 0.5, format="mjd", scale="utc")
        tt, ut1_utc = noon.tt, noon.delta_ut1_utc
    to_intermediate = erfa.c2i00b(tt.jd1, tt.jd2)
    star = direction(ra, dec) + _velocity(days)[day]
    star = np.einsum("nij,nj->ni", to_intermediate[day], star / np.linalg.norm(star, axis=1)[:, None])
    sidereal = erfa.era00(MJD + days[day], utc - days[day] + ut1_utc[day] / 86400) + site.lon.rad
    north = np.sin(site.lat.rad)
    return north * star[:, 2] + np.sqrt(1 - north**2) * (star[:, 0] * np.cos(sidereal) + star[:, 1] * np.sin(sidereal))


def _velocity(days):
    """The Earth's velocity in units of that of light at n MJD, n × 3, to 0.4″ of aberration: from the Sun's longitude
    by the low-precision formulae of the Astronomical Almanac (section C)."""
    since = days - 51544.5
    anomaly = np.radians(357.528 + 0.9856003 * since)
    sun = np.radians(280.460 + 0.9856474 * since + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    obliquity = np.radians(23.439)
    return ABERRATION * np.stack([np.sin(sun), -np.cos(sun) * np.cos(obliquity), -np.cos(sun) * np.sin(obliquity)], 1)


def airmass(utc, ra, dec, site):
    """Airmasses of n points (arguments as `sine_of_altitude`); NaN where there is no time or site, and below the horizon."""
    result = np.full(len(utc), np.nan)
    known = np.flatnonzero(np.isfinite(utc))
    if site is None or not len(known):
        return result
    c = sine_of_altitude(utc[known], ra[known], dec[known], site)
    result[known] = np.where(c >= 0, np.polyval(YOUNG[0], c) / np.polyval(YOUNG[1], c), np.nan)
    return result
