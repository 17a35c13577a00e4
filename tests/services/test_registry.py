"""The publishing registry by OAI-PMH, and VOSI: valid by the standards' schemas, complete, and true."""

import subprocess
from datetime import datetime

import pytest
import requests
from answers import INSIDE, get
from astropy import units as u
from astropy.constants import c, h
from lxml import etree

from photvo.machine import process

OAI = "{http://www.openarchives.org/OAI/2.0/}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
#: What must be in the registry: the end of the identifier, and the standard that a capability names.
SERVICES = {
    "kolonica/objects/cone": "ivo://ivoa.net/std/ConeSearch",
    "kolonica/lightcurves/ssa": "ivo://ivoa.net/std/SSA",
    "kolonica/images/sia": "ivo://ivoa.net/std/SIA#query-2.0",
    "tap": "ivo://ivoa.net/std/TAP",
    "__system__/obscore/ObsCore": "ivo://ivoa.net/std/TAP#aux",
    "__system__/services/registry": "ivo://ivoa.net/std/Registry",
}
#: Reads documents by the schemas that come with DaCHS: names of files in, complaints out.
VALIDATE = """
import sys
from gavo import base
from gavo.helpers import testtricks
for name in sys.argv[1:]:
    with open(name, "rb") as document:
        complaints = testtricks.getXSDErrors(document.read())
    print(name + ": " + (complaints or "valid").replace(chr(10), " "))
"""


@pytest.fixture(scope="module")
def oai(instance):
    def answer(**parameters):
        return get(f"{instance.url}oai.xml", **parameters)

    return answer


@pytest.fixture(scope="module")
def records(oai):
    """The records: identifier → element Resource."""
    found = etree.fromstring(oai(verb="ListRecords", metadataPrefix="ivo_vor").content).iter("{*}Resource")
    return {resource.findtext("identifier"): resource for resource in found}


def error(answer):
    return [element.get("code") for element in etree.fromstring(answer.content).iter(OAI + "error")]


def test_every_document_is_valid_by_its_schema(instance, oai, tmp_path):
    verbs = [
        {"verb": "Identify"}, {"verb": "ListMetadataFormats"}, {"verb": "ListSets"},
        {"verb": "ListIdentifiers", "metadataPrefix": "ivo_vor"},
            {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"},
        {"verb": "ListRecords", "metadataPrefix": "ivo_vor"},
            {"verb": "ListRecords", "metadataPrefix": "oai_dc"},
        {"verb": "ListRecords", "metadataPrefix": "ivo_vor", "set": "ivo_managed"}, {"verb": "nonsense"},
        {"verb": "GetRecord", "metadataPrefix": "ivo_vor",
            "identifier": f"ivo://{instance.settings.authority}/tap"},
        {"verb": "GetRecord", "metadataPrefix": "ivo_vor", "identifier": "ivo://nobody/nothing"},
    ]  # fmt: skip
    documents = {f"oai-{number}.xml": oai(**verb).content for number, verb in enumerate(verbs)}
    for path in (
        "tap",
        "kolonica/objects/cone",
        "kolonica/lightcurves/ssa",
        "kolonica/images/sia",
        "kolonica/lightcurves/sdl",
    ):
        for kind in ("capabilities", "availability", "tables"):
            vosi = "tableMetadata" if kind == "tables" and path != "tap" else kind
            documents[f"{path.replace('/', '-')}-{kind}.xml"] = get(f"{instance.url}{path}/{vosi}").content
    for name, content in documents.items():
        (tmp_path / name).write_bytes(content)
    root = instance.settings.state / "dachs"
    done = subprocess.run(
        ["/usr/bin/python3", "-c", VALIDATE, *documents],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        env={
            "GAVOSETTINGS": str(root / "gavo.rc"),
            "HOME": str(tmp_path),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
        },
    )
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if not line.endswith(": valid")] == []
    assert done.stdout.count(": valid") == len(documents)


def test_the_registry_says_who_it_is(instance, oai):
    said = etree.fromstring(oai(verb="Identify").content)
    assert said.findtext(f".//{OAI}baseURL") == f"{instance.url}oai.xml"
    assert said.findtext(f".//{OAI}protocolVersion") == "2.0"
    formats = etree.fromstring(oai(verb="ListMetadataFormats").content)
    assert {element.text for element in formats.iter(OAI + "metadataPrefix")} == {"ivo_vor", "oai_dc"}
    sets = etree.fromstring(oai(verb="ListSets").content)
    assert "ivo_managed" in {element.text for element in sets.iter(OAI + "setSpec")}


def test_there_is_a_record_for_each_service_with_its_standard(instance, records):
    for name, standard in SERVICES.items():
        resource = records[f"ivo://{instance.settings.authority}/{name}"]
        assert standard in {capability.get("standardID") for capability in resource.iter("capability")}, name


def test_authority_and_organisation_are_there(instance, records):
    kinds = {identifier: resource.get(XSI + "type") for identifier, resource in records.items()}
    authority = f"ivo://{instance.settings.authority}"
    assert kinds[authority] == "vg:Authority" and kinds[f"{authority}/org"] == "vr:Organisation"
    assert records[authority].find("managingOrg").get("ivo-id") == f"{authority}/org"


def test_all_that_harvesters_are_told_of_can_be_had_singly(oai, records):
    headers = etree.fromstring(
        oai(verb="ListIdentifiers", metadataPrefix="ivo_vor", set="ivo_managed").content
    )
    listed = [element.text for element in headers.iter(OAI + "identifier")]
    assert sorted(listed) == sorted(records)
    for identifier in listed:
        for prefix in ("ivo_vor", "oai_dc"):
            answer = oai(verb="GetRecord", metadataPrefix=prefix, identifier=identifier)
            [found] = etree.fromstring(answer.content).iter(OAI + "record")
            assert found.findtext(f"{OAI}header/{OAI}identifier") == identifier


def test_what_records_name_of_this_authority_exists(instance, records):
    known = {identifier.lower() for identifier in records}
    for identifier, resource in records.items():
        named = {value for element in resource.iter() for value in (element.get("ivo-id"),) if value}
        ours = {value.lower() for value in named if value.startswith(f"ivo://{instance.settings.authority}")}
        assert ours <= known, identifier


def test_records_are_complete_for_finding(records):
    for identifier, resource in records.items():
        content, curation = resource.find("content"), resource.find("curation")
        assert len(content.findtext("description").split()) >= 3, identifier
        assert content.findtext("referenceURL").startswith("http") and content.find("subject") is not None
        assert len(resource.findtext("shortName")) <= 16 and len(resource.findtext("title")) > 4
        assert (
            curation.findtext("publisher")
            and curation.findtext("contact/name")
            and curation.findtext("creator/name")
        )
        created, updated = (
            datetime.fromisoformat(resource.get(name).rstrip("Z")) for name in ("created", "updated")
        )
        assert created.year >= 2000 and resource.get("status") == "active"
        if "/kolonica/" in identifier:
            assert {"light-curves", "variable-stars"} <= {subject.text for subject in content.iter("subject")}
            assert resource.findtext("coverage/waveband") == "Optical"
            assert len(resource.findtext("tableset/schema/name")) > 2
        else:
            assert created <= updated, identifier


@pytest.fixture(scope="module")
def covered(instance, oai):
    """The element coverage of a record, once the running instance has computed it."""

    def wait(name):
        identifier = f"ivo://{instance.settings.authority}/{name}"
        found = []

        def there():
            record = etree.fromstring(oai(verb="GetRecord", metadataPrefix="ivo_vor", identifier=identifier).content)
            found[:] = record.iter("coverage")
            return found and found[0].find("spatial") is not None

        assert process.wait_until(there, 120), f"no coverage of {name}"
        return found[0]

    return wait


@pytest.mark.parametrize("name", ["kolonica/lightcurves/ssa", "kolonica/images/sia", "tap", "__system__/obscore/ObsCore"])
def test_records_say_when_and_in_which_light_by_the_base_tables(instance, covered, name):
    coverage = covered(name)
    curves = instance.query("SELECT min(t_min), max(t_max), min(wavelength_min), max(wavelength_max) FROM series s"
                            " JOIN photosys p ON p.id = s.photosys_id")[0]  # fmt: skip
    images = instance.query("SELECT min(t_min), max(t_min + o.accumtime::float8 / 86400), min(wavelength_min), max(wavelength_max)"
                            " FROM observation_files JOIN observations o ON o.id = observation_id LEFT JOIN photosys p USING (band)")[0]  # fmt: skip
    kinds = {"kolonica/lightcurves/ssa": [curves], "kolonica/images/sia": [images]}.get(name, [curves, images])
    time = [float(word) for word in coverage.findtext("temporal").split()]
    light = [float(word) for word in coverage.findtext("spectral").split()]
    low, high = min(row[0] for row in kinds), max(row[1] for row in kinds)
    short, long = min(row[2] for row in kinds), max(row[3] for row in kinds)
    if name.startswith("kolonica"):
        assert time == pytest.approx([low, high], abs=1e-5)
        assert light == pytest.approx([(h * c / (metres * u.m)).to_value(u.J) for metres in (long, short)], rel=1e-6)
    else:  # other collections may be there as well
        assert time[0] <= low + 1e-5 and time[1] >= high - 1e-5 and light[0] < light[1]


def _pixels(moc):
    """(order, pixel) of a MOC in ASCII: `5/1 3-4 6/7`."""
    order = None
    for word in moc.replace(",", " ").split():
        if "/" in word:
            order, _, word = word.partition("/")
        first, _, last = word.partition("-")
        yield from ((int(order), pixel) for pixel in range(int(first), int(last or first) + 1)) if word else ()


@pytest.mark.parametrize("name", ["kolonica/lightcurves/ssa", "kolonica/objects/cone", "kolonica/images/sia"])
def test_maps_of_the_sky_hold_what_is_published_and_little_else(instance, covered, name):
    moc = covered(name).findtext("spatial")
    places = "SELECT coordequ FROM objects" if "objects" in name else "SELECT coordequ FROM series"
    if "images" in name:
        places = "SELECT coordequ FROM observations"
    pixels = list(_pixels(moc))
    area = sum(4 ** (6 - order) for order, _ in pixels)  # in pixels of order 6
    inside, number = instance.query(f"SELECT bool_and(coordequ <@ %s::smoc), count(*) FROM ({places}) q", [moc])[0]
    assert inside and area <= 9 * number and {order for order, _ in pixels} <= set(range(7))


def test_the_addresses_in_the_records_answer(instance, records):
    seen = set()
    for resource in records.values():
        for url in resource.xpath(".//accessURL/text() | content/referenceURL/text()"):
            if url not in seen and url.startswith(instance.url):
                seen.add(url)
                # a service without parameters answers, if with an error document
                assert requests.get(url, timeout=30).status_code in (200, 400), url
    assert len(seen) > 15


def test_the_test_queries_in_the_records_find_something(instance, records):
    authority = instance.settings.authority
    cone = records[f"ivo://{authority}/kolonica/objects/cone"].find(".//testQuery")
    found = get(
        f"{instance.url}kolonica/objects/cone/scs.xml",
        RA=cone.findtext("ra"),
        DEC=cone.findtext("dec"),
        SR=cone.findtext("sr"),
        RESPONSEFORMAT="csv",
    )
    assert len(found.text.splitlines()) > 1
    ssa = records[f"ivo://{authority}/kolonica/lightcurves/ssa"].find(".//testQuery")
    # without REQUEST, which the schema's documentation takes for granted
    url = f"{instance.url}kolonica/lightcurves/ssa/ssap.xml?REQUEST=queryData&RESPONSEFORMAT=csv"
    found = get(f"{url}&{ssa.findtext('queryDataCmd')}")
    assert len(found.text.splitlines()) > 1


@pytest.mark.parametrize(("parameters", "code"), [
    ({}, "badVerb"), ({"verb": ["Identify", "Identify"]}, "badVerb"), ({"verb": "nonsense"}, "badVerb"), ({"verb": "ListRecords"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "nonsense"}, "cannotDisseminateFormat"),
    ({"verb": "GetRecord", "metadataPrefix": "ivo_vor"}, "badArgument"),
    ({"verb": "GetRecord", "metadataPrefix": "ivo_vor", "identifier": "ivo://nobody/nothing"},
        "idDoesNotExist"),
    ({"verb": "ListIdentifiers", "metadataPrefix": "ivo_vor", "from": "yesterday"}, "badArgument"),
    ({"verb": "ListIdentifiers", "metadataPrefix": "ivo_vor", "from": "2099-01-01"}, "noRecordsMatch"),
    ({"verb": "ListIdentifiers", "metadataPrefix": "ivo_vor", "set": "nonsense"}, "noRecordsMatch"),
    ({"verb": "ListIdentifiers", "metadataPrefix": "ivo_vor", "resumptionToken": "nonsense"},
        "badResumptionToken"),
    ({"verb": "Identify", "nonsense": "1"}, "badArgument"),
    ({"verb": "ListIdentifiers", "metadataPrefix": "ivo_vor", "maxRecords": "many"}, "badArgument"),
    ({"verb": "GetRecord", "metadataPrefix": "ivo_vor", "identifier": "'; DROP TABLE dc.resources; --"},
        "idDoesNotExist"),
])  # fmt: skip
def test_a_wrong_request_gets_the_errors_of_oai(oai, parameters, code):
    answer = oai(**parameters)
    assert error(answer) == [code]
    assert not INSIDE.search(answer.text)


def test_an_answer_says_to_which_request_it_is(instance, oai):
    def request(**parameters):
        [element] = etree.fromstring(oai(**parameters).content).iter(OAI + "request")
        assert element.text == f"{instance.url}oai.xml"
        return dict(element.attrib)

    whole = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    assert request(**whole) == whole
    assert request(**whole, set="nonsense") == whole  # noRecordsMatch
    # the arguments of a request that is wrong in itself are not repeated
    assert request(verb="nonsense") == request(verb="ListRecords") == {}


def test_harvesting_by_date_gives_what_has_changed_since(oai, records):
    headers = list(
        etree.fromstring(oai(verb="ListIdentifiers", metadataPrefix="ivo_vor").content).iter(OAI + "header")
    )
    stamps = sorted(header.findtext(OAI + "datestamp") for header in headers)
    since = stamps[-1]
    found = etree.fromstring(
        oai(**{"verb": "ListIdentifiers", "metadataPrefix": "ivo_vor", "from": since}).content
    )
    expected = [h for h in headers if h.findtext(OAI + "datestamp") >= since]
    names = [
        {h.findtext(OAI + "identifier") for h in some} for some in (expected, found.iter(OAI + "header"))
    ]
    assert names[0] == names[1]


def test_the_service_says_that_it_is_up(instance):
    for path in ("tap", "kolonica/objects/cone", "kolonica/lightcurves/ssa", "kolonica/images/sia"):
        said = etree.fromstring(get(f"{instance.url}{path}/availability").content)
        assert said.findtext("{*}available") == "true"
