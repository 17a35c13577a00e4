"""ZTF light curves of IRSA: CSV here, VOTable in votable_series, IPAC tables in ipac_series.

Source: IRSA's ZTF light-curve API and the columns' own descriptions. Of the two times `mjd` is taken, the
exposure's own; `hjd` is computed from it, and goes into the metadata. Neither scale nor place is stated where
the column is not tied to a TIMESYS, nor whether it is the start of the exposure. `quality` is 128 where the
bit 32768 of `catflags` says that the point is not to be used; catflags itself is in the metadata, as is
limitmag: IRSA sends detections only, so that nothing here is a limit. The object is the oid.
"""

import pyarrow as pa
import pyarrow.compute as pc

from .cell_batches import batch
from .frames import Frame
from .text_table import cells, header_line

FORMAT = "ztf-irsa"
VERSION = 1
BAD_CATFLAGS, BAD = 32768, 128
_COLUMNS = {"oid", "hjd", "mjd", "mag", "magerr", "catflags", "filtercode"}


def is_header(names):
    """True for the columns of IRSA's light curves."""
    return {name.lower() for name in names} >= _COLUMNS


def recognises(head, path):
    """True for CSV with IRSA's columns."""
    return header_line(head, is_header) is not None


def read(path, options=None):
    """Yield PointBatch. Raises ReadError."""
    return map(points, cells(path, is_header))


def points(rows):
    """The PointBatch of the Cells of a table with IRSA's columns."""
    bad = pc.not_equal(pc.bit_wise_and(rows.integer("catflags"), BAD_CATFLAGS), 0)
    stated = rows.field("mjd").frame
    return batch(rows, Frame("MJD", stated.stated) if stated else Frame("MJD"), {
        "time": rows.time("mjd"), "mag": rows.number("mag"), "mag_err": rows.number("magerr"),
        "object_name": rows.text("oid"), "band": rows.text("filtercode"), "exptime": rows.number("exptime"),
        "quality": pc.if_else(pc.fill_null(bad, False), BAD, 0).cast(pa.int32()),
    }, ("mjd", "mag", "magerr", "oid", "filtercode", "exptime"))  # fmt: skip
