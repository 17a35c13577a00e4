"""What a rule of the checker is, and what it finds.

A rule is a function that looks at one thing (a document, a TABLE, a column, a PHOTCAL group, a TIMESYS) and
yields (place, text) or (place, text, remedy) for each fault; the place is an element or a line number. Its
name in capitals is the code; its docstring says what ought to be and, in brackets, where that is written.
"""

from collections.abc import Callable
from typing import NamedTuple

LEVELS = ERROR, WARNING, REMARK = ("error", "warning", "remark")


class Finding(NamedTuple):
    """One fault at one line (1-based) of a document."""

    line: int
    level: str
    code: str
    text: str
    remedy: str

    def __str__(self):
        return f"{self.line}: {self.level}: {self.code} {self.text}; {self.remedy}"


class Rule(NamedTuple):
    """`each` names the attribute of a Document whose items the function is called with."""

    code: str
    level: str
    each: str
    remedy: str
    function: Callable
    what: str
    source: str


RULES = {}


def rule(level, each, remedy=""):
    """Decorator: registers a rule for each of document.`each`; `remedy` is said where it yields no other."""

    def register(function):
        what, _, source = " ".join(function.__doc__.split()).rpartition(" [")
        code = function.__name__.upper()
        RULES[code] = Rule(code, level, each, remedy, function, what, source.rstrip("]"))
        return function

    return register


def quote(value, length=60):
    """A value as a finding shows it: in quotes, on one line, printable, not too long."""
    text = "".join(letter if letter.isprintable() else "?" for letter in " ".join(str(value).split()))
    return f"'{text[:length]}…'" if len(text) > length else f"'{text}'"


def number(text):
    """The number that `text` is in a VOTable, or None: what float() takes, but for what only Python takes."""
    text = str(text).strip()
    if not text.isascii() or "_" in text:
        return None
    try:
        return float(int(text, 16) if text.lower().startswith(("0x", "-0x")) else text)
    except (ValueError, OverflowError):
        return None
