"""Mistakes and attacks: DALI's error document with the right status, and nothing of the inside."""

import time

import pytest
from answers import dali_error, get, infos, post, table


@pytest.mark.parametrize(("query", "said"), [
    ("SELEC id FROM kolonica.objects", "SELECT"),
    ("SELECT FROM kolonica.objects", "select list"),
    ("SELECT * FROM kolonica.nonsense", "nonsense"),
    ("SELECT nonsense FROM kolonica.objects", "nonsense"),
    ("SELECT nonsense(id) FROM kolonica.objects", "col:16"),
    ("SELECT 1 / 0 AS x FROM kolonica.objects", "zero"),
    ("SELECT CAST('abc' AS INTEGER) AS x FROM kolonica.objects", "abc"),
    ("SELECT id FROM kolonica.objects WHERE vsx_name = 7", ""),
    ("SELECT gavo_array_has(comp_stars) AS x FROM kolonica.metadata_lc_json", "two arguments"),
    ("SELECT id FROM kolonica.objects WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(1, 2))", ""),
    ("SELECT ivo_to_jd('yesterday evening') AS x FROM kolonica.objects", ""),
    ("SELECT id, count(*) FROM kolonica.objects", "id"),
    ("SELECT TOP -1 id FROM kolonica.objects", ""),
    ("", "query"),
])  # fmt: skip
def test_a_mistake_in_adql_is_the_askers_and_named(sync, query, said):
    answer = get(sync, status=400, LANG="ADQL", QUERY=query)
    assert said.lower() in dali_error(answer).lower()


@pytest.mark.parametrize("query", [
    "SELECT id FROM kolonica.objects; DROP TABLE kolonica.objects",
    "SELECT id FROM kolonica.objects; DELETE FROM kolonica_db.objects; --",
    "DELETE FROM kolonica.objects",
    "UPDATE kolonica.objects SET class = 'x'",
    "INSERT INTO kolonica.objects (id) VALUES (1)",
    "SELECT id FROM kolonica.objects UNION SELECT usename FROM pg_user",
    "SELECT * FROM pg_catalog.pg_shadow",
    "SELECT * FROM kolonica_db.lightcurves",
    "SELECT * FROM dc.subjects",
    "SELECT pg_sleep(200) FROM kolonica.objects",
    "SELECT pg_read_file('/etc/passwd') FROM kolonica.objects",
    "SELECT id FROM kolonica.objects WHERE id = (SELECT 1 FROM pg_sleep(200))",
    "COPY kolonica.objects TO PROGRAM 'id'",
    "SELECT id INTO TEMP x FROM kolonica.objects",
    "SELECT id FROM kolonica.objects WHERE vsx_name = 'a' /*! UNION */ ; SELECT 1",
    "SELECT set_config('role', 'gavoadmin', false) AS x FROM kolonica.objects",
])  # fmt: skip
def test_no_statement_slips_through(instance, sync, query):
    before = instance.query("select count(*) from objects")
    begun = time.monotonic()
    dali_error(get(sync, status=400, LANG="ADQL", QUERY=query))
    assert time.monotonic() - begun < 100
    assert instance.query("select count(*) from objects") == before


@pytest.mark.parametrize(
    "literal", ["' OR '1'='1", "'; DROP TABLE kolonica.objects; --", "%s %(a)s %%", "$$ $1"]
)
def test_a_literal_stays_a_literal(sync, literal):
    query = f"SELECT id FROM kolonica.objects WHERE vsx_name = '{literal.replace(chr(39), chr(39) * 2)}'"
    assert len(table(get(sync, LANG="ADQL", QUERY=query))) == 0


@pytest.mark.parametrize(
    "literal", ["'a\x00'", "'\\''; SELECT 1; --'", "'a", "$$a$$", "E'\\x41'", "U&'\\0041'"]
)
def test_what_adql_has_no_literals_of_is_refused(sync, literal):
    query = f"SELECT id FROM kolonica.objects WHERE vsx_name = {literal}"
    dali_error(get(sync, status=400, LANG="ADQL", QUERY=query))


@pytest.mark.parametrize(("parameters", "said"), [
    ({"RESPONSEFORMAT": "nonsense"}, "nonsense"),
    ({"MAXREC": "many"}, "many"),
    ({"MAXREC": "-4"}, ""),
    ({"LANG": "SQL"}, "SQL"),
    ({"UPLOAD": "mine,param:nothing"}, "nothing"),
    ({"UPLOAD": "mine"}, ""),
    ({"UPLOAD": "mine,file:///etc/passwd"}, ""),
])  # fmt: skip
def test_a_parameter_that_cannot_be_is_named(sync, parameters, said):
    asked = {"LANG": "ADQL", "QUERY": "SELECT TOP 1 id FROM kolonica.objects", **parameters}
    answer = get(sync, status=400, **asked)
    assert said in dali_error(answer)
    assert "root:" not in answer.text


def test_an_upload_that_is_no_votable_is_refused(sync):
    answer = post(
        sync,
        status=400,
        files={"x": ("x.vot", b"this is no table")},
        LANG="ADQL",
        QUERY="SELECT * FROM TAP_UPLOAD.mine",
        UPLOAD="mine,param:x",
    )
    dali_error(answer)


def test_a_job_that_does_not_exist_is_not_found(instance):
    dali_error(get(f"{instance.url}tap/async/nonsense", status=404))
    dali_error(get(f"{instance.url}tap/async/nonsense/results/result", status=404))


def test_the_request_is_repeated_in_the_error(sync):
    answer = get(sync, status=400, LANG="ADQL", QUERY="SELECT nonsense FROM kolonica.objects")
    assert "request" in infos(answer)
