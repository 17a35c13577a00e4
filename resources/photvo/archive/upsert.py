"""Some rows into a table that has a key: new ones are added, changed ones changed, equal ones left alone."""

import pyarrow as pa

from . import loader


def upsert(cursor, target, key, rows, identity="id"):
    """Put `rows` (list of dict, all with the same columns) into `target`, whose column `key` is unique.

    Returns {key value: (value of `identity`, True where the row is new)} of those that made a difference.
    """
    if not rows:
        return {}
    table = _table(rows)
    columns = table.column_names
    names = ", ".join(columns)
    cursor.execute(f"CREATE TEMPORARY TABLE incoming AS SELECT {names} FROM {target} WITH NO DATA")
    loader.copy(cursor, "incoming", table)
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns)
    # compared as text: spoint and point have no equality that would do here
    old, new = (f"ROW({', '.join(f'{which}.{name}' for name in columns)})::text" for which in ("t", "EXCLUDED"))
    cursor.execute(
        f"INSERT INTO {target} AS t ({names}) SELECT {names} FROM incoming ON CONFLICT ({key}) DO UPDATE"
        f" SET {changes} WHERE {old} IS DISTINCT FROM {new} RETURNING {key}, {identity}, xmax = 0"
    )
    changed = {row[0]: row[1:] for row in cursor}
    cursor.execute("DROP TABLE incoming")
    return changed


def insert(cursor, target, rows):
    """Put `rows` (as for `upsert`) into `target`: rows that it does not have."""
    if rows:
        loader.copy(cursor, target, _table(rows))


def _table(rows):
    arrays = {name: pa.array([row[name] for row in rows]) for name in rows[0]}
    return pa.table({name: array.cast(pa.string()) if array.type == pa.null() else array for name, array in arrays.items()})
