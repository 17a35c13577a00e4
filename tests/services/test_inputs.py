"""Values that are none: refused by name, and in words that are not Python's."""

import pytest
import requests
from answers import closed, dali_error, get, infos


@pytest.mark.parametrize(("path", "asked", "status", "said"), [
    ("kolonica/lightcurves/ssa/ssap.xml", "REQUEST=queryData&COMPRESS=maybe", 200, "'maybe' is not a valid literal for COMPRESS"),
    ("kolonica/lightcurves/ssa/ssap.xml", "REQUEST=queryData&TARGETNAME=%FF%FE", 200, "TARGETNAME"),
    ("kolonica/images/sia/siap2.xml", "BAND=1+2+3", 400, "'1 2 3' is not a valid literal for BAND"),
    ("kolonica/images/sia/siap2.xml", "TARGET=%FF", 400, "TARGET"),
    ("tap/sync", "LANG=ADQL&VERSION=0.1&QUERY=x", 400, "0.1"),
    ("tap/sync", "LANG=ADQL&QUERY=%FF", 400, "query"),
])  # fmt: skip
def test_a_value_that_is_none_is_named(instance, path, asked, status, said):
    text = dali_error(get(f"{instance.url}{path}?{asked}", status=status))
    assert said.lower() in text.lower()
    assert "[" not in text and "BinaryItem" not in text and "anonymous" not in text


def test_a_cone_around_bytes_is_refused(instance):
    answer = get(f"{instance.url}kolonica/objects/cone/scs.xml?RA=%FF%FE&DEC=1&SR=1")
    assert "RA" in closed(answer, infos(answer)["Error"]) and "BinaryItem" not in answer.text


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
