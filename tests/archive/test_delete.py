"""What is deleted is gone with all that hangs on it, at once and nowhere half; nothing else is touched."""

import pytest
from archive_inputs import fill, image, points, run

from photvo.archive import rejects
from photvo.archive.delete import delete
from photvo.settings import PhotvoError

#: 2021-10-22 20:15 UTC is the evening of the 22nd in Kolonica; 2021-10-23 00:30 UTC is still that night.
EVENING, AFTER_MIDNIGHT, NEXT_NIGHT = 2459510.34387, 2459510.52083, 2459511.34387


@pytest.fixture
def filled(archive):
    """Three files with points of two objects, by two sources, in two nights; an image that two points are measured on."""
    fill(archive)
    archive.put("images/a.fits", image())
    archive.put("lightcurves/a.csv", points(*run(3, EVENING), *run(2, AFTER_MIDNIGHT, image_link="a.fits")))
    archive.put("lightcurves/b.csv", points(*run(4, NEXT_NIGHT, object_id_arch="78")))
    archive.put("lightcurves/c.csv", points(*run(5, EVENING, observer="ziga", obs_type_id="2")))
    assert archive.ingest().status == 0
    return archive


def counted(archive):
    """The number of rows of each table, and what the services show of them."""
    tables = ("metadata_lc_json", "lightcurves", "metadata_obs_json", "observations", "observation_files", "objects", "datasources")
    return {
        **{table: archive.value(f"SELECT count(*) FROM {table}") for table in tables},
        "series": archive.query("""SELECT o.id_arch, band, s.npoints, x.npoints, datasource_ids FROM series s
            JOIN objects o ON o.id = object_id JOIN series_stats x USING (object_id, photosys_id) WHERE x.revision = s.revision
            ORDER BY 1, 2"""),
    }  # fmt: skip


def sources(archive, *names):
    return [archive.value("SELECT id FROM datasources WHERE progid = %s", [name]) for name in names]


#: What is deleted → what is there afterwards, of 14 points, and the statement's counts.
CASES = {
    "object": (["object", "V* VY UMi"], {"lightcurves": 10, "objects": 4, "series": [77, 77]}),
    "object by id_arch's object's id": (["object", "ID"], {"lightcurves": 4, "objects": 4, "series": [78]}),
    "observation": (["observation", "a.fits"], {"lightcurves": 12, "observations": 0, "series": [77, 77, 78]}),
    "night": (["night", "2021-10-22"], {"lightcurves": 4, "observations": 0, "series": [78]}),
    "next night": (["night", "2021-10-23"], {"lightcurves": 10, "observations": 1, "series": [77, 77]}),
    "source": (["source", "ziga"], {"lightcurves": 9, "datasources": 2, "series": [77, 78]}),
    "file": (["file", "lightcurves/b.csv"], {"lightcurves": 10, "series": [77, 77]}),
    "image file": (["file", "images/a.fits"], {"lightcurves": 12, "observations": 0, "series": [77, 77, 78]}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_named_goes_with_all_that_hangs_on_it_and_nothing_else(filled, case):
    (kind, name), left = CASES[case]
    if name == "ID":
        name = str(filled.value("SELECT id FROM objects WHERE id_arch = 77"))
    before, all_of_it = counted(filled), filled.everything()
    would = delete(filled.settings, kind, [name], dry_run=True)
    assert filled.everything() == all_of_it
    assert delete(filled.settings, kind, [name]) == would
    after = counted(filled)
    for table, like in (("lightcurves",) * 2, ("metadata_lc_json", "lightcurves"), ("observations",) * 2,
                        ("metadata_obs_json", "observations"), ("objects",) * 2, ("datasources",) * 2):  # fmt: skip
        assert after[table] == left.get(like, before[table]) == before[table] - would[table]
    assert after["observation_files"] == after["observations"]
    assert [row[0] for row in after["series"]] == left["series"]
    assert sum(row[2] for row in after["series"]) == sum(row[3] for row in after["series"]) == after["lightcurves"]


def test_a_night_in_utc_is_another_one_than_that_of_an_evening(filled):
    assert delete(filled.settings, "night", ["2021-10-22"], utc=True, dry_run=True)["lightcurves"] == 3 + 2 + 5
    assert delete(filled.settings, "night", ["2021-10-23"], utc=True, dry_run=True)["lightcurves"] == 2 + 4


def test_west_of_greenwich_a_night_ends_later_in_utc(filled):
    filled.query("UPDATE observatories SET longitude = 204.5", role="writer")  # Hawaii, noon at 22:22 UTC
    assert delete(filled.settings, "night", ["2021-10-21"], dry_run=True)["lightcurves"] == 8 + 2  # two by their image
    assert delete(filled.settings, "night", ["2021-10-22"], dry_run=True)["lightcurves"] == 6


def test_points_may_stay_without_their_observation_and_find_it_again(filled):
    image_again = filled.inputs / "images" / "a.fits"
    assert delete(filled.settings, "observation", ["a.fits"], keep_points=True)["lightcurves"] == 0
    assert counted(filled)["lightcurves"] == 14
    assert filled.query("SELECT observation_id, image, count(*) FROM lightcurves WHERE image IS NOT NULL GROUP BY 1, 2") == [
        (None, "a.fits", 2)]  # fmt: skip
    assert filled.ingest(image_again).status == 0
    assert filled.value("SELECT count(*) FROM lightcurves WHERE observation_id = (SELECT id FROM observations)") == 2


def test_a_detached_point_that_is_there_already_is_not_doubled(filled):
    # the same two exposures, once more, said to be of no image
    filled.put("lightcurves/d.csv", points(*run(2, AFTER_MIDNIGHT)))
    filled.ingest()
    assert delete(filled.settings, "observation", ["a.fits"], keep_points=True)["lightcurves"] == 2
    assert counted(filled)["lightcurves"] == 14


def test_only_an_observation_leaves_points_behind(filled):
    with pytest.raises(PhotvoError, match="--keep-points"):
        delete(filled.settings, "object", ["SS Cyg"], keep_points=True)


@pytest.mark.parametrize("kind, name, words", [
    ("observation", "b.fits", "file name or id"), ("observation", "4711", "4711"), ("night", "2020-01-01", "--utc"),
    ("night", "yesterday", "2021-10-22"), ("object", "no star", "no star"), ("object", "4711", "4711"),
    ("source", "nobody", "alica, old, ziga"), ("file", "lightcurves/z.csv", "z.csv"), ("file", "objects/objects.csv", "by name"),
])  # fmt: skip
def test_what_is_not_there_is_one_clear_line_and_nothing_is_deleted(filled, kind, name, words):
    before = filled.everything()
    with pytest.raises(PhotvoError) as refused:
        delete(filled.settings, kind, ["2021-10-22" if kind == "night" else "a.fits", name] if kind in ("night", "observation") else [name])
    assert words in str(refused.value) and "\n" not in str(refused.value)
    assert filled.everything() == before


def test_a_name_of_several_objects_asks_for_the_id(filled):
    filled.put("objects/b.csv", "old_id,gaia_name,ucac4_name,apass_name,vsx_name,ra,dec,class,description\n"
               "90,20,--,--,SS Cyg,10,10,star,--\n")  # fmt: skip
    filled.ingest()
    with pytest.raises(PhotvoError, match="several.* or "):
        delete(filled.settings, "object", ["SS Cyg"])


def test_what_was_deleted_does_not_come_back_by_itself(filled):
    delete(filled.settings, "object", ["VY UMi"])
    delete(filled.settings, "file", ["lightcurves/a.csv"])
    assert filled.query("SELECT path, status, rows_deleted FROM ingest_log WHERE path LIKE 'light%' ORDER BY 1") == [
        ("lightcurves/a.csv", "deleted", 5), ("lightcurves/b.csv", "deleted", 4), ("lightcurves/c.csv", "complete", 0)]  # fmt: skip
    before = filled.everything()
    summary = filled.ingest()
    assert not summary.files and filled.everything() == before
    assert any("2 of the unchanged were deleted" in line for line in summary.lines())
    assert rejects.retry(filled.settings) == 0 and filled.everything() == before
    # of a folder that is named the same holds
    assert not filled.ingest(filled.inputs / "lightcurves").files


def test_a_deleted_file_comes_back_when_it_is_named(filled):
    delete(filled.settings, "night", ["2021-10-22"])
    assert filled.query("SELECT status, rows_deleted FROM ingest_log WHERE path = 'lightcurves/a.csv'") == [("deleted", 5)]
    assert filled.ingest(filled.inputs / "lightcurves" / "a.csv").status == 0
    assert filled.query("SELECT status, rows_deleted, rows_accepted FROM ingest_log WHERE path = 'lightcurves/a.csv'") == [
        ("complete", 0, 5)]  # fmt: skip
    assert filled.value("SELECT count(*) FROM lightcurves") == 9


def test_deleted_objects_and_data_sources_come_back_when_their_files_are_named(filled):
    delete(filled.settings, "object", ["VY UMi"])
    delete(filled.settings, "source", ["ziga"])
    assert not filled.ingest().files
    assert filled.ingest(filled.inputs / "objects" / "objects.csv", filled.inputs / "datasources.csv").status == 0
    assert filled.value("SELECT count(*) FROM object_names WHERE name_key = 'vyumi'") == 1
    assert filled.value("SELECT count(*) FROM datasources WHERE progid = 'ziga'") == 1


def test_a_file_that_has_changed_brings_deleted_rows_back_and_says_so(filled):
    delete(filled.settings, "night", ["2021-10-22"])
    filled.put("lightcurves/a.csv", points(*run(3, EVENING), *run(2, NEXT_NIGHT + 1)))
    assert "note: lightcurves/a.csv: 5 rows of it had been deleted" in "\n".join(filled.ingest().lines())
    assert filled.value("SELECT count(*) FROM lightcurves") == 9


def test_points_of_a_deleted_object_are_refused_when_their_file_changes(filled):
    delete(filled.settings, "object", ["VY UMi"])
    filled.put("lightcurves/b.csv", points(*run(5, NEXT_NIGHT, object_id_arch="78")))
    summary = filled.ingest()
    assert summary.status == 2 and "object 78 is not in the archive" in summary.reasons()[0][1]


def test_files_that_repeat_points_do_not_bring_back_what_was_deleted_of_them(filled):
    filled.put("lightcurves/d.csv", points(*run(3, EVENING), *run(3, NEXT_NIGHT + 5)))
    filled.ingest()
    delete(filled.settings, "night", ["2021-10-28"])
    # a file loses points, and those that repeat points of others are read again
    filled.put("lightcurves/c.csv", points(*run(1, EVENING, observer="ziga", obs_type_id="2")))
    assert "lightcurves/d.csv" not in filled.ingest().files
    assert filled.value("SELECT count(*) FROM lightcurves") == 10
