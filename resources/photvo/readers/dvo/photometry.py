"""Magnitudes by DVO's formulas, and which detections the masks of the photcodes call bad or poor."""

import numpy as np

from .photcodes import REF

ZERO_POINT = 25.0  # in every MAG of a DVO
MAGNITUDES = np.dtype([("mag_inst", "f8"), ("mag_cat", "f8"), ("mag_rel", "f8"), ("mag_cal", "f8")])
BADNESS = np.dtype([(name, "?") for name in ("astrom_bad", "astrom_poor", "photom_bad", "photom_poor")])


def magnitudes(measurements, photcodes, seconds=None, mag="mag", m_cal="m_cal"):
    """Instrumental, catalogue, relative and calibrated magnitudes of n measurements (a structured array or a dict of columns), n
    rows of MAGNITUDES.

    `seconds` are the mean magnitudes of each measurement's object by .cps slot, (n, number of SEC photcodes),
    as `Region.seconds_of` gives them; without them there is no colour term. `mag` and `m_cal` name other
    columns to start from: m_aper or m_kron, mcal_aper. A photcode that is unknown gives NaN, one of a
    reference catalogue MAG itself.

        mag_inst = MAG - M_TIME - 25
        mag_cat  = MAG - 25 + K (AIRMASS - 1) + C_LAM / 1000
        mag_rel  = mag_cat - M_CAL - M_FLAT + colour term
        mag_cal  = mag_rel + C_LAM / 1000 + colour term, both of the secondary photcode EQUIV, NaN without it
    """
    out = np.empty(len(measurements["photcode"]), MAGNITUDES)
    # one row more, for a photcode that is unknown
    codes, rows = np.append(photcodes.rows, np.zeros(1, photcodes.rows.dtype)), photcodes.find(measurements["photcode"])
    slots = photcodes.slot(codes["equiv"])[rows]
    given = measurements[mag].astype("f8")
    with np.errstate(all="ignore"):
        out["mag_inst"] = given - measurements["m_time"] - ZERO_POINT
        air = measurements["airmass"].astype("f8") - 1
        catalogue = given - ZERO_POINT + codes["k"].astype("f8")[rows] * air + (0.001 * codes["c_lam"])[rows]
        out["mag_cat"] = catalogue
        relative = catalogue - measurements[m_cal] + _colour(codes, rows, photcodes, seconds)
        if "m_flat" in (measurements if isinstance(measurements, dict) else measurements.dtype.names):
            relative -= np.nan_to_num(measurements["m_flat"], posinf=0, neginf=0)
        out["mag_rel"] = relative
        second = photcodes.seconds
        zero = np.append(0.001 * second["c_lam"], np.nan)[slots]
        out["mag_cal"] = relative + zero + _colour(second, slots, photcodes, seconds)
    reference = codes["type"][rows] == REF
    for name in MAGNITUDES.names:
        out[name][reference] = given[reference]
        out[name][rows < 0] = np.nan
    return out


def _colour(codes, which, photcodes, means):
    """The colour term of each measurement, whose photcode is row `which` of `codes` (-1: none): 0 where it has none and where
    the colour is unknown."""
    out = np.zeros(len(which))
    slots = photcodes.slot(np.stack([codes["c1"], codes["c2"]]))
    some = (codes["nc"] > 0) & (slots >= 0).all(axis=0)
    here = np.flatnonzero((which >= 0) & np.append(some, False)[which])
    if means is None or not len(here):
        return out
    code = which[here]
    colour = means[here, slots[0][code]].astype("f8") - means[here, slots[1][code]] - (0.001 * codes["x_err"])[code]
    terms = np.where(np.arange(codes["x"].shape[1]) < codes["nc"][:, None], codes["x"], 0).astype("f8")
    total = 0
    for term in terms.T[::-1]:
        total = (total + term[code]) * colour
    out[here] = np.nan_to_num(total)
    return out


def badness(measurements, photcodes):
    """Whether n measurements are bad or poor (for emergencies only), for astrometry and for photometry.

    n rows of BADNESS. It is where one of the bits of its photcode's mask is set in PHOT_FLAGS.
    """
    out = np.zeros(len(measurements["photcode"]), BADNESS)
    rows = photcodes.find(measurements["photcode"])
    for name in BADNESS.names:
        masks = np.append(photcodes.rows[f"{name}_mask"], 0)  # row -1, an unknown photcode: no mask
        out[name] = measurements["phot_flags"] & masks[rows] != 0
    return out


def exchanged(measurements):
    """Where M_TIME and AIRMASS look exchanged: an airmass above 3, and an M_TIME that could be one.

    The row that the DVO documentation prints is one: AIRMASS 4.576 would be an exposure of 67.7 s, as
    M_TIME, and M_TIME 1.217 an airmass. Such rows are taken as they are.
    """
    return (measurements["airmass"] > 3) & (measurements["m_time"] >= 1) & (measurements["m_time"] <= 3)
