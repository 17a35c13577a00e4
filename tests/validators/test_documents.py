"""Every kind of document that the services send, by votlint, datalinklint and xsdvalidate."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
from lxml import etree
from remarks import judge
from stilts import stilts

SCHEMATA = Path("/usr/lib/python3/dist-packages/gavo/resources/schemata")


@pytest.fixture(scope="module")
def did(instance):
    [[object_id]] = instance.query("SELECT id FROM objects WHERE vsx_name = 'SS Cyg'")
    return f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{object_id}"


@pytest.fixture(scope="module")
def votables(instance, did):
    """Each kind of VOTable: name → its address."""

    def adql(query, form="votable", **more):
        return "tap/sync?" + urlencode({"LANG": "ADQL", "QUERY": query, "RESPONSEFORMAT": form, **more})

    cone, ssa, sia, sdl = (
        "kolonica/" + path + "?"
        for path in (
            "objects/cone/scs.xml",
            "lightcurves/ssa/ssap.xml",
            "images/sia/siap2.xml",
            "lightcurves/sdl/dlget",
        )
    )
    here = {"RA": 325.679, "DEC": 43.5862}
    made = {
        **{f"TAP {name}": adql(f"SELECT TOP 20 * FROM {name}") for name in (
            "kolonica.objects", "kolonica.lightcurves", "kolonica.metadata_lc_json",
            "kolonica.observations", "kolonica.photometry")},
        "TAP in TABLEDATA": adql("SELECT TOP 20 * FROM kolonica.ts_ssa", "votable/td"),
        "TAP in BINARY2": adql("SELECT TOP 20 * FROM ivoa.obscore", "votable/b2"),
        "TAP with overflow": adql("SELECT id FROM kolonica.lightcurves", MAXREC=2),
        "TAP without rows": adql("SELECT id FROM kolonica.objects WHERE id < 0"),
        "TAP error": adql("SELECT"),
        "TAP error of the database": adql("SELECT 1/0 AS x FROM kolonica.objects"),
        "cone": cone + urlencode({**here, "SR": 1}),
        "cone without rows": cone + "RA=100&DEC=-80&SR=1",
        "cone error": cone + urlencode(here),
        "cone metadata": cone + urlencode({**here, "SR": 1, "MAXREC": 0}),
        "SSA": ssa + "REQUEST=queryData&TARGETNAME=SS%20Cyg",
        "SSA metadata": ssa + "REQUEST=queryData&FORMAT=METADATA",
        "SSA error": ssa + "REQUEST=queryData&POS=x",
        "images": sia + urlencode({"POS": "CIRCLE 325.679 43.5862 1"}),
        "images metadata": sia + "MAXREC=0",
        "images error": sia + "POS=x",
        "light curve": sdl + urlencode({"ID": did + "/V"}),
        "light curves of all bands": sdl + urlencode({"ID": did}),
        "light curve in TABLEDATA": sdl + urlencode({"ID": did + "/V", "RESPONSEFORMAT": "votable/td"}),
        "light curve without points": sdl + urlencode({"ID": did + "/V", "TIME": "1000 1001"}),
        "links": "kolonica/lightcurves/sdl/dlmeta?" + urlencode({"ID": did + "/V"}),
        "links and a fault": "kolonica/lightcurves/sdl/dlmeta?" + urlencode({"ID": [did + "/V", did + "/B",
            "nonsense"]}, doseq=True),
    }  # fmt: skip
    return {name: instance.url + path for name, path in made.items()}


def test_votlint_finds_nothing_that_is_ours_in_any_votable(votables, tmp_path):
    def said(name):
        path = tmp_path / f"{name}.vot"
        path.write_bytes(requests.get(votables[name], timeout=60).content)
        assert b"<VOTABLE" in path.read_bytes()[:2000], name
        done = stilts("votlint", "validate=true", "maxrepeat=9999", f"votable={path}")
        remarks = [
            line.partition(": ")[::2] for line in (done.stdout + done.stderr).splitlines() if line.strip()
        ]
        return name, [(level.split()[0], text) for level, text in remarks]

    with ThreadPoolExecutor(2) as side_by_side:
        found = dict(side_by_side.map(said, votables))
    errors = {
        name: [said for said in remarks if said[0] not in ("INFO", "WARNING")]
        for name, remarks in found.items()
    }
    assert {name: remarks for name, remarks in errors.items() if remarks} == {}
    judge("votlint", [text for remarks in found.values() for level, text in remarks if level == "WARNING"])


def test_datalinklint_finds_nothing_in_any_links(instance, did):
    [[image]] = instance.query("SELECT accref FROM observation_files ORDER BY 1 LIMIT 1")
    image = f"ivo://{instance.settings.authority}/~?{image}"
    documents = [
        ("lightcurves/sdl", [did + "/V"]), ("lightcurves/sdl", [did]),
            ("lightcurves/sdl", [did + "/V", did + "/B", "nonsense"]),
        ("lightcurves/sdl", []), ("images/links", [image]), ("images/links", ["nonsense"]),
    ]  # fmt: skip
    for path, ids in documents:
        url = f"{instance.url}kolonica/{path}/dlmeta?{urlencode({'ID': ids}, doseq=True)}"
        done = stilts("datalinklint", f"votable={url}")
        remarks = [line for line in (done.stdout + done.stderr).splitlines() if re.match(r"[EWF]-", line)]
        assert remarks == [], url
        assert "Totals: Errors: 0; Warnings: 0" in done.stdout + done.stderr, url


@pytest.fixture(scope="module")
def schemata():
    """Namespace → the schema that comes with DaCHS; STILTS has some of its own, and none may be fetched."""
    found = {}
    for path in sorted(SCHEMATA.glob("*.xsd")):
        if not re.search(r"-[v\d]", path.name):
            found[etree.parse(path).getroot().get("targetNamespace")] = path
    return found


def test_xsdvalidate_takes_every_document_of_registry_and_vosi(instance, schemata, tmp_path):
    paths = [
        "oai.xml?verb=ListRecords&metadataPrefix=ivo_vor",
        "oai.xml?verb=ListRecords&metadataPrefix=oai_dc",
    ]
    paths += [
        f"{service}/{kind}"
        for service in ("tap", "kolonica/objects/cone", "kolonica/lightcurves/ssa", "kolonica/images/sia")
        for kind in ("capabilities", "availability")
    ] + ["tap/tables"]

    def complaints(path):
        document = tmp_path / f"{paths.index(path)}.xml"
        document.write_bytes(requests.get(instance.url + path, timeout=60).content)
        named = set(re.findall(rb'(?:xmlns(?::\w+)?="|\s|")(http://[^\s"]+)', document.read_bytes()))
        used = [
            f"schemaloc={space}={schema}"
            for space, schema in schemata.items()
            if space and space.encode() in named
        ]
        done = stilts("xsdvalidate", "uselocals=true", *used, f"doc={document}")
        said = [
            line
            for line in (done.stdout + done.stderr).splitlines()
            if not line.startswith("WARNING: Unused custom schema")
        ]
        return path, said, done.returncode

    with ThreadPoolExecutor(2) as side_by_side:
        for path, said, status in side_by_side.map(complaints, paths):
            assert (said, status) == ([], 0), path
