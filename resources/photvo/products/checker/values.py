"""Rules about the rows: can they be read, are magnitudes, uncertainties and the rest what they can be."""

import numpy as np

from photvo.products.checker.rules import ERROR, REMARK, WARNING, number, rule

NINES = (99.0, 99.9, 99.99, 99.999, 99.9999, 999.0, 999.9, 999.99, 999.999, 9999.0, 99999.0)
BELOW_ZERO = tuple(-nine for nine in NINES)
#: Numbers that stand for no value, in columns where nothing can really be that.
SENTINELS = {
    "photometry": (*NINES, *BELOW_ZERO),
    "flux": BELOW_ZERO,
    "error": (9.9, 9.99, 9.999, 9.9999, *NINES, -1.0, -9.99, *BELOW_ZERO),
    "airmass": (9.9, 9.99, 9.999, *NINES, -1.0, -9.99, *BELOW_ZERO),
    "duration": (-1.0, *BELOW_ZERO),
}
MAGNITUDES = (-30.0, 40.0)  # mag: brighter than the Sun, fainter than anything measured
LEAST_AIRMASS = 0.99  # 1 but for rounding and approximate formulas


def _role(field):
    """The key of SENTINELS for a FIELD, or None."""
    # without a UCD the name has to tell
    if any(word.startswith(("phot.flux", "phot.count", "phot.fluence")) for word in field.words) or (
        field.kind and not field.words and "flux" in field.name.lower()
    ):
        return "flux"
    if field.kind in ("photometry", "error"):
        return field.kind
    return {"obs.airmass": "airmass", "time.duration": "duration"}.get(field.words[0] if field.words else "")


def _sentinels(curve, field):
    """(values, which are sentinels) of a FIELD, or None where it has no numbers or no role."""
    values, role = curve.values(field), _role(field)
    if values is None or role is None:
        return None
    # a float column holds 99.99 as 99.98999786
    return values, np.isclose(values[:, None], np.array(SENTINELS[role]), rtol=1e-6, atol=0).any(axis=1)


def _odd(curve, role, odd):
    """(place, text) of the FIELDs of a role with values that are `odd`, sentinels and infinities apart."""
    for field in curve.fields:
        found = _sentinels(curve, field)
        if found is None or not (field.kind if role == "error" else _role(field)) == role:
            continue
        values, sentinel = found
        bad = odd(values) & ~sentinel & np.isfinite(values)
        if bad.any():
            place, rows = curve.rows(bad)
            yield place, f"{field.name} is {values[bad][0]:.6g} in {rows}"


def _faults(curve, code):
    return [(place, text) for found, place, text in curve.data.faults if found == code]


@rule(ERROR, "curves", "write the rows again")
def data_unreadable(curve):
    """The rows can be read. [VOTable 1.5, 5 and 6]"""
    return _faults(curve, "DATA_UNREADABLE")


@rule(REMARK, "curves", "values were not checked; send the rows in the document")
def data_form(curve):
    """The rows are TABLEDATA, BINARY or BINARY2 in the document itself. [practice]"""
    return _faults(curve, "DATA_FORM")


@rule(REMARK, "curves", "write BINARY2")
def data_binary(curve):
    """Rows in binary are BINARY2. [VOTable 1.5, 5.4: BINARY has no null for integers]"""
    if curve.data.form == "BINARY":
        yield curve.table, f"{curve.title} is in BINARY, which has no null for integers"


@rule(ERROR, "curves", "write one TD for each FIELD, an empty one for null")
def row_length(curve):
    """Rows have a cell for each FIELD. [VOTable 1.5, 5.1]"""
    return _faults(curve, "ROW_LENGTH")


@rule(ERROR, "curves", "write the number, or an empty TD for null")
def not_a_number(curve):
    """Cells of numeric columns are numbers or empty. [VOTable 1.5, 5.1 and 6]"""
    return _faults(curve, "NOT_A_NUMBER")


@rule(ERROR, "curves", "write the true number; were rows lost?")
def nrows(curve):
    """nrows is how many rows there are. [VOTable 1.5, 4.1]"""
    said, count = curve.table.get("nrows"), curve.data.count
    if said is not None and count is not None and number(said) != count:
        yield curve.table, f"{curve.title} says nrows={said[:30]!r} and has {count}"


@rule(REMARK, "curves", "right, if there are no points")
def no_rows(curve):
    """There are points. [practice; an empty table is valid]"""
    if curve.data.count == 0:
        yield curve.table, f"{curve.title} has no rows"


@rule(ERROR, "curves", "leave the cell empty (TABLEDATA), write NaN or set the null flag (BINARY2)")
def sentinel(curve):
    """Missing values are null. [VOTable 1.5, 6]"""
    for field in curve.fields:
        found = _sentinels(curve, field)
        if found and found[1].any():
            place, rows = curve.rows(found[1])
            yield place, f"{field.name} is {found[0][found[1]][0]:.6g} in {rows}, which stands for no value"


@rule(ERROR, "curves", "write null")
def not_finite(curve):
    """No value is infinite. [practice]"""
    for field in curve.fields:
        values = curve.values(field)
        if values is not None and np.isinf(values).any():
            place, rows = curve.rows(np.isinf(values))
            yield place, f"{field.name} is infinite in {rows}"


@rule(ERROR, "curves", "write null where it is not known")
def error_value(curve):
    """Uncertainties are above zero, or null. [practice: 0 would be an infinite weight]"""
    return _odd(curve, "error", lambda values: values <= 0)


@rule(WARNING, "curves", "no star is that bright or faint: look at the column")
def mag_range(curve):
    """Magnitudes are between -30 and 40. [practice]"""
    low, high = MAGNITUDES
    return _odd(curve, "photometry", lambda values: (values < low) | (values > high))


@rule(WARNING, "curves", "write null where it is not known")
def airmass_value(curve):
    """Air mass is 1 or more. [its definition]"""
    return _odd(curve, "airmass", lambda values: values < LEAST_AIRMASS)


@rule(WARNING, "curves", "write null where it is not known")
def exposure_value(curve):
    """Exposures are longer than nothing. [practice]"""
    return _odd(curve, "duration", lambda values: values <= 0)


@rule(WARNING, "curves", "leave the column out, or fill it")
def all_null(curve):
    """Some point has a brightness. [practice]"""
    columns = [(field, curve.values(field)) for field in curve.of_kind("photometry")]
    columns = [(field, values) for field, values in columns if values is not None and len(values)]
    if any(not np.isnan(values).all() for _, values in columns):
        return
    for field, values in columns:
        yield field.element, f"{field.title} is null in all {len(values)} rows"
