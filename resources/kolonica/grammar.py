"""The grammar of the data element ingest of db.rd: the package's door for DaCHS."""

from photvo.grammar import RowIterator  # noqa: F401
