"""Rules about TABLEs and columns: what they say of themselves, UCDs, units, parameters."""

import re

from astropy.io.votable.ucd import parse_ucd

from photvo.products.checker.data import convertible, unit_fault
from photvo.products.checker.parts import NUMERIC, described
from photvo.products.checker.rules import ERROR, REMARK, WARNING, number, quote, rule

#: Words of UCD1+ 1.6 that the list of an older astropy lacks; in a UCD each may stand where obs.airMass may.
NEWER_WORDS = (
    "meta.ref.ivoid", "meta.ref.doi", "meta.ref.orcid", "meta.ref.pid", "meta.ref.rorid", "meta.preview",
    "meta.checksum", "meta.coverage", "meta.caliblevel", "stat.rms", "stat.mad", "stat.percentile",
    "stat.skewness", "stat.kurtosis", "stat.interval", "stat.confidencelevel", "stat.rank",
    "time.period.rotation", "time.period.revolution", "time.period.pulsation", "obs.transit", "obs.occult",
    "arith.sum", "arith.squared", "arith.variation", "pos.azimuth", "pos.centroid", "pos.resolution",
)  # fmt: skip
PRODUCT = {
    "dataproduct_type": ("timeseries", "obscore:ObsDataset.dataProductType"),
    "dataproduct_subtype": ("lightcurve", "obscore:ObsDataset.dataProductSubtype"),
}
#: First word of a UCD → unit that a quantity of that kind converts to.
UNITS = {
    "time.epoch": "d", "time.start": "d", "time.end": "d", "time.duration": "s", "time.period": "d",
    "time.interval": "d", "pos.eq.ra": "deg", "pos.eq.dec": "deg", "phot.mag": "mag",
}  # fmt: skip
FLAGS = ("meta.code", "meta.code.qual", "meta.code.status", "meta.code.error")


@rule(ERROR, "curves", "say in it what a reader needs: the object, the band, what the times and flags are")
def table_description(curve):
    """The TABLE has a DESCRIPTION. [Note 3.2: must include]"""
    if not described(curve.table):
        yield curve.table, f"{curve.title} has no DESCRIPTION"


@rule(ERROR, "curves", "write it as section 3.2 of the Time Series Note does")
def product_type(curve):
    """The TABLE says by PARAMs that it is a time series and a light curve. [Note 3.2: must include]"""
    for name, (value, _) in PRODUCT.items():
        param = curve.param(name)
        if param is None:
            yield curve.table, f"{curve.title} has no PARAM {name}"
        elif param.text != value:
            yield param.element, f"{name} is {quote(param.text)}", f'write value="{value}"'


@rule(ERROR, "curves", "write the Note's")
def product_attributes(curve):
    """These PARAMs have the Note's UCD and utypes. [Note 3.2: mandatory attributes]"""
    for name, (_, utype) in PRODUCT.items():
        param = curve.param(name)
        for attribute, wanted in (("ucd", "meta.code.class"), ("utype", utype)) if param else ():
            found = param.element.get(attribute) or ""
            if found.lower() != wanted.lower():
                yield param.element, f"{name} has {attribute} {quote(found)}", f'write {attribute}="{wanted}"'


@rule(ERROR, "curves", "add one with UCD time.epoch that refers to a TIMESYS")
def time_missing(curve):
    """There is a column of times. [Note 3.2]"""
    if not curve.times:
        yield curve.table, f"{curve.title} has no column of times"


@rule(ERROR, "curves", "add one with UCD phot.mag or phot.flux that refers to a PHOTCAL group")
def phot_missing(curve):
    """There is a column of magnitudes or fluxes. [Note 3.2]"""
    if not curve.of_kind("photometry"):
        yield curve.table, f"{curve.title} has no column of magnitudes or fluxes"


def _of(word, fields):
    return [field for field in fields if any(found.startswith(word) for found in field.words)]


@rule(WARNING, "curves")
def error_missing(curve):
    """Magnitudes have uncertainties. [Note 4.1, example]"""
    for word in ("phot.mag", "phot.flux"):
        measured, errors = _of(word, curve.of_kind("photometry")), curve.of_kind("error")
        if measured and not _of(word, errors) and all(field.words for field in errors):
            remedy = f"add one with UCD stat.error;{measured[0].ucd}"
            yield measured[0].element, f"{measured[0].title} has no column of uncertainties", remedy


@rule(ERROR, "curves", 'write datatype="double"')
def time_precision(curve):
    """Times are doubles. [practice: a float holds an MJD to 6 minutes]"""
    for field in curve.times:
        if field.datatype not in ("double", "") and not field.textual:
            yield field.element, f"{field.title} is {field.datatype}, which does not hold an instant"


@rule(REMARK, "curves", "write time.epoch;meta.main for the one to plot against")
def time_main(curve):
    """One column of times is the main one. [Note 4.1, example: time.epoch;meta.main]"""
    main = [field for field in curve.times if "meta.main" in field.words]
    if curve.times and len(main) != 1:
        text = f"{len(main) or 'none'} of {len(curve.times)} columns of times has meta.main in its UCD"
        yield curve.times[0].element, text


@rule(ERROR, "columns", "see the UCD1+ list of words; the first is the quantity, the rest qualify it")
def ucd_invalid(column):
    """UCDs are made of the words of the UCD1+ vocabulary, in their places. [UCD1+ 1.6]"""
    known = ";".join("obs.airMass" if word in NEWER_WORDS else word for word in column.words)
    try:
        if column.ucd:
            parse_ucd(known, check_controlled_vocabulary=True)
    except ValueError as error:
        yield column.element, f"{column.title} has UCD {quote(column.ucd)}: {error}"


@rule(WARNING, "fields", "add the one that says what it holds")
def ucd_missing(field):
    """Every FIELD has a UCD. [practice]"""
    if not field.ucd:
        yield field.element, f"{field.title} has no UCD"


@rule(WARNING, "columns", "write that of the flux axis")
def utype_odd(column):
    """A utype is one, and of this axis. [VOTable 1.5, 4.6; SpectrumDM 1.1]"""
    utype = column.element.get("utype") or ""
    if ";" in utype:
        yield column.element, f"{column.title} has utype {quote(utype)}, which is a UCD", "write it as ucd"
    elif column.kind in ("photometry", "error") and re.search(r"SpectralAxis|TimeAxis", utype):
        yield column.element, f"{column.title} is a brightness and has utype {quote(utype)}"


def _wanted(column):
    """The unit that a column's UCD asks for, or None."""
    words = [word for word in column.words if word != "src.var"]
    return UNITS.get(words[0]) if words else None


@rule(ERROR, "columns", "write its unit")
def unit_missing(column):
    """Quantities have units. [VOTable 1.5, 4.4; VOUnits 1.1]"""
    brightness = column.kind in ("photometry", "error") and column.words
    if column.element.get("unit") == "" and "phot.flux" in column.words:
        return  # a relative flux, which has none
    if (_wanted(column) or brightness) and not column.unit and column.datatype in NUMERIC:
        yield column.element, f"{column.title} has no unit"


@rule(ERROR, "columns", "look at both")
def unit_wrong(column):
    """Units are of the quantity that the UCD names. [VOUnits 1.1; UCD1+ 1.6]"""
    wanted = _wanted(column)
    if wanted and column.unit and not unit_fault(column.unit) and convertible(column.unit, wanted) is None:
        yield column.element, f"{column.title} has UCD {quote(column.ucd)} and unit {quote(column.unit)}"


@rule(WARNING, "columns", "write s**-1, mag, d, deg, Jy or the like")
def unit_invalid(column):
    """Units are written as VOUnits has them. [VOUnits 1.1]"""
    if column.unit and unit_fault(column.unit):
        yield column.element, f"{column.title} has unit {quote(column.unit)}, which is none of VOUnits'"


@rule(WARNING, "fields", "say what it holds, in words for a stranger")
def field_description(field):
    """Every FIELD has a DESCRIPTION. [practice]"""
    if not described(field.element):
        yield field.element, f"{field.title} has no DESCRIPTION"


@rule(WARNING, "curves", "rename one")
def name_repeated(curve):
    """Columns have names of their own. [VOTable 1.5, 3.2]"""
    seen = set()
    for field in curve.fields:
        if field.name.lower() in seen:
            yield field.element, f"there are two columns {quote(field.name)} in {curve.title}"
        seen.add(field.name.lower())


@rule(ERROR, "columns", 'write arraysize="*"')
def char_arraysize(column):
    """A PARAM with a text has room for it. [VOTable 1.5, 2.1: char without arraysize is one letter]"""
    if column.textual and column.index is None and column.scalar and len(column.text) > 1:
        yield column.element, f"{column.title} has room for one letter, not for {quote(column.text)}"


@rule(ERROR, "columns", "write the number, or nothing where it is not known")
def param_number(column):
    """A PARAM of a numeric datatype has a number. [VOTable 1.5, 4.3]"""
    if column.index is None and column.datatype in NUMERIC:
        if any(number(word) is None for word in column.text.split()):
            yield column.element, f"{column.title} is {column.datatype} and {quote(column.text)} is no number"


@rule(WARNING, "curves", "add a PARAM with UCD meta.id;meta.main")
def identity_missing(curve):
    """It is said which object it is. [practice]"""
    if not any(column.words[:2] == ("meta.id", "meta.main") for column in curve.params + curve.fields):
        yield curve.table, f"{curve.title} does not say which object it is"


@rule(REMARK, "curves", "add a PARAM obs_publisher_did with its ivo://… identifier")
def did_missing(curve):
    """The data set's publisher DID is in it. [ObsCore 1.1, obs_publisher_did]"""
    said = [name.replace("_", "") for name, _, value, _ in curve.document.said if value.startswith("ivo://")]
    if not any(name.endswith("publisherdid") for name in said):
        yield curve.table, f"{curve.title} has no publisher DID"


@rule(REMARK, "curves", "add one, UCD meta.code.qual, its bits described")
def flags_missing(curve):
    """Points have a quality code. [practice]"""
    if not any(field.words[:1] and field.words[0] in FLAGS for field in curve.fields):
        yield curve.table, f"{curve.title} has no column of quality flags"


@rule(REMARK, "curves", "add a column, UCD time.duration;obs.exposure, in s")
def exposure_missing(curve):
    """The exposure time is given. [practice]"""
    if not any("time.duration" in column.words for column in curve.fields + curve.params):
        yield curve.table, f"{curve.title} does not give exposure times"


def _periods(curve):
    return [
        param for param in curve.params if "time.period" in param.words and "stat.error" not in param.words
    ]


@rule(ERROR, "curves", "leave out what is not known")
def period_value(curve):
    """A period is above zero. [practice]"""
    for param in _periods(curve):
        if param.value is not None and param.value <= 0:
            yield param.element, f"{param.title} is {quote(param.text)}"


@rule(REMARK, "curves", "add a PARAM with UCD time.epoch that refers to a TIMESYS")
def period_epoch(curve):
    """Whoever gives a period gives the epoch of phase 0. [practice: nothing can be folded alike without]"""
    periods = [param for param in _periods(curve) if param.value]
    if periods and not any(param.kind == "time" and param.text for param in curve.params):
        yield periods[0].element, f"{periods[0].title} comes without an epoch"
