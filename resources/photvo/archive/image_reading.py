"""Image files read: header, checksum, and whether the file stayed as it is. By several processes where there are many.

The processes are forked, so that they know the files and start at once; what they hand back is small, and only so much of it
waits at a time.
"""

import ctypes
import json
import os
import signal
import time
import warnings
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from multiprocessing import get_context

from photvo.model.batch import ImageRecord, ReadError
from photvo.readers import fits_image
from photvo.settings import PhotvoError

from .files import readable

#: Bytes of a file that is read once, for its checksum and its header; of a larger one the header is read apart.
SMALL = 1 << 20
#: From so many images on several processes read them: to start these takes as long as reading some dozen.
MANY = 150
#: So many images are one task of a process, and so many tasks are under way or wait to be taken in.
AT_ONCE, AHEAD = 25, 8
PROCESSES = len(os.sched_getaffinity(0))
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_files = ()  # in a process that reads: all of them


class ReaderDied(PhotvoError):
    """A process that reads images was killed."""


@dataclass
class Image:
    """What was read of an image file. Either `error` says why it cannot be taken, or all of it is there."""

    seconds: float
    checksum: str | None = None  # None where the file cannot even be read
    record: ImageRecord | None = None  # without its header
    header: str | None = None  # as JSON
    error: ReadError | None = None


def read(file):
    """The Image of a File."""
    image, started = Image(0.0), time.monotonic()
    try:
        content = _content(file)
        image.checksum = file.checksum
        (record,) = fits_image.read(file.path, content=content)
        image.record, image.header = replace(record, header={}), _json(record.header)
        file.check_unchanged()
    except (ReadError, OSError) as error:
        image.error = readable(file, error)
    image.seconds = time.monotonic() - started
    return image


def _content(file):
    "the bytes of a small file (of one that has grown: so many that it shows), whose checksum the File knows then; None of a large one"
    if file.size > SMALL:
        return None
    with open(file.path, "rb") as stream:
        content = stream.read(file.size + 1)
    file.checksum = sha256(content).hexdigest()
    return content


def _json(header):
    # the one character that jsonb does not take
    return json.dumps(header, ensure_ascii=False, allow_nan=False).replace("\\u0000", "")


@contextmanager
def reading(files):
    """In this context an iterator over the Images of a list of File, in their order; their checksums are known then.

    It raises ReaderDied where one of the processes that read was killed.
    """
    if len(files) < MANY or PROCESSES < 2:
        yield map(read, files)
        return
    pool = ProcessPoolExecutor(PROCESSES, get_context("fork"), _begin, (files, os.getpid()))
    try:
        with warnings.catch_warnings():
            # newer Pythons warn of threads beside a fork; the processes use nothing that those may hold
            warnings.simplefilter("ignore", DeprecationWarning)
            pool.submit(os.getpid)  # they start here
        yield _in_order(pool, files)
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(pool, files):
    pending = deque()
    try:
        for start in range(0, len(files), AT_ONCE):
            pending.append((start, pool.submit(_read_some, start)))
            if len(pending) == AHEAD:
                yield from _result(files, *pending.popleft())
        while pending:
            yield from _result(files, *pending.popleft())
    except BrokenProcessPool:
        raise ReaderDied(
            "a process that reads images was killed, perhaps for want of memory; the images that were taken before are in the"
            " archive, the next ingestion takes the others") from None  # fmt: skip


def _result(files, start, future):
    for file, image in zip(files[start : start + AT_ONCE], future.result()):
        if image.checksum:
            file.checksum = image.checksum
        yield image


def _begin(files, parent):
    "in a new process: it ends with its parent, and Ctrl-C is the parent's"
    global _files
    _files = files
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it has ended already
        os._exit(1)


def _read_some(start):
    return [read(file) for file in _files[start : start + AT_ONCE]]
