"""ASAS-SN: CSV of Sky Patrol v1 and v2, and of the ASAS-SN variable stars database.

Sky Patrol v1: `HJD,UT Date,Camera,FWHM,Limit,mag,mag_err,flux(mJy),flux_err,Filter`; a magnitude with `>`
before it, and 99.990 for its uncertainty, is an upper limit. Sky Patrol v2: `JD,Flux,Flux Error,Mag,Mag
Error,Limit,FWHM,Filter,Quality`, after comment lines and blank ones (the site's), or
`asas_sn_id,jd,flux,flux_err,mag,mag_err,limit,fwhm,image_id,camera,quality, phot_filter` (the client's); an
uncertainty of 99.99 marks an upper limit, which is the column mag, or limit where mag is 99.99 too and the
flux is below five sigma. The variable stars database: `hjd,camera,mag,mag_err,flux,flux_err`, without band
and limit.

Sources: asas-sn.osu.edu, asas-sn.ifa.hawaii.edu/skypatrol, Hart et al. 2023 (arXiv:2304.03791). Fluxes are
mJy; they are kept as fluxes where there is no magnitude (image subtraction without the reference flux), else
in the metadata. `quality` is 128 where Quality is not G. HJD is heliocentric; the scale of the times is not
stated.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from .cell_batches import batch
from .clocks import named_frame
from .text_table import cells, header_line

FORMAT = "asas-sn"
VERSION = 1
BAD = 128
NONE = (99.99, 99.999, 99.0)
SIGNIFICANT = 5.0  # sigma
#: The names in the words of the client.
_NAMES = {"magerror": "magerr", "fluxerror": "fluxerr", "fluxmjy": "flux", "photfilter": "filter"}


def _plain(name):
    name = re.sub(r"[^a-z]", "", name.lower())
    return _NAMES.get(name, name)


def is_header(names):
    """True for the names of one of the dialects."""
    plain = {_plain(name) for name in names}
    ours = {"mag", "magerr", "flux", "fluxerr", "camera"} <= plain or {
        "limit",
        "fwhm",
        "flux",
        "mag",
    } <= plain
    return ours and bool({"jd", "hjd"} & plain) and ("camera" in plain or "fwhm" in plain)


def recognises(head, path):
    """True for a header line of ASAS-SN's."""
    return header_line(head, is_header) is not None


def read(path, options=None):
    """Yield PointBatch. Raises ReadError."""
    return map(_batch, cells(path, is_header))


def _batch(rows):
    name = {_plain(name): name for name in reversed(rows.table.column_names)}
    plain = "hjd" if "hjd" in name else "jd"
    clock = name[plain]
    mag, marked = rows.limited(name["mag"], NONE)
    error, depth = rows.number(name.get("magerr")), rows.number(name.get("limit"), NONE)
    flux, flux_error = rows.number(name["flux"], NONE), rows.number(name.get("fluxerr"), NONE)
    no_error = pc.fill_null(pc.is_in(error, value_set=pa.array(NONE)), False)
    strong = pc.fill_null(pc.greater_equal(pc.abs(flux), pc.multiply(flux_error, SIGNIFICANT)), False)
    by_depth = pc.and_(pc.and_(pc.is_null(mag), pc.is_valid(depth)), pc.invert(strong))
    limit = pc.or_(pc.or_(marked, pc.and_(no_error, pc.is_valid(mag))), by_depth)
    grade = rows.text(name.get("quality"))
    bad = pc.fill_null(pc.not_equal(grade, "G"), False)
    identifier = name.get("asassnid")
    return batch(rows, named_frame(plain), {
        "time": rows.time(clock), "mag": pc.if_else(by_depth, depth, mag), "upper_limit": limit,
        "mag_err": pc.if_else(no_error, None, error), "flux": flux, "flux_err": flux_error, "flux_unit": "mJy",
        "band": rows.text(name.get("filter")), "object_name": rows.text(identifier),
        "quality": pc.if_else(bad, BAD, 0).cast(pa.int32()),
    }, (clock, name["mag"], name.get("magerr"), name.get("filter")))  # fmt: skip
