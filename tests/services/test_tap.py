"""The seed's questions to the database, in ADQL by TAP and word for word in SQL: the same answers."""

import json
import re
from contextlib import closing

import lxml.html
import numpy as np
import pytest
from answers import get, plain, rows, same

#: The seed's questions, word for word (line breaks aside), by the title of their example at /tap/examples.
SEED = {
    "Light curve of a star by its name": """
        select extract(julian from dateobs at time zone 'UTC+12'), magnitude,
        mag_err, p.band from lightcurves l join objects o on l.object_id = o.id
        join photosys p on l.photosys_id = p.id where o.simbad_name ilike 'TYC 4568-4%'""",
    "The same light curve with UTC": """
        select dateobs at time zone 'UTC' as dateobs_utc, magnitude, mag_err,
        p.band from lightcurves l join objects o on l.object_id = o.id join
        photosys p on photosys_id = p.id where simbad_name ilike 'TYC 4568-4%'""",
    "Points measured with a comparison star": """
        select count(lightcurve_id) from metadata_lc_json where
        '"1701925222477693952"' <@ (data->'comp_stars')""",
    "Objects around SS Cyg": """
        select gaia_name, simbad_name, coordequ <-> spoint '(325.679d, 43.5862d)'
        as dist from objects where coordequ <@ scircle('<(325.679d,
        43.5862d),0.1d>') order by dist""",
    "An observation": "SELECT * FROM observations ORDER BY id LIMIT 1",
    "The FITS header of an observation": "SELECT jsonb_pretty(data) FROM metadata_obs_json WHERE"
    " observation_id = 1",
    "An object's position by its VSX name": """
        select coordequ, simbad_name, vsx_name from objects where vsx_name
        ilike 'ss cyg'""",
}


@pytest.fixture(scope="module")
def examples(instance):
    """The examples as the service shows them: title → ADQL."""
    page = lxml.html.fromstring(get(f"{instance.url}tap/examples").content)
    found = {
        e.findtext("h2"): e.xpath("string(.//*[@property='query'])").strip()
        for e in page.xpath("//*[@typeof='example']")
    }
    assert len(found) >= len(SEED)
    return found


def test_every_example_answers_with_rows(tap, examples):
    assert [title for title, query in examples.items() if not len(tap.run_sync(query))] == []


def test_the_light_curve_by_name_is_the_same_in_adql_and_sql(instance, tap, examples):
    title = "Light curve of a star by its name"
    ours = tap.run_sync(examples[title]).to_table()
    theirs = instance.query(SEED[title] + " order by 1, l.id")
    # the Julian date is a double: 40 microseconds
    same(ours, theirs, rel=2e-16 * 2)
    # what the seed's text prints
    assert (2459510.34387, 10.2437, 0.1190, "i_sdss") in rows(ours)


def test_the_light_curve_with_utc_is_the_same_in_adql_and_sql(instance, tap, examples):
    title = "The same light curve with UTC"
    ours = rows(tap.run_sync(examples[title]).to_table())
    theirs = rows(instance.query(SEED[title] + " order by 1, l.id"))
    as_time = [(np.datetime64(when), *rest) for when, *rest in ours]
    assert as_time == [(np.datetime64(when), *rest) for when, *rest in theirs]
    assert (np.datetime64("2021-10-22T20:15:10.368"), 10.2437, 0.1190, "i_sdss") in as_time


def test_the_count_by_comparison_star_is_the_same_in_adql_and_sql(instance, tap, examples):
    title = "Points measured with a comparison star"
    ours = rows(tap.run_sync(examples[title]).to_table())
    published = " and lightcurve_id in (select id from lightcurves where published)"
    assert ours == rows(instance.query(SEED[title] + published))
    assert ours[0][0] > 0


def test_the_cone_sorted_by_distance_is_the_same_in_adql_and_sql(instance, tap, examples):
    title = "Objects around SS Cyg"
    ours = [
        (gaia, simbad, np.radians(dist))
        for gaia, simbad, dist in rows(tap.run_sync(examples[title]).to_table())
    ]
    theirs = instance.query(SEED[title])
    same(ours, theirs, absolute=1e-9)
    # what the seed's text prints; its positions have more digits than it shows
    printed = {
        "1972957892448494592": 0,
        "1972957308333789312": 0.00017514574622243208,
        "1972957690592232192": 0.00022790859998570036,
    }
    assert {gaia: dist for gaia, _, dist in ours} == pytest.approx(printed, abs=1e-8)


def test_the_header_of_an_observation_is_the_same_json_in_adql_and_sql(instance, tap, examples):
    title = "The FITS header of an observation"
    [[ours]] = rows(tap.run_sync(examples[title]).to_table())
    [[theirs]] = instance.query(SEED[title])
    assert json.loads(ours) == json.loads(theirs)
    assert json.loads(ours)["NAXIS"] == 2


def test_an_observation_is_the_same_in_adql_and_sql(instance, tap, examples):
    title = "An observation"
    [ours] = tap.run_sync(examples[title]).to_table()
    [theirs] = instance.query(
        "select *, degrees(long(coordequ)), degrees(lat(coordequ)), degrees(fov[0]), degrees(fov[1]),"
        f" dateobs at time zone 'UTC' from ({SEED[title]}) q"
    )
    names = (
        "id",
        "dateobs_tz",
        "accumtime",
        "telescope_id",
        "instrument_id",
        "fov",
        "mode",
        "band",
        "coordequ",
        "coordequsrc",
        "type",
        "filename",
        "path_to_fits",
        "ra",
        "dec",
        "fov_x",
        "fov_y",
        "dateobs",
    )
    theirs = dict(zip(names, map(plain, theirs)))
    assert np.datetime64(ours["dateobs"]) == np.datetime64(theirs.pop("dateobs"))
    assert tuple(ours["coordequ"]) == pytest.approx((theirs["ra"], theirs["dec"]), abs=1e-11)
    for name in theirs.keys() - {"dateobs_tz", "fov", "coordequ"}:
        same([[plain(ours[name])]], [[theirs[name]]])


def test_the_position_by_name_is_the_same_in_adql_and_sql(instance, tap, examples):
    title = "An object's position by its VSX name"
    [[ra, dec, *names]] = rows(tap.run_sync(examples[title]).to_table())
    [[position, *theirs]] = instance.query(SEED[title])
    in_radians = [float(number) for number in re.findall(r"[-\d.e]+", position)]
    assert (np.radians(ra), np.radians(dec)) == pytest.approx(in_radians, abs=1e-12)
    assert names == theirs == ["V* SS Cyg", "SS Cyg"]
    # what the seed's text prints
    assert in_radians == pytest.approx([5.68417085460261, 0.760722698432752], abs=1e-14)


def test_the_count_by_comparison_star_uses_the_index(instance):
    # as DaCHS asks for the example; the planner would read a table this small from end to end
    with closing(instance.connect("admin")) as connection, connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT count(lightcurve_id) FROM kolonica.metadata_lc_json"
            " WHERE comp_stars @> ARRAY[1701925222477693952]::bigint[]"
        )
        assert "metadata_lc_json_comp_ids" in "\n".join(line for [line] in cursor.fetchall())
