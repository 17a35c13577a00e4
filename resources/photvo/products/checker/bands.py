"""Rules about bands: which column belongs to which PHOTCAL group, and whether its UCD agrees."""

from photvo.model import passbands
from photvo.products.checker import filters
from photvo.products.checker.parts import PHOTCAL_PARAMS
from photvo.products.checker.rules import ERROR, REMARK, WARNING, quote, rule

BORDER = 0.05  # relative distance from the end of a range at which both words are right
OBJECT_NAMES = ("oid", "source_id", "sourceid", "object_id", "objid", "object", "star")


def _without_group(curve, kind):
    for field in curve.of_kind(kind) if curve.document.photcals else ():
        # differences of magnitudes have no zero point
        if field.photcal is None and not field.dangles and "arith.diff" not in field.words:
            yield field.element, f"{field.title} refers to no PHOTCAL group"


@rule(ERROR, "curves", 'add ref="ID of its PHOTCAL group"')
def phot_ref(curve):
    """Every magnitude or flux refers to a PHOTCAL group. [Note 3.1 (MUST)]"""
    return _without_group(curve, "photometry")


@rule(WARNING, "curves", 'add ref="ID of its PHOTCAL group"')
def error_ref(curve):
    """Uncertainties refer to the PHOTCAL group, too. [Note 4.1, example]"""
    return _without_group(curve, "error")


@rule(WARNING, "photcals", 'let columns say ref="…", or take the group away')
def photcal_unused(group):
    """Some column refers to each group. [Note 3.1]"""
    if group.element.get("ID") and not any(
        column.target is group.element for column in group.document.columns
    ):
        yield group.element, f"no column refers to {group.title}"


@rule(REMARK, "light_curves", "let all columns of a band refer to one")
def photcal_repeated(document):
    """There is one group a band. [Note 4.2]"""
    seen = {}
    for group in document.photcals:
        values = tuple(group.text(name) for name in PHOTCAL_PARAMS)
        first = seen.setdefault(values, group)
        if first is not group and any(values):
            yield group.element, f"{group.title} says the same as {first.title}"


@rule(WARNING, "light_curves", "put the points of a band into one TABLE")
def band_repeated(document):
    """Each band has one TABLE. [Note 4.2]"""
    seen = {}
    for curve in document.curves:
        for group in {field.photcal for field in curve.of_kind("photometry")} - {None}:
            first = seen.setdefault(group, curve)
            if first is not curve:
                yield curve.table, f"{curve.title} is in the same band as {first.title}"


def _texts(curve, field):
    return [text for text in curve.data.texts.get(field.index, ()) if text]


@rule(ERROR, "curves", "write a TABLE and a PHOTCAL group for each")
def bands_mixed(curve):
    """A TABLE holds one band. [Note 4.2]"""
    for field in curve.fields:
        bands = sorted(set(_texts(curve, field)))
        meant = field.words[:1] == ("instr.bandpass",) or (
            not field.words and field.name.lower() in ("band", "filter")
        )
        if meant and len(bands) > 1:
            yield field.element, f"{field.title} mixes {len(bands)} bands: {quote(', '.join(bands))}"


@rule(ERROR, "curves", "write a document, or a TABLE, for each")
def objects_mixed(curve):
    """A TABLE holds one object. [Note 3]"""
    for field in curve.fields:
        named = field.words == ("meta.id",) and field.name.lower() in OBJECT_NAMES
        if not named and field.words not in (("meta.id", "meta.main"), ("meta.id", "src")):
            continue
        values = curve.values(field)
        found = _texts(curve, field) if values is None else [str(value) for value in values if value == value]
        # an identifier that differs from row to row is that of the point
        if 1 < len(set(found)) < len(found):
            yield field.element, f"{field.title} names {len(set(found))} objects"


def _measured(curve):
    """The FIELDs of known wavelength: (field, wavelength in m, the word for it or an empty one)."""
    for field in curve.fields:
        wavelength = field.photcal.wavelength if field.words and field.photcal else None
        if field.kind in ("photometry", "error") and wavelength:
            yield (
                field,
                wavelength,
                next((word for word, low, high in passbands.RANGES if low <= wavelength < high), ""),
            )


@rule(WARNING, "curves", "leave the colour out, or look at the wavelength")
def ucd_band(curve):
    """The colour in the UCD is that of the filter. [UCD1+ 1.6, em.opt and em.IR]"""
    for field, wavelength, right in _measured(curve):
        for word, low, high in passbands.RANGES:
            if word.lower() in field.words and not low * (1 - BORDER) <= wavelength <= high * (1 + BORDER):
                fault = (
                    field.element,
                    f"{field.title} has UCD {quote(field.ucd)} at {wavelength * 1e9:.4g} nm",
                )
                yield (*fault, f"write {right}") if right else fault


@rule(REMARK, "curves")
def ucd_generic(curve):
    """The UCD names the colour where there is a word for it. [UCD1+ 1.6, em.opt]"""
    for field, _, right in _measured(curve):
        wide = field.photcal.text("filterIdentifier") in filters.WIDE
        colours = {word for word in field.words if word.startswith("em.")}
        if right and not wide and colours <= {"em.opt", "em.ir"}:
            yield (
                field.element,
                f"{field.title} has UCD {quote(field.ucd)}, which names no colour",
                f"write {right}",
            )
