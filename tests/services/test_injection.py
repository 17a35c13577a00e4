"""SQL in every parameter of every service of a collection: those that the registry records declare, dlget's, the form's and TAP's."""

import pytest
import requests
from answers import closed
from lxml import etree

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
#: Would find more than was asked for, change something, or show something of the inside.
ATTACKS = ("' OR '1'='1", "1)) OR ((1=1", "'; DROP TABLE kolonica_db.objects; --", "\\' OR 1=1 --", "%s %(a)s %%")
#: Parameters with which a service answers with something, but not with all that it has.
ASKED = {
    "scs.xml": {"RA": "325.679", "DEC": "43.586", "SR": "0.01"},
    "ssap.xml": {"REQUEST": "queryData", "POS": "325.679,43.586", "SIZE": "0.01"},
    "siap2.xml": {"POS": "CIRCLE 325.679 43.586 0.01"},
    "dlmeta": {"ID": "ivo://photvo.example/~?kolonica/lightcurves/31/V"},
    "dlget": {"ID": "ivo://photvo.example/~?kolonica/lightcurves/31/V", "TIME": "59000 59500"},
    "sync": {"LANG": "ADQL", "REQUEST": "doQuery", "QUERY": "SELECT id FROM kolonica.objects WHERE id = 31"},
    "form": {"__nevow_form__": "genForm", "hscs_pos": "SS Cyg", "hscs_sr": "1", "_FORMAT": "VOTable", "_TDENC": "true"},
}  # fmt: skip
FURTHER = {
    "kolonica/lightcurves/sdl/dlget": "ID BAND TIME CLEAN RESPONSEFORMAT FORMAT PACKAGE",
    "tap/sync": "LANG REQUEST QUERY FORMAT RESPONSEFORMAT MAXREC RUNID UPLOAD",
    "kolonica/objects/cone/form": "hscs_pos hscs_sr _FORMAT _DBOPTIONS_ORDER _DBOPTIONS_LIMIT _DBOPTIONS_DIRECTION _VERB _TDENC",
}


@pytest.fixture(scope="module")
def declared(instance):
    """Address → names of the parameters."""
    records = etree.fromstring(requests.get(f"{instance.url}oai.xml?verb=ListRecords&metadataPrefix=ivo_vor", timeout=60).content)
    found = {instance.url + path: names.split() for path, names in FURTHER.items()}
    for interface in records.iter("interface"):
        names = [name.text for name in interface.iterfind("param/name")]
        if names and "/kolonica/" in interface.findtext("accessURL"):
            found[interface.findtext("accessURL").rstrip("?")] = names
    return found


def rows(answer):
    return sum(1 for _ in etree.fromstring(answer.content).iter("{*}TR")) if "TABLEDATA" in answer.text else 0


def test_no_parameter_of_any_service_is_a_way_in(instance, declared):
    count = "SELECT (SELECT count(*) FROM objects), (SELECT count(*) FROM lightcurves), (SELECT count(*) FROM observations)"
    before = instance.query(count)
    assert {url.rpartition("/")[2] for url in declared} == set(ASKED)
    for url, names in declared.items():
        base = {"RESPONSEFORMAT": "votable/td", **ASKED[url.rpartition("/")[2]]}
        usual = rows(requests.get(url, params=base, timeout=60))
        for name in names:
            rest = {key: value for key, value in base.items() if key.upper() != name.upper()}
            for attack in ATTACKS:
                answer = requests.get(url, params={**rest, name: attack}, timeout=60)
                assert answer.status_code in (200, 400, 404, 422), f"{answer.status_code} from {answer.url}: {answer.text[:1000]}"
                if answer.status_code != 200:  # DaCHS tells the SQL, and its parameters, of what it has answered
                    closed(answer, answer.text)
                assert rows(answer) <= usual, answer.url
    assert instance.query(count) == before
