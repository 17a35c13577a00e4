"""The database that is imported: one with the seed's tables, read as its read-only user, in one snapshot."""

import os
import threading

import psycopg2

from photvo.settings import PhotvoError, read_env

NEEDED = ("DB_HOST", "DB_NAME", "DB_READONLY_USER", "DB_READONLY_PASS")


def address(path):
    """Keywords for psycopg2 from an environment file with the seed's names. Raises PhotvoError for what is missing there."""
    if not os.path.exists(path):
        raise PhotvoError(f"{path}: there is no such file; it gives {', '.join(NEEDED)}")
    env = read_env(path)
    if missing := [name for name in NEEDED if not env.get(name)]:
        raise PhotvoError(f"{path}: {missing[0]} is not set")
    return {"host": env["DB_HOST"], "port": env.get("DB_PORT") or "5432", "dbname": env["DB_NAME"],
            "user": env["DB_READONLY_USER"], "password": env["DB_READONLY_PASS"]}  # fmt: skip


class Origin:
    """A connection that only reads. `names`: (table, our column) → its column, where it has another name."""

    def __init__(self, dsn, names):
        self.dsn, self.names = dsn, names
        self.name = "postgresql://{host}:{port}/{dbname}".format(**dsn)

    def __enter__(self):
        try:
            # text of numbers and dates that gives back the very same ones
            options = "-c timezone=UTC -c datestyle=ISO -c extra_float_digits=3 -c statement_timeout=0"
            self.connection = psycopg2.connect(**self.dsn, connect_timeout=10, options=options)
        except psycopg2.OperationalError as error:
            raise PhotvoError(f"{self.name}: {str(error).strip().splitlines()[-1]}") from None
        self.connection.set_session("REPEATABLE READ", readonly=True)
        self.cursor = self.connection.cursor()
        return self

    def __exit__(self, *exception):
        self.connection.close()

    def columns(self, table):
        """Names of the table's columns. Raises PhotvoError where there is no such table that we may read."""
        self.cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped"
            " AND has_table_privilege(attrelid, 'SELECT') ORDER BY attnum", [table])  # fmt: skip
        found = [row[0] for row in self.cursor]
        if not found:
            raise PhotvoError(f"{self.name}: {self.dsn['user']} sees no table {table} there")
        return found

    def matched(self, table, ours):
        """Columns that both have: a dict of those of `ours` → its name there, quoted; and its other columns."""
        there = self.columns(table)
        found = {}
        for name in ours:
            theirs = self.names.get((table, name), name)
            if theirs in there:
                found[name] = '"{}"'.format(theirs.replace('"', '""'))
            elif (table, name) in self.names:
                raise PhotvoError(f"--column {table}.{name}={theirs}: the table {table} there has {', '.join(there)}")
        return found, [name for name in there if f'"{name}"' not in found.values()]

    def rows(self, query):
        """The rows of a query."""
        self.cursor.execute(query)
        return self.cursor.fetchall()

    def stream(self, query, take):
        """Hand the rows of a query as CSV, a binary file, to `take` while they come. Returns what `take` returns."""
        read, write = os.pipe()

        def send():
            try:
                with os.fdopen(write, "wb") as out:
                    self.cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv)", out)
            except (psycopg2.Error, OSError) as error:
                failed.append(error)

        failed = []
        sender = threading.Thread(target=send)
        sender.start()
        try:
            with os.fdopen(read, "rb") as rows:
                result = take(rows)
        except BaseException:
            self.connection.cancel()
            raise
        finally:
            sender.join()
        if failed:
            raise PhotvoError(f"{self.name}: {str(failed[0]).strip().splitlines()[0]}")
        return result
