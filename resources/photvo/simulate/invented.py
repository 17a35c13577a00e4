"""Invented stars, `SIM 000123`: in the fields of the real ones, and in further fields of a large archive."""

import numpy as np

FIRST_ID = 100_000  # old_id of SIM 000000
PER_FIELD = 120  # objects in one field of a large archive
INNER, OUTER = 0.12, 0.28  # deg from the target: outside a cone of 0.1 deg, inside ZIGA's image
#: The seed's comparison star that served for one point in seventeen: some further fields are around it.
SHARED_COMPARISON = "1701925222477693952"
SHARED_PART = 0.058
#: Fields that get invented stars first, and how many: those with images, and those of comparison stars of the
#: seed.
PREFERRED = {
    "V* VY UMi": 7,
    "V* SS Cyg": 6,
    "494407193118781824": 4,
    SHARED_COMPARISON: 4,
    "V* RZ Cas": 3,
    "V* RR Lyr": 2,
    "V* U Gem": 2,
    "V* SZ Lyn": 2,
}
#: Type of variability → SIMBAD's code of the object type, and shortest and longest period, d.
TYPES = {
    "EW": ("EB*", 0.25, 0.6),
    "RRAB": ("RR*", 0.42, 0.75),
    "EA": ("EB*", 0.8, 4.0),
    "DSCT": ("dS*", 0.06, 0.2),
    "EB": ("EB*", 0.5, 3.0),
    "RRC": ("RR*", 0.25, 0.4),
}


def further_fields(count, real_fields, home, rng):
    """Centres (ra, dec; deg) of the fields that `count` objects need beyond the `real_fields`.

    The first of them, as many as returned third, are around `home` (ra, dec) and share its comparison star.
    """
    extra = max(0, -(-count // PER_FIELD) - real_fields)
    sharing = round(SHARED_PART * (real_fields + extra)) if extra else 0
    u, v = rng.random((extra, 2)).T
    near = np.arange(extra) < sharing
    ra = np.where(near, home[0] + 2.4 * (u - 0.5), 360 * u)
    dec = np.where(near, home[1] + 0.6 * (v - 0.5), np.degrees(np.arcsin(-0.09 + 1.08 * v)))
    return ra, dec, sharing


def places(count, names, field_ra, field_dec, rng):
    """Field, number within the field, ra and dec (deg) of each of `count` stars.

    `names`: of the fields with a real target, which come first in `field_ra` and `field_dec`.
    """
    n_fields = len(field_ra)
    order = [f for f, name in enumerate(names) for _ in range(PREFERRED.get(name, 0))]
    order += list(range(len(names), n_fields)) * 2
    order += list(range(n_fields)) * (count // n_fields + 1)
    field = np.array(order[:count], int)
    place, seen = np.zeros(count, int), np.zeros(n_fields, int)
    for k, f in enumerate(field):
        place[k] = seen[f]
        seen[f] += 1
    radius = np.sqrt(INNER**2 + (OUTER**2 - INNER**2) * rng.random(count))
    angle = 2 * np.pi * rng.random(count)
    dec = field_dec[field] + radius * np.sin(angle)
    ra = (field_ra[field] + radius * np.cos(angle) / np.cos(np.radians(dec))) % 360
    return field, place, ra, dec


def rows(ra, dec, place, rng):
    """Rows like those of data/stars.csv. One in eight varies; the first of a field are for comparison."""
    count = len(ra)
    kinds = np.array(list(TYPES))[(rng.random(count) * len(TYPES)).astype(int)]
    u = rng.random((count, 4))
    mag = np.where(place < 2, 9.2 + 1.8 * u[:, 0], 9.5 + 4.5 * np.sqrt(u[:, 0]))
    found = []
    for k in range(count):
        row = {
            "old_id": str(FIRST_ID + k),
            "simbad_name": f"SIM {k:06d}",
            "ra": f"{ra[k]:.6f}",
            "dec": f"{dec[k]:.6f}",
            "epoch": "2016.0",
            "class": "*",
            "description": "simulated star",
            "source": "simulated",
            "sim_mag": f"{mag[k]:.2f}",
            "sim_amp": "0",
        }
        if place[k] % 8 == 2:
            otype, low, high = TYPES[kinds[k]]
            row |= {
                "class": otype,
                "var_type": str(kinds[k]),
                "period": f"{low * (high / low) ** u[k, 2]:.6f}",
                "period_epoch": f"{2457000 + 5 * u[k, 3]:.4f}",
                "period_epoch_frame": "HJD UTC",
                "mag_max": f"{mag[k]:.2f}",
                "mag_min": f"{mag[k] + 0.3 + 0.6 * u[k, 1]:.2f}",
                "mag_band": "V",
                "sim_amp": "",
            }
        found.append(row)
    return found
