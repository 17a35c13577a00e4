"""The reference tables into the database: observatories, telescopes, instruments, photosys, datasources."""

from photvo.model.batch import Reject

from . import retime
from .upsert import upsert

#: In the order of their foreign keys; table → the column that names a row.
KEYS = {"observatories": "name", "telescopes": "name", "instruments": "name", "photosys": "band",
        "datasources": "progid"}  # fmt: skip
REFERS = {"observatory": "observatories", "telescope": "telescopes"}


def rank(path):
    """The place of a table's file among those that refer to each other; other files come last."""
    tables = list(KEYS)
    return tables.index(path.stem) if path.stem in tables else len(tables)


def take(session, batch, counts):
    """Take a ReferenceBatch in. What hangs on a changed row follows: times of points, summaries."""
    cursor, schema, key = session.cursor, session.schema, KEYS[batch.table]
    counts.read += len(batch.rows) + len(batch.rejects)
    counts.reject(batch.rejects)
    names = {}
    for table in set(REFERS.values()):
        cursor.execute(f"SELECT name, id FROM {schema}.{table}")
        names[table] = dict(cursor.fetchall())
    rows = {}
    for row, line in zip(batch.rows, batch.lines):
        row, reason = dict(row), None
        for column in [name for name in REFERS if name in row]:
            name = row.pop(column)
            row[f"{column}_id"] = names[REFERS[column]].get(name)
            if name is not None and row[f"{column}_id"] is None:
                reason = f"{column} {name!r} is not in the table {REFERS[column]} ({REFERS[column]}.csv)"
        if row[key] in rows:
            reason = f"{key} {row[key]!r} is there twice; the first one is taken"
        if reason:
            counts.reject([Reject(line, reason, ",".join("" if v is None else str(v) for v in row.values()))])
        else:
            rows[row[key]] = row
    changed = upsert(cursor, f"{schema}.{batch.table}", key, list(rows.values()))
    counts.accepted += len(rows)
    session.known.reload_reference(cursor)
    old = [identity for identity, new in changed.values() if not new]
    if old:
        _follow(session, batch.table, old)


def _follow(session, table, ids):
    "what depends on changed rows of a reference table"
    cursor, schema = session.cursor, session.schema
    if table == "photosys":
        cursor.execute(
            f"INSERT INTO touched SELECT object_id, photosys_id FROM {schema}.series WHERE photosys_id = ANY(%s)", [ids])
    elif table != "instruments":
        cursor.execute(_SOURCES[table].format(s=schema), [ids])
        retime.sources(session, [row[0] for row in cursor.fetchall()])


#: The data sources that stand on a row of a table.
_SOURCES = {
    "datasources": "SELECT unnest(%s)",
    "telescopes": "SELECT id FROM {s}.datasources WHERE telescope_id = ANY(%s)",
    "observatories": """SELECT d.id FROM {s}.datasources d LEFT JOIN {s}.telescopes t ON t.id = d.telescope_id
        WHERE coalesce(d.observatory_id, t.observatory_id) = ANY(%s)""",
}
