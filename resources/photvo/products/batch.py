"""Many light curves in one answer, streamed: one flat table (VOTable, CSV, Parquet) or a tar of documents.

What is held in memory is a line for each series that was asked for, and the points of some of them at a time.
"""

import base64
import io
import tarfile
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from photvo.model import arrow_csv

from . import columns, forms, series, tables, votable
from .columns import Column
from .request import BadRequest, NotHere, answer, chosen

#: Identifiers in one request, at most.
LIMIT = 100_000
#: Points and series that are in memory at a time; one series always is.
CHUNK, SERIES = 30_000, 2_000

#: A flat table says which series a point is of, and has the image's id for its address.
FIRST = (
    Column("object_id", "long", None, "meta.id", "The object"),
    Column("target_name", "char", None, "meta.id;src", "Main name of the object"),
    Column("band", "char", None, "instr.bandpass", "Passband"),
)
LAST = Column("observation_id", "int", None, "meta.id;obs.image", "The image that the point was measured on")


class Wanted(NamedTuple):
    """A series that was asked for."""

    collection: str
    object_id: int
    photosys_id: int
    band: str
    name: str
    flux_unit: str | None
    npoints: int
    sources: tuple  # ids of data sources


def flat_columns(wanted):
    """The columns of the flat table of some Wanted."""
    common = (column._replace(ucd=column.ucd.format(em="em.opt")) for column in columns.flat(wanted) if column.name != "image")
    return (*FIRST, *common, LAST)


def check(request, package):
    """Raise BadRequest for what cannot be answered in one piece."""
    if len(request.identifiers) > LIMIT:
        raise BadRequest("ID", f"{len(request.identifiers):,} light curves are more than the {LIMIT:,} of one request")
    if package not in (None, "", "tar"):
        raise BadRequest("PACKAGE", f"{package[:20]!r} is not known; leave it out for one table, or say tar")
    if not package and request.form not in WRITERS:
        raise BadRequest("RESPONSEFORMAT", f"several light curves come as {', '.join(WRITERS)}, or in any form with PACKAGE=tar")


def resolve(cursor, request):
    """The series that are asked for, in the order of the request, each once. Raises NotHere if there is none."""
    known = {}
    for collection in {identifier.collection for identifier in request.identifiers}:
        ids = list({identifier.object_id for identifier in request.identifiers if identifier.collection == collection})
        cursor.execute(
            f"SELECT object_id, photosys_id, band, name, flux_unit::text, npoints, datasource_ids FROM {collection}_db.series"
            " WHERE object_id = ANY(%s::bigint[]) ORDER BY object_id, photosys_id",
            [ids],
        )
        for row in cursor.fetchall():
            known.setdefault((collection, row[0]), []).append(Wanted(collection, *row[:-1], tuple(row[-1])))
    wanted = {
        item: None
        for identifier in request.identifiers
        for item in known.get((identifier.collection, identifier.object_id), ())
        if identifier.band in (None, item.band) and (not request.bands or item.band in request.bands)
    }
    if not wanted:
        raise NotHere("none of the light curves asked for is here")
    return list(wanted)


def flat(cursor, request, wanted):
    """The points of all series in pieces: structured arrays with the names of `flat_columns`, all of one layout."""
    sources = {}
    for collection in {item.collection for item in wanted}:
        cursor.execute(
            "SELECT d.id, t.name FROM {s}.datasources d JOIN {s}.telescopes t ON t.id = d.telescope_id".format(s=f"{collection}_db")
        )
        sources[collection] = dict(cursor.fetchall())
        cursor.execute(f"SELECT name FROM {collection}_db.telescopes")
        sources[collection, "names"] = [row[0] for row in cursor.fetchall()]
    telescope_names = [name for key, names in sources.items() if isinstance(key, tuple) for name in names]
    texts = {
        "target_name": _text([item.name for item in wanted]),
        "band": _text([item.band for item in wanted]),
        "telescope": _text(telescope_names),
        "flux_unit": _text([item.flux_unit or "" for item in wanted]),
    }
    layout = [(c.name, texts.get(c.name) or series.POINT[c.name]) for c in flat_columns(wanted)]
    for chunk in _chunks(wanted):
        for collection in dict.fromkeys(item.collection for item in chunk):
            some = [item for item in chunk if item.collection == collection]
            rows, places = _points(cursor, collection, some, request)
            table = np.empty(len(rows), layout)
            for name in table.dtype.names:
                if name not in texts:
                    table[name] = rows[name]
            table["target_name"] = np.array([item.name.encode() for item in some], texts["target_name"])[places]
            table["band"] = np.array([item.band.encode() for item in some], texts["band"])[places]
            if "flux_unit" in table.dtype.names:
                table["flux_unit"] = np.array([(item.flux_unit or "").encode() for item in some], texts["flux_unit"])[places]
            table["telescope"] = columns.telescopes(rows, sources[collection], series.images(cursor, collection, rows))
            yield table


def _chunks(wanted):
    "lists of Wanted in their order, each of CHUNK points and SERIES series at most"
    chunk, points = [], 0
    for item in wanted:
        if chunk and (points + item.npoints > CHUNK or len(chunk) == SERIES):
            yield chunk
            chunk, points = [], 0
        chunk.append(item)
        points += item.npoints
    yield chunk


def _text(values):
    """The type of texts in UTF-8, wide enough for each."""
    return f"S{max([2, *(len(value.encode()) for value in values)])}"


def _points(cursor, collection, some, request):
    """The chosen points of some series, in their order and that of time, and which of the series each is of."""
    rows = series.points_of_many(cursor, collection, some)
    keep = chosen(rows, request)
    rows = rows if keep.all() else rows.compress(keep)
    # the rows of a series stand together, in the order of `some`
    keys = {(item.object_id, item.photosys_id): place for place, item in enumerate(some)}
    change = np.flatnonzero(np.diff(rows["object_id"], prepend=-1).astype(bool) | np.diff(rows["photosys_id"], prepend=-1).astype(bool))
    firsts = [keys[row["object_id"], row["photosys_id"]] for row in rows[change]]
    return rows, np.repeat(firsts, np.diff([*change, len(rows)])).astype("i8")


_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<VOTABLE version="1.5" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
<RESOURCE type="results">
<DESCRIPTION>Points of {n} light curves in one table</DESCRIPTION>
{infos}<TIMESYS ID="tdb" timescale="TDB" refposition="BARYCENTER" timeorigin="MJD-origin"/>
<TIMESYS ID="utc" timescale="UTC" refposition="TOPOCENTER" timeorigin="MJD-origin"/>
<TABLE name="lightcurves">
<DESCRIPTION>Points of {n} light curves. obs_time is of the middle of the exposure at the barycentre of the solar system (MJD, \
TDB), obs_time_utc at the telescope (MJD, UTC). flags is 0 for a good point.</DESCRIPTION>
{fields}"""
_END = "</TABLE></RESOURCE></VOTABLE>\n"


def about(cursor, context, wanted):
    """INFO elements: whose the points of some Wanted are, and what to cite."""
    found = []
    for collection in dict.fromkeys(item.collection for item in wanted):
        ids = {key for item in wanted if item.collection == collection for key in item.sources}
        cursor.execute(
            f"SELECT contributors, copyright, reference FROM {collection}_db.datasources WHERE id = ANY(%s) ORDER BY id", [list(ids)]
        )
        found += [dict(zip(("contributors", "copyright", "reference"), row)) for row in cursor.fetchall()]
    return votable.origin(context, found)


def _head(wanted, table, infos):
    made_of = flat_columns(wanted)
    fields = "".join(votable.field(c, c.ucd, table, c.frame if c.frame != "phot" else None) for c in made_of)
    return _HEAD.format(n=len(wanted), infos=infos, fields=fields)


def write_votable(sink, pieces, wanted, infos):
    """One VOTable in BINARY2."""
    left, made_of = None, flat_columns(wanted)
    plain = all(item.name.isascii() for item in wanted)
    for table in pieces:
        if not plain:  # a VOTable's char is ASCII
            table["target_name"] = [name.decode().encode("ascii", "replace") for name in table["target_name"].tolist()]
        if left is None:
            sink.write(f'{_head(wanted, table, infos)}<DATA><BINARY2><STREAM encoding="base64">'.encode())
            left = b""
        data = left + votable.binary2(table, made_of)
        whole = len(data) - len(data) % 3  # base64 goes by three bytes
        sink.write(base64.b64encode(data[:whole]))
        left = data[whole:]
    sink.write(base64.b64encode(left) + f"</STREAM></BINARY2></DATA>{_END}".encode())


def _arrow(table, made_of):
    arrays = []
    for column in made_of:
        values = table[column.name]
        array = pa.array(np.ascontiguousarray(values), mask=votable.is_null(column, values))
        arrays.append(array.cast(pa.string()) if column.datatype == "char" else array)
    return pa.table(arrays, [column.name for column in made_of])


class _File(io.RawIOBase):
    """What pyarrow and tarfile write to: a file that counts, on a sink that only writes."""

    def __init__(self, sink):
        self.sink, self.place = sink, 0

    def writable(self):
        return True

    def tell(self):
        return self.place

    def write(self, data):
        data = bytes(data)
        self.sink.write(data)
        self.place += len(data)
        return len(data)


def write_parquet(sink, pieces, wanted, infos):
    """One Parquet file, a row group a piece; its metadata say what the columns are (the VOParquet convention)."""
    writer, made_of = None, flat_columns(wanted)
    for piece in pieces:
        table = _arrow(piece, made_of)
        if writer is None:
            schema = table.schema.with_metadata(tables.described(_head(wanted, piece, infos) + _END))
            writer = pa.parquet.ParquetWriter(_File(sink), schema)
        writer.write_table(table)
    writer.close()


def write_csv(sink, pieces, wanted, infos):
    """CSV with one line of names."""
    made_of = flat_columns(wanted)
    for place, table in enumerate(_arrow(piece, made_of) for piece in pieces):
        out = pa.BufferOutputStream()
        arrow_csv.write(table, out, header=place == 0)
        sink.write(out.getvalue().to_pybytes())


def write_tar(sink, cursor, request, context, wanted):
    """A tar with a document for each series, in the form of the request."""
    form = forms.FORMS[request.form]
    with tarfile.open(fileobj=_File(sink), mode="w|") as archive:
        for item in wanted:
            identifier = series.Identifier(item.collection, item.object_id, item.band)
            try:
                product = answer(cursor, request._replace(identifiers=(identifier,), bands=()), context)
            except BadRequest:  # there is no such form of this one: no period to fold with
                continue
            entry = tarfile.TarInfo(f"{item.collection}/{item.object_id}_{item.band}.{form.extension}")
            entry.size, entry.mtime = len(product.body), int(product.revision.timestamp())
            archive.addfile(entry, io.BytesIO(product.body))


#: Form → (writer of one flat table).
WRITERS = {"votable": write_votable, "csv": write_csv, "parquet": write_parquet}


def write(sink, cursor, request, package, context, wanted):
    """Write the answer to `sink`, an object with `write(bytes)`."""
    if package == "tar":
        write_tar(sink, cursor, request, context, wanted)
    else:
        WRITERS[request.form](sink, flat(cursor, request, wanted), wanted, about(cursor, context, wanted))
