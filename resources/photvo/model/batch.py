"""What a reader hands over: light-curve points as Arrow tables, objects, images, and rejected rows.

All that readers, checks and loader share. Missing is null; there are no sentinels from here on.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa


class ReadError(Exception):
    """A file that cannot be read as what it is. The text names file, place and remedy.

    Every reader raises this and nothing else for a broken file, however broken.
    """

    def __init__(self, path, reason, line=None):
        self.path, self.reason, self.line = str(path), reason, line
        super().__init__(f"{path}{f', line {line}' if line else ''}: {reason}")

    def __reduce__(self):  # it is sent from one process to another
        return type(self), (self.path, self.reason, self.line)


@dataclass(frozen=True)
class Reject:
    """One row that was not taken: its line in the file (1-based), why, and the row as it was."""

    line: int
    reason: str
    row: str


#: Columns of a batch of light-curve points.
POINTS = pa.schema([
    ("line", pa.int64()),  # line in the file, 1-based
    ("id_arch", pa.int64()),  # the point's identifier in the archive it comes from
    ("object_arch", pa.int64()),  # objects.id_arch; this or object_name says which object
    ("object_name", pa.string()),  # any of the object's names
    ("band", pa.string()),  # photosys.band
    ("progid", pa.string()),  # datasources.progid
    ("time", pa.string()),  # the number exactly as the file gives it; see PointBatch.kind and stated
    ("mag", pa.float64()),  # mag
    ("mag_err", pa.float64()),  # mag
    ("mag_diff", pa.float64()),  # mag, differential
    ("mag_diff_err", pa.float64()),  # mag
    ("upper_limit", pa.bool_()),  # true: the star was not seen, and is fainter than the magnitude; null is false
    ("flux", pa.float64()),  # in flux_unit; a magnitude is never made of it
    ("flux_err", pa.float64()),
    ("flux_unit", pa.string()),  # VOUnit, as electron/s or mJy; empty for a relative flux; null where flux is
    ("exptime", pa.float64()),  # s
    ("quality", pa.int32()),  # the source's own quality code
    ("image", pa.string()),  # observations.filename
    ("privileges", pa.string()),  # published where this is "full" or null
    ("metadata", pa.string()),  # the row's further facts as JSON text
])


def points_table(columns):
    """A table of schema POINTS from a dict of columns (Arrow arrays, or what makes one); what is not there is null.

    Raises KeyError for a column that points do not have.
    """
    if unknown := set(columns) - set(POINTS.names):
        raise KeyError(f"points have no column {unknown.pop()!r}")
    n = max(map(len, columns.values()))
    return pa.table([
        pa.nulls(n, column.type) if column.name not in columns else _array(columns[column.name], column.type)
        for column in POINTS
    ], schema=POINTS)  # fmt: skip


def _array(values, kind):
    return values.cast(kind) if isinstance(values, (pa.Array, pa.ChunkedArray)) else pa.array(values, kind)


@dataclass(frozen=True)
class Stated:
    """What a file itself says of its times. What it does not say (None) is as the data source declares it."""

    scale: str | None = None  # UTC, TT, TDB, TAI, TCB
    refposition: str | None = None  # TOPOCENTER, GEOCENTER, HELIOCENTER, BARYCENTER
    point: str | None = None  # of the exposure: start, mid

    def __str__(self):
        """The words that are said, as `TDB BARYCENTER mid`; no two of the three have a word in common."""
        return " ".join(word for word in (self.scale, self.refposition, self.point) if word)


@dataclass(frozen=True)
class PointBatch:
    """Some consecutive rows of a light-curve file, whose times are all of the same frame."""

    points: pa.Table  # schema POINTS
    rejects: list[Reject] = field(default_factory=list)  # rows that are unreadable
    raw: Callable[[int], str] = lambda line: ""  # line number → the row as it was, for later rejects
    kind: str = "JD"  # what the numbers in `time` are: JD, MJD, or as JD-2450000 (photvo.model.time.origin)
    stated: Stated = Stated()
    gaps: int = 0  # rows without a time, or without anything measured at it, which are left out


@dataclass(frozen=True)
class ObjectRecord:
    """One row of an object file. Positions are ICRS, degrees, at `epoch` (Julian year)."""

    line: int
    ra: float
    dec: float
    id_arch: int | None = None
    gaia_name: str | None = None  # the bare Gaia DR3 source_id, as the seed has it
    simbad_name: str | None = None
    ucac4_name: str | None = None
    apass_name: str | None = None
    vsx_name: str | None = None
    other_names: tuple[str, ...] = ()
    object_class: str | None = None
    description: str | None = None
    epoch: float = 2016.0
    var_type: str | None = None
    period: float | None = None  # d
    period_epoch: str | None = None  # the number exactly as the source gives it (JD)
    period_epoch_frame: str | None = None  # its frame, e.g. "HJD UTC"
    mag_max: float | None = None  # brightest, mag
    mag_min: float | None = None  # faintest, mag
    mag_band: str | None = None
    source: str | None = None  # where these facts come from
    raw: str = ""


@dataclass(frozen=True)
class ObjectBatch:
    """A whole object file."""

    objects: list[ObjectRecord]
    rejects: list[Reject] = field(default_factory=list)


@dataclass(frozen=True)
class ReferenceBatch:
    """A whole reference table (observatories, telescopes, instruments, photosys or datasources)."""

    table: str
    rows: list[dict]  # column → value; foreign keys by name, as `observatory` and `telescope`
    lines: list[int]  # line in the file of each row, 1-based
    rejects: list[Reject] = field(default_factory=list)


@dataclass(frozen=True)
class ImageRecord:
    """One FITS image of the sky, as its header has it. Angles in degrees, ICRS, unless said otherwise."""

    path: str  # absolute
    filename: str  # base name less `.fz`, as the seed stores it
    dateobs: str  # ISO 8601, UTC, start of the exposure
    exptime: float | None  # s
    ra: float  # centre
    dec: float
    coordequsrc: str  # "wcs" or "objectequ"
    fov_x: float | None  # rad
    fov_y: float | None  # rad
    band: str | None  # FILTER as the header has it
    telescope: str | None
    instrument: str | None
    object_name: str | None
    mode: str  # "light"
    type: str  # "image"
    naxis1: int
    naxis2: int
    pixel_scale: float | None  # arcsec
    corners: tuple[tuple[float, float], ...] = ()  # ra, dec of the four corners where a WCS gives them
    header: dict = field(default_factory=dict)  # ready for JSON
    warnings: tuple[str, ...] = ()
