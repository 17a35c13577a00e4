"""The checker: a good document, its twins with one fault each, all serialisations, lines."""

import io
import re

import numpy as np
import pytest
from astropy.io import votable
from checker_twins import GOOD, TWINS, codes
from photvo.model.batch import ReadError
from photvo.products import checker
from photvo.products.checker.rules import LEVELS, RULES


def test_a_good_document_has_no_findings():
    assert checker.check("curve.vot", GOOD.encode()) == []
    votable.parse(io.BytesIO(GOOD.encode()), verify="exception")


@pytest.mark.parametrize("twin", TWINS, ids=[f"{twin.code}-{number}" for number, twin in enumerate(TWINS)])
def test_one_fault_gives_that_finding_alone_in_its_line(twin):
    found = checker.check("curve.vot", twin.text.encode())
    assert [finding.code for finding in found] == [twin.code] * twin.times, [
        str(finding) for finding in found
    ]
    assert found[0].line == twin.line
    assert found[0].text and found[0].remedy


def test_every_rule_has_a_twin_and_says_where_it_comes_from():
    assert {twin.code for twin in TWINS} == set(RULES)
    assert [
        rule.code for rule in RULES.values() if not (rule.what and rule.source and rule.level in LEVELS)
    ] == []


@pytest.fixture(scope="module", params=["binary", "binary2"])
def written_by_astropy(request):
    """A function of a document's text: the same with its rows written by astropy in binary."""

    def rewrite(text):
        document = votable.parse(io.BytesIO(text.encode()))
        for table in document.iter_tables():
            table.format = request.param
        out = io.BytesIO()
        document.to_xml(out, tabledata_format=request.param)
        return out.getvalue()

    return rewrite


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<TD>11.7</TD>", "<TD>11.7</TD>", None),
        ("<TD>11.7</TD>", "<TD>99.99</TD>", "SENTINEL"),
        ("<TD>11.7</TD><TD>0.02</TD>", "<TD>11.7</TD><TD>0</TD>", "ERROR_VALUE"),
        ("<TD>59511.9</TD>", "<TD>2459512.4</TD>", "TIME_RANGE"),
        ("<TD>59510.9</TD>", "<TD>59509.9</TD>", "TIME_REPEATED"),
        ("<TD>59914.73958912</TD>", "<TD>59914.65625579</TD>", "TIMES_DISAGREE"),
    ],
)  # fmt: skip
def test_values_in_binary_are_checked_like_those_in_tabledata(written_by_astropy, old, new, code):
    assert old in GOOD
    # what astropy writes, rightly found: BINARY, and the same IDs for the FIELDs of both TABLEs
    known = {"DATA_BINARY", "ID_REPEATED"}
    found = set(codes(written_by_astropy(GOOD.replace(old, new, 1)))) - known
    assert found == ({code} if code else set())


def test_rows_of_binary2_that_end_in_the_middle_are_told(written_by_astropy):
    text = written_by_astropy(GOOD).decode()
    start = text.rindex('encoding="base64">') + len('encoding="base64">')
    cut = (
        text[:start]
        + "".join(text[start:].partition("</STREAM>")[0].split())[:-8]
        + text[text.index("</STREAM>", start) :]
    )
    assert "DATA_UNREADABLE" in codes(cut)


def test_differences_of_magnitudes_need_no_photometric_system():
    fields = "".join(
        f'<FIELD name="{name}" datatype="float" ucd="{ucd};arith.diff" unit="mag"><DESCRIPTION>x</DESCRIPTION></FIELD>'
        for name, ucd in (("diff", "phot.mag;em.opt.V"), ("diff_err", "stat.error;phot.mag;em.opt.V"))
    )
    head, mark, rows = GOOD.partition("<DATA>")
    rows, table, rest = rows.partition("</TABLEDATA>")
    assert codes(head + fields + mark + rows.replace("</TR>", "<TD>0.1</TD><TD></TD></TR>") + table + rest) == []


def test_numbers_of_any_size_are_read_as_astropy_reads_them():
    text = GOOD.replace("<TD>11.7</TD>", "<TD>1e300</TD>").replace(
        'datatype="float" ucd="phot.mag;em.opt.B"', 'datatype="double" ucd="phot.mag;em.opt.B"'
    )
    table = votable.parse(io.BytesIO(text.encode())).get_table_by_id("table_g").array
    assert np.ma.max(table["mag"]) == 1e300
    assert codes(text) == ["MAG_RANGE"]


def test_lines_are_those_where_tags_begin_even_beyond_65535():
    text = GOOD.replace("<INFO name=", "\n" * 70_000 + "<INFO\n\n name=", 1)
    text = text.replace(
        '<FIELD name="airmass" datatype="float" ucd="obs.airMass">',
        '<FIELD name="airmass"\n datatype="float"\n>',
    )
    text = text.replace("<TD>11.7</TD>", "<TD>99.99</TD>")
    found = {finding.code: finding.line for finding in checker.check("curve.vot", text.encode())}
    lines = text.splitlines()
    assert lines[found["UCD_MISSING"] - 1].startswith('<FIELD name="airmass"')
    assert "99.99" in lines[found["SENTINEL"] - 1]
    assert min(found.values()) > 70_000


def test_documents_of_any_prefix_are_read():
    prefixed = re.sub(r"<(/?)(?=[A-Z])", r"<\1vot:", GOOD).replace("xmlns=", "xmlns:vot=")
    assert codes(prefixed) == []
    assert codes(prefixed.replace("<vot:TD>11.7<", "<vot:TD>99.99<")) == ["SENTINEL"]


def test_findings_are_printable_whatever_the_document_says():
    text = GOOD.replace('timescale="UTC"', 'timescale="&#x9b;31m &#x202e; \u0085 &#10;x"')
    (finding,) = [found for found in checker.check("c", text.encode()) if found.code == "TIMESYS_SCALE"]
    assert str(finding).isprintable()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not well-formed"),
        (b"\x00\xff\xfe", "not well-formed"),
        (b"SIMPLE  =                    T", "not well-formed"),
        (b"<html><body/></html>", "not a VOTable but html"),
        (GOOD.encode()[:-30], "not well-formed"),
        (b'<!DOCTYPE v [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><VOTABLE>&b;</VOTABLE>', "entities"),
        (b'<!DOCTYPE v [<!ENTITY a SYSTEM "file:///etc/passwd">]><VOTABLE>&a;</VOTABLE>', "entities"),
        (b"<VOTABLE>" + b"<RESOURCE>" * 5000 + b"</RESOURCE>" * 5000 + b"</VOTABLE>", "nested"),
        (b'<?xml version="1.0" encoding="klingon"?><VOTABLE/>', "encoding"),
    ],
)
def test_what_is_no_votable_is_refused_with_the_reason(content, reason):
    with pytest.raises(ReadError, match=reason):
        checker.check("curve.vot", content)


def test_a_document_type_as_of_old_is_no_fault_of_xml():
    text = GOOD.replace(
        "<VOTABLE", '<!DOCTYPE VOTABLE SYSTEM "http://us-vo.org/xml/VOTable.dtd">\n<VOTABLE', 1
    )
    assert codes(text) == []
