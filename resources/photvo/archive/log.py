"""The tables ingest_log and ingest_rejects: what became of each file, and of each row that was not taken."""

import json
import re
from datetime import datetime, timezone
from typing import NamedTuple

import pyarrow as pa

from photvo.model.batch import ReadError

from . import loader
from .upsert import insert, upsert


class Entry(NamedTuple):
    """What the log has of a file. Options and sidecars: dicts of what was told about it, None where nothing was."""

    id: int
    checksum: str
    size: int
    mtime: int
    status: str
    format: str
    options: dict | None
    sidecars: dict | None
    rows_deleted: int


#: So many kinds of reasons are told apart in a file, and so many names in one.
KINDS = 1000
_VALUES = re.compile(r"'[^']*'|[-+]?\d[\d.e+-]*")
_NAMED = re.compile(r"'[^']*'|(?<=^object )\d+")


class Alike:
    """Rows that are rejected for the same reason: their number, the first Reject, and what their reasons name."""

    def __init__(self, first):
        self.number, self.first, self.named = 0, first, {}

    def add(self, number, named):
        """So many more, which name these things."""
        self.number += number
        for name in named:
            if len(self.named) < KINDS:
                self.named[name] = None


class Counts:
    """What became of the rows of a file."""

    def __init__(self):
        self.read = self.accepted = self.repeated = self.elsewhere = self.missing = self.gaps = 0
        self.rejected = 0
        self.reasons = {}  # what is wrong with rejected rows, without the values → Alike
        self.rejects = []  # those (photvo.model.batch.Reject) that are not in the database yet
        self.warnings = []

    def reject(self, rejects):
        """Count rejects (list of Reject), which wait to be written."""
        self.rejected += len(rejects)
        self.rejects += rejects
        for reject in rejects:
            kind = _VALUES.sub("…", reject.reason)
            if kind in self.reasons or len(self.reasons) < KINDS:
                named = _NAMED.search(reject.reason)
                self.reasons.setdefault(kind, Alike(reject)).add(1, [named[0]] if named else [])

    @property
    def status(self):
        """The word for it in ingest_log."""
        return "with rejects" if self.rejected else "complete"


_BEGIN = """
INSERT INTO {s}.ingest_log (path, checksum, size, mtime, options, sidecars, format, reader_version, status)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'complete')
ON CONFLICT (path) DO UPDATE SET checksum = EXCLUDED.checksum, size = EXCLUDED.size, mtime = EXCLUDED.mtime,
  options = EXCLUDED.options, sidecars = EXCLUDED.sidecars, format = EXCLUDED.format, reader_version = EXCLUDED.reader_version,
  taken = now(), reason = NULL, rows_deleted = 0
RETURNING id, (xmax <> 0)"""

_END = """
UPDATE {s}.ingest_log SET status = %s, rows_read = %s, rows_accepted = %s, rows_repeated = %s, rows_elsewhere = %s,
  rows_rejected = %s, images_missing = %s, seconds = %s WHERE id = %s"""

_REFUSED = """
INSERT INTO {s}.ingest_log (path, checksum, size, mtime, options, sidecars, format, reader_version, status, reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'refused', %s)
ON CONFLICT (path) DO UPDATE SET checksum = EXCLUDED.checksum, size = EXCLUDED.size, mtime = EXCLUDED.mtime,
  options = EXCLUDED.options, sidecars = EXCLUDED.sidecars,
  status = 'refused', reason = EXCLUDED.reason, taken = now()
  WHERE (ingest_log.checksum, ingest_log.reason) IS DISTINCT FROM (EXCLUDED.checksum, EXCLUDED.reason)"""


def entries(cursor, schema, names):
    """What the log has of these files, a dict: path → Entry."""
    cursor.execute(f"SELECT path, {', '.join(Entry._fields)} FROM {schema}.ingest_log WHERE path = ANY(%s)",
                   [[name.encode(errors="replace").decode() for name in names]])  # fmt: skip
    return {path: Entry(*values) for path, *values in cursor}


def begin(cursor, schema, file, reader):
    """The id of the file's entry, and whether it was there before. Its former rejects are forgotten."""
    cursor.execute(_BEGIN.format(s=schema), [*_facts(file), reader.format, reader.version])
    file_id, before = cursor.fetchone()
    if before:
        cursor.execute(f"DELETE FROM {schema}.ingest_rejects WHERE file_id = %s", [file_id])
    return file_id, before


def ids(cursor, schema, names):
    """The ids of the entries that files have or will have: name → (id, whether there is an entry)."""
    cursor.execute(f"SELECT path, id FROM {schema}.ingest_log WHERE path = ANY(%s)", [names])
    there = {path: (key, True) for path, key in cursor}
    new = [name for name in names if name not in there]
    cursor.execute(f"SELECT nextval('{schema}.ingest_log_id_seq') FROM generate_series(1, %s)", [len(new)])
    return {**there, **{name: (row[0], False) for name, row in zip(new, cursor.fetchall())}}


def write(cursor, schema, parts, done=False):
    """The entries of files (light_curves.Part) that are taken together: once before their points, which refer to them,
    and once more with what became of them. Their former rejects are forgotten."""
    upsert(cursor, f"{schema}.ingest_log", "path", _rows(parts))
    if done:
        cursor.execute(
            f"DELETE FROM {schema}.ingest_rejects WHERE file_id = ANY(%s)", [[part.id for part in parts if part.before]])
        cursor.execute(f"INSERT INTO {schema}.ingest_rejects (file_id, line, reason, row) SELECT * FROM rejected WHERE file_id = ANY(%s)",
                       [[part.id for part in parts]])  # fmt: skip


def add(cursor, schema, parts):
    """The entries of files (images.Part) of which all is known, without rejects."""
    insert(cursor, f"{schema}.ingest_log", _rows([part for part in parts if not part.before]))
    if before := [part for part in parts if part.before]:
        write(cursor, schema, before, done=True)


def _rows(parts):
    now = datetime.now(timezone.utc).isoformat()
    return [
        {"id": part.id, **dict(zip(_FACTS, _facts(part.file))), "format": part.reader.format,
         "reader_version": part.reader.version, "status": part.counts.status, "reason": None, "rows_read": part.counts.read,
         "rows_accepted": part.counts.accepted, "rows_repeated": part.counts.repeated, "rows_elsewhere": part.counts.elsewhere,
         "rows_rejected": part.counts.rejected, "images_missing": part.counts.missing, "rows_deleted": 0, "taken": now,
         "seconds": part.seconds}
        for part in parts
    ]  # fmt: skip


def end(cursor, schema, file_id, counts, seconds):
    """Complete the entry."""
    cursor.execute(
        _END.format(s=schema),
        [counts.status, counts.read, counts.accepted, counts.repeated, counts.elsewhere, counts.rejected,
         counts.missing, seconds, file_id],
    )  # fmt: skip
    if counts.rejects:
        loader.copy(cursor, f"{schema}.ingest_rejects", rejects(file_id, counts))


def rejects(file_id, counts):
    """The rejects of a file that wait, which do so no longer: a table of the columns of ingest_rejects."""
    waiting, counts.rejects = counts.rejects, []
    return pa.table({
        "file_id": pa.array([file_id] * len(waiting), pa.int32()),
        "line": pa.array([reject.line for reject in waiting], pa.int64()),
        "reason": pa.array([reject.reason for reject in waiting], pa.string()),
        # PostgreSQL's text takes everything but this
        "row": pa.array([reject.row.replace("\0", "\\0") for reject in waiting], pa.string()),
    })  # fmt: skip


def refused(cursor, schema, file, format_, version, reason):
    """The entry of a file that was not taken. What an earlier state of it brought stays, and its counts."""
    cursor.execute(_REFUSED.format(s=schema), [*_facts(file), format_, version, reason.replace("\0", "\\0")])


def seen(cursor, schema, file):
    """The file has another age but the same contents."""
    cursor.execute(f"UPDATE {schema}.ingest_log SET mtime = %s WHERE path = %s", [file.mtime, file.name])


_FACTS = ("path", "checksum", "size", "mtime", "options", "sidecars")


def _facts(file):
    try:
        told = file.told.said()
    except ReadError:
        told = None
    return file.name, file.checksum, file.size, file.mtime, _json(file.given.said()), _json(told)


def _json(words):
    return json.dumps(words) if words else None
