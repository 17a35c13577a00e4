"""The photometric codes of the simulated database, and what a magnitude means under each of them."""

from dataclasses import dataclass

import numpy as np

SEC, DEP, REF = 2, 3, 4
CHIPS = 36
BANDS = "griz"
BASE = {"u": 100, "g": 200, "r": 300, "i": 400, "z": 500}  # code of chip 0
#: Of MegaCam: zero point beyond 25, mag (C_LAM), extinction (mag an airmass), equivalent SEC, colour pair, colour zero (mag), terms.
DEPENDENT = {
    "u": (25.280, -0.35, 0, (0, 0), 0.0, ()),
    "g": (26.460, -0.15, 1, (1, 2), 0.4, (0.15,)),
    "r": (26.120, -0.10, 2, (1, 2), 0.4, (-0.02, 0.01)),
    "i": (25.780, -0.04, 3, (2, 3), 0.2, (0.08,)),
    "z": (24.800, -0.03, 4, (3, 4), 0.1, (-0.05,)),
}
#: code, name of the averaged passbands in the order of their slots; J is 2MASS's.
SECONDS = ((1, "g"), (2, "r"), (3, "i"), (4, "z"), (6, "J"))
Z_OFFSET, Z_TERM = 0.020, 0.03  # of SEC z itself, mag: in the formulas an equivalent passband can have its own
BAD, POOR = 0x3888, 0x8030  # FAIL SATSTAR DEFECT SATURATED CR_LIMIT; MOMENTS_FAILURE PAIR POOR
OFF_CHIP = 0x80000000
GARBAGE = 3.396e38  # what uninitialised memory looks like, beyond NC


def chip_offset(chip):
    """What chip number `chip` adds to the zero point, mag; chip 4 nothing."""
    return 0.005 * ((7 * np.asarray(chip)) % 13 - 2)


@dataclass(frozen=True)
class Colour:
    """The zero point and colour terms of a photcode as in its row: `terms` times powers of m[first] − m[second] − zero."""

    zero_point: float
    first: int
    second: int
    zero: float
    terms: tuple

    def correction(self, mags):
        """What the formulas add for zero point and colour, mag; `mags`: averages by SEC code, NaN where there is none."""
        if not self.terms:
            return self.zero_point
        colour = mags[self.first] - mags[self.second] - self.zero
        colour = np.where(np.isnan(colour), 0.0, colour)
        return self.zero_point + sum(x * colour ** (n + 1) for n, x in enumerate(self.terms))


def _single(value):
    return tuple(float(np.float32(v)) for v in value)


def of_band(band):
    """The Colour of MegaCam's chip 4 in a band, extinction, and the Colour of its equivalent, as they read from the file."""
    zero_point, k, _, pair, zero, terms = DEPENDENT[band]
    own = Colour(round(1000 * zero_point) / 1000, *pair, round(1000 * zero) / 1000, _single(terms))
    equivalent = (
        Colour(Z_OFFSET, 3, 4, 0.0, _single((Z_TERM,))) if band == "z" else Colour(0.0, 0, 0, 0.0, ())
    )
    return own, float(np.float32(k)), equivalent


def rows(layout, seconds=SECONDS, absent=()):
    """The rows of Photcodes.dat; `seconds`: SEC codes in the order of their slots; `absent`: codes to leave out."""
    wide = layout.dtype["PHOTOM_POOR_MASK"].itemsize == 4
    found = []
    for code, name in seconds:
        z = name == "z"
        found.append((code, name, SEC, Z_OFFSET if z else 0.0, 0.0, (3, 4) if z else (0, 0), 0, 0.0, (Z_TERM,) if z else ()))
    for band, (zero_point, k, equiv, pair, zero, terms) in DEPENDENT.items():
        found += [
            (BASE[band] + chip, f"MEGACAM.{band}.{chip:02d}", DEP, zero_point + chip_offset(chip), k, pair, equiv, zero, terms)
            for chip in range(CHIPS)
        ]
    found += [
        (2011 + n, f"2MASS_{name}", REF, 0.0, 0.0, (0, 0), 6 if name == "J" else 0, 0.0, ())
        for n, name in enumerate("JHK")
    ]
    found = [row for row in found if row[0] not in absent]
    code, name, kind, zero_point, k, pair, equiv, zero, terms = zip(*found, strict=True)
    kind = np.array(kind)
    x = np.full((len(found), 4), GARBAGE)
    for row, values in zip(x, terms, strict=True):
        row[: len(values)] = values
    dependent = kind == DEP
    return layout.rows(len(found), {
        "CODE": code, "NAME": name, "TYPE": kind, "C_LAM": np.round(1000 * np.array(zero_point)),
        "C_LAM_ERR": 0, "X_ERR": np.round(1000 * np.array(zero)), "K": k, "C1": [a for a, _ in pair], "C2": [b for _, b in pair],
        "EQUIV": equiv, "NC": [len(t) for t in terms], "X": x,
        "ASTROM_ERR_SYS": 0.0, "ASTROM_ERR_SCALE": 0.0, "ASTROM_ERR_MAG_SCALE": np.where(dependent, 1.0, 0.0),
        "ASTROM_POOR_MASK": np.where(dependent, POOR & ~0x20, 0), "ASTROM_BAD_MASK": np.where(dependent, BAD, 0),
        "PHOTOM_ERR_SYS": np.where(dependent, 0.003, 0.0),
        "PHOTOM_POOR_MASK": np.where(dependent, POOR | (OFF_CHIP if wide else 0), 0),
        "PHOTOM_BAD_MASK": np.where(dependent, BAD, 0),
    })  # fmt: skip
