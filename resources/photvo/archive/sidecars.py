"""What is told about files beside them: photvo.toml in their folders, FILE.toml for one file."""

import tomllib
from functools import lru_cache
from pathlib import Path

from photvo.model.batch import ReadError
from photvo.readers.options import Options, parse

FOLDER = "photvo.toml"


def find(path, inputs):
    """The sidecars of a file that are there: those of folders first, from `inputs` down to the file's own folder (of a
    file elsewhere: its own folder's), then the file's."""
    folders = [path.parent]
    if path.is_relative_to(inputs):
        folders = [folder for folder in reversed(path.parents) if folder.is_relative_to(inputs)]
    candidates = [*(folder / FOLDER for folder in folders), path.with_name(f"{path.name}.toml")]
    return [sidecar for sidecar in candidates if sidecar.is_file()]


def options(path, inputs):
    """The Options that a file's sidecars give. Raises ReadError for a sidecar that is none."""
    found = Options()
    for sidecar in find(Path(path), inputs):
        stat = sidecar.stat()
        try:
            found = _read(sidecar, stat.st_mtime_ns, stat.st_size).over(found)
        except (ValueError, OSError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
            raise ReadError(path, f"its sidecar {sidecar} is wrong: {error}") from None
    return found


@lru_cache(1000)
def _read(sidecar, mtime, size):
    return parse(tomllib.loads(sidecar.read_text("utf-8")))
