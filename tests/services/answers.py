"""What the tests of the services have in common: getting answers, reading them strictly, comparing them."""

import csv
import datetime
import decimal
import io
import math
import re
from urllib.parse import unquote_plus

import numpy as np
import requests
from astropy.io.votable import parse
from lxml import etree

#: What no answer may show of the inside, whatever was asked.
INSIDE = re.compile(
    r"Traceback|File \"/|psycopg2|LINE \d+:|%\(\w+\)s|kolonica_db|::\w+|/usr/lib|SELECT .* FROM", re.S
)


def get(url, status=200, **parameters):
    """The answer to a GET as a requests.Response; anything but `status` is a failure."""
    answer = requests.get(url, params=parameters, timeout=60)
    assert answer.status_code == status, f"{answer.status_code} from {answer.url}: {answer.text[:2000]}"
    return answer


def post(url, status=200, files=None, **parameters):
    """The same by POST."""
    answer = requests.post(url, data=parameters, files=files, timeout=60)
    assert answer.status_code == status, f"{answer.status_code} from {answer.url}: {answer.text[:2000]}"
    return answer


def parsed(content):
    """A VOTable from bytes, read by astropy, which takes nothing that is not right."""
    return parse(io.BytesIO(content), verify="exception")


def votable(answer):
    """The VOTable of an answer, read as strictly."""
    return parsed(answer.content)


def table(answer):
    """The first table of a VOTable as an astropy Table, its columns by name."""
    return votable(answer).get_first_table().to_table(use_names_over_ids=True)


def infos(answer):
    """The INFO elements of a VOTable: name → value."""
    return {
        info.get("name"): info.get("value") or info.text
        for info in etree.fromstring(answer.content).iter("{*}INFO")
    }


def status(answer):
    """DALI's QUERY_STATUS as (value, text): the last, since an overflow stands behind the table."""
    elements = [
        e for e in etree.fromstring(answer.content).iter("{*}INFO") if e.get("name") == "QUERY_STATUS"
    ]
    return elements[-1].get("value"), elements[-1].text


def dali_error(answer):
    """The text of DALI's error document, which must be one and give nothing away."""
    value, text = status(answer)
    assert value == "ERROR", answer.text[:2000]
    return closed(answer, text)


def closed(answer, text):
    """The text of an error whose document says nothing of the inside that the asker has not said."""
    assert text and text.strip()
    said = re.sub(r'<INFO name="request"[^>]*>', "", answer.text)
    asked = unquote_plus(f"{answer.request.url} {answer.request.body}")
    assert [piece for piece in INSIDE.findall(said) if piece not in asked] == [], said
    return text


def ask(sync, query, form="votable", **parameters):
    """The answer of synchronous TAP to a query."""
    return get(sync, LANG="ADQL", QUERY=query, RESPONSEFORMAT=form, **parameters)


def csv_rows(answer):
    """The rows of a CSV answer, its header first, as lists of text."""
    return list(csv.reader(io.StringIO(answer.text)))


def plain(value):
    """A value as the simplest Python type: missing as None, dates as ISO text, arrays as tuples."""
    if value is None or np.ma.is_masked(value) and np.ndim(value) == 0:
        return None
    if isinstance(value, (decimal.Decimal, float, np.floating)):
        return None if math.isnan(value) else float(value)
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, (np.ndarray, list, tuple)):
        return tuple(map(plain, value)) or None
    return str(value) or None


def rows(found):
    """The rows of an astropy Table, of SQL, or of any sequence of sequences, as tuples of plain values."""
    return [tuple(map(plain, row)) for row in found]


def same(ours, theirs, rel=1e-12, absolute=1e-12):
    """Fails where two lists of rows differ: numbers within `rel` or `absolute`, all else exactly."""
    ours, theirs = rows(ours), rows(theirs)
    assert len(ours) == len(theirs)
    for number, (mine, other) in enumerate(zip(ours, theirs)):
        assert len(mine) == len(other), f"row {number}: {mine} and {other}"
        for a, b in zip(mine, other):
            close = (
                isinstance(a, (int, float))
                and isinstance(b, (int, float))
                and math.isclose(a, b, rel_tol=rel, abs_tol=absolute)
            )
            assert a == b or close, f"row {number}: {a!r} is not {b!r} in {mine} and {other}"
