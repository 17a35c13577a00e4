"""Shapes of light curves: what part of its amplitude a star has faded by, at a phase or a time.

Every phase function takes phase (0 to 1, array) and returns 0 at brightest, 1 at faintest. Phase 0 is what
the GCVS counts from: mid-eclipse for eclipsing and ellipsoidal stars and transits, maximum
for pulsating ones.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np


def eclipses(phase, half, secondary):
    """Two eclipses of half-width `half` (in phase), rounded; the second is `secondary` times as deep."""
    first = np.abs((phase + 0.5) % 1 - 0.5)
    second = np.abs(phase - 0.5)
    dip = lambda d: np.where(d < half, 0.5 * (1 + np.cos(np.pi * d / half)), 0.0)  # noqa: E731
    return dip(first) + secondary * dip(second)


def ellipsoidal(phase, secondary):
    """Continuous change with two minima a period, the second `secondary` times as deep (EB, EW, ELL)."""
    weight = (1 + secondary) / 2 + (1 - secondary) / 2 * np.cos(2 * np.pi * phase)
    return weight * 0.5 * (1 + np.cos(4 * np.pi * phase))


def transit(phase, half, ingress):
    """A trapezium of half-width `half` whose sides take `ingress` (both in phase)."""
    distance = np.abs((phase + 0.5) % 1 - 0.5)
    return np.clip((half - distance) / ingress, 0, 1)


def pulsation(phase, rise, bend=1.0):
    """Maximum at phase 0; the rise takes `rise` of the period; `bend` < 1 makes the decline concave."""
    fall = np.clip(phase / (1 - rise), 0, 1) ** bend
    climb = np.clip((phase - 1 + rise) / rise, 0, 1)
    return np.where(phase < 1 - rise, 0.5 * (1 - np.cos(np.pi * fall)), 0.5 * (1 + np.cos(np.pi * climb)))


def outbursts(time, cycle, rng):
    """A dwarf nova: outbursts at irregular intervals of `cycle` days in the mean, else faint.

    `time` in JD. Rise in one day, a plateau of a sixth of the cycle, a decline of 1.5 days an e-fold.
    """
    start, stop = 2456000.0, 2461000.0
    gaps = cycle * (0.7 + 0.6 * rng.random(int(2 * (stop - start) / cycle) + 2))
    begins = start + np.cumsum(gaps)
    since = time - begins[np.clip(np.searchsorted(begins, time) - 1, 0, None)]
    plateau = 1 + cycle / 6
    bright = np.where(
        since < 1,
        since,
        np.where(
            since < plateau, 1 - 0.1 * (since - 1) / (plateau - 1), 0.9 * np.exp(-(since - plateau) / 1.5)
        ),
    )
    return 1 - np.where(since < 0, 0.0, np.clip(bright, 0, 1))


def wandering(time, scale, rng):
    """Irregular change on a time scale of `scale` days: four incommensurate waves, within 0 and 1."""
    periods = scale * np.array([1.0, 0.61, 0.37, 0.23]) * (0.9 + 0.2 * rng.random(4))
    waves = [
        a * np.sin(2 * np.pi * (time / p + f))
        for a, p, f in zip((0.24, 0.13, 0.08, 0.05), periods, rng.random(4), strict=True)
    ]
    return 0.5 + sum(waves)


def fades(time, scale, rng):
    """An R CrB star: at maximum nearly always; at odd intervals a sudden fade and a recovery of months."""
    begins = 2456000.0 + np.cumsum(scale * (0.5 + rng.random(12)))
    since = time - begins[np.clip(np.searchsorted(begins, time) - 1, 0, None)]
    deep = np.where(since < 25, since / 25, np.exp(-(since - 25) / 90))
    return np.where(since < 0, 0.0, np.clip(deep, 0, 1))


@dataclass(frozen=True)
class Kind:
    """How stars of one type vary, how they are observed, and which colour they have."""

    phase: object = None  # f(phase), or None
    time: object = None  # f(JD, cycle or scale in d, generator), or None; neither: constant
    b_v: float = 0.6  # mag
    blue: bool = False  # amplitude grows towards the blue, as for pulsating stars
    per_night: int = 40  # exposures a night in one band
    hours: float = 6.0  # of a night's run
    eclipsing: bool = False  # the nights of eclipses are preferred
    scale: float = 200.0  # d, where no cycle is published


_fast, _slow = {"per_night": 40, "hours": 6.0}, {"per_night": 1, "hours": 0.2}
_cepheid = {"per_night": 2, "hours": 1.0}

KINDS = {
    "EA": Kind(
        partial(eclipses, half=0.06, secondary=0.12), b_v=0.2, eclipsing=True, per_night=24, hours=6.0
    ),
    "EB": Kind(partial(ellipsoidal, secondary=0.5), b_v=0.1, per_night=10, hours=4.0),
    "EW": Kind(partial(ellipsoidal, secondary=0.85), b_v=0.65, **_fast),
    "ELL": Kind(partial(ellipsoidal, secondary=0.9), b_v=0.5, per_night=10, hours=4.0),
    "EP": Kind(partial(transit, half=0.02, ingress=0.005), b_v=0.7, eclipsing=True, **_fast),
    "RRAB": Kind(partial(pulsation, rise=0.16, bend=0.7), b_v=0.35, blue=True, **_fast),
    "RRC": Kind(partial(pulsation, rise=0.42), b_v=0.3, blue=True, **_fast),
    "DSCT": Kind(partial(pulsation, rise=0.35), b_v=0.3, blue=True, **_fast),
    "SXPHE": Kind(partial(pulsation, rise=0.3, bend=0.8), b_v=0.25, blue=True, **_fast),
    "DCEP": Kind(partial(pulsation, rise=0.3, bend=0.9), b_v=0.7, blue=True, **_cepheid),
    "CWA": Kind(partial(pulsation, rise=0.45), b_v=0.6, blue=True, **_cepheid),
    "BY": Kind(partial(pulsation, rise=0.5), b_v=1.2, **_cepheid),
    "M": Kind(partial(pulsation, rise=0.44), b_v=1.6, **_slow),
    "SR": Kind(time=wandering, b_v=1.6, **_slow),
    "UGSS": Kind(time=outbursts, b_v=0.3, scale=60.0, **_slow),
    "NL": Kind(time=fades, b_v=0.1, scale=900.0, **_slow),
    "RCB": Kind(time=fades, b_v=0.6, scale=900.0, **_slow),
    "ZAND": Kind(time=wandering, b_v=1.2, scale=600.0, **_slow),
    "INS": Kind(time=wandering, b_v=1.0, scale=40.0, **_slow),
    "NR": Kind(partial(ellipsoidal, secondary=0.9), b_v=1.4, **_slow),
    "GCAS": Kind(time=wandering, b_v=-0.1, scale=900.0, **_slow),
    "CST": Kind(b_v=0.7, per_night=4, hours=2.0),
}
_ALIASES = {"UGZ": "UGSS", "SRA": "SR", "SRB": "SR", "SRC": "SR", "SRD": "SR", "": "CST"}


def kind_name(var_type):
    """The key in KINDS for a GCVS type such as EA/SD or EP+BY; one that is not there counts as constant."""
    head = var_type.replace("+", "/").split("/")[0]
    head = _ALIASES.get(head, head)
    return head if head in KINDS else "CST"
