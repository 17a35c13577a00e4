"""Where images lie on the sky, by DVO's own astrometry: projections, polynomials, and chips in a mosaic.

CTYPE holds the second axis' name; its characters from the fifth on are the projection. An offset map
(NPOLYTERMS of -1, AstroMap.fits) shifts pixels by little and is left out. TNX is taken as TAN, whose
corrections DVO does not keep.
"""

import numpy as np

FOOTPRINT = np.dtype([("ra", "f8"), ("dec", "f8"), ("radius", "f8"), ("corners", "f8", (4, 2))])

#: Projection → the angle from the centre (rad) of a point at the distance r in the plane.
_ZENITHAL = {
    "TAN": np.arctan,
    "TNX": np.arctan,
    "DIS": np.arctan,
    "SIN": np.arcsin,
    "STG": lambda r: 2 * np.arctan(r / 2),
    "ARC": lambda r: np.where(r <= np.pi, r, np.nan),
    "ZEA": lambda r: 2 * np.arcsin(r / 2),
    "ZPL": lambda r: 2 * np.arcsin(r / 2),
}
_CARTESIAN = ("LIN", "GENE", "PLY", "WRP")
_POLYNOMIAL = ("DIS", "ZPL", "PLY", "WRP")
#: Powers of X and Y of the terms of POLYTERMS: from NPOLYTERMS of 2 on the first three, from 3 on all.
_TERMS = ((2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3))


def projection(images):
    """The projection of each image: TAN, DIS (a mosaic), WRP (a chip in one), …"""
    names, place = np.unique(images["ctype"], return_inverse=True)
    kinds = [name if name == "GENE" else name[4:8].strip("- ") for name in names.tolist()]
    return np.array(kinds, dtype="U15")[place] if kinds else np.empty(0, "U15")


def footprints(images, mosaics=None):
    """The footprints of n images: n rows of FOOTPRINT, in degrees; NaN where there is none to be had.

    Centre, angle from there to the farthest corner, and the corners in order round the image as (ra, dec).
    `mosaics` are rows of Images.dat among which the mosaics of chips are looked for; `images` itself where
    None.
    """
    out = np.full(len(images), np.nan, FOOTPRINT)
    kinds = projection(images)
    nx, ny = (images[name].astype("f8") for name in ("nx", "ny"))
    x = np.column_stack([nx / 2, 0 * nx, nx, nx, 0 * nx])
    y = np.column_stack([ny / 2, 0 * ny, 0 * ny, ny, ny])
    whole = kinds == "DIS"  # a mosaic is centred on its pixel (0, 0)
    x[whole] -= nx[whole, None] / 2
    y[whole] -= ny[whole, None] / 2
    ra, dec = sky(images, x, y, images if mosaics is None else mosaics)
    usable = np.isfinite(ra + dec).all(axis=1) & (nx > 0) & (ny > 0)
    out["ra"][usable], out["dec"][usable] = ra[usable, 0], dec[usable, 0]
    out["corners"][usable] = np.stack([ra, dec], axis=-1)[usable, 1:]
    ra, dec = ra[usable], dec[usable]
    out["radius"][usable] = _separation(ra[:, :1], dec[:, :1], ra[:, 1:], dec[:, 1:]).max(axis=1)
    return out


def sky(images, x, y, mosaics):
    """(ra, dec), deg, of the pixels `x`, `y` of n images, both (n, k); NaN where there is none to be had."""
    ra, dec = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    kinds = projection(images)
    with np.errstate(all="ignore"):
        for kind in np.unique(kinds):
            here = np.flatnonzero(kinds == kind)
            if kind not in _ZENITHAL and kind not in _CARTESIAN:
                continue
            rows = images[here]
            across, up = _plane(rows, x[here], y[here], kind in _POLYNOMIAL)
            if kind in _ZENITHAL:
                ra[here], dec[here] = _deproject(rows, across, up, _ZENITHAL[kind])
                continue
            across, up = across + rows["crval1"][:, None], up + rows["crval2"][:, None]
            if kind != "WRP":
                ra[here], dec[here] = across % 360, np.where(np.abs(up) <= 90, up, np.nan)
                continue
            mosaics = mosaics[projection(mosaics) == "DIS"]
            found = mosaic_of(rows, mosaics)
            there = found >= 0
            if there.any():
                chips, whole = here[there], mosaics[found[there]]
                ra[chips], dec[chips] = sky(whole, across[there], up[there], mosaics)
    return ra, dec


def mosaic_of(chips, mosaics):
    """Row in `mosaics` of the mosaic of each chip, -1 where it is not there.

    That is the row PARENT_ID names; where it names none, the first mosaic that began during the chip's
    exposure.
    """
    if not len(mosaics):
        return np.full(len(chips), -1)
    place = _next(mosaics["image_id"], chips["parent_id"])
    named = (mosaics["image_id"][place] == chips["parent_id"]) & (chips["parent_id"] > 0)
    later = _next(mosaics["tzero"], chips["tzero"])
    wait = mosaics["tzero"][later] - chips["tzero"]
    during = (wait >= 0) & (wait <= np.floor(np.nan_to_num(chips["exptime"])))
    return np.where(named, place, np.where(during, later, -1))


def _next(values, wanted):
    """Where in `values` the least one is that is not below each one wanted; the largest if there is none."""
    order = np.argsort(values, kind="stable")
    return order[np.minimum(np.searchsorted(values, wanted, sorter=order), len(order) - 1)]


def _plane(rows, x, y, polynomial):
    """Coordinates in the plane of the projection, (n, k) each: linear part and polynomial."""

    def of(name):
        return rows[name].astype("f8")[:, None]

    x, y = of("cdelt1") * (x - of("crpix1")), of("cdelt2") * (y - of("crpix2"))
    plane = [of("pc1_1") * x + of("pc1_2") * y, of("pc2_1") * x + of("pc2_2") * y]
    if polynomial:
        order = rows["npolyterms"]
        for k, (px, py) in enumerate(_TERMS):
            used = (order > (1 if px + py == 2 else 2))[:, None]
            for axis in (0, 1):
                factor = rows["polyterms"][:, 2 * k + axis].astype("f8")[:, None]
                plane[axis] += np.where(used, factor * x**px * y**py, 0)
    return plane


def _deproject(rows, across, up, angle):
    """(ra, dec) of points in the plane of a zenithal projection about CRVAL; all in degrees."""
    distance = np.hypot(across, up)
    away = angle(np.radians(distance))
    sine, cosine = np.where(distance > 0, across / distance, 0), np.where(distance > 0, -up / distance, -1)
    ra0, dec0 = np.radians(rows["crval1"])[:, None], np.radians(rows["crval2"])[:, None]
    dec = np.arcsin(np.clip(np.cos(away) * np.sin(dec0) - np.sin(away) * cosine * np.cos(dec0), -1, 1))
    north = np.cos(away) * np.cos(dec0) + np.sin(away) * cosine * np.sin(dec0)
    ra = ra0 + np.arctan2(np.sin(away) * sine, north)
    return np.degrees(ra) % 360, np.degrees(dec)


def _separation(ra1, dec1, ra2, dec2):
    """Angle between positions; all in degrees."""
    ra1, dec1, ra2, dec2 = (np.radians(angle) for angle in (ra1, dec1, ra2, dec2))
    half = np.sin((dec2 - dec1) / 2) ** 2 + np.cos(dec1) * np.cos(dec2) * np.sin((ra2 - ra1) / 2) ** 2
    return np.degrees(2 * np.arcsin(np.sqrt(np.clip(half, 0, 1))))
