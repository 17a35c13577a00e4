"""The two telescopes with their cameras, binned until an image is small, and how their FITS headers read."""

from dataclasses import dataclass

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A telescope with its camera."""

    telescope: str
    instrument: str
    naxis1: int
    naxis2: int
    pixel: float  # micrometres, binned
    binning: int
    focal_length: float  # mm, as the header has it
    cd: tuple  # deg a pixel, row by row
    filters: dict  # name in series.BANDS → what FILTER says
    frame: str  # of the WCS

    def wcs(self, ra, dec):
        """The WCS of an image centred on ra, dec (deg)."""
        wcs = WCS(naxis=2)
        wcs.wcs.ctype = "RA---TAN", "DEC--TAN"
        wcs.wcs.crval = ra, dec
        wcs.wcs.crpix = (self.naxis1 + 1) / 2, (self.naxis2 + 1) / 2
        wcs.wcs.cd = np.reshape(self.cd, (2, 2))
        return wcs


# The CD matrix of the seed's header, for 13x13 instead of 2x2 binning.
_ALICA = 6.5 * np.array([-0.00084016812215, -0.0000253522262298, 0.0000253903567968, -0.000838906379862])
# Turned by 2.3 degrees.
_TURN, _SCALE = np.radians(2.3), 206.265 / 3454 * 144 / 3600
_ZIGA = _SCALE * np.array([-np.cos(_TURN), np.sin(_TURN), np.sin(_TURN), np.cos(_TURN)])

CAMERAS = [  # by number of the telescope
    Camera(
        telescope="Alica",
        instrument="G2-8300",
        naxis1=258,
        naxis2=195,
        pixel=70.2,
        binning=13,
        focal_length=731.0,
        cd=tuple(float(c) for c in np.round(_ALICA, 12)),
        filters={"g": "g", "r": "r", "i": "i", "clear": "Clear"},
        frame="ICRS",
    ),
    Camera(
        telescope="ZIGA",
        instrument="G4-16000",
        naxis1=256,
        naxis2=256,
        pixel=144.0,
        binning=16,
        focal_length=3454.0,
        cd=tuple(float(c) for c in np.round(_ZIGA, 12)),
        filters={band: band for band in "BVRI"},
        frame="FK5",
    ),
]


def _sexagesimal(value, sign=""):
    tenths = round(abs(value) * 36000)
    return f"{sign}{tenths // 36000:02d} {tenths // 600 % 60:02d} {tenths % 600 / 10:04.1f}"


def header(camera, band, target, ra, dec, start, exptime, with_wcs):
    """The header of an image as MaxIm writes it: centre in degrees, `start` a Time, `exptime` in seconds."""
    cards = fits.Header()
    cards["OBJECT"] = target
    cards["IMAGETYP"] = ("Light Frame", "Type of image")
    cards["DATE-OBS"] = (start.isot, "UTC, start of exposure")
    cards["EXPTIME"] = cards["EXPOSURE"] = (exptime, "Exposure time in seconds")
    cards["JD"] = (round(start.jd, 6), "Julian Date at start of exposure")
    cards["FILTER"] = camera.filters[band]
    cards["OBJCTRA"] = (_sexagesimal(ra / 15), "Nominal right ascension of the centre")
    cards["OBJCTDEC"] = (_sexagesimal(dec, "-" if dec < 0 else "+"), "Nominal declination of the centre")
    cards["RADECSYS"], cards["EQUINOX"] = camera.frame, 2000.0
    cards["TELESCOP"], cards["INSTRUME"] = camera.telescope, camera.instrument
    cards["FOCALLEN"] = (camera.focal_length, "Focal length in mm")
    cards["XPIXSZ"] = (camera.pixel, "Pixel width in micrometres, binned")
    cards["YPIXSZ"] = (camera.pixel, "Pixel height in micrometres, binned")
    cards["XBINNING"] = cards["YBINNING"] = camera.binning
    cards["CCD-TEMP"] = (-20.0, "Degrees Celsius")
    cards["SITELAT"], cards["SITELONG"] = "+48 56 06.7", "+22 16 25.4"
    cards["OBSERVER"] = "simulated"
    cards["ORIGIN"] = ("photvo simulate", "this image was never observed")
    cards["SIMULATE"] = (True, "simulated data")
    if with_wcs:
        cards["CTYPE1"], cards["CTYPE2"] = "RA---TAN", "DEC--TAN"
        cards["CUNIT1"], cards["CUNIT2"] = "deg", "deg"
        cards["CRPIX1"], cards["CRPIX2"] = (camera.naxis1 + 1) / 2, (camera.naxis2 + 1) / 2
        cards["CRVAL1"], cards["CRVAL2"] = ra, dec
        for k, value in enumerate(camera.cd):
            cards[f"CD{k // 2 + 1}_{k % 2 + 1}"] = value
    cards["COMMENT"] = "Simulated by photvo simulate kolonica: Gaussian stars at the archive's positions."
    return cards
