"""One region of a DVO database into the tables, in the caller's transaction; or only what the attached mode needs of it."""

import time

import numpy as np

from photvo.archive.dvo import binary, points, summaries
from photvo.archive.writer import Writer
from photvo.model.batch import ReadError
from photvo.readers import dvo
from photvo.readers.dvo import layouts

#: Rows of a file that are in memory at a time, in each of the threads.
CHUNK = 16_384
#: Degrees of declination, as wide as a small cone.
STRIP = 0.02
#: Rows of the measurements' ids that a region has room for.
ROOM = 10**10
_TYPES = {"double precision": "f8", "real": "f4", "smallint": "i2", "integer": "i4", "bigint": "i8", "boolean": "?",
          "character varying": "S3", "timestamp with time zone": "i8"}  # fmt: skip
TABLES = ("measurements", "secfilt", "missing", "series_rows", "series_stats")
_EPOCH_2000 = 946684800  # s, where PostgreSQL counts from


class Stopped(Exception):
    """The ingestion ends before this region is in."""


class Loader:
    """What all regions of a database are loaded with. Used by several threads at once."""

    def __init__(self, cursor, database, config, bands, exposures, sizes, stop):
        """`stop` is a threading.Event: set, and the regions under way are given up."""
        self.photcodes, self.config, self.bands, self.exposures = database.photcodes, config, bands, exposures
        self.sizes, self.stop = sizes, stop
        self.types = {name: _columns(cursor, name) for name in ("averages", *TABLES)}

    def take(self, cursor, region, counts):
        """Put a region in the place of what there was of it. `counts` (log.Counts) says what was read. Raises ReadError."""
        region.check()
        remove(cursor, region.index)
        self._objects(cursor, region)
        kept = []  # for a region that is not sorted: what the summaries need of all its measurements
        ra_dec = None if region.sorted else region.averages(names=["ra", "dec"])
        names = points.NEEDED if self.config.attached else _present(region)
        with Writer() as writer:
            for start, stop in _cuts(region):
                if self.stop.is_set():
                    raise Stopped
                rows = region.measurement_columns(start, stop, names)
                derived = self._derive(region, rows, ra_dec)
                measured = None if self.config.attached else self._measurements(region, start, rows, derived)
                counts.read += stop - start
                counts.missing += int(rows["image_missing"].sum())
                points_of = summaries.points(rows, derived)
                if not region.sorted:
                    kept.append(points_of)
                writer.write(self._write, cursor, measured, self._summarised(region, points_of) if region.sorted else None)
            if kept:
                writer.write(self._summaries, cursor, *self._summarised(region, np.concatenate(kept)))
        counts.accepted = counts.read
        if not region.sorted:
            counts.warnings.append("not sorted: an object's measurements lie scattered; `addstar -resort` puts it right")

    def _derive(self, region, rows, ra_dec):
        first = int(rows["ave_ref"].min())
        if ra_dec is None:
            ra_dec = region.averages(first, int(rows["ave_ref"].max()) + 1, ["ra", "dec"])
        else:
            first = 0
        places = ra_dec.take(rows["ave_ref"] - first)
        return points.derive(rows, region.seconds_of(rows), self.exposures.find(rows), places["ra"], places["dec"],
                             self.photcodes, self.bands)  # fmt: skip

    def _objects(self, cursor, region):
        for start in range(0, region.nstars, CHUNK):
            rows = region.averages(start, start + CHUNK)
            wrong = (rows["cat_id"] < 0) | (rows["obj_id"] < 0) | (rows["obj_id"] >= 10**9)
            if wrong.any():
                row = start + int(wrong.argmax())
                raise ReadError(region.path, f"row {row} has CAT_ID {rows['cat_id'][row - start]} and OBJ_ID {rows['obj_id'][row - start]},"
                                " which cannot be an object's; copy the region again from its source")  # fmt: skip
            ids = dvo.object_ids(rows)
            # in strips of the sky, each along right ascension: what a cone finds is on few pages then
            order = np.lexsort((rows["ra"], np.floor(rows["dec"] / STRIP)))
            self._copy(cursor, "averages", _apart(rows.take(order)), object_id=ids[order], region_id=np.full(len(rows), region.index),
                       ave_row=start + order)  # fmt: skip
            means = region.secfilt(start, start + CHUNK)
            means = means.take(np.argsort(np.argsort(order)[means["ave_ref"] - start], kind="stable"))
            self._copy(cursor, "secfilt", _apart(means), object_id=ids[means["ave_ref"] - start])
        missing = region.missing()
        missing = missing[missing["ave_ref"] >= 0]
        if len(missing):
            self._copy(cursor, "missing", _apart(missing), object_id=dvo.object_ids(region.averages())[missing["ave_ref"]])

    def _measurements(self, region, start, rows, derived):
        "the rows as binary.send takes them"
        references = rows["ave_ref"]
        ids = region.index * ROOM + np.arange(start, start + len(references))
        return binary.pack(self._columns("measurements", {**rows, **derived}, object_id=self._ids(region, references), id=ids))

    def _write(self, cursor, measured, summarised):
        # at once, that the next rows are made while these two are written
        if measured:
            binary.send(cursor, "dvo_db.measurements", *measured)
        if summarised:
            self._summaries(cursor, *summarised)

    def _summarised(self, region, rows):
        references, systems, series, statistics, rows, first = summaries.summarise(rows)
        start = int(references.min())
        places = region.averages(start, int(references.max()) + 1, ["ra", "dec"]).take(references - start)
        return self._ids(region, references), places, systems, series, statistics, rows["image_id"], first

    def _summaries(self, cursor, ids, places, systems, series, statistics, image_ids, first):
        keys = {"object_id": ids, "photosys_id": systems,
                "revision": np.full(len(systems), round((time.time() - _EPOCH_2000) * 1e6))}  # fmt: skip
        self._copy(cursor, "series_rows", series, **keys)
        statistics["size"] = self.sizes.of(
            cursor, ids, systems, series["npoints"].astype("i8"), places["ra"], places["dec"], first, image_ids)
        self._copy(cursor, "series_stats", statistics, **keys)

    def _ids(self, region, references):
        first = int(references.min())
        return dvo.object_ids(region.averages(first, int(references.max()) + 1, ["cat_id", "obj_id"]))[references - first]

    def _copy(self, cursor, table, columns, **added):
        binary.copy(cursor, f"dvo_db.{table}", self._columns(table, columns, **added))

    def _columns(self, table, columns, **added):
        """Those of the columns and those `added` that the table has, in its widths."""
        found = {**columns, **added}
        return {name: _fit(found[name], kind) for name, kind in self.types[table].items() if name in found}


def _apart(rows):
    return {name: rows[name] for name in rows.dtype.names}


def remove(cursor, region_id):
    """Take a region out."""
    cursor.execute("SELECT EXISTS (SELECT FROM dvo_db.averages WHERE region_id = %s)", [region_id])
    if not cursor.fetchone()[0]:
        return  # without looking through tables that have no indexes yet
    for table in TABLES:
        cursor.execute(
            f"DELETE FROM dvo_db.{table} t USING dvo_db.averages a WHERE a.region_id = %s AND t.object_id = a.object_id",
            [region_id],
        )
    cursor.execute("DELETE FROM dvo_db.averages WHERE region_id = %s", [region_id])


def _present(region):
    """The columns of the measurements that the region's version of the format has, and those that are derived from."""
    table = region.table("measure")
    there = {name for name, column in layouts.MEASURE.items() if table and set(column.sources) & set(table.dtype.names)}
    return [name for name in dvo.measurement_dtype().names if name in there or name in points.NEEDED or name in ("ra", "dec")]


def _columns(cursor, table):
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE (table_schema, table_name) = ('dvo_db', %s)"
        " ORDER BY ordinal_position",
        [table],
    )
    return {name: _TYPES[kind] for name, kind in cursor}


def _fit(values, kind):
    """Values in the width of the table; an integer's null stays null."""
    if values.dtype == kind:
        return values
    if values.dtype == object:
        return np.array([value.encode() if value else b"" for value in values.tolist()], kind)
    out = values.astype(kind)
    if values.dtype.kind == "i" and values.dtype.itemsize > out.dtype.itemsize:
        limits = np.iinfo(kind)
        # what does not fit cannot be either
        out[(values < limits.min) | (values > limits.max)] = limits.min
    elif values.dtype.kind == "i":
        out[values == np.iinfo(values.dtype).min] = np.iinfo(kind).min
    return out


def _cuts(region):
    """Ranges of measurements of about CHUNK rows; in a sorted region no object is in two of them."""
    if region.sorted:
        objects = region.averages(names=["nmeasure", "off_measure"])
        starts = np.sort(objects["off_measure"][objects["nmeasure"] > 0])
        wanted = np.searchsorted(starts, np.arange(0, region.nmeasurements, CHUNK))
        starts = np.unique(starts[np.minimum(wanted, len(starts) - 1)]) if len(starts) else starts
    else:
        starts = np.arange(0, region.nmeasurements, CHUNK)
    starts = starts.tolist()
    return list(zip(starts, [*starts[1:], region.nmeasurements]))
