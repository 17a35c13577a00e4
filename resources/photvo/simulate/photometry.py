"""What the telescopes measure: magnitudes with the noise and the mishaps of real photometry."""

from dataclasses import dataclass

import numpy as np

from . import shapes, sky
from .programme import HJD_UNTIL, SEED_POINT
from .series import BANDS, TELESCOPE

SOURCES = ["SIM-ALICA", "SIM-ZIGA", "SIM-ZIGA-HJD", "SIM-VISUAL"]
ALICA, ZIGA, ZIGA_HJD, VISUAL = range(4)
#: Band minus V as a + b (B−V), mag, in the order of BANDS: g, r, i after Jester et al. (2005, AJ 130, 873),
#: for the rest rough mean colours.
COLOURS = np.array([
    (-0.12, 0.60), (0.11, -0.42), (0.31, -0.875), (0.0, -0.25), (0.0, 1.0), (0.0, 0.0), (0.0, -0.57), (0.0, -1.05), (0.0, 0.0),
])  # fmt: skip
#: Amplitude of a pulsating star in units of that in V.
BLUE = np.array([1.15, 0.85, 0.7, 0.95, 1.3, 1.0, 0.8, 0.6, 1.0])
SKY_LIMIT = np.array([12.0, 14.0, np.nan])  # mag at which photons alone give 0.01 mag, by telescope
SEED_MAG, SEED_ERR = 10.2437, 0.1190  # of the seed's one point


@dataclass
class Measurements:
    """Columns over the points, in the order of the programme."""

    source: np.ndarray  # index in SOURCES
    given: np.ndarray  # JD as the data source counts it, rounded as it is written
    mag: np.ndarray
    err: np.ndarray
    quality: np.ndarray  # 0 good, 1 clouds, 2 doubtful
    lost: np.ndarray  # bool: there is no calibrated magnitude, only the differential one
    comparison: np.ndarray  # mean magnitude of the comparison stars, nan where there are none
    comparison_list: np.ndarray  # index in lists
    lists: list  # of tuples of names of comparison stars


def magnitude(stars, star, band, jd, earth, seed):
    """Magnitudes without noise of stars and bands (indices) at JD UTC (mid-exposure, at the Earth).

    The phase is that of the heliocentric time in UTC, or of BJD TDB for an epoch given so. `earth` is what
    sky.earth returns, for each point.
    """
    heliocentric, barycentric, tdb_utc = earth
    towards = sky.direction(stars.ra, stars.dec)[star]
    time = jd + np.where(
        stars.barycentric[star],
        np.einsum("ij,ij->i", barycentric, towards) * sky.LIGHT_DAYS + tdb_utc,
        np.einsum("ij,ij->i", heliocentric, towards) * sky.LIGHT_DAYS,
    )
    faded = np.zeros(len(star))
    kinds = stars.kind[star]
    for name in np.unique(kinds):
        kind = shapes.KINDS[name]
        mine = np.flatnonzero(kinds == name)
        if kind.phase:
            faded[mine] = kind.phase(((time[mine] - stars.epoch[star[mine]]) / stars.period[star[mine]]) % 1)
        elif kind.time:
            for s in np.unique(star[mine]):
                some = mine[star[mine] == s]
                cycle = stars.period[s] if np.isfinite(stars.period[s]) else kind.scale
                own = np.random.Generator(np.random.PCG64([seed, 99, int(stars.rows[s]["old_id"])]))
                faded[some] = kind.time(time[some], cycle, own)
    blue = np.array([shapes.KINDS[k].blue for k in stars.kind])[star]
    colour = COLOURS[band, 0] + COLOURS[band, 1] * stars.b_v[star]
    return stars.mag[star] + colour + stars.amplitude[star] * np.where(blue, BLUE[band], 1.0) * faded


def _times(stars, programme, source, heliocentric):
    """The time that a row gives, and the mid-exposure, JD UTC at the telescope, that it means."""
    mid = programme.mid[programme.exposure]
    towards = sky.direction(stars.ra, stars.dec)[programme.star]
    late = np.einsum("ij,ij->i", heliocentric, towards) * sky.LIGHT_DAYS
    half = np.nan_to_num(programme.exptime[programme.exposure]) / 2 / 86400
    shift = np.select([source == ZIGA, source == ZIGA_HJD], [-half, late], 0.0)
    given = np.round(mid + shift, 5)
    return np.where(source == VISUAL, np.round(mid, 3), given), np.where(source == VISUAL, mid, given - shift)


def _comparisons(stars, star, band):
    """Comparison stars of each point: mean magnitude and number of the list; the lists, without the star."""
    lists, of_star = {}, np.zeros(len(stars.ra), int)
    for s in range(len(stars.ra)):
        names = tuple(c for c in stars.comparisons[stars.field[s]] if c != s)
        of_star[s] = lists.setdefault(names, len(lists))
    means = np.full((len(lists), len(BANDS)), np.nan)
    for k, members in enumerate(map(list, lists)):
        if members:
            colour = COLOURS[:, :1] + COLOURS[:, 1:] * stars.b_v[members]
            means[k] = np.round((stars.mag[members] + colour).mean(axis=1), 4)
    return means[of_star[star], band], of_star[star], [tuple(map(stars.name, members)) for members in lists]


def measure(stars, programme, seed, rng):
    """The Measurements of all points of the programme."""
    star, exposure = programme.star, programme.exposure
    band = programme.band[exposure]
    telescope = TELESCOPE[band]
    visual = telescope == 2
    early = (telescope == 1) & (programme.mid[exposure] < HJD_UNTIL)
    source = np.select([visual, early], [VISUAL, ZIGA_HJD], telescope)
    earth = [part[exposure] for part in sky.earth(programme.mid)]
    given, mid = _times(stars, programme, source, earth[0])
    true = magnitude(stars, star, band, mid, earth, seed)

    # photons, sky and scintillation; hazy nights and clouds
    haze = 1 + rng.random(len(programme.mid)) ** 3
    cloudy = rng.random(len(programme.mid)) < 0.015
    fainter = true - SKY_LIMIT[telescope]
    err = np.sqrt(0.003**2 + (0.01 * 10 ** (0.2 * fainter)) ** 2 + (0.003 * 10 ** (0.4 * fainter)) ** 2)
    err = np.minimum(err * haze[exposure] * np.where(cloudy[exposure], 4, 1), 2.5)
    err = np.where(visual, 0.15, np.round(err, 4))
    mag = true + err * rng.standard_normal(len(star))
    mag = np.where(visual, np.round(mag, 1), np.round(mag, 4))
    quality = np.where(cloudy[exposure], 1, np.where(rng.random(len(star)) < 0.005, 2, 0))

    comparison, comparison_list, lists = _comparisons(stars, star, band)
    comparison[visual] = np.nan
    lost = (rng.random(len(star)) < 0.006) & np.isfinite(comparison)  # a row needs one magnitude or the other

    single = stars.is_seed_star()[star] & (given == SEED_POINT)
    mag[single], err[single], quality[single] = SEED_MAG, SEED_ERR, 0
    lost &= ~single
    return Measurements(source, given, mag, err, quality, lost, comparison, comparison_list, lists)
