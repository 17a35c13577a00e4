"""The forms that a light curve is sent out in, by their short names."""

import math
from typing import Callable, NamedTuple

from . import aavso, tables, votable
from .refusals import BadRequest


class Form(NamedTuple):
    """`write(curves, context) -> bytes`; products.votable.document says what these are."""

    media_type: str
    extension: str
    write: Callable
    also: tuple[str, ...] = ()  # further media types that mean it


def _picture(curves, context, **options):
    # matplotlib takes long to load, and an ingestion, which wants to know sizes of VOTables, draws nothing
    from . import preview

    return preview.picture(curves, **options)


def _folded(curves, context):
    series = curves[0][0]
    if not 0 < (series.period or 0) < math.inf:
        raise BadRequest("RESPONSEFORMAT", f"{series.name} has no published period to fold with; png is the picture against time")
    return _picture(curves, context, folded=series.period)


FORMS = {
    "votable": Form(
        votable.MEDIA_TYPE, "vot", votable.document,
        ("application/x-votable+xml;serialization=binary2", "text/xml", "votable/b2"),
    ),
    "votable/td": Form(
        "application/x-votable+xml;serialization=tabledata", "vot",
        lambda curves, context: votable.document(curves, context, "tabledata"), ("tabledata",),
    ),
    "fits": Form("application/fits", "fits", tables.fits, ("image/fits",)),
    "csv": Form("text/csv", "csv", tables.csv, ("text/csv;header=present",)),
    "ecsv": Form("text/x-ecsv", "ecsv", tables.ecsv, ("text/ecsv", "application/x-ecsv")),
    "aavso": Form("text/plain", "txt", aavso.extended, ("text/plain;content=aavso",)),
    "parquet": Form("application/vnd.apache.parquet", "parquet", tables.parquet, ("application/x-parquet",)),
    "png": Form("image/png", "png", _picture),
    "png/folded": Form("image/png", "folded.png", _folded, ("image/png;content=folded",)),
}  # fmt: skip


def find(text):
    """The short name of the form that a media type or a short name means, or None."""
    text = text.lower().replace(" ", "")
    for name, form in FORMS.items():
        if text in (name, form.media_type, *form.also):
            return name
    return None
