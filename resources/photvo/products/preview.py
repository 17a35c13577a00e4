"""A picture of a light curve: magnitude, or flux where it has no magnitudes, against time, or against the phase of its
published period.

Brighter is up, and every point is there: eclipses and outbursts are what one looks for, so nothing is clipped.
matplotlib by its objects alone (pyplot has a state that threads would share), one picture at a time.
"""

import io
import threading

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator
from PIL import Image

from . import phase, preview_axes
from .preview_axes import SMALL

#: Width and height in pixels, at DPI of them to an inch.
SIZE = (640, 400)
DPI = 100
LARGE = 10  # pt

#: Colours of Okabe and Ito (2008, "Color Universal Design") that stand out from white, told apart with any kind of
#: colour vision; their yellow does not, and Tol's wine (2021) stands in for it.
COLOURS = ("#0072B2", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#882255")
#: Downward triangles are upper limits.
MARKERS = ("o", "s", "D", "^", "p", "h", "<", ">", "P", "X", "*", "d", "8", "H")
#: A band looks the same in all pictures, as long as no other band of the picture has its looks.
LOOKS = {
    "U": ("#CC79A7", "*"), "B": ("#0072B2", "s"), "V": ("#009E73", "o"), "R": ("#D55E00", "^"), "I": ("#CC79A7", "D"),
    "u_sdss": ("#CC79A7", "P"), "g_sdss": ("#56B4E9", "p"), "r_sdss": ("#E69F00", "<"), "i_sdss": ("#CC79A7", ">"),
    "z_sdss": ("#D55E00", "h"), "none": ("#000000", "X"),
}  # fmt: skip

_lock = threading.Lock()


def picture(curves, folded=None, size=SIZE):
    """The PNG of light curves of one object, as bytes.

    `curves` are pairs of a Series and its table (columns.assemble); `folded` is a period (d) to fold with, None for a
    plain time axis; `size` is width and height, pixels.
    """
    with _lock:
        canvas = figure(curves, folded, size).canvas
        canvas.draw()
        drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        # the pixels go now; the rest of a figure waits for the garbage collector
        canvas.renderer = None
    # with a palette it is a third of the size
    out = io.BytesIO()
    drawn.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "png", compress_level=3)
    return out.getvalue()


def figure(curves, folded=None, size=SIZE):
    """The matplotlib Figure that `picture` draws; arguments as there.

    Its first axes hold the points: a line of markers for each band and kind, whose gid is "BAND good", "BAND flagged"
    or "BAND limit". In a folded one each point is there twice.
    """
    curves = [(series, _drawn(table)) for series, table in curves]
    time, mag = _known(curves, preview_axes.TIMES), _known(curves, [*preview_axes.MAGNITUDES, preview_axes.FLUX])
    bands = [series.band for series, _ in curves]
    tables = [table[np.isfinite(table[time]) & np.isfinite(table[mag])] for _, table in curves]
    count = sum(map(len, tables))
    labels = _labels(curves, tables)
    made, axes = _empty(size, labels, 62 if folded is None else 34, 46 if folded is None else 62)
    xs = [table[time] for table in tables]
    if folded is not None:
        zero, said = phase.zero(curves[0][0], xs, time)
        xs = [phase.twice(x, zero, folded) for x in xs]
        tables = [np.tile(table, 2) for table in tables]
    points = float(np.clip(9 - 1.8 * np.log10(max(count, 1)), 2.4, 5.4))  # size of the markers
    handles = []
    for place, (x, table, look, band, label) in enumerate(zip(xs, tables, looks(bands), bands, labels)):
        # a band of few points must not vanish behind one of many
        order = 3 + sum((len(other), -i) > (len(table), -place) for i, other in enumerate(tables)) / 10
        _draw(axes, x, table[mag], table[f"{mag}_err"], table, band, *look, points, order)
        handles.append(_marker(look[1], look[0], look[0], label))
    everything = np.concatenate(tables)
    if (everything["flags"] != 0).any():
        handles.append(_marker("o", "white", "#555555", "flagged"))
    if everything["upper_limit"].any():
        handles.append(_marker("v", "white", "#555555", "upper limit"))
    _beside(made, axes, handles, sum(len(table) for _, table in curves) - count)

    systems = {series.magsys for series, _ in curves}
    if mag == preview_axes.FLUX:
        units = {series.flux_unit for (series, _), table in zip(curves, tables) if len(table)}
        preview_axes.flux(axes, everything[mag], everything[f"{mag}_err"], units)
    else:
        preview_axes.magnitude(axes, everything[mag], everything[f"{mag}_err"], mag, systems)
    if folded is None:
        preview_axes.time(axes, np.concatenate(xs), time)
    else:
        preview_axes.phase(axes, said, folded, time)
    if not count:
        where = {"transform": axes.transAxes, "ha": "center", "va": "center"}
        axes.text(0.5, 0.5, "no points", fontsize=14, color="#555555", **where)
        axes.xaxis.set_major_locator(NullLocator())
        axes.yaxis.set_major_locator(NullLocator())
    # a title and labels of given places: matplotlib need not measure all the others to find one
    height = axes.get_window_extent().height
    place = 1 + (46 if folded is None else 10) / height
    axes.set_title(_title(curves[0][0]), loc="left", y=place, pad=0, fontsize=LARGE, parse_math=False)
    axes.xaxis.set_label_coords(0.5, -24 / height)
    axes.yaxis.set_label_coords(17 / size[0], 0.5, transform=made.transFigure)
    return made


def looks(bands):
    """Colour and marker of each of the bands of one picture: its own where it has some, no two the same.

    Colours come again where there are more bands than colours, markers do not.
    """
    found = {}
    for band in bands:
        if band in LOOKS and LOOKS[band][0] not in (colour for colour, _ in found.values()):
            found[band] = LOOKS[band]
    markers = [marker for marker in MARKERS if marker not in (LOOKS[band][1] for band in bands if band in LOOKS)]
    for band in bands:
        if band not in found:
            used = [colour for colour, _ in found.values()]
            own = LOOKS[band][1] if band in LOOKS else markers.pop(0) if markers else f"${len(found)}$"
            found[band] = min(COLOURS, key=used.count), own
    return [found[band] for band in bands]


#: What is needed of a table.
_DRAWN = np.dtype([
    *((name, "f8") for name in preview_axes.TIMES),
    *((f"{name}{end}", "f8") for name in (*preview_axes.MAGNITUDES, preview_axes.FLUX) for end in ("", "_err")),
    ("flags", "i4"), ("upper_limit", "?"),
])  # fmt: skip


def _drawn(table):
    "the same columns of every table; NaN where it has no fluxes"
    made = np.empty(len(table), _DRAWN)
    for name in _DRAWN.names:
        made[name] = table[name] if name in table.dtype.names else np.nan
    return made


def _known(curves, names):
    "the first of the columns that has a value anywhere; the first of all where there is none"
    names = list(names)
    return next((name for name in names if any(np.isfinite(table[name]).any() for _, table in curves)), names[0])


def _labels(curves, tables):
    "a band's line in the legend: its system where they differ, and how many points are drawn"
    systems = {series.magsys for series, _ in curves}
    return [
        f"{series.band}{f', {series.magsys}' if len(systems) > 1 and series.magsys else ''} ({len(table)})"
        for (series, _), table in zip(curves, tables)
    ]


def _title(series):
    kind = series.var_type or (series.object_class or "").strip("*")  # * is a star of no known kind
    period = series.period and f"P = {series.period:.10g} d"
    return "   ".join(text for text in (series.name[:48], kind, period) if text)


def _empty(size, labels, top, bottom):
    "a Figure with axes that leave room for so many pixels at the top and bottom, and for the legend at the right"
    made = Figure(figsize=(size[0] / DPI, size[1] / DPI), dpi=DPI, facecolor="white")
    FigureCanvasAgg(made)
    left, right = 76, 34 + 6.2 * max(len("upper limit"), *map(len, labels))
    axes = made.add_axes(
        (left / size[0], bottom / size[1], (size[0] - left - right) / size[0], (size[1] - top - bottom) / size[1])
    )
    axes.set_axisbelow(True)
    axes.grid(True, color="#E4E4E4", linewidth=0.6)
    axes.tick_params(labelsize=SMALL)
    return made, axes


def _beside(made, axes, handles, missing):
    "the legend, and how many points are missing"
    box, (width, height) = axes.get_position(), made.get_size_inches() * DPI
    made.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(box.x1 + 4 / width, box.y1 + 8 / height), fontsize=SMALL,
        frameon=False, handletextpad=0.2, borderaxespad=0,
    )  # fmt: skip
    if missing:
        text = f"not drawn:\n{missing} (no\ntime or no\nmagnitude)"
        # the number at the end of the axis stands half beside it
        made.text(box.x1 + 24 / width, 6 / height, text, fontsize=SMALL, color="#555555")


def _marker(marker, face, edge, label):
    look = {"marker": marker, "markersize": 5, "markerfacecolor": face, "markeredgecolor": edge}
    return Line2D([], [], linestyle="", label=label, **look)


def _draw(axes, x, mag, error, table, band, colour, marker, size, order):
    limit, flagged = table["upper_limit"], table["flags"] != 0
    bars = np.isfinite(error) & (error > 0) & ~limit
    if bars.any():
        ends = np.stack([np.stack([x, x], 1), np.stack([mag - error, mag + error], 1)], 2)[bars]
        axes.add_collection(LineCollection(ends, colors=colour, linewidths=0.7, alpha=0.6, zorder=order), autolim=False)
    kinds = (
        ("flagged", flagged & ~limit, marker, "white"),
        ("good", ~flagged & ~limit, marker, colour),
        ("limit", limit, "v", "white"),
    )
    for kind, chosen, shape, face in kinds:
        if chosen.any():
            (line,) = axes.plot(
                x[chosen], mag[chosen], linestyle="", marker=shape, markersize=size, markerfacecolor=face,
                markeredgecolor=colour, markeredgewidth=0.8, zorder=order,
            )  # fmt: skip
            line.set_gid(f"{band} {kind}")
