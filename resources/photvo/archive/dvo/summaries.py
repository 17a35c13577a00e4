"""Light curves of a region in one line each: the tables `series_rows` and `series_stats`, from the measurements as they pass."""

import numpy as np

from photvo.archive import series_stats, statistics
from photvo.archive.dvo.points import best

#: What the summaries need of a measurement.
POINT = np.dtype([
    ("ave_ref", "i8"), ("photosys_id", "i4"), ("flags", "i4"), ("obs_time", "f8"), ("obs_time_utc", "f8"), ("mjd", "f8"),
    ("mag", "f8"), ("mag_err", "f8"), ("exptime", "f8"), ("image_id", "i8"),
])  # fmt: skip


def points(measurements, derived):
    """n rows of POINT."""
    out = np.empty(len(measurements["ave_ref"]), POINT)
    out["mag"] = best(derived)
    for name in POINT.names:
        if name != "mag":
            out[name] = (derived if name in derived else measurements)[name]
    return out


def summarise(rows):
    """The summaries of all light curves whose points are among `rows` (POINT; all of an object are there).

    Returns (ave_ref and photosys_id of each, columns of series_rows, columns of series_stats), k values each; and the rows
    in the order of the series, with the place of each one's first.
    """
    references, systems, i = _curves(rows["ave_ref"], rows["photosys_id"])
    k = len(systems)
    time, scale = series_stats.times(i, k, rows)
    order = np.argsort(statistics.pairs(i, np.where(np.isnan(time), np.inf, time)), kind="stable")
    rows, i, time = rows.take(order), i[order], time[order]  # [order] takes 30 times as long for rows of several columns
    half = np.nan_to_num(rows["exptime"]) / 172800
    first = np.searchsorted(i, np.arange(k))
    known = ~np.isnan(rows["mag"])
    with np.errstate(invalid="ignore"):
        series = {
            "npoints": np.bincount(i, minlength=k).astype("i4"),
            "t_min": np.fmin.reduceat(np.where(np.isnan(rows["obs_time_utc"]), rows["mjd"], rows["obs_time_utc"] - half), first),
            "t_max": np.fmax.reduceat(np.where(np.isnan(rows["obs_time_utc"]), rows["mjd"], rows["obs_time_utc"] + half), first),
            "exptime": np.add.reduceat(np.nan_to_num(rows["exptime"]), first),
            "mag_mean": np.bincount(i[known], rows["mag"][known], k) / np.bincount(i[known], minlength=k),
            "mag_min": np.fmin.reduceat(rows["mag"], first),
            "mag_max": np.fmax.reduceat(rows["mag"], first),
        }
    measured = {**series_stats.measures(i, k, rows, time), "time_scale": scale}
    return references, systems, series, measured, rows, first


def _curves(references, systems):
    "ave_ref and photosys_id of each light curve, and which of them each point is of; counted, which goes faster than sorting"
    kinds, first = np.flatnonzero(np.bincount(systems)), references.min()
    key = (references - first) * len(kinds) + np.searchsorted(kinds, systems)
    there = np.bincount(key) > 0
    curves = np.flatnonzero(there)
    return first + curves // len(kinds), kinds[curves % len(kinds)].astype("i4"), (np.cumsum(there) - 1)[key]
