"""Small CSV tables read a row at a time: fields by name, numbers and widths checked one by one."""

import math

from ..model.batch import ReadError, Reject
from .csv_block import fields
from .header_line import columns
from .source import text_blocks


class Row:
    """A row: its line, the row as it was, its fields. Each getter raises ValueError naming the column."""

    def __init__(self, line, raw, values, missing):
        self.line, self.raw = line, raw
        self._values = values
        self._missing = missing

    def text(self, name, width=None):
        """The field as text, None where it is missing; at most `width` characters."""
        value = self._values.get(name)
        if value is None or value in self._missing:
            return None
        if width and len(value) > width:
            raise ValueError(f"{name}: {value[:80]!r} has {len(value)} characters; there is room for {width}")
        return value

    def number(self, name, low=-math.inf, high=math.inf):
        """The field as a finite float from `low` to `high`, None where it is missing."""
        value = self.text(name)
        if value is None:
            return None
        try:
            if "_" in value:
                raise ValueError
            number = float(value)
        except ValueError:
            raise ValueError(f"{name}: {value[:80]!r} is not a number") from None
        if not math.isfinite(number):
            raise ValueError(f"{name}: {value!r} is not a finite number")
        if not low <= number <= high:
            bounds = f"from {low:g} to {high:g}" if math.isfinite(high) else f"at least {low:g}"
            raise ValueError(f"{name}: {value} is out of range ({bounds})")
        return number

    def integer(self, name):
        """The field as an integer within 32 bits, None where it is missing."""
        number = self.number(name, -(2**31), 2**31 - 1)
        if number is not None and number != int(number):
            raise ValueError(f"{name}: {self._values[name]} is not a whole number")
        return None if number is None else int(number)


def read_rows(path, required, known, what, make, missing=("",)):
    """(what `make(row)` returned for each good row, their lines, rejects) of a CSV file with one header line.

    `known` are all the columns there may be, `required` those that must; a ValueError from `make` rejects the
    row with its text. Raises ReadError for the header.
    """
    made, good_lines, rejects, names = [], [], [], None
    for numbers, lines in text_blocks(path):
        for number, line in zip(numbers.tolist(), lines):
            if names is None:
                names = columns(path, number, line, required, what)
                if unknown := [name for name in names if name not in known]:
                    raise ReadError(
                        path,
                        f"the column {unknown[0]!r} is not known; {what} may have {', '.join(known)}",
                        number,
                    )
                continue
            try:
                values = fields(line)
                if len(values) != len(names):
                    raise ValueError(f"{len(values)} fields where the header has {len(names)}")
                made.append(make(Row(number, line.decode(), dict(zip(names, values)), missing)))
                good_lines.append(number)
            except ValueError as reason:
                rejects.append(Reject(number, str(reason), line.decode()))
    return made, good_lines, rejects
