"""NumPy columns into a table by COPY in PostgreSQL's binary form."""

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np

_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL = b"\xff\xff"
_BLOCK = 1024  # rows packed at a time: both forms of them fit into the processor's cache


class Writer:
    """What is written to one connection, in a thread: the next rows are made meanwhile.

    Within the `with` block nothing else may use the connection.
    """

    def __init__(self):
        self._thread, self._last = ThreadPoolExecutor(1), None

    def add(self, write, *arguments):
        """Have write(*arguments) called once what was added before is written. Raises what went wrong with that."""
        self._wait()
        self._last = self._thread.submit(write, *arguments)

    def _wait(self):
        last, self._last = self._last, None
        if last:
            last.result()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self._wait()
        finally:
            self._thread.shutdown()


def copy(cursor, target, columns):
    """COPY n rows into `target`. `columns` is name → n values: floats, integers, booleans, of the table's own widths, or
    bytes of one length.

    What is null is NaN in a float, the least number of its type in an integer (as the reader has it), and b"".
    """
    if len(next(iter(columns.values()))):
        send(cursor, target, columns, pack(columns))


def pack(columns):
    """The rows as `send` takes them, bytes."""
    return b"".join((_HEAD, *_rows(columns), _TAIL))


def send(cursor, target, names, packed):
    """COPY rows that `pack` has made of the columns `names`."""
    cursor.copy_expert(f"COPY {target} ({', '.join(names)}) FROM STDIN (FORMAT binary)", io.BytesIO(packed), 1 << 20)


def _rows(columns):
    """The rows as bytes. Rows with nulls in the same columns have the same layout, and are written together."""
    nulls = {name: _is_null(values) for name, values in columns.items()}
    some = [name for name, null in nulls.items() if null is not None and null.any()]
    if not some:
        yield _pack(columns, (), np.arange(len(next(iter(columns.values())))))
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
    empty = np.zeros((), layout)
    empty["fields"] = len(columns)
    for name, values in columns.items():
        empty[f"{name} length"] = -1 if name in absent else values.dtype.itemsize
    out = np.empty(len(rows), layout)
    for start in range(0, len(out), _BLOCK):
        block, some = out[start : start + _BLOCK], rows[start : start + _BLOCK]
        block[...] = empty
        for name, values in columns.items():
            if name not in absent:
                block[name] = values[some]
    return out.view("u1")
