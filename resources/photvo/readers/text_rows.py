"""Text tables of observers' programs, a row at a time, whatever stands between the columns."""

import csv

from ..model.batch import ReadError
from .rows import lines

SEPARATORS = "\t,;|"


def separator(line):
    """What stands between the columns of a line: a tab, comma, semicolon or bar; a blank for blanks."""
    return next((mark for mark in SEPARATORS if mark in line), " ")


def split(line, mark):
    """The fields of a line. A quoted field may have the separator in it, and quotes doubled or after a backslash."""
    if mark == " ":
        return line.split()
    if '"' not in line:
        return line.split(mark)
    try:
        return next(csv.reader([line], delimiter=mark, escapechar="\\"))
    except csv.Error:
        return line.split(mark)


def header(line):
    """The names in a line of columns, without blanks or `#` before the first; a nameless one has its place for a name."""
    bare = line.strip("\ufeff\n\r")
    bare = bare.strip().lstrip("#").strip() if bare.lstrip().startswith("#") else bare
    names = [name.strip().strip('"').strip() for name in split(bare, separator(bare))]
    return [name or f"column {place}" for place, name in enumerate(names, 1)]


def first_line(head):
    """The first line of a file's head (bytes) that is not blank, as text."""
    text = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\r", "\n")
    return next((line for line in text.split("\n") if line.strip()), "")


class Table:
    """A file whose first line names its columns (`names` given: it has no such line)."""

    def __init__(self, path, names=None):
        self.path, self.names, self._given = path, names, names is not None
        self.mark = None

    def lines(self):
        """Yield (line number, line, line) of the rows, as `rows.batches` wants them. Raises ReadError for the header."""
        for line, raw in lines(self.path):
            if self.mark is None:
                self.mark = separator(raw)
                if not self._given:
                    self.names = self.header(raw)
                    self._no_name_twice(line)
                    continue
            if not (self._again(line, raw) or raw.lstrip().startswith("#")):
                yield line, raw, raw

    def _again(self, line, raw):
        "True for the line of names once more, in a file put together of several; raises ReadError for other names"
        if self._given or raw[:1].isdigit():
            return False
        names = self.header(raw)
        if names == self.names:
            return True
        if len(names) > 2 and 2 * len({*names} & {*self.names}) > len(names):
            raise ReadError(self.path, "another line of names, which differ from the first ones; split the file before it", line)
        return False

    def header(self, line):
        """The names in the line of columns, as the format has them."""
        return header(line)

    def _no_name_twice(self, line):
        if doubled := {name for name in self.names if self.names.count(name) > 1}:
            raise ReadError(self.path, f"the column {doubled.pop()!r} is there twice; rename or remove one", line)

    def fields(self, raw):
        """The fields of a row by name. Raises ValueError where they are too many or too few."""
        values, n = split(raw, self.mark), len(self.names)
        if len(values) == n + 1 and self.mark == "\t" and not values[-1].strip():
            values.pop()  # a tab at the end of the line
        if len(values) != n:
            raise ValueError(f"{len(values)} fields where there are {n} columns; is the line cut off, or broken in two?")
        return dict(zip(self.names, values))
