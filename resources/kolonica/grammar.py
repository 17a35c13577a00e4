"""The grammar of ingest.rd: the package's door for DaCHS."""

from photvo.grammar import RowIterator  # noqa: F401
