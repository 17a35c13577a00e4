"""A map of the sky with the HEALPix cells that a collection has something in: Mollweide, ICRS, east to the left.

matplotlib by its objects alone, one picture at a time, as in preview.py.
"""

import io
import threading

import numpy as np
from matplotlib.figure import Figure

#: HEALPix order of the cells that are drawn: 0.9°, about the size of a mark.
ORDER = 6
#: SQL (pgSphere): the centres of cells, (longitude, latitude) in radians.
PLACES = "SELECT long(c), lat(c) FROM unnest(%(cells)s::bigint[]) AS cell, center_of_healpix_nest(%(order)s, cell) AS c"

_lock = threading.Lock()


def picture(places):
    """The PNG of a map, as bytes. `places` are (right ascension, declination) in radians."""
    with _lock:
        figure = Figure(figsize=(4.6, 2.5), dpi=100)
        axes = figure.add_axes((0.07, 0.02, 0.91, 0.96), projection="mollweide")
        places = np.array(places, float).reshape(-1, 2)
        axes.scatter(-(np.mod(places[:, 0] + np.pi, 2 * np.pi) - np.pi), places[:, 1], s=6, marker="s", linewidths=0, color="#0072B2")
        axes.grid(linewidth=0.4, color="#999999")
        axes.set_xticks(np.radians([-120, -60, 0, 60, 120]), ["8h", "4h", "0h", "20h", "16h"], fontsize=7, color="#555555")
        axes.set_yticks(np.radians([-60, -30, 0, 30, 60]), ["−60°", "−30°", "0°", "30°", "60°"], fontsize=7, color="#555555")
        out = io.BytesIO()
        figure.savefig(out, format="png")
        return out.getvalue()
