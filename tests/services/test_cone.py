"""Cone search: which objects are inside, by SQL and by astropy; limits, and positions that are none."""

import lxml.html
import numpy as np
import pytest
import pyvo
from answers import closed, csv_rows, get, infos, parsed, rows, same, status
from astropy import units as u
from astropy.coordinates import SkyCoord
from lxml import etree

SS_CYG = 325.679, 43.5862


@pytest.fixture(scope="module")
def cone(instance):
    return f"{instance.url}kolonica/objects/cone/scs.xml"


@pytest.fixture(scope="module")
def objects(instance):
    """All objects: (ids, positions)."""
    ids, ra, dec = zip(
        *instance.query("select id, degrees(long(coordequ)), degrees(lat(coordequ)) from objects order by id")
    )
    return np.array(ids), SkyCoord(np.array(ra), np.array(dec), unit="deg")


def table(answer):
    """The table in an answer. The standard wants three old UCDs, which a strict reader does not take."""
    content = answer.content
    for old in (b"ID_MAIN", b"POS_EQ_RA_MAIN", b"POS_EQ_DEC_MAIN"):
        assert content.count(b'ucd="%s"' % old) == 1
        content = content.replace(old, b"meta")
    found = parsed(content).get_first_table().to_table(use_names_over_ids=True)
    if "id" in found.colnames:
        # the standard wants identifiers as text
        assert found["id"].dtype.kind in "UO"
        found["id"] = np.array([int(id) for id in found["id"]], int)
    return found


def inside(objects, ra, dec, sr):
    ids, positions = objects
    return ids[positions.separation(SkyCoord(ra, dec, unit="deg")) <= sr * u.deg].tolist()


@pytest.mark.parametrize(("ra", "dec", "sr"), [
    (*SS_CYG, 0.1), (*SS_CYG, 0.0), (*SS_CYG, 1.0),
    (0.0, 45.0, 30.0), (360.0, 45.0, 30.0), (359.9, -10.0, 40.0), (0.1, -10.0, 40.0),
    (0.0, 90.0, 14.0), (217.0, 90.0, 14.0), (0.0, -90.0, 100.0), (80.0, 89.0, 20.0),
    (258.5, 76.7, 1.0), (180.0, 0.0, 90.0), (12.0, 34.0, 91.0), (200.0, -5.0, 135.0), (12.0, 34.0, 180.0),
    (100.0, -80.0, 1.0),
])  # fmt: skip
def test_the_objects_inside_are_those_that_astropy_and_sql_find(instance, cone, objects, ra, dec, sr):
    found = table(get(cone, RA=ra, DEC=dec, SR=sr))
    expected = inside(objects, ra, dec, sr)
    assert sorted(found["id"]) == expected
    if sr <= 90:
        circle = "scircle(spoint(radians(%s), radians(%s)), radians(%s))"
        sql = f"select id from objects where coordequ <@ {circle} order by id"
        assert [id for [id] in instance.query(sql, (ra, dec, sr))] == expected


def test_some_of_these_cones_have_objects_on_both_sides_of_zero_and_around_the_pole(objects):
    for centre in ((0.0, 45.0, 30.0), (0.0, 90.0, 14.0)):
        ra = objects[1][np.isin(objects[0], inside(objects, *centre))].ra.deg
        assert ra.min() < 90 and ra.max() > 250


def test_a_cone_of_no_radius_finds_what_is_exactly_there(cone, objects):
    assert len(inside(objects, *SS_CYG, 0.0)) == 1
    assert rows(table(get(cone, RA=SS_CYG[0], DEC=SS_CYG[1], SR=0))["id", "vsx_name"])[0][1] == "SS Cyg"


def test_the_distance_told_is_astropys(cone, objects):
    found = table(get(cone, RA=SS_CYG[0], DEC=SS_CYG[1], SR=1))
    separation = SkyCoord(found["ra"], found["dec"], unit="deg").separation(SkyCoord(*SS_CYG, unit="deg")).deg
    assert len(found) > 3
    np.testing.assert_allclose(found["_r"], separation, atol=1e-9)


def test_every_column_says_what_sql_says(instance, cone):
    found = table(get(cone, RA=0, DEC=0, SR=180, VERB=3))
    theirs = instance.query(
        "select id, degrees(long(coordequ)), degrees(lat(coordequ)), epoch, gaia_name, simbad_name, class,"
        " description,"
        " ucac4_name, apass_name, vsx_name, id_arch from objects order by id"
    )
    found.sort("id")
    names = [
        "id",
        "ra",
        "dec",
        "epoch",
        "gaia_name",
        "simbad_name",
        "class",
        "description",
        "ucac4_name",
        "apass_name",
        "vsx_name",
        "id_arch",
    ]
    same(found[names], theirs)


def test_pyvo_searches(instance, cone, objects):
    found = pyvo.dal.SCSService(cone).search(pos=SkyCoord(*SS_CYG, unit="deg"), radius=0.1 * u.deg)
    assert sorted(map(int, found["id"])) == inside(objects, *SS_CYG, 0.1)
    # pyvo knows these by their UCDs
    assert [
        (record.pos.ra.deg, record.pos.dec.deg) for record in found if record["vsx_name"] == "SS Cyg"
    ] == [(pytest.approx(SS_CYG[0], abs=1e-9), pytest.approx(SS_CYG[1], abs=1e-9))]
    assert found[0].id is not None


def test_maxrec_cuts_and_says_so(cone):
    answer = get(cone, RA=SS_CYG[0], DEC=SS_CYG[1], SR=90, MAXREC=3)
    assert len(table(answer)) == 3
    assert status(answer)[0] == "OVERFLOW"


def test_maxrec_0_gives_the_columns_alone(cone):
    fields = etree.fromstring(get(cone, RA=1, DEC=1, SR=1, MAXREC=0).content).iter("{*}FIELD")
    assert {"id", "ra", "dec"} <= {field.get("name") for field in fields}


def test_the_smallest_answer_has_the_three_columns_that_must_be(cone):
    few, all_of_them = (
        table(get(cone, RA=SS_CYG[0], DEC=SS_CYG[1], SR=1, VERB=verb)).colnames for verb in (1, 3)
    )
    assert {"id", "ra", "dec"} <= set(few) < set(all_of_them)


def test_an_empty_cone_is_a_table_without_rows(cone, objects):
    assert inside(objects, 100, -80, 1) == []
    answer = get(cone, RA=100, DEC=-80, SR=1)
    assert len(table(answer)) == 0 and status(answer)[0] == "OK"


def test_csv_is_to_be_had(cone, objects):
    header, *found = csv_rows(get(cone, RA=SS_CYG[0], DEC=SS_CYG[1], SR=0.1, RESPONSEFORMAT="csv"))
    assert sorted(int(row[header.index("id")]) for row in found) == inside(objects, *SS_CYG, 0.1)


@pytest.mark.parametrize(("parameters", "said"), [
    ({"RA": "abc", "DEC": 1, "SR": 1}, "abc"),
    ({"RA": "10:30:00", "DEC": 1, "SR": 1}, "RA"),
    ({"RA": 1, "DEC": 100, "SR": 1}, "DEC"),
    ({"RA": 1, "DEC": -90.001, "SR": 1}, "DEC"),
    ({"RA": -1, "DEC": 1, "SR": 1}, "RA"),
    ({"RA": 361, "DEC": 1, "SR": 1}, "RA"),
    ({"RA": 1, "DEC": 1, "SR": -1}, "SR"),
    ({"RA": 1, "DEC": 1, "SR": 181}, "SR"),
    ({"RA": "nan", "DEC": 1, "SR": 1}, "RA"),
    ({"RA": 1, "DEC": 1, "SR": "inf"}, "SR"),
    ({"RA": 1, "DEC": 1}, "SR"),
    ({"DEC": 1, "SR": 1}, "RA"),
    ({}, "RA"),
    ({"RA": "", "DEC": "", "SR": ""}, "RA"),
    ({"RA": "1;DROP TABLE kolonica.objects", "DEC": 1, "SR": 1}, "RA"),
    ({"RA": 1, "DEC": 1, "SR": 1, "VERB": 9}, "verb"),
    ({"RA": 1, "DEC": 1, "SR": 1, "MAXREC": -1}, "MAXREC"),
    ({"RA": 1, "DEC": 1, "SR": 1, "RESPONSEFORMAT": "nonsense"}, "nonsense"),
])  # fmt: skip
def test_what_is_no_cone_gets_the_error_document_of_the_standard(cone, parameters, said):
    answer = get(cone, **parameters)
    assert answer.headers["Content-Type"].startswith(("application/x-votable+xml", "text/xml"))
    assert said in closed(answer, infos(answer)["Error"])


def test_pyvo_sees_the_error_as_one(cone):
    with pytest.raises(pyvo.dal.DALQueryError, match="SR"):
        pyvo.dal.SCSService(cone).search(pos=(1, 1), radius=-1)


class TestForm:
    @staticmethod
    def found(instance, position, radius="6"):
        page = lxml.html.fromstring(
            get(
                f"{instance.url}kolonica/objects/cone/form",
                __nevow_form__="genForm",
                hscs_pos=position,
                hscs_sr=radius,
                _FORMAT="HTML",
                submit="Go",
            ).content
        )
        return page.text_content()

    @pytest.mark.parametrize(
        "position",
        ["SS Cyg", "ss cyg", "V* SS Cyg", "BD+42 4189", "325.679 43.5862", "21:42:42.96 +43:35:10.3"],
    )
    def test_it_finds_by_name_and_by_position(self, instance, position):
        assert "1972957892448494592" in self.found(instance, position)

    def test_a_name_that_nobody_knows_is_said_to_be_unknown(self, instance):
        page = self.found(instance, "no such star")
        assert "neither coordinates nor an object" in page and "Traceback" not in page
