"""EROS-2 light curves (`.time`): two bands side by side under a comment block.

Columns `date MagR ErMagR MagB ErMagB`, named in the last comment line; 99.999 and 9.999 are missing. What the
days count from is not in the file: the options must say so, as `time = "JD-2450000"`. The bands are
instrumental, and called MagR and MagB here as in the file, so that no other R or B is meant: `bands = { MagR
= "…", MagB = "…" }` in the options says which passbands of the archive they are. The object is erosid of the
line `# star:`. Each line of the file gives a point a band.
"""

import re
from dataclasses import replace

from ..model.batch import ReadError
from .cell_batches import batch
from .frames import Frame
from .source import head
from .text_table import cells, header_line

FORMAT = "eros"
VERSION = 1
NONE = (99.999, 9.999)
BANDS = (("MagR", "ErMagR"), ("MagB", "ErMagB"))


def is_header(names):
    """True for the names of the columns."""
    return names[0].lower() == "date" and {"MagR", "MagB"} <= set(names)


def recognises(head, path):
    """True for EROS' comment block."""
    return header_line(head, is_header) is not None


def read(path, options):
    """Yield PointBatch, one a band and block. Raises ReadError where nobody says what the days count from."""
    if options.time is None:
        raise ReadError(
            path,
            f"what its days count from is not in the file; give --time JD-2450000 (or what it is), or write it into {path.name}.toml",
        )
    star = re.search(rb"^#\s+(\w{6,})\s+[\d.]", head(path), re.M)
    frame = Frame(options.time)
    for rows in cells(path, is_header, {"object": star and star[1].decode()}):
        said = set()
        for name, error in BANDS:
            made = {
                "time": rows.time("date"), "mag": rows.number(name, NONE), "mag_err": rows.number(error, NONE),
                "band": rows.constant(name), "metadata": rows.constant("{}"),
            }  # fmt: skip
            found = batch(rows, frame, made)
            rejects = [reject for reject in found.rejects if reject.line not in said]
            said |= {reject.line for reject in rejects}
            # a band without a value is no gap of the line
            yield replace(found, gaps=0, rejects=rejects)
