"""A photometry database with the seed's tables into the archive: all of it or nothing, and what is new when it is repeated."""

import os
import time
from pathlib import Path
from types import SimpleNamespace

from photvo.machine import background
from photvo.readers.options import Options
from photvo.settings import PhotvoError, say

from . import log, rederive
from .import_points import Points
from .import_tables import Tables
from .ingest import ingest
from .origin import Origin
from .reference import KEYS
from .session import Session

READER = SimpleNamespace(format="kolonica-database", version=1)
SHOWN = 20  # reasons

_REASONS = """
SELECT count(*), min(reason) FROM {s}.ingest_rejects WHERE file_id = %s
GROUP BY regexp_replace(reason, '\\d+', '…', 'g') ORDER BY 1 DESC, 2"""
_FOUND = "SELECT path_to_fits, filename FROM {s}.observations b WHERE NOT EXISTS (SELECT FROM {s}.observation_files WHERE observation_id = b.id)"


def import_database(settings, dsn, paths=None, names=None, dry_run=False):
    """Import the database at `dsn` (origin.address).

    paths: folder of images there → folder where they are now. names: (table, our column) → its column there.
    Images that lie below the inputs now are taken in afterwards, as by `ingest`. Returns the exit status, 2 where rows were
    not taken. Raises PhotvoError where nothing can be done.
    """
    paths = {old.rstrip("/"): os.path.abspath(new) for old, new in (paths or {}).items()}
    for new in paths.values():
        if not os.path.isdir(new):
            raise PhotvoError(f"--path-map: {new} is not a folder")
    started = time.monotonic()
    with Origin(dsn, names or {}) as origin, Session(settings, "kolonica", dry_run) as session:
        rederive.bring_up_to_date(session)
        with session.transaction() as cursor:
            entry = SimpleNamespace(name=origin.name, checksum="", size=0, mtime=None, given=Options(), told=Options())
            file_id, _ = log.begin(cursor, session.schema, entry, READER)
            tables = Tables(session, origin, file_id, paths)
            for table in KEYS:
                tables.reference(table)
            tables.objects()
            tables.observations()
            points = Points(session, origin, tables, file_id)
            points.take()
            refused = _log(session, file_id, points, time.monotonic() - started)
            cursor.execute(_REASONS.format(s=session.schema), [file_id])
            reasons = cursor.fetchall()
            cursor.execute(_FOUND.format(s=session.schema))
            found, missing = _images(settings, cursor.fetchall(), paths)
    _tell(origin, tables, points, reasons, dry_run)
    if missing:
        say(f"  {len(missing):,} images are not where they should be, like {missing[0]}; --path-map OLD=NEW says where they are")
    if dry_run:
        say(f"  {len(found):,} images lie below {settings.inputs} and would be taken in")
        say("  a dry run: nothing of this was kept")
        return 2 if refused else 0
    background.ask_for_periods(settings)
    status = ingest(settings, found).status if found else 0
    return max(status, 2 if refused else 0) if status != 1 else 1


def _log(session, file_id, points, seconds):
    "complete the entry in the log; returns how many rows were not taken, or not whole"
    session.cursor.execute(
        "UPDATE {s}.ingest_log SET rows_read = %s, rows_repeated = %s, images_missing = %s, seconds = %s,"
        " rows_accepted = (SELECT count(*) FROM {s}.lightcurves WHERE file_id = ingest_log.id), rows_rejected = n,"
        " status = CASE WHEN n > 0 THEN 'with rejects' ELSE 'complete' END"
        " FROM (SELECT count(*) AS n FROM {s}.ingest_rejects WHERE file_id = %s) r WHERE id = %s RETURNING rows_rejected".format(s=session.schema),
        [points.read, points.repeated, points.without_image, seconds, file_id, file_id],
    )  # fmt: skip
    return session.cursor.fetchone()[0]


def _images(settings, rows, paths):
    "files of images that can be taken in, and those that are not there"
    found, missing = [], []
    for folder, name in rows:
        place = Path(settings.inputs, folder or "", name)
        # the seed's file names lack the ending of compression
        there = next((path for path in (place, Path(f"{place}.fz")) if path.exists()), None)
        if there is None:
            missing.append(place)
        elif there.is_relative_to(settings.inputs):
            found.append(there)
    return found, missing


def _tell(origin, tables, points, reasons, dry_run):
    verb = "would be taken" if dry_run else "taken"
    for table, (read, taken) in tables.counts.items():
        say(f"{table}: {taken:,} of {read:,} rows {verb}")
    say(f"lightcurves: {points.taken:,} of {points.read:,} rows {verb}, {points.repeated:,} there already")
    for number, first in reasons[:SHOWN]:
        say(f"  {number:,} like {first}")
    if reasons:
        say(f"  all of them: photvo rejects list (of {origin.name})")
    for note in tables.notes:
        say(f"  note: {note}")
