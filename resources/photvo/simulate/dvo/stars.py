"""The stars of the simulated database: mean magnitudes, and how some of them vary."""

import csv
from dataclasses import dataclass

import numpy as np

from ...settings import PhotvoError
from .. import invented, shapes

VARIABLES = ("RRAB", "EW", "DSCT", "EA", "RRC", "EB")
KINDS = ("CST", *VARIABLES)
#: Amplitude in g r i z of that in g; of stars that pulsate and of the others.
AMPLITUDE = {True: (1.0, 0.75, 0.62, 0.56), False: (1.0, 0.96, 0.93, 0.91)}
EPOCH = 2454000.0  # BJD in TDB; each star's own is within a period of it


@dataclass
class Stars:
    """Arrays over n stars."""

    ra: np.ndarray  # deg
    dec: np.ndarray
    mean: np.ndarray  # (n, 5) true mean magnitudes (AB) in g r i z, and J as 2MASS has it
    kind: np.ndarray  # number in KINDS
    period: np.ndarray  # d
    epoch: np.ndarray  # BJD in TDB of mid-eclipse, or maximum
    amplitude: np.ndarray  # mag, in g

    def __len__(self):
        return len(self.ra)

    def take(self, keep):
        """The stars that an index chooses."""
        return Stars(**{name: value[keep] for name, value in vars(self).items()})


def invent(ra, dec, variables, rng):
    """Stars at these positions, of which the part `variables` varies."""
    n = len(ra)
    u = rng.random((8, n))
    g = 9.5 + 11.5 * u[0] ** 0.45
    kind = np.where(u[1] < variables, 1 + (u[2] * len(VARIABLES)).astype(int), 0)
    shortest, longest = np.array([(1.0, 1.0)] + [invented.TYPES[name][1:] for name in VARIABLES])[kind].T
    period = np.round(shortest * (longest / shortest) ** u[3], 6)
    amplitude = np.where(kind > 0, np.round(0.2 + 0.7 * u[4], 3), 0.0)
    return Stars(
        ra, dec, _colours(g, 0.2 + 1.1 * u[5]), kind, period, np.round(EPOCH + period * u[6], 6), amplitude
    )


def _colours(g, g_r):
    r_i = 0.05 + 0.35 * g_r
    i_z = 0.02 + 0.2 * g_r
    return np.round(
        np.stack([g, g - g_r, g - g_r - r_i, g - g_r - r_i - i_z, g - 2 * g_r - r_i - 1.2], -1), 4
    )


def of_archive(folder):
    """The stars of a simulated Kolonica archive's object files as Stars: same positions, periods and epochs."""
    rows = []
    for path in sorted((folder / "objects").glob("*.csv")):
        with open(path, newline="", encoding="utf-8") as file:
            rows += list(csv.DictReader(file))
    if not rows:
        raise PhotvoError(
            f"{folder}: has no objects/*.csv; name the folder of a Kolonica archive, e.g. inputs/kolonica"
        )
    number = lambda row, name: float(row.get(name) or "nan")  # noqa: E731
    kind = np.array(
        [KINDS.index(k) if (k := shapes.kind_name(row.get("var_type") or "")) in KINDS else 0 for row in rows]
    )
    bright, faint = (np.array([number(row, name) for row in rows]) for name in ("mag_max", "mag_min"))
    colour = np.array([shapes.KINDS[KINDS[k]].b_v for k in kind])
    g = np.where(
        np.isnan(bright), 14.0, np.where(kind > 0, bright, faint)
    )  # of outbursts nothing is simulated: quiescence
    g = np.where(np.isnan(g), bright, g)
    period, epoch = (np.array([number(row, name) for row in rows]) for name in ("period", "period_epoch"))
    kind = np.where(np.isnan(period), 0, kind)
    return Stars(
        np.array([number(row, "ra") for row in rows]),
        np.array([number(row, "dec") for row in rows]),
        _colours(np.where(np.isnan(g), 14.0, g) + 0.3 * colour, 0.1 + colour),
        kind,
        np.where(kind > 0, period, 1.0),
        np.where(np.isnan(epoch), EPOCH, epoch),
        np.where(kind > 0, faint - bright, 0.0),
    )


def magnitudes(stars, band, bjd):
    """True magnitudes, (stars, exposures): `band` a number in photcodes.BANDS for each exposure; `bjd` of mid-exposure
    in TDB for each star and exposure."""
    mags = stars.mean[:, band].copy()
    for number, name in enumerate(VARIABLES, 1):
        mine = np.flatnonzero(stars.kind == number)
        if len(mine):
            shape = shapes.KINDS[name]
            phase = ((bjd[mine] - stars.epoch[mine, None]) / stars.period[mine, None]) % 1
            mags[mine] += (
                stars.amplitude[mine, None] * np.array(AMPLITUDE[shape.blue])[band] * shape.phase(phase)
            )
    return mags
