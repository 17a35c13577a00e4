"""ATLAS forced photometry: the text file of the server, one exposure a row.

Source: "Output description" of the ATLAS forced photometry server
(fallingstar-data.com/forcedphot/resultdesc): MJD is the start of the exposure, all exposures are 30 s, m is
the AB magnitude of the flux (its sign is the flux's, so a negative flux looks like a bright star), err is 0
for a good fit, mag5sig the five-sigma limiting magnitude, F the filter.

What is made of it: a flux of three sigma or more is a magnitude (with `>` before it a limit); one between -3 and 3 sigma is
an upper limit, mag5sig; one below -3 sigma is no magnitude and no limit, and is kept as a flux. `quality` is 128 where
err is not 0. All columns but the time, magnitude and filter are in the metadata. The file names neither the
object nor the scale of its times.
"""

import pyarrow as pa
import pyarrow.compute as pc

from ..model.batch import Stated
from .cell_batches import batch
from .frames import Frame
from .text_table import cells, header_line

FORMAT = "atlas-forced"
VERSION = 1
EXPOSURE = 30.0  # s
SIGNIFICANT = 3.0  # sigma
BAD = 128
_FRAME = Frame("MJD", Stated(point="start"))


def is_header(names):
    """True for the names of the columns, of which the first has `###` before it in files as the server sends
    them.
    """
    return {"m", "dm", "uJy", "duJy", "F", "mag5sig"} <= set(names) and names[0].lstrip("#") == "MJD"


def recognises(head, path):
    """True for a header line with ATLAS' columns."""
    return header_line(head, is_header) is not None


def read(path, options=None):
    """Yield PointBatch. Raises ReadError."""
    return map(_batch, cells(path, is_header))


def _batch(rows):
    flux, error = rows.number("uJy"), rows.number("duJy")
    rows.refuse(pc.less_equal(error, 0.0), lambda i: f"duJy: {error[i].as_py():g} is no uncertainty")
    sigma = pc.divide(flux, error)
    mag, marked = rows.limited("m")
    seen = pc.and_not(pc.fill_null(pc.greater_equal(sigma, SIGNIFICANT), False), marked)
    limit = pc.fill_null(pc.less(pc.abs(sigma), SIGNIFICANT), False)
    mag = pc.if_else(limit, rows.number("mag5sig"), pc.if_else(pc.or_(seen, marked), mag, None))
    bad = pc.not_equal(rows.integer("err"), 0)
    return batch(rows, _FRAME, {
        "time": rows.time("MJD"), "mag": mag, "mag_err": pc.if_else(seen, rows.number("dm"), None),
        "upper_limit": pc.or_(limit, marked), "flux": flux, "flux_err": error, "flux_unit": "uJy", "band": rows.text("F"),
        "exptime": pa.array([EXPOSURE] * len(rows)),
        "quality": pc.if_else(bad, BAD, 0).cast(pa.int32()),
    }, ("MJD", "m", "dm", "F"))  # fmt: skip
