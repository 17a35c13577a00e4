"""Out of the archive: observations, nights, objects, data sources, what a file brought.

In the seed's order, in one transaction, under the lock of the one ingester; summaries and the log follow in it.
"""

import os
from datetime import date
from pathlib import Path

from photvo.machine import background
from photvo.settings import PhotvoError, say

from . import series_stats, summaries
from .ingest import ANALYZE_POINTS
from .known import name_key
from .session import Session

LARGEST_ID = 2**31 - 1
SHOWN = 10  # files

# of a point or an image: MJD in UTC (a barycentric time is near enough to tell a night), and degrees east of Greenwich
_EAST = "coalesce(CASE WHEN o.longitude > 180 THEN o.longitude - 360 ELSE o.longitude END, 0)"
_POINTS_OF_NIGHT = """
INSERT INTO gone_points SELECT l.id FROM {s}.lightcurves l
JOIN (SELECT d.id, {east} AS east FROM {s}.datasources d LEFT JOIN {s}.telescopes t ON t.id = d.telescope_id
      LEFT JOIN {s}.observatories o ON o.id = coalesce(d.observatory_id, t.observatory_id)) d ON d.id = l.datasource_id
WHERE coalesce(obs_time_utc, extract(epoch FROM dateobs)::float8 / 86400 + 40587, obs_time) + %(turn)s * east / 360 - %(begin)s
  BETWEEN 0 AND 0.9999999999 ON CONFLICT DO NOTHING"""
_IMAGES_OF_NIGHT = """
INSERT INTO gone_observations SELECT b.id FROM {s}.observations b
LEFT JOIN {s}.telescopes t ON t.id = b.telescope_id LEFT JOIN {s}.observatories o ON o.id = t.observatory_id
WHERE extract(epoch FROM dateobs)::float8 / 86400 + 40587 + %(turn)s * {east} / 360 - %(begin)s BETWEEN 0 AND 0.9999999999
ON CONFLICT DO NOTHING"""

# a point that is there without an image already, by all else that tells points apart, goes with its image
_DETACH = """
WITH mine AS (
  SELECT l.id, b.filename,
    row_number() OVER (PARTITION BY object_id, photosys_id, datasource_id, time_given ORDER BY l.id) = 1
    AND NOT EXISTS (SELECT FROM {s}.lightcurves x WHERE x.observation_id IS NULL
      AND (x.object_id, x.photosys_id, x.datasource_id, x.time_given) = (l.object_id, l.photosys_id, l.datasource_id, l.time_given)
    ) AS alone
  FROM {s}.lightcurves l JOIN gone_observations g ON g.id = l.observation_id JOIN {s}.observations b ON b.id = g.id
), kept AS (
  UPDATE {s}.lightcurves l SET observation_id = NULL, image = filename FROM mine WHERE mine.id = l.id AND alone
  RETURNING object_id, photosys_id
), doubled AS (
  INSERT INTO gone_points SELECT id FROM mine WHERE NOT alone ON CONFLICT DO NOTHING
)
INSERT INTO touched SELECT object_id, photosys_id FROM kept"""

_POINTS = """
WITH gone AS (DELETE FROM {s}.lightcurves l USING gone_points g WHERE l.id = g.id RETURNING file_id, object_id, photosys_id)
INSERT INTO gone_rows SELECT file_id, object_id, photosys_id, count(*) FROM gone GROUP BY 1, 2, 3"""
_IMAGE_FILES = """
WITH gone AS (DELETE FROM {s}.observation_files f USING gone_observations g WHERE f.observation_id = g.id RETURNING file_id)
INSERT INTO gone_rows SELECT file_id, NULL, NULL, count(*) FROM gone GROUP BY 1"""
_LOG = """
UPDATE {s}.ingest_log f SET rows_deleted = rows_deleted + gone.n,
  status = CASE WHEN EXISTS (SELECT FROM {s}.lightcurves WHERE file_id = f.id)
    OR EXISTS (SELECT FROM {s}.observation_files WHERE file_id = f.id) THEN status ELSE 'deleted' END
FROM (SELECT file_id, sum(n) AS n FROM gone_rows GROUP BY 1) gone WHERE gone.file_id = f.id RETURNING path"""


def delete(settings, kind, names, *, keep_points=False, utc=False, dry_run=False, collection="kolonica"):
    """Delete what is named, all of it or nothing, and say what went. `kind` is observation, night, object, source or
    file.

    keep_points: the points measured on a deleted observation stay, without it. utc: a night is a day of UTC, not from
    noon to noon where the telescope stands. A dry run only says what would go. Returns {table: number of rows}.
    Raises PhotvoError where something named is not there.
    """
    if keep_points and kind != "observation":
        raise PhotvoError("--keep-points goes with an observation: the points of anything else go with it")
    with Session(settings, collection, dry_run) as session, session.transaction():
        deletion = _Deletion(session, keep_points, utc)
        for name in names:
            getattr(deletion, kind)(name)
        counts, files = deletion.run()
    tables = [f"{number:,} rows of {table}" for table, number in counts.items() if number]
    say(f"{'would delete' if dry_run else 'deleted'}: {', '.join(tables) or 'nothing: no rows hang on it'}")
    for path in files[:SHOWN]:
        say(f"  from {path}, which is not taken in again unless it changes or is named to `photvo ingest`")
    if len(files) > SHOWN:
        say(f"  and from {len(files) - SHOWN:,} files more")
    if not dry_run:
        background.ask_for_periods(settings)
    return counts


class _Deletion:
    "what is to go, gathered in temporary tables"

    def __init__(self, session, keep_points, utc):
        self.session, self.cursor, self.schema = session, session.cursor, session.schema
        self.keep_points, self.utc = keep_points, utc
        self.objects, self.sources, self.files = [], [], []
        self.cursor.execute(
            "CREATE TEMPORARY TABLE gone_points (id bigint PRIMARY KEY) ON COMMIT DROP;"
            "CREATE TEMPORARY TABLE gone_observations (id integer PRIMARY KEY) ON COMMIT DROP;"
            "CREATE TEMPORARY TABLE gone_rows (file_id integer, object_id integer, photosys_id integer, n bigint) ON COMMIT DROP"
        )

    def _do(self, query, parameters=None):
        self.cursor.execute(query.format(s=self.schema, east=_EAST), parameters)
        return self.cursor.rowcount

    def _find(self, query, parameters):
        self._do(query, parameters)
        return [row[0] for row in self.cursor]

    def _points(self, column, ids):
        return self._do(f"INSERT INTO gone_points SELECT id FROM {{s}}.lightcurves WHERE {column} = ANY(%s) ON CONFLICT DO NOTHING", [ids])

    def _observations(self, ids):
        return self._do("INSERT INTO gone_observations SELECT unnest(%s::int[]) ON CONFLICT DO NOTHING", [ids])

    def observation(self, name):
        """By file name, else by id."""
        found = self._find("SELECT id FROM {s}.observations WHERE filename = %s", [name])
        if not found and _is_id(name):
            found = self._find("SELECT id FROM {s}.observations WHERE id = %s", [int(name)])
        if not found:
            raise PhotvoError(f"observation {name}: the archive has none of that file name or id")
        self._observations(found)

    def night(self, name):
        """By date: of its evening, or in UTC."""
        try:
            begin = date.fromisoformat(name).toordinal() - date(1858, 11, 17).toordinal()
        except ValueError:
            raise PhotvoError(f"night {name}: expected a date as in 2021-10-22") from None
        when = {"turn": 0, "begin": begin} if self.utc else {"turn": 1, "begin": begin + 0.5}
        if not self._do(_POINTS_OF_NIGHT, when) + self._do(_IMAGES_OF_NIGHT, when):
            meant = "day in UTC" if self.utc else "night (from noon to noon, local mean solar time; --utc is the day in UTC)"
            raise PhotvoError(f"night {name}: the archive has nothing of that {meant}")

    def object(self, name):
        """By any of its names, or by id."""
        if _is_id(name):
            found = self._find("SELECT id FROM {s}.objects WHERE id = %s", [int(name)])
        else:
            found = self._find("SELECT object_id FROM {s}.object_names WHERE name_key = %s ORDER BY 1", [name_key(name)])
        if len(found) > 1:
            raise PhotvoError(f"object {name}: several have that name: give the id of the one you mean, {' or '.join(map(str, found))}")
        if not found:
            raise PhotvoError(f"object {name}: the archive has none of that name or id")
        self._points("object_id", found)
        self.objects += found

    def source(self, name):
        """By progid."""
        found = self._find("SELECT id FROM {s}.datasources WHERE progid = %s", [name])
        if not found:
            known = ", ".join(self._find("SELECT progid FROM {s}.datasources ORDER BY 1", None))
            raise PhotvoError(f"data source {name}: the archive has none of that progid; it has {known or 'none at all'}")
        self._points("datasource_id", found)
        self.sources += found

    def file(self, name):
        """By its path in the log, or where it lies."""
        inputs, lies = self.session.settings.inputs / self.session.collection, Path(os.path.abspath(name))
        names = [name, str(lies.relative_to(inputs)) if lies.is_relative_to(inputs) else str(lies)]
        self._do("SELECT id, path, format FROM {s}.ingest_log WHERE path = ANY(%s)", [names])
        entry = self.cursor.fetchone()
        if not entry:
            raise PhotvoError(f"file {name}: the log has no such file (`photvo psql -c 'SELECT path FROM ingest_log'` lists them)")
        key, path, kind = entry
        if kind.endswith(("-objects", "-reference")):
            raise PhotvoError(f"file {path}: it brought neither points nor images; delete its objects or data sources by name")
        images = self._find("SELECT observation_id FROM {s}.observation_files WHERE file_id = %s", [key])
        if not self._points("file_id", [key]) + self._observations(images):
            raise PhotvoError(f"file {path}: nothing of it is in the archive")
        self.files.append(key)

    def run(self):
        """Delete it. Returns ({table: number of rows}, paths of the files that brought something of it)."""
        do = self._do
        if self.keep_points:
            do(_DETACH)
        else:
            do("INSERT INTO gone_points SELECT l.id FROM {s}.lightcurves l JOIN gone_observations g ON g.id = l.observation_id"
               " ON CONFLICT DO NOTHING")  # fmt: skip
        self.cursor.execute("ANALYZE gone_points; ANALYZE gone_observations")
        counts = {"metadata_lc_json": do("DELETE FROM {s}.metadata_lc_json m USING gone_points g WHERE m.lightcurve_id = g.id")}
        do(_POINTS)
        self.cursor.execute("SELECT coalesce(sum(n), 0)::bigint FROM gone_rows")
        (counts["lightcurves"],) = self.cursor.fetchone()
        counts["metadata_obs_json"] = do(
            "DELETE FROM {s}.metadata_obs_json m USING gone_observations g WHERE m.observation_id = g.id")
        do(_IMAGE_FILES)
        counts["observations"] = do("DELETE FROM {s}.observations b USING gone_observations g WHERE b.id = g.id")
        do("INSERT INTO touched SELECT DISTINCT object_id, photosys_id FROM gone_rows WHERE object_id IS NOT NULL")
        summaries.refresh(self.session)
        counts["objects"] = do("DELETE FROM {s}.objects WHERE id = ANY(%s)", [self.objects])
        counts["datasources"] = do("DELETE FROM {s}.datasources WHERE id = ANY(%s)", [self.sources])
        files = sorted(self._find(_LOG, None))
        # it is not written down which file brought an object or a data source: each that may have is taken again when it is named
        do("UPDATE {s}.ingest_log SET rows_deleted = rows_deleted + 1 WHERE %s AND format = 'kolonica-objects'"
           " OR %s AND format = 'kolonica-reference' AND path LIKE '%%datasources.csv'", [bool(self.objects), bool(self.sources)])  # fmt: skip
        do("UPDATE {s}.ingest_log SET status = 'deleted' WHERE id = ANY(%s)", [self.files])
        do("DELETE FROM {s}.ingest_rejects WHERE file_id IN (SELECT id FROM {s}.ingest_log WHERE status = 'deleted')")
        series_stats.finish(self.session)
        if counts["lightcurves"] >= ANALYZE_POINTS:
            do("SELECT {s}.analyze_tables()")
        return counts, files


def _is_id(name):
    return name.isdecimal() and int(name) <= LARGEST_ID
