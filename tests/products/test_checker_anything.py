"""The checker on anything at all: it says something, or refuses it; it does nothing else."""

import functools
import io
import re

import pytest
from astropy.io import votable
from checker_twins import GOOD
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from photvo.model.batch import ReadError
from photvo.products import checker
from photvo.products.checker.rules import LEVELS

NASTY = ["", " ", ";", ":", "<Param, a=''>", "\U0001f642", "a" * 3000, "9" * 30, "1 2"]
NASTY += """stat.error;phot.mag nan inf 1e999 -1 0 0x 0x1F 1_0 * 2 2x* 1x1x1 0x0 x icrs tdb utc photcal_V
    table_V char double bit long floatComplex unicodeChar time.epoch phot.mag meta.id pos.eq.ra d s Jy e-/s
    timeseries MJD-origin UTC TCB BARYCENTER HELIOCENTER results base64 gzip 1.3 None""".split()
NAMES = """ID ref name ucd utype unit datatype arraysize value version type system epoch nrows timescale
    refposition timeorigin encoding href null xtype""".split()
TAGS = """TABLE FIELD PARAM PARAMref GROUP TIMESYS COOSYS DATA TABLEDATA BINARY BINARY2 STREAM TR TD VALUES
    INFO RESOURCE DESCRIPTION VOTABLE FITS""".split()
CHANGES = ["drop", "double", "swap", "set", "unset", "tag", "text"]


@functools.cache
def seeds():
    """Documents to start from: the good one in all serialisations."""
    document = votable.parse(io.BytesIO(GOOD.encode()))
    texts = [GOOD.encode()]
    for form in ("binary", "binary2"):
        out = io.BytesIO()
        document.to_xml(out, tabledata_format=form)
        texts.append(out.getvalue())
    return texts


def survives(content):
    """The checker says something about any bytes, or refuses them; it does nothing else."""
    try:
        found = checker.check("curve.vot", content)
    except ReadError as error:
        assert error.reason
        return
    lines = content.count(b"\n") + content.count(b"\r") + 1
    assert all(1 <= finding.line <= lines and finding.level in LEVELS and str(finding) for finding in found)


quick = settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))
numbers = st.integers(0, 2000)
choices = (st.sampled_from(words) for words in (NAMES, NASTY, TAGS))
edits = st.lists(st.tuples(st.sampled_from(CHANGES), numbers, numbers, *choices), min_size=1, max_size=6)


@quick
@given(seed=st.integers(0, 2), edits=edits)
def test_no_change_of_elements_and_attributes_breaks_it(seed, edits):
    root = etree.fromstring(seeds()[seed])
    for what, where, other, name, value, tag in edits:
        elements = list(root.iter(etree.Element))
        element, partner = elements[where % len(elements)], elements[other % len(elements)]
        if what == "set":
            element.set(name, value)
        elif what == "unset":
            element.attrib.pop(name, None)
        elif what == "tag":
            element.tag = etree.QName(etree.QName(element).namespace, tag).text
        elif what == "text":
            element.text = value
        elif element is root:
            continue
        elif what == "drop":
            element.getparent().remove(element)
        elif what == "double":
            element.addnext(etree.fromstring(etree.tostring(element)))
        elif partner not in element.iter() and partner is not root:
            partner.addnext(element)
    survives(etree.tostring(root))


SNIPPETS = [
    "x:",
    "vot:",
    "&",
    "&amp;",
    "&x;",
    "&#0;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?x ?>",
    "<x/>",
    "xmlns='y' ",
    "\n",
]


@quick
@given(
    seed=st.integers(0, 2),
    inserts=st.lists(st.tuples(numbers, st.sampled_from(SNIPPETS)), min_size=1, max_size=4),
)
def test_no_markup_put_anywhere_breaks_it(seed, inserts):
    text = seeds()[seed].decode()
    for where, snippet in inserts:
        places = [match.end() for match in re.finditer(r"</?| |>|\"", text)]
        place = places[where % len(places)]
        text = text[:place] + snippet + text[place:]
    survives(text.encode())


@pytest.mark.parametrize(
    "name", ["VOTABLE", "RESOURCE", "TABLE", "FIELD", "PARAM", "GROUP", "TIMESYS", "TR", "DATA"]
)
def test_an_undeclared_prefix_is_told_and_breaks_nothing(name):
    text = re.sub(rf"<(/?){name}\b", rf"<\1x:{name}", GOOD)
    assert "XML_PREFIX" in {finding.code for finding in checker.check("curve.vot", text.encode())}


@quick
@given(
    seed=st.integers(0, 2),
    cuts=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=5
    ),
)
def test_no_change_of_bytes_breaks_it(seed, cuts):
    content = seeds()[seed]
    for place, length, new in cuts:
        start = int(place * len(content))
        content = content[:start] + new + content[start + length :]
    survives(content)


@quick
@given(
    values=st.lists(st.floats(width=64), min_size=6, max_size=6),
    column=st.integers(0, 7),
    origin=st.sampled_from(NASTY),
)
def test_no_value_breaks_it(values, column, origin):
    root = etree.fromstring(GOOD.encode())
    rows = list(root.iter("{*}TR"))
    for row, value in zip(rows[:6], values, strict=True):
        row[column].text = repr(value)
    next(root.iter("{*}TIMESYS")).set("timeorigin", origin)
    survives(etree.tostring(root))
