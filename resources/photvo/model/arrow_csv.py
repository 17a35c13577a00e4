"""Arrow tables as CSV."""

import pyarrow as pa
import pyarrow.csv


def write(table, sink, header=False):
    """Write a table to `sink` (a file of pyarrow), with a line of names where `header` is. Null is nothing, an empty text is "".

    pyarrow (19 at least) writes once more for a part without rows what it wrote before it, or whatever is in memory.
    """
    parts = [part for part in table.to_batches() if part.num_rows]
    options = pa.csv.WriteOptions(include_header=header, quoting_style="needed")
    pa.csv.write_csv(pa.Table.from_batches(parts, table.schema), sink, options)
