"""What is published where in the sky, when and in which light, for the records of the registry.
Run as `python -m photvo.machine.coverage`.

Computed from the published tables after an ingestion and kept where DaCHS looks for it, in dc.rdmeta. (`dachs limits`
would bring statistics of all columns along, as attributes of /tables that no schema knows without a network.)
"""

from photvo.machine import dachs

#: HEALPix order of the sky maps: pixels of 0.9°.
ORDER = 6
INTERVAL = 10  # s, between looks at what has changed
JOULE_METRE = 1.986445857e-25  # Planck's constant times the speed of light

# the cells first, of which there are few: to put those of ten million objects in order takes minutes
_PLACES = (
    "(SELECT ('{order}/' || string_agg(cell::text, ','))::smoc FROM"
    " (SELECT DISTINCT healpix_nest({order}, spoint(radians(ra), radians(dec))) AS cell FROM {table}) cells)"
)
_EXTENT = "min(t_min) AS t_min, max(t_max) AS t_max, min(em_min) AS em_min, max(em_max) AS em_max"
#: Descriptor → for each table that it may publish, how that is asked.
TABLES = {
    "lightcurves": {"ts_ssa": f"SELECT {_PLACES} AS moc, {_EXTENT} FROM {{table}}"},
    "images": dict.fromkeys(
        ("images", "obs_images"), f"SELECT sum(smoc({{order}}, s_region)) AS moc, {_EXTENT} FROM {{table}}"),
    "objects": {"objects":
        f"SELECT {_PLACES} AS moc, NULL::float8 AS t_min, NULL::float8 AS t_max, NULL::float8 AS em_min, NULL::float8 AS em_max"},
}  # fmt: skip
#: The columns that this takes.
NEEDED = {
    "lightcurves": {"ra", "dec", "t_min", "t_max", "em_min", "em_max"},
    "images": {"s_region", "t_min", "t_max", "em_min", "em_max"},
    "objects": {"ra", "dec"},
}
#: The descriptor of the tables, which has all of them.
ALL = "db"
#: Services over all collections.
EVERYWHERE = ("__system__/tap", "__system__/obscore")
_WRITE = """
WITH c AS (SELECT sum(moc)::text AS moc, min(t_min) AS t_min, max(t_max) AS t_max, min(em_min) AS em_min, max(em_max) AS em_max FROM ({query}) q)
UPDATE dc.rdmeta SET spatial = moc,
  temporal = CASE WHEN t_min IS NOT NULL THEN ARRAY[t_min, t_max] END,
  spectral = CASE WHEN em_min IS NOT NULL THEN ARRAY[{factor} / em_max, {factor} / em_min] END
FROM c WHERE sourcerd = %(descriptor)s"""

_WRITE_ALL = """
WITH c AS (SELECT sum(spatial::smoc)::text AS moc, min(temporal[1]) AS t_min, max(temporal[2]) AS t_max,
  min(spectral[1]) AS low, max(spectral[2]) AS high FROM dc.rdmeta WHERE sourcerd = ANY(%(parts)s))
UPDATE dc.rdmeta SET spatial = moc, temporal = CASE WHEN t_min IS NOT NULL THEN ARRAY[t_min, t_max] END,
  spectral = CASE WHEN low IS NOT NULL THEN ARRAY[low, high] END
FROM c WHERE sourcerd = ANY(%(services)s)"""


def refresh_everywhere(collections):
    """Write the coverage of the services over all collections anew, from what theirs is."""
    from gavo import base

    with base.getWritableAdminConn() as connection:
        parts = [f"{collection}/{ALL}" for collection in collections]
        connection.execute(_WRITE_ALL, {"parts": parts, "services": list(EVERYWHERE)})


def refresh(collection):
    """Write the coverage of a collection's descriptors anew. Runs where DaCHS is set up."""
    from gavo import base

    with base.getWritableAdminConn() as connection:
        everything = []
        for name, tables in TABLES.items():
            queries = [
                query.format(table=f"{collection}.{table}", order=ORDER)
                for table, query in tables.items() if NEEDED[name] <= _columns(connection, collection, table)
            ]  # fmt: skip
            _write(connection, f"{collection}/{name}", queries)
            everything += queries
        _write(connection, f"{collection}/{ALL}", everything)


def _columns(connection, schema, table):
    "names of the columns of a table; none where there is no such table"
    query = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%(table)s) AND attnum > 0"
    return {name for (name,) in connection.query(query, {"table": f"{schema}.{table}"})}


def _write(connection, descriptor, queries):
    if queries:
        query = _WRITE.format(query=" UNION ALL ".join(queries), factor=JOULE_METRE)
        connection.execute(query.replace("%(", "\0").replace("%", "%%").replace("\0", "%("), {"descriptor": descriptor})


def keep_fresh(names):
    """In the server: what has changed in dc.rdmeta since the descriptors were loaded goes into their metadata."""
    from gavo import base
    from twisted.internet import task, threads

    shown = {}

    def read():
        with base.getTableConn() as connection:
            query = "SELECT sourcerd, spatial, temporal, spectral FROM dc.rdmeta WHERE sourcerd = ANY(%(names)s)"
            return list(connection.query(query, {"names": [*names, *EVERYWHERE]}))

    def show(rows):
        for name, spatial, temporal, spectral in rows:
            if shown.get(name) == (spatial, temporal, spectral):
                continue
            shown[name] = spatial, temporal, spectral
            descriptor = base.caches.getRD(name)
            for key, value in (
                ("spatial", spatial), ("temporal", temporal and "%.10g %.10g" % tuple(temporal)), ("spectral", spectral and "%.10g %.10g" % tuple(spectral)),
            ):  # fmt: skip
                descriptor.delMeta(f"coverage.{key}")
                if value:
                    descriptor.addMeta(f"coverage.{key}", value)

    def look():
        # whatever fails: a LoopingCall whose function fails ends
        return threads.deferToThread(read).addCallback(show).addErrback(lambda failure: base.ui.notifyError(f"coverage: {failure.value}"))

    task.LoopingCall(look).start(INTERVAL)


if __name__ == "__main__":
    published = [folder.name for folder in dachs.collections()]
    for name in published:
        refresh(name)
    refresh_everywhere(published)
