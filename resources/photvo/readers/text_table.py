"""Text tables with one line of names, whatever stands between the columns: blocks of Cells."""

import csv
import io
from collections import Counter
from functools import partial

import numpy as np

from ..model.batch import ReadError
from .cells import Cells
from .csv_block import parse
from .source import ahead, text_blocks

BATCH = 65_536


def separator(line):
    """What stands between the columns of a line (bytes): a comma, semicolon, tab or bar; None for blanks."""
    return next((mark for mark in (b",", b";", b"\t", b"|") if mark in line), None)


def names(line, mark):
    """The names in a header line, each different: what is there twice gets a number, what is empty its place."""
    found, times = [], Counter()
    for place, field in enumerate(_fields(line, mark), 1):
        name = field.strip() or f"column {place}"
        times[name] += 1
        found.append(name if times[name] == 1 else f"{name}#{times[name]}")
    return found


def _fields(line, mark):
    text = line.decode()
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
    """The first line of `head` (bytes) that `is_header(names)`, as (place, names, separator), or None.

    Lines before it may be blank or comments (`#`), of which the header itself may be one.
    """
    text = head.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for place, line in enumerate(text.split(b"\n")[:400]):
        bare = line.strip().lstrip(b"#%").strip()
        if not bare:
            continue
        if b"\0" in bare:
            return None
        try:
            mark = separator(bare)
            found = names(bare, mark)
        except (UnicodeDecodeError, csv.Error):
            return None
        if found and is_header(found):  # a line may be of control characters, which separate no names
            return place, found, mark
        if not line.lstrip().startswith(b"#"):
            return None
    return None


def cells(path, is_header, facts=None):
    """Yield the Cells of a file whose header line `is_header(names)`. Raises ReadError where it has none."""
    return ahead(partial(block, facts=facts), _blocks(path, is_header))


def block(lines, numbers, columns, mark, facts=None):
    """The Cells of some lines (list of bytes) with these numbers, column names and separator."""
    # ZTF's forced photometry has commas between the names only
    marks = [mark if mark and mark in line or len(line.split()) != len(columns) else None for line in lines]
    table, kept, rejects = parse(
        [_comma(line, mark) for line, mark in zip(lines, marks)], numbers, columns, ()
    )

    def raw(line):
        i = int(np.searchsorted(numbers, line))
        return lines[i].decode() if i < len(lines) and numbers[i] == line else ""

    rejects = [type(reject)(reject.line, reject.reason, raw(reject.line)) for reject in rejects]
    return Cells(table, kept, facts=facts, raw=raw, rejects=rejects)


def _blocks(path, is_header):
    "yield (lines, their numbers, column names, separator)"
    columns = None
    for numbers, lines in text_blocks(path):
        if columns is None:
            start = next((i for i, line in enumerate(lines) if _is_header(line, is_header)), None)
            if start is None:
                raise ReadError(path, "its line of column names is too far down in the file", int(numbers[0]))
            bare = lines[start].strip().lstrip(b"#%").strip()
            mark = separator(bare)
            columns = names(bare, mark)
            numbers, lines = numbers[start + 1 :], lines[start + 1 :]
        data = [i for i, line in enumerate(lines) if not line.lstrip().startswith(b"#")]
        if len(data) < len(lines):
            numbers, lines = numbers[data], [lines[i] for i in data]
        for start in range(0, len(lines), BATCH):
            yield lines[start : start + BATCH], numbers[start : start + BATCH], columns, mark


def _is_header(line, is_header):
    return header_line(line, is_header) is not None
