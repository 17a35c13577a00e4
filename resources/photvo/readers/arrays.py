"""Columns of NumPy (as astropy's tables have them) to the Arrow columns that Cells wants."""

import warnings

import astropy.units as u
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: Units as missions and surveys write them, and what VOUnits calls them.
_UNITS = {
    "e-/s": "electron/s", "e/s": "electron/s", "e-.s**-1": "electron/s", "electrons/s": "electron/s", "electron/s": "electron/s",
    "electron.s**-1": "electron/s", "counts": "count",
    "'electron'.s**-1": "electron/s", "ct": "count", "cts": "count", "counts/s": "count/s", "µjy": "uJy", "microjansky": "uJy",
    "dn": "adu", "relative": "",
}  # fmt: skip


def arrow(values):
    """An Arrow array of one column, or None where its cells are no single values.

    Masked, NaN and infinite cells are null; a float32 becomes the float64 that is written the same.
    """
    mask = np.ma.getmaskarray(values) if np.ma.isMaskedArray(values) else None
    values = np.ma.getdata(values)
    if values.ndim != 1:
        return None
    if values.dtype.kind in "OSU":
        return _text(values, mask)
    values = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("="), copy=False)
    if values.dtype.kind == "f":
        column = pa.array(values if values.dtype.itemsize in (4, 8) else values.astype("f8"), mask=mask)
        if values.dtype.itemsize == 4:
            column = column.cast(pa.string()).cast(pa.float64())
        return pc.if_else(pc.is_finite(column), column, None)
    if values.dtype.kind in "iu":
        return pa.array(values.astype("i8"), mask=mask)
    return pa.array(values, mask=mask) if values.dtype.kind == "b" else None


def _text(values, mask):
    words = []
    for i, value in enumerate(values.tolist()):
        if isinstance(value, bytes):
            value = value.decode("latin-1")
        if not (value is None or isinstance(value, str)):
            return None  # an array in the cell, or what is none of a table
        gone = value is None or (mask is not None and mask[i])
        words.append(None if gone else value.replace("\0", "").strip() or None)
    return pa.array(words, pa.string())


def vounit(unit):
    """A unit (text or astropy's) in the words of VOUnits; as it is where it is none."""
    text = str(unit or "").strip()
    compact = text.replace(" ", "")
    if compact.lower() in _UNITS:
        return _UNITS[compact.lower()]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of units that are out of use
            u.Unit(compact, format="vounit")
            return compact
    except (ValueError, TypeError):
        pass
    try:
        return u.Unit(text).to_string("vounit").replace(" ", "")
    except (ValueError, TypeError):
        return text


#: Units of time as people write them.
_TIMES = {
    "sec": "s", "secs": "s", "second": "s", "seconds": "s", "minute": "min", "minutes": "min", "hour": "h", "hours": "h",
    "y": "yr", "year": "yr", "years": "yr",
}  # fmt: skip


def days(unit):
    """How many days a unit is: 1 where it is none of time (as MJD), None for years, which are of several lengths."""
    text = str(unit or "").strip()
    by = factor(_TIMES.get(text.lower(), text), "d") or 1.0
    return by if by <= 1.0 else None


def factor(unit, wanted):
    """By what a number in `unit` is multiplied to be one in `wanted`; 1 where there is no unit, None where it
    cannot be.
    """
    try:
        return u.Unit(vounit(unit)).to(u.Unit(wanted)) if vounit(unit) else 1.0
    except (ValueError, TypeError, u.UnitsError):
        return None
