"""Identifiers of light curves out of an uploaded table: the answer of an SSA, ObsCore or TAP query, or a CSV."""

import io
from xml.parsers import expat

from astropy.io import ascii
from astropy.io.votable import parse

from .request import BadRequest

#: Columns that hold publisher DIDs, the first that is there counts.
DIDS = ("obs_publisher_did", "ssa_pubdid", "publisher_did", "pubdid", "did", "id")


def identifiers(data, collection):
    """Publisher DIDs out of a VOTable or CSV (bytes), from a column of DIDS, or from object_id and band.

    Raises BadRequest for what is no table, or has no such column.
    """
    try:
        if data.lstrip()[:1] == b"<":
            _refuse_outside(data)
            table = parse(io.BytesIO(data), verify="ignore").get_first_table().to_table(use_names_over_ids=True)
        else:
            # in lines: a text of one line astropy takes for the name of a file
            table = ascii.read(data.decode("utf-8-sig").splitlines(), format="csv")
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise BadRequest("UPLOAD", f"the table of identifiers cannot be read: {reason[:200]}") from None
    names = {name.lower(): name for name in table.colnames}
    for wanted in DIDS:
        if wanted in names:
            return [str(value) for value in table[names[wanted]].tolist() if value is not None]
    if "object_id" in names:
        objects = table[names["object_id"]].tolist()
        bands = table[names["band"]].tolist() if "band" in names else [None] * len(objects)
        return [f"ivo://upload/~?{collection}/lightcurves/{key}" + (f"/{band}" if band else "") for key, band in zip(objects, bands)]
    raise BadRequest("UPLOAD", f"the table has no column {', '.join(DIDS)} or object_id; it has {', '.join(table.colnames[:20])}")


def _refuse_outside(data):
    """Raise ValueError for a VOTable that is more than itself: astropy fetches rows from wherever a STREAM's href says, be it
    a file of this machine, and expands entities."""

    def start(name, attributes):
        if name.rpartition(":")[2] == "STREAM" and "href" in attributes:
            raise ValueError("its rows are elsewhere (STREAM with href); send the table with its rows in it")

    def entity(*_):
        raise ValueError("it declares entities (<!ENTITY), as no VOTable does; send it without them")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EntityDeclHandler = start, entity
    parser.Parse(data, True)
