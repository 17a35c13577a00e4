"""The whole way of files into the archive. `make ingest`, `photvo ingest` and `dachs imp` all go it.

A file is in one transaction, alone or with others: all of its accepted rows are there and its log entry with them, or
nothing is.
"""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2

from photvo import readers
from photvo.machine import background
from photvo.model.batch import ObjectBatch, ReadError, ReferenceBatch
from photvo.readers.options import Options, parse
from photvo.settings import PhotvoError, why

from . import image_reading, images, light_curves, loader, log, missing, objects, rederive, reference, series_stats, summaries
from .files import FILE_ERRORS, File, find, readable
from .progress import Progress
from .report import Summary
from .session import Session

#: The seed's order: what refers to something comes after it. Everything else is light curves.
ORDER = {"kolonica-reference": 0, "kolonica-objects": 1, "fits-image": 2}
IMAGES, LIGHT_CURVES = 2, 3
#: Of more files that are taken together only the number is told.
NAMED = 50
#: So many new points make the planner's statistics worth refreshing, and such a share of all; what comes little by little
#: PostgreSQL sees by itself, from the same share on.
ANALYZE_POINTS, ANALYZE_SHARE = 20_000, 0.1


def ingest(settings, paths=(), dry_run=False, collection="kolonica", again=(), options=Options()):
    """Take in what is new under the collection's inputs, or these files and folders.

    Files whose log names are in `again` are taken even if they have not changed. `options` tell what light-curve files
    do not say; they are remembered for each file, until others are given. A dry run does everything and undoes it.
    Returns a Summary, whose `status` is the exit status. Raises PhotvoError where nothing can be done.
    """
    summary = Summary(dry_run)
    with Session(settings, collection, dry_run) as session:
        try:
            _Ingestion(session, summary, set(again), options).run(paths)
        except psycopg2.Error as error:
            summary.stopped = f"the database stopped the ingestion: {str(error).strip().splitlines()[0]}"
        except image_reading.ReaderDied as error:
            summary.stopped = str(error)
    summary.print()
    return summary


def _common(session):
    "what etc/COLLECTION.toml says about all light-curve files"
    try:
        return parse(session.settings.collections.get(session.collection, {}).get("lightcurves", {}))
    except ValueError as error:
        raise PhotvoError(f"etc/{session.collection}.toml: [lightcurves]: {error}") from None


class _Ingestion:
    "one run over some files"

    def __init__(self, session, summary, again, options):
        self.session, self.summary, self.again, self.options = session, summary, again, options
        self.common = _common(session)
        self.progress = Progress()
        self.new_points = 0
        self.lost = 0  # points that were in a file before it changed, and are no more
        self.named = set()  # files that are to be taken even if what they brought was deleted
        self.inputs = session.settings.inputs / session.collection

    def run(self, paths):
        if not paths and not self.inputs.is_dir():
            raise PhotvoError(f"{self.inputs}: there is no such folder; put files there or name some")
        rederive.bring_up_to_date(self.session)
        self.named = {Path(path).absolute() for path in paths}
        found = find(paths or [self.inputs], self.inputs)
        chosen = self._choose(found)
        for kind, group in itertools.groupby(chosen, lambda item: ORDER.get(item[1].format, LIGHT_CURVES)):
            {IMAGES: self._take_images, LIGHT_CURVES: self._take_light_curves}.get(kind, self._take_each)(list(group))
        again = self._below([*self._overlapping(), *missing.come(self.session)])
        self.summary.unchanged -= len(set(found) & set(again))
        self._take_light_curves(self._choose(again))
        self._finish()

    def _finish(self):
        if not self.session.dry_run:
            self.progress.show("statistics")
            with ThreadPoolExecutor(1) as beside:
                indexed = beside.submit(self.session.make_indexes) if self.session.unindexed else None
                with self.session.transaction():
                    computed = series_stats.finish(self.session, committed=True)
                if indexed:
                    indexed.result()
            with self.session.transaction() as cursor:
                self._analyze(cursor)
            if computed or self.summary.files:
                background.ask_for_periods(self.session.settings)
        self.progress.end()

    def _analyze(self, cursor):
        "the planner's statistics made fresh, where much is new"
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [f"{self.session.schema}.lightcurves"])
        if self.new_points >= max(ANALYZE_POINTS, ANALYZE_SHARE * cursor.fetchone()[0]):
            # that of the points: beside the statistics (session.make_indexes)
            cursor.execute(f"SELECT {self.session.schema}.analyze_tables(points => %s)", [not self.session.unindexed])

    def _choose(self, found):
        "the new and changed files with their readers, in the seed's order"
        chosen = []
        entries = log.entries(self.session.cursor, self.session.schema, [name for _, name in found])
        for path, name in found:
            try:
                name.encode()
                entry = entries.get(name)
                file = File(path, name, self.inputs, self._given(entry))
                if self._unchanged(file, entry):
                    self.summary.unchanged += 1
                    continue
                reader = readers.open(path, file.options.over(self.common))
            except UnicodeEncodeError:
                self.summary.refuse(name.encode(errors="backslashreplace").decode(), "its name is no text in UTF-8; rename it")
            except OSError as error:
                self.summary.refuse(name, f"cannot be read: {why(error)}")
            except ReadError as error:
                self._refuse(file, error)
            else:
                chosen.append((ORDER.get(reader.format, LIGHT_CURVES), file, reader))
        self.progress.files(file for _, file, _ in chosen)
        chosen.sort(key=lambda item: (item[0], reference.rank(item[1].path), item[1].name))
        return [item[1:] for item in chosen]

    def _given(self, entry):
        "the options of the command line; where there are none, those with which the file was taken before"
        return parse(entry.options) if entry and entry.options and not self.options.said() else self.options

    def _unchanged(self, file, entry):
        "True for a file that was taken in as it is; one that was refused is tried again"
        if entry is None or file.name in self.again or entry.status == "refused":
            return False
        if entry.rows_deleted and file.path in self.named:
            return False
        # images and tables of objects say all themselves
        told = entry.format in ORDER or (entry.options or {}, entry.sidecars or {}) == (file.given.said(), file.told.said())
        same = (entry.size, entry.mtime) == (file.size, file.mtime)
        if not told or (not same and (entry.size != file.size or entry.checksum != file.checksum)):
            if entry.rows_deleted and ORDER.get(entry.format, LIGHT_CURVES) >= IMAGES:
                self.summary.returned[file.name] = entry.rows_deleted
            return False
        self.summary.deleted += entry.status == "deleted"
        if not same:
            with self.session.transaction() as cursor:
                log.seen(cursor, self.session.schema, file)
        return True

    def _take_each(self, files):
        for file, reader in files:
            self.progress.show(file.name)
            self._take(file, reader)
            self.progress.step(file)

    def _take_light_curves(self, files):
        for group in light_curves.groups(self.session, files):
            started = time.monotonic()
            outcome = light_curves.take_files(self.session, group, self.progress)
            self.new_points += outcome.points
            self.lost += outcome.lost
            self.progress.clear()
            for part in outcome.taken:
                self.summary.take(part.file.name, part.counts)
                if len(group) <= NAMED:
                    self.summary.say_taken(part.file.name, part.seconds)
            for file, reader, error in outcome.refused:
                self._refuse(file, error, reader)
            if len(group) > NAMED:
                self.summary.say(f"{len(outcome.taken):,} files taken with {outcome.points:,} new points"
                                 f" ({time.monotonic() - started:.1f} s)")  # fmt: skip

    def _take_images(self, files):
        with image_reading.reading([file for file, _ in files]) as read:
            for start in range(0, len(files), images.AT_ONCE):
                self.progress.show(f"images {start:,} of {len(files):,}")
                started = time.monotonic()
                parts = [images.Part(*item, image) for item, image in zip(files[start : start + images.AT_ONCE], read)]
                done, refused = images.take_files(self.session, parts)
                for part in done:
                    self.summary.take(part.file.name, part.counts)
                for part, error in refused:
                    self._refuse(part.file, error, part.reader)
                for part in parts:
                    self.progress.step(part.file)
                self.progress.clear()
                if done:
                    self.summary.say(f"{len(done):,} images taken ({time.monotonic() - started:.1f} s)")

    def _take(self, file, reader):
        started = time.monotonic()
        session, counts, lost = self.session, log.Counts(), 0
        try:
            with session.transaction() as cursor:
                file_id, before = log.begin(cursor, session.schema, file, reader)
                if before:  # it may have been a light curve
                    loader.remove_points(cursor, session.schema, [file_id])
                    lost = loader.lost(cursor, session.schema)
                self._rows(reader, counts)
                file.check_unchanged()
                summaries.refresh(session)
                log.end(cursor, session.schema, file_id, counts, time.monotonic() - started)
        except FILE_ERRORS as error:
            session.known.reload(session.cursor)
            self._refuse(file, readable(file, error), reader)
        else:
            self.lost += lost
            self.progress.clear()
            self.summary.take(file.name, counts)
            self.summary.say_taken(file.name, time.monotonic() - started)

    def _rows(self, reader, counts):
        "what a file has into the tables"
        for batch in reader:
            if isinstance(batch, ObjectBatch):
                objects.take(self.session, batch, counts)
            elif isinstance(batch, ReferenceBatch):
                reference.take(self.session, batch, counts)
            else:
                raise TypeError(f"{reader.format} yields a {type(batch).__name__}")

    def _refuse(self, file, error, reader=None):
        "a file that is not taken: in the log, with its reason"
        reason = error.reason if error.line is None else f"line {error.line}: {error.reason}"
        try:
            with self.session.transaction() as cursor:
                log.refused(cursor, self.session.schema, file, reader.format if reader else "unknown",
                            reader.version if reader else 0, reason)  # fmt: skip
        except OSError:
            pass  # it cannot even be read for its checksum
        self.summary.refuse(file.name, reason)

    def _overlapping(self):
        """Files with points that another file had brought, where that one has lost points now: they may be theirs."""
        if not self.lost:
            return []
        with self.session.transaction() as cursor:
            cursor.execute(f"SELECT path FROM {self.session.schema}.ingest_log WHERE rows_elsewhere > 0 AND rows_deleted = 0")
            return [row[0] for row in cursor]

    def _below(self, names):
        """The files with these log names that are there and were not taken just now: they are to be taken again."""
        names = sorted(set(names) - self.summary.files.keys() - self.summary.refused.keys())
        self.again |= set(names)
        return [(self.inputs / name, name) for name in names if (self.inputs / name).exists()]
