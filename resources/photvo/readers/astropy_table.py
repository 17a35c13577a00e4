"""Text tables that astropy reads as a whole: their lines, and their columns as Cells wants them."""

import warnings

import numpy as np
import pyarrow as pa
from astropy.table import Table
from astropy.time import Time
from astropy.units import Quantity

from ..model.batch import ReadError, Stated
from .arrays import arrow
from .cells import Field
from .frames import Frame, scale
from .source import text_blocks


def numbered_lines(path):
    """(line numbers, lines as text) of a text file, two lists of the lines that are not blank. Raises ReadError."""
    numbers, lines = [], []
    for some_numbers, some_lines in text_blocks(path):
        numbers += some_numbers.tolist()
        lines += [line.decode() for line in some_lines]
    return numbers, lines


def read(lines, form):
    """The Table of some lines, `form` a format of astropy's. Raises ValueError with the reason where they are none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Table.read(lines, format=form)
    except MemoryError:
        raise
    except Exception as error:  # astropy and YAML raise many kinds on what is none
        raise ValueError(" ".join(str(error).split()) or type(error).__name__) from None


def columns(table, path):
    """(Arrow table, name → Field) of an astropy Table. Raises ReadError where there is nothing in it."""
    values, fields = {}, {}
    for name in table.colnames:
        column, field = _column(table[name])
        if column is not None:
            values[name], fields[name] = column, field
    if not values or not len(table):
        raise ReadError(path, "no row in it")
    return pa.table(values), fields


def _column(column):
    "(Arrow array or None, Field)"
    info = column.info
    description = str(info.description or "")
    ucd = str((info.meta or {}).get("ucd", ""))
    if isinstance(column, Time):
        kind = "JD" if column.format == "jd" else "MJD"
        if column.scale == "tcg":
            column = column.tt
        frame = Frame(kind, Stated(scale(column.scale)))
        values = getattr(column, kind.lower())
        # astropy has masks of its own since 6.0
        values = np.ma.array(getattr(values, "unmasked", values), mask=column.mask)
        return arrow(values), Field("d", ucd, description, frame)
    if isinstance(column, Quantity):
        return arrow(getattr(column, "value", None)), Field(str(column.unit), ucd, description)
    if not hasattr(column, "dtype"):
        return None, None
    return arrow(column), Field(str(info.unit or ""), ucd, description)
