"""The simulated light curves against astropy and the published ephemerides."""

from collections import Counter, defaultdict

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import AltAz, SkyCoord, get_sun
from astropy.time import Time
from simulated import BANDS, SITE, of_star

pytestmark = pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")


def times(row, mine, barycentric=False):
    """HJD in UTC, or BJD in TDB, of mid-exposure, by astropy and what datasources.csv declares."""
    jd = np.array([float(p["jd"]) for p in mine])
    half = np.array([float(p["exp_time"]) / 2 if p["observer"] == "SIM-ZIGA" else 0 for p in mine]) / 86400
    time = Time(np.floor(jd), jd % 1 + half, format="jd", scale="utc", location=SITE)
    star = SkyCoord(float(row["ra"]) * u.deg, float(row["dec"]) * u.deg)
    given_helio = np.array([p["observer"] == "SIM-ZIGA-HJD" for p in mine])
    late = time.light_travel_time(star, "heliocentric")
    if barycentric:
        on_earth = time - np.where(given_helio, late.to_value(u.d), 0) * u.d
        return (on_earth.tdb + on_earth.light_travel_time(star)).jd
    return time.jd + np.where(given_helio, 0, late.to_value(u.d))


def folded(objects, points, name, width):
    """Phase within ±width of 0, magnitude less its band's median there, error."""
    row, mine = of_star(objects, points, name)
    mine = [p for p in mine if p["quality"] == "0"]
    frame = row["period_epoch_frame"]
    assert frame in ("HJD", "HJD UTC", "BJD TDB")
    cycle = (times(row, mine, frame == "BJD TDB") - float(row["period_epoch"])) / float(row["period"])
    phase = cycle - np.round(cycle)
    near = np.abs(phase) < width
    band = np.array([int(p["obs_type_id"]) for p in mine])[near]
    mag, err = (np.array([float(p[c]) for p in mine])[near] for c in ("mag", "mag_err"))
    return float(row["period"]), phase[near], mag, err, band


def extremum(phase, mag, err, band):
    """Phase of the vertex of one parabola through the points of all bands, each band with its own zero, and
    its error.
    """
    found = np.unique(band)
    x = phase / np.abs(phase).max()
    design = np.column_stack([x, x**2, *[(band == b).astype(float) for b in found]]) / err[:, None]
    solution, *_ = np.linalg.lstsq(design, mag / err, rcond=None)
    residual = (mag / err - design @ solution).std()
    covariance = np.linalg.inv(design.T @ design) * max(residual, 1) ** 2
    scale = np.abs(phase).max() / 2
    gradient = np.array([-1 / solution[1], solution[0] / solution[1] ** 2])
    error = np.sqrt(gradient @ covariance[:2, :2] @ gradient) * scale
    return -solution[0] / solution[1] * scale, error, solution[1]


@pytest.mark.parametrize(
    "name, width",
    [
        ("V* VY UMi", 0.08),
        ("V* RZ Cas", 0.03),
        ("V* W UMa", 0.08),
        ("V* AW UMa", 0.08),
        ("V* SW Lac", 0.08),
        ("V* bet Per", 0.03),
        ("V* U Cep", 0.03),
        ("V* UX UMa", 0.03),
    ],
)
def test_mid_eclipse_is_where_the_published_ephemeris_puts_it(objects, points, name, width):
    period, *near = folded(objects, points, name, width)
    where, error, curvature = extremum(*near)
    assert curvature < 0, "magnitudes are largest in the middle"
    assert error * period < 0.003, "the light curve says when mid-eclipse is to a few minutes"
    assert abs(where) < 4 * error + 5 / 86400 / period


def test_transits_are_centred_on_the_published_bjd_tdb(objects, points):
    period, phase, mag, err, band = folded(objects, points, "HD 189733", 0.045)
    zero = [(band == b).astype(float) for b in np.unique(band)]
    shifts = np.arange(-0.006, 0.006, 0.00005)
    chi2 = []
    for shift in shifts:  # a trapezium, moved; its depth and the bands' zeros are fitted
        design = (
            np.column_stack([np.clip((0.02 - np.abs(phase - shift)) / 0.005, 0, 1), *zero]) / err[:, None]
        )
        chi2.append(((mag / err - design @ np.linalg.lstsq(design, mag / err, rcond=None)[0]) ** 2).sum())
    best = int(np.argmin(chi2))
    near = slice(best - 20, best + 21)
    a, b, _ = np.polyfit(shifts[near], chi2[near], 2)
    where, error = -b / (2 * a) * period * 86400, period * 86400 / np.sqrt(a)
    assert error < 45  # s; UTC instead of TDB would be 69 s off
    assert abs(where) < 3 * error


@pytest.mark.parametrize("name", ["V* RR Lyr", "V* SZ Lyn", "V* CY Aqr", "V* RZ Cep", "V* VZ Cnc"])
def test_pulsating_stars_are_brightest_at_phase_zero(objects, points, name):
    _, phase, mag, err, band = folded(objects, points, name, 0.5)
    main = band == Counter(band).most_common(1)[0][0]
    brightest = phase[main][np.argsort(mag[main])[: max(main.sum() // 25, 3)]]
    assert abs(np.mean(brightest)) < 0.04


def test_folding_without_light_time_is_worse(objects, points):
    row, mine = of_star(objects, points, "V* SZ Lyn")  # 174 minutes; light time changes by 15 in a year
    mine = [p for p in mine if p["observer"] == "SIM-ALICA" and p["quality"] == "0"]
    mine = [
        p for p in mine if p["obs_type_id"] == Counter(q["obs_type_id"] for q in mine).most_common(1)[0][0]
    ]
    mag = np.array([float(p["mag"]) for p in mine])

    def scatter(time):
        order = np.argsort(((time - float(row["period_epoch"])) / float(row["period"])) % 1)
        return np.abs(np.diff(mag[order])).mean()

    raw = np.array([float(p["jd"]) for p in mine])
    assert len(mine) > 100 and scatter(times(row, mine)) < 0.6 * scatter(raw)


def test_telescopes_observe_at_night_and_above_the_horizon(objects, points):
    mine = [p for p in points if p["observer"] in ("SIM-ALICA", "SIM-ZIGA")][::7]
    time = Time([float(p["jd"]) for p in mine], format="jd", scale="utc")
    frame = AltAz(obstime=time, location=SITE)
    star = SkyCoord(
        [float(objects[p["object_id_arch"]]["ra"]) for p in mine] * u.deg,
        [float(objects[p["object_id_arch"]]["dec"]) for p in mine] * u.deg,
    )
    assert get_sun(time).transform_to(frame).alt.deg.max() < -11.5
    assert star.transform_to(frame).alt.deg.min() > 24


def test_magnitudes_lie_in_the_published_range(objects, points):
    checked = 0
    for name in ("V* SS Cyg", "V* U Gem", "V* RR Lyr", "V* VY UMi", "V* RZ Cas", "V* UX UMa"):
        row, mine = of_star(objects, points, name)
        mag = [float(p["mag"]) for p in mine if p["obs_type_id"] == "605"]
        if row["mag_band"] == "V" and mag:
            low, high = float(row["mag_max"]), float(row["mag_min"])
            assert low - 0.15 < min(mag) and max(mag) < high + 0.5
            assert max(mag) - min(mag) > 0.7 * (high - low), name
            checked += 1
    assert checked >= 3


def test_scatter_of_constant_stars_agrees_with_their_errors(objects, points):
    series = defaultdict(list)
    for p in points:
        if not objects[p["object_id_arch"]]["var_type"] and p["mag"] != "99.99" and p["quality"] == "0":
            series[p["object_id_arch"], p["obs_type_id"]].append((float(p["mag"]), float(p["mag_err"])))
    pulls = []
    for mag, err in (np.transpose(s) for s in series.values() if len(s) > 3):
        pulls += list((mag - np.average(mag, weights=err**-2.0)) / err * np.sqrt(len(mag) / (len(mag) - 1)))
    assert len(pulls) > 100 and 0.85 < np.std(pulls) < 1.15


def test_red_bands_are_brighter_than_blue_ones_and_faint_stars_less_certain(objects, points):
    _, mine = of_star(objects, points, "V* RR Lyr")
    b, v, r, i = (
        np.median([float(p["mag"]) for p in mine if BANDS[int(p["obs_type_id"])] == band]) for band in "BVRI"
    )
    assert b > v > r > i
    alica = [
        (float(p["mag"]), float(p["mag_err"]))
        for p in points
        if p["observer"] == "SIM-ALICA" and p["mag"] != "99.99"
    ]
    faint, bright = ([e for m, e in alica if m > 12.5], [e for m, e in alica if m < 9])
    assert np.median(faint) > 2 * np.median(bright)
