"""Light-curve rows of small text formats, on their way from words to a PointBatch.

A reader hands in one row after the other, by the names of POINTS, as it understands them; what is wrong with
a row (ValueError) makes it a reject. Files of these formats are written by one program for one star or one
night: a row at a time is quick enough, and batches keep memory flat.
"""

import json
import math
import re
from functools import lru_cache

from ..model.batch import POINTS, PointBatch, Reject, Stated, points_table
from . import csv_block
from .contradictions import one_at_a_time
from .source import text_blocks

BATCH = 65_536
#: How programs write that a value is missing, in small letters.
MISSING = {word.lower() for word in (*csv_block.MISSING, *csv_block.OTHER_MISSING)}
_json = json.JSONEncoder(ensure_ascii=False).encode
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.A)


def lines(path):
    """Yield (number, text) of the lines of a text file that are not blank. Raises ReadError as `source.text_blocks`."""
    for numbers, block in text_blocks(path):
        for i, line in zip(numbers.tolist(), block):
            yield i, line.decode().lstrip("\ufeff")


@lru_cache(10_000)  # most columns repeat a few words
def text(word):
    """A word without blanks around it (no-break ones count), None where it stands for a missing value."""
    if word is None:
        return None
    word = word.replace("\xa0", " ").strip()
    return None if word.lower() in MISSING else word


def number(word, name, sentinels=()):
    """A word as a finite float, None where it is missing or one of the sentinels.

    Raises ValueError, which names the column, where it is no number.
    """
    word = text(word)
    if word is None:
        return None
    if not _NUMBER.fullmatch(word) or not math.isfinite(value := float(word)):
        raise ValueError(csv_block.no_number(name, word[:60], "a finite number"))
    return None if value in sentinels else value


def fact(word):
    """A further fact: a number where the word is one, else text; None where missing."""
    try:
        return number(word, "")
    except ValueError:
        return text(word)


def time(word, name):
    """A time as it is written. Raises ValueError where it is none."""
    word = text(word)
    if word is None:
        raise ValueError(f"{name}: no time")
    if not _NUMBER.fullmatch(word) or not math.isfinite(float(word)):
        raise ValueError(csv_block.no_number(name, word[:60], "a finite number"))
    return word


def magnitude(word, name, sentinels=()):
    """(magnitude or None, True where it is an upper limit): a sign before the number says so.

    A star that was not seen is fainter than the limit; `<12.8` (AAVSO), `[12.8` and `>14.5` (ASAS-SN) all mean that.
    """
    word = text(word)
    limit = word is not None and word[0] in "<>["
    value = number(word[1:] if limit else word, name, sentinels)
    if limit and value is None:
        raise ValueError(f"{name}: {word[:60]!r} is a limit without a number")
    return value, limit


def stars(*words):
    """The comparison stars that have names: not an ensemble, nor the label in a chart, a bare number. None for none."""
    named = [word for word in map(text, words) if word and not re.fullmatch(r"ENSEMBLE|[0-9]{1,9}", word, re.I)]
    return named or None


class Rows:
    """Rows are added to it; where it is `full`, and in the end, `take()` gives those that have come together."""

    def __init__(self, kind="JD", stated=Stated()):
        self.kind, self.stated = kind, stated
        self._clear()

    def _clear(self):
        self.rows, self.rejects, self._raw = [], [], {}

    def __len__(self):
        return len(self.rows) + len(self.rejects)

    def add(self, line, raw, **values):
        """A good row: its line number, the row as it was, values by the names of POINTS; `metadata` is a dict.

        Raises ValueError for a NUL byte in it (from the header, say), which no database takes.
        """
        facts = {name: value for name, value in values.pop("metadata", {}).items() if value is not None}
        metadata = _json(facts)
        if "\\u0000" in metadata or any("\0" in value for value in values.values() if isinstance(value, str)):
            raise ValueError("a NUL byte in the row or in the header")
        self.rows.append({"line": line, "metadata": metadata, **values})
        self._raw[line] = raw

    def reject(self, line, reason, raw):
        """A row that cannot be taken."""
        self.rejects.append(Reject(line, str(reason), raw))

    def attempt(self, line, raw, make):
        """Add the row that `make()` gives, as a dict; reject it where that raises ValueError; None: it is left out."""
        try:
            if "\0" in raw:
                raise ValueError("a NUL byte in the line")
            values = make()
            if values is not None:
                self.add(line, raw, **values)
        except ValueError as reason:
            self.reject(line, reason, raw)

    @property
    def full(self):
        """True where there is a batch of them."""
        return len(self) >= BATCH

    def take(self):
        """The PointBatch of the rows so far, which are forgotten."""
        columns = {name: [row.get(name) for row in self.rows] for name in POINTS.names}
        points, contradictions = one_at_a_time(points_table(columns))
        rejects, raw = self.rejects, self._raw
        rejects += [Reject(line, reason, raw[line]) for line, reason in contradictions.items()]
        rejects.sort(key=lambda reject: reject.line)
        self._clear()
        return PointBatch(points, rejects, lambda line: raw.get(line, ""), self.kind, self.stated)


def batches(path, lines, row, kind="JD", stated=Stated()):
    """Yield PointBatch of rows that are all of the same frame.

    `lines` yields (line number, line as text, anything); `row(anything)` gives the values of a row as `Rows.add` takes them
    or as `Rows.attempt` lets `make()` do.
    """
    rows = Rows(kind, stated)
    for line, raw, words in lines:
        rows.attempt(line, raw, lambda words=words: row(words))
        if rows.full:
            yield rows.take()
    if len(rows):
        yield rows.take()
