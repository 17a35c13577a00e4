"""Gaia epoch photometry, as the archive sends it (data structure INDIVIDUAL or COMBINED), in CSV here and in
any other form there.

Source: Gaia DR2 and DR3 documentation, table epoch_photometry: `time` is barycentric JD in TCB less
2455197.5, of G averaged over the transit, of BP and RP the time of the CCD transit; so it is mid-exposure at
the barycentre. Magnitudes are Vega, fluxes electron/s; fluxes stay in the metadata where there is a
magnitude, which has no uncertainty of its own in the file (and gets none here). `quality` is 1 where the
photometric processing rejected the point, 2 where the variability analysis did, 3 where both. The object is
the source_id in its bare digits.
"""

import pyarrow as pa
import pyarrow.compute as pc

from ..model.batch import ReadError, Stated
from .cell_batches import batch
from .frames import Frame
from .text_table import cells, header_line

FORMAT = "gaia-epoch"
VERSION = 1
FRAME = Frame("JD-2455197.5", Stated("TCB", "BARYCENTER", "mid"))
_COLUMNS = {"source_id", "transit_id", "band", "time", "mag", "flux", "flux_error", "rejected_by_photometry"}
_RAW = "g_transit_time"


def is_header(names):
    """True for the columns of epoch photometry, one point a row, and for those of its structure RAW."""
    found = {name.lower() for name in names}
    return found >= _COLUMNS or {"source_id", _RAW} <= found


def refuse_raw(names, path):
    """Raise ReadError for the columns of the structure RAW, one star a row."""
    if _RAW in {name.lower() for name in names}:
        raise ReadError(
            path, "Gaia epoch photometry in the structure RAW, with arrays in its cells; get it as INDIVIDUAL"
        )


def recognises(head, path):
    """True for CSV with Gaia's columns."""
    return header_line(head, is_header) is not None


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    for rows in cells(path, is_header):
        refuse_raw(rows.table.column_names, path)
        yield points(rows, path, options)


def points(rows, path, options):
    """The PointBatch of the Cells of a table with Gaia's columns."""
    photometry, variability = rows.true("rejected_by_photometry"), rows.true("rejected_by_variability")
    return batch(rows, FRAME, {
        "time": rows.time("time"), "mag": rows.number("mag"), "flux": rows.number("flux"),
        "flux_err": rows.number("flux_error"), "flux_unit": "electron/s",
        "object_name": rows.text("source_id"), "band": rows.text("band"),
        "quality": pc.add(pc.if_else(photometry, 1, 0), pc.if_else(variability, 2, 0)).cast(pa.int32()),
    }, ("time", "mag", "band"))  # fmt: skip
