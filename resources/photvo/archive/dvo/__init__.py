"""A DVO database into the tables of `dvo_db`: region by region, a region a transaction, several at a time.

What tells a region that has changed is the reader's signature, the photcodes and the settings; what has not, is left alone. In
the attached mode the measurements stay in their files (attached.py).
"""

import os
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import psycopg2

from photvo.archive import log
from photvo.archive.dvo import config, points, tables
from photvo.archive.dvo.exposures import Exposures
from photvo.archive.dvo.region import Loader, Stopped, remove
from photvo.archive.files import FILE_ERRORS, readable
from photvo.archive.report import Summary
from photvo.archive.session import Session
from photvo.machine import background
from photvo.model.batch import ReadError
from photvo.readers import dvo
from photvo.readers.dvo import recognises

#: Version of what is derived of a region: a new number, and all regions are taken again.
VERSION = 1
ANALYZE_ROWS = 20_000


def there(settings):
    """True where the instance's inputs hold a DVO database."""
    return recognises(settings.inputs / "dvo")


def ingest(settings, dry_run=False):
    """Take in what is new or has changed of inputs/dvo. Returns a Summary. Raises PhotvoError where nothing can be done."""
    summary = Summary(dry_run)
    wanted = config.load(settings)
    with DvoSession(settings) as session:
        try:
            _Ingestion(session, summary, wanted).run()
        except ReadError as error:
            summary.refuse(str(error.path), error.reason)
        except psycopg2.Error as error:
            summary.stopped = f"the database stopped the ingestion: {str(error).strip().splitlines()[0]}"
    summary.print()
    return summary


class DvoSession(Session):
    """As `writer_user` in dvo_db."""

    def __init__(self, settings):
        super().__init__(settings, "dvo")

    def _prepare(self):
        self.connection.commit()

    def _begin(self):
        pass


class RegionFile:
    """A region as the log has it: `path` and `name`, a checksum of all that its rows depend on, size, mtime."""

    def __init__(self, region, depends):
        self.path, self.name, self._depends, self._region = region.path, region.name, depends, region
        self.size = self.mtime = 0
        try:
            self.checksum = f"{region.signature()} {depends}"
            states = [path.stat() for path in region.files.values() if path.exists()]
            self.size, self.mtime = sum(s.st_size for s in states), max(s.st_mtime_ns for s in states)
        except ReadError as error:
            # its .cpt file is broken: the reason comes again when it is read
            self.checksum = f"{error.reason} {depends}"

    def check_unchanged(self):
        """Raise ReadError where the files were written to since they were looked at."""
        if f"{self._region.signature()} {self._depends}" != self.checksum:
            raise ReadError(self.path, "the region changed while it was read; ingest it again when it is complete")


class _Format:
    "what the log says of a region's reader"

    version = VERSION

    def __init__(self, attached):
        self.format = "dvo-attached" if attached else "dvo-loaded"


class _Ingestion:
    def __init__(self, session, summary, wanted):
        self.session, self.summary, self.config = session, summary, wanted
        self.format = _Format(wanted.attached)
        self.rows = self.total = 0
        self.started = time.monotonic()

    def run(self):
        database = dvo.Database(self.config.folder)
        bands = points.bands(database.photcodes, self.config.bands)
        session = self.session
        with session.transaction() as cursor:
            depends, images = tables.refresh(cursor, database, self.config, bands)
        regions = database.regions
        entries = log.entries(session.cursor, session.schema)
        due = self._due(regions, entries, f"{depends} {VERSION}", images)
        self._forget({region.name for region in regions}, entries)
        if self.summary.dry_run:
            for _, file in due:
                self.summary.say(f"{file.name}: would be taken")
            return
        if due:
            self._take_all(database, bands, due)
            with session.transaction() as cursor:
                if self.rows >= ANALYZE_ROWS or not entries:
                    cursor.execute(f"SELECT {session.schema}.analyze_tables()")
            background.ask_for_periods(session.settings)
        self._progress("")

    def _due(self, regions, entries, depends, images):
        "the regions that are to be taken, with their files"
        with_missing = self._with_missing_images()
        due = []
        for region in regions:
            file = RegionFile(region, f"{depends} {images[:16]}" if region.name in with_missing else depends)
            entry = entries.get(region.name)
            if entry and entry[4] != "refused" and entry[1] == file.checksum:
                self.summary.unchanged += 1
            else:
                due.append((region, file))
        return due

    def _with_missing_images(self):
        "names of regions that wait for images: they are taken again when Images.dat has changed"
        self.session.cursor.execute(f"SELECT path FROM {self.session.schema}.ingest_log WHERE images_missing > 0")
        return {row[0] for row in self.session.cursor}

    def _forget(self, names, entries):
        "regions that are not there any more"
        gone = [name for name in entries if name not in names]
        if not gone or self.summary.dry_run:
            return
        with self.session.transaction() as cursor:
            cursor.execute(f"SELECT index, name FROM {self.session.schema}.skytable WHERE name = ANY(%s)", [gone])
            for index, _ in cursor.fetchall():
                remove(cursor, index)
            cursor.execute(f"DELETE FROM {self.session.schema}.ingest_log WHERE path = ANY(%s)", [gone])
        self.summary.say(f"{len(gone):,} regions are not there any more: taken out")

    def _take_all(self, database, bands, due):
        stop = threading.Event()
        shared = Loader(self.session.cursor, database, self.config, bands, Exposures(self._connect, self.config), stop)
        self.session.connection.commit()
        self.total = sum(file.size for _, file in due)
        workers = ThreadPoolExecutor(min(len(due), os.cpu_count() or 1))
        waiting = {workers.submit(self._take, shared, region, file) for region, file in due}
        try:
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    self._told(*future.result())
        finally:
            stop.set()
            workers.shutdown(cancel_futures=True)

    def _connect(self):
        connection = psycopg2.connect(**self.session.settings.dsn("writer"), options="-c timezone=UTC")
        connection.autocommit = True
        return connection

    def _take(self, shared, region, file):
        "a region in a transaction of its own, in a thread; (file, counts or ReadError, seconds)"
        started, counts, schema = time.monotonic(), log.Counts(), self.session.schema
        connection = self._connect()
        try:
            connection.autocommit = False
            cursor = connection.cursor()
            try:
                file_id, _ = log.begin(cursor, schema, file, self.format)
                shared.take(cursor, region, counts)
                file.check_unchanged()
                log.end(cursor, schema, file_id, counts, time.monotonic() - started)
                connection.commit()
                return file, counts, time.monotonic() - started
            except FILE_ERRORS as error:
                connection.rollback()
                problem = readable(file, error)
                log.refused(cursor, schema, file, self.format.format, VERSION, problem.reason)
                connection.commit()
                return file, problem, time.monotonic() - started
        except Stopped:
            connection.rollback()
            return file, None, 0
        finally:
            connection.close()

    def _told(self, file, outcome, seconds):
        if isinstance(outcome, ReadError):
            self.summary.refuse(file.name, outcome.reason if str(outcome.path) == str(file.path) else str(outcome))
        elif outcome is not None:
            self.summary.take(file.name, outcome)
            self.summary.say_taken(file.name, seconds)
            self.rows += outcome.read
        self.size_done = getattr(self, "size_done", 0) + file.size
        spent = time.monotonic() - self.started
        left = spent * (self.total / self.size_done - 1) if self.size_done else 0
        taken = len(self.summary.files)
        self._progress(f"{taken:,} regions, {self.rows:,} measurements, about {left:.0f} s left")

    def _progress(self, text):
        if sys.stderr.isatty():
            print(f"\r\x1b[K{text[:100]}", end="", file=sys.stderr, flush=True)
