"""Light curves as tables for programs without glue: CSV, ECSV, FITS and Parquet.

The columns are those of products.columns. CSV, ECSV and Parquet have all bands in one table, with the band of each
point; FITS has a table a band.
"""

import io
import re
from datetime import timezone

import numpy as np
import pyarrow as pa
import pyarrow.parquet
from astropy.coordinates import EarthLocation
from astropy.io import fits as pyfits
from astropy.table import MaskedColumn, Table, vstack
from astropy.time import Time

from photvo.model import arrow_csv

from . import columns, votable
from .columns import ucd
from .series import said


def arrow(curves):
    """All points as an Arrow table: object_id, target_name and band before columns.flat. Missing is null."""
    names = columns.flat([series for series, _ in curves])
    parts = []
    for series, table in curves:
        arrays = [
            pa.array(np.full(len(table), series.object_id, "i8")),
            pa.array([series.name] * len(table), pa.string()),
            pa.array([series.band] * len(table), pa.string()),
        ]
        for column in names:
            if column is columns.FLUX_UNIT:
                arrays.append(pa.array([series.flux_unit] * len(table), pa.string()))
                continue
            if column.name not in table.dtype.names:
                arrays.append(pa.nulls(len(table), pa.float64()))
                continue
            values = table[column.name]
            missing = votable.is_null(column, values)
            if column.datatype == "char":
                values = np.char.decode(values, "ascii").astype(object)
                arrays.append(pa.array(values, pa.string(), mask=missing))
            else:
                arrays.append(pa.array(np.ascontiguousarray(values), mask=missing))
        parts.append(pa.table(arrays, ["object_id", "target_name", "band", *(column.name for column in names)]))
    return pa.concat_tables(parts)


def csv(curves, context):
    """CSV with one line of names; missing is empty."""
    out = pa.BufferOutputStream()
    arrow_csv.write(arrow(curves), out, header=True)
    return out.getvalue().to_pybytes()


def parquet(curves, context):
    """Parquet with units, UCDs and frames as a VOTable without data in its metadata."""
    table = arrow(curves)
    header = votable.document([(series, rows[:0]) for series, rows in curves], context, "tabledata")
    table = table.replace_schema_metadata(described(header))
    out = pa.BufferOutputStream()
    pyarrow.parquet.write_table(table, out)
    return out.getvalue().to_pybytes()


def described(header):
    """The metadata of a Parquet file whose columns a VOTable without data describes (the VOParquet convention)."""
    return {"IVOA.VOTable-Parquet.version": "1.0", "IVOA.VOTable-Parquet.content": header}


def _astropy(series, rows):
    """One series as an astropy Table with units, descriptions and masks; times as MJD."""
    table = Table()
    for column in columns.of(series):
        values = rows[column.name]
        missing = votable.is_null(column, values)
        if column.datatype == "char":
            values = np.char.decode(values, "ascii")
        table[column.name] = MaskedColumn(
            values, mask=False if missing is None else missing, unit=column.unit, description=column.description,
            meta={"ucd": ucd(column, series)},
        )  # fmt: skip
    return table


def _facts(series, context):
    """What a header says of a series, by keywords of up to eight letters; FITS has reserved several of them."""
    facts = {
        "OBJECT": series.name, "BAND": series.band, "FILTERID": series.filter_id, "MAGSYS": series.magsys,
        "ZEROPT": series.zeropoint, "RA_OBJ": series.ra, "DEC_OBJ": series.dec, "PERIOD": series.period,
        "PEREPOCH": series.period_epoch, "PERFRAME": series.epoch_frame,  # as published: a Julian date, and what kind of one
        "VARTYPE": series.var_type, "PUBDID": context.did(series),
        "DATE": f"{series.revision.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%S}",
        "ORIGIN": context.publisher, "TELESCOP": said([series], "telescope"), "AUTHOR": said([series], "contributors"),
        "REFERENC": said([series], "reference"), "LICENSE": said([series], "copyright"),
    }  # fmt: skip
    return {key: value for key, value in facts.items() if value not in (None, "")}


def ecsv(curves, context):
    """ECSV whose obs_time and obs_time_utc astropy reads as Time, each in its scale."""
    parts = []
    for series, rows in curves:
        table = _astropy(series, rows)
        table.add_column(np.full(len(rows), series.band), name="band", index=0)
        if series.flux_unit is not None:
            place = table.colnames.index("flux_err") + 1
            table.add_column(np.full(len(rows), series.flux_unit), name=columns.FLUX_UNIT.name, index=place)
        parts.append(table)
    table = vstack(parts, metadata_conflicts="silent")
    if len({series.flux_unit for series, _ in curves} - {None}) > 1:
        table["flux"].unit = table["flux_err"].unit = None  # each row has its own
    for name, scale in (("obs_time", "tdb"), ("obs_time_utc", "utc")):
        column, missing = table[name], np.isnan(table[name].filled(np.nan))
        time = Time(column.filled(0), format="mjd", scale=scale)
        if missing.any():
            time[missing] = np.ma.masked
        time.info.description, time.info.meta = column.description, column.meta
        time.info.serialize_method["ecsv"] = "formatted_value"
        table[name] = time
    table.meta = {"bands": [_facts(series, context) for series, _ in curves]}
    out = io.StringIO()
    table.write(out, format="ascii.ecsv")
    return out.getvalue().encode()


#: What FITS says of each time column: scale and place.
_FITS_TIMES = {"obs_time": ("TDB", "BARYCENTER"), "obs_time_utc": ("UTC", "TOPOCENTER")}


def fits(curves, context):
    """FITS, a binary table a band, with the time keywords of the standard (MJD in days; scale and place by column)."""
    units = [pyfits.PrimaryHDU()]
    for series, rows in curves:
        hdu = pyfits.table_to_hdu(_plain(series, rows))
        for name in set(votable.KEYS) & set(rows.dtype.names):
            hdu.columns[name].null = 0
        for column in columns.FLUX if series.flux_unit else ():
            hdu.columns[column.name].unit = series.flux_unit  # whether FITS knows it or not
        header = hdu.header
        header["EXTNAME"] = f"LIGHTCURVE_{series.band}".upper()
        header["TIMESYS"] = ("TDB", "time scale unless a column says otherwise")
        header["TREFPOS"] = ("BARYCENTER", "reference position, likewise")
        header["TREFDIR"] = ("RA_OBJ,DEC_OBJ", "direction that the times are corrected for")
        header["MJDREFI"], header["MJDREFF"] = 0, 0.0
        header["TIMEUNIT"] = "d"
        header["TIMEPIXR"] = (0.5, "times are of mid-exposure")
        header["RADESYS"] = "ICRS"
        header.update(_site(series))
        for place, column in enumerate(columns.of(series), 1):
            header[f"TUCD{place}"], header[f"TCOMM{place}"] = ucd(column, series), column.description
            if column.name in _FITS_TIMES:
                header[f"TCTYP{place}"], header[f"TRPOS{place}"] = _FITS_TIMES[column.name]
        for key, value in _facts(series, context).items():
            header[key] = re.sub("[^ -~]", "?", value) if isinstance(value, str) else value
        units.append(hdu)
    out = io.BytesIO()
    pyfits.HDUList(units).writeto(out, checksum=False)
    return out.getvalue()


def _site(series):
    """Where the telescope stands, by FITS' keywords (m, from the Earth's centre); nothing where there are several."""
    places = {(source["longitude"], source["latitude"], source["altitude"]) for source in series.sources if source.get("observatory")}
    if len(places) != 1:
        return {}
    place = EarthLocation.from_geodetic(*places.pop()).itrs.cartesian.xyz.to_value("m")
    return {f"OBSGEO-{axis}": value for axis, value in zip("XYZ", place.tolist())}


def _plain(series, rows):
    """A table without masks: NaN where a float is missing, 0 (TNULL) for a missing comp_set, nothing where a text is."""
    table = _astropy(series, rows)
    for column in columns.of(series):
        table[column.name] = table[column.name].filled({"f": np.nan, "U": ""}.get(table[column.name].dtype.kind, 0))
        table[column.name].meta = {}
        if series.flux_unit and column.name in ("flux", "flux_err"):
            table[column.name].unit = None
    return table
