"""Statistics of many light curves at once, in NumPy: the numbers of the table series_stats.

A point belongs to light curve `i`, 0 ≤ i < k. All functions take the `i` of each point, k, and the points' values, and
return k values, NaN where a statistic is undefined. Points of a light curve stand together, in order of time.

Which statistics tell variable stars from constant ones is compared in Sokolovsky et al. 2017, MNRAS 464, 274.
"""

import numpy as np

DAY = 86400.0  # s


def of_magnitudes(i, k, time, mag, err):
    """Statistics of magnitudes. `time` in d (NaN: not known), `mag` and `err` in mag; errors that are NaN or 0 give no weight.

    Returns a dict: column of series_stats → k values.
    """
    n = np.bincount(i, minlength=k)
    with np.errstate(invalid="ignore", divide="ignore"):
        low, five, median, ninety_five, high = quantiles(i, k, mag, (0, 0.05, 0.5, 0.95, 1))
        mean = _sum(i, k, mag) / n
        residual = mag - mean[i]
        squares = _sum(i, k, residual**2)
        # a sum of equal numbers need not be a multiple of them to the last digit
        varies = high > low
        result = {
            "npoints": n,
            "mag_mean": mean,
            "mag_median": median,
            "amplitude": _where(n > 1, high - low),
            # the trimmed range of Gaia DR3, Eyer et al. 2023, A&A 674, A13
            "amplitude_robust": _where(n > 1, ninety_five - five),
            "mag_std": np.sqrt(_where(n > 1, squares / (n - 1))),
            # g1 in Joanes & Gill 1998, The Statistician 47, 183
            "skewness": _where(varies & (n > 2), np.sqrt(n) * _sum(i, k, residual**3) / squares**1.5),
            "von_neumann": von_neumann(i, k, time, mag),
        }
    return {**result, **_weighted(i, k, mag, err)}


def von_neumann(i, k, time, mag):
    """Mean square of successive differences over the variance: 2 for uncorrelated points, less where the star varies
    slowly compared with the cadence. Points without a time are left out; three are needed.

    Source: von Neumann 1941, Annals of Mathematical Statistics 12, 367.
    """
    timed = np.isfinite(time)
    i, mag = i[timed], mag[timed]
    n = np.bincount(i, minlength=k)
    same = i[1:] == i[:-1]
    successive = _sum(i[1:][same], k, np.diff(mag)[same] ** 2)
    squares = _sum(i, k, (mag - (_sum(i, k, mag) / n)[i]) ** 2)
    # both have n - 1 in their denominators
    return _where((n > 2) & _varies(i, k, mag), successive / squares)


def _weighted(i, k, mag, err):
    weighed = err > 0
    i, mag, weight = i[weighed], mag[weighed], err[weighed] ** -2.0
    n = np.bincount(i, minlength=k)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = _sum(i, k, mag * weight) / _sum(i, k, weight)
        # the relative error δ of Welch & Stetson 1993, AJ 105, 1813, but for a factor that K does not depend on
        delta = (mag - mean[i]) * np.sqrt(weight)
        squares = _sum(i, k, delta**2)
        return {
            "mag_wmean": mean,
            "chi2_reduced": _where(n > 1, squares / (n - 1)),
            # Stetson 1996, PASP 108, 851
            "stetson_k": _where((n > 1) & _varies(i, k, mag), _sum(i, k, np.abs(delta)) / np.sqrt(n * squares)),
        }


def of_times(i, k, time):
    """Intervals between consecutive points in s, of points in order of time (d); those without a time are left out."""
    timed = np.isfinite(time)
    i, time = i[timed], time[timed]
    same = i[1:] == i[:-1]
    shortest, median, longest = quantiles(i[1:][same], k, np.diff(time)[same] * DAY, (0, 0.5, 1))
    return {"cadence_min": shortest, "cadence_median": median, "cadence_max": longest}


def of_exposures(i, k, exptime):
    """Shortest, median and longest exposure in s; NaN is not known."""
    known = np.isfinite(exptime)
    shortest, median, longest = quantiles(i[known], k, exptime[known], (0, 0.5, 1))
    return {"exptime_min": shortest, "exptime_median": median, "exptime_max": longest}


def quantiles(i, k, values, fractions):
    """Quantiles of the values of each light curve, a list of k values for each fraction; linear between neighbours, as
    numpy.quantile has it."""
    values = np.sort(pairs(i, values)).imag
    n = np.bincount(i, minlength=k)
    first = np.cumsum(n) - n
    some = n > 0
    found = []
    for fraction in fractions:
        place = fraction * (n[some] - 1)
        below = np.floor(place).astype("i8")
        left = values[first[some] + below]
        right = values[first[some] + np.minimum(below + 1, n[some] - 1)]
        result = np.full(k, np.nan)
        result[some] = left + (place - below) * (right - left)
        found.append(result)
    return found


def pairs(i, values):
    """Numbers whose order is that of `i` and then of the values (not NaN): complex ones, which NumPy sorts several times as fast
    as lexsort does."""
    out = np.empty(len(i), complex)
    out.real, out.imag = i, values
    return out


def _varies(i, k, values):
    """Whether the values of each light curve, which stand together, are not all the same."""
    changes = (i[1:] == i[:-1]) & (values[1:] != values[:-1])
    return np.bincount(i[1:][changes], minlength=k) > 0


def _sum(i, k, values):
    return np.bincount(i, values, k)


def _where(defined, values):
    return np.where(defined, values, np.nan)
