"""ZTF light curves of IRSA: CSV here, VOTable in votable_series, IPAC tables in ipac_series.

Source: IRSA's ZTF light-curve API and the columns' own descriptions. Of the two times `mjd` is taken, the
exposure's own; `hjd` is computed from it, and goes into the metadata. Neither scale nor place is stated where
the column is not tied to a TIMESYS, nor whether it is the start of the exposure. `quality` is 128 where the
bit 32768 of `catflags` says that the point is not to be used; catflags itself is in the metadata, as is
limitmag: IRSA sends detections only, so that nothing here is a limit. A star has an oid for each field and
filter: the object that the options tell is all of them where their positions are one star's; without it the
object is the oid.
"""

import pyarrow as pa
import pyarrow.compute as pc

from ..model.batch import ReadError
from .cell_batches import batch
from .clocks import check_stated
from .frames import Frame
from .text_table import cells, header_line

FORMAT = "ztf-irsa"
VERSION = 1
BAD_CATFLAGS, BAD = 32768, 128
APART = 0.003  # deg, which at a declination of 60 is 5 arcsec on the sky in ra
_COLUMNS = {"oid", "hjd", "mjd", "mag", "magerr", "catflags", "filtercode"}


def is_header(names):
    """True for the columns of IRSA's light curves."""
    return {name.lower() for name in names} >= _COLUMNS


def recognises(head, path):
    """True for CSV with IRSA's columns."""
    return header_line(head, is_header) is not None


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    return (points(rows, path, options) for rows in cells(path, is_header))


def points(rows, path, options):
    """The PointBatch of the Cells of a table with IRSA's columns. Raises ReadError."""
    bad = pc.not_equal(pc.bit_wise_and(rows.integer("catflags"), BAD_CATFLAGS), 0)
    stated = rows.field("mjd").frame
    names = rows.text("oid")
    if options.object is not None and not options.objects:
        _one_star(rows, path)
        names = None
    made = {
        "time": rows.time("mjd"), "mag": rows.number("mag"), "mag_err": rows.number("magerr"),
        "object_name": names, "band": rows.text("filtercode"), "exptime": rows.number("exptime"),
        "quality": pc.if_else(pc.fill_null(bad, False), BAD, 0).cast(pa.int32()),
    }  # fmt: skip
    frame = Frame("MJD", stated.stated) if stated else Frame("MJD")
    check_stated(frame, "mjd", path, options)
    return batch(rows, frame, made, ("mjd", "mag", "magerr", "filtercode", "exptime"))


def _one_star(rows, path):
    "refuse a table of several stars under one told name: their positions are further apart than one star's"
    for name in ("ra", "dec"):
        ends = pc.min_max(rows.number(name))
        apart = (ends["max"].as_py() or 0.0) - (ends["min"].as_py() or 0.0)
        if apart > APART:
            raise ReadError(
                path,
                f"its {name} differ by {apart:.4f} deg, so that one object is not all; say in [objects] of"
                f" {path.name}.toml which oid is which star",
            )
