"""Text tables with one line of names, whatever stands between the columns: blocks of Cells."""

import csv
import io
import re
from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import islice, pairwise

import numpy as np

from ..model.batch import ReadError
from .cells import Cells, Field
from .csv_block import parse
from .source import ahead, text_blocks, utf8

BATCH = 65_536
ROWS = 20  # that are looked at behind a line of names
#: How rows begin, and what no line of names has: a field that is a number.
_OF_NUMBERS = frozenset(b"0123456789+-.<>")
#: A unit behind a name, as `flux [mJy]`; of what else stands in brackets (a band, a scale) it is not known that it is one.
_UNIT = re.compile(
    r"[\[(]\s*([munµ]?Jy|microjansky|e-?/s|electrons?/s|counts?(?:/s)?|cts?|adu|dn|m?mag|s|sec|seconds|min|h|d|days?)\s*[\])]$", re.I
)
_DASHES = re.compile(rb"[|+ ]*[-=]{2,}[-=+,;:|\t ]*")
_A_NUMBER = re.compile(rb"(?:^|[,;\t| ])[-+]?[0-9]+\.?[0-9]*(?:$|[,;\t| ])")


def separator(line):
    """What stands between the columns of a line (bytes): the most frequent of comma, semicolon, tab and bar; None for blanks."""
    mark = max((b",", b";", b"\t", b"|"), key=line.count)
    return mark if mark in line else None


def names(line, mark):
    """The names in a header line, each different: what is there twice gets a number, what is empty its place."""
    found, times = [], Counter()
    for place, field in enumerate(_fields(line, mark), 1):
        name = field.strip() or f"column {place}"
        times[name] += 1
        found.append(name if times[name] == 1 else f"{name}#{times[name]}")
    return found


def _fields(line, mark):
    text = utf8(line).decode()
    if mark is None:
        return text.split()
    if b'"' in line:
        return next(csv.reader([text], delimiter=mark.decode()))
    return text.split(mark.decode())


def _comma(line, mark):
    "a line as comma-separated values"
    if mark == b",":
        return line
    if mark is None and not (b"," in line or b'"' in line):
        return b",".join(line.split())
    out = io.StringIO()
    try:
        csv.writer(out, lineterminator="").writerow(_fields(line, mark))
    except csv.Error:
        return line.replace(mark or b" ", b",")
    return out.getvalue().encode()


def header_line(head, is_header):
    """The line of `head` (bytes) that `is_header(names)`, as (place, names, separator), or None.

    It is the first line that is no comment (`#`), or else the last comment before it that has as many names as one of the
    next rows has fields. Lines before it may be blank or comments.
    """
    text = head.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    comments, lines = [], enumerate(text.split(b"\n"))
    for place, line in lines:
        bare = line.strip().lstrip(b"#%").strip()
        if not bare or re.fullmatch(rb'"?sep=."?', bare):  # the latter is a spreadsheet's
            continue
        if b"\0" in bare:
            return None
        try:
            mark = separator(bare)
            found = names(bare, mark)
        except csv.Error:
            return None
        a_comment = line.lstrip().startswith(b"#")
        if found and is_header(found):  # a line may be of control characters, which separate no names
            if not a_comment:
                return place, found, mark
            comments.append((place, found, mark))
        if not a_comment:
            rows = [bare, *(row.strip() for _, row in islice(lines, ROWS))]
            return next((one for one in reversed(comments) if any(_as_many(one, row) for row in rows)), None)
    return comments[-1] if comments else None


def _as_many(found, row):
    "True where a row has as many fields as there are names"
    _, columns, mark = found
    if mark and mark in row:
        return row.count(mark) + 1 >= len(columns) > row.rstrip(mark).count(mark) or b'"' in row
    return len(row.split()) == len(columns)


def cells(path, is_header, facts=None):
    """Yield the Cells of a file whose header line `is_header(names)`. Raises ReadError where it has none."""
    return ahead(partial(block, facts=facts), _blocks(path, is_header))


def block(lines, numbers, columns, mark, facts=None):
    """The Cells of some lines (list of bytes) with these numbers, column names and separator."""
    # ZTF's forced photometry has commas between the names only
    marks = [mark if mark and mark in line or len(line.split()) != len(columns) else None for line in lines]
    n = len(columns)
    least = n
    while least > 1 and columns[least - 1] == f"column {least}":  # separators behind the last name
        least -= 1
    if mark:
        lines = [_even(line, mark, n, least) if m else line for line, m in zip(lines, marks)]
    table, kept, rejects = parse(
        [_comma(line, mark) for line, mark in zip(lines, marks)], numbers, columns, ()
    )

    def raw(line):
        i = int(np.searchsorted(numbers, line))
        return lines[i].decode() if i < len(lines) and numbers[i] == line else ""

    rejects = [replace(reject, row=raw(reject.line)) for reject in rejects]
    fields = {name: Field(found[1]) for name in columns if (found := _UNIT.search(name))}
    return Cells(table, kept, fields, facts, raw, rejects)


def _even(line, mark, n, least):
    "a line with n fields, where it only lacks or has too many empty ones at its end"
    if b'"' in line:
        return line
    fields = line.count(mark) + 1
    while fields > n and line.rstrip(b" ").endswith(mark):
        line, fields = line.rstrip(b" ")[:-1], fields - 1
    return line + mark * (n - fields) if least <= fields < n else line


def _blocks(path, is_header):
    "yield (lines, their numbers, column names, separator)"
    columns = mark = None
    for numbers, lines in text_blocks(path):
        start = -1
        if columns is None:
            found = header_line(b"\n".join(lines), is_header)
            if found is None:
                raise ReadError(path, "its line of column names is too far down in the file", int(numbers[0]))
            start, columns, mark = found
        parts = [(start, columns, mark), *_further(lines, start + 1, is_header), (len(lines), None, None)]
        for (start, columns, mark), (end, *_) in pairwise(parts):
            # of VizieR's and others' tables: units, and a line of dashes
            dashes = [i for i in range(start + 1, min(start + 3, end)) if start >= 0 and _DASHES.fullmatch(lines[i])]
            data = [i for i in range(max([start, *dashes]) + 1, end) if not lines[i].lstrip().startswith(b"#")]
            for at in range(0, len(data), BATCH):
                part = data[at : at + BATCH]
                yield [lines[i] for i in part], numbers[part], columns, mark


def _further(lines, start, is_header):
    """Yield (place, names, separator) of further lines of names, as files have them that were put together; what comes after
    one may be in another order."""
    for place in range(start, len(lines)):
        line = lines[place].lstrip()
        if line[0] not in _OF_NUMBERS and not _A_NUMBER.search(line):
            found = header_line(b"\n".join(lines[place : place + ROWS]), is_header)
            if found and found[0] == 0:
                yield place, *found[1:]
