"""An archive that an earlier version of the programs filled is brought up to date, at the next ingestion."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa

from photvo.model.fetch import fetch
from photvo.products import columns, series, votable
from photvo.settings import say

from . import loader, summaries
from .airmass import airmass
from .sizes import context

#: What is derived of points at their ingestion. A new number: all points get airmass and comparison stars anew.
POINTS = "1"
BATCH = 500_000

_POINTS = """
SELECT l.id, l.datasource_id, l.obs_time_utc, o.ra, o.dec FROM {s}.lightcurves l JOIN {s}.objects o ON o.id = l.object_id
WHERE l.id > {after} ORDER BY l.id LIMIT {batch}"""
_POINT = [("id", "i8"), ("datasource_id", "i4"), ("obs_time_utc", "f8"), ("ra", "f8"), ("dec", "f8")]
# each list once, as in take_points
_SETS = """
WITH lists AS MATERIALIZED (SELECT DISTINCT data->'comp_stars' AS list FROM {s}.metadata_lc_json),
  sets AS MATERIALIZED (SELECT {s}.star_set(list) AS stars FROM lists)
INSERT INTO {s}.comp_sets (stars) SELECT stars FROM sets WHERE stars IS NOT NULL EXCEPT SELECT stars FROM {s}.comp_sets"""
# as in take_points
_WRITE = """
WITH sets AS MATERIALIZED (
  SELECT list, c.id FROM (SELECT DISTINCT data->'comp_stars' AS list FROM {s}.metadata_lc_json) l
  JOIN {s}.comp_sets c ON c.stars = {s}.star_set(list)
), headers AS MATERIALIZED (
  SELECT observation_id, {s}.airmass_among(data) AS airmass FROM {s}.metadata_obs_json
), now AS MATERIALIZED (
  SELECT l.id, sets.id AS comp_set,
    coalesce(CASE WHEN m.data ?| '{{airmass,AIRMASS}}' THEN {s}.airmass_among(m.data) END, h.airmass, r.airmass) AS airmass
  FROM rederived r JOIN {s}.lightcurves l USING (id)
  LEFT JOIN {s}.metadata_lc_json m ON m.lightcurve_id = l.id
  LEFT JOIN headers h ON h.observation_id = l.observation_id
  LEFT JOIN sets ON list = m.data->'comp_stars'
)
UPDATE {s}.lightcurves l SET airmass = now.airmass, comp_set = now.comp_set FROM now
WHERE now.id = l.id AND (now.airmass, now.comp_set) IS DISTINCT FROM (l.airmass, l.comp_set)"""


def bring_up_to_date(session):
    """Derive anew what another version of the programs, or other settings, have derived. Nothing where all is as it
    should be."""
    cursor, schema = session.cursor, session.schema
    cursor.execute(f"SELECT what, version FROM {schema}.derived")
    there, now = dict(cursor.fetchall()), {"points": POINTS, "sizes": _documents(session.settings)}
    if there == now or session.dry_run:
        return
    with session.transaction():
        if there.get("points") != now["points"]:
            _points(session)
            cursor.execute(f"INSERT INTO touched SELECT object_id, photosys_id FROM {schema}.series")
            summaries.refresh(session)
        cursor.execute(
            f"INSERT INTO {schema}.series_due SELECT object_id, photosys_id FROM {schema}.series ON CONFLICT DO NOTHING")
        for what, version in now.items():
            cursor.execute(
                f"INSERT INTO {schema}.derived VALUES (%s, %s) ON CONFLICT (what) DO UPDATE SET version = EXCLUDED.version",
                [what, version],
            )


def _documents(settings):
    """A checksum of all that the size of a light curve as VOTable depends on beside the light curve."""
    digest = hashlib.sha256(repr(context(settings)).encode())
    for module in (votable, columns, series):
        digest.update(Path(module.__file__).read_bytes())
    return digest.hexdigest()


def _points(session):
    cursor, schema = session.cursor, session.schema
    sites = {source.id: source.site for source in session.known.sources.values()}
    cursor.execute("CREATE TEMPORARY TABLE rederived (id bigint, airmass real)")
    last, number = -1, 0
    while len(rows := fetch(cursor, _POINTS.format(s=schema, after=last, batch=BATCH), _POINT)):
        if not number:
            say("airmass and comparison stars of all points are derived anew: they are from an earlier version")
        last, number = rows["id"][-1], number + len(rows)
        computed = np.full(len(rows), np.nan)
        for key in np.unique(rows["datasource_id"]).tolist():
            mine = rows["datasource_id"] == key
            computed[mine] = airmass(*(rows[name][mine] for name in ("obs_time_utc", "ra", "dec")), sites[key])
        loader.copy(cursor, "rederived", pa.table({"id": rows["id"], "airmass": pa.array(computed.astype("f4"), from_pandas=True)}))
    if number:
        cursor.execute("ANALYZE rederived")
        cursor.execute(_SETS.format(s=schema))
        cursor.execute(_WRITE.format(s=schema))
    cursor.execute("DROP TABLE rederived")
