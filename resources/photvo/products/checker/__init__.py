"""Tells whether a light-curve VOTable follows the IVOA Time Series Note, and what is wrong with it, by line.

The Note: "Time Series: Annotation of light curves in VOTable", https://github.com/AdaNebot/TimeSeries; its
sections are cited as Note 3.1 and the like. The rules are in structure, frames, photcal, bands, columns, values and
times; `bin/photvo check --rules` lists them.
"""

import gzip
import http.client
import io
import re
import sys
import urllib.error
import urllib.request
import zlib
from pathlib import Path

import numpy as np

from photvo.model.batch import ReadError
from photvo.products.checker import bands, columns, frames, photcal, structure, times, values  # noqa: F401  (their rules)
from photvo.products.checker.document import Document
from photvo.products.checker.rules import ERROR, LEVELS, RULES, Finding
from photvo.settings import say

TIMEOUT = 60  # s
LARGEST = 512 * 1024 * 1024  # bytes


def fetch(name):
    """The bytes of a file or of an http(s) address; what is gzipped is unpacked. Raises ReadError."""
    try:
        if re.match(r"https?://", name):
            with urllib.request.urlopen(name, timeout=TIMEOUT) as answer:
                content = answer.read(LARGEST + 1)
        else:
            with open(Path(name), "rb") as file:
                content = file.read(LARGEST + 1)
        if content.startswith(b"\x1f\x8b"):
            with gzip.open(io.BytesIO(content)) as file:
                content = file.read(LARGEST + 1)
    except urllib.error.HTTPError as error:
        raise ReadError(
            name, f"the server answers {error.code} {error.reason}; look at the address"
        ) from None
    except (OSError, EOFError, ValueError, zlib.error, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        raise ReadError(name, f"cannot be read: {reason}; look at the name") from None
    if len(content) > LARGEST:
        raise ReadError(name, f"is larger than {LARGEST >> 20} MB; check a part of it")
    return content


def check(name, content=None):
    """The findings about a VOTable, by line.

    `name` is a file or address; `content` its bytes where they are at hand. Raises ReadError for what cannot
    be fetched, is no XML or no VOTable.
    """
    return judge(Document(name, fetch(name) if content is None else content))


@np.errstate(all="ignore")  # any number may stand in a document
def judge(document):
    """The findings about a Document."""
    found = set()
    for rule in RULES.values():
        if rule.each != "anything" and not document.curves:
            continue
        for item in getattr(document, rule.each):
            # elements of lxml do not know our Document
            arguments = (item, document) if rule.each in ("timesys", "coosys") else (item,)
            for place, text, *remedy in rule.function(*arguments):
                line = document.line(place)
                found.add(Finding(line, rule.level, rule.code, text, remedy[0] if remedy else rule.remedy))
    told = {finding.line for finding in found if finding.level == ERROR and finding.code != "SCHEMA"}
    found = [finding for finding in found if finding.code != "SCHEMA" or finding.line not in told]
    return sorted(found, key=lambda finding: (finding.line, LEVELS.index(finding.level), finding[2:]))


def report(names, least="remark", out=None):
    """Check files and addresses; print the findings of a level and above, one a line, to `out` (stdout).

    Returns the exit status: 0 where nothing is an error, 2 where something is, 1 where something could not be
    read.
    """
    out = out or sys.stdout
    status = 0
    for name in names:
        try:
            found = check(name)
        except ReadError as error:
            print(f"{name}:{error.line or 1}: error: UNREADABLE {error.reason}", file=out)
            status = 1
            continue
        for finding in found:
            if LEVELS.index(finding.level) <= LEVELS.index(least):
                print(f"{name}:{finding}", file=out)
        counts = {level: sum(finding.level == level for finding in found) for level in LEVELS}
        said = [f"{count} {level}{'s' * (count > 1)}" for level, count in counts.items() if count]
        out.flush()
        say(f"photvo: {name}: {', '.join(said) or 'nothing wrong'}")
        status = status or (2 if counts[ERROR] else 0)
    return status


def rules_table():
    """All rules as a Markdown table."""
    rows = [f"| {rule.code} | {rule.level} | {rule.what} | {rule.source} |" for rule in RULES.values()]
    return "\n".join(
        ["| code | level | what ought to be | where that is written |", "|---|---|---|---|", *rows]
    )
