"""The rows of a light-curve table, text or numbers, on their way to points: all of a block at a time.

Reads what every format has in common: missing words, limits, numbers that are none, further facts into JSON.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import json_text
from .csv_block import MISSING, OTHER_MISSING, no_number
from .csv_rows import Rows
from .frames import Frame

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
#: With an exponent of which no number becomes infinite.
_SMALL = _NUMBER.replace("{1,3}", "{1,2}")
_JSON_NUMBER = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?$"
_MISSING = pa.array(sorted({word.lower() for word in (*MISSING, *OTHER_MISSING, "masked")}))


@dataclass(frozen=True)
class Field:
    """What a table says of one of its columns."""

    unit: str = ""
    ucd: str = ""
    description: str = ""
    frame: Frame | None = None  # of a time; its kind is None where what it counts from is not said
    filter: str | None = None  # identifier of the passband it was measured in
    single: bool = False  # its numbers are of single precision


class Cells(Rows):
    """The columns of a block of rows. A column is asked for by its name, in whatever case; one that is not
    there is null.

    `table` has columns of text (as written), float64, int64 or bool; `numbers` are the rows' lines (of a
    table that has no lines: their numbers, from 1); `fields` what the file says of its columns; `facts` what
    it says of all rows (`object`, `band`, `flux_unit`); `raw` gives a row as it was.
    """

    def __init__(self, table, numbers, fields=None, facts=None, raw=None, rejects=()):
        super().__init__(table, np.asarray(numbers, np.int64), ())
        self.fields, self.facts, self.rejects = fields or {}, facts or {}, list(rejects)
        self.names = {}
        for name in table.column_names:
            self.names.setdefault(name.lower(), name)
        self.raw = raw or self._row

    def _row(self, line):
        "a row of a table without lines, in words"
        i = int(np.searchsorted(self.numbers, line))
        if i == len(self.numbers) or self.numbers[i] != line:
            return ""
        values = ((name, self.table[name][i].as_py()) for name in self.table.column_names)
        return ", ".join(f"{name}={value}" for name, value in values if value is not None)

    def __len__(self):
        return self.table.num_rows

    def __contains__(self, name):
        return name.lower() in self.names

    def field(self, name):
        """The Field of a column."""
        return self.fields.get(self.names.get(name.lower()), Field())

    def column(self, name):
        name = self.names.get(name.lower()) if name else None
        if name is None:
            return pa.nulls(len(self), pa.string())
        column = self.table[name]
        return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

    def text(self, name, none=None):
        """Words without blanks around them, null where missing. `none`: a word that is not taken for missing
        here.
        """
        column = self.column(name)
        if not pa.types.is_string(column.type):
            column = _written(column)

        def tidy(words):
            words = pc.utf8_trim_whitespace(words)
            missing = pc.is_in(pc.utf8_lower(words), value_set=_MISSING)
            return pc.if_else(
                missing if none is None else pc.and_(missing, pc.not_equal(words, none)), None, words
            )

        return json_text.distinct(column, tidy)

    def limited(self, name, sentinels=()):
        """(numbers, where they are limits): `<12.8` and `>14.5` are, both of a star that was fainter."""
        column = self.column(name)
        if not pa.types.is_string(column.type):
            return self.number(name, sentinels), pa.array(np.zeros(len(self), bool))
        parts = pc.extract_regex(self.text(name), rf"^(?P<sign>[<>]?)\s*(?P<number>{_NUMBER})$")
        limit = pc.fill_null(pc.not_equal(pc.struct_field(parts, [0]), ""), False)
        return self._finite(name, pc.struct_field(parts, [1]), sentinels), limit

    def number(self, name, sentinels=()):
        """Finite numbers, null where missing or one of the sentinels; what is no number refuses its row."""
        column = self.column(name)
        if pa.types.is_string(column.type):
            words = self.text(name)
            good = pc.match_substring_regex(words, rf"^{_NUMBER}$")
            return self._finite(name, pc.if_else(good, words, None), sentinels)
        if pa.types.is_boolean(column.type):
            return pa.nulls(len(self), pa.float64())
        column = column.cast(pa.float64(), safe=False)
        return _without(pc.if_else(pc.is_finite(column), column, None), sentinels)

    def _finite(self, name, words, sentinels):
        written, value = self.text(name), words.cast(pa.float64())
        value = pc.if_else(pc.is_finite(value), value, None)
        wrong = pc.and_(pc.is_valid(written), pc.is_null(value))
        self.refuse(wrong, lambda i: no_number(name, written[i].as_py()[:80]))
        return _without(value, sentinels)

    def integer(self, name):
        """Whole numbers within 64 bits; others refuse their row."""
        column = self.column(name)
        if pa.types.is_integer(column.type):
            return column.cast(pa.int64())
        value = self.number(name)
        wrong = pc.or_(pc.not_equal(pc.round(value), value), pc.greater(pc.abs(value), 2.0**53))
        self.refuse(wrong, lambda i: f"{name}: {value[i].as_py():.17g} is not a whole number")
        return pc.if_else(pc.fill_null(wrong, True), None, value).cast(pa.int64())

    def true(self, name):
        """Where a column says yes: true, T, 1; or has the sign of a limit."""
        column = self.column(name)
        if pa.types.is_boolean(column.type):
            return pc.fill_null(column, False)
        words = pc.utf8_lower(self.text(name))
        return pc.fill_null(pc.is_in(words, value_set=pa.array(["true", "t", "1", "1.0", "yes", "y", "<", ">"])), False)

    def time(self, name, needed=True):
        """A time as it is written (of a binary number: its shortest form).

        Text without one refuses its row where it is `needed`; NaN in a binary table is null, and the row a
        gap.
        """
        column = self.column(name)
        if pa.types.is_string(column.type):
            words = self.text(name)
            good = pc.match_substring_regex(words, rf"^{_SMALL}$")
            self.refuse(pc.invert(good), lambda i: no_number(name, words[i].as_py()[:80]))
            self.refuse(pc.and_(pc.is_null(words), needed), lambda i: f"{name}: no time")
            return pc.if_else(pc.fill_null(good, False), words, None)
        return pa.nulls(len(self), pa.string()) if pa.types.is_boolean(column.type) else _written(column)

    def metadata(self, used):
        """The columns not in `used` as JSON, each under its own name; what is missing is left out."""
        used = {name.lower() for name in used if name}
        pieces = []
        for name in self.table.column_names:
            if name.lower() in used:
                continue
            key = "airmass" if name.lower() in ("airmass", "amass") else name
            value = pc.binary_join_element_wise(
                f"{json_text.texts([key])[0].as_py()}: ", self._json(name), ", ", ""
            )
            pieces.append(pc.fill_null(value, ""))
        if not pieces:
            return pa.array(["{}"] * len(self))
        joined = pc.binary_join_element_wise(*pieces, "")
        return pc.binary_join_element_wise("{", pc.utf8_rtrim(joined, ", "), "}", "")

    def _json(self, name):
        column = self.column(name)
        if pa.types.is_boolean(column.type) or pa.types.is_integer(column.type):
            return column.cast(pa.string())
        if pa.types.is_floating(column.type):
            return _json_float(pc.if_else(pc.is_finite(column), column, None))
        words = self.text(name)
        plain = pc.match_substring_regex(words, _JSON_NUMBER)
        return pc.if_else(pc.is_valid(words), pc.if_else(plain, words, json_text.strings(words)), None)

    def constant(self, word):
        """A column of one word."""
        return pa.array([word], pa.string()).take(pa.array(np.zeros(len(self), np.int64)))


def _written(column):
    "numbers as text; whole ones without a point"
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_finite(column), column, None)
    return column.cast(pa.string())


def _without(column, sentinels):
    for sentinel in sentinels:
        column = pc.if_else(pc.equal(column, sentinel), None, column)
    return column


def _json_float(column):
    text = column.cast(pa.string())
    return pc.if_else(
        pc.equal(pc.round(column), column), pc.replace_substring_regex(text, r"^(-?\d+)$", r"\1.0"), text
    )
