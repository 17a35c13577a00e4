"""SkyPortal photometry: CSV as it is exported and uploaded, in magnitudes or in fluxes.

Source: SkyPortal's photometry format: `mjd, filter, mag, magerr, limiting_mag, magsys` or `mjd, filter, flux,
fluxerr, zp, magsys`; a row without magnitude is a non-detection, limiting_mag its upper limit; a limiting_mag
of 99 says nothing. Fluxes are in the unit of their zero point: of an AB zero point of 23.9 that is uJy,
others stay relative, with zp in the metadata. Neither scale nor place of the times is stated; the object is
obj_id where there is one. magsys is in the metadata: the magnitude stays in its own system.
"""

import pyarrow.compute as pc

from .cell_batches import batch
from .described import ERROR_SENTINELS, SENTINELS
from .frames import Frame
from .text_table import cells, header_line

FORMAT = "skyportal"
VERSION = 1
MICROJANSKY = 23.9  # the AB magnitude of 1 uJy
_FRAME = Frame("MJD")


def is_header(names):
    """True for SkyPortal's columns."""
    found = set(names)
    return {"mjd", "filter", "magsys"} <= found and (
        {"mag", "limiting_mag"} <= found or {"flux", "zp"} <= found
    )


def recognises(head, path):
    """True for CSV with SkyPortal's columns."""
    return header_line(head, is_header) is not None


def read(path, options=None):
    """Yield PointBatch. Raises ReadError."""
    return map(_batch, cells(path, is_header))


def _batch(rows):
    mag, marked = rows.limited("mag", SENTINELS)
    depth = rows.number("limiting_mag", SENTINELS)
    made = {}
    if "flux" in rows:
        point, system = rows.number("zp"), pc.utf8_lower(rows.text("magsys"))
        absolute = pc.fill_null(pc.and_(pc.equal(point, MICROJANSKY), pc.equal(system, "ab")), False)
        made = {
            "flux": rows.number("flux"),
            "flux_err": rows.number("fluxerr"),
            "flux_unit": pc.if_else(absolute, "uJy", ""),
        }
    unseen = pc.and_(pc.is_null(mag), pc.is_valid(depth)) if "mag" in rows else marked
    return batch(rows, _FRAME, {
        "time": rows.time("mjd"), "mag": pc.if_else(unseen, depth, mag), "mag_err": rows.number("magerr", ERROR_SENTINELS),
        "upper_limit": pc.or_(marked, unseen), "band": rows.text("filter"), "object_name": rows.text("obj_id"), **made,
    }, ("mjd", "mag", "magerr", "filter"))  # fmt: skip
