"""The binary tables of a DVO file, as its headers describe them; rows are read by range, never a whole file.

DVO's FITS dialect breaks what general readers rely on: the same TTYPE twice, numbers in A columns,
unsigned integers without TZERO, `EXTEND = F` before an extension. The layout is therefore taken from TTYPE
and TFORM here. Headers are parsed here too: a region has eight of them, a database up to 150,000 regions.
"""

import os
import re
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np

from ...model.batch import ReadError
from .. import source

RECORD = 2880  # bytes, the unit of a FITS file
CARD = 80
HEADER_LIMIT = 200 * RECORD  # the longest DVO header (63 columns) has a twentieth of that

_TEXT = re.compile(r"'((?:[^']|'')*)'")
_FORMAT = re.compile(r"(\d*)([LABIJKED])")
_TYPES = {"L": "u1", "B": "u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8"}


@dataclass(frozen=True)
class Table:
    """One table in a file. `dtype` is that of a row on disk, its field names are the TTYPEs."""

    path: Path
    header: dict
    extname: str
    rows: int
    dtype: np.dtype
    offset: int  # of the first row, bytes

    def read(self, start=0, stop=None):
        """Rows [start, stop) as they are on disk, big-endian: a structured array in memory of its own.

        Read and not mapped: a file that its owner cuts short meanwhile is an error here and not the end of
        the process.
        """
        start, stop, _ = slice(start, stop).indices(self.rows)
        count = max(stop - start, 0)
        try:
            rows = np.fromfile(self.path, self.dtype, count, offset=self.offset + start * self.dtype.itemsize)
        except OSError as error:
            raise ReadError(self.path, f"cannot be read: {error.strerror or error}") from None
        if len(rows) != count:
            raise ReadError(
                self.path,
                f"ends within row {start + len(rows)} of {self.rows}; copy it again from its source",
            )
        return rows


def hdus(path):
    """The HDUs of a file as (header as a dict, offset of its data in bytes).

    Raises ReadError where the file is no FITS file, is not all there, or has an image where DVO has none.
    """
    path = Path(path)
    source.check(path)
    found = []
    try:
        with open(path, "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            while header := _read_header(stream, path, first=not found):
                offset = stream.tell()
                try:
                    length = _data_size(header)
                except ValueError as error:
                    raise ReadError(
                        path, f"the header is damaged: {error}; copy it again from its source"
                    ) from None
                if not found and header["NAXIS"]:
                    raise ReadError(
                        path,
                        "has an image in its primary HDU: no table of a DVO, or one of its old RAW mode,"
                        " which is not read; convert that with DVO's own tools to CATMODE SPLIT",
                    )
                if offset + length > size:
                    raise ReadError(
                        path,
                        f"cut off: its headers want {offset + length} bytes, the file has {size};"
                        " copy it again from its source",
                    )
                found.append((header, offset))
                stream.seek(offset + length + -length % RECORD)
    except OSError as error:
        raise ReadError(path, f"cannot be read: {error.strerror or error}") from None
    return found


def find(path, found, name):
    """The Table among the HDUs `found` whose EXTNAME is `name`, or begins with it and `_`; else None.

    Raises ReadError for a table that is compressed or has a layout that no DVO table has.
    """
    for header, offset in found:
        extname = str(header.get("EXTNAME", ""))
        if extname == name or extname.startswith(name + "_"):
            return _table(Path(path), header, extname, offset)
    return None


def only(path, name):
    """(primary header, Table) of a file that has to hold the table `name`. Raises ReadError."""
    found = hdus(path)
    table = find(path, found, name)
    if table is None:
        names = ", ".join(repr(header.get("EXTNAME", "")) for header, _ in found[1:]) or "none"
        raise ReadError(
            path, f"has no table {name} (EXTNAME of what it has: {names}): another file stands in its place"
        )
    return found[0][0], table


def _read_header(stream, path, first):
    """The next header as a dict of its cards, None at the end of the file."""
    header, length = {}, 0
    while length < HEADER_LIMIT:
        record = stream.read(RECORD)
        if not length:
            if record[:8] != (b"SIMPLE  " if first else b"XTENSION"):
                if first:
                    raise ReadError(path, "not a FITS file: it does not begin with `SIMPLE  =`")
                return None
        length += len(record)
        for start in range(0, len(record), CARD):
            card = record[start : start + CARD].decode("latin-1")
            name = card[:8].rstrip()
            if name == "END":
                return header
            if card[8:10] == "= ":
                header.setdefault(name, _value(card[10:]))
        if len(record) < RECORD:
            raise ReadError(path, "cut off within a header (no END card); copy it again from its source")
    raise ReadError(path, f"no END card in the first {HEADER_LIMIT} bytes of a header: not a DVO file")


def _value(text):
    """The value of a card; None where it has none."""
    text = text.strip()
    if text.startswith("'"):
        match = _TEXT.match(text)
        return match.group(1).replace("''", "'").rstrip() if match else None
    text = text.partition("/")[0].strip()
    if text in ("T", "F"):
        return text == "T"
    for kind in (int, float):
        try:
            return kind(text.replace("D", "E"))
        except ValueError:
            pass
    return None


def whole(header, name, default=None):
    """A card that is a whole number, not negative. Raises ValueError, where it is absent too."""
    number = header.get(name, default)
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ValueError(f"{name} is {number!r}" if name in header else f"{name} is missing")
    return number


def _data_size(header):
    """Bytes of data that follow a header (FITS 4.0, eq. 2). Raises ValueError."""
    if header.get("BITPIX") not in (8, 16, 32, 64, -32, -64):
        raise ValueError(f"BITPIX is {header.get('BITPIX')!r}")
    axes = [whole(header, f"NAXIS{i + 1}") for i in range(min(whole(header, "NAXIS"), 999))]
    if not axes:
        return 0
    return abs(header["BITPIX"]) // 8 * whole(header, "GCOUNT", 1) * (whole(header, "PCOUNT", 0) + prod(axes))


def _table(path, header, extname, offset):
    if header.get("ZTABLE") is True:
        raise ReadError(
            path,
            f"table {extname} is compressed (ZTABLE), which is not read; unpack it with `funpack`"
            " (Debian's libcfitsio-bin), with ZTILELEN set to ZNAXIS2 where it is larger",
        )
    try:
        if header.get("XTENSION") != "BINTABLE" or whole(header, "NAXIS") != 2 or header["BITPIX"] != 8:
            raise ValueError("it is no binary table")
        dtype = _dtype(header)
        if dtype.itemsize != whole(header, "NAXIS1"):
            raise ValueError(f"its columns have {dtype.itemsize} bytes, NAXIS1 is {header['NAXIS1']}")
        return Table(path, header, extname, whole(header, "NAXIS2"), dtype, offset)
    except ValueError as error:
        raise ReadError(
            path, f"table {extname} cannot be read: {error}; copy the file again from its source"
        ) from None


def _dtype(header):
    """The dtype of a row, big-endian; a TTYPE that comes again gets a number. Raises ValueError."""
    fields, seen = [], {}
    for i in range(1, min(whole(header, "TFIELDS"), 999) + 1):
        name, form = str(header.get(f"TTYPE{i}") or f"COLUMN{i}").upper(), str(header.get(f"TFORM{i}"))
        seen[name] = seen.get(name, 0) + 1
        match = _FORMAT.fullmatch(form)
        count = int(match.group(1) or 1) if match else 0
        if not 0 < count < 1 << 16:
            raise ValueError(f"TFORM{i} is {form!r}, which no DVO table has")
        if header.get(f"TSCAL{i}") not in (None, 1) or header.get(f"TZERO{i}") not in (None, 0):
            raise ValueError(f"column {name} has TSCAL or TZERO, which DVO never writes")
        fields.append((name if seen[name] == 1 else f"{name}_{i}", *_field(match.group(2), count)))
    if len({field[0] for field in fields}) != len(fields) or not fields:
        raise ValueError("its column names cannot be told apart")
    return np.dtype(fields)


def _field(letter, count):
    """Type and shape of a column: one A is a number, 2J (EXT_ID of 2009) is one word of 64 bits."""
    if letter == "A":
        return ("u1",) if count == 1 else (f"S{count}",)
    if letter == "J" and count == 2:
        return (">i8",)
    return (_TYPES[letter],) if count == 1 else (_TYPES[letter], (count,))
