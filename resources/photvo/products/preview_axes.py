"""The axes of a picture of a light curve: magnitude, time with calendar dates above it, phase."""

from datetime import datetime, timedelta, timezone

import numpy as np
from matplotlib.dates import AutoDateLocator
from matplotlib.lines import TICKUP, Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator, ScalarFormatter

SMALL = 8  # pt

#: Column → what it is, for the axis of time and for that of phases, and its scale.
TIMES = {
    "obs_time": ("Barycentric MJD", "barycentric time", "TDB"),
    "obs_time_utc": ("MJD at the telescope", "time at the telescope", "UTC"),
}
#: What is drawn: the first that there is.
MAGNITUDES = {"mag": "Magnitude", "mag_diff": "Differential magnitude"}
FLUX = "flux"

#: Steps between dates, days; longer ones are the calendar's.
STEPS = (
    *(seconds / 86400 for seconds in (1, 2, 5, 10, 20, 30)), *(minutes / 1440 for minutes in (1, 2, 5, 10, 20, 30)),
    *(hours / 24 for hours in (1, 2, 3, 6, 12, 24, 48, 120)),
)  # fmt: skip
#: Step, at least → how dates are written, and the room that they need, pixels.
DATES = (
    (365, "%Y", 50), (28, "%Y-%m", 65), (1, "%Y-%m-%d", 75),
    (1 / 1440, "%Y-%m-%d %H:%M", 115), (0, "%Y-%m-%d %H:%M:%S", 135),
)  # fmt: skip
NUMBERS = 75  # room for the number of a day, pixels
UNIX = 40587  # MJD of 1970-01-01, from which matplotlib counts days


def magnitude(axes, mag, error, name, systems):
    """The y axis, brighter is up, with all of `mag` in it (mag, finite; `error` NaN where there is none).

    `name` is the column's, `systems` a set of magnitude systems, said where it is one.
    """
    system = f", {systems.pop()}" if name == "mag" and len(systems) == 1 and all(systems) else ""
    axes.set_ylabel(f"{MAGNITUDES[name]} (mag{system})", fontsize=SMALL + 1)
    axes.yaxis.set_major_formatter(ScalarFormatter(useOffset=False))
    low, high = _range(mag, error)
    margin = max(0.05 * (high - low), 0.01)
    axes.set_ylim(high + margin, low - margin)


def flux(axes, flux, error, units):
    """The y axis of fluxes, with all of `flux` in it (finite; `error` NaN where there is none). `units` is a set of units,
    said where it is one; an empty one is that of relative fluxes."""
    unit = units.pop() if len(units) == 1 else None
    axes.set_ylabel("Relative flux" if unit == "" else f"Flux ({unit or 'units differ'})", fontsize=SMALL + 1, parse_math=False)
    low, high = _range(flux, error)
    margin = 0.05 * (high - low) or 0.05 * abs(high) or 1
    axes.set_ylim(low - margin, high + margin)


def _range(values, error):
    "the least and the largest of some values with their error bars"
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    error = np.where(np.isfinite(error), error, 0)
    # an error bar must not squeeze the light curve into a line: of such a bar the end is not seen
    reach = np.minimum(error, max((high - low) / 2, 3 * float(np.median(error))))
    return float((values - reach).min()), float((values + reach).max())


def time(axes, times, name):
    """The x axis with all of `times` in it (MJD, finite) and their dates above it. `name` is the column's."""
    what, _, scale = TIMES[name]
    low, high = (float(times.min()), float(times.max())) if len(times) else (0.0, 0.0)
    margin = max(0.03 * (high - low), 0.001) if high > low else 0.5
    axes.set_xlim(low - margin, high + margin)
    width = axes.get_window_extent().width
    axes.xaxis.set_major_locator(MaxNLocator(max(2, width // NUMBERS), steps=[1, 2, 5, 10]))
    origin = float(np.floor(low)) if len(times) and high - low < 20 else 0.0
    axes.xaxis.set_major_formatter(ScalarFormatter(useOffset=origin or False))
    axes.xaxis.offsetText.set_visible(False)
    axes.set_xlabel(f"{what}{f' − {origin:.0f}' if origin else ''} (d, {scale})", fontsize=SMALL + 1)
    if len(times):
        _date_axis(axes, *_dates(low - margin, high + margin, width), scale)


def _date_axis(axes, ticks, labels, scale):
    "ticks at the top; by hand, since matplotlib's second axis takes as long as all the rest of the picture"
    across, height = axes.get_xaxis_transform(), axes.get_window_extent().height
    line = Line2D(ticks, [1] * len(ticks), linestyle="", marker=TICKUP, markersize=3.5, color="black", transform=across)
    line.set(gid="dates", clip_on=False)
    axes.add_artist(line)
    for tick, label in zip(ticks, labels):
        axes.text(tick, 1 + 7 / height, label, transform=across, ha="center", va="bottom", fontsize=SMALL)
    axes.text(
        0.5, 1 + 21 / height, f"Date ({scale})", transform=axes.transAxes, ha="center", va="bottom", fontsize=SMALL + 1
    )


def _dates(low, high, width):
    "MJD of the ticks that `width` pixels have room for, and their dates as text; none outside the years 1 to 9999"
    try:
        for step in STEPS:
            form, room = _form(step)
            if high - low < step * width / room:
                ticks = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
                break
        else:
            room = next(room for least, _, room in DATES if high - low > 6 * least)
            locator = AutoDateLocator(tz=timezone.utc, minticks=2, maxticks=max(2, width // room))
            ticks = np.array(locator.tick_values(_date(low), _date(high))) + UNIX
            form, _ = _form(min(np.diff(ticks), default=1))
        ticks = [tick for tick in ticks.tolist() if low <= tick <= high]
        return ticks, [_date(tick).strftime(form) for tick in ticks]
    except (OverflowError, ValueError):
        return [], []


def _form(step):
    return next((form, room) for least, form, room in DATES if step >= least)


def _date(mjd):
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=round((mjd - UNIX) * 86400))


def phase(axes, said, period, name):
    """The x axis of phase.twice, −0.5 to 1.5; `said` is when the phase is 0, in words, `period` in days."""
    axes.set_xlim(-0.55, 1.55)
    axes.xaxis.set_major_locator(FixedLocator(np.arange(-2, 7) / 4))
    _, what, scale = TIMES[name]
    label = f"Phase of {what} ({scale}), period {period:.10g} d\n0 at {said}"
    axes.set_xlabel(label, fontsize=SMALL + 1, parse_math=False)
