"""Raw rows of a table to physical units, by its layout: the same columns for every version.

A column that a file's version lacks is null. Null is NaN in a float, the least number of its type in an
integer, "" in text; `is_null` tells.
"""

import numpy as np

from ...model.batch import ReadError
from .layouts import KINDS

_BLOCK = 8192  # rows turned at a time: both forms of them fit into the processor's cache


def null(dtype):
    """The null of a type."""
    dtype = np.dtype(dtype)
    return np.iinfo(dtype).min if dtype.kind == "i" else np.nan if dtype.kind == "f" else dtype.type()


def is_null(values):
    """Where an array of one of our columns is null, as booleans."""
    return np.isnan(values) if values.dtype.kind == "f" else values == null(values.dtype)


def dtype(layout, names=None):
    """The dtype of a physical row with the columns `names` of a layout (all of them where None)."""
    return np.dtype([(name, *layout[name].dtype) for name in (layout if names is None else names)])


def require(table, layout, names):
    """Raise ReadError where a table lacks one of the columns `names`, or stores one as DVO never does."""
    for name in names:
        if not any(ttype in table.dtype.names for ttype in layout[name].sources):
            raise ReadError(
                table.path, f"table {table.extname} has no column {layout[name].sources[0]}; is it a DVO's?"
            )
    physical(table, np.empty(0, table.dtype), layout)


def physical(table, raw, layout, out=None, names=None):
    """Raw rows of a table as a structured array in physical units; into the columns of `out` (structured, or a dict of arrays)
    where given."""
    if out is None:
        out = np.empty(len(raw), dtype(layout, names))
    stored = {}
    for name in layout if names is None else names:
        stored[name] = next((ttype for ttype in layout[name].sources if ttype in raw.dtype.names), None)
        if stored[name] is None:
            out[name][...] = null(out[name].dtype)
    with np.errstate(all="ignore"):
        for start in range(0, max(len(raw), 1), _BLOCK):
            block = slice(start, start + _BLOCK)
            for name, ttype in stored.items():
                if ttype is not None:
                    _fill_checked(table, out[name][block], raw[ttype][block], layout[name])
    return out


def load(table, layout, start=0, stop=None, names=None):
    """Rows [start, stop) of a table in physical units; what is on disk is read block by block."""
    start, stop, _ = slice(start, stop).indices(table.rows)
    out = np.empty(max(stop - start, 0), dtype(layout, names))
    for first in range(0, len(out), 8 * _BLOCK):
        part = out[first : first + 8 * _BLOCK]
        physical(table, table.read(start + first, start + first + len(part)), layout, part, names)
    return out


def _fill_checked(table, target, stored, column):
    try:
        _fill(target, stored, column.kind)
    except (TypeError, ValueError):
        raise ReadError(
            table.path,
            f"table {table.extname}: column {column.name.upper()} is stored as {stored.dtype.str},"
            " which DVO never does",
        ) from None


def _fill(target, stored, name):
    """Turn a stored column into its physical values, in `target`. Raises ValueError if it cannot be one."""
    kind = KINDS[name]
    if (stored.dtype.kind == "S") != (name == "text") or stored.shape[1:] != target.shape[1:]:
        raise ValueError
    if name == "text":
        target[...] = _text(stored)
    elif stored.dtype.kind == "f":
        if target.dtype.kind != "f":
            raise ValueError
        target[...] = stored
        if name == "chi":
            target[target == 32767] = np.nan
    else:
        if stored.dtype.itemsize == 8 and name != "ext":
            raise ValueError
        sign = "u" if kind.unsigned else "i"
        stored = stored.view(np.dtype(f"{sign}{stored.dtype.itemsize}").newbyteorder(stored.dtype.byteorder))
        if name == "log100":
            np.power(10, stored / 100, out=target, casting="same_kind")
        elif kind.scale is not None:
            np.multiply(stored, kind.scale, out=target, casting="same_kind")
        else:
            target[...] = stored
        if kind.sentinel:
            target[stored == np.iinfo(stored.dtype).max] = null(target.dtype)


def _text(stored):
    """Fixed-width bytes up to the first NUL, as text; what is not printable ASCII becomes `?`."""
    width = stored.dtype.itemsize
    letters = np.frombuffer(np.ascontiguousarray(stored).tobytes(), "u1").reshape(len(stored), width).copy()
    letters[np.logical_or.accumulate(letters == 0, axis=1)] = 0
    letters[(letters != 0) & ((letters < 32) | (letters > 126))] = ord("?")
    return np.char.rstrip(letters.view(f"S{width}")[:, 0].astype(f"U{width}"))
