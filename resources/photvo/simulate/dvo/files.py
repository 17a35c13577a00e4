"""FITS files whose table grows piece by piece, as large as the disk has room for."""

import os

import numpy as np
from astropy.io import fits

BLOCK = 2880
DATE = "2012/01/01,00:00:00"  # of every file: the same seed gives the same bytes


def primary(cards=(), extend=True):
    """The primary header of a file without an image, as bytes; `cards`: (keyword, value)."""
    header = fits.Header([("SIMPLE", True), ("BITPIX", 8), ("NAXIS", 0), ("PCOUNT", 0), ("GCOUNT", 1),
                          ("BSCALE", 1.0), ("BZERO", 0.0), ("EXTEND", extend), *cards])  # fmt: skip
    header["ORIGIN"] = "photvo simulate: never observed"
    return header.tostring().encode("ascii")


def extension(layout, count, old):
    """The header of a table of `count` rows, as bytes; `old`: in the dialect of 2009."""
    header = fits.Header([("XTENSION", "BINTABLE"), ("BITPIX", 8), ("NAXIS", 2), ("NAXIS1", layout.dtype.itemsize),
                          ("NAXIS2", count), ("PCOUNT", 0), ("GCOUNT", 1), ("TFIELDS", len(layout.columns)),
                          ("EXTNAME", layout.extname.ljust(18) if old else layout.extname), *layout.cards(old)])  # fmt: skip
    return header.tostring().encode("ascii")


class TableFile:
    """A primary header and one table. Rows are appended; close() writes the headers, which only then are known.

    The file is open only while something is written: a database has thousands.
    """

    def __init__(self, path, layout, old):
        self.path, self.layout, self.old, self.count = path, layout, old, 0
        self.head = None

    def append(self, rows, cards=()):
        """Write rows, an array of the layout's dtype; `cards`: of the primary header, with their final width."""
        if self.head is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.head = len(primary(cards)) + len(extension(self.layout, 0, self.old))
            self.path.write_bytes(bytes(self.head))
        with open(self.path, "ab") as file:
            file.write(memoryview(rows).cast("B"))
        self.count += len(rows)

    def close(self, cards=(), extend=True):
        """Pad the data and write the headers; `cards` of the primary one."""
        if self.head is None:
            self.append(self.layout.rows(0, {}), cards)
        with open(self.path, "r+b") as file:
            file.write(primary(cards, extend) + extension(self.layout, self.count, self.old))
            end = file.seek(0, os.SEEK_END)
            file.write(bytes(-end % BLOCK))

    def rows(self):
        """All rows written so far."""
        return np.fromfile(self.path, self.layout.dtype, self.count, offset=self.head)


def write_table(path, layout, rows, old, cards=()):
    """A file with the table `rows`."""
    file = TableFile(path, layout, old)
    file.append(rows, cards)
    file.close(cards)
