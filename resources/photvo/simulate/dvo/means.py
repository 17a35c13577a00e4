"""The averages of an object over its measurements: its position for .cpt, its magnitudes for .cps."""

import numpy as np

from . import photcodes


def averages(population, seen, good, ra, dec, near):
    """Mean positions with their errors, and how far each measurement is from them, arcsec: average − measurement."""
    good = np.where(good.any(axis=1)[:, None], good, seen)
    n = good.sum(axis=1)
    d_ra = (ra - population.ra[:, None] + 180) % 360 - 180
    mean_ra, mean_dec = (np.where(good, d, 0).sum(axis=1) / np.maximum(n, 1) for d in (d_ra, dec - near))
    average_ra = np.round(population.ra + mean_ra, 8) % 360
    average_dec = np.round(population.dec + mean_dec, 8)
    offsets = 3600 * ((average_ra[:, None] - ra + 180) % 360 - 180), 3600 * (average_dec[:, None] - dec)
    cosine = np.cos(np.radians(average_dec))
    spread = [
        np.sqrt(np.where(good, o**2, 0).sum(axis=1) / np.maximum(n, 1) / np.maximum(n - 1, 1))
        for o in offsets
    ]
    return {
        "RA": average_ra, "DEC": average_dec, "NUMBER_POS": n,
        "RA_ERR": np.round(np.where(n > 1, spread[0] * cosine, np.nan), 4),
        "DEC_ERR": np.round(np.where(n > 1, spread[1], np.nan), 4),
        "CHISQ_POS": np.where(n > 1, 1.0, np.nan),
    }, *(np.round(o, 5) for o in offsets)  # fmt: skip


def secfilt(band, seen, good, cal, error, seconds):
    """The columns of .cps as (stars, seconds), where nothing was measured with the values of an unset row."""
    n = len(cal)
    unset = {"MAG_CHI": 32767.0, "NCODE": 0, "NUSED": 0, "MAG_20": 0x7FFF, "MAG_80": 0x7FFF}
    unset |= dict.fromkeys(("MAG", "MAG_ERR", "STDEV", "MAG_MIN", "MAG_MAX"), np.nan)
    made = {name: np.full((n, len(seconds)), value) for name, value in unset.items()}
    for slot, (_, name) in enumerate(seconds):
        columns = np.flatnonzero(band == (photcodes.BANDS + "J").index(name))
        if not len(columns):
            continue
        use, m, err = good[:, columns], cal[:, columns], error[:, columns]
        count = use.sum(axis=1)
        some = count > 0
        weight = np.where(use, 1 / err**2, 0)
        total = np.maximum(weight.sum(axis=1), 1e-30)
        mean = np.round((weight * np.where(use, m, 0)).sum(axis=1) / total, 5)
        residual = np.where(use, m - mean[:, None], 0)
        chi = (weight * residual**2).sum(axis=1) / np.maximum(count - 1, 1)
        ordered = np.sort(np.where(use, m, np.inf), axis=1)
        least, p20, p80, most = (
            ordered[np.arange(n), (part * np.maximum(count - 1, 0)).astype(int)] for part in (0, 0.2, 0.8, 1)
        )
        p20, p80 = (np.clip(np.round(1000 * np.where(some, p, 0)), -32768, 0x7FFE) for p in (p20, p80))
        spread = np.sqrt((residual**2).sum(axis=1) / np.maximum(count - 1, 1))
        made["NCODE"][:, slot], made["NUSED"][:, slot] = seen[:, columns].sum(axis=1), count
        found = {"MAG": mean, "MAG_ERR": np.round(total**-0.5, 5), "MAG_CHI": np.round(chi, 3), "MAG_20": p20,
                 "MAG_80": p80, "MAG_MIN": least, "MAG_MAX": most, "STDEV": np.round(spread, 4)}  # fmt: skip
        for column, value in found.items():
            made[column][some, slot] = value[some]
    # the colour that the formulas use is that of the file
    made["MAG"] = made["MAG"].astype(np.float32).astype(float)
    return made
