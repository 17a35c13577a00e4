"""The observing programme: when each field is exposed, and which of its stars are measured then.

An exposure belongs to one field, telescope and band and serves all the field's stars. Times are those of
mid-exposure, JD UTC, at the telescope.
"""

from dataclasses import dataclass

import numpy as np

from . import series as light_curves
from . import shapes, sky
from .series import BAND, BANDS, TELESCOPE

TELESCOPES = ["Alica", "ZIGA", "visual"]
FIRST_NIGHT, LAST_NIGHT = 2456659, 2460310  # JD of noon UTC: 2014-01-01 to 2023-12-31
HJD_UNTIL = 2457755.0  # ZIGA's times are heliocentric until the end of 2016
CLEAR = 0.35  # part of the nights
SEED_POINT = 2459510.34387  # JD
#: Exposures that must be there: target, band, JD UTC of mid-exposure. The seed's point; the end of daylight
#: saving (2021-10-31 01:00 UTC), the end of a year, and the leap second at the end of 2016.
PINNED = [
    ("V* VY UMi", "r", 2459510.34302),  # the seed's image, 2021-10-22T20:13:42 and 30 s
    ("V* VY UMi", "i", SEED_POINT),  # the seed's point, TYC 4568-4…
    ("V* VY UMi", "g", 2459510.41780),  # the seed's header, UT 22:01:23
    ("V* SS Cyg", "V", 2459518.25021),
    ("V* SS Cyg", "B", 2459518.25243),
    ("V* RZ Cas", "r", 2459518.54127),
    ("V* RZ Cas", "g", 2459518.54203),
    ("V* U Gem", "V", 2459580.49991),
    ("V* SZ Lyn", "r", 2457754.49999),  # 23:59:60 UTC
    ("V* SZ Lyn", "g", 2457754.50104),
    ("V* RR Lyr", "V", 2459041.41237),
    ("HD 189733", "R", 2459077.38812),
]


@dataclass
class Programme:
    """Series (star and band) and exposures, and the points that join them: one star in one exposure."""

    band: np.ndarray  # (exposures,) index in BANDS
    field: np.ndarray  # (exposures,)
    night: np.ndarray  # (exposures,) JD of the noon before
    mid: np.ndarray  # (exposures,) JD UTC
    exptime: np.ndarray  # (exposures,) s
    star: np.ndarray  # (points,)
    exposure: np.ndarray  # (points,)


def _exposure_time(mag, telescope):
    """Seconds for a field whose target has this magnitude at brightest."""
    limits, times = [3, 5, 7, 9, 12, 14], np.array([0.5, 2, 5, 15, 30, 60, 120.0])
    return np.where(telescope == 2, np.nan, times[np.searchsorted(limits, mag)])


def _run(stars, f, telescope, needed, nightly, pinned, rng):
    """Mid-times (slots, bands) and nights (slots,) of a field at one telescope, `needed` a band."""
    midnight, half, clear = nightly
    target = stars.targets[f]
    kind = shapes.KINDS[stars.kind[target]]
    n_bands = max((TELESCOPE == telescope).sum(), 1)
    begin, end = sky.windows(midnight, half, stars.field_ra[f], stars.field_dec[f])
    forced = np.isin(np.floor(midnight), np.floor(np.array(pinned)))
    good = np.flatnonzero((end - begin > 0.04) & (clear | forced))
    middle = 0.5 * (begin + end)
    wish = rng.random(len(midnight))
    per_night = max(min(kind.per_night, needed), -(-needed // max(len(good), 1)))
    count = -(-needed // per_night)
    event = np.full(len(midnight), np.nan)
    if kind.eclipsing and stars.period[target] < 100:
        event = stars.epoch[target] + stars.period[target] * np.round(
            (middle - stars.epoch[target]) / stars.period[target]
        )
        event[(event < begin) | (event > end) | forced] = np.nan
        visible = good[np.isfinite(event[good])]
        wish[visible[np.argsort(wish[visible], kind="stable")[: round(0.6 * count)]]] -= (
            1  # the rest as it comes
        )
    wish = np.where(forced, -9, wish)
    chosen = np.sort(good[np.argsort(wish[good], kind="stable")[:count]])
    span = np.minimum(kind.hours / 24, (end - begin)[chosen])
    free = (end - begin)[chosen] - span
    start = begin[chosen] + free * rng.random(len(chosen))
    start = np.where(
        np.isfinite(event[chosen]),
        np.clip(event[chosen] - span / 2, begin[chosen], begin[chosen] + free),
        start,
    )
    for pin in pinned:  # a forced night's run is around what it is forced for
        k = np.floor(midnight[chosen]) == np.floor(pin)
        start[k] = np.clip(pin - span[k] / 2, begin[chosen][k], (begin[chosen] + free)[k])
    slot = np.arange(per_night)[None, :, None] + np.arange(n_bands)[None, None, :] / n_bands
    slot = slot + 0.15 / n_bands * rng.random((len(chosen), per_night, n_bands))
    mid = start[:, None, None] + slot * (span / per_night)[:, None, None]
    night = np.repeat(np.floor(midnight[chosen] - 0.25), per_night)
    return mid.reshape(-1, n_bands)[:needed], night[:needed]


def make(stars, points, series, rng):
    """The programme for these stars: `points` points in `series` series."""
    star_of, band_of, size = light_curves.make(stars, points, series, rng)
    n_fields = len(stars.targets)
    midnight, half = sky.nights(FIRST_NIGHT, LAST_NIGHT)
    nightly = midnight, half, rng.random(len(midnight)) < CLEAR
    needed = np.zeros((n_fields, 3), int)
    np.maximum.at(needed, (stars.field[star_of], TELESCOPE[band_of]), size)
    names = [stars.target_name(f) for f in range(n_fields)]
    used = np.zeros((n_fields, len(BANDS)), bool)
    used[stars.field[star_of], band_of] = True

    first = np.full((n_fields, len(BANDS)), -1)
    columns = {"band": [], "field": [], "night": [], "mid": []}
    total = 0
    for f in range(n_fields):
        for telescope in range(3):
            if not (k := needed[f, telescope]):
                continue
            pinned = [
                jd for name, band, jd in PINNED if name == names[f] and TELESCOPE[BAND[band]] == telescope
            ]
            mid, night = _run(stars, f, telescope, k, nightly, pinned, rng)
            for column, band in enumerate(np.flatnonzero(TELESCOPE == telescope)):
                if not used[f, band]:
                    continue
                first[f, band] = total
                for key, values in (
                    ("band", np.full(k, band)),
                    ("field", np.full(k, f)),
                    ("night", night),
                    ("mid", mid[:, column]),
                ):
                    columns[key].append(values)
                total += k
    columns = {key: np.concatenate(values) for key, values in columns.items()}

    # the points of a series are spread evenly over its exposures, each at most once
    fields = stars.field[star_of]
    available = needed[fields, TELESCOPE[band_of]]
    offset = rng.random(len(size))
    rank = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    slot = ((rank + np.repeat(offset, size)) * np.repeat(available / size, size)).astype(int)
    slot = np.minimum(slot, np.repeat(available, size) - 1)
    exposure = np.repeat(first[fields, band_of], size) + slot
    programme = Programme(
        band=columns["band"],
        field=columns["field"],
        night=columns["night"],
        mid=columns["mid"],
        exptime=_exposure_time(stars.mag[stars.targets][columns["field"]], TELESCOPE[columns["band"]]),
        star=np.repeat(star_of, size),
        exposure=exposure,
    )
    for name, band, jd in PINNED:
        _pin(programme, names, name, BAND[band], jd)
    return programme


def _pin(programme, names, name, band, jd):
    """Move the exposure nearest to `jd` there; every star of the field with this band is measured on it."""
    if name not in names:
        return
    candidates = np.flatnonzero((programme.field == names.index(name)) & (programme.band == band))
    if not len(candidates):
        return
    nearest = candidates[np.argmin(np.abs(programme.mid[candidates] - jd))]
    programme.mid[nearest] = jd
    programme.night[nearest] = np.floor(jd)
    mine = np.flatnonzero(np.isin(programme.exposure, candidates))
    for star in np.unique(programme.star[mine]):
        points = mine[programme.star[mine] == star]
        if not (programme.exposure[points] == nearest).any():
            closest = points[np.argmin(np.abs(programme.exposure[points] - nearest))]
            programme.exposure[closest] = nearest
