"""Light curves in Parquet whose columns are described by a VOTable in its metadata (VOParquet), as photvo
sends them.

Source: the IVOA note on VOParquet: `IVOA.VOTable-Parquet.content` holds a VOTable without data. Parquet
without it is read by the names of its columns. The lines of the rows are their numbers.
"""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..model.batch import ReadError
from . import gaia, source
from .cells import Cells, Field
from .described import batches
from .votable_series import fields_of, parse

FORMAT = "parquet-series"
VERSION = 1
BATCH = 65_536
_CONTENT = b"IVOA.VOTable-Parquet.content"


def recognises(head, path):
    """True for Parquet's first four bytes."""
    return head[:4] == b"PAR1"


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    number = 1
    try:
        with source.unpacked(path) as stream:
            file = pq.ParquetFile(stream)
            gaia.refuse_raw(file.schema_arrow.names, path)
            described = (file.schema_arrow.metadata or {}).get(_CONTENT)
            fields = _described(parse(described, path)) if described else {}
            for part in file.iter_batches(BATCH):
                yield from batches(_cells(part, number, fields), path, options)
                number += part.num_rows
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise ReadError(path, f"the Parquet file is damaged: {' '.join(str(error).split())}") from None


def _described(document):
    "name → Field of the columns of all TABLEs, of which photvo writes one a passband"
    found = {}
    for table in document.iter_tables():
        found = {**fields_of(document, table), **found}
    return found


def _cells(part, number, fields):
    columns = {}
    for name, values in zip(part.schema.names, part.columns):
        column = _single(values)
        if column is not None:
            columns.setdefault(name, column)
    fields = {
        name: replace(fields.get(name, Field()), single=part.schema.field(name).type == pa.float32())
        for name in columns
    }
    return Cells(pa.table(columns), range(number, number + part.num_rows), fields)


def _single(values):
    "a column of text, floats, integers or booleans; None for others"
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _single(values.dictionary_decode())
    if pa.types.is_large_string(kind) or pa.types.is_string(kind):
        return pc.replace_substring(values.cast(pa.string()), "\0", "")
    if pa.types.is_float32(kind) or pa.types.is_float16(kind):
        return values.cast(pa.float32()).cast(pa.string()).cast(pa.float64())
    if pa.types.is_float64(kind) or pa.types.is_boolean(kind):
        return values
    return values.cast(pa.int64()) if pa.types.is_integer(kind) else None
