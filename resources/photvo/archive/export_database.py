"""The archive as the seed's database: its ten tables, in its own columns and types, as SQL that psql loads.

What its columns have no room for (limits, fluxes, what a file states of its times) is in metadata_lc_json under the key
`photvo`, where `import-database` finds it. `dateobs` is what the seed's scripts make of a file's number, read as a Julian date
in UTC: what it really is, is in datasources.
"""

import gzip

import psycopg2

from photvo.machine import database
from photvo.settings import PhotvoError, say

from .reference import KEYS

SCHEMA = "kolonica_db"
LARGEST_INTEGER = 2**31 - 1

# table → column, the seed's type, where it comes from. A number is that of characters; it grows where a text is longer.
TABLES = {
    "objects": [
        ("id", "integer", "id"), ("coordequ", "spoint", "format('(%s , %s)', long(coordequ), lat(coordequ))"), ("gaia_name", 32, "gaia_name"),
        ("simbad_name", 32, "simbad_name"), ("class", 32, "class"), ("description", 32, "description"), ("ucac4_name", 32, "ucac4_name"),
        ("apass_name", 32, "apass_name"), ("vsx_name", 32, "vsx_name"), ("id_arch", "integer", "id_arch"),
    ],
    "observations": [
        ("id", "integer", "id"), ("dateobs", "timestamp with time zone", "dateobs"), ("accumtime", "numeric(12,4)", "accumtime"),
        ("telescope_id", "integer", "telescope_id"), ("instrument_id", "integer", "instrument_id"), ("fov", "point", "fov"), ("mode", 8, "mode"),
        ("band", 8, "band"), ("coordequ", "spoint", "format('(%s , %s)', long(coordequ), lat(coordequ))"), ("coordequsrc", 16, "coordequsrc"),
        ("type", 8, "type"), ("filename", 32, "filename"), ("path_to_fits", 128, "{path}"),
    ],
    "metadata_obs_json": [("id", "integer", "id"), ("observation_id", "integer", "observation_id"), ("data", "jsonb", "data")],
    "lightcurves": [
        ("id", "integer", "id"), ("object_id", "integer", "object_id"), ("dateobs", "timestamp with time zone", "{date}"),
        ("magnitude", "numeric(12,4)", "magnitude"), ("mag_err", "numeric(12,4)", "mag_err"), ("datasource_id", "integer", "datasource_id"),
        ("photosys_id", "integer", "photosys_id"), ("mag_diff", "numeric(12,4)", "mag_diff"), ("mag_diff_err", "numeric(12,4)", "mag_diff_err"),
        ("id_arch", "integer", "id_arch"), ("observation_id", "integer", "observation_id"), ("quality", "integer", "quality"),
    ],
    "metadata_lc_json": [("id", "bigint", "id"), ("lightcurve_id", "bigint", "lightcurve_id"), ("data", "jsonb", "data")],
}  # fmt: skip
# an image's folder is kept below the inputs where it lies there
_PATH = "CASE WHEN path_to_fits LIKE '/%' THEN path_to_fits ELSE rtrim({inputs} || '/' || path_to_fits, '/') END"
_DATE = """timestamptz 'epoch' + interval '1 microsecond' * round((time_given - 2440587.5
  + CASE split_part(time_frame, ' ', 1) WHEN 'MJD' THEN 2400000.5 WHEN 'JD' THEN 0
    ELSE substr(split_part(time_frame, ' ', 1), 4)::numeric END) * 86400000000)::float8"""
_METADATA = """(
SELECT coalesce(m.id, l.id + (SELECT coalesce(max(id), 0) FROM metadata_lc_json)) AS id, l.id AS lightcurve_id,
  coalesce(m.data, '{}') || CASE WHEN more = '{}' THEN '{}' ELSE jsonb_build_object('photvo', more) END AS data
FROM lightcurves l LEFT JOIN metadata_lc_json m ON m.lightcurve_id = l.id
CROSS JOIN LATERAL (SELECT jsonb_strip_nulls(jsonb_build_object(
  'upper_limit', nullif(upper_limit, false), 'flux', flux, 'flux_err', flux_err, 'flux_unit', flux_unit, 'time_stated', time_stated,
  'image', image, 'exptime', CASE WHEN to_jsonb(exptime) IS DISTINCT FROM m.data->'exp_time' THEN exptime END)) AS more) x
WHERE m.id IS NOT NULL OR more <> '{}') q"""

_HEAD = """-- The tables of a photometry archive, written by `photvo export-database`. Load it into an empty database:
-- psql -v ON_ERROR_STOP=1 -f FILE (gzip -dc FILE | psql -v ON_ERROR_STOP=1, where it is compressed).
-- lightcurves.dateobs is the number in the observer's file, read as a Julian date in UTC; what it counts is in datasources.
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET client_min_messages = warning;
BEGIN;
CREATE EXTENSION IF NOT EXISTS pg_sphere;
"""
_TAIL = """
ALTER TABLE telescopes ADD FOREIGN KEY (observatory_id) REFERENCES observatories;
ALTER TABLE datasources ADD FOREIGN KEY (observatory_id) REFERENCES observatories, ADD FOREIGN KEY (telescope_id) REFERENCES telescopes;
ALTER TABLE observations ADD FOREIGN KEY (telescope_id) REFERENCES telescopes, ADD FOREIGN KEY (instrument_id) REFERENCES instruments;
ALTER TABLE metadata_obs_json ADD FOREIGN KEY (observation_id) REFERENCES observations;
ALTER TABLE lightcurves ADD FOREIGN KEY (object_id) REFERENCES objects, ADD FOREIGN KEY (datasource_id) REFERENCES datasources,
  ADD FOREIGN KEY (photosys_id) REFERENCES photosys, ADD FOREIGN KEY (observation_id) REFERENCES observations;
ALTER TABLE metadata_lc_json ADD FOREIGN KEY (lightcurve_id) REFERENCES lightcurves;
CREATE INDEX ON objects USING gist (coordequ);
CREATE INDEX ON observations USING gist (coordequ);
CREATE INDEX ON metadata_obs_json (observation_id);
CREATE INDEX ON lightcurves (object_id, photosys_id, dateobs);
CREATE INDEX ON lightcurves (observation_id);
CREATE INDEX ON metadata_lc_json (lightcurve_id);
CREATE INDEX ON metadata_lc_json USING gin ((data->'comp_stars') jsonb_path_ops);
COMMIT;
ANALYZE;
"""


def export_database(settings, out, path):
    """Write it to `out` (from `backup.create`), as readonly_user, in one snapshot. `path` is its name; compressed for .gz."""
    connection = database.connect(settings, "readonly", options=f"-c timezone=UTC -c search_path={SCHEMA},public")
    compressed = gzip.GzipFile(fileobj=out, mode="wb", filename="", compresslevel=6) if path.suffix == ".gz" else None
    try:
        connection.set_session("REPEATABLE READ", readonly=True, autocommit=False)
        _Export(settings, connection.cursor(), compressed or out).write()
        if compressed:
            compressed.close()
    except psycopg2.Error as error:
        raise PhotvoError(f"{path}: the database stopped the export: {str(error).strip().splitlines()[0]}") from None
    finally:
        connection.close()
    say(f"{path}: written")


class _Export:
    "one export"

    def __init__(self, settings, cursor, out):
        self.cursor, self.out = cursor, out
        inputs = cursor.mogrify("%s", [str(settings.inputs)]).decode()
        self.words = {"{path}": _PATH.format(inputs=inputs), "{date}": _DATE}

    def _say(self, text):
        self.out.write(text.encode())

    def _row(self, query, parameters=None):
        self.cursor.execute(query, parameters)
        return self.cursor.fetchone()

    def write(self):
        "all of it"
        self._say(_HEAD)
        for table in KEYS:
            self.cursor.execute(
                "SELECT attname, format_type(atttypid, atttypmod), quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass"
                " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum", [table])  # fmt: skip
            self._table(table, self.cursor.fetchall(), table)
        for table, columns in TABLES.items():
            source = _METADATA if table == "metadata_lc_json" else table
            columns = [(name, kind, self.words.get(value, value)) for name, kind, value in columns]
            self._table(table, [(name, self._type(table, name, kind, value), value) for name, kind, value in columns], source)
        self._say(_TAIL)

    def _type(self, table, name, kind, value):
        "the seed's type, or a wider one where a value needs it"
        if isinstance(kind, int):
            longest = self._row(f"SELECT max(char_length({value})) FROM {table}")[0] or 0
            if longest > kind:
                say(f"  note: {table}.{name}: texts of up to {longest} characters; the column is that wide")
            return f"character varying({max(kind, longest)})"
        if name == "id" and kind == "integer" and (self._row(f"SELECT max(id) FROM {table}")[0] or 0) > LARGEST_INTEGER:
            say(f"  note: {table}.id: numbers beyond those of an integer; the column is bigint")
            return "bigint"
        return kind

    def _table(self, table, columns, source):
        defined = []
        for name, kind, _ in columns:
            rest = ""
            if name == "id":
                rest = " GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
            elif name == "gaia_name":
                unnamed = self._row("SELECT count(*) FROM objects WHERE gaia_name IS NULL")[0]
                rest = "" if unnamed else " NOT NULL"
                if unnamed:
                    say(f"  note: objects.gaia_name: {unnamed:,} objects have none; the column may be null")
            defined.append(f"  {name} {kind}{rest}")
        self._say(f"\nCREATE TABLE {table} (\n{f',{chr(10)}'.join(defined)}\n);\n")
        self._say(f"COPY {table} ({', '.join(name for name, *_ in columns)}) FROM stdin;\n")
        select = ", ".join(value for *_, value in columns)
        self.cursor.copy_expert(f"COPY (SELECT {select} FROM {source} ORDER BY id) TO STDOUT", self.out)
        self._say("\\.\n")
        self._say(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table} HAVING max(id) > 0;\n")
