"""The bytes of a file as every reader gets them: unpacked, in blocks of lines; or the true reason why not."""

import builtins
import bz2
import gzip
import io
import lzma
import os
import stat
import zlib
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice, starmap

import numpy as np

from ..model.batch import ReadError
from ..settings import why

#: What is read at a time; memory stays flat in the size of the file.
BLOCK = 2 << 20
#: A text line longer than this is no line of a table.
LINE_LIMIT = 1 << 20

#: What reading a damaged packed stream raises, beside OSError for the disk.
UNPACK_ERRORS = (OSError, EOFError, zlib.error, lzma.LZMAError)


def check(path):
    """Raise ReadError unless `path` is a file with something in it that may be read."""
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            os.listdir(path)
            raise ReadError(path, "this is a folder; name a file")
        if not stat.S_ISREG(status.st_mode):
            raise ReadError(path, "not an ordinary file")
        if status.st_size == 0:
            raise ReadError(path, "the file is empty (0 bytes); copy it again from its source")
        os.close(os.open(path, os.O_RDONLY))
    except (FileNotFoundError, NotADirectoryError):
        raise ReadError(path, "there is no such file") from None
    except PermissionError as error:
        raise ReadError(path, f"cannot be read: {why(error)}") from None
    except (OSError, ValueError) as error:
        raise ReadError(path, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def unpacked(path, content=None):
    """A binary stream of the file's contents, unpacked where they are gzip, bzip2 or xz (told by content).

    `content`: its bytes as they are, where they have been read already.
    """
    stream = builtins.open(path, "rb") if content is None else io.BytesIO(content)
    magic = stream.read(3)
    stream.seek(0)
    if magic[:2] == b"\x1f\x8b":
        return gzip.GzipFile(fileobj=stream)
    if magic == b"BZh":
        return bz2.BZ2File(stream)
    if magic == b"\xfd7z":
        return lzma.LZMAFile(stream)
    return stream


def head(path, size=64 << 10):
    """The first `size` bytes, unpacked; what of them could be read where the file is damaged later on."""
    data = b""
    try:
        with unpacked(path) as stream:
            if isinstance(stream, io.BufferedReader):
                return stream.read(size)
            while len(data) < size and (more := stream.read1(min(4096, size - len(data)))):
                data += more
    except UNPACK_ERRORS as error:
        if not data:
            raise ReadError(
                path, f"cannot be unpacked, cut off or damaged ({error}); copy it again from its source"
            ) from None
    return data


def _chunks(stream, path):
    """The stream in pieces of whole lines, each ended by a bare newline whatever the line ends are."""
    carry = b""
    try:
        while chunk := stream.read(BLOCK):
            while chunk.endswith(b"\r") and (more := stream.read(1)):  # never cut a Windows line end in two
                chunk += more
            if b"\r" in chunk:
                chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            cut = chunk.rfind(b"\n") + 1
            if cut:
                yield carry + chunk[:cut]
                carry = chunk[cut:]
            else:
                carry += chunk
            if len(carry) > LINE_LIMIT:
                raise ReadError(path, f"a line longer than {LINE_LIMIT} bytes: this is not a text table")
    except UNPACK_ERRORS as error:
        raise ReadError(path, f"cannot be read to its end ({error}); copy it again from its source") from None
    if carry:
        yield carry + b"\n"


def utf8(line):
    "A line as UTF-8; what is none is taken as Latin-1."
    try:
        line.decode()
        return line
    except UnicodeDecodeError:
        return line.decode("latin-1").encode()


def text_blocks(path):
    """Yield (line numbers, lines) of a text file, a few megabytes at a time.

    Line numbers are a 1-based int64 array, lines a list of bytes as long: UTF-8 without line end and
    byte-order mark. Lines that are not UTF-8 are taken as Latin-1; blank ones left out. Raises ReadError.
    """
    number = 1
    with unpacked(path) as stream:
        for chunk in _chunks(stream, path):
            if number == 1:
                if chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    raise ReadError(path, "text in UTF-16; save it as UTF-8", 1)
                chunk = chunk.removeprefix(b"\xef\xbb\xbf")
            lines = chunk.split(b"\n")[:-1]
            numbers = np.arange(number, number + len(lines), dtype=np.int64)
            number += len(lines)
            if not chunk.isascii():
                lines = [utf8(line) for line in lines]
            if any(mark in chunk or chunk.startswith(mark[1:]) for mark in (b"\n\n", b"\n ", b"\n\t")):
                filled = [bool(line.strip()) for line in lines]
                numbers = numbers[filled]
                lines = [line for line, is_filled in zip(lines, filled) if is_filled]
            if lines:
                yield numbers, lines


def ahead(function, arguments, threads=2):
    """`starmap(function, arguments)` in order, calls under way on some threads while the caller is busy."""
    arguments = iter(arguments)
    first = list(islice(arguments, 2))
    if len(first) < 2:  # a small file is done before a thread has begun
        yield from starmap(function, first)
        return
    with ThreadPoolExecutor(threads) as pool:
        pending = deque()
        for args in chain(first, arguments):
            pending.append(pool.submit(function, *args))
            if len(pending) > threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
