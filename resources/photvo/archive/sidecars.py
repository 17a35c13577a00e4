"""What is told about files beside them: photvo.toml in their folders, FILE.toml for one file."""

import os
import tomllib
from functools import lru_cache
from pathlib import Path

from photvo.model.batch import ReadError
from photvo.readers.options import Options, parse

FOLDER = "photvo.toml"


def find(path, inputs):
    """The sidecars of a file that are there: those of folders first, from `inputs` down to the file's own folder (of a
    file elsewhere: its own folder's), then the file's."""
    candidates = [*_of_folder(os.path.dirname(path), inputs), f"{path}.toml"]
    return [Path(sidecar) for sidecar in candidates if os.path.isfile(sidecar)]


@lru_cache(1000)
def _of_folder(folder, inputs):
    "where the sidecars of the files in a folder would be"
    folders = [Path(folder)]
    if folders[0].is_relative_to(inputs):
        folders = [above for above in (*reversed(folders[0].parents), *folders) if above.is_relative_to(inputs)]
    return [str(above / FOLDER) for above in folders]


def options(path, inputs):
    """The Options that a file's sidecars give. Raises ReadError for a sidecar that is none."""
    found = Options()
    for sidecar in find(path, inputs):
        stat = sidecar.stat()
        try:
            found = _read(sidecar, stat.st_mtime_ns, stat.st_size).over(found)
        except (ValueError, OSError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
            raise ReadError(path, f"its sidecar {sidecar} is wrong: {error}") from None
    return found


@lru_cache(1000)
def _read(sidecar, mtime, size):
    return parse(tomllib.loads(sidecar.read_text("utf-8")))
