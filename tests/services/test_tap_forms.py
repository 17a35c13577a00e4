"""The forms in which TAP answers, each read by a reader of that form and compared with SQL."""

import io
import json

import astropy.units as u
import lxml.html
import numpy as np
import pytest
from answers import ask, csv_rows, rows, table, votable
from astropy.io import ascii as tables
from astropy.io import fits
from astropy.table import Table

QUERY = (
    "SELECT TOP 50 l.id, l.dateobs, l.jd, l.magnitude, l.mag_err, l.observation_id, m.data, m.comp_stars"
    " FROM kolonica.lightcurves AS l JOIN kolonica.metadata_lc_json AS m ON m.lightcurve_id = l.id"
    " WHERE m.comp_stars IS NOT NULL ORDER BY l.id"
)
NAMES = ["id", "dateobs", "jd", "magnitude", "mag_err", "observation_id", "data", "comp_stars"]


@pytest.fixture(scope="module")
def expected(instance):
    return instance.query(
        "select l.id, l.dateobs at time zone 'UTC', extract(julian from dateobs at time zone"
        " 'UTC+12')::float8,"
        " magnitude, mag_err, observation_id, data, array(select c::bigint from"
        " jsonb_array_elements_text(data->'comp_stars') c where c ~ '^[0-9]+$')"
        " from lightcurves l join metadata_lc_json m on m.lightcurve_id = l.id"
        " where published and data->>'comp_stars' ~ '[^0-9][0-9]{15}' order by l.id limit 50"
    )


def compare(ours, expected, null=None):
    assert len(ours) == len(expected) == 50
    for mine, theirs in zip(ours, expected):
        assert int(mine[0]) == theirs[0]
        assert np.datetime64(str(mine[1])) == np.datetime64(theirs[1])
        assert [float(x) for x in mine[2:5]] == pytest.approx([float(x) for x in theirs[2:5]], rel=4e-16)
        assert null in (mine[5],) if theirs[5] is None else int(mine[5]) == theirs[5]
        assert json.loads(mine[6]) == theirs[6]  # JSON text, not Python's idea of a dictionary
        if mine[7] is not None:
            assert tuple(int(x) for x in mine[7]) == tuple(theirs[7])


def test_csv(sync, expected):
    header, *found = csv_rows(ask(sync, QUERY, "csv"))
    assert header == NAMES
    compare([[*row[:7], row[7].strip("[]").replace(",", " ").split()] for row in found], expected, "")


def test_tsv(sync, expected):
    found = [line.split("\t") for line in ask(sync, QUERY, "tsv").text.splitlines()]
    compare([[*row[:7], None] for row in found], expected, "N/A")


@pytest.mark.parametrize(
    "form", ["votable", "votable/td", "votable/b2", "application/x-votable+xml", "text/xml"]
)
def test_votable(sync, expected, form):
    answer = ask(sync, QUERY, form)
    found = table(answer)
    assert found.colnames == NAMES
    compare([[*rows([row])[0]] for row in found], expected)
    fields = {field.name: field for field in votable(answer).get_first_table().fields}
    assert fields["dateobs"].xtype == "timestamp" and fields["jd"].unit == u.d


def test_json(sync, expected):
    found = ask(sync, QUERY, "json").json()
    assert [column["name"] for column in found["columns"]] == NAMES
    compare(found["data"], expected)


def test_fits(sync, expected):
    found = Table.read(fits.open(io.BytesIO(ask(sync, QUERY, "fits").content))[1])
    assert found.colnames == NAMES
    compare([[*rows([row])[0][:7], None] for row in found], expected)


def test_every_table_comes_in_every_form(instance, sync):
    names = [
        name
        for [name] in csv_rows(
            ask(sync, "SELECT table_name FROM tap_schema.tables WHERE schema_name = 'kolonica'", "csv")
        )[1:]
    ]
    assert len(names) > 12
    for name in [*names, "ivoa.obscore"]:
        query = f"SELECT TOP 20 * FROM {name}"
        header, *found = csv_rows(ask(sync, query, "csv"))
        assert len(found) > 0
        as_fits = Table.read(fits.open(io.BytesIO(ask(sync, query, "fits").content))[1])
        for other in (table(ask(sync, query)), as_fits):
            assert (len(other), other.colnames) == (len(found), header), name
        assert len(ask(sync, query, "json").json()["data"]) == len(found)


def test_other_readers_take_csv_and_html_as_well(sync):
    assert len(tables.read(ask(sync, QUERY, "csv").text, format="csv")) == 50
    page = lxml.html.fromstring(ask(sync, QUERY, "html").content)
    assert len(page.xpath("//table//tr[td]")) >= 50


def test_media_types_are_said(sync):
    kinds = {
        form: ask(sync, "SELECT TOP 1 id FROM kolonica.objects", form).headers["Content-Type"].split(";")[0]
        for form in ("votable", "csv", "tsv", "json", "fits")
    }
    assert kinds == {
        "votable": "application/x-votable+xml",
        "csv": "text/csv",
        "tsv": "text/tab-separated-values",
        "json": "application/json",
        "fits": "application/fits",
    }
