"""A VOTable as the checker's rules see it: its elements, where they are, and what refers to what.

Nothing is expected of the document but that it is XML with the root VOTABLE: names are compared without
namespace, and every attribute may be missing or nonsense.
"""

from array import array
from functools import cached_property
from xml.parsers import expat

from lxml import etree

from photvo.model.batch import ReadError
from photvo.products.checker.parts import Curve, Photcal, local

VOTABLE = "http://www.ivoa.net/xml/VOTable/v1.3"
DEEPEST = 100  # levels of elements; a VOTable has about ten


class Lines:
    """The lines (1-based) of all start tags but TD, in order; those of the rows (TR) apart, by TABLEDATA.

    lxml gives the line of a tag's end, and none beyond 65,535.
    """

    def __init__(self, name, content):
        self.elements, self.rows = array("L"), []
        self._depth, self._name = 0, name
        self._parser = parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.EntityDeclHandler = self._entity
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            reason = (
                f"not well-formed XML: {expat.ErrorString(error.code)}; is it a VOTable at all, and complete?"
            )
            raise ReadError(name, reason, error.lineno) from None
        except (LookupError, ValueError) as error:
            raise ReadError(name, f"its encoding cannot be read ({error}); write it in UTF-8", 1) from None

    def _start(self, tag, attributes):
        self._depth += 1
        if self._depth > DEEPEST:
            raise ReadError(
                self._name, f"elements nested more than {DEEPEST} deep; no VOTable is", self._line
            )
        tag = local(tag)
        if tag == "TR":
            if self.rows:
                self.rows[-1].append(self._line)
        elif tag != "TD":
            self.elements.append(self._line)
            if tag == "TABLEDATA":
                self.rows.append(array("L"))

    def _end(self, tag):
        self._depth -= 1

    def _entity(self, *_):
        raise ReadError(
            self._name, "declares XML entities; a VOTable needs none, write the text itself", self._line
        )

    @property
    def _line(self):
        return self._parser.CurrentLineNumber


class Document:
    """A VOTable. `name` is what findings call it, `content` its bytes. Raises ReadError where it is none."""

    def __init__(self, name, content):
        self.name = name
        self._lines = Lines(name, content)
        # expat has seen that it is well-formed, without entities and flat; recover is for undeclared prefixes
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True,
                                 recover=True, remove_comments=True, remove_pis=True)  # fmt: skip
        try:
            self.root = etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError, LookupError) as error:
            raise ReadError(name, f"not readable as XML: {error}", 1) from None
        if self.root is None or local(self.root.tag) != "VOTABLE":
            found = "nothing" if self.root is None else local(self.root.tag)
            raise ReadError(
                name, f"not a VOTable but {found}; give the file or address of a light curve itself", 1
            )
        self.prefix_faults = [(entry.line, entry.message) for entry in parser.error_log]
        self.version = (self.root.get("version") or "").strip()
        self.elements = [
            item for item in self.root.iter(etree.Element) if local(item.tag) not in ("TR", "TD")
        ]
        self.order = {element: number for number, element in enumerate(self.elements)}
        self._named, self.by_id = {}, {}
        for element in self.elements:
            self._named.setdefault(local(element.tag), []).append(element)
            if element.get("ID"):
                self.by_id.setdefault(element.get("ID"), element)

    def all(self, *names):
        """The elements of these names."""
        return [element for name in names for element in self._named.get(name, ())]

    def target(self, element):
        """The element that `ref` points at, or None."""
        return self.by_id.get(element.get("ref") or "")

    def line(self, place):
        """The line (1-based) of an element, or the number itself."""
        if isinstance(place, int):
            return place
        number = self.order.get(place)
        matched = number is not None and len(self.elements) == len(self._lines.elements)
        return self._lines.elements[number] if matched else place.sourceline or 1

    def row_line(self, table, row):
        """The line of a row (0-based) of a TABLE, or that of its DATA where rows have no lines."""
        data = next(table.iterchildren("{*}DATA"), table)
        block = next(data.iterchildren("{*}TABLEDATA"), None)
        if block is not None:
            lines = self._lines.rows[self.all("TABLEDATA").index(block)]
            if row < len(lines):
                return lines[row]
        return self.line(data)

    # What rules are for each of:

    @property
    def anything(self):
        return [self]

    @property
    def light_curves(self):
        return [self] if self.curves else []

    @cached_property
    def curves(self):
        return [
            curve for curve in (Curve(self, table) for table in self.all("TABLE")) if curve.is_light_curve
        ]

    @cached_property
    def photcals(self):
        return [Photcal(self, group) for group in self.all("GROUP") if Photcal.looks_like(group)]

    @property
    def timesys(self):
        return self.all("TIMESYS")

    @property
    def coosys(self):
        return self.all("COOSYS")

    @cached_property
    def fields(self):
        return [field for curve in self.curves for field in curve.fields]

    @cached_property
    def columns(self):
        """The FIELDs and PARAMs of its light curves, each once."""
        params = {param.element: param for curve in self.curves for param in curve.params}
        return self.fields + list(params.values())

    @cached_property
    def said(self):
        """What INFOs and PARAMs say of the whole: (name in lower case, UCD, value, element)."""
        found = self.all("INFO") + [param.element for curve in self.curves for param in curve.params]
        return [
            ((item.get("name") or "").lower(), item.get("ucd") or "", item.get("value") or "", item)
            for item in found
        ]
