"""Points that their owners keep to themselves are in the archive and nowhere else."""

import pytest
from answers import get, rows, table
from astropy.table import Table


@pytest.fixture(scope="module")
def hidden(instance):
    found = [id for [id] in instance.query("select id from lightcurves where not published")]
    assert found, "the sample has points whose privileges are not full"
    return Table({"id": found})


@pytest.mark.parametrize(
    ("name", "column"), [("lightcurves", "id"), ("photometry", "id"), ("metadata_lc_json", "lightcurve_id")]
)
def test_they_are_in_no_table(tap, hidden, name, column):
    query = f"SELECT t.{column} FROM kolonica.{name} AS t JOIN TAP_UPLOAD.hidden AS h ON h.id = t.{column}"
    assert len(tap.run_sync(query, uploads={"hidden": hidden})) == 0


def test_all_others_are(instance, tap):
    [[published]] = instance.query("select count(*) from lightcurves where published")
    for name in ("lightcurves", "photometry"):
        assert rows(tap.run_sync(f"SELECT count(*) AS n FROM kolonica.{name}").to_table()) == [(published,)]


def test_they_do_not_count_in_the_summaries(instance, tap):
    assert rows(tap.run_sync("SELECT sum(npoints) AS n FROM kolonica.ts_ssa").to_table()) == rows(
        instance.query("select count(*) from lightcurves where published")
    )


def test_no_metadata_tells_of_other_privileges(tap):
    assert (
        len(
            tap.run_sync(
                'SELECT TOP 1 id FROM kolonica.metadata_lc_json WHERE data LIKE \'%"privileges": "o%\''
            )
        )
        == 0
    )


def test_no_light_curve_has_them(instance):
    series = instance.query(
        "select object_id, band, count(*) filter (where published), count(*) from lightcurves join photosys p"
        " on p.id = photosys_id group by object_id, band having bool_or(not published) order by 1, 2 limit 10"
    )
    assert series
    for object_id, band, published, everything in series:
        did = f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{object_id}/{band}"
        answer = get(
            f"{instance.url}kolonica/lightcurves/sdl/dlget", status=200 if published else 404, ID=did
        )
        if published:
            assert len(table(answer)) == published < everything
