"""One connection that writes: the lock that keeps a second ingester waiting, transactions, look-ups."""

from contextlib import closing, contextmanager

import psycopg2
import pyarrow as pa

from photvo.model import earth_rotation
from photvo.settings import PhotvoError, say

from . import loader
from .files import below
from .known import Known

#: First key of the advisory lock; the second is the hash of the schema's name.
LOCK = 7068


class Session:
    """As `writer_user` in one collection's base tables. Use with `with`; what is not committed is undone."""

    def __init__(self, settings, collection="kolonica", dry_run=False):
        self.settings, self.collection, self.dry_run = settings, collection, dry_run
        self.unindexed = False  # the tables of points are without their indexes: loader.without_indexes
        self.schema = f"{collection}_db"

    def __enter__(self):
        # what is freed goes back to the system, so that memory stays flat in the size of what is taken in
        pa.set_memory_pool(pa.system_memory_pool())
        earth_rotation.keep(self.settings.state)
        try:
            self.connection = self._connect()
        except psycopg2.OperationalError as error:
            raise PhotvoError(f"the database does not answer ({_line(error)}); start it with `make run`") from None
        self.cursor = self.connection.cursor()
        try:
            self._lock()
            self._prepare()
        except BaseException:
            self.connection.close()
            raise
        return self

    def __exit__(self, *exception):
        self.connection.close()  # gives the lock back and undoes what is not committed

    def _prepare(self):
        loader.make_indexes(self.cursor, self.schema)
        loader.prepare(self.cursor, self.schema)
        if not self.dry_run:
            self.connection.commit()
        self.known = Known(self.cursor, self.schema)

    def _connect(self):
        return psycopg2.connect(**self.settings.dsn("writer"), options="-c timezone=UTC")

    @contextmanager
    def beside(self):
        """A cursor of a connection of its own, for what goes on beside other work; it is committed at the end."""
        with closing(self._connect()) as connection, connection, connection.cursor() as cursor:
            yield cursor

    def make_indexes(self):
        """`loader.make_indexes` beside other work; what the planner knows of these tables is made fresh as well."""
        with self.beside() as cursor:
            loader.make_indexes(cursor, self.schema)
            cursor.execute(f"SELECT {self.schema}.analyze_tables(others => false)")

    def _begin(self):
        loader.begin_file(self.cursor)

    def _lock(self):
        keys = [LOCK, self.schema]
        self.cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", keys)
        if not self.cursor.fetchone()[0]:
            say("another ingestion is running; this one waits for its end")
            self.cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", keys)

    def accref(self, path):
        """The path of a file below the inputs, which is where its product is served from; None elsewhere."""
        return below(path, self.settings.inputs)

    @contextmanager
    def transaction(self):
        """All of the block or nothing. In a dry run all of it is undone in the end, with the connection."""
        if self.dry_run:
            self.cursor.execute("SAVEPOINT file")
        try:
            self._begin()
            yield self.cursor
        except BaseException:
            if self.connection.closed:
                raise
            if self.dry_run:
                self.cursor.execute("ROLLBACK TO SAVEPOINT file")
            else:
                self.connection.rollback()
            raise
        if not self.dry_run:
            self.connection.commit()


def _line(error):
    return str(error).strip().split("\n")[0]
