"""NumPy columns into a table by COPY in PostgreSQL's binary form."""

import io

import numpy as np

_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL = b"\xff\xff"


def copy(cursor, target, columns):
    """COPY n rows into `target`. `columns` is name → n values: floats, integers, booleans, of the table's own widths, or
    bytes of one length.

    What is null is NaN in a float, the least number of its type in an integer (as the reader has it), and b"".
    """
    if not len(next(iter(columns.values()))):
        return
    stream = io.BytesIO(b"".join((_HEAD, *_rows(columns), _TAIL)))
    cursor.copy_expert(f"COPY {target} ({', '.join(columns)}) FROM STDIN (FORMAT binary)", stream, 1 << 20)


def _rows(columns):
    """The rows as bytes. Rows with nulls in the same columns have the same layout, and are written together."""
    nulls = {name: _is_null(values) for name, values in columns.items()}
    some = [name for name, null in nulls.items() if null is not None and null.any()]
    if not some:
        yield _pack(columns, (), slice(None))
        return
    pattern = np.packbits(np.stack([nulls[name] for name in some], 1), axis=1)
    width = pattern.shape[1]
    distinct, which = np.unique(np.ascontiguousarray(pattern).view(f"V{width}")[:, 0], return_inverse=True)
    order = np.argsort(which, kind="stable")
    ends = np.cumsum(np.bincount(which, minlength=len(distinct)))
    for start, end in zip([0, *ends], ends):
        rows = order[start:end]
        yield _pack(columns, {name for name in some if nulls[name][rows[0]]}, rows)


def _is_null(values):
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind == "S":
        return values == b""
    return values == np.iinfo(values.dtype).min if values.dtype.kind == "i" else None


def _pack(columns, absent, rows):
    layout = [("fields", ">i2")]
    for name, values in columns.items():
        layout.append((f"{name} length", ">i4"))
        if name not in absent:
            layout.append((name, values.dtype.newbyteorder(">")))
    n = len(next(iter(columns.values()))[rows])
    out = np.empty(n, layout)
    out["fields"] = len(columns)
    for name, values in columns.items():
        out[f"{name} length"] = -1 if name in absent else values.dtype.itemsize
        if name not in absent:
            out[name] = values[rows]
    return out.tobytes()
