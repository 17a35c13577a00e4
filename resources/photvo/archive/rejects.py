"""Rows and files that were not taken: listed, and taken in again when the file or the archive has been mended."""

from photvo.settings import say

from .ingest import ingest
from .session import Session

_ROWS = """
SELECT l.path, r.line, r.reason, r.row FROM {s}.ingest_rejects r JOIN {s}.ingest_log l ON l.id = r.file_id
ORDER BY l.path, r.line, r.id"""
_FILES = "SELECT path, reason FROM {s}.ingest_log WHERE status = 'refused' ORDER BY path"
_AGAIN = "SELECT path, rows_deleted FROM {s}.ingest_log WHERE status IN ('with rejects', 'refused') ORDER BY path"


def list(settings, collection="kolonica"):  # noqa: A001  the command's name
    """Print every rejected row with its file, line and reason, and every refused file. Returns the exit status."""
    with Session(settings, collection) as session:
        session.cursor.execute(_FILES.format(s=session.schema))
        for path, reason in session.cursor.fetchall():
            print(f"{path}: not taken: {reason}")
        session.cursor.execute(_ROWS.format(s=session.schema))
        for path, line, reason, row in session.cursor:
            print(f"{path}, line {line}: {reason}: {row}")
    return 0


def retry(settings, collection="kolonica"):
    """Take the files in again that have rejects: they may be mended, or what they refer to may have come.

    Returns the exit status, as `ingest` does.
    """
    with Session(settings, collection) as session:
        session.cursor.execute(_AGAIN.format(s=session.schema))
        names = []
        for name, deleted in session.cursor:
            if deleted:
                say(f"{name}: {deleted:,} rows of it were deleted; name it to `photvo ingest` to take all of it again")
            else:
                names.append(name)
    inputs = settings.inputs / collection
    there = [name for name in names if (inputs / name).exists()]
    for name in sorted(set(names) - set(there)):
        say(f"{name}: the file is no longer there; put it back, or take its rows from `photvo rejects list`")
    if not there:
        say("there is nothing to take in again")
        return 0
    return ingest(settings, [inputs / name for name in there], again=there, collection=collection).status
