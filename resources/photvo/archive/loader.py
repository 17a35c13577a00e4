"""Rows into the tables, always by COPY, in the caller's transaction.

Points go into the table point_stage first; the SQL function take_points (resources/kolonica/schema.sql) puts
those that are new into `lightcurves`, and their further facts into `metadata_lc_json`.
"""

import pyarrow as pa

from photvo.model import arrow_csv

from .writer import Writer

#: What tells a point from all others.
KEY = "object_id, photosys_id, datasource_id, time_given, observation_id"


def prepare(cursor, schema):
    """Make the temporary tables of a connection: the series that a file changes, the points that it had before, its rejects."""
    cursor.execute(
        f"TRUNCATE {schema}.point_stage;"
        "CREATE TEMPORARY TABLE touched (object_id integer, photosys_id integer) ON COMMIT DELETE ROWS;"
        f"CREATE TEMPORARY TABLE removed ON COMMIT DELETE ROWS AS SELECT {KEY} FROM {schema}.lightcurves WITH NO DATA;"
        "CREATE TEMPORARY TABLE rejected ON COMMIT DELETE ROWS AS"
        f" SELECT file_id, line, reason, row FROM {schema}.ingest_rejects WITH NO DATA"
    )


def begin_file(cursor):
    """Nothing is touched, nothing removed. In a dry run there is no COMMIT between files."""
    cursor.execute("DELETE FROM touched; DELETE FROM removed; DELETE FROM rejected")


def copy(cursor, target, table):
    """COPY an Arrow table into `target`, by the names of its columns. Null is null, an empty text is a text."""
    buffer = pa.BufferOutputStream()
    arrow_csv.write(table, buffer)
    columns = ", ".join(table.column_names)
    cursor.copy_expert(f"COPY {target} ({columns}) FROM STDIN (FORMAT csv)", pa.BufferReader(buffer.getvalue()), 1 << 20)


class Staging(Writer):
    """Checked points on their way to `take_points`: the next batch is read meanwhile."""

    def __init__(self, cursor, schema):
        super().__init__()
        self.cursor, self.target = cursor, f"{schema}.point_stage"

    def add(self, table, file_ids):
        """Add points (checks.points) with the ids of their files, an int32 array. Raises what went wrong with those before."""
        self._copy(self.target, table.append_column("file_id", pa.array(file_ids)))

    def reject(self, table):
        """Add rejected rows (log.rejects), which wait in the table `rejected`."""
        self._copy("rejected", table)

    def _copy(self, target, table):
        if table.num_rows:
            self.write(copy, self.cursor, target, table)


def without_indexes(session):
    """Take the indexes away from the tables of points, if these are empty and nobody is reading them: then
    `take_points` makes them anew, those that it needs, and `make_indexes` the others, which is several times as fast as
    keeping them. Returns whether they are gone.

    Who looks meanwhile finds empty tables. A session that finds them without indexes makes these (archive/session.py).
    """
    with session.transaction() as cursor:
        cursor.execute(f"SELECT {session.schema}.unindex_points()")
        gone = cursor.fetchone()[0]
    session.unindexed |= gone
    return gone


def make_indexes(cursor, schema):
    """Make the indexes of the tables of points that a first load has left them without, also one that was killed."""
    missing = " OR ".join(f"to_regclass('{schema}.{name}') IS NULL" for name in ("lightcurves_point", "lightcurves_file"))
    cursor.execute(f"SELECT CASE WHEN {missing} THEN {schema}.index_points() END")


def take_points(cursor, schema):
    """Take the waiting points in; they still wait then. Returns how many were new."""
    cursor.execute(f"SELECT {schema}.take_points()")
    taken = cursor.fetchone()[0]
    if taken:
        cursor.execute(f"INSERT INTO touched SELECT DISTINCT object_id, photosys_id FROM {schema}.point_stage")
    return taken


def shares(cursor, schema):
    """Of the waiting points, by file: how many were taken, and how many are there already by another file."""
    cursor.execute(
        f"""SELECT s.file_id, count(*) FILTER (WHERE l.id = s.id), count(*) FILTER (WHERE l.file_id IS DISTINCT FROM s.file_id)
        FROM {schema}.point_stage s JOIN {schema}.lightcurves l USING (object_id, photosys_id, datasource_id, time_given)
        WHERE l.observation_id IS NOT DISTINCT FROM s.observation_id GROUP BY 1"""
    )
    return {row[0]: row[1:] for row in cursor}


def drop_staged(cursor, schema, file_ids):
    """Forget the waiting points of these files."""
    if file_ids:
        cursor.execute(f"DELETE FROM {schema}.point_stage WHERE file_id = ANY(%s)", [file_ids])


def empty_stage(cursor, schema, rows):
    """Forget the waiting points; there are so many."""
    # emptying a small table by rows is quicker
    cursor.execute(f"{'DELETE FROM' if rows < 10_000 else 'TRUNCATE'} {schema}.point_stage")


def remove_points(cursor, schema, file_ids):
    """Take out what files brought, in the order of the keys. `lost` tells later which of it did not come back."""
    cursor.execute(
        f"DELETE FROM {schema}.metadata_lc_json m USING {schema}.lightcurves l"
        " WHERE l.file_id = ANY(%s) AND m.lightcurve_id = l.id",
        [file_ids],
    )
    cursor.execute(
        f"WITH gone AS (DELETE FROM {schema}.lightcurves WHERE file_id = ANY(%s) RETURNING {KEY})"
        f" INSERT INTO removed SELECT {KEY} FROM gone",
        [file_ids],
    )
    cursor.execute("INSERT INTO touched SELECT DISTINCT object_id, photosys_id FROM removed")


def lost(cursor, schema):
    """How many of the points that `remove_points` took out are not in the archive any more."""
    cursor.execute("ANALYZE removed")
    cursor.execute(
        f"SELECT count(*) FROM removed r WHERE NOT EXISTS (SELECT FROM {schema}.lightcurves l WHERE"
        " (l.object_id, l.photosys_id, l.datasource_id, l.time_given)"
        " = (r.object_id, r.photosys_id, r.datasource_id, r.time_given)"
        " AND l.observation_id IS NOT DISTINCT FROM r.observation_id)"
    )
    return cursor.fetchone()[0]
