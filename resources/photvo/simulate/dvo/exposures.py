"""When the simulated camera looked at each field, and what Images.dat says about it.

From Maunakea, in dark nights of 2007 to 2011, with the field 30 degrees above the horizon.
"""

from dataclasses import dataclass

import erfa
import numpy as np

from ...settings import PhotvoError
from .. import sky
from . import camera, photcodes

LONGITUDE, LATITUDE = -155.468876, 19.825252  # deg, east and north positive: CFHT's
FIRST, LAST, STEP = 1167609600, 1325376000, 900  # unix s, 2007 to 2011; visits start at whole quarters of an hour
PATTERN = "grizgr"  # of a visit
EXPTIME = {"g": 8.0, "r": 5.0, "i": 5.0, "z": 10.0}  # s
READOUT = 40  # s
FWHM = 2.4  # arcsec: out of focus, or bright stars would saturate
SKY = {"g": 22.0, "r": 20.9, "i": 19.9, "z": 18.9}  # mag a square arcsec
PER_EXPOSURE = camera.CHIPS + 1  # rows of Images.dat
UNIX = 2440587.5  # JD


@dataclass
class Exposures:
    """Arrays over the exposures of one field, in order of time."""

    pointing: camera.Pointing
    band: np.ndarray  # number in photcodes.BANDS
    start: np.ndarray  # unix s
    cal: np.ndarray  # mag, M_CAL: what clouds took
    first_image: int  # IMAGE_ID of the first chip of the first exposure
    number: int  # of the first exposure of the field

    def __post_init__(self):
        names = np.array(list(photcodes.BANDS))[self.band]
        self.exptime = np.array([EXPTIME[n] for n in names])
        self.sky = np.array([SKY[n] for n in names])
        mid = UNIX + (self.start + self.exptime / 2) / 86400
        self.sidereal = np.degrees(erfa.gmst82(np.floor(mid), mid % 1)) + LONGITUDE  # deg, of mid-exposure
        _, self.earth, tdb = sky.earth(mid)
        self.tdb = mid + tdb

    def __len__(self):
        return len(self.start)

    def barycentric(self, ra, dec):
        """BJD in TDB of mid-exposure, (stars, exposures)."""
        return self.tdb + sky.direction(ra, dec) @ self.earth.T * sky.LIGHT_DAYS

    def horizontal(self, ra, dec):
        """Airmass and azimuth (deg, north over east, −180 to 180), (stars, exposures), of positions (stars,)."""
        return horizontal(self.sidereal - np.asarray(ra)[:, None], np.asarray(dec)[:, None])

    def cal_of(self, exposure, chip):
        """M_CAL of a chip's image, mag."""
        return np.round(self.cal[exposure] + 0.002 * ((5 * chip) % 7 - 3), 4)

    def image_id(self, exposure, chip):
        """IMAGE_ID of a chip's image."""
        return self.first_image + PER_EXPOSURE * exposure + chip


def horizontal(hour_angle, dec):
    """Airmass (1 / sine of the altitude) and azimuth, deg, from degrees."""
    h, d, p = np.radians(hour_angle), np.radians(dec), np.radians(LATITUDE)
    altitude = np.sin(p) * np.sin(d) + np.cos(p) * np.cos(d) * np.cos(h)
    azimuth = np.arctan2(-np.cos(d) * np.sin(h), np.cos(p) * np.sin(d) - np.sin(p) * np.cos(d) * np.cos(h))
    return 1 / np.maximum(altitude, 0.05), np.degrees(azimuth)


def plan(fields, count, rng):
    """`count` exposures of each field (ra, dec; deg), a list of Exposures. Raises PhotvoError for a field never seen."""
    start = np.arange(FIRST, LAST, STEP)
    jd = UNIX + start / 86400
    sidereal = np.degrees(erfa.gmst82(np.floor(jd), jd % 1)) + LONGITUDE
    # the Sun of each day's 10 h UTC, midnight on Maunakea, will do for the night
    x, y, z = np.repeat(-erfa.epv00(np.arange(jd[0], jd[-1]) + 10 / 24, 0.0)[0]["p"], 86400 // STEP, axis=0).T
    hour = np.radians(sidereal) - np.arctan2(y, x)
    sun = np.arcsin(z / np.sqrt(x * x + y * y + z * z))
    latitude = np.radians(LATITUDE)
    dark = np.sin(latitude) * np.sin(sun) + np.cos(latitude) * np.cos(sun) * np.cos(hour) < np.sin(
        sky.SUN_BELOW
    )
    visits = -(-count // len(PATTERN))
    bands = np.array([photcodes.BANDS.index(name) for name in PATTERN])
    pause = np.cumsum([0] + [int(EXPTIME[name]) + READOUT for name in PATTERN[:-1]])
    made = []
    for n, (ra, dec) in enumerate(fields):
        airmass, _ = horizontal(sidereal - ra, np.full(1, dec))
        slots = np.flatnonzero(dark & (airmass < 2))
        if len(slots) < visits:
            raise PhotvoError(
                f"--field {ra} {dec}: from Maunakea it is well up for {len(slots) * len(PATTERN)} exposures, not {count}"
            )
        chosen = np.sort(rng.permutation(slots)[:visits])
        begin = (start[chosen][:, None] + pause).ravel()[:count]
        u = rng.random((4, count))
        pointing = camera.Pointing(
            np.round(ra + (u[0] - 0.5) / 60 / np.cos(np.radians(dec)), 6) % 360,
            np.round(dec + (u[1] - 0.5) / 60, 6),
            np.round(0.3 + 0.05 * (u[2] - 0.5), 4),
        )
        cal = np.round(np.where(u[3] < 0.8, 0.1 * u[3], 2 * (u[3] - 0.75)), 3)
        number = n * count
        made.append(
            Exposures(pointing, np.resize(bands, count), begin, cal, 1 + PER_EXPOSURE * number, number)
        )
    return made


def image_rows(layout, e, stars):
    """The rows of Images.dat for one field: 36 chips and the mosaic, exposure by exposure.

    `stars`: number of measurements, (exposures, 36).
    """
    n, all_rows = len(e), PER_EXPOSURE * len(e)
    exposure, chip = np.divmod(np.arange(all_rows), PER_EXPOSURE)
    mosaic = chip == camera.CHIPS
    ccd = np.where(mosaic, 0, chip)
    terms = np.zeros((all_rows, 14))
    terms[:, :6] = camera.SQUARE[ccd].reshape(-1, 6)
    terms[mosaic] = e.pointing.terms
    matrix = np.where(mosaic[:, None, None], e.pointing.matrix[exposure], camera.MATRIX[ccd])
    names = np.array(list(photcodes.BANDS))[e.band]
    u, v = (np.where(mosaic, 0.0, camera.CENTRE[ccd, k]) for k in (0, 1))
    ra, dec = e.pointing.to_sky(u, v, exposure)
    nx, ny = (np.where(mosaic, camera.MOSAIC[k], (camera.NX, camera.NY)[k]) for k in (0, 1))
    airmass, _ = horizontal(e.sidereal - e.pointing.ra, e.pointing.dec)
    found = np.column_stack([stars, np.zeros(n, int)]).ravel()
    cal = np.where(mosaic, e.cal[exposure], e.cal_of(exposure, ccd))
    parent = e.image_id(exposure, camera.CHIPS)
    title = np.array([f"simulated/{900000 + e.number + k}{names[k]}" for k in range(n)])[exposure]
    title = np.where(
        mosaic,
        np.char.add(title, ".fits"),
        np.char.add(title, np.array([f"/ccd{c:02d}.fits" for c in range(37)])[chip]),
    )
    return layout.rows(all_rows, {
        "CRVAL1": np.where(mosaic, e.pointing.ra[exposure], camera.CENTRE[ccd, 0]),
        "CRVAL2": np.where(mosaic, e.pointing.dec[exposure], camera.CENTRE[ccd, 1]),
        "CRPIX1": np.where(mosaic, 0, camera.REFERENCE[0]), "CRPIX2": np.where(mosaic, 0, camera.REFERENCE[1]),
        "CDELT1": np.where(mosaic, e.pointing.cdelt, 1.0), "CDELT2": np.where(mosaic, e.pointing.cdelt, 1.0),
        "PC1_1": matrix[:, 0, 0], "PC1_2": matrix[:, 0, 1], "PC2_1": matrix[:, 1, 0], "PC2_2": matrix[:, 1, 1],
        "POLYTERMS": terms, "CTYPE": np.where(mosaic, "DEC--DIS", "DEC--WRP"), "NPOLYTERMS": np.where(mosaic, 3, 2),
        "TZERO": e.start[exposure], "NSTAR": found, "SECZ": np.round(airmass, 5)[exposure], "NX": nx, "NY": ny,
        "APMIFIT": 0.0, "DAPMIFIT": 0.0, "MCAL": cal, "MCAL_PSF": cal, "MCAL_APER": cal, "DMCAL": 0.002, "XM": 2,
        "PHOTCODE": np.array([photcodes.BASE[name] for name in names])[exposure] + ccd, "EXPTIME": e.exptime[exposure],
        "ST": np.round(e.sidereal % 360 / 15, 5)[exposure], "LAT": LATITUDE, "NAME": title,
        "RA_CENTER": np.round(ra, 4), "DEC_CENTER": np.round(dec, 4),
        "RADIUS": np.round(np.hypot(nx, ny) / 2 * camera.SCALE / 3600 * 1.002, 4),
        "DETECTION_LIMIT": 200, "SATURATION_LIMIT": 100, "CERROR": 3, "FWHM_X": round(25 * FWHM), "FWHM_Y": round(25 * FWHM),
        "TRATE": 0, "CCDNUM": np.where(mosaic, 255, chip), "FLAGS": np.where(e.cal[exposure] > 0.25, 2, 0),
        "IMAGE_ID": e.image_id(exposure, chip), "PARENT_ID": np.where(mosaic, 0, parent),
        "EXTERN_ID": 900000 + e.number + exposure, "SOURCE_ID": 1, "ORDER": 2, "NLINK_ASTROM": found, "NLINK_PHOTOM": found,
        "XPIX_SYS_ERR": 0.05, "YPIX_SYS_ERR": 0.05, "MAG_SYS_ERR": 0.003, "N_FIT_ASTROM": found, "N_FIT_PHOTOM": found,
    })  # fmt: skip
