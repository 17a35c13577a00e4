"""The rows of a query as a NumPy array, by COPY in binary."""

import io

import numpy as np

_MISSING = {"f": "'NaN'", "i": "0"}


def fetch(cursor, query, dtype):
    """The rows of `query`, which has the columns of `dtype` (floats and integers), as a structured array.

    Null floats are NaN, null integers 0: so every row has the same layout, and NumPy reads it as it is. PostgreSQL spends
    most on each field that it sends: four numbers go as one, a line segment, but for integers that a float8 does not hold.
    """
    dtype = np.dtype(dtype)
    alone = [name for name in dtype.names if dtype[name] == "i8"]
    others = [name for name in dtype.names if name not in alone]
    segments = [others[k : k + 4] for k in range(0, len(others), 4)]
    value = {name: f"coalesce({name}, {_MISSING[dtype[name].kind]})::float8" for name in others}
    columns = [f"coalesce({name}, 0)::int8" for name in alone]
    columns += ["lseg(point({}, {}), point({}, {}))".format(*map(value.get, names), *["0"] * (4 - len(names))) for names in segments]
    buffer = io.BytesIO()
    cursor.copy_expert(f"COPY (SELECT {', '.join(columns)} FROM ({query}) q) TO STDOUT (FORMAT binary)", buffer)
    # a row: the number of fields, then of each its length and its bytes, in network order
    wire = np.dtype(
        [("fields", ">i2")]
        + [item for name in alone for item in ((f"{name} length", ">i4"), (name, ">i8"))]
        + [item for k in range(len(segments)) for item in ((f"{k} length", ">i4"), (f"{k}", ">f8", 4))]
    )
    # 19 bytes of header before the rows, 2 bytes of trailer behind them
    data = np.frombuffer(buffer.getbuffer()[19:-2], wire)
    rows = np.empty(len(data), dtype)
    for name in alone:
        rows[name] = data[name]
    for k, names in enumerate(segments):
        for at, name in enumerate(names):
            rows[name] = data[f"{k}"][:, at]
    return rows
