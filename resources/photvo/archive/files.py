"""Which files there are to take in, and what tells one that has changed."""

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg2

from photvo.model.batch import ReadError
from photvo.readers.options import Options
from photvo.settings import PhotvoError, why

from . import sidecars

#: What is wrong with one file, and does not stop the others.
FILE_ERRORS = (ReadError, OSError, psycopg2.DataError, psycopg2.IntegrityError)

#: Files that lie in every folder and are no data.
NO_DATA = ("README", "LICENSE", "LICENCE", "CHANGELOG", "COPYING", "Thumbs.db", "SHA256SUMS")
NO_DATA_ENDS = (".md", ".toml", "~", ".part", ".tmp")


@dataclass
class File:
    """A file to take in, and its name in the log: its path below the collection's inputs, else the whole path."""

    path: Path
    name: str
    inputs: Path  # the collection's
    given: Options = Options()  # on the command line, now or when it was last taken

    def __post_init__(self):
        stat = os.stat(self.path)
        self.size, self.mtime = stat.st_size, stat.st_mtime_ns

    @cached_property
    def told(self):
        """The Options that its sidecars give. Raises ReadError for a sidecar that is none."""
        return sidecars.options(self.path, self.inputs)

    @property
    def options(self):
        """The Options for its reader. Raises ReadError as `told` does."""
        return self.given.over(self.told)

    @cached_property
    def checksum(self):
        """SHA-256 of the contents, hexadecimal."""
        with open(self.path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def check_unchanged(self):
        """Raise ReadError where the file was written to since it was looked at."""
        stat = os.stat(self.path)
        if (stat.st_size, stat.st_mtime_ns) != (self.size, self.mtime):
            raise ReadError(self.path, "the file changed while it was read; ingest it again when it is complete")


def find(paths, inputs):
    """The files below `paths` that may be data, in the order of their names. Raises PhotvoError for none such."""
    found, entered = {}, set()
    for path in paths:
        path = Path(os.path.abspath(path))
        if os.path.isdir(path):
            # a folder that is closed to us is named as a file is that cannot be read
            for folder, folders, names in os.walk(path, followlinks=True, onerror=lambda error: found.setdefault(Path(error.filename))):
                if os.path.realpath(folder) in entered:  # a link that leads back
                    folders.clear()
                    continue
                entered.add(os.path.realpath(folder))
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                for name in sorted(names):
                    if not (name.startswith((".", *NO_DATA)) or name.endswith(NO_DATA_ENDS)):
                        found[Path(folder, name)] = None
        elif os.path.lexists(path) or not os.access(path.parent, os.X_OK):
            found[path] = None
        else:
            raise PhotvoError(f"{path}: there is no such file or folder")
    return [(path, below(path, inputs) or str(path)) for path in found]


def below(path, folder):
    """The path of a file below a folder as text, None of one that is elsewhere. Both are Path; links are not followed."""
    # pathlib's own way takes ten times as long, for each of very many files
    above, text = os.path.join(folder, ""), str(path)
    return text[len(above) :] if text.startswith(above) else None


def readable(file, error):
    """What went wrong with one file (one of FILE_ERRORS) as a ReadError."""
    if isinstance(error, ReadError):
        return error
    if isinstance(error, OSError):
        return ReadError(file.path, f"cannot be read: {why(error)}")
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return ReadError(file.path, f"the database does not take it: {'; '.join(lines[:3])}")
