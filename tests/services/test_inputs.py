"""Values that are none: refused by name, and in words that are not Python's."""

import http.client

import pytest
import requests
from answers import INSIDE, dali_error, get, table
from lxml import etree


@pytest.mark.parametrize(("path", "asked", "status", "said"), [
    ("kolonica/lightcurves/ssa/ssap.xml", "REQUEST=queryData&COMPRESS=maybe", 200, "'maybe' is not a valid literal for COMPRESS"),
    ("kolonica/images/sia/siap2.xml", "BAND=1+2+3", 400, "'1 2 3' is not a valid literal for BAND"),
    ("tap/sync", "LANG=ADQL&VERSION=0.1&QUERY=x", 400, "0.1"),
])  # fmt: skip
def test_a_value_that_is_none_is_named(instance, path, asked, status, said):
    text = dali_error(get(f"{instance.url}{path}?{asked}", status=status))
    assert said.lower() in text.lower()
    assert "[" not in text and "anonymous" not in text


@pytest.mark.parametrize(("path", "asked"), [
    ("kolonica/objects/cone/scs.xml", "RA=%FF%FE&DEC=1&SR=1"), ("kolonica/objects/cone/scs.xml", "RA=1&DEC=1&SR=1&VERB=%FF"),
    ("kolonica/lightcurves/ssa/ssap.xml", "REQUEST=queryData&TARGETNAME=%FF%FE"), ("kolonica/images/sia/siap2.xml", "TARGET=%FF"),
    ("tap/sync", "LANG=ADQL&QUERY=%FF"),
    ("oai.xml", "verb=%FF"), ("kolonica/objects/cone/form", "hscs_pos=%FF&__nevow_form__=genForm"), ("", "%FF=%FF"),
])  # fmt: skip
def test_bytes_that_are_no_text_are_refused(instance, path, asked):
    assert "UTF-8" in dali_error(get(f"{instance.url}{path}?{asked}", status=400))


@pytest.mark.parametrize("path", ["lightcurves/sdl/dlget", "lightcurves/sdl/dlmeta", "images/links/dlmeta"])
def test_datalink_refuses_them_in_its_own_words(instance, path):
    answer = get(f"{instance.url}kolonica/{path}?ID=%FF", status=400)
    assert answer.text == "UsageFault: ID: it is not UTF-8\n" and answer.headers["Content-Type"].startswith("text/plain")


def test_a_link_that_cannot_be_is_a_usage_fault(instance):
    answer = get(f"{instance.url}kolonica/lightcurves/sdl/dlmeta", status=400, ID="x", MAXREC="many")
    assert answer.text.startswith("UsageFault: ") and "many" in answer.text


@pytest.mark.parametrize(("path", "asked", "status"), [
    ("kolonica/objects/cone/scs.xml", {"RA": 1, "DEC": 1, "SR": 1, "_DBOPTIONS_DIR": "up"}, 400),
    ("kolonica/objects/cone/form", {"__nevow_form__": "another"}, 400),
    ("kolonica/objects/cone/form", {"__nevow_form__": "genForm", "hscs_pos": "a\0b"}, 400),
    ("kolonica/objects/cone/form", {"__nevow_form__": "genForm", "hscs_pos": "SS Cyg", "_TIMEOUT": "nan"}, 400),
    ("kolonica/lightcurves/ssa/ssap.xml", {"REQUEST": "queryData", "POS": ","}, 200),
    ("kolonica/lightcurves/ssa/ssap.xml", {"REQUEST": "queryData", "POS": "1/2,3"}, 200),
])  # fmt: skip
def test_what_cannot_be_gets_an_error_document(instance, path, asked, status):
    text = dali_error(get(f"{instance.url}{path}", status=status, **asked))
    assert "'float'" not in text and "None" not in text


#: DaCHS' own parameters among them, and one of its that there is not.
EMPTY = {"RESPONSEFORMAT": "", "UPLOAD": "", "_DBOPTIONS_DIR": "", "__nevow_form__": "", "_SET": "x"}


@pytest.mark.parametrize(("path", "asked"), [
    ("kolonica/objects/cone/scs.xml", {"RA": 325.679, "DEC": 43.5862, "SR": 0.1}),
    ("kolonica/lightcurves/ssa/ssap.xml", {"REQUEST": "queryData", "TARGETNAME": "SS Cyg"}), ("kolonica/images/sia/siap2.xml", {}),
    ("tap/sync", {"LANG": "ADQL", "QUERY": "SELECT TOP 3 id FROM kolonica.objects ORDER BY id"}),
])  # fmt: skip
def test_an_empty_parameter_is_none(instance, path, asked):
    url = f"{instance.url}{path}"
    data = [etree.fromstring(get(url, **more).content).find(".//{*}DATA") for more in (asked, asked | EMPTY)]
    assert etree.tostring(data[0]) == etree.tostring(data[1])


@pytest.mark.parametrize(("path", "asked"), [
    ("kolonica/objects/cone/scs.xml", {"RA": 325.679, "DEC": 43.5862, "SR": 0.1}),
    ("kolonica/lightcurves/ssa/ssap.xml", {"REQUEST": "queryData", "TARGETNAME": "SS Cyg"}),
    ("kolonica/lightcurves/ssa/ssap.xml", {"REQUEST": "queryData", "TARGETNAME": "no such star"}),
    ("kolonica/images/sia/siap2.xml", {"TARGET": "SS Cyg", "BAND": "5e-7 6e-7"}),
])  # fmt: skip
def test_an_answer_shows_no_sql(instance, path, asked):
    text = get(f"{instance.url}{path}", **asked).text
    assert not INSIDE.search(text) and "frozenset" not in text


def test_greek_letters_are_letters(instance):
    assert len(table(get(f"{instance.url}kolonica/images/sia/siap2.xml", TARGET="δ Cep"))) == 0


@pytest.mark.parametrize("path", ["kolonica/../../etc/passwd", "kolonica/%2e%2e/%2e%2e/x", "static/../../x", "../x"])
def test_there_is_nothing_above_the_root(instance, path):
    connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=60)
    connection.request("GET", f"/{path}")
    assert connection.getresponse().status == 404
    connection.close()


def test_more_rows_than_can_be_are_all_rows(instance):
    asked = {"RA": "325.679", "DEC": "43.5862", "SR": "0.1", "RESPONSEFORMAT": "csv"}
    everything = get(f"{instance.url}kolonica/objects/cone/scs.xml", **asked).text
    assert get(f"{instance.url}kolonica/objects/cone/scs.xml", **asked, MAXREC=10**30).text == everything


@pytest.mark.parametrize(("body", "kind"), [
    ('{"RA": 1}', "application/json"), ("RA=1", "text/plain"), ("RA=1", "multipart/form-data"),
    ("RA=1", "multipart/form-data; boundary=b"),
])  # fmt: skip
def test_a_body_that_is_no_form_is_a_bad_request(instance, body, kind):
    for path in ("tap/sync", "kolonica/objects/cone/scs.xml"):
        answer = requests.post(f"{instance.url}{path}", data=body, headers={"Content-Type": kind}, timeout=60)
        assert answer.status_code == 400
