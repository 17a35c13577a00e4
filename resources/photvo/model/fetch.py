"""The rows of a query as a NumPy array, by COPY in binary."""

import io

import numpy as np

_MISSING = {"f": "'NaN'", "i": "0"}
#: How so many numbers go as one field.
_PACKED = {1: "{}", 2: "point({}, {})", 4: "lseg(point({}, {}), point({}, {}))"}


def fetch(cursor, query, dtype, names=None):
    """The rows of `query` as a structured array. It has those columns of `dtype` that are in `names`, all unless told: floats and
    integers; the others are 0.

    Null floats are NaN, null integers 0: so every row has the same layout, and NumPy reads it as it is. PostgreSQL spends
    most on each field that it sends: four numbers go as one, a line segment, but for integers that a float8 does not hold.
    """
    dtype = np.dtype(dtype)
    names = names or dtype.names
    alone = [name for name in names if dtype[name] == "i8"]
    others = [name for name in names if name not in alone]
    packs = [others[k : k + 4] for k in range(0, len(others), 4)]
    columns, wire = [], [("fields", ">i2")]
    for name in alone:
        columns.append(f"coalesce({name}, 0)::int8")
        wire += [(f"{name} length", ">i4"), (name, ">i8")]
    for k, pack in enumerate(packs):
        values = [f"coalesce({name}, {_MISSING[dtype[name].kind]})::float8" for name in pack]
        width = len(values) if len(values) in _PACKED else 4
        columns.append(_PACKED[width].format(*values, *["0"] * (width - len(values))))
        wire += [(f"{k} length", ">i4"), (f"{k}", ">f8", (width,))]
    buffer = io.BytesIO()
    cursor.copy_expert(f"COPY (SELECT {', '.join(columns)} FROM ({query}) q) TO STDOUT (FORMAT binary)", buffer)
    # 19 bytes of header before the rows, 2 bytes of trailer behind them; a row is the number of fields, then of each its
    # length and its bytes, in network order
    data = np.frombuffer(buffer.getbuffer()[19:-2], wire)
    rows = np.zeros(len(data), dtype)
    for name in alone:
        rows[name] = data[name]
    for k, pack in enumerate(packs):
        for at, name in enumerate(pack):
            rows[name] = data[f"{k}"][:, at]
    return rows
