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
    key = rows["ave_ref"] << 16 | rows["photosys_id"]
    curves, i = np.unique(key, return_inverse=True)
    k = len(curves)
    time, scale = series_stats.times(i, k, rows)
    order = np.argsort(statistics.pairs(i, np.where(np.isnan(time), np.inf, time)), kind="stable")
    rows, i, time = rows[order], i[order], time[order]
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
    return curves >> 16, (curves & 0xFFFF).astype("i4"), series, measured, rows, first
