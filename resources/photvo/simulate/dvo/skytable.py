"""The tree of sky regions: the whole sky, 24 bands of declination, zones of right ascension, cells, and quarters of cells."""

import numpy as np

_FIELDS = [("R_MIN", "f4"), ("R_MAX", "f4"), ("D_MIN", "f4"), ("D_MAX", "f4"), ("CHILD_S", "i4"), ("CHILD_E", "i4"),
           ("PARENT", "i4"), ("INDEX", "i4"), ("DEPTH", "i4"), ("CHILD", "i4"), ("TABLE", "i4"), ("NAME", "U18")]  # fmt: skip
BAND = 7.5  # deg
ZONES = 36  # in a band at the equator
PARTS = ((20.0, 4), (40.0, 3), (90.0, 2))  # below this galactic latitude (deg) a zone is split n by n
DEPTH = 3  # of the regions that have a catalogue
_POLE = np.radians([192.85948, 27.12825])  # the galactic one


def _galactic_latitude(ra, dec):
    ra, dec = np.radians([ra, dec])
    sine = np.sin(_POLE[1]) * np.sin(dec) + np.cos(_POLE[1]) * np.cos(dec) * np.cos(ra - _POLE[0])
    return abs(float(np.degrees(np.arcsin(sine))))


def _split(low, high, parts):
    edges = np.linspace(low, high, parts + 1)
    return list(zip(edges[:-1], edges[1:], strict=True))


class SkyTable:
    """The regions as rows of a structured array. Each is within its parent, siblings follow one another, INDEX is the row."""

    def __init__(self):
        levels = [[(0.0, 360.0, -90.0, 90.0, -1, "fullsky")]]
        edges = [k * BAND for k in range(12)]
        name = lambda sign, edge: f"{sign}{int(edge):02d}{round(edge % 1 * 60):02d}"  # noqa: E731
        bands = [(0.0, 360.0, e, e + BAND, 0, name("n", e)) for e in edges]
        bands += [(0.0, 360.0, -e - BAND, -e, 0, name("s", e)) for e in edges]
        levels.append(bands)
        zones, cells = [], []
        for parent, (_, _, south, north, _, band) in enumerate(bands):
            count = max(4, round(ZONES * np.cos(np.radians((south + north) / 2))))
            zones += [
                (*ra, south, north, parent, f"{band}/z{len(zones) + k:03d}")
                for k, ra in enumerate(_split(0, 360, count))
            ]
        levels.append(zones)
        for parent, (west, east, south, north, _, zone) in enumerate(zones):
            b = _galactic_latitude((west + east) / 2, (south + north) / 2)
            parts = next(n for limit, n in PARTS if b <= limit)
            for dec in _split(south, north, parts):
                for ra in _split(west, east, parts):
                    cells.append((*ra, *dec, parent, f"{zone.partition('/')[0]}/{len(cells) + 1:04d}"))
        levels.append(cells)
        self.rows = _numbered(levels)

    def find(self, ra, dec):
        """The row of the region with a catalogue that has each position (arrays, deg)."""
        rows, row = self.rows, np.zeros(len(ra), int)
        while True:
            deeper = np.unique(row[rows["TABLE"][row] == 0])
            if not len(deeper):
                return row
            for parent in deeper:
                here = np.flatnonzero(row == parent)
                for child in range(rows["CHILD_S"][parent], rows["CHILD_E"][parent]):
                    r = rows[child]
                    inside = (ra[here] >= r["R_MIN"]) & (ra[here] <= r["R_MAX"])
                    inside &= (dec[here] >= r["D_MIN"]) & (dec[here] <= r["D_MAX"])
                    row[here[inside]] = child
                    here = here[~inside]

    def split(self, used):
        """Append the 4 by 4 quarters of the cells `used` (rows), which stay those with the catalogue."""
        used = sorted(used)
        quarters = []
        for parent in used:
            west, east, south, north, *_ = (float(v) for v in self.rows[parent].item()[:4])
            for y, dec in enumerate(_split(south, north, 4)):
                for x, ra in enumerate(_split(west, east, 4)):
                    quarters.append((*ra, *dec, parent, f"{self.rows['NAME'][parent]}.{4 * y + x:02d}"))
        first, rows = len(self.rows), np.zeros(len(quarters), _FIELDS)
        _fill(rows, quarters, first, DEPTH + 1)
        for k, parent in enumerate(used):
            self.rows["CHILD_S"][parent], self.rows["CHILD_E"][parent] = first + 16 * k, first + 16 * (k + 1)
            self.rows["CHILD"][parent] = 1
        self.rows = np.concatenate([self.rows, rows])

    def written(self, layout, hosts=None):
        """The rows of SkyTable.fits; `hosts`: row → number of the host that has its files, where there are several."""
        values = {name: self.rows[name] for name in self.rows.dtype.names}
        if hosts:
            values["HOST_ID"], values["HOST_FLAGS"] = np.zeros((2, len(self.rows)), int)
            for row, host in hosts.items():
                values["HOST_ID"][row], values["HOST_FLAGS"][row] = host, 1
        return layout.rows(len(self.rows), values)


def _fill(rows, regions, first, depth):
    for k, name in enumerate(("R_MIN", "R_MAX", "D_MIN", "D_MAX", "PARENT", "NAME")):
        rows[name] = [region[k] for region in regions]
    rows["INDEX"], rows["DEPTH"] = first + np.arange(len(regions)), depth


def _numbered(levels):
    starts = np.cumsum([0] + [len(level) for level in levels])
    rows = np.zeros(starts[-1], _FIELDS)
    for depth, level in enumerate(levels):
        mine = rows[starts[depth] : starts[depth + 1]]
        _fill(mine, level, starts[depth], depth)
        if depth:
            above = rows[starts[depth - 1] : starts[depth]]
            parents = np.array([region[4] for region in level])
            mine["PARENT"] = starts[depth - 1] + parents
            above["CHILD_S"] = starts[depth] + np.searchsorted(parents, np.arange(len(above)), "left")
            above["CHILD_E"] = starts[depth] + np.searchsorted(parents, np.arange(len(above)), "right")
            above["CHILD"] = 1
    rows["TABLE"] = rows["DEPTH"] == DEPTH
    return rows
