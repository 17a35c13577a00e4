"""Times and airmasses derived anew for points that are in the archive: what their data source declares has changed, or
where the star is. The number that the file gave is still there, so nothing is lost by it."""

import numpy as np
import pyarrow as pa

from . import loader
from .airmass import airmass

BATCH = 100_000

_READ = """
SELECT l.id, l.object_id, l.photosys_id, l.datasource_id, l.time_given::text, split_part(l.time_frame, ' ', 1),
  coalesce(l.time_stated, ''), l.exptime, o.ra, o.dec, l.observation_id
FROM {s}.lightcurves l JOIN {s}.objects o ON o.id = l.object_id WHERE {where} = ANY(%s)"""

# the airmass that the source or the image's header gives, goes before the computed one
_WRITE = """
WITH headers AS MATERIALIZED (
  SELECT observation_id, {s}.airmass_among(data) AS airmass FROM {s}.metadata_obs_json
  WHERE observation_id IN (SELECT observation_id FROM retimed))
UPDATE {s}.lightcurves l SET
  -- a date that another database brought stays as long as nobody says what it is
  dateobs = CASE WHEN l.time_frame = r.time_frame AND r.time_frame LIKE '% unknown %' THEN l.dateobs ELSE r.dateobs END,
  obs_time = r.obs_time, obs_time_utc = r.obs_time_utc,
  time_frame = r.time_frame,
  airmass = coalesce(CASE WHEN m.data ?| '{{airmass,AIRMASS}}' THEN {s}.airmass_among(m.data) END, h.airmass, r.airmass)
FROM retimed r
LEFT JOIN {s}.metadata_lc_json m ON m.lightcurve_id = r.id
LEFT JOIN headers h ON h.observation_id = r.observation_id
WHERE r.id = l.id"""


def sources(session, ids):
    """Derive the times and airmasses of all points of these data sources anew."""
    _derive(session, "l.datasource_id", ids)


def objects(session, ids):
    """Derive the times and airmasses of all points of these objects anew."""
    _derive(session, "l.object_id", ids)


def _derive(session, where, ids):
    if not ids:
        return
    cursor, schema = session.cursor, session.schema
    cursor.execute("""CREATE TEMPORARY TABLE retimed (id bigint, object_id integer, photosys_id integer,
        observation_id integer, dateobs timestamptz, obs_time float8, obs_time_utc float8, airmass real, time_frame text)""")
    by_id = {source.id: source for source in session.known.sources.values()}
    with session.connection.cursor("retime") as reader:  # on the server, so that memory stays flat
        reader.itersize = BATCH
        reader.execute(_READ.format(s=schema, where=where), [list(ids)])
        while rows := reader.fetchmany(BATCH):
            _copy(cursor, rows, by_id)
    cursor.execute("ANALYZE retimed")
    cursor.execute(_WRITE.format(s=schema))
    cursor.execute("INSERT INTO touched SELECT DISTINCT object_id, photosys_id FROM retimed")
    cursor.execute("DROP TABLE retimed")


def _copy(cursor, rows, by_id):
    columns = [np.array(column) for column in zip(*rows)]
    source, kind, stated = columns[3], columns[5], columns[6]
    for key, which, words in sorted(set(zip(source.tolist(), kind.tolist(), stated.tolist()))):
        mine = (source == key) & (kind == which) & (stated == words)
        point, object_id, photosys_id, _, given, _, _, exptime, ra, dec, observation_id = (column[mine] for column in columns)
        ra, dec = ra.astype(float), dec.astype(float)
        dateobs, obs_time, obs_time_utc = by_id[key].derive(
            which, words or None, pa.array(given.tolist(), pa.string()), exptime.astype(float), ra, dec)
        computed = airmass(obs_time_utc, ra, dec, by_id[key].site)
        loader.copy(cursor, "retimed", pa.table({
            "id": point, "object_id": object_id, "photosys_id": photosys_id,
            "observation_id": pa.array(observation_id.tolist(), pa.int32()),
            "dateobs": pa.array(dateobs, pa.timestamp("us", "UTC")),
            "obs_time": pa.array(obs_time, from_pandas=True),
            "obs_time_utc": pa.array(obs_time_utc, from_pandas=True),
            "airmass": pa.array(computed.astype("f4"), from_pandas=True),
            "time_frame": [by_id[key].frame_given(which, words)] * len(point),
        }))
