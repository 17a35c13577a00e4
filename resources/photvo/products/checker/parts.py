"""The parts of a light-curve document: columns (FIELD and PARAM), PHOTCAL groups, and the light curves."""

import re
from functools import cached_property

import numpy as np

from photvo.products.checker import data as check_data
from photvo.products.checker.rules import number

NUMERIC = ("unsignedByte", "short", "int", "long", "float", "double")
TEXT = ("char", "unicodeChar")
PHOTCAL_PARAMS = ("filterIdentifier", "zeroPointFlux", "magnitudeSystem", "effectiveWavelength")
DAYS = {"d": 1.0, "h": 1 / 24, "min": 1 / 1440, "s": 1 / 86400, "a": 365.25, "yr": 365.25}
ORIGINS = {"MJD-origin": 2400000.5, "JD-origin": 0.0}

#: UCD words of a measured brightness, and those that may stand beside them without making it something else.
MEASURED = re.compile(r"phot\.(mag|flux|count|fluence)(\.(?!bc|distmod).*)?")
BESIDE = re.compile(r"em(\..*)?|meta\.main|stat\.(mean|median)|obs\.exposure|instr\.bandpass")
#: Names of columns that have no UCD.
NAMES = (
    ("time", re.compile(r"(obs_?)?time(_.*)?|date(_?obs)?|epoch|([hb]?m?|r?)jd(_.*)?|[hb]jd.*", re.I)),
    ("error", re.compile(r"e_?(mag|flux).*|(mag|flux)_?(err|sigma|unc).*", re.I)),
    ("photometry", re.compile(r"(.*_)?mag(nitude)?s?|(.*_)?flux(es)?|phot", re.I)),
)


def local(name):
    """A tag without its namespace."""
    return name.rpartition("}")[2].rpartition(":")[2]


def namespace(name):
    """The namespace of a tag, or an empty one."""
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def child(element, name):
    """The first child of that name, or None."""
    return next((item for item in element.iterchildren("{*}*") if local(item.tag) == name), None)


def described(element):
    """The text of an element's DESCRIPTION, or an empty one."""
    description = child(element, "DESCRIPTION")
    return "" if description is None else "".join(description.itertext()).strip()


class Column:
    """A FIELD (with its number in the TABLE) or a PARAM (without)."""

    def __init__(self, document, element, index=None):
        self.document, self.element, self.index = document, element, index
        self.name = element.get("name") or element.get("ID") or "?"
        self.ucd = (element.get("ucd") or "").strip()
        self.words = tuple(word.strip().lower() for word in self.ucd.split(";")) if self.ucd else ()
        self.unit = (element.get("unit") or "").strip()
        self.datatype = element.get("datatype") or ""
        self.scalar = element.get("arraysize") in (None, "", "1")
        self.tag = "PARAM" if index is None else "FIELD"
        self.title = f"{self.tag} {self.name}"
        self.text = (element.get("value") or "").strip()

    @cached_property
    def target(self):
        """The element that `ref` points at, or None."""
        return self.document.target(self.element)

    @property
    def dangles(self):
        """There is a `ref`, and it points at nothing."""
        return bool(self.element.get("ref")) and self.target is None

    @property
    def numeric(self):
        return self.datatype in NUMERIC and self.scalar

    @property
    def textual(self):
        return self.datatype in TEXT

    @property
    def value(self):
        """A PARAM's number, or None."""
        return number(self.text)

    @property
    def timesys(self):
        """The TIMESYS that it refers to, or None."""
        return self.target if self.target is not None and local(self.target.tag) == "TIMESYS" else None

    @property
    def photcal(self):
        """The Photcal that it refers to, or None."""
        return next((group for group in self.document.photcals if group.element is self.target), None)

    @cached_property
    def kind(self):
        """What it holds as far as light curves go: time, photometry, error, position, or nothing of these."""
        if self.words:
            if self.words[0].startswith("pos.eq"):
                return "position"
            if self.words[0] in ("time.epoch", "time.start", "time.end"):
                return "time"
            brightness = any(MEASURED.fullmatch(word) for word in self.words)
            if brightness and "stat.error" in self.words:
                return "error"
            if brightness and all(MEASURED.fullmatch(word) or BESIDE.fullmatch(word) for word in self.words):
                return "photometry"
            return ""
        if self.index is None:
            return ""
        named = next((kind for kind, pattern in NAMES if pattern.fullmatch(self.name)), "")
        if self.timesys is not None:
            return "time"
        if self.photcal is not None:
            return named if named == "error" else "photometry"
        return named

    @property
    def jd_origin(self):
        """The Julian date of this time's zero, or None where that is not said."""
        text = (self.timesys.get("timeorigin") or "").strip() if self.timesys is not None else ""
        return ORIGINS.get(text, number(text))


class Photcal:
    """A GROUP that describes a photometric system, or means to."""

    def __init__(self, document, element):
        self.document, self.element = document, element
        self.title = f"GROUP {element.get('ID') or element.get('name') or '?'}"
        self.description = described(element)
        own = [item for item in element.iterchildren("{*}*") if local(item.tag) in ("PARAM", "PARAMref")]
        named = {name.lower(): name for name in PHOTCAL_PARAMS}
        self.params, self.borrowed = {}, {}
        for item in own:
            literal = local(item.tag) == "PARAM"
            meant = item if literal else document.target(item)
            name = named.get((meant.get("name") or "").lower()) if meant is not None else None
            if name:
                (self.params if literal else self.borrowed).setdefault(name, Column(document, meant))

    @staticmethod
    def looks_like(element):
        """The GROUP has the name, the utype or the parameters of a PHOTCAL."""
        if (element.get("name") or "").lower() == "photcal" or (element.get("utype") or "").lower().endswith(
            "photcal"
        ):
            return True
        names = {(item.get("name") or "").lower() for item in element.iterchildren("{*}*")}
        return bool(names & {name.lower() for name in PHOTCAL_PARAMS})

    def text(self, name):
        """The value of a parameter as text; empty where it is missing or null."""
        text = self.params[name].text if name in self.params else ""
        return "" if text.lower() == "nan" else text

    @property
    def wavelength(self):
        """Effective wavelength, m, or None."""
        param = self.params.get("effectiveWavelength")
        return check_data.convert(param.value, param.unit, "m") if param else None


class Curve:
    """A TABLE that is a light curve, or says so."""

    def __init__(self, document, table):
        self.document, self.table = document, table
        self.title = f"TABLE {table.get('name') or table.get('ID') or ''}".rstrip()
        fields = [item for item in table.iterchildren("{*}*") if local(item.tag) == "FIELD"]
        self.fields = [Column(document, element, index) for index, element in enumerate(fields)]
        self.own_params = self._params(table)
        self.params = list(self.own_params)
        for ancestor in table.iterancestors():
            self.params += self._params(ancestor)

    def _params(self, element):
        found = []
        for item in element.iterchildren("{*}*"):
            if local(item.tag) == "PARAM":
                found.append(Column(self.document, item))
            elif local(item.tag) == "GROUP" and not Photcal.looks_like(item):
                found += self._params(item)
        return found

    def of_kind(self, kind):
        """The FIELDs of a kind."""
        return [field for field in self.fields if field.kind == kind]

    @property
    def times(self):
        return self.of_kind("time")

    @property
    def main_time(self):
        """The FIELD with the independent variable, or None."""
        return next(
            (field for field in self.times if "meta.main" in field.words), next(iter(self.times), None)
        )

    @property
    def positions(self):
        return [column for column in self.fields + self.params if column.kind == "position"]

    def param(self, name):
        """The TABLE's own PARAM of that name, or None."""
        return next((param for param in self.own_params if param.name == name), None)

    @property
    def is_light_curve(self):
        """It says that it is a time series, or has a time and a brightness and lists no data sets."""
        for field in self.fields:
            utype = (field.element.get("utype") or "").lower()
            if utype.endswith("access.reference") or field.name.lower() in ("accref", "access_url"):
                return False
        said = self.param("dataproduct_type")
        return bool(said and said.text == "timeseries") or bool(self.times and self.of_kind("photometry"))

    @cached_property
    def data(self):
        """Its rows, as check_data.Data."""
        return check_data.read(self)

    def values(self, field):
        """A FIELD's numbers, n floats with NaN for null; None where it has none or they cannot be read."""
        return self.data.numbers.get(field.index)

    def jd(self, field):
        """(origin, days): a time FIELD as Julian dates in two parts; None where its frame does not say."""
        values, origin = self.values(field), field.jd_origin
        if values is None or origin is None or field.unit not in DAYS:
            return None
        return origin, values * DAYS[field.unit]

    def rows(self, mask):
        """(place, text) for the rows where `mask` is true: the line of the first, and how many there are."""
        bad = np.flatnonzero(mask)
        text = f"{len(bad)} of {len(mask)} rows" if len(bad) > 1 else "one row"
        return self.document.row_line(self.table, int(bad[0])), f"{text} (first: row {bad[0] + 1})"
