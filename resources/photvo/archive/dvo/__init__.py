"""A DVO database into the tables of `dvo_db`: region by region, a region a transaction, several at a time.

What tells a region that has changed is the reader's signature, the photcodes and the settings; what has not, is left alone. In
the attached mode the measurements stay in their files (attached.py).
"""

import os
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing

import psycopg2

from photvo.archive.dvo import config, points, regions, tables
from photvo.archive.dvo.exposures import Exposures
from photvo.archive.dvo.region import Loader, Stopped, remove
from photvo.archive.dvo.regions import RegionFiles
from photvo.archive.dvo.sizes import Sizes
from photvo.archive.files import FILE_ERRORS, readable
from photvo.archive.log import Counts
from photvo.archive.report import Summary
from photvo.archive.session import Session
from photvo.machine import background
from photvo.model.batch import ReadError
from photvo.readers import dvo
from photvo.readers.dvo import recognises

#: So many new measurements make the planner's statistics worth refreshing.
ANALYZE_ROWS = 20_000
#: Regions that come into empty tables go in without most indexes, which are made in the end; but no more than so many bytes,
#: since cone searches and light curves are slow meanwhile.
FIRST, FIRST_AT_LEAST = 4 << 30, 8 << 20
#: The last index of each part of schema.sql's index_tables().
_MARKS = ("measurements_pkey", "measurements_image", "series_rows_t")


def there(settings):
    """True where the instance's inputs hold a DVO database."""
    return recognises(settings.inputs / "dvo")


def ingest(settings, dry_run=False):
    """Take in what is new or has changed of inputs/dvo. Returns a Summary. Raises PhotvoError where nothing can be done."""
    summary = Summary(dry_run)
    wanted = config.load(settings)
    with DvoSession(settings, dry_run) as session:
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

    def __init__(self, settings, dry_run):
        super().__init__(settings, "dvo", dry_run)

    def _prepare(self):
        # an ingestion that was killed may have left the tables without
        if not self.dry_run:
            self.make_indexes()

    def make_indexes(self):
        """Make the indexes where they are missing, and the planner's statistics with them. Readers go on meanwhile.

        Returns whether they were missing.
        """
        there = " AND ".join(f"to_regclass('{self.schema}.{name}') IS NOT NULL" for name in _MARKS)
        self.cursor.execute(f"SELECT {there}")
        [complete] = self.cursor.fetchone()
        self.connection.commit()
        if not complete:
            self.beside("index_tables", "key", "image", "objects")
            self.cursor.execute(f"SELECT {self.schema}.index_tables()")
            self.connection.commit()
        return not complete

    def beside(self, function, *parts):
        """Call a function of the database for each of these parts, each on a connection of its own."""

        def call(part):
            with closing(self._connect()) as connection, connection, connection.cursor() as cursor:
                cursor.execute(f"SELECT {self.schema}.{function}(%s)", [part])

        with ThreadPoolExecutor(len(parts)) as threads:
            list(threads.map(call, parts))

    def without_indexes(self):
        """Take most indexes away, if there is nothing in the tables and nobody is reading them."""
        self.cursor.execute(f"SELECT {self.schema}.unindex_tables()")
        self.connection.commit()

    def _begin(self):
        pass


class _Ingestion:
    def __init__(self, session, summary, wanted):
        self.session, self.summary, self.config = session, summary, wanted
        self.rows = self.size = self.total = 0
        self.started = time.monotonic()

    def run(self):
        database = dvo.Database(self.config.folder)
        bands = points.bands(database.photcodes)
        session = self.session
        tables.check_images(database)
        self.images = tables.images_checksum(database)
        with session.transaction() as cursor:
            depends = tables.refresh(cursor, database, self.config, bands)
            if self.summary.dry_run:
                tables.refresh_images(cursor, database, self.config)
        found, entries = database.regions, regions.entries(session.cursor)
        due = self._due(found, entries, f"{depends} {regions.VERSION}")
        self._forget({region.name for region in found}, entries)
        if self.summary.dry_run:
            for files in due:
                self.summary.say(f"{files.name}: would be taken")
            return
        if FIRST_AT_LEAST <= sum(files.size for files in due) <= FIRST:
            session.without_indexes()
        with ThreadPoolExecutor(1) as beside:
            images = beside.submit(self._take_images, database)
            if due:
                self._take_all(database, bands, due, images)
            images.result()
        if due:
            if not session.make_indexes() and (self.rows >= ANALYZE_ROWS or not entries):
                session.beside("analyze_tables", "objects", "measurements")
            background.ask_for_periods(session.settings)
        self._progress("")

    def _due(self, found, entries, depends):
        "the regions that are to be taken"
        due = []
        for region in found:
            checksum, status, missing, images = entries.get(region.name, (None, None, 0, None))
            files = RegionFiles(region, depends, self.config.attached)
            # one that waits for images is taken again when Images.dat has changed
            if status == "complete" and checksum == files.checksum and (not missing or images == self.images):
                self.summary.unchanged += 1
            else:
                due.append(files)
        return due

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

    def _take_images(self, database):
        "in a transaction of their own, on a connection of its own: their footprints' index takes a while"
        with closing(self._connect()) as connection, connection.cursor() as cursor:
            connection.autocommit = False
            tables.refresh_images(cursor, database, self.config)
            connection.commit()

    def _take_all(self, database, bands, due, images):
        stop = threading.Event()
        session = self.session
        exposures, sizes = Exposures(self._connect, self.config), Sizes(session.settings, images.result)
        shared = Loader(session.cursor, database, self.config, bands, exposures, sizes, stop)
        session.connection.commit()
        self.total = sum(files.size for files in due)
        workers = ThreadPoolExecutor(min(len(due), os.cpu_count() or 1))
        # the largest first, or the others are long done when it ends
        due = sorted(due, key=lambda files: files.size, reverse=True)
        waiting = {workers.submit(self._take, shared, files) for files in due}
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

    def _take(self, shared, files):
        "a region in a transaction of its own, in a thread: (files, counts or ReadError or None, seconds)"
        started, counts = time.monotonic(), Counts()
        with closing(self._connect()) as connection, connection.cursor() as cursor:
            connection.autocommit = False
            try:
                files.begin(cursor)
                shared.take(cursor, files.region, counts)
                files.check_unchanged()
                files.end(cursor, counts, self.images, time.monotonic() - started)
                outcome = counts
            except Stopped:
                connection.rollback()
                outcome = None
            except FILE_ERRORS as error:
                connection.rollback()
                outcome = readable(files, error)
                files.refuse(cursor, _reason(files, outcome))
            connection.commit()
        return files, outcome, time.monotonic() - started

    def _told(self, files, outcome, seconds):
        if isinstance(outcome, ReadError):
            self.summary.refuse(files.name, _reason(files, outcome))
        elif outcome is not None:
            self.summary.take(files.name, outcome)
            self.summary.say_taken(files.name, seconds)
            self.rows += outcome.read
        self.size += files.size
        left = (time.monotonic() - self.started) * (self.total / max(self.size, 1) - 1)
        self._progress(f"{len(self.summary.files):,} regions, {self.rows:,} measurements, about {left:.0f} s left")

    def _progress(self, text):
        if sys.stderr.isatty():
            print(f"\r\x1b[K{text[:100]}", end="", file=sys.stderr, flush=True)


def _reason(files, error):
    "why a region was refused; the file is named where it is not the .cpt that gives the region its name"
    return error.reason if error.path == str(files.path) else f"{os.path.basename(error.path)}: {error.reason}"
