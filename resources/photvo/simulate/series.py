"""Which star is observed in which band, and how often: the light curves before there are any times."""

import numpy as np

from . import shapes

#: name, photosys.band, telescope (0 Alica, 1 ZIGA, 2 the visual observers), obs_type_id of the Kolonica CSV
BANDS = [
    ("g", "g_sdss", 0, 1),
    ("r", "r_sdss", 0, 2),
    ("i", "i_sdss", 0, 3),
    ("clear", "none", 0, 216),
    ("B", "B", 1, 276),
    ("V", "V", 1, 605),
    ("R", "R", 1, 1135),
    ("I", "I", 1, 604),
    ("visual", "none", 2, 4),
]
BAND = {band[0]: i for i, band in enumerate(BANDS)}
TELESCOPE = np.array([band[2] for band in BANDS])
#: Points of a series by quantile, as the real archive has them: median 7, nine tenths below 46, at most 151.
QUANTILES, SIZES = [0, 0.5, 0.9, 1], np.array([1.0, 7.0, 46.0, 151.0])
MEAN_SIZE = 1_466_177 / 87_363
#: In which order a star gets its bands, by how its field is observed.
ORDERS = {"slow": "r visual g V B i R I", "bright": "r g i clear V B R I", "faint": "V B R I r g i clear"}
#: Fields that have images with one telescope or the other, whatever the target's magnitude.
HABITS = {
    **dict.fromkeys(("V* VY UMi", "V* SZ Lyn", "V* RZ Cas"), "bright"),
    **dict.fromkeys(("V* SS Cyg", "V* U Gem", "V* RR Lyr", "HD 189733"), "faint"),
}


def sizes_of(points, series, rng):
    """Points of each of `series` series, `points` in all, distributed as in the real archive; descending."""
    mean = points / series
    knots = SIZES * max(mean / MEAN_SIZE, 1 / SIZES[-1])
    u = (np.arange(series) + 0.5) / series
    part = np.clip(np.searchsorted(QUANTILES, u, side="right") - 1, 0, 2)
    inside = (u - np.array(QUANTILES)[part]) / np.diff(QUANTILES)[part]

    def sizes(bend):  # log-linear between the knots, each piece bent alike
        exponent = inside**bend
        return np.maximum(np.round(knots[part] * (knots[part + 1] / knots[part]) ** exponent), 1).astype(int)

    low, high = 0.05, 20.0
    for _ in range(40):
        bend = np.sqrt(low * high)
        low, high = (bend, high) if sizes(bend).sum() > points else (low, bend)
    n = sizes(low)
    while missing := points - n.sum():
        open_ = np.flatnonzero((n > 1) if missing < 0 else (n < max(n.max(), 2)))
        chosen = open_[np.argsort(rng.random(len(open_)), kind="stable")[: abs(missing)]]
        n[chosen] += np.sign(missing)
    return np.sort(n)[::-1]


def _bands_each(count, series, favoured, single, rng):
    """In how many bands each star is observed: 8 at most, `series` in all, the favoured more, `single` 1."""
    rank = np.argsort(rng.random(count) - favoured, kind="stable")
    rank = rank[~np.isin(rank, single)]
    bands = np.zeros(count, int)
    bands[single] = 1
    base, more = divmod(series - len(single), len(rank))
    bands[rank] = base
    bands[rank[:more]] += 1
    half = len(rank) // 2
    top, bottom = rank[:half], rank[len(rank) - half :][::-1]
    moved = np.minimum(
        (3 * rng.random(half)).astype(int), np.minimum(8 - bands[top], np.maximum(bands[bottom] - 1, 0))
    )
    bands[top] += moved
    bands[bottom] -= moved
    return bands


def _habit(stars, field):
    """How a field is observed: the key in ORDERS."""
    target = stars.targets[field]
    if (name := stars.target_name(field)) in HABITS:
        return HABITS[name]
    if shapes.KINDS[stars.kind[target]].per_night <= 3 and stars.real[target]:
        return "slow"
    return "bright" if stars.mag[target] < 9.5 else "faint"


def make(stars, points, series, rng):
    """Star, band (index in BANDS) and number of points of each of `series` light curves, `points` in all.

    Real variables that vary fast, those with images, and a star's first band get the longest ones. The star
    of the seed's one point has that point alone.
    """
    count = len(stars.ra)
    single = np.flatnonzero(stars.is_seed_star())
    bands = _bands_each(count, series, stars.real, single, rng)
    orders = {habit: [BAND[b] for b in order.split()] for habit, order in ORDERS.items()}
    habits = [_habit(stars, field) for field in range(len(stars.targets))]
    star_of, band_of = [], []
    for i in range(count):
        habit = habits[stars.field[i]]
        if habit == "slow" and i != stars.targets[stars.field[i]]:
            habit = "bright"  # visual observers estimate the variable only
        order = [BAND["i"]] if i in single else orders[habit][: bands[i]]
        star_of += [i] * len(order)
        band_of += order
    star_of, band_of = np.array(star_of, int), np.array(band_of, int)

    shown = [f for f in range(len(stars.targets)) if stars.target_name(f) in HABITS]
    one = np.isin(star_of, single)
    n = np.ones(len(star_of), int)
    is_target = np.zeros(count, bool)
    is_target[stars.targets] = True
    fast = np.array([shapes.KINDS[k].per_night >= 10 for k in stars.kind])
    main = np.concatenate([[True], star_of[1:] != star_of[:-1]])  # each star's first band
    wish = 0.7 * rng.random(len(star_of)) - (stars.real & (stars.kind != "CST"))[star_of] - 0.5 * main
    wish -= 0.4 * (fast & stars.real)[star_of] + np.isin(stars.field[star_of], shown) * is_target[star_of]
    rest = np.flatnonzero(~one)
    n[rest[np.argsort(wish[rest], kind="stable")]] = sizes_of(points - one.sum(), len(rest), rng)
    return star_of, band_of, n
