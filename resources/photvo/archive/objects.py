"""Objects into the database, with all their names and what is known of their variability.

An object is told by id_arch, else by its Gaia name, else by any other name. One that is there already is completed:
a value in the file replaces the one in the table, an empty field leaves it.
"""

import pyarrow as pa

from photvo.model.batch import Reject

from . import loader, retime, summaries
from .known import name_key
from .upsert import upsert

NAMES = ("gaia_name", "simbad_name", "ucac4_name", "apass_name", "vsx_name")
COLUMNS = ("id", "ra", "dec", "epoch", "id_arch", *NAMES, "class", "description")
VARIABILITY = ("var_type", "period", "period_epoch", "epoch_frame", "mag_max", "mag_min", "band", "source")


def take(session, batch, counts):
    """Take an ObjectBatch in. Times and summaries of objects that moved or changed names follow."""
    cursor, schema = session.cursor, session.schema
    counts.read += len(batch.objects) + len(batch.rejects)
    counts.reject(batch.rejects)
    tables = _Tables(cursor, schema)
    lines = {}  # object id → line in this file
    before = {}  # object id → row and names as they were
    for record in batch.objects:
        try:
            key = tables.identify(record)
            if key in lines:
                raise ValueError(f"the object is on line {lines[key]} already; the first one is taken")
        except ValueError as reason:
            counts.reject([Reject(record.line, str(reason), record.raw)])
            continue
        before[key] = tables.objects.get(key), dict(tables.names.get(key, {}))
        lines[key] = record.line
        tables.complete(key, record)
        counts.accepted += 1
    changed = _write(cursor, schema, tables, before)
    counts.repeated = counts.accepted - len(changed)
    counts.accepted = len(changed)
    session.known.reload_objects(cursor)
    old = {key: row for key, (row, _) in before.items() if row and key in changed}
    summaries.touch_objects(cursor, schema, old)
    retime.objects(session, [key for key, row in old.items() if _moved(row, tables.objects[key])])


def _moved(old, new):
    "by more than the last digits, which go to and from radians in the table"
    return max(abs(old["ra"] - new["ra"]), abs(old["dec"] - new["dec"])) > 1e-9


class _Tables:
    "the objects as they are, and by what they are known"

    def __init__(self, cursor, schema):
        self.cursor, self.schema = cursor, schema
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM {schema}.objects")
        self.objects = {row[0]: dict(zip(COLUMNS, row)) for row in cursor}
        cursor.execute(f"SELECT object_id, {', '.join(VARIABILITY)} FROM {schema}.variability")
        self.variability = {row[0]: dict(zip(VARIABILITY, row[1:])) for row in cursor}
        self.names, self.by_name = {}, {}
        cursor.execute(f"SELECT object_id, name FROM {schema}.object_names")
        for key, name in cursor:
            self._add_name(key, name)
        self.by_arch = {o["id_arch"]: key for key, o in self.objects.items() if o["id_arch"] is not None}
        self.by_gaia = {o["gaia_name"]: key for key, o in self.objects.items() if o["gaia_name"]}

    def _add_name(self, key, name):
        self.names.setdefault(key, {}).setdefault(name_key(name), name)
        self.by_name.setdefault(name_key(name), set()).add(key)

    def identify(self, record):
        "the id of the record's object, a new one where it is new; ValueError where that is not clear"
        arch, gaia = self.by_arch.get(record.id_arch), self.by_gaia.get(record.gaia_name)
        if arch is not None:
            if gaia is not None and gaia != arch:
                raise ValueError(f"Gaia DR3 {record.gaia_name} is another object's, that with id_arch "
                                 f"{self.objects[gaia]['id_arch']}")  # fmt: skip
            return arch
        if gaia is None:
            named = set()
            for name in filter(None, (getattr(record, column) for column in NAMES)):
                named |= self.by_name.get(name_key(name), set())
            # of the same name, but known to be another star
            named = {key for key in named if not self._differs(key, record)}
            if len(named) > 1:
                raise ValueError("its names belong to several objects; give its id_arch or its Gaia name")
            gaia = named.pop() if named else None
        if gaia is not None:
            other = self.objects[gaia]["id_arch"]
            if record.id_arch is not None and other is not None:
                raise ValueError(f"the object is in the archive with id_arch {other}, here it has {record.id_arch}")
            return gaia
        self.cursor.execute(f"SELECT nextval('{self.schema}.objects_id_seq')")
        return self.cursor.fetchone()[0]

    def _differs(self, key, record):
        there = self.objects[key]
        return any(
            mine is not None and there[column] is not None and mine != there[column]
            for column, mine in (("gaia_name", record.gaia_name), ("id_arch", record.id_arch))
        )

    def complete(self, key, record):
        "what the record says, into the tables here"
        old = self.objects.get(key, {})
        new = {column: getattr(record, column) for column in ("ra", "dec", "epoch", "id_arch", *NAMES, "description")}
        new["class"] = record.object_class
        for name in (old.get(column) for column in NAMES):  # a name that is corrected is no longer one of its names
            if name:
                self.names.get(key, {}).pop(name_key(name), None)
        self.names.get(key, {}).pop(name_key(f"Gaia DR3 {old.get('gaia_name')}"), None)
        merged = {name: new.get(name) if new.get(name) is not None else old.get(name) for name in COLUMNS}
        self.objects[key] = {**merged, "id": key}
        for name in (*(merged[column] for column in NAMES), *record.other_names):
            if name:
                self._add_name(key, name)
        if merged["gaia_name"]:
            self.by_gaia[merged["gaia_name"]] = key
            self._add_name(key, f"Gaia DR3 {merged['gaia_name']}")
        if merged["id_arch"] is not None:
            self.by_arch[merged["id_arch"]] = key
        facts = (record.var_type, record.period, record.period_epoch, record.period_epoch_frame, record.mag_max,
                 record.mag_min, record.mag_band, record.source)  # fmt: skip
        if any(fact is not None for fact in facts):
            self.variability[key] = dict(zip(VARIABILITY, facts))


def _write(cursor, schema, tables, before):
    "the objects in `before` into the tables; returns those that differ from what was there"
    rows = [dict(tables.objects[key]) for key in before]
    for row in rows:
        row["coordequ"] = f"({row.pop('ra')!r}d, {row.pop('dec')!r}d)"
    changed = set(upsert(cursor, f"{schema}.objects", "id", rows))
    facts = [{"object_id": key, **tables.variability[key]} for key in before if key in tables.variability]
    changed |= set(upsert(cursor, f"{schema}.variability", "object_id", facts, "object_id"))
    renamed = [key for key, (_, names) in before.items() if names != tables.names[key]]
    cursor.execute(f"DELETE FROM {schema}.object_names WHERE object_id = ANY(%s)", [renamed])
    rows = [(key, name, short) for key in renamed for short, name in tables.names[key].items()]
    if rows:
        object_id, name, short = map(list, zip(*rows))
        loader.copy(cursor, f"{schema}.object_names",
                    pa.table({"object_id": object_id, "name": name, "name_key": short}))  # fmt: skip
    return changed | set(renamed)
