"""Magnitudes by DVO's formulas, and which detections the masks of the photcodes call bad or poor."""

import numpy as np

from .photcodes import REF

ZERO_POINT = 25.0  # in every MAG of a DVO
MAGNITUDES = np.dtype([("mag_inst", "f8"), ("mag_cat", "f8"), ("mag_rel", "f8"), ("mag_cal", "f8")])
BADNESS = np.dtype([(name, "?") for name in ("astrom_bad", "astrom_poor", "photom_bad", "photom_poor")])


def magnitudes(measurements, photcodes, seconds=None, mag="mag", m_cal="m_cal"):
    """Instrumental, catalogue, relative and calibrated magnitudes of n measurements, n rows of MAGNITUDES.

    `seconds` are the mean magnitudes of each measurement's object by .cps slot, (n, number of SEC photcodes),
    as `Region.seconds_of` gives them; without them there is no colour term. `mag` and `m_cal` name other
    columns to start from: m_aper or m_kron, mcal_aper. A photcode that is unknown gives NaN, one of a
    reference catalogue MAG itself.

        mag_inst = MAG - M_TIME - 25
        mag_cat  = MAG - 25 + K (AIRMASS - 1) + C_LAM / 1000
        mag_rel  = mag_cat - M_CAL - M_FLAT + colour term
        mag_cal  = mag_rel + C_LAM / 1000 + colour term, both of the secondary photcode EQUIV, NaN without it
    """
    out = np.full(len(measurements), np.nan, MAGNITUDES)
    rows = photcodes.find(measurements["photcode"])
    for row in np.unique(rows[rows >= 0]):
        here = np.flatnonzero(rows == row) if (rows != row).any() else slice(None)
        with np.errstate(all="ignore"):
            _of_photcode(out, here, measurements, photcodes, photcodes.rows[row], seconds, mag, m_cal)
    return out


def _of_photcode(out, here, measurements, photcodes, code, seconds, mag, m_cal):
    given = measurements[mag][here].astype("f8")
    if code["type"] == REF:
        for name in MAGNITUDES.names:
            out[name][here] = given
        return
    means = None if seconds is None else seconds[here]
    out["mag_inst"][here] = given - measurements["m_time"][here] - ZERO_POINT
    air = measurements["airmass"][here].astype("f8") - 1
    catalogue = given - ZERO_POINT + code["k"].astype("f8") * air + 0.001 * code["c_lam"]
    out["mag_cat"][here] = catalogue
    relative = catalogue - measurements[m_cal][here] + _colour(code, photcodes, means)
    if "m_flat" in measurements.dtype.names:
        relative -= np.nan_to_num(measurements["m_flat"][here], posinf=0, neginf=0)
    out["mag_rel"][here] = relative
    slot = photcodes.slot(code["equiv"])
    if slot >= 0:
        second = photcodes.seconds[slot]
        out["mag_cal"][here] = relative + 0.001 * second["c_lam"] + _colour(second, photcodes, means)


def _colour(code, photcodes, means):
    """The colour term of a photcode: an array, or 0 where it has none; 0 where the colour is unknown."""
    slots = photcodes.slot([code["c1"], code["c2"]])
    if means is None or code["nc"] < 1 or slots.min() < 0:
        return 0.0
    colour = means[:, slots[0]].astype("f8") - means[:, slots[1]] - 0.001 * code["x_err"]
    terms = code["x"][: code["nc"]].astype("f8")
    return np.nan_to_num(sum(term * colour ** (n + 1) for n, term in enumerate(terms)))


def badness(measurements, photcodes):
    """Whether n measurements are bad or poor (for emergencies only), for astrometry and for photometry.

    n rows of BADNESS. It is where one of the bits of its photcode's mask is set in PHOT_FLAGS.
    """
    out = np.zeros(len(measurements), BADNESS)
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
