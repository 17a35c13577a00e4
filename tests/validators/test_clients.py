"""STILTS as a client of each protocol, compared with SQL: what TOPCAT's users get."""

import csv
import io
from urllib.parse import quote

import pytest
from stilts import stilts

STARS = "name,ra,dec\nSS Cyg,325.679,43.5862\nRR Lyr,291.3663,42.7844\nnothing,100.0,-80.0\n"


@pytest.fixture(scope="module")
def stars(tmp_path_factory):
    path = tmp_path_factory.mktemp("stars") / "stars.csv"
    path.write_text(STARS)
    return path


def table(done):
    """The rows of a CSV answer as dictionaries."""
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def match(instance, stars, path, kind, radius):
    return table(
        stilts(
            "coneskymatch",
            f"serviceurl={instance.url}{path}",
            f"servicetype={kind}",
            f"in={stars}",
            "ifmt=csv",
            "ra=ra",
            "dec=dec",
            f"sr={radius}",
            "find=all",
            "ofmt=csv",
            "out=-",
            "copycols=name",
        )
    )


def near(instance, sql, radius):
    """Rows of SQL around each star: (name of the star, …)."""
    found = []
    for line in STARS.splitlines()[1:]:
        name, ra, dec = line.split(",")
        found += [(name, *row) for row in instance.query(sql, (float(ra), float(dec), radius))]
    return sorted(found)


def test_objects_are_matched_by_cone_search(instance, stars):
    ours = match(instance, stars, "kolonica/objects/cone/scs.xml", "cone", 0.1)
    theirs = near(
        instance,
        "SELECT id FROM objects WHERE coordequ <@ scircle(spoint(radians(%s), radians(%s)), radians(%s))",
        0.1,
    )
    assert sorted((row["name"], int(row["id"])) for row in ours) == theirs
    assert {name for name, _ in theirs} == {"SS Cyg", "RR Lyr"}


def test_light_curves_are_matched_by_ssa(instance, stars):
    ours = match(instance, stars, "kolonica/lightcurves/ssa/ssap.xml?REQUEST=queryData", "ssa", 0.02)
    theirs = near(
        instance,
        "SELECT object_id, band FROM series WHERE coordequ <@"
        " scircle(spoint(radians(%s), radians(%s)), radians(%s))",
        0.02,
    )
    assert sorted((row["name"], int(row["object_id"]), row["band"]) for row in ours) == theirs
    assert len(theirs) >= 6


def test_images_are_matched_by_sia2(instance, stars):
    ours = match(instance, stars, "kolonica/images/sia/siap2.xml", "sia2", 0.01)
    theirs = near(
        instance,
        "SELECT o.filename FROM observations o JOIN observation_files f ON"
        " f.observation_id = o.id"
        " WHERE f.footprint && scircle(spoint(radians(%s), radians(%s)), radians(%s))",
        0.01,
    )
    assert sorted((row["name"], row["filename"]) for row in ours) == theirs
    assert {name for name, _ in theirs} == {"SS Cyg", "RR Lyr"}


@pytest.mark.parametrize("sync", ["true", "false"])
def test_tap_answers_queries(instance, sync):
    query = (
        "SELECT band, count(*) AS points, min(mag) AS brightest FROM kolonica.photometry WHERE"
        " object_name = 'SS Cyg'"
        " GROUP BY band ORDER BY band"
    )
    ours = table(
        stilts("tapquery", f"tapurl={instance.url}tap", f"sync={sync}", f"adql={query}", "ofmt=csv", "out=-")
    )
    theirs = instance.query(
        "SELECT band, count(*), min(magnitude)::float8 FROM lightcurves l JOIN photosys"
        " p ON p.id = photosys_id"
        " JOIN objects o ON o.id = object_id WHERE published AND vsx_name = 'SS Cyg'"
        " GROUP BY band ORDER BY band"
    )
    assert [(row["band"], int(row["points"]), float(row["brightest"])) for row in ours] == theirs != []


def test_tap_joins_with_a_table_of_ones_own(instance, stars):
    query = (
        "SELECT m.name, o.id FROM TAP_UPLOAD.mine AS m JOIN kolonica.objects AS o ON o.vsx_name = m.name"
        " ORDER BY o.id"
    )
    ours = table(
        stilts(
            "tapquery",
            f"tapurl={instance.url}tap",
            "sync=true",
            "nupload=1",
            f"upload1={stars}",
            "ufmt1=csv",
            "upname1=mine",
            f"adql={query}",
            "ofmt=csv",
            "out=-",
        )
    )
    theirs = instance.query(
        "SELECT vsx_name, id FROM objects WHERE vsx_name IN ('SS Cyg', 'RR Lyr') ORDER BY id"
    )
    assert [(row["name"], int(row["id"])) for row in ours] == theirs


def test_tap_matches_positions(instance, stars):
    ours = table(
        stilts(
            "tapskymatch",
            f"tapurl={instance.url}tap",
            "taptable=kolonica.objects",
            "taplon=ra",
            "taplat=dec",
            f"in={stars}",
            "ifmt=csv",
            "inlon=ra",
            "inlat=dec",
            "sr=0.05",
            "find=all",
            "ofmt=csv",
            "out=-",
        )
    )
    theirs = near(
        instance,
        "SELECT id FROM objects WHERE coordequ <@ scircle(spoint(radians(%s), radians(%s)), radians(%s))",
        0.05,
    )
    assert sorted((row["name"], int(row["id"])) for row in ours) == theirs


def test_a_light_curve_is_a_table_with_times_that_stilts_knows(instance):
    [[object_id, n]] = instance.query(
        "SELECT object_id, npoints FROM series WHERE name = 'SS Cyg' AND band = 'V'"
    )
    did = quote(f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{object_id}/V")
    url = f"{instance.url}kolonica/lightcurves/sdl/dlget?ID={did}"
    ours = table(
        stilts(
            "tpipe",
            f"in={url}",
            "ifmt=votable",
            "cmd=keepcols 'obs_time_utc mag'",
            "cmd=addcol year mjdToDecYear(obs_time_utc)",
            "ofmt=csv",
            "out=-",
        )
    )
    assert len(ours) == n
    assert all(2013 < float(row["year"]) < 2024 for row in ours if row["year"])
