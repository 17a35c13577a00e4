"""Arrow tables as CSV: what Python's csv module reads back, whatever parts a table is made of."""

import csv
import io

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from photvo.model import arrow_csv

ROWS = st.lists(st.tuples(st.integers(-9, 9), st.sampled_from(["a", "b,c", 'd"e', "é\nf"])), max_size=3)


@settings(deadline=None, max_examples=60)
@given(parts=st.lists(ROWS, min_size=1, max_size=6), header=st.booleans())
def test_every_row_is_there_once_and_in_order(parts, header):
    schema = pa.schema([("number", pa.int64()), ("text", pa.string())])
    table = pa.concat_tables(
        pa.table({"number": [number for number, _ in part], "text": [text for _, text in part]}, schema) for part in parts
    )
    out = pa.BufferOutputStream()
    arrow_csv.write(table, out, header)
    found = list(csv.reader(io.StringIO(out.getvalue().to_pybytes().decode(), newline="")))
    expected = [[str(number), text] for part in parts for number, text in part]
    assert found == ([["number", "text"]] if header else []) + expected
