"""The header line of a CSV file: which column is where."""

import difflib
import re

from ..model.batch import ReadError
from .csv_block import fields


def words(head):
    """The words in the first line of a file's head (bytes), a set."""
    return set(re.findall(r"\w+", head.lstrip().split(b"\n", 1)[0].decode("latin-1")))


def columns(path, number, line, required, what):
    """The column names of a header line in the file's order.

    `required` are names, or tuples of names of which one must be there; `what` says what the file should be.
    Raises ReadError naming the column that is missing, doubled or without a name.
    """
    try:
        names = fields(line)
    except ValueError as reason:
        raise ReadError(path, f"the header line has {reason}", number) from None
    if len(names) == 1:
        for separator, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if separator in names[0]:
                raise ReadError(path, f"the columns are separated by {word}; {what} wants commas", number)
    for name in names:
        if not name:
            raise ReadError(path, f"column {names.index(name) + 1} of the header has no name", number)
        if names.count(name) > 1:
            raise ReadError(
                path, f"the column {name!r} is there {names.count(name)} times; rename or remove one", number
            )
    missing = [choice for choice in map(_choice, required) if not set(choice) & set(names)]
    if len(missing) == 1:
        near = difflib.get_close_matches(missing[0][0], names, 1, 0.75)
        hint = f" (is {near[0]!r} meant for it?)" if near and near[0] not in _flat(required) else ""
        raise ReadError(path, f"the column {_words(missing[0])} is missing{hint}; {what} has it", number)
    if missing:
        raise ReadError(path, f"the columns {', '.join(map(_words, missing))} are missing; {what} has them", number)
    return names


def _choice(wanted):
    return (wanted,) if isinstance(wanted, str) else wanted


def _words(choice):
    return " or ".join(map(repr, choice))


def _flat(required):
    return {name for wanted in required for name in _choice(wanted)}
