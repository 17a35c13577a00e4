"""The rows of a light-curve TABLE as numbers and texts, read without trust in what the document declares."""

import base64
import binascii
import io
import re
import warnings
from dataclasses import dataclass, field
from functools import lru_cache

import astropy.units as u
import numpy as np
from astropy.io import votable
from lxml import etree

from photvo.products.checker.rules import number, quote

#: Bytes of a value in BINARY and BINARY2; bit (packed) and strings of variable length have no such size.
SIZES = {
    "boolean": 1, "unsignedByte": 1, "short": 2, "int": 4, "long": 8, "char": 1, "unicodeChar": 2,
    "float": 4, "double": 8, "floatComplex": 8, "doubleComplex": 16,
}  # fmt: skip
LARGEST_CELL = 1_000_000  # values


@dataclass
class Data:
    """The rows of a TABLE: numbers[i] and texts[i] are the columns of its FIELD i, n values each.

    `count` is None where there are no rows to count. A fault is (code, place, text).
    """

    form: str = ""
    count: int | None = None
    numbers: dict = field(default_factory=dict)
    texts: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)


@lru_cache(maxsize=1000)
def unit_fault(text):
    """What VOUnits has against a unit, or None. Deprecated units pass."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            u.Unit(text, format="vounit", parse_strict="raise")
        except Exception as error:  # its parser raises what it likes
            return str(error).partition("\n")[0]
    return next((str(warning.message) for warning in said if "not supported" in str(warning.message)), None)


@lru_cache(maxsize=1000)
def convertible(unit, to):
    """The factor from a unit to another, or None where there is none."""
    if not unit or unit_fault(unit):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return float(u.Unit(unit, format="vounit").to(u.Unit(to)))
        except Exception:  # units without a linear relation raise several types
            return None


def convert(value, unit, to):
    """A number in another unit, or None."""
    factor = convertible(unit, to)
    return None if value is None or factor is None else value * factor


def read(curve):
    """The rows of a parts.Curve. Never raises: what cannot be read is among the faults."""
    data = Data()
    element = _child(curve.table, "DATA")
    for form, reader in (("TABLEDATA", _tabledata), ("BINARY", _binary), ("BINARY2", _binary)):
        rows = None if element is None else _child(element, form)
        if rows is not None:
            data.form = form
            reader(curve, rows, data)
            return data
    if element is None:
        data.count = 0
    else:
        data.faults.append(("DATA_FORM", element, "DATA holds neither TABLEDATA nor BINARY nor BINARY2"))
    return data


def _child(element, name):
    return next(element.iterchildren("{*}" + name), None)


def _null(column):
    values = _child(column.element, "VALUES")
    return values.get("null") if values is not None else None


def _tabledata(curve, element, data):
    fields = curve.fields
    numeric = [(field.index, field.name, _null(field)) for field in fields if field.numeric]
    texts = [field.index for field in fields if field.textual]
    columns = {index: [] for index in [index for index, *_ in numeric] + texts}
    faults = {}  # code → [how many, row of the first, text of the first]

    def fault(code, row, text):
        faults.setdefault(code, [0, row, text])[0] += 1

    row = -1
    for row, tr in enumerate(element.iterchildren("{*}TR")):
        cells = [(td.text or "").strip() for td in tr.iterchildren("{*}TD")]
        if len(cells) != len(fields):
            fault("ROW_LENGTH", row, f"row {row + 1} has {len(cells)} cells for {len(fields)} FIELDs")
            cells = [""] * len(fields)  # nobody knows which is missing
        for index, name, null in numeric:
            text = cells[index]
            value = number(text) if text and text != null else np.nan
            if value is None:
                fault("NOT_A_NUMBER", row, f"{quote(name)} in row {row + 1} is {quote(text)}, not a number")
                value = np.nan
            columns[index].append(value)
        for index in texts:
            columns[index].append(cells[index])
    data.count = row + 1
    data.numbers = {index: np.array(columns[index], "f8") for index, *_ in numeric}
    data.texts = {index: columns[index] for index in texts}
    for code, (count, row, text) in faults.items():
        more = f" ({count} such in all)" if count > 1 else ""
        data.faults.append((code, curve.document.row_line(curve.table, row), text + more))


def _binary(curve, element, data):
    stream = _child(element, "STREAM")
    if stream is None or stream.get("href"):
        data.faults.append(("DATA_FORM", element, "the rows are not in the document itself"))
        return
    if stream.get("encoding") != "base64":
        data.faults.append(
            ("DATA_FORM", stream, f"the STREAM is encoded as {stream.get('encoding')!r}, not base64")
        )
        return
    try:
        content = base64.b64decode("".join("".join(stream.itertext()).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        data.faults.append(("DATA_UNREADABLE", stream, f"the base64 text is broken: {error}"))
        return
    fields, width = [], len(curve.fields) + 7 >> 3 if data.form == "BINARY2" else 0
    for column in curve.fields:
        size = _cell(column)
        if size is None:
            shape = quote(column.element.get("arraysize") or "")
            text = f"datatype {quote(column.datatype)} with arraysize {shape} cannot be read"
            data.faults.append(("DATA_UNREADABLE", column.element, f"{column.title}: {text}"))
            return
        width = width + size if width is not None and size else None
        fields.append(_plain(column))
    if not fields or (width and len(content) % width):
        data.faults.append(
            ("DATA_UNREADABLE", stream, f"{len(content)} bytes are not a whole number of rows of {width}")
        )
        return
    _decode(curve, fields, content, stream, data)


def _cell(column):
    """Bytes of a cell; 0 where they vary; None where that cannot be."""
    shape = column.element.get("arraysize") or "1"
    if not re.fullmatch(r"(\d{1,9}x)*(\d{1,9}\*?|\*)", shape) or column.datatype not in {*SIZES, "bit"}:
        return None
    count = int(np.prod([int(part) for part in re.findall(r"\d+", shape)], dtype=object))
    if count > LARGEST_CELL:
        return None
    return 0 if "*" in shape or column.datatype == "bit" or not count else SIZES[column.datatype] * count


def _plain(column):
    """The FIELD with nothing but what the rows depend on: astropy is strict about the rest."""
    plain = etree.Element("FIELD", name=f"c{column.index}", ID=f"c{column.index}", datatype=column.datatype)
    if column.element.get("arraysize"):
        plain.set("arraysize", column.element.get("arraysize"))
    if _null(column) is not None and column.datatype in ("unsignedByte", "short", "int", "long"):
        etree.SubElement(plain, "VALUES", null=_null(column))
    return plain


def _decode(curve, fields, content, stream, data):
    root = etree.Element("VOTABLE", version="1.4", xmlns="http://www.ivoa.net/xml/VOTable/v1.3")
    table = etree.SubElement(etree.SubElement(root, "RESOURCE"), "TABLE")
    table.extend(fields)
    rows = etree.SubElement(etree.SubElement(table, "DATA"), data.form)
    etree.SubElement(rows, "STREAM", encoding="base64").text = base64.b64encode(content).decode()
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            array = votable.parse_single_table(io.BytesIO(etree.tostring(root)), verify="ignore").array
            for column in curve.fields:
                values = array[f"c{column.index}"]
                if column.numeric:
                    data.numbers[column.index] = np.ma.filled(values.astype("f8"), np.nan)
                elif column.textual:
                    data.texts[column.index] = [_text(value) for value in values]
        data.count = len(array)
    except Exception as error:  # broken rows raise whatever they run into
        data.numbers, data.texts, data.count = {}, {}, None
        data.faults.append(("DATA_UNREADABLE", stream, f"the rows cannot be read: {error}"))


def _text(value):
    if value is np.ma.masked:
        return ""
    return (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).strip()
