"""Light curves of VaST (out*.dat): JD, magnitude, its error, X, Y, aperture, image, and pairs for other apertures.

Neither the scale of the JD nor object and band are in the file.
"""

import re

from .rows import batches, lines, number, text, time
from .text_rows import first_line

FORMAT = "vast"
VERSION = 1
NAMES = ("JD", "mag", "err", "X", "Y", "aperture")
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_ROW = re.compile(rf"\s*2[34]\d{{5}}\.\d+\s+(?:{_NUMBER}\s+){{5}}\S*[./]\S*(?:\s+{_NUMBER})*\s*")
_MISSING = (99.0, 99.9999, 99.999)
_FILE_NAME = 128  # characters, as observations.filename


def recognises(head, path):
    """True where the first row that is no comment is six numbers and the path of a file."""
    return _ROW.fullmatch(first_line(head)) is not None


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    rows = ((line, raw, raw.split()) for line, raw in lines(path) if not raw.lstrip().startswith(("#", "%")))
    return batches(path, rows, _point)


def _point(words):
    if len(words) < 7:
        raise ValueError(f"{len(words)} fields where VaST has seven or more; is the line cut off?")
    mag, error, x, y, aperture = (number(word, name, _MISSING) for name, word in zip(NAMES[1:], words[1:]))
    if mag is None:
        raise ValueError("mag: no magnitude")
    image = re.split(r"[/\\]", words[6])[-1].removesuffix(".fz")
    return {
        "time": time(words[0], "JD"), "mag": mag, "mag_err": error, "image": image if 0 < len(image) <= _FILE_NAME else None,
        "metadata": {"X": x, "Y": y, "aperture": aperture, "file": text(words[6]), "other apertures": words[7:] or None},
    }
