"""ASAS-3 light curves as its own site sends them: a comment block, then `HJD MAG_0 … MAG_4 MER_0 … MER_4
GRADE FRAME`.

Source: the block itself, and Pojmanski 1997: HJD-2450000; magnitudes in five apertures; 29.999 is not
measured; GRADE A best, B mean, C with something not measured, D probably useless. Which aperture is best
depends on the star: `columns = { mag = "MAG_2" }` in the options says it. `quality` is 0 for grade A, 1 for
B, 2 for C, 128 for D. The band is not in the file; the object is its `desig`.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from ..model.batch import ReadError, Stated
from .cell_batches import batch
from .frames import Frame
from .source import head
from .text_table import cells, header_line

FORMAT = "asas-3"
VERSION = 1
NONE = (29.999, 99.999)
GRADES = {"A": 0, "B": 1, "C": 2, "D": 128}


def is_header(names):
    """True for the names of the columns."""
    return {"HJD", "MAG_0", "MER_0", "GRADE"} <= set(names)


def recognises(head, path):
    """True for ASAS' comment block."""
    return header_line(head, is_header) is not None


def read(path, options):
    """Yield PointBatch. Raises ReadError where no aperture is chosen, or it is not said what the times count
    from.
    """
    mag = options.columns.get("mag")
    if not re.fullmatch(r"MAG_[0-4]", mag or ""):
        raise ReadError(
            path,
            f'it has magnitudes in five apertures; write columns = {{ mag = "MAG_2" }} (or another) into {path.name}.toml',
        )
    text = head(path)
    kind = "JD-2450000" if b"HJD-2450000" in text else options.time
    if kind is None:
        raise ReadError(
            path,
            f"what its times count from is not in the file; give --time JD-2450000, or write it into {path.name}.toml",
        )
    star = re.search(rb"^#desig=\s*(\S+)", text, re.M)
    for rows in cells(path, is_header, {"object": star and star[1].decode()}):
        yield _batch(rows, mag, kind)


def _batch(rows, mag, kind):
    error, grade = mag.replace("MAG", "MER"), rows.text("GRADE")
    rows.refuse(
        pc.invert(pc.is_in(grade, value_set=pa.array(list(GRADES)))),
        lambda i: f"GRADE: {grade[i].as_py()!r} is none of A B C D",
    )
    codes = pa.array(list(GRADES.values()), pa.int32()).take(
        pc.index_in(grade, value_set=pa.array(list(GRADES)))
    )
    return batch(rows, Frame(kind, Stated(refposition="HELIOCENTER")), {
        "time": rows.time("HJD"), "mag": rows.number(mag, NONE), "mag_err": rows.number(error, NONE), "quality": codes,
    }, ("HJD", mag, error))  # fmt: skip
