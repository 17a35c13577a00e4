"""All tables but the points of a database that is imported: checked against each other, with their ids, into ours.

A row that is in the archive already, by what names it, keeps the id that it has there; a new one keeps its own, unless
another row has that.
"""

import psycopg2

from photvo.settings import PhotvoError

from . import images
from .reference import KEYS

#: Columns of the reference tables that refer to another of them.
REFERS = {"observatory_id": "observatories", "telescope_id": "telescopes"}
NAMES = ("gaia_name", "simbad_name", "ucac4_name", "apass_name", "vsx_name")
OBJECTS = ("id", "coordequ", *NAMES, "class", "description", "id_arch", "epoch")
OBSERVATIONS = ("id", "dateobs", "accumtime", "telescope_id", "instrument_id", "fov", "mode", "band", "coordequ", "coordequsrc",
                "type", "filename", "path_to_fits")  # fmt: skip

_REFUSE = """
WITH refused AS (DELETE FROM incoming WHERE reason IS NOT NULL RETURNING *)
INSERT INTO {s}.ingest_rejects (file_id, line, reason, row)
SELECT %s, id, '{what} ' || id || ': ' || reason, (to_jsonb(refused) - 'reason' - 'ours')::text FROM refused"""
_MAP = "INSERT INTO mapped SELECT '{what}', id, ours FROM incoming"

_SAME_OBJECTS = """
UPDATE incoming i SET ours = coalesce(g.id, a.id, n.id),
  reason = CASE WHEN g.id <> a.id THEN format('its gaia_name is that of object %s in the archive, its id_arch that of %s', g.id, a.id)
    WHEN g.id IS NULL AND a.gaia_name <> i.gaia_name THEN format('its id_arch is that of object %s in the archive', a.id)
    WHEN g.id_arch <> i.id_arch THEN format('object %s in the archive has its gaia_name and another id_arch', g.id) END
FROM incoming j LEFT JOIN {s}.objects g ON g.gaia_name = j.gaia_name LEFT JOIN {s}.objects a ON a.id_arch = j.id_arch
LEFT JOIN {s}.objects n ON n.id = j.id AND j.gaia_name IS NULL
  AND (n.gaia_name, n.simbad_name, n.ucac4_name, n.apass_name, n.vsx_name)
  IS NOT DISTINCT FROM (j.gaia_name, j.simbad_name, j.ucac4_name, j.apass_name, j.vsx_name)
WHERE i.id = j.id AND i.reason IS NULL"""
_WRONG_OBJECTS = """
UPDATE incoming i SET reason = CASE
  WHEN long IS NULL THEN 'it has no position (coordequ)'
  WHEN num_nonnulls(gaia_name, simbad_name, ucac4_name, apass_name, vsx_name) = 0 THEN 'it has no name at all'
  WHEN gaia_first < i.id THEN format('object %s has the same gaia_name', gaia_first)
  WHEN arch_first < i.id THEN format('object %s has the same id_arch', arch_first)
  {widths} END
FROM (SELECT id, CASE WHEN gaia_name IS NOT NULL THEN min(id) OVER (PARTITION BY gaia_name) END AS gaia_first,
        CASE WHEN id_arch IS NOT NULL THEN min(id) OVER (PARTITION BY id_arch) END AS arch_first FROM incoming) f
WHERE f.id = i.id"""
_OBJECT_NAMES = """
INSERT INTO {s}.object_names SELECT i.ours, name, {s}.name_key(name) FROM incoming i CROSS JOIN LATERAL
  unnest(ARRAY[gaia_name, simbad_name, ucac4_name, apass_name, vsx_name, 'Gaia DR3 ' || gaia_name]) WITH ORDINALITY AS n(name, place)
WHERE name IS NOT NULL AND new ORDER BY i.ours, place ON CONFLICT DO NOTHING"""

_WRONG_OBSERVATIONS = """
UPDATE incoming i SET reason = CASE
  WHEN filename IS NULL THEN 'it has no filename'
  WHEN dateobs IS NULL THEN 'it has no dateobs'
  WHEN long IS NULL THEN 'it has no position (coordequ)'
  WHEN file_first < i.id THEN format('observation %s has the same filename', file_first)
  {widths} END
FROM (SELECT id, min(id) OVER (PARTITION BY filename) AS file_first FROM incoming) f WHERE f.id = i.id"""
_WRONG_HEADERS = """
UPDATE incoming i SET reason = CASE
  WHEN dst IS NULL THEN format('observation %s, which it belongs to, is not there, or was not taken', observation_id)
  WHEN data IS NULL THEN 'it has no data' WHEN first < i.id THEN format('it is a second one for observation %s', observation_id) END
FROM (SELECT id, dst, min(id) OVER (PARTITION BY observation_id) AS first
  FROM incoming LEFT JOIN mapped ON (what, src) = ('observations', observation_id)) f WHERE f.id = i.id"""


class Tables:
    """The import of these tables in a Session's transaction. `notes` and `counts` (table → rows read, rows taken) tell of it."""

    def __init__(self, session, origin, file_id, paths):
        self.session, self.cursor, self.schema, self.origin = session, session.cursor, session.schema, origin
        self.file_id, self.paths = file_id, paths
        self.notes, self.counts = [], {}
        self.cursor.execute(
            "CREATE TEMPORARY TABLE mapped (what text, src bigint, dst bigint, PRIMARY KEY (what, src)) ON COMMIT DROP")

    def _do(self, query, parameters=None, **words):
        self.cursor.execute(query.format(s=self.schema, **words), parameters)
        return self.cursor.rowcount

    def _types(self, table):
        "our columns that can be written: name → (type, number of characters or None)"
        self._do("SELECT attname, format_type(atttypid, NULL), nullif(atttypmod, -1) - 4 FROM pg_attribute"
                 " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
                 [f"{self.schema}.{table}"])  # fmt: skip
        return {name: (kind, width if kind == "character varying" else None) for name, kind, width in self.cursor}

    def matched(self, table, ours, needed=("id",)):
        matched, others = self.origin.matched(table, ours)
        if others:
            self.notes.append(f"{table}: left out, since there is no such column here: {', '.join(others)}")
        missing = [name for name in ours if name not in matched]
        if missing:
            self.notes.append(f"{table}: not there, and so unknown: {', '.join(missing)}"
                              f" (--column {table}.{missing[0]}=THEIRS names a column)")  # fmt: skip
        if lacking := [name for name in needed if name not in matched]:
            raise PhotvoError(f"{self.origin.name}: the table {table} has no column {lacking[0]}; if it has another name there,"
                              f" give --column {table}.{lacking[0]}=THEIRS")  # fmt: skip
        return matched

    def reference(self, table):
        """One of the reference tables, row by row."""
        key, types = KEYS[table], self._types(table)
        columns = self.matched(table, types)
        if key not in columns:
            self.notes.append(f"{table}: its rows are called '{table} ID', since there is no {key}; it can be changed in ours")
        select = ", ".join(f"{theirs}::text AS {name}" for name, theirs in columns.items())
        rows = [dict(zip(columns, row)) for row in self.origin.rows(f"SELECT {select} FROM {table} ORDER BY {columns['id']}")]
        self._do(f"SELECT {key}, id FROM {{s}}.{table}")
        there, taken = dict(self.cursor.fetchall()), 0
        for row in rows:
            source, raw = int(row["id"]), str(row)
            row.setdefault(key, f"{table} {source}")
            if row[key] not in there:
                ours = self._reference_row(table, row, source, raw)
                if ours is None:
                    continue
                there[row[key]], taken = ours, taken + 1
            self._do("INSERT INTO mapped VALUES (%s, %s, %s)", [table, source, there[row[key]]])
        self.counts[table] = len(rows), taken
        self.advance(table)

    def _reference_row(self, table, row, source, raw):
        "the id of a row that is new, None where it is refused"
        for column in REFERS.keys() & row.keys():
            if row[column] is not None:
                self._do("SELECT dst FROM mapped WHERE (what, src) = (%s, %s)", [REFERS[column], row[column]])
                found = self.cursor.fetchone()
                if not found:
                    self._reject(source, f"{table} {source}: {column} {row[column]} is not there; taken without", raw)
                row[column] = found[0] if found else None
        self._do(f"SELECT CASE WHEN EXISTS (SELECT FROM {{s}}.{table} WHERE id = %s) THEN NULL ELSE %s END", [source, source])
        (row["id"],) = self.cursor.fetchone()
        if row["id"] is None:
            del row["id"]
        try:
            self._do("SAVEPOINT reference")
            names = ", ".join(row)
            self._do(f"INSERT INTO {{s}}.{table} ({names}) VALUES ({', '.join(['%s'] * len(row))}) RETURNING id", list(row.values()))
            return self.cursor.fetchone()[0]
        except (psycopg2.DataError, psycopg2.IntegrityError) as error:
            self._do("ROLLBACK TO SAVEPOINT reference")
            self._reject(source, f"{table} {source}: {str(error).splitlines()[0]}", raw)
            return None

    def _reject(self, line, reason, row):
        self._do("INSERT INTO {s}.ingest_rejects (file_id, line, reason, row) VALUES (%s, %s, %s, %s)",
                 [self.file_id, line, reason, row])  # fmt: skip

    def _incoming(self, table, columns, needed):
        "the table there into a temporary table `incoming`; returns its columns and the number of rows"
        types = self._types(table)
        matched = self.matched(table, columns, needed)
        defined, selected = [], []
        for name, theirs in matched.items():
            if name == "coordequ":  # pgSphere writes 15 digits only
                defined += ["long double precision", "lat double precision"]
                selected += [f"long({theirs})", f"lat({theirs})"]
            else:
                kind, width = types[name]
                defined.append(f"{name} {'bigint' if kind == 'integer' else 'text' if width else kind}")
                selected.append(theirs)
        self._do(f"CREATE TEMPORARY TABLE incoming ({', '.join(defined)}, ours bigint, new boolean DEFAULT false, reason text) ON COMMIT DROP")
        names = ", ".join(part.split()[0] for part in defined)
        self.origin.stream(f"SELECT {', '.join(selected)} FROM {table}",
                           lambda rows: self.cursor.copy_expert(f"COPY incoming ({names}) FROM STDIN (FORMAT csv)", rows))  # fmt: skip
        for name in set(columns) - set(matched):
            kind = "text" if types[name][1] else types[name][0]
            self._do("ALTER TABLE incoming " + ("ADD long double precision, ADD lat double precision" if name == "coordequ" else f"ADD {name} {kind}"))
        widths = " ".join(f"WHEN char_length({name}) > {types[name][1]} THEN '{name} has more than {types[name][1]} characters'"
                          for name in columns if types[name][1])  # fmt: skip
        self._do("ANALYZE incoming; SELECT count(*) FROM incoming")
        return matched, self.cursor.fetchone()[0], widths

    def _take(self, table, columns, values):
        "those rows of `incoming` that are left and new into the table; returns their number"
        self._do(_REFUSE, [self.file_id], what=table)
        self._do("UPDATE incoming SET new = true WHERE ours IS NULL")
        self._do(f"UPDATE incoming i SET ours = i.id WHERE new AND NOT EXISTS (SELECT FROM {{s}}.{table} t WHERE t.id = i.id)")
        self.advance(table, "SELECT max(id) FROM incoming")
        if changed := self._do(f"UPDATE incoming SET ours = nextval('{{s}}.{table}_id_seq') WHERE ours IS NULL"):
            self.notes.append(f"{table}: {changed:,} rows got other ids, since the archive has those already")
        taken = self._do(f"INSERT INTO {{s}}.{table} (id, {', '.join(columns)}) SELECT ours, {', '.join(values)} FROM incoming WHERE new")
        self._do(_MAP, what=table)
        return taken

    def advance(self, table, more="SELECT 0"):
        "the next number that the table gives is none that it has; setval is not undone, which costs no more than a gap"
        self._do(f"SELECT setval('{{s}}.{table}_id_seq', top) FROM (SELECT greatest((SELECT max(id) FROM {{s}}.{table}), ({more})) AS top) t,"
                 f" {{s}}.{table}_id_seq WHERE top >= last_value")  # fmt: skip

    def objects(self):
        """The objects, with all their names."""
        matched, read, widths = self._incoming("objects", OBJECTS, ("id", "coordequ"))
        texts = [*NAMES, "class", "description"]
        self._do("UPDATE incoming SET " + ", ".join(f"{name} = nullif(nullif(trim({name}), ''), '--')" for name in texts))
        self._do(_WRONG_OBJECTS, widths=widths)
        self._do(_SAME_OBJECTS)
        columns = [name for name in OBJECTS if name in matched and name != "id"]
        values = ["spoint(long, lat)" if name == "coordequ" else "coalesce(epoch, 2016)" if name == "epoch" else name for name in columns]
        self.counts["objects"] = read, self._take("objects", columns, values)
        self._do(_OBJECT_NAMES)
        self._do("DROP TABLE incoming")

    def observations(self):
        """The images and their headers. Points that wait for one of them find it."""
        matched, read, widths = self._incoming("observations", OBSERVATIONS, ("id", "filename", "dateobs", "coordequ"))
        self._do("UPDATE incoming SET filename = nullif(trim(filename), ''), path_to_fits = " + self._mapped_path(), self._path_values())
        self._do(_WRONG_OBSERVATIONS, widths=widths)
        self._do("UPDATE incoming i SET ours = b.id FROM {s}.observations b WHERE b.filename = i.filename")
        for column, table in (("telescope_id", "telescopes"), ("instrument_id", "instruments")):
            self._do(f"""WITH missing AS (SELECT id, {column} AS key FROM incoming i WHERE {column} IS NOT NULL AND reason IS NULL
                  AND NOT EXISTS (SELECT FROM mapped WHERE (what, src) = ('{table}', {column}))),
                told AS (INSERT INTO {{s}}.ingest_rejects (file_id, line, reason)
                  SELECT %s, id, format('observations %%s: {column} %%s is not there; taken without', id, key) FROM missing)
                UPDATE incoming i SET {column} = m.dst FROM incoming j LEFT JOIN mapped m ON (what, src) = ('{table}', j.{column})
                WHERE i.id = j.id AND j.{column} IS NOT NULL""", [self.file_id])
        columns = [name for name in OBSERVATIONS if name in matched and name != "id"]
        values = ["spoint(long, lat)" if name == "coordequ" else name for name in columns]
        self.counts["observations"] = read, self._take("observations", columns, values)
        # those that are there already follow a path that is mapped now
        self._do("UPDATE {s}.observations b SET path_to_fits = i.path_to_fits FROM incoming i WHERE b.id = i.ours AND NOT new"
                 " AND b.path_to_fits IS DISTINCT FROM i.path_to_fits AND i.path_to_fits IS NOT NULL"
                 " AND NOT EXISTS (SELECT FROM {s}.observation_files f WHERE f.observation_id = b.id)")  # fmt: skip
        self._do("SELECT ours FROM incoming WHERE new")
        new = [row[0] for row in self.cursor]
        self._do("DROP TABLE incoming")
        self._headers()
        images.link(self.cursor, self.schema, new)

    def _headers(self):
        _, read, _ = self._incoming("metadata_obs_json", ("id", "observation_id", "data"), ("id", "observation_id", "data"))
        self._do(_WRONG_HEADERS)
        self._do("UPDATE incoming i SET observation_id = m.dst FROM mapped m WHERE (what, src) = ('observations', observation_id) AND reason IS NULL")
        self._do("UPDATE incoming i SET ours = h.id FROM {s}.metadata_obs_json h WHERE h.observation_id = i.observation_id AND reason IS NULL")
        self.counts["metadata_obs_json"] = read, self._take(
            "metadata_obs_json", ("observation_id", "data"), ("observation_id", "data"))
        self._do("DROP TABLE incoming")

    def _mapped_path(self):
        when = "WHEN path_to_fits = %s OR starts_with(path_to_fits, %s) THEN %s || substr(path_to_fits, %s) " * len(self.paths)
        return f"CASE {when} ELSE path_to_fits END" if when else "path_to_fits"

    def _path_values(self):
        inputs, values = str(self.session.settings.inputs), []
        # the longest, which is the most particular, first
        for old, new in sorted(self.paths.items(), key=lambda item: -len(item[0])):
            # as the archive has it: below the inputs without them
            new = "" if new == inputs else new.removeprefix(f"{inputs}/")
            values += [old, f"{old}/", new, len(old) + (1 if new else 2)]
        return values
