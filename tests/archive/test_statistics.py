"""The statistics of light curves against NumPy and SciPy, one light curve at a time."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from photvo.archive import statistics


def close(ours, theirs, rel=1e-9, absolute=1e-9):
    """Fails where a value differs from the expected one; None stands for undefined."""
    if theirs is None:
        assert math.isnan(ours)
    else:
        assert math.isclose(ours, theirs, rel_tol=rel, abs_tol=absolute), (ours, theirs)


def expected(time, mag, err):
    """The columns of series_stats for one light curve in order of time, by their published formulas."""
    n, varies = len(mag), len(set(mag)) > 1
    some = n > 1
    found = {
        "npoints": n,
        "mag_mean": np.mean(mag) if n else None,
        "mag_median": np.median(mag) if n else None,
        "amplitude": np.ptp(mag) if some else None,
        "amplitude_robust": np.subtract(*np.percentile(mag, [95, 5])) if some else None,
        "mag_std": np.std(mag, ddof=1) if some else None,
        "skewness": stats.skew(mag) if varies and n > 2 else None,
    }
    timed = mag[np.isfinite(time)]
    found["von_neumann"] = None
    if len(timed) > 2 and len(set(timed)) > 1:
        found["von_neumann"] = np.mean(np.diff(timed) ** 2) / np.var(timed, ddof=1)
    weighed = err > 0
    m, e = mag[weighed], err[weighed]
    k = len(m)
    found |= {"mag_wmean": None, "chi2_reduced": None, "stetson_k": None}
    if k:
        mean = found["mag_wmean"] = np.average(m, weights=1 / e**2)
        if k > 1:
            found["chi2_reduced"] = np.sum(((m - mean) / e) ** 2) / (k - 1)
            delta = math.sqrt(k / (k - 1)) * (m - mean) / e
            if len(set(m)) > 1:
                found["stetson_k"] = np.mean(np.abs(delta)) / math.sqrt(np.mean(delta**2))
    return found


def compare(curves):
    """All light curves at once against each of them alone; `curves` are (time, mag, err)."""
    i = np.repeat(np.arange(len(curves)), [len(curve[0]) for curve in curves])
    columns = [np.concatenate([curve[place] for curve in curves]).astype(float) for place in range(3)]
    ours = statistics.of_magnitudes(i, len(curves), *columns)
    for place, curve in enumerate(curves):
        theirs = expected(*curve)
        assert set(ours) == set(theirs)
        for name, value in theirs.items():
            close(ours[name][place], value, 1e-7)


def test_many_light_curves_at_once_have_the_numbers_of_each_alone():
    rng = np.random.default_rng(1)
    curves = []
    for n in [0, 1, 2, 3, 4, 30, 500, 0]:
        time = np.sort(rng.uniform(59000, 59100, n))
        mag, err = 12 + rng.normal(0, 0.3, n), rng.uniform(0.01, 0.1, n)
        time[rng.random(n) < 0.2] = np.nan
        err[rng.random(n) < 0.2] = np.nan
        err[rng.random(n) < 0.1] = 0
        curves.append((np.sort(time), mag, err))  # NaN comes last
    compare(curves)


def test_a_light_curve_worked_out_by_hand():
    one = np.zeros(4, int)
    found = statistics.of_magnitudes(one, 1, np.arange(4.0), np.array([10, 11, 10, 13.0]), np.array([0.1, 0.1, 0.2, 0.2]))
    # weights 100, 100, 25, 25: (1000 + 1100 + 250 + 325)/250
    close(found["mag_wmean"][0], 10.7)
    # 100·0.49 + 100·0.09 + 25·0.49 + 25·5.29 over 3
    close(found["chi2_reduced"][0], (49 + 9 + 12.25 + 132.25) / 3)
    # |δ| are 7, 3, 3.5, 11.5; Σδ² is 202.5
    close(found["stetson_k"][0], 25 / math.sqrt(4 * 202.5))
    # mean 11; residuals -1 0 -1 2: squares 6, cubes 6; differences 1 -1 3: squares 11
    close(found["mag_mean"][0], 11)
    close(found["mag_std"][0], math.sqrt(2))
    close(found["skewness"][0], 2 * 6 / 6**1.5)
    close(found["von_neumann"][0], 11 / 6)
    assert (found["amplitude"][0], found["mag_median"][0]) == (3, 10.5)


@pytest.mark.parametrize(("values", "stetson", "low", "high"), [
    # the expectations of Stetson 1996, section 3
    (np.random.default_rng(2).normal(0, 1, 200_000), math.sqrt(2 / math.pi), 0.79, 0.805),
    (np.sin(2 * np.pi * np.arange(10_000) / 10_000), 2 * math.sqrt(2) / math.pi, 0.899, 0.901),
    (np.tile([1.0, -1.0], 500), 1, 0.9999, 1.0001),
])  # fmt: skip
def test_stetsons_k_tells_noise_from_a_sine_and_from_two_levels(values, stetson, low, high):
    n = len(values)
    found = statistics.of_magnitudes(np.zeros(n, int), 1, np.arange(float(n)), 12 + values, np.full(n, 0.1))["stetson_k"][0]
    assert low < found < high and abs(found - stetson) < 0.005


def test_von_neumanns_ratio_is_two_for_noise_and_small_for_what_is_slow():
    n = 100_000
    noise = np.random.default_rng(3).normal(0, 1, n)
    slow = np.sin(np.arange(n) / 1000)
    i = np.repeat([0, 1], n)
    ratio = statistics.von_neumann(i, 2, np.tile(np.arange(float(n)), 2), np.concatenate([noise, slow]))
    assert 1.97 < ratio[0] < 2.03 and ratio[1] < 0.001


@given(st.lists(st.lists(st.floats(-30, 30), max_size=20), max_size=6), st.lists(st.floats(0, 1), min_size=1, max_size=4))
@settings(deadline=None, max_examples=200)
def test_quantiles_are_numpys(curves, fractions):
    i = np.repeat(np.arange(len(curves)), [len(curve) for curve in curves]).astype(int)
    values = np.array([value for curve in curves for value in curve])
    found = statistics.quantiles(i, len(curves), values, fractions)
    for fraction, column in zip(fractions, found):
        for place, curve in enumerate(curves):
            close(column[place], np.quantile(curve, fraction) if curve else None)


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=8), min_size=1, max_size=5))
@settings(deadline=None, max_examples=200)
def test_few_and_equal_points_give_no_number_rather_than_a_wrong_one(curves):
    compare([
        (np.arange(float(len(curve))), np.array([10 + m / 10 for m, _ in curve]), np.array([e / 10 for _, e in curve]))
        for curve in curves
    ])  # fmt: skip


def test_intervals_are_those_between_points_that_have_a_time():
    i = np.array([0, 0, 0, 0, 1, 2, 2])
    time = np.array([59000, 59000.5, 59002.5, np.nan, 59000, np.nan, np.nan])
    found = statistics.of_times(i, 4, time)
    assert [column[0] for column in found.values()] == [43200, (43200 + 172800) / 2, 172800]
    assert list(found) == ["cadence_min", "cadence_median", "cadence_max"]
    assert all(np.isnan(column[1:]).all() for column in found.values())


def test_exposures_are_those_that_are_known():
    found = statistics.of_exposures(np.array([0, 0, 0, 1]), 2, np.array([30, np.nan, 60, np.nan]))
    assert [column[0] for column in found.values()] == [30, 45, 60]
    assert list(found) == ["exptime_min", "exptime_median", "exptime_max"]
    assert all(np.isnan(column[1]) for column in found.values())
