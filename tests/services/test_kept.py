"""What the server keeps from one answer to the next: nothing that an answer shows of the database or of its question."""

from contextlib import contextmanager
from urllib.parse import quote

import pytest
from answers import ask, csv_rows, dali_error, get, same, table, votable

NAME = "SS Cyg"


@contextmanager
def changed(instance, table, change, where, back):
    """Rows of a table are different for a while."""
    instance.query(f"UPDATE kolonica_db.{table} SET {change} WHERE {where} RETURNING 1", role="admin")
    try:
        yield
    finally:
        instance.query(f"UPDATE kolonica_db.{table} SET {back} WHERE {where} RETURNING 1", role="admin")


@pytest.mark.parametrize(("path", "column"), [
    ("kolonica/lightcurves/ssa/ssap.xml?REQUEST=queryData&TARGETNAME=" + quote(NAME), "npoints"),
    ("tap/sync?LANG=ADQL&QUERY=" + quote(f"SELECT * FROM ivoa.obscore WHERE target_name = '{NAME}' AND dataproduct_type = 'timeseries'"), "t_xel"),
    ("tap/sync?LANG=ADQL&QUERY=" + quote(f"SELECT npoints FROM kolonica.ts_ssa WHERE ssa_targname = '{NAME}'"), "npoints"),
])  # fmt: skip
def test_what_has_changed_is_seen_at_once(instance, path, column):
    def told():
        return sorted(int(n) for n in table(get(instance.url + path))[column])

    before = [n for (n,) in instance.query("SELECT npoints FROM series WHERE name = %s ORDER BY 1", [NAME])]
    assert told() == before
    with changed(instance, "series", "npoints = npoints + 1000", f"name = '{NAME}'", "npoints = npoints - 1000"):
        assert told() == [n + 1000 for n in before]
    assert told() == before


def test_a_cone_search_sees_a_new_name_and_its_own_distance(instance):
    def told(ra):
        address = f"{instance.url}kolonica/objects/cone/scs.xml"
        head, *found = csv_rows(get(address, RA=ra, DEC=43.5862, SR=0.1, RESPONSEFORMAT="csv", VERB=3))
        (star,) = (row for row in (dict(zip(head, line)) for line in found) if row["gaia_name"] == "1972957892448494592")
        return star["vsx_name"], float(star["_r"])

    assert told(325.679) == (NAME, 0)
    with changed(instance, "objects", "vsx_name = 'SS Cyg b'", f"vsx_name IN ('{NAME}', 'SS Cyg b')", f"vsx_name = '{NAME}'"):
        name, distance = told(325.689)
        assert name == "SS Cyg b"
        # 0.01 degrees of right ascension, times the cosine of the declination
        assert distance == pytest.approx(0.0072434, abs=1e-6)
    assert told(325.679) == (NAME, 0)


def test_columns_of_one_query_are_not_those_of_another(sync):
    """The same name for different things, in turn: each is described as what it is."""
    for _ in range(2):
        for source, unit, ucd in (("ra", "deg", "pos.eq.ra;meta.main"), ("epoch", "yr", "time.epoch;pos"), ("class", None, "src.class")):
            (field,) = votable(ask(sync, f"SELECT TOP 1 {source} AS x FROM kolonica.objects")).get_first_table().fields
            assert (field.name, field.unit and str(field.unit), field.ucd) == ("x", unit, ucd)


@pytest.mark.parametrize(("query", "sql"), [
    ("SELECT id -- the number\nFROM kolonica.objects -- all\nWHERE id < 4 ORDER BY id", "SELECT id FROM objects WHERE id < 4 ORDER BY id"),
    ("--\nSELECT '--' AS a, '/* */' AS b FROM kolonica.objects WHERE id = 1", "SELECT '--', '/* */'"),
    (f"SELECT {'(' * 12}id + 1{')' * 12} AS n FROM kolonica.objects WHERE {'(' * 12}id < 3{')' * 12} ORDER BY n", "SELECT id + 1 FROM objects WHERE id < 3"),
    ("SELECT a.id FROM kolonica.objects AS a JOIN (SELECT id FROM kolonica.objects WHERE id IN (1, 2)) AS b ON a.id = b.id ORDER BY a.id",
     "SELECT id FROM objects WHERE id IN (1, 2) ORDER BY 1"),
])  # fmt: skip
def test_what_was_tried_of_one_query_says_nothing_of_the_next(instance, sync, query, sql):
    broken = query.replace("kolonica.objects", "kolonica.objects WHERE WHERE", 1)
    for _ in range(2):
        dali_error(get(sync, status=400, LANG="ADQL", QUERY=broken))
        same(table(ask(sync, query)), instance.query(sql))


def test_a_query_leaves_no_job_behind_and_a_long_answer_is_whole(instance, sync):
    jobs = instance.query("SELECT count(*) FROM tap_schema.tapjobs", role="admin")
    answer = get(sync, LANG="ADQL", QUERY="SELECT * FROM kolonica.lightcurves", RESPONSEFORMAT="votable/td")
    assert len(answer.content) > 4_000_000
    assert len(table(answer)) == instance.query("SELECT count(*) FROM lightcurves WHERE published")[0][0]
    assert instance.query("SELECT count(*) FROM tap_schema.tapjobs", role="admin") == jobs
