"""The columns of a light curve as it is sent out, the same in every form."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from photvo.model import passbands

from .series import FLAGS, POINT


class Column(NamedTuple):
    """One column; `{em}` in a UCD is the passband's word. `frame` names the time or photometric system that holds."""

    name: str
    datatype: str  # VOTable's
    unit: str | None
    ucd: str
    description: str
    frame: str | None = None


COLUMNS = (
    Column("obs_time", "double", "d", "time.epoch;meta.main", "Barycentric time of mid-exposure, MJD in TDB", "tdb"),
    Column("obs_time_utc", "double", "d", "time.epoch", "Time of mid-exposure at the telescope, MJD in UTC", "utc"),
    Column("mag", "float", "mag", "phot.mag;{em}", "Magnitude; where upper_limit is true, the star was fainter", "phot"),
    Column("mag_err", "float", "mag", "stat.error;phot.mag;{em}", "Uncertainty of the magnitude", "phot"),
    Column("mag_diff", "float", "mag", "phot.mag;{em};arith.diff", "Magnitude less that of the comparison stars"),
    Column("mag_diff_err", "float", "mag", "stat.error;phot.mag;{em};arith.diff", "Uncertainty of the differential magnitude"),
    # here FLUX in a series that has fluxes
    Column("upper_limit", "boolean", None, "meta.code;stat.max", "True where the star was not seen, and fainter than mag"),
    Column("exptime", "float", "s", "time.duration;obs.exposure", "Exposure time"),
    Column("airmass", "float", None, "obs.airMass", "Airmass at mid-exposure"),
    Column("flags", "int", None, "meta.code.qual", "What is known against the point; 0 is good. Bits 0 to 7: the data "
           "source's own quality code; " + "; ".join(f"{bit}: {text}" for bit, text in FLAGS.items())),
    Column("comp_set", "int", None, "meta.id", "Set of comparison stars that was used; the link #auxiliary has its stars"),
    Column("telescope", "char", None, "meta.id;instr.tel", "Telescope"),
    Column("image", "char", None, "meta.ref.url;obs.image", "The image that the point was measured on"),
)  # fmt: skip

#: In the unit of the series, which is empty where the flux is a relative one.
FLUX = (
    Column("flux", "double", None, "phot.flux;{em}", "Flux; where upper_limit is true, the star was fainter", "phot"),
    Column("flux_err", "double", None, "stat.error;phot.flux;{em}", "Uncertainty of the flux", "phot"),
)
FLUX_UNIT = Column("flux_unit", "char", None, "meta.unit", "Unit of the flux in the syntax of VOUnit; empty for a relative flux")


def of(series):
    """The columns of a series: with fluxes, in their unit, where it has some."""
    unit = series.flux_unit
    return COLUMNS if unit is None else _with(column._replace(unit=unit) for column in FLUX)


def flat(found):
    """The columns of one table of several series: with fluxes, each with its unit, where any has some."""
    return COLUMNS if all(series.flux_unit is None for series in found) else _with([*FLUX, FLUX_UNIT])


def _with(more):
    place = next(i for i, column in enumerate(COLUMNS) if column.name == "upper_limit")
    return (*COLUMNS[:place], *more, *COLUMNS[place:])


def ucd(column, series):
    """The UCD of a column in the passband of a series."""
    return _ucd(column.ucd, series.band, series.wavelength_eff)


@lru_cache(1024)
def _ucd(ucd, band, wavelength):
    return ucd.format(em=passbands.ucd(band, wavelength))


def telescopes(rows, by_source, images):
    """The telescope of each point as ASCII bytes (empty: not known): the image's, else the data source's.

    `by_source` are names by data source, `images` what series.images gives.
    """
    names = _spread(rows["datasource_id"], by_source)
    if images:
        of_image = _spread(rows["observation_id"], {key: value[1] for key, value in images.items()})
        names = np.where(of_image != b"", of_image, names)
    return names


def assemble(series, rows, images, address):
    """Points (series.POINT) as the table that is sent out: a structured array with the names of `of(series)`.

    Floats are NaN and texts empty where there is nothing, `comp_set` is 0. `images` is what series.images gives,
    `address` turns an image's accref into its URL.
    """
    texts = {
        "telescope": telescopes(rows, {source["id"]: source["telescope"] for source in series.sources}, images),
        "image": _spread(rows["observation_id"], {key: address(value[0]) for key, value in images.items()}),
    }
    layout = [(c.name, texts[c.name].dtype if c.name in texts else POINT[c.name]) for c in of(series)]
    table = np.empty(len(rows), layout)
    for name in table.dtype.names:
        table[name] = texts[name] if name in texts else rows[name]
    return table


def _spread(keys, texts):
    """The texts (dict) of an array of keys as ASCII bytes of one width; empty where there is none."""
    encoded = {key: text.encode("ascii", "replace") for key, text in texts.items() if text}
    # a VOTable may not say arraysize="1"
    width = max([2, *map(len, encoded.values())])
    if len(encoded) <= 1 and (keys == next(iter(encoded), None)).all():
        return np.full(len(keys), next(iter(encoded.values()), b""), f"S{width}")
    distinct, where = np.unique(keys, return_inverse=True)
    return np.array([encoded.get(key, b"") for key in distinct.tolist()], f"S{width}")[where]
