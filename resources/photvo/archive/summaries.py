"""The table `series`: one row an object and band, which SSA and ObsCore show. Kept fresh by plain SQL.

Only the series named in the temporary table `touched` are looked at, in the caller's transaction. Only
published points count; a series without any has no row. What takes more than SQL is in series_stats.py.
"""

from . import series_stats

# each light curve is looked up by itself: sorting the points of all of them would take as long again
_REFRESH = """
WITH l AS MATERIALIZED (
  SELECT t.*, l.* FROM (SELECT DISTINCT object_id, photosys_id FROM touched) t CROSS JOIN LATERAL (
    SELECT count(*) AS npoints,
      -- the middle of the exposure less and plus half of it; where there is no middle, the file's own instant
      min(coalesce(obs_time_utc - coalesce(exptime, 0)::float8 / 172800, given)) AS t_min,
      max(coalesce(obs_time_utc + coalesce(exptime, 0)::float8 / 172800, given)) AS t_max,
      sum(exptime::float8) AS exptime, array_agg(DISTINCT datasource_id) AS datasource_ids,
      (avg(magnitude) FILTER (WHERE NOT upper_limit))::real AS mag_mean,
      (min(magnitude) FILTER (WHERE NOT upper_limit))::real AS mag_min,
      (max(magnitude) FILTER (WHERE NOT upper_limit))::real AS mag_max,
      mode() WITHIN GROUP (ORDER BY flux_unit) FILTER (WHERE flux IS NOT NULL) AS flux_unit
    FROM {s}.lightcurves p CROSS JOIN LATERAL (SELECT extract(epoch FROM p.dateobs)::float8 / 86400 + 40587 AS given) g
    WHERE (p.object_id, p.photosys_id) = (t.object_id, t.photosys_id) AND p.published
  ) l
), vanished AS (
  DELETE FROM {s}.series s USING l WHERE (s.object_id, s.photosys_id) = (l.object_id, l.photosys_id) AND l.npoints = 0
), places AS (
  SELECT datasource_ids, string_agg(DISTINCT b.name, ', ') AS observatories, string_agg(DISTINCT t.name, ', ') AS telescopes
  FROM (SELECT DISTINCT datasource_ids FROM l) d
  JOIN {s}.datasources s ON s.id = ANY(datasource_ids)
  LEFT JOIN {s}.telescopes t ON t.id = s.telescope_id
  LEFT JOIN {s}.observatories b ON b.id = coalesce(s.observatory_id, t.observatory_id)
  GROUP BY datasource_ids
)
INSERT INTO {s}.series ({columns})
SELECT o.id, p.id, p.band,
  coalesce(o.vsx_name, o.simbad_name, 'Gaia DR3 ' || o.gaia_name, o.ucac4_name, o.apass_name),
  ARRAY(SELECT n.name_key FROM {s}.object_names n WHERE n.object_id = o.id ORDER BY 1),
  o.ra, o.dec, o.coordequ, l.npoints, l.t_min, l.t_max, l.exptime, l.mag_mean, l.mag_min, l.mag_max,
  now(), l.datasource_ids, observatories, telescopes, l.flux_unit
FROM l
JOIN {s}.objects o ON o.id = l.object_id
JOIN {s}.photosys p ON p.id = l.photosys_id
JOIN places USING (datasource_ids)
ON CONFLICT (object_id, photosys_id) DO UPDATE SET {changes}"""
_COLUMNS = """object_id photosys_id band name names ra dec coordequ npoints t_min t_max exptime mag_mean mag_min mag_max
  revision datasource_ids observatories telescopes flux_unit""".split()


def refresh(session):
    """Write the rows of the series in `touched` anew, in the caller's transaction."""
    cursor, schema = session.cursor, session.schema
    cursor.execute("SELECT FROM touched LIMIT 1")
    if not cursor.rowcount:
        return
    cursor.execute("ANALYZE touched")
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS)
    cursor.execute(_REFRESH.format(s=schema, columns=", ".join(_COLUMNS), changes=changes))
    if cursor.rowcount:
        series_stats.refresh(session)


def touch_objects(cursor, schema, object_ids):
    """Add all series of these objects to `touched`: a name or a position has changed."""
    cursor.execute(
        f"INSERT INTO touched SELECT object_id, photosys_id FROM {schema}.series WHERE object_id = ANY(%s)",
        [list(object_ids)],
    )
