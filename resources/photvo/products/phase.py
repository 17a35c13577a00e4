"""The phase of a periodic variable, from its published epoch and period."""

from functools import lru_cache

import numpy as np
from erfa import ErfaError

from photvo.model.time import MJD, TimeFrame, derive

#: What a Julian date is called → where its clock stands.
PLACES = {"BJD": "BARYCENTER", "HJD": "HELIOCENTER", "JD": "GEOCENTER"}
SCALES = ("UTC", "TT", "TDB", "TAI")


@lru_cache(10_000)
def barycentric(epoch, frame, ra, dec):
    """A published epoch (JD) as barycentric MJD in TDB, and in words what it is and what it was taken for.

    `frame` is what its source says, as HJD or BJD TDB; what that leaves open is taken as is usual: heliocentric, UTC
    (a barycentric one TDB). `ra`, `dec` are the star's, degrees.
    """
    words = (frame or "").upper().replace("_", " ").split()
    place = next((word for word in words if word in PLACES), "HJD")
    scale = next((word for word in words if word in SCALES), "TDB" if place == "BJD" else "UTC")
    taken = TimeFrame(scale, PLACES[place], "mid")
    try:
        _, (mjd,), _ = derive([repr(epoch)], taken, "JD", [np.nan], [ra], [dec], None)
    except ErfaError:
        mjd = np.nan
    if not np.isfinite(mjd):  # no date that the calendar knows
        mjd = epoch - MJD
    assumed = [] if {place, scale} <= set(words) else [f"taken as {place} {scale}"]
    return float(mjd), " ".join([frame or "JD", repr(epoch), *(f"({text})" for text in assumed)])


def zero(series, times, column):
    """When the phase of a Series is 0, MJD, and that in words; where no epoch is published, at the first of `times`.

    `times` are arrays of MJD out of the `column` obs_time or obs_time_utc.
    """
    if not np.isfinite(series.period_epoch or np.nan):
        first = min((float(part.min()) for part in times if len(part)), default=0.0)
        return first, f"the first point, MJD {first:.5f}: no epoch is published"
    mjd, said = barycentric(series.period_epoch, series.epoch_frame, series.ra, series.dec)
    if column == "obs_time":
        return mjd, f"the published epoch, {said}"
    return mjd, f"the published epoch, {said}; light time ignored"


def twice(times, zero, period):
    """Phases of times (MJD) over two cycles, −0.5 to 1.5: those of the first cycle, then those of the second."""
    phases = ((times - zero) / period + 0.5) % 1 - 0.5
    return np.concatenate([phases, phases + 1])
