"""Light curves of VaST (out*.dat): JD, magnitude, its error, X, Y, aperture, image, and pairs for other apertures.

Neither the scale of the JD nor object and band are in the file.
"""

import re

from .rows import batches, lines, number, time
from .text_rows import first_line

FORMAT = "vast"
VERSION = 1
NAMES = ("JD", "mag", "err", "X", "Y", "aperture")
_JD = re.compile(r"2[34]\d{5}\.\d+")
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_MISSING = (99.0, 99.9999, 99.999)
_FILE_NAME = 128  # characters, as observations.filename


def recognises(head, path):
    """True where the first row that is no comment is six numbers and the path of a file."""
    words = first_line(head).split()
    if len(words) < 7 or not _JD.fullmatch(words[0]) or _NUMBER.fullmatch(words[6]) or not set(words[6]) & set("./"):
        return False
    return all(map(_NUMBER.fullmatch, [*words[1:6], *words[7:]]))


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
        "time": time(words[0], "JD"), "mag": mag, "mag_err": error,
        "image": image if 0 < len(image) <= _FILE_NAME else None,
        "metadata": {"X": x, "Y": y, "aperture": aperture, "file": words[6], "other apertures": words[7:] or None},
    }  # fmt: skip
