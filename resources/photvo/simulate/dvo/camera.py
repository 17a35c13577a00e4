"""A mosaic like MegaCam's: 36 chips in four rows of nine, and its astrometry in both directions.

Chip pixels go to the focal plane by each chip's own transformation (WRP), and from there to the sky by that of the
exposure (DIS: gnomonic, with a cubic distortion). Sizes follow the camera; the coefficients are invented.
"""

from dataclasses import dataclass

import numpy as np

CHIPS, NX, NY = 36, 2048, 4612
SCALE = 0.1853  # arcsec a pixel
_PITCH = NX + 75
_ROWS = np.array([7380.5, 2343.5, -2343.5, -7380.5])  # middle of each row of chips in the focal plane, pixels
MOSAIC = (9 * NX + 8 * 75 + 8, 2 * 7388 + NY)  # size of the focal plane, pixels
CUBIC = 2e-3  # of the radial distortion, per square degree


def _single(values):
    return np.float32(values).astype(float)  # as it reads from the file


_ccd = np.arange(CHIPS)
_turn = (_ccd - 17.5) * 2e-5
_flip = np.where(_ccd < 18, -1.0, 1.0)  # the upper rows are read out the other way
#: Of each chip: middle in the focal plane, rotation matrix (36, 2, 2), terms X², XY, Y² for both axes (36, 3, 2).
CENTRE = np.stack([(_ccd % 9 - 4) * _PITCH + 0.25 * (_ccd % 5), _ROWS[_ccd // 9] - 0.5 * (_ccd % 3)], -1)
MATRIX = _single(
    _flip[:, None, None]
    * np.moveaxis([[np.cos(_turn), -np.sin(_turn)], [np.sin(_turn), np.cos(_turn)]], 2, 0)
)
SQUARE = _single(1e-8 * ((7 * np.arange(CHIPS * 6)) % 11 - 5).reshape(CHIPS, 3, 2))
REFERENCE = np.array([NX / 2, NY / 2])


def to_focal_plane(chip, x, y):
    """Focal-plane coordinates (pixels) of pixels x, y of chips number `chip` (arrays of one shape)."""
    x, y = x - REFERENCE[0], y - REFERENCE[1]
    m, s = MATRIX[chip], SQUARE[chip]
    return tuple(
        CENTRE[chip, k]
        + m[..., k, 0] * x
        + m[..., k, 1] * y
        + s[..., 0, k] * x * x
        + s[..., 1, k] * x * y
        + s[..., 2, k] * y * y
        for k in (0, 1)
    )


def to_chip(u, v):
    """Chip, x and y at focal-plane coordinates; the chip is the nearest, and x, y are outside it between chips."""
    row = (v < 4862.0).astype(np.int64) + (v < 0) + (v < -4862.0)
    chip = 9 * row + np.clip(np.rint(u / _PITCH), -4, 4).astype(np.int64) + 4
    du, dv = u - CENTRE[chip, 0], v - CENTRE[chip, 1]
    # the matrix is a rotation, so that its inverse is its transpose, but for rounding: the iteration mends that too
    a, b, c, d = MATRIX[chip, 0, 0], MATRIX[chip, 0, 1], MATRIX[chip, 1, 0], MATRIX[chip, 1, 1]
    s = SQUARE[chip]
    x, y = a * du + c * dv, b * du + d * dv
    for _ in range(3):
        xx, xy, yy = x * x, x * y, y * y
        ru = du - (a * x + b * y + s[..., 0, 0] * xx + s[..., 1, 0] * xy + s[..., 2, 0] * yy)
        rv = dv - (c * x + d * y + s[..., 0, 1] * xx + s[..., 1, 1] * xy + s[..., 2, 1] * yy)
        x, y = x + a * ru + c * rv, y + b * ru + d * rv
    return chip, x + REFERENCE[0], y + REFERENCE[1]


def on_chip(x, y):
    """Whether pixel coordinates are on the chip, five pixels from its edge at least."""
    return (x > 5) & (x < NX - 5) & (y > 5) & (y < NY - 5)


@dataclass(frozen=True)
class Pointing:
    """Where exposures look: centres (deg) and rotation (deg), arrays; x of the mosaic grows to the west."""

    ra: np.ndarray
    dec: np.ndarray
    angle: np.ndarray

    @property
    def cdelt(self):
        """Degrees a pixel, as it reads from the file."""
        return _single(SCALE / 3600)

    @property
    def matrix(self):
        """The rotation, (n, 2, 2), as it reads from the file."""
        c, s = np.cos(np.radians(self.angle)), np.sin(np.radians(self.angle))
        return _single(np.moveaxis(np.array([[-c, s], [s, c]]), 2, 0))

    @property
    def terms(self):
        """POLYTERMS of the exposures, (n, 14): X², XY, Y², X³, X²Y, XY², Y³ for both axes in turn."""
        found = np.zeros((len(self.ra), 7, 2))
        found[:, 3], found[:, 5] = (CUBIC * self.matrix[:, :, 0],) * 2
        found[:, 4], found[:, 6] = (CUBIC * self.matrix[:, :, 1],) * 2
        return _single(found.reshape(-1, 14))

    def to_sky(self, u, v, exposure):
        """ra, dec (deg, ra within 0 and 360) at focal-plane coordinates in the exposures of that number (arrays)."""
        m, t = self.matrix[exposure], self.terms[exposure]
        x, y = self.cdelt * u, self.cdelt * v
        xi, eta = (
            m[..., k, 0] * x + m[..., k, 1] * y + t[..., 6 + k] * x**3 + t[..., 8 + k] * x * x * y + t[..., 10 + k] * x * y * y
            + t[..., 12 + k] * y**3 for k in (0, 1)
        )  # fmt: skip
        xi, eta = np.radians(xi), np.radians(eta)
        dec0 = np.radians(self.dec[exposure])
        down = np.cos(dec0) - eta * np.sin(dec0)
        ra = self.ra[exposure] + np.degrees(np.arctan2(xi, down))
        dec = np.degrees(np.arctan2(np.sin(dec0) + eta * np.cos(dec0), np.hypot(xi, down)))
        return ra % 360, dec

    def to_focal_plane(self, ra, dec):
        """Focal-plane coordinates u, v (pixels), arrays of shape (stars, exposures), of positions (deg) of that shape."""
        dec0, d, a = np.radians(self.dec), np.radians(dec), np.radians(ra - self.ra)
        sin_d, cos_d, cos_a = np.sin(d), np.cos(d), np.cos(a)
        scale = 180 / np.pi / (sin_d * np.sin(dec0) + cos_d * np.cos(dec0) * cos_a)
        xi = cos_d * np.sin(a) * scale
        eta = (sin_d * np.cos(dec0) - cos_d * np.sin(dec0) * cos_a) * scale
        (a, b), (c, d) = np.moveaxis(self.matrix, 0, 2)
        # the distortion is radial: with the rotation taken off, the plane is only stretched
        x, y = a * xi + c * eta, b * xi + d * eta
        u, v = x, y
        for _ in range(5):
            stretch = 1 + CUBIC * (u * u + v * v)
            u, v = x / stretch, y / stretch
        return u / self.cdelt, v / self.cdelt
