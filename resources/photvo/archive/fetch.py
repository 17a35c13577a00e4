"""The rows of a query as a NumPy array, by COPY in binary."""

import io

import numpy as np

_CAST = {"f": "coalesce({0}, 'NaN')::float{1} AS {0}", "i": "coalesce({0}, 0)::int{1} AS {0}"}


def fetch(cursor, query, dtype):
    """The rows of `query`, which has the columns of `dtype` (floats and integers), as a structured array.

    Null floats are NaN, null integers 0: so every row has the same layout, and NumPy reads it as it is.
    """
    dtype = np.dtype(dtype)
    columns = ", ".join(_CAST[dtype[name].kind].format(name, dtype[name].itemsize) for name in dtype.names)
    buffer = io.BytesIO()
    cursor.copy_expert(f"COPY (SELECT {columns} FROM ({query}) q) TO STDOUT (FORMAT binary)", buffer)
    # a row: the number of fields, then of each its length and its bytes, in network order
    wire = np.dtype(
        [("fields", ">i2")]
        + [item for name in dtype.names for item in ((f"{name} length", ">i4"), (name, dtype[name].newbyteorder(">")))]
    )
    # 19 bytes of header before the rows, 2 bytes of trailer behind them
    data = np.frombuffer(buffer.getbuffer()[19:-2], wire)
    rows = np.empty(len(data), dtype)
    for name in dtype.names:
        rows[name] = data[name]
    return rows
