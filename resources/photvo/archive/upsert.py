"""A handful of rows into a table that has a key: new ones are added, changed ones changed, equal ones left alone."""

import pyarrow as pa

from . import loader


def upsert(cursor, target, key, rows, identity="id"):
    """Put `rows` (list of dict, all with the same columns) into `target`, whose column `key` is unique.

    Returns {key value: (value of `identity`, True where the row is new)} of those that made a difference.
    """
    if not rows:
        return {}
    columns = list(rows[0])
    table = pa.table({
        name: array if array.type != pa.null() else array.cast(pa.string())
        for name in columns for array in [pa.array([row[name] for row in rows])]
    })
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
