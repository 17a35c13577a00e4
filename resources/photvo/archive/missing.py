"""Rows that were rejected because something was not in the archive, which has come since."""

import re

from .known import name_key

_NAMED = re.compile(r"(object|band|data source) (?:(\d+)|(['\"])(.*)\3) is not in the (?:archive|table)")
_REJECTS = """
SELECT DISTINCT l.path, r.reason FROM {s}.ingest_rejects r JOIN {s}.ingest_log l ON l.id = r.file_id
WHERE r.reason LIKE '% is not in the %' AND l.rows_deleted = 0 ORDER BY 1, 2"""


def come(session):
    """The log names of files with rejected rows whose object, band or data source was not there then and is now."""
    with session.transaction() as cursor:
        cursor.execute(_REJECTS.format(s=session.schema))
        rejects = [(path, _NAMED.match(reason)) for path, reason in cursor]
    return sorted({path for path, named in rejects if named and _is_there(session.known, *named.group(1, 2, 4))})


def _is_there(known, what, number, name):
    if what == "object":
        return int(number) in known.by_arch if number else name_key(name) in known.by_name
    return name in (known.bands if what == "band" else known.source_ids)
