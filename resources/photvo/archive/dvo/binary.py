"""NumPy columns into a table by COPY in PostgreSQL's binary form."""

import numpy as np

_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL = b"\xff\xff"
_BLOCK = 1024  # rows packed at a time: both forms of them fit into the processor's cache
_SENT = 1 << 17  # bytes sent at a time


def copy(cursor, target, columns):
    """COPY n rows into `target`. `columns` is name → n values: floats, integers, booleans, of the table's own widths, or
    bytes of one length.

    What is null is NaN in a float, the least number of its type in an integer (as the reader has it), and b"".
    """
    if len(next(iter(columns.values()))):
        send(cursor, target, *pack(columns))


def pack(columns):
    """The rows as `send` takes them: the names of the columns that are not null in all rows, and a list of arrays of bytes."""
    nulls = {name: null for name, values in columns.items() if (null := _is_null(values)) is not None and null.any()}
    columns = {name: values for name, values in columns.items() if name not in nulls or not nulls[name].all()}
    which = _patterns(len(next(iter(columns.values()))), [nulls[name] for name in columns if name in nulls])
    usual = np.bincount(which).argmax()
    pieces = []
    for pattern, first in zip(*np.unique(which, return_index=True)):
        absent = {name for name in columns if name in nulls and nulls[name][first]}
        if pattern == usual:
            pieces.append(_pack(columns, absent, which == usual))
        else:
            rows = np.flatnonzero(which == pattern)
            pieces.append(_pack({name: values[rows] for name, values in columns.items()}, absent))
    return list(columns), pieces


def send(cursor, target, names, pieces):
    """COPY rows that `pack` has made."""
    cursor.copy_expert(f"COPY {target} ({', '.join(names)}) FROM STDIN (FORMAT binary)", _Stream(pieces), _SENT)


class _Stream:
    """What COPY reads: head, rows and tail."""

    def __init__(self, pieces):
        views = (memoryview(piece).cast("B") for piece in (_HEAD, *pieces, _TAIL))
        self._parts = (bytes(view[start : start + _SENT]) for view in views for start in range(0, len(view), _SENT))

    def read(self, _):
        return next(self._parts, b"")


def _is_null(values):
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind == "S":
        return values == b""
    return values == np.iinfo(values.dtype).min if values.dtype.kind == "i" else None


def _patterns(n, nulls):
    """A small number for each of n rows, the same for rows that are null in the same columns."""
    which = np.zeros(n, "i8")
    for start in range(0, len(nulls), 40):
        for null in nulls[start : start + 40]:
            which = which << 1 | null
        which = np.unique(which, return_inverse=True)[1]
    return which


def _pack(columns, absent, wanted=None):
    """The rows that are `wanted`, by a boolean each (all where None), in which the columns `absent` are null: (n, width) bytes."""
    n = len(next(iter(columns.values())))
    layout = [("fields", ">i2")]
    for name, values in columns.items():
        layout.append((f"{name} length", ">i4"))
        if name not in absent:
            layout.append((name, values.dtype.newbyteorder(">")))
    block = np.zeros(_BLOCK, layout)
    block["fields"] = len(columns)
    for name, values in columns.items():
        block[f"{name} length"] = -1 if name in absent else values.dtype.itemsize
    block_bytes = block.view("u1").reshape(_BLOCK, -1)
    out = np.empty((n if wanted is None else np.count_nonzero(wanted), block.itemsize), "u1")
    place = 0
    for start in range(0, n, _BLOCK):
        rows = slice(start, min(start + _BLOCK, n))
        filled = block[: rows.stop - start]
        for name, values in columns.items():
            if name not in absent:
                filled[name] = values[rows]
        packed = block_bytes[: len(filled)] if wanted is None else block_bytes[: len(filled)][wanted[rows]]
        out[place : place + len(packed)] = packed
        place += len(packed)
    return out
