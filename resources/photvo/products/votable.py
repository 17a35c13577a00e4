"""Light curves as a VOTable 1.5 in the form of the IVOA Time Series Note: one TABLE a passband, shared frames.

The document is a template with literal values, since a general writer takes ten times as long as the
query; the tests read it back with astropy and STILTS.
"""

import base64
import io
from datetime import timezone
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from . import columns as of_points
from .columns import ucd
from .series import Identifier

MEDIA_TYPE = "application/x-votable+xml"

_DOCUMENT = """<?xml version="1.0" encoding="utf-8"?>
<VOTABLE version="1.5" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
<RESOURCE type="results">
<DESCRIPTION>{title}</DESCRIPTION>
{infos}<COOSYS ID="icrs" system="ICRS" epoch="J{epoch:.2f}" refposition="BARYCENTER"/>
<TIMESYS ID="tdb" timescale="TDB" refposition="BARYCENTER" timeorigin="MJD-origin"/>
<TIMESYS ID="utc" timescale="UTC" refposition="TOPOCENTER" timeorigin="MJD-origin"/>
{photcal}{tables}</RESOURCE>
</VOTABLE>
"""
_PHOTCAL = """<GROUP ID="phot_{band}" name="PHOTCAL" ucd="phot" utype="PhotDM:PhotCal">
<DESCRIPTION>Photometric system of the magnitudes in {band}: {description}</DESCRIPTION>
{params}</GROUP>
"""
_TABLE = """<TABLE name={name} nrows="{n}">
<DESCRIPTION>{title}. Each point has two times, both of the middle of the exposure: obs_time is barycentric (MJD, \
TDB; what a clock at the centre of mass of the solar system would show when the light passed it), obs_time_utc is what \
a clock at the telescope showed (MJD, UTC). flags is 0 for a good point.</DESCRIPTION>
{photcal}{params}{fields}<DATA>"""


@lru_cache(4096)
def _quoted(text):
    """The text as an XML attribute's value: most are the same in every light curve."""
    return quoteattr(text)


@lru_cache(1024)
def _attributes(attributes):
    """Attributes of an element from a tuple of pairs."""
    return "".join(f" {key}={quoteattr(str(item))}" for key, item in attributes)


def _param(name, value, datatype="char", **attributes):
    """A PARAM element, or nothing where there is no value: a missing value is not said."""
    return "" if value is None or value == "" else _always(name, value, datatype, **attributes)


def _always(name, value, datatype="char", **attributes):
    """A PARAM element; an empty value is null."""
    if datatype == "char" and value and not value.isascii():
        datatype = "unicodeChar"
    text = _attributes((("datatype", datatype), *((("arraysize", "*"),) if datatype.endswith("har") else ()), *attributes.items()))
    return f'<PARAM name="{name}"{text} value={_quoted("" if value is None else str(value))}/>\n'


def _info(name, value, **attributes):
    if not value:
        return ""
    text = "".join(f' {key}="{item}"' for key, item in attributes.items())
    return f'<INFO name="{name}"{text} value={_quoted(str(value))}/>\n'


def _photcal(series):
    """PHOTCAL. The Note wants all four values, also where an unfiltered light curve has none: null then."""
    return _photcal_of(series.band, series.band_description, series.filter_id, series.zeropoint, series.magsys, series.wavelength_eff)


@lru_cache(128)
def _photcal_of(band, description, filter_id, zeropoint, magsys, wavelength_eff):
    def number(value):
        return "NaN" if value is None else repr(value)

    return _PHOTCAL.format(
        band=band,
        description=escape(description or band),
        params=_always("filterIdentifier", filter_id, ucd="meta.id;instr.filter",
                    utype="photDM:PhotometryFilter.identifier")
        + _param("zeroPointFlux", number(zeropoint), "double", unit="Jy", ucd="phot.mag;arith.zp",
                 utype="photDM:PhotCal.zeroPoint.flux.value")
        + _always("magnitudeSystem", magsys, ucd="meta.code", utype="photDM:PhotCal.magnitudeSystem.type")
        + _param("effectiveWavelength", number(wavelength_eff), "double", unit="m", ucd="em.wl.effective",
                 utype="photDM:PhotometryFilter.spectralLocation.value"),
    )  # fmt: skip


def _period_epoch(series):
    """The published epoch: an MJD in the frame of obs_time where its source states that frame, else as it stands."""
    if series.period_epoch is None:
        return ""
    if (series.epoch_frame or "").split() in (["BJD", "TDB"], ["BJD_TDB"]):
        return _param("period_epoch", series.period_epoch - 2400000.5, "double", unit="d", ucd="time.epoch;src.var", ref="tdb")
    frame = f"Julian date, {series.epoch_frame}" if series.epoch_frame else "Julian date, frame not stated"
    return _param("period_epoch_given", f"{series.period_epoch!r} ({frame})", ucd="meta.note;time.epoch")


def _table_params(series, context, telescopes):
    sources = series.sources
    return (
        _param("dataproduct_type", "timeseries", ucd="meta.code.class", utype="obscore:ObsDataset.dataProductType")
        + _param("dataproduct_subtype", "lightcurve", ucd="meta.code.class", utype="obscore:ObsDataset.dataProductSubtype")
        + _param("obs_publisher_did", context.did(series), ucd="meta.ref.ivoid", utype="obscore:Curation.PublisherDID")
        + _param("title", f"Light curve of {series.name} in {series.band}", ucd="meta.title;meta.dataset")
        + _param("object_id", series.object_id, "long", ucd="meta.id;meta.main")
        + _param("target_name", series.name, ucd="meta.id;src")
        + _param("gaia_source_id", series.gaia_name, ucd="meta.id")
        + _param("ra", repr(series.ra), "double", unit="deg", ucd="pos.eq.ra;meta.main", ref="icrs")
        + _param("dec", repr(series.dec), "double", unit="deg", ucd="pos.eq.dec;meta.main", ref="icrs")
        + _param("target_class", series.object_class, ucd="src.class")
        + _param("var_type", series.var_type, ucd="meta.code.class;src.var")
        + _param("period", repr(series.period) if series.period else None, "double", unit="d", ucd="src.var;time.period")
        + _period_epoch(series)
        + _param("facts_source", series.facts_source, ucd="meta.bib")
        + _param("band", series.band, ucd="instr.bandpass")
        + _param("n_obs", series.npoints, "int", ucd="meta.number;obs")
        + _param("facility", ", ".join(_distinct(source["observatory"] for source in sources)), ucd="meta.id;instr.obsty")
        + _param("telescopes", ", ".join(telescopes), ucd="meta.id;instr.tel")
        + _param("reference", " ".join(_distinct(source["reference"] for source in sources)), ucd="meta.bib")
    )


def _distinct(values):
    return list(dict.fromkeys(value for value in values if value))


def field(column, ucd, table, ref):
    """The FIELD of a column; `ref` is the ID of its frame, or None."""
    return _field(column, ucd, table.dtype[column.name].itemsize, ref)


@lru_cache(1024)
def _field(column, ucd, width, ref):
    attributes = f'name="{column.name}" datatype="{column.datatype}" ucd="{ucd}"'
    if column.datatype == "char":
        attributes += f' arraysize="{width}"'
    attributes += ("" if column.unit is None else f" unit={quoteattr(column.unit)}") + (f' ref="{ref}"' if ref else "")
    null = '<VALUES null="0"/>' if column.name in KEYS else ""
    return f"<FIELD {attributes}><DESCRIPTION>{column.description}</DESCRIPTION>{null}</FIELD>\n"


def _fields(series, table):
    return "".join(
        field(column, ucd(column, series), table, f"phot_{series.band}" if column.frame == "phot" else column.frame)
        for column in of_points.of(series)
    )


#: Columns in which 0 says that there is none.
KEYS = ("comp_set", "observation_id")
#: BINARY2: which bit of the flags that come before a row says that a column is null, and NumPy's form of each type.
_WIRE = {"double": ">f8", "float": ">f4", "int": ">i4", "long": ">i8", "boolean": "S1"}


def is_null(column, values):
    """True where a column of a table (columns.assemble) has no value, or None where it always has one."""
    if values.dtype.kind == "f":
        return np.isnan(values)
    if column.name in KEYS:
        return values == 0
    return values == b"" if values.dtype.kind == "S" else None


def binary2(table, columns):
    """The rows as the bytes of a BINARY2 stream (before base64)."""
    nulls = (len(columns) + 7) // 8
    layout = [("null", "u1", (nulls,))] + [(c.name, _WIRE.get(c.datatype) or table.dtype[c.name]) for c in columns]
    rows = np.zeros(len(table), layout)
    for place, column in enumerate(columns):
        values = table[column.name]
        rows[column.name] = np.where(values, b"T", b"F") if column.datatype == "boolean" else values
        missing = is_null(column, values)
        if missing is not None:
            rows["null"][:, place // 8] |= missing * np.uint8(128 >> place % 8)
    return rows.tobytes()


def tabledata(table, columns):
    """The rows as TR elements."""
    out = io.StringIO()
    for cells in zip(*(_cells(column, table[column.name]) for column in columns)):
        out.write("<TR><TD>" + "</TD><TD>".join(cells) + "</TD></TR>\n")
    return out.getvalue().encode()


def _cells(column, values):
    if column.datatype == "boolean":
        return ["true" if value else "false" for value in values.tolist()]
    if column.datatype == "char":
        return [escape(value.decode()) for value in values.tolist()]
    missing = is_null(column, values)
    texts = values.astype(str).tolist()
    return texts if missing is None else ["" if gone else text for text, gone in zip(texts, missing.tolist())]


def origin(context, sources):
    """INFO elements of Data Origin in the VO: who sends it, whose it is and what to cite, out of data sources (dicts)."""
    return (
        _info("QUERY_STATUS", "OK")
        + _info("publisher", context.publisher)
        + _info("contact", context.contact, ucd="meta.email")
        + _info("server_software", "photvo")
        + "".join(_info("creator", text, ucd="meta.bib.author") for text in _distinct(s["contributors"] for s in sources))
        + "".join(_info("rights", text) for text in _distinct(s["copyright"] for s in sources))
        + "".join(_info("citation", text, ucd="meta.bib") for text in _distinct(s["reference"] for s in sources))
    )


def document(curves, context, serialization="binary2"):
    """The VOTable of light curves of one object, as bytes.

    `curves` are pairs of a Series and its table (columns.assemble), one a passband; `context` gives identifiers
    and what there is to say of the data centre (products.request.Context). NaN goes out as null. `serialization` is
    binary2, tabledata, or empty: the form of BINARY2 without the rows.
    """
    first = curves[0][0]
    # the Note has PHOTCAL in the RESOURCE; several would be of the same name there, so each is in its TABLE then
    several = len(curves) > 1
    sources = [source for series, _ in curves for source in series.sources]
    bands = ", ".join(series.band for series, _ in curves)
    title = f"Light curve of {first.name} in {bands}"
    latest = max(series.revision for series, _ in curves).astimezone(timezone.utc)
    infos = (
        origin(context, sources)
        + _info("ivoid", context.did(Identifier(first.collection, first.object_id, None) if several else first), ucd="meta.ref.ivoid")
        + _info("last_update_date", latest.strftime("%Y-%m-%dT%H:%M:%SZ"), ucd="time;meta.dataset")
        + _info("reference_url", f"{context.server_url}/{first.collection}/lightcurves/ssa/info", ucd="meta.ref.url")
    )
    parts = [
        _DOCUMENT.partition("{tables}")[0].format(
            title=escape(title), infos=infos, epoch=first.epoch, photcal="" if several else _photcal(first)
        ).encode()
    ]  # fmt: skip
    for series, table in curves:
        telescopes = _distinct(name.decode() for name in np.unique(table["telescope"]).tolist())
        head = _TABLE.format(
            name=quoteattr(f"lightcurve_{series.band}"),
            n=len(table),
            title=escape(f"Light curve of {series.name} in {series.band}"),
            photcal=_photcal(series) if several else "",
            params=_table_params(series, context, telescopes),
            fields=_fields(series, table),
        )
        parts.append(head.encode())
        if serialization == "tabledata":
            parts += [b"<TABLEDATA>\n", tabledata(table, of_points.of(series)), b"</TABLEDATA>"]
        else:
            rows = b"" if serialization == "empty" else base64.b64encode(binary2(table, of_points.of(series)))
            parts += [b'<BINARY2><STREAM encoding="base64">', rows, b"</STREAM></BINARY2>"]
        parts.append(b"</DATA></TABLE>\n")
    parts.append(_DOCUMENT.partition("{tables}")[2].encode())
    return b"".join(parts)
