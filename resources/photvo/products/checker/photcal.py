"""Rules about photometric systems: the PHOTCAL groups themselves. Who refers to them: bands."""

import re

from photvo.products.checker import filters
from photvo.products.checker.data import convert, convertible
from photvo.products.checker.parts import PHOTCAL_PARAMS
from photvo.products.checker.rules import ERROR, WARNING, quote, rule

#: What the Note prescribes for each PARAM of the group: UCD, utype.
ATTRIBUTES = {
    "filterIdentifier": ("meta.id;instr.filter", "photDM:PhotometryFilter.identifier"),
    "zeroPointFlux": ("phot.mag;arith.zp", "photDM:PhotCal.zeroPoint.flux.value"),
    "magnitudeSystem": ("meta.code", "photDM:PhotCal.magnitudeSystem.type"),
    "effectiveWavelength": ("em.wl.effective", "photDM:PhotometryFilter.spectralLocation.value"),
}
IDENTIFIER = re.compile(r"[\w+-]+/[\w+-]+\.[\w.+-]+")
SYSTEMS = ("Vega", "AB", "ST", "STMAG")
ZEROPOINT_TOLERANCE = {"AB": 0.01, "Vega": 0.10}  # relative; Vega's zero points differ by calibration
WAVELENGTH_TOLERANCE = 0.15  # relative; effective, pivot and mean wavelength differ by less


@rule(ERROR, "light_curves", "add a GROUP as in section 3.1 of the Time Series Note, one for each band")
def photcal_missing(document):
    """There is a PHOTCAL group. [Note 3.1 (MUST)]"""
    if not document.photcals:
        text = "there is no PHOTCAL group: filter, zero point and magnitude system are unknown"
        yield document.curves[0].table, text


@rule(ERROR, "photcals", 'write name="PHOTCAL", in capitals')
def photcal_name(group):
    """The group's name is PHOTCAL. [Note 3.1 (MUST)]"""
    found = group.element.get("name") or ""
    if found != "PHOTCAL":
        yield group.element, f"{group.title} has the name {quote(found)}"


@rule(ERROR, "photcals", "add one and refer to it")
def photcal_id(group):
    """The group has an ID. [Note 3.1: mandatory]"""
    if not group.element.get("ID"):
        yield group.element, "the PHOTCAL group has no ID, no column can refer to it"


@rule(ERROR, "photcals", 'write utype="PhotDM:PhotCal"')
def photcal_utype(group):
    """The group has the utype PhotDM:PhotCal. [Note 3.1: mandatory]"""
    found = group.element.get("utype") or ""
    if found.lower() != "photdm:photcal":
        yield group.element, f"{group.title} has utype {quote(found)}"


@rule(WARNING, "photcals", 'write ucd="phot"')
def photcal_ucd(group):
    """The group has the UCD phot. [Note 3.1: recommended]"""
    found = group.element.get("ucd") or ""
    if found != "phot":
        yield group.element, f"{group.title} has UCD {quote(found)}"


@rule(WARNING, "photcals", "say in it which filter and system it is")
def photcal_description(group):
    """The group has a DESCRIPTION. [Note 3.1: recommended]"""
    if not group.description:
        yield group.element, f"{group.title} has no DESCRIPTION"


@rule(ERROR, "photcals", "add the PARAM, with an empty value or NaN if it is not known")
def photcal_param(group):
    """The group has all four PARAMs. [Note 3.1]"""
    for name in PHOTCAL_PARAMS:
        if name not in group.params and name not in group.borrowed:
            yield group.element, f"{group.title} has no {name}"


@rule(ERROR, "photcals", "write the PARAM itself into the group")
def photcal_paramref(group):
    """The group's values stand in its own PARAMs. [Note 3.1: PARAM child elements]"""
    for name in group.borrowed.keys() - group.params.keys():
        yield group.element, f"{group.title} has its {name} by PARAMref, which readers do not follow"


def _attributes(group, attribute, position):
    for name, param in group.params.items():
        wanted, found = ATTRIBUTES[name][position], param.element.get(attribute) or ""
        if found.lower() != wanted.lower():
            yield param.element, f"{name} has {attribute} {quote(found)}", f'write {attribute}="{wanted}"'


@rule(ERROR, "photcals", "write the Note's")
def photcal_param_ucd(group):
    """The group's PARAMs have the Note's UCDs. [Note 3.1 (MUST)]"""
    return _attributes(group, "ucd", 0)


@rule(ERROR, "photcals", "write the Note's")
def photcal_param_utype(group):
    """The group's PARAMs have the Note's utypes. [Note 3.1 (MUST)]"""
    return _attributes(group, "utype", 1)


@rule(WARNING, "photcals", "look the filter up in the SVO Filter Profile Service")
def photcal_unknown(group):
    """The group's values are known. [Note 3.1; an empty one is the honest word for unknown]"""
    empty = [name for name in group.params if not group.text(name)]
    if empty:
        yield group.element, f"{group.title} does not know its {', '.join(empty)}"


@rule(WARNING, "photcals", "write it as the SVO does, for example Generic/Bessell.V")
def filter_form(group):
    """A filter is named Facility/Subcategory.Band. [Note 3.1 (SHOULD)]"""
    found = group.text("filterIdentifier")
    if found and not IDENTIFIER.fullmatch(found):
        yield group.params["filterIdentifier"].element, f"filterIdentifier is {quote(found)}"


@rule(WARNING, "photcals", "write Vega, AB or ST")
def magsys_name(group):
    """The magnitude system is Vega, AB or ST. [Note 3.1; PhotDM 1.1, MagnitudeSystem]"""
    found = group.text("magnitudeSystem")
    if found and found not in SYSTEMS:
        yield group.params["magnitudeSystem"].element, f"magnitudeSystem is {quote(found)}"


@rule(
    WARNING, "photcals", "if these are the survey's magnitudes, write its system and the zero point of that"
)
def magsys_filter(group):
    """The magnitude system is that in which the filter is used. [practice: Sloan, PS1 and ZTF are AB]"""
    found, name = group.text("magnitudeSystem"), group.text("filterIdentifier")
    usual = filters.system(name)
    if found in ("Vega", "AB") and usual and found != usual:
        yield (
            group.params["magnitudeSystem"].element,
            f"magnitudeSystem is {found}, {name} is calibrated in {usual}",
        )


@rule(ERROR, "photcals", "write the flux of a source of magnitude 0")
def zeropoint_value(group):
    """The zero point is a flux above zero. [Note 3.1; PhotDM 1.1, ZeroPoint]"""
    param = group.params.get("zeroPointFlux")
    if group.text("zeroPointFlux") and not 0 < (param.value or 0) < float("inf"):
        yield param.element, f"zeroPointFlux is {quote(param.text)}"


@rule(ERROR, "photcals", 'write unit="Jy"')
def zeropoint_unit(group):
    """The zero point is in a unit of flux density. [Note 3.1: flux units]"""
    param = group.params.get("zeroPointFlux")
    if param and convertible(param.unit, "Jy") is None:
        yield param.element, f"zeroPointFlux has the unit {quote(param.unit)}"


@rule(ERROR, "photcals", "write zero point and system of the same calibration")
def zeropoint_system(group):
    """The zero point is that of the magnitude system. [AB: 3631 Jy by definition; Vega: SVO]"""
    param, system = group.params.get("zeroPointFlux"), group.text("magnitudeSystem")
    flux = convert(param.value, param.unit, "Jy") if param else None
    known = filters.known(group.text("filterIdentifier"))
    wanted = filters.AB_ZEROPOINT if system == "AB" else known[1] if known and system == "Vega" else None
    if wanted and flux and flux > 0 and abs(flux / wanted - 1) > ZEROPOINT_TOLERANCE[system]:
        yield param.element, f"zeroPointFlux is {flux:.6g} Jy, that of {system} is about {wanted:.0f} Jy"


@rule(ERROR, "photcals", "write the filter's effective wavelength")
def wavelength_value(group):
    """The effective wavelength is a number above zero. [Note 3.1]"""
    param = group.params.get("effectiveWavelength")
    if group.text("effectiveWavelength") and not 0 < (param.value or 0) < float("inf"):
        yield param.element, f"effectiveWavelength is {quote(param.text)}"


@rule(ERROR, "photcals", 'write unit="m" (or Angstrom)')
def wavelength_unit(group):
    """The effective wavelength is in a unit of length. [Note 3.1: wavelength units]"""
    param = group.params.get("effectiveWavelength")
    if param and convertible(param.unit, "m") is None:
        yield param.element, f"effectiveWavelength has the unit {quote(param.unit)}"


@rule(ERROR, "photcals", "look at its value and unit, and at the filter's identifier")
def wavelength_filter(group):
    """The effective wavelength is that of the filter. [SVO Filter Profile Service]"""
    name, found = group.text("filterIdentifier"), group.wavelength
    known = filters.known(name)
    if known and found and found > 0 and abs(found * 1e9 / known[0] - 1) > WAVELENGTH_TOLERANCE:
        text = f"effectiveWavelength is {found * 1e9:.4g} nm, that of {name} {known[0]:.4g} nm"
        yield group.params["effectiveWavelength"].element, text
