"""What the simulated camera measures of a block of stars: matrices of (stars, exposures), then rows of the tables."""

from dataclasses import dataclass

import numpy as np

from . import camera, means, photcodes, stars
from .exposures import FWHM

GAIN_FULL = 60_000  # counts in a pixel at which it saturates
SIGMA = FWHM / camera.SCALE / 2.3548  # pixels
PIXELS = 4 * np.pi * SIGMA**2  # of sky that count as noise
FLOOR = 0.003  # mag: no error is smaller
LEAST = 1.0857 / 5  # mag: fainter than five times its noise is not found
LOST, BAD, POOR = 0.010, 0.010, 0.015  # parts of the measurements
#: PHOT_FLAGS
NORMAL, STAR, SATURATED, NO_FIT, DEFECT, PAIR = 0x02000005, 0x40, 0x1080, 0x10008808, 0x800, 0x8020
TWOMASS, LIMIT_J = 2011, 15.8
MJD = 40587  # of the UNIX epoch
J = len(photcodes.BANDS)  # its number among the bands, and that of 2MASS's column behind the exposures


@dataclass
class Block:
    """Matrices of (stars, exposures + 1): the last column is 2MASS's. Only what is True in `seen` is a measurement."""

    stars: stars.Stars
    seen: np.ndarray
    missing: np.ndarray  # bool, (stars, exposures): on a chip, and not found
    chip: np.ndarray
    values: dict  # column name → matrix
    cal: np.ndarray  # calibrated magnitude, mag
    good: np.ndarray  # bool: neither bad nor poor
    ra: np.ndarray  # deg, (stars,): averages
    dec: np.ndarray
    averages: dict  # column name → (stars,)
    secfilt: dict  # column name → (stars, seconds)

    def take(self, keep):
        """The block of the stars that an index chooses."""
        whole = {name: value[keep] for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        parts = {
            name: {k: v[keep] for k, v in vars(self)[name].items()}
            for name in ("values", "averages", "secfilt")
        }
        return Block(stars=self.stars.take(keep), **whole, **parts)


def observe(population, e, seconds, noise, rng):
    """A Block of what the exposures `e` see of the stars. `noise`: factor of all errors, 0 for a perfect camera."""
    shape = len(population), len(e)
    normal = noise * rng.standard_normal((3, shape[0], shape[1] + 1))
    u = rng.random((2, *shape))
    ra, dec = population.ra[:, None], population.dec[:, None]
    bands = np.array(list(photcodes.BANDS))[e.band]
    zero = np.array([photcodes.DEPENDENT[name][0] for name in bands])
    k = np.array([photcodes.DEPENDENT[name][1] for name in bands])

    true = stars.magnitudes(population, e.band, e.barycentric(population.ra, population.dec))
    airmass, azimuth = e.horizontal(population.ra, population.dec)
    airmass = np.round(airmass, 5)
    counts = 10 ** (0.4 * (zero + k * (airmass - 1) - e.cal - true)) * e.exptime
    background = PIXELS * 10 ** (0.4 * (zero - e.sky)) * camera.SCALE**2 * e.exptime
    error = np.round(np.hypot(1.0857 * np.sqrt(counts + background) / counts, FLOOR), 5)
    full = counts / (2 * np.pi * SIGMA**2) > GAIN_FULL

    lost, bad, poor = u[0] < LOST, u[0] > 1 - BAD, (u[0] > 0.5) & (u[0] < 0.5 + POOR)
    arcsec = np.hypot(0.03, np.minimum(0.5 * FWHM * error, 0.5))  # of the position, one axis
    east, north = (normal[k, :, :-1] * arcsec + np.where(bad, 4 * u[1] - 2, 0) for k in (0, 1))
    ra_meas = np.round(ra + east / 3600 / np.cos(np.radians(dec)), 8) % 360
    dec_meas = np.round(dec + north / 3600, 8)
    chip, x, y = camera.to_chip(*e.pointing.to_focal_plane(ra_meas, dec_meas))
    on_chip = camera.on_chip(x, y)
    seen = on_chip & (error < LEAST)
    seen[:, 0] |= on_chip[:, 0] & ~seen.any(axis=1)  # no star without any measurement
    # what saturates looks fainter than it is
    cal = true + normal[2, :, :-1] * error * np.where(poor, 3, 1) + np.where(full, 0.3, 0.0)
    flags = NORMAL | np.where(error < 0.01, STAR, 0) | np.where(full, SATURATED, 0) | np.where(bad, DEFECT, 0)
    flags = np.where(lost, NO_FIT, flags | np.where(poor, PAIR, 0))
    cal, error = np.where(lost, np.nan, cal), np.where(lost, np.nan, error)

    # 2MASS: not from an image, at one epoch
    infrared = population.mean[:, J, None]
    in_2mass = infrared < LIMIT_J
    error_j = np.round(0.02 + 0.1 * 10 ** (0.4 * (infrared - LIMIT_J)), 5)

    def add(matrix, column):
        return np.column_stack([np.broadcast_to(matrix, shape), np.broadcast_to(column, (shape[0], 1))])

    seen, error = add(seen, in_2mass), add(error, error_j)
    cal = add(cal, infrared + normal[2, :, -1:] * error_j)
    east, north = add(east, 0.08 * normal[0, :, -1:]), add(north, 0.08 * normal[1, :, -1:])
    ra_meas = add(ra_meas, np.round(ra + east[:, -1:] / 3600 / np.cos(np.radians(dec)), 8) % 360)
    dec_meas = add(dec_meas, np.round(dec + north[:, -1:] / 3600, 8))
    band, cal, flags = np.append(e.band, J), np.round(cal, 5), add(flags, 0)
    good = seen & (flags & (photcodes.BAD | photcodes.POOR) == 0) & ~np.isnan(cal)

    averages, offset_ra, offset_dec = means.averages(population, seen, good, ra_meas, dec_meas, dec)
    secfilt = means.secfilt(band, seen, good, cal, error, seconds)
    mags = {code: secfilt["MAG"][:, n] for n, (code, _) in enumerate(seconds)}
    mags |= {code: np.full(shape[0], np.nan) for code, _ in photcodes.SECONDS if code not in mags}
    exposure = np.arange(shape[1])
    m_cal, flat = add(e.cal_of(exposure, chip), 0.0), add(np.round(0.002 * ((3 * chip) % 5 - 2), 4), 0.0)
    mag = cal.copy()
    mag[:, :-1] -= _correction(e.band, airmass, mags, chip) - m_cal[:, :-1]
    px = np.round(100 * arcsec / camera.SCALE)
    image = add(e.image_id(exposure, chip), 0)
    code = add(np.array([photcodes.BASE[name] for name in bands]) + chip, TWOMASS)
    survey = (900_000_000 + 1_000_000 * (np.arange(shape[0]) % 90))[:, None]  # 1998 to 2001
    flipped = np.where(chip < 18, 180.0, 0.0) + e.pointing.angle
    values = {
        "RA": ra_meas, "DEC": dec_meas, "D_RA": offset_ra, "D_DEC": offset_dec,
        "MAG": np.round(mag, 5), "M_APER": np.round(mag + 0.004, 5), "MAG_ERR": error, "M_CAL": m_cal, "M_FLAT": flat,
        "MAG_CAL_ERR": add(0.002, 0.0), "M_TIME": add(2.5 * np.log10(e.exptime), 0.0),
        "AIRMASS": add(airmass, 0.0), "AZ": add(np.round(azimuth, 3), 0.0),
        "X_CCD": add(np.round(x, 2), 0.0), "Y_CCD": add(np.round(y, 2), 0.0),
        "SKY_FLUX": add(10 ** (0.4 * (zero - e.sky)) * camera.SCALE**2, np.nan), "SKY_FLUX_ERR": add(0.1, np.nan),
        "TIME": add(e.start, survey), "IMAGE_ID": image, "PHOTCODE": code, "CCDNUM": add(chip, 0),
        "PSF_QF": add(np.where(lost, np.nan, 0.99), np.nan), "PSF_CHISQ": add(np.where(lost, np.nan, 1.0), np.nan),
        "PSF_NDOF": add(np.where(lost, 0, 300), 0), "PSF_NPIX": add(np.where(lost, 0, 304), 0),
        "CR_NSIGMA": add(np.where(lost, np.nan, -1.0), np.nan), "EXT_NSIGMA": add(np.where(lost, np.nan, 0.2), np.nan),
        "FWHM_MAJOR": add(np.where(lost, 0, round(100 * FWHM / camera.SCALE)), 0),
        "FWHM_MINOR": add(np.where(lost, 0, round(98 * FWHM / camera.SCALE)), 0),
        "PSF_THETA": add(np.where(lost, 0, 3641), 0), "MXX": add(round(100 * SIGMA), 0), "MYY": add(round(98 * SIGMA), 0),
        "X_CCD_ERR": add(px, 0), "Y_CCD_ERR": add(px, 0), "POS_SYS_ERR": add(5, 0),
        "POSANGLE": add(np.trunc(((flipped + 180) % 360 - 180) * 65535 / 360), 0), "PLTSCALE": add(camera.SCALE, 0.0),
        "DB_FLAGS": add(np.where(poor, 2, 0) | np.where(bad, 0x10, 0), 0), "PHOT_FLAGS": flags,
    }  # fmt: skip
    block = Block(
        stars=population, seen=seen, missing=on_chip & ~seen[:, :-1], chip=chip, values=values, cal=cal, good=good,
        ra=averages.pop("RA"), dec=averages.pop("DEC"), averages=averages, secfilt=secfilt,
    )  # fmt: skip
    return block.take(seen[:, :-1].any(axis=1))


def _correction(band, airmass, mags, chip):
    """What the formulas add to MAG on the way to a calibrated magnitude, but for M_CAL (and M_FLAT), mag."""
    total = np.empty_like(airmass)
    for number, name in enumerate(photcodes.BANDS):
        columns = np.flatnonzero(band == number)
        own, k, equivalent = photcodes.of_band(name)
        colours = np.broadcast_to(own.correction(mags) + equivalent.correction(mags), (len(airmass),))
        total[:, columns] = k * (airmass[:, columns] - 1) + colours[:, None] - 25
    return total + photcodes.chip_offset(chip)


def detection_id(time, ccd, det_id):
    """EXT_ID of a measurement: time, chip and number in its image as one integer."""
    days = np.floor(1e5 * (np.asarray(time) / 86400 + MJD - 54101)).astype(np.int64)
    return days * 10**9 + ccd * 10**7 + det_id


def object_id(ra, dec):
    """EXT_ID of an object: its zone of declination and its position as one integer."""
    z = (dec + 90) / 0.0083333
    whole = lambda value: np.floor(value).astype(np.int64)  # noqa: E731
    return whole(z) * 10**13 + whole(ra * 10**6) * 10**4 + whole(z % 1 * 10**4)
