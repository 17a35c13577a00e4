"""DataLink: what belongs to a light curve or an image, both ways between them."""

import io
import urllib.parse
import urllib.request

import pytest
from astropy.io.votable import parse
from lxml import etree
from photvo.products import columns, series

NS = {"v": "http://www.ivoa.net/xml/VOTable/v1.3"}


def document(instance, path, ids):
    query = urllib.parse.urlencode({"ID": ids}, doseq=True)
    with urllib.request.urlopen(f"{instance.url}kolonica/{path}/dlmeta?{query}", timeout=60) as answer:
        return answer.read()


def links(instance, path, ids):
    return list(parse(io.BytesIO(document(instance, path, ids)), verify="ignore").get_first_table().to_table())


@pytest.fixture(scope="module")
def measured(instance):
    """A series with points that were measured on an image of the archive: (object_id, band, accref of the image)."""
    return instance.query(
        "SELECT s.object_id, s.band, f.accref FROM kolonica_db.points p"
        " JOIN kolonica_db.series s USING (object_id, photosys_id) JOIN kolonica_db.observation_files f USING (observation_id)"
        " JOIN kolonica_db.variability v ON v.object_id = s.object_id WHERE v.period_epoch IS NOT NULL ORDER BY p.id LIMIT 1"
    )[0]


@pytest.fixture(scope="module")
def did(instance, measured):
    return f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{measured[0]}/{measured[1]}"


def test_every_link_of_a_light_curve_that_is_ours_leads_somewhere(instance, did):
    kinds = {}
    for link in links(instance, "lightcurves/sdl", did):
        kinds.setdefault(link["semantics"], []).append(link)
        if link["access_url"].startswith(instance.url):
            with urllib.request.urlopen(link["access_url"], timeout=60) as answer:
                assert answer.status == 200
                assert answer.headers["Content-Type"].split(";")[0] in (link["content_type"], "image/fits", "text/xml")
    assert {"#this", "#preview", "#preview-plot", "#progenitor", "#auxiliary", "#documentation", "#proc"} <= set(kinds)


@pytest.mark.parametrize("known", [True, False])
def test_there_is_a_folded_picture_where_a_period_is_known(instance, known):
    where = "period IS NOT NULL AND period_epoch IS NULL" if known else "v.period IS NULL"
    [[key, band]] = instance.query(
        f"SELECT s.object_id, s.band FROM kolonica_db.series s LEFT JOIN kolonica_db.variability v USING (object_id) WHERE {where} LIMIT 1"
    )
    did = f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{key}/{band}"
    folded = [link["access_url"] for link in links(instance, "lightcurves/sdl", did) if link["semantics"] == "#preview-plot"]
    assert len(folded) == known
    for url in folded:
        with urllib.request.urlopen(url, timeout=60) as answer:
            assert answer.read(4) == b"\x89PNG"
    text = document(instance, "lightcurves/sdl", did)
    assert (b'<OPTION name="png/folded"' in text) == known


def test_the_same_link_of_two_light_curves_is_told_by_its_band(instance, did):
    found = links(instance, "lightcurves/sdl", [did, did.rpartition("/")[0]])
    told = {(link["ID"], link["semantics"]): link["local_semantics"] for link in found}
    assert told[did, "#this"] == told[did, "#preview"] == did.rpartition("/")[2]
    assert told[did.rpartition("/")[0], "#this"] == "all"


def test_the_documentation_has_every_column_and_every_flag(instance, did):
    (link,) = [link for link in links(instance, "lightcurves/sdl", did) if link["semantics"] == "#documentation"]
    with urllib.request.urlopen(link["access_url"], timeout=60) as answer:
        page = etree.HTML(answer.read())
    names = {text for text in page.xpath("//tt/text()")}
    assert {column.name for column in (*columns.COLUMNS, *columns.FLUX, columns.FLUX_UNIT)} <= names
    text = " ".join(page.itertext())
    assert all(f"{bit}: {words.partition(':')[0]}" in " ".join(text.split()) for bit, words in series.FLAGS.items())
    assert f"flags & {series.UNCLEAN}" in names


def test_the_comparison_stars_are_those_of_the_metadata(instance, did, measured):
    (link,) = [link for link in links(instance, "lightcurves/sdl", did) if link["semantics"] == "#auxiliary"]
    with urllib.request.urlopen(link["access_url"], timeout=60) as answer:
        table = parse(io.BytesIO(answer.read()), verify="ignore").get_first_table().to_table()
    expected = instance.query(
        "SELECT DISTINCT star FROM kolonica_db.points p JOIN kolonica_db.photosys b ON b.id = p.photosys_id"
        " JOIN kolonica_db.metadata_lc_json m ON m.lightcurve_id = p.id, jsonb_array_elements_text(m.data->'comp_stars') star"
        " WHERE p.object_id = %s AND b.band = %s", measured[:2])  # fmt: skip
    assert {str(name) for name in table["star"]} == {row[0] for row in expected} != set()


def test_an_image_names_the_light_curves_that_were_measured_on_it(instance, did, measured):
    image = f"ivo://{instance.settings.authority}/~?{measured[2]}"
    found = links(instance, "images/links", image)
    (this,) = [link for link in found if link["semantics"] == "#this"]
    with urllib.request.urlopen(this["access_url"], timeout=60) as answer:
        body = answer.read()
    assert len(body) == this["content_length"] and body == (instance.settings.inputs / measured[2]).read_bytes()
    curves = {link["access_url"].partition("ID=")[2] for link in found if link["semantics"] == "#derivation"}
    expected = instance.query(
        "SELECT DISTINCT p.object_id, b.band FROM kolonica_db.points p JOIN kolonica_db.photosys b ON b.id = p.photosys_id"
        " JOIN kolonica_db.observation_files f USING (observation_id) WHERE f.accref = %s", [measured[2]])  # fmt: skip
    assert curves == {f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{key}/{band}" for key, band in expected}
    assert did in curves


def test_an_unknown_identifier_is_a_fault_for_itself_alone(instance, did):
    rows = links(instance, "lightcurves/sdl", ["ivo://a/b", did, did.rpartition("/")[0]])
    ids = [row["ID"] for row in rows]
    assert [key for place, key in enumerate(ids) if place == 0 or ids[place - 1] != key].__len__() == 3, "rows of an ID stand together"
    (fault,) = [row for row in rows if row["ID"] == "ivo://a/b"]
    assert fault["error_message"].startswith("NotFoundFault")
    assert not any(row["error_message"] for row in rows if row["ID"] != "ivo://a/b")


def test_obscore_leads_to_the_links_of_a_collection_with_all_identifiers_of_it(instance, did):
    ids = [did, did.rpartition("/")[0] + "/none_such", did.rpartition("/")[0]]
    query = urllib.parse.urlencode({"ID": ids}, doseq=True)
    with urllib.request.urlopen(f"{instance.url}__system__/obscore/dl/dlmeta?{query}", timeout=60) as answer:
        found = list(parse(io.BytesIO(answer.read()), verify="ignore").get_first_table().to_table())
    told = [(link["ID"], link["semantics"], link["access_url"]) for link in found]
    assert told == [(link["ID"], link["semantics"], link["access_url"]) for link in links(instance, "lightcurves/sdl", ids)]
    assert {link["ID"] for link in found} == set(ids)


def test_the_service_descriptor_says_what_can_be_asked(instance, did):
    (row,) = [link for link in links(instance, "lightcurves/sdl", did) if link["semantics"] == "#proc"]
    assert row["content_type"] == "application/x-votable+xml"  # or TOPCAT would open a web browser
    tree = etree.fromstring(document(instance, "lightcurves/sdl", did))
    (service,) = tree.findall("v:RESOURCE[@type='meta']", NS)
    params = {p.get("name"): p for p in service.iterfind(".//v:PARAM", NS)}
    assert {"ID", "BAND", "TIME", "CLEAN", "RESPONSEFORMAT"} <= set(params)
    assert did.rpartition("/")[2] in [o.get("value") for o in params["BAND"].iterfind(".//v:OPTION", NS)]
    said = [float(params["TIME"].find(f".//v:{end}", NS).get("value")) for end in ("MIN", "MAX")]
    (times,) = instance.query(
        "SELECT min(p.obs_time_utc), max(p.obs_time_utc), max(coalesce(p.exptime, 0)) / 86400 FROM kolonica_db.points p"
        " JOIN kolonica_db.photosys b ON b.id = p.photosys_id WHERE p.object_id = %s AND b.band = %s",
        did.rsplit("/", 2)[1:],
    )
    first, last, exposure = map(float, times)
    assert first - exposure <= said[0] <= first and last <= said[1] <= last + exposure
    with urllib.request.urlopen(params["exampleURL"].get("value"), timeout=60) as answer:
        assert answer.status == 200
