"""The table series_stats: how light curves behave, and their sizes, kept fresh for those that have changed.

A few that a file has touched are done in its transaction; many of them wait in the table series_due for the end of
the ingestion, since a first load would otherwise do all of them again for each of its files.
"""

import numpy as np
import pyarrow as pa

from photvo.model.fetch import fetch
from photvo.products import series
from photvo.products.series import UNCLEAN
from photvo.readers.source import ahead

from . import loader, statistics
from .sizes import context, sizes
from .writer import Writer

#: So many points are done within a file's transaction.
AT_ONCE = 100_000
#: So many are in memory at a time.
CHUNK = 50_000

_DUE = "SELECT object_id, photosys_id, npoints FROM {s}.series JOIN {which} USING (object_id, photosys_id)"
_TOUCHED = "(SELECT DISTINCT object_id, photosys_id FROM touched) t"
_POINTS = """
SELECT p.id, p.object_id, p.photosys_id, p.obs_time, p.obs_time_utc, p.mag, p.mag_err, p.exptime, p.flags, p.datasource_id,
  p.observation_id
FROM {s}.points p JOIN unnest('{{{objects}}}'::int[], '{{{systems}}}'::int[]) AS w(object_id, photosys_id)
  ON p.object_id = w.object_id AND p.photosys_id = w.photosys_id
WHERE p.object_id BETWEEN {low} AND {high}"""
_SERIES = [("object_id", "i4"), ("photosys_id", "i4")]
_POINT = [
    ("id", "i8"), *_SERIES, ("obs_time", "f8"), ("obs_time_utc", "f8"), ("mag", "f8"), ("mag_err", "f8"), ("exptime", "f8"),
    ("flags", "i4"), ("datasource_id", "i4"), ("observation_id", "i4"),
]  # fmt: skip


def refresh(session):
    """The statistics of the series in `touched`, now or, if they are many, by `finish`; in the caller's transaction."""
    cursor, schema = session.cursor, session.schema
    due = _due(session, _TOUCHED)
    if due["npoints"].sum() > AT_ONCE:
        cursor.execute(
            f"INSERT INTO {schema}.series_due SELECT object_id, photosys_id FROM {schema}.series"
            f" JOIN {_TOUCHED} USING (object_id, photosys_id) ON CONFLICT DO NOTHING"
        )
    else:
        _compute(session, due)


def finish(session, committed=False):
    """The statistics of all series that wait, in the caller's transaction. Returns their number.

    `committed` says that the points are: another connection can then read the next ones meanwhile.
    """
    due = _due(session, f"{session.schema}.series_due")
    _compute(session, due, committed)
    session.cursor.execute(f"DELETE FROM {session.schema}.series_due")
    return len(due)


def _due(session, which):
    query = _DUE.format(s=session.schema, which=which)
    return np.sort(fetch(session.cursor, query, [*_SERIES, ("npoints", "i4")]))


def _compute(session, due, committed=False):
    here, known = context(session.settings), {}
    chunk = (np.cumsum(due["npoints"], dtype="i8") - 1) // CHUNK
    parts = [part for part in np.split(due, np.flatnonzero(np.diff(chunk)) + 1) if len(part)]
    if committed and len(parts) > 1:
        with session.beside() as cursor, Writer() as writer:
            for read in ahead(_read, ((cursor, session.collection, part) for part in parts), 1):
                writer.write(_write, session, _columns(*read, here, known))
    else:
        for part in parts:
            _write(session, _columns(*_read(session.cursor, session.collection, part), here, known))


def _read(cursor, collection, due):
    "some series, their points, what is known of them, and their images"
    objects, systems = due["object_id"].tolist(), due["photosys_id"].tolist()
    points = fetch(cursor, _POINTS.format(
        s=f"{collection}_db", objects=str(objects)[1:-1], systems=str(systems)[1:-1], low=min(objects), high=max(objects)), _POINT)  # fmt: skip
    return due, points, series.find_many(cursor, collection, objects, systems), series.images(cursor, collection, points)


def _columns(due, points, found, images, here, known):
    """The columns of series_stats for some series, a dict of arrays."""
    i = np.searchsorted(_key(due), _key(points))
    time, scale = times(i, len(due), points)
    order = np.lexsort((points["id"], time, i))
    points, i, time = points.take(order), i[order], time[order]  # points[order] takes 30 times as long
    return {
        "object_id": due["object_id"],
        "photosys_id": due["photosys_id"],
        **measures(i, len(due), points, time),
        "time_scale": scale,
        "size": sizes(found, i, points, images, here, known),
    }


def _key(rows):
    return rows["object_id"].astype("i8") << 32 | rows["photosys_id"]


def measures(i, k, points, time):
    """What `statistics` computes of the points of k light curves, which stand together in order of `time` (d)."""
    good = (points["flags"] & (UNCLEAN | series.FLUX_ONLY)) == 0
    return {
        **statistics.of_magnitudes(i[good], k, time[good], points["mag"][good], points["mag_err"][good]),
        **statistics.of_times(i, k, time),
        **statistics.of_exposures(i, k, points["exptime"]),
    }


def times(i, k, points):
    """The times (d) of points, and their scales by series: barycentric ones, or those at the telescope where a series
    has more of these. The two are never mixed in a series."""
    known = [np.bincount(i[np.isfinite(points[name])], minlength=k) for name in ("obs_time", "obs_time_utc")]
    utc = known[1] > known[0]
    scale = np.where(utc, "UTC", np.where(known[0] > 0, "TDB", None))
    return np.where(utc[i], points["obs_time_utc"], points["obs_time"]), scale


def _write(session, columns):
    cursor, schema = session.cursor, session.schema
    cursor.execute(f"CREATE TEMPORARY TABLE computed AS SELECT {', '.join(columns)} FROM {schema}.series_stats WITH NO DATA")
    loader.copy(cursor, "computed", pa.table({
        name: pa.array(values.tolist(), pa.string()) if values.dtype == object else pa.array(values, from_pandas=True)
        for name, values in columns.items()
    }))  # fmt: skip
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in (*columns, "revision"))
    cursor.execute(
        f"INSERT INTO {schema}.series_stats ({', '.join(columns)}, revision)"
        f" SELECT {', '.join(f'c.{name}' for name in columns)}, s.revision"
        f" FROM computed c JOIN {schema}.series s USING (object_id, photosys_id) ORDER BY object_id, photosys_id"
        f" ON CONFLICT (object_id, photosys_id) DO UPDATE SET {changes}"
    )
    cursor.execute("DROP TABLE computed")
