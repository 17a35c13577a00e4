"""Rules about the document as a whole: XML, VOTable, references, what INFO says, text."""

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

from photvo.products.checker.document import VOTABLE
from photvo.products.checker import parts
from photvo.products.checker.parts import local
from photvo.products.checker.rules import ERROR, REMARK, WARNING, quote, rule

VERSIONS = ("1.4", "1.5", "1.6")
SCHEMA_FINDINGS = 20  # the first so many are told
SCHEMAS = (
    ("astropy", "io/votable/data/VOTable.v1.[5-9].xsd"),
    ("gavo", "resources/schemata/VOTable.xsd"),
)
REPR = re.compile(
    r"<[A-Za-z_][\w.]*,?\s+(object at 0x|\w+=)|<class '|^None$|^b'"
    r"|\b(datetime\.datetime|np\.\w+)\(|\b(Decimal\('|array\(\[)"
)
MANGLED = re.compile("\ufffd|[\u00c2-\u00c5][\u0080-\u00bf]|\u00e2\u20ac")
LONG_TEXT = 10_000  # letters; longer ones are data
RIGHTS = ("rights", "rights_uri", "rightsuri", "license", "licence", "copyright", "legal")
CITATION = ("citation", "reference", "bibcode", "article", "doi")
ORIGIN = {
    "publisher": ("publisher", "service_ivoid", "ivoid", "publisher_did", "publisherdid", "obs_publisher_did"),
    "contact": ("contact",),
    "request_date": ("request_date", "publication_date", "last_update_date"),
    "server_software": ("server_software",),
}


@rule(ERROR, "anything", "declare it with xmlns:…= or take it away")
def xml_prefix(document):
    """Every namespace prefix is declared. [Namespaces in XML]"""
    yield from document.prefix_faults


@rule(ERROR, "light_curves", f"write one of {', '.join(VERSIONS)}")
def version(document):
    """The document is VOTable 1.4 or later. [Note 3: TIMESYS came with VOTable 1.4]"""
    if document.version not in VERSIONS:
        found = f"version {quote(document.version)} knows no TIMESYS"
        yield document.root, found if document.version else "no version is given"


@rule(ERROR, "anything", f'write xmlns="{VOTABLE}", for any version since 1.3')
def namespace(document):
    """The namespace is that of all VOTable versions since 1.3. [VOTable 1.5, XML schema]"""
    found = parts.namespace(document.root.tag)
    if found != VOTABLE:
        yield document.root, f"the namespace is {quote(found)}"


@lru_cache(maxsize=1)
def _schema():
    """The newest VOTable schema at hand, astropy's or that which DaCHS ships; None where neither is."""
    found = []
    for package, pattern in SCHEMAS:
        spec = find_spec(package)
        if spec and spec.origin:
            found += sorted(Path(spec.origin).parent.glob(pattern), reverse=True)
    return etree.XMLSchema(etree.parse(str(found[0]))) if found else None


@rule(ERROR, "anything", "see what the VOTable document says about this element")
def schema(document):
    """Elements and attributes are as the VOTable schema has them. [VOTable 1.5, XML schema]"""
    schema = _schema()
    if schema is None or parts.namespace(document.root.tag) != VOTABLE or document.prefix_faults:
        return  # without a schema, or where NAMESPACE or XML_PREFIX have spoken
    if schema.validate(document.root):
        return
    told = 0
    for entry in schema.error_log:
        found = document.root.xpath(entry.path) if entry.path else []
        place = found[0] if found and isinstance(found[0], etree._Element) else entry.line
        if place is document.root and "'version'" in entry.message:
            continue  # rule VERSION knows versions that the schema does not
        told += 1
        if told > SCHEMA_FINDINGS:
            yield place, "more of the kind follow", "mend the first ones and check again"
            return
        yield place, re.sub(r"\{[^}]*\}", "", entry.message).rstrip(".")


@rule(ERROR, "anything", "make it unique")
def id_repeated(document):
    """No two elements have the same ID. [VOTable 1.5, 3.2]"""
    for element in document.elements:
        name = element.get("ID")
        first = document.by_id[name] if name else element
        if first is not element:
            where = f"the {local(first.tag)} in line {document.line(first)}"
            yield element, f"ID {quote(name)} is also that of {where}"


@rule(ERROR, "anything", "give that ID to the element that is meant")
def ref_dangling(document):
    """What a ref names is there. [VOTable 1.5, 3.2]"""
    home = parts.namespace(document.root.tag)
    for element in document.elements:
        dangles = element.get("ref") and document.target(element) is None
        if dangles and parts.namespace(element.tag) == home:
            yield element, f"ref {quote(element.get('ref'))} points at nothing"


def _early(document, names):
    for element in document.elements:
        target = document.target(element)
        if (
            target is not None
            and local(target.tag) in names
            and document.order[target] > document.order[element]
        ):
            where = f"comes later, in line {document.line(target)}"
            yield element, f"{local(target.tag)} {quote(element.get('ref'))} {where}"


@rule(ERROR, "light_curves", "put the TIMESYS before what refers to it")
def timesys_order(document):
    """A TIMESYS comes before the elements that refer to it. [VOTable 1.5, TIMESYS (MUST)]"""
    yield from _early(document, ("TIMESYS",))


@rule(WARNING, "light_curves", "put it before what refers to it")
def frame_order(document):
    """COOSYS and PHOTCAL come before what refers to them. [VOTable 1.5, COOSYS; Note 3.1 (SHOULD)]"""
    yield from _early(document, ("COOSYS", "GROUP"))


def _status(document, value):
    for name, _, said, info in document.said:
        if name == "query_status" and said.upper() == value:
            yield info, "".join(info.itertext()).strip()


@rule(ERROR, "anything", "mend the request")
def query_failed(document):
    """The document is not a service's error message. [DALI 1.1, 4.4]"""
    for info, text in _status(document, "ERROR"):
        yield info, f"the service answered with an error: {quote(text, 200)}"


@rule(WARNING, "anything", "ask with a larger MAXREC")
def query_overflow(document):
    """The document is complete. [DALI 1.1, 4.4]"""
    for info, _ in _status(document, "OVERFLOW"):
        yield info, "the service left rows out (OVERFLOW)"


@rule(ERROR, "anything", "give the columns UCDs; of a list of data sets, check what its access URLs return")
def no_light_curve(document):
    """There is a TABLE with a time and a magnitude or flux. [Note 3.2]"""
    if not document.curves:
        what = "a column of times (UCD time.epoch) and one of magnitudes or fluxes (phot.mag, phot.flux)"
        yield (document.all("TABLE") or [document.root])[0], f"no TABLE has {what}"


@rule(REMARK, "curves", 'add type="results"')
def resource_type(curve):
    """The RESOURCE around the TABLE says type="results". [DALI 1.1, 4.4]"""
    resource = next((item for item in curve.table.iterancestors() if local(item.tag) == "RESOURCE"), None)
    if resource is not None and resource.get("type") != "results":
        yield resource, "this RESOURCE does not say that it holds results"


@rule(WARNING, "light_curves", 'add <INFO name="citation" value="bibcode or DOI"/>')
def citation_missing(document):
    """The document says what to cite. [Data Origin in the VO: citation]"""
    if not any(
        value and (name in CITATION or ucd.startswith("meta.bib")) for name, ucd, value, _ in document.said
    ):
        yield document.curves[0].table, "nothing says what to cite"


@rule(WARNING, "light_curves", 'add <INFO name="rights" value="licence"/>')
def rights_missing(document):
    """The document says under what terms it may be used. [Data Origin in the VO: rights]"""
    if not any(value and name in RIGHTS for name, _, value, _ in document.said):
        yield document.curves[0].table, "nothing says whose the data are and what one may do with them"


@rule(REMARK, "light_curves", "add INFOs of these names")
def origin_incomplete(document):
    """The document says where and when it came from. [Data Origin in the VO: query information]"""
    said = {name for name, _, value, _ in document.said if value}
    missing = [what for what, names in ORIGIN.items() if not said & set(names)]
    if missing:
        yield document.curves[0].table, f"no INFO about {', '.join(missing)}"


def _texts(document):
    for element in document.elements:
        yield element, element.text or ""
        yield from ((element, text) for name, text in element.attrib.items() if name not in ("ID", "ref"))


@rule(ERROR, "anything", "write the value itself; leave out what is not known")
def python_repr(document):
    """No value is what a program prints of its own objects. [practice]"""
    for element, text in _texts(document):
        if len(text) < LONG_TEXT and REPR.search(text):
            yield element, f"{quote(text)} is how a program prints its objects"


@rule(WARNING, "anything", "read and write it as UTF-8")
def text_mangled(document):
    """Text was not decoded with the wrong encoding. [practice]"""
    for element, text in _texts(document):
        if len(text) < LONG_TEXT and MANGLED.search(text):
            yield element, f"{quote(text)} was decoded with the wrong encoding"


@rule(WARNING, "columns", 'write datatype="unicodeChar"')
def text_not_ascii(column):
    """A PARAM of datatype char holds ASCII alone. [VOTable 1.5, 2.1; char is UTF-8 from 1.6 on]"""
    if column.datatype == "char" and not column.text.isascii() and column.document.version != "1.6":
        yield column.element, f"{column.title} is char and {quote(column.text)} is not ASCII"
