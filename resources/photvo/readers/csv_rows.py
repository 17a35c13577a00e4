"""The rows of one block of a CSV file on their way to points, all of them at a time."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .json_text import distinct


class Rows:
    """Columns of a block by name; `reasons` (line → reason) says which rows are refused.

    `table`, `numbers` (line numbers) and `numeric` (names of float64 columns) as in `csv_block.parse`.
    """

    def __init__(self, table, numbers, numeric):
        self.table = table.combine_chunks()
        self.numbers = numbers
        self.numeric = numeric
        self.reasons = {}

    def refuse(self, wrong, reason):
        """Refuse the rows where `wrong` (boolean array) is true; `reason` is called with the row's index."""
        for i in np.flatnonzero(np.asarray(pc.fill_null(wrong, False))):
            self.reasons.setdefault(int(self.numbers[i]), reason(int(i)))

    def kept(self, table):
        """The rows of a table that are not refused."""
        return table.filter(~np.isin(self.numbers, list(self.reasons))) if self.reasons else table

    def column(self, name):
        """A column as one array, text as it is written; null throughout where the file has no such column."""
        kind = pa.float64() if name in self.numeric else pa.string()
        if name not in self.table.column_names:
            return pa.nulls(self.table.num_rows, kind)
        chunks = self.table[name].chunks
        return chunks[0] if chunks else pa.array([], kind)

    def text(self, name):
        """Text without blanks around it, null where empty."""

        def tidy(words):
            words = pc.utf8_trim_whitespace(words)
            return pc.if_else(pc.equal(words, ""), None, words)

        return distinct(self.column(name), tidy)

    def number(self, name, sentinels=()):
        """A number, null where it is missing, not finite or one of the sentinels."""
        column = self.column(name)
        good = pc.is_finite(column)
        for sentinel in sentinels:
            good = pc.and_(good, pc.not_equal(column, sentinel))
        return pc.if_else(good, column, None)

    def integer(self, name):
        """A whole number within 32 bits; other numbers refuse their row."""
        column = self.number(name)
        wrong = pc.or_(pc.not_equal(pc.round(column), column), pc.greater(pc.abs(column), 2**31 - 1))
        self.refuse(wrong, lambda i: f"{name}: {column[i].as_py():.17g} is not a whole number within 32 bits")
        return pc.cast(pc.if_else(pc.fill_null(wrong, False), None, column), pa.int64())

    def time(self, name):
        """A time as it is written; what is no finite number refuses its row."""
        time = pc.utf8_trim_whitespace(self.column(name))
        good = pc.match_substring_regex(time, r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$")

        def reason(i):
            text = time[i].as_py()
            return f"{name}: {text!r} is not a finite number" if text else f"{name}: no time"

        self.refuse(pc.invert(good), reason)
        return time
