"""FITS images of the simulated fields: stars where the WCS says, as bright as their light curves are then."""

import math
import warnings
from dataclasses import dataclass

import numpy as np
from astropy.io import fits
from astropy.time import Time, TimeDelta

from ..model import time  # noqa: F401  (astropy without the network)
from . import photometry, sky
from .cameras import CAMERAS, header
from .programme import PINNED
from .series import BANDS, TELESCOPE

# what is simulated ends in 2023
warnings.filterwarnings("ignore", "leap-second file is expired")

#: Where the telescope points, deg, if not at the field's target: the seed's row of observations.
POINTING = {"V* VY UMi": (259.946337, 76.698759)}
OFF_CENTRE = (0.01, -0.008)  # deg, elsewhere
# By number in PINNED: named as the seed's image is, `.fits`, compressed, and with OBJCTRA and OBJCTDEC alone
SEED_NAMES, FITS_ENDING, PACKED, WITHOUT_WCS = (0, 1, 2), (3, 4, 7, 11), (4,), (10,)
SIGMA = 1.1  # pixels
SKY, READ_NOISE, PEAK = 900.0, 9.0, 42_000.0  # ADU; PEAK is that of the brightest star


@dataclass(frozen=True)
class Picture:
    """One image to make."""

    exposure: int
    name: str  # base name, less .fz
    packed: bool = False
    wcs: bool = True


def choose(stars, programme, count):
    """The exposures of which there is an image: `count` at most, the pinned ones first."""
    names = np.array([stars.target_name(f) for f in range(len(stars.targets))])[programme.field]
    bands = np.array([band[0] for band in BANDS])[programme.band]
    pictures = []
    for number, (name, band, jd) in enumerate(PINNED):
        for e in np.flatnonzero((programme.mid == jd) & (names == name) & (bands == band))[:1]:
            start = start_of(programme, e)
            plain = f"{_file_name(name)}-{start.strftime('%Y%m%d-%H%M%S')}_{band}"
            plain += ".fits" if number in FITS_ENDING else ".fit"
            own = plain if number not in SEED_NAMES else f"{start.isot}_{band}.fit"
            pictures.append(Picture(int(e), own, number in PACKED, number not in WITHOUT_WCS))
    if count > len(pictures):
        others = np.setdiff1d(
            np.flatnonzero(TELESCOPE[programme.band] != 2), [picture.exposure for picture in pictures]
        )
        step = max(len(others) // (count - len(pictures)), 1)
        pictures += [
            Picture(int(e), f"{_file_name(names[e])}-{e:06d}_{bands[e]}.fits") for e in others[::step]
        ]
    return pictures[:count]


def _file_name(target):
    return target.removeprefix("V* ").replace(" ", "_")


def is_simulated(path):
    """True for a FITS image that this module wrote."""
    with open(path, "rb") as file:
        return b"'photvo simulate'" in file.read(40 * 2880)


def start_of(programme, exposure):
    """Start of an exposure as a Time in UTC, to the second, as the camera's program writes it."""
    mid = programme.mid[exposure]
    mid = Time(np.floor(mid), mid % 1, format="jd", scale="utc", precision=0)
    start = mid - TimeDelta(programme.exptime[exposure] / 2, format="sec")
    return Time(start.isot, scale="utc", precision=0)


def _pixels(camera, x, y, flux, rng):
    """The image, ADU: Gaussian stars at 0-based x, y with `flux`, integrated over the pixels; sky, noise."""
    root = np.sqrt(2) * SIGMA

    def share(n, centre):  # of a star's light in each of n pixels
        return 0.5 * np.diff([math.erf((edge - 0.5 - centre) / root) for edge in range(n + 1)])

    data = np.full((camera.naxis2, camera.naxis1), SKY)
    for cx, cy, f in zip(x, y, flux, strict=True):
        data += f * np.outer(share(camera.naxis2, cy), share(camera.naxis1, cx))
    data += np.sqrt(data + READ_NOISE**2) * rng.standard_normal(data.shape)
    return np.clip(np.round(data), 0, 65535).astype(np.uint16)


def write(picture, stars, programme, folder, seed, rng):
    """Make one image and write it to `folder`/YYYY-MM-DD/NAME; the date is that of the evening."""
    e = picture.exposure
    field, band = programme.field[e], programme.band[e]
    camera = CAMERAS[TELESCOPE[band]]
    target = stars.target_name(field)
    ra, dec = POINTING.get(
        target, (stars.field_ra[field] + OFF_CENTRE[0], stars.field_dec[field] + OFF_CENTRE[1])
    )
    ra, dec = round(float(ra), 6), round(float(dec), 6)
    mine = np.flatnonzero(stars.field == field)
    x, y = camera.wcs(ra, dec).all_world2pix(stars.ra[mine], stars.dec[mine], 0)
    inside = (x > -3) & (x < camera.naxis1 + 2) & (y > -3) & (y < camera.naxis2 + 2)
    mine, x, y = mine[inside], x[inside], y[inside]
    mid = np.full(len(mine), programme.mid[e])
    mag = photometry.magnitude(stars, mine, np.full(len(mine), band), mid, sky.earth(mid), seed)
    flux = PEAK * 2 * np.pi * SIGMA**2 * 10 ** (-0.4 * (mag - mag.min()))
    data = _pixels(camera, x, y, flux, rng)
    exptime = float(programme.exptime[e])
    name, start = target.removeprefix("V* "), start_of(programme, e)
    cards = header(camera, BANDS[band][0], name, ra, dec, start, exptime, picture.wcs)
    evening = folder / Time(programme.night[e], format="jd").strftime("%Y-%m-%d")
    evening.mkdir(parents=True, exist_ok=True)
    if picture.packed:
        hdu = fits.CompImageHDU(data, cards, compression_type="RICE_1")
        fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(evening / f"{picture.name}.fz", overwrite=True)
    else:
        fits.PrimaryHDU(data, cards).writeto(evening / picture.name, overwrite=True)
