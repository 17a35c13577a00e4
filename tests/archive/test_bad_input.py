"""What cannot be taken is named with file, row and reason, the rest goes on, and nothing is doubled."""

import pytest
from archive_inputs import OBJECTS, fill, image, points, run

GOOD = "lightcurves/good.csv"

#: What is wrong with one row of a light curve, and words that the reason has.
ROWS = {
    "letters in a number": ({"mag": "1o.2"}, ["mag", "1o.2"]),
    "letters in the time": ({"jd": "yesterday"}, ["jd", "yesterday"]),
    "an object that does not exist": ({"object_id_arch": "4711"}, ["4711", "object"]),
    "no object": ({"object_id_arch": ""}, ["object"]),
    "a band that does not exist": ({"obs_type_id": "99"}, ["99", "band"]),
    "a band that the archive lacks": ({"obs_type_id": "276"}, ["'B'", "photosys"]),
    "a data source that does not exist": ({"observer": "nobody"}, ["nobody", "datasources"]),
    "no data source": ({"observer": ""}, ["data source"]),
    "an MJD": ({"jd": "59509.84387"}, ["59509.84387", "MJD"]),
    "a shortened JD": ({"jd": "9510.34387"}, ["9510.34387", "JD-2450000"]),
    "a time to come": ({"jd": "2560000.5"}, ["2560000.5", "today"]),
    "a time that a spreadsheet has rounded": ({"jd": "2.46E+06"}, ["2.46E+06", "with all its digits"]),
    "a time before photometry": ({"jd": "2300000.5"}, ["2300000.5", "1800"]),
    "a magnitude that no star has": ({"mag": "50.1"}, ["mag", "50.1"]),
    "a differential magnitude out of range": ({"diff_mag": "-40"}, ["-40"]),
    "a negative error": ({"mag_err": "-0.1"}, ["mag_err", "negative"]),
    "a huge error": ({"mag_err": "12"}, ["mag_err", "12"]),
    "a negative exposure": ({"exp_time": "-30"}, ["exp", "-30"]),
    "comparison stars that are no list": ({"comp_stars": "__import__('os')"}, ["comp_stars"]),
}


@pytest.fixture(scope="module")
def bad(module_archive):
    """An archive into which a file with all the bad rows, the bad files, and good ones have been put; its summary."""
    fill(module_archive)
    rows = run(len(ROWS) + 5)
    for row, (fault, _) in zip(rows, ROWS.values()):
        row.update(fault)
    module_archive.put("lightcurves/rows.csv", points(*rows))
    for name, (content, _) in FILES.items():
        module_archive.put(name, content)
    module_archive.put("images/good.fits", image())
    module_archive.put(GOOD, points(*run(5, start=2459600.5)))
    module_archive.lines = points(*rows).splitlines()
    module_archive.summary = module_archive.ingest()
    module_archive.rejects = {row[0]: row[1:] for row in module_archive.query("SELECT line, reason, row FROM ingest_rejects")}
    return module_archive


@pytest.mark.parametrize("fault", ROWS)
def test_a_bad_row_is_kept_with_its_line_and_reason(bad, fault):
    line = list(ROWS).index(fault) + 2
    reason, row = bad.rejects[line]
    assert all(word in reason for word in ROWS[fault][1]), reason
    assert row == bad.lines[line - 1]


def test_the_rows_beside_bad_ones_are_taken(bad):
    assert bad.summary.status == 2 and len(bad.rejects) == len(ROWS)
    # alike ones are told once, with the number of them and the first
    said = "\n".join(bad.summary.lines())
    assert "2 rejected like lightcurves/rows.csv, line " in said and "1 rejected like lightcurves/rows.csv, line 2:" in said
    assert bad.query("SELECT status, rows_read, rows_accepted, rows_rejected FROM ingest_log WHERE path ~ 'rows.csv'") == [
        ("with rejects", len(ROWS) + 5, 5, len(ROWS))]  # fmt: skip
    assert bad.value("SELECT sum(npoints) FROM series") == 10 == bad.value("SELECT count(*) FROM lightcurves")


def wrong_header():
    return points(*run(3)).replace("phot_id,jd", "phot_id,julianday")


#: Files that are no light curve, image or table, and words that the reason has.
FILES = {
    "lightcurves/header.csv": (wrong_header(), ["jd"]),
    "lightcurves/column.csv": (points(*run(3), columns=["phot_id", "jd", "mag", "comp_stars", "num_calib"]), ["missing"]),
    "lightcurves/empty.csv": ("", ["empty"]),
    "lightcurves/blank.csv": ("\n\n", ["nothing"]),
    "lightcurves/binary.csv": (bytes(range(256)) * 10, ["format"]),
    "images/cut.fits": (image()[:4000], ["images/cut.fits"]),
    "images/cut_header.fits": (image()[:1000], ["images/cut_header.fits"]),
    "images/dateless.fits": (image(**{"DATE-OBS": None}), ["DATE-OBS"]),
    "images/nowhere.fits": (image(CRVAL1=None, CRVAL2=None, CTYPE1=None, CTYPE2=None), ["position"]),
    "images/filter.fits": (image(FILTER="H-alpha"), ["FILTER", "H-alpha", "kolonica.toml"]),
    "images/future.fits": (image(**{"DATE-OBS": "2099-10-22T20:13:42"}), ["2099"]),
    "objects/empty.csv": ("", ["empty"]),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_named_with_its_reason(bad, name):
    reason = bad.summary.refused[name]
    assert all(word in f"{name}: {reason}" for word in FILES[name][1]), reason
    assert f"{name}: {reason}" in "\n".join(bad.summary.lines())
    assert bad.query("SELECT status, reason FROM ingest_log WHERE path = %s", [name]) == [("refused", reason)]


def test_the_files_beside_bad_ones_are_taken_and_a_second_time_changes_nothing(bad):
    assert set(bad.summary.refused) == set(FILES)
    assert bad.query("SELECT filename FROM observations") == [("good.fits",)]
    before = bad.everything()
    assert bad.ingest().refused == bad.summary.refused and bad.everything() == before


def test_bad_files_are_taken_once_they_are_mended(bad):
    good = {"l": lambda n: points(*run(5, start=2459700.5 + n)), "i": lambda n: image(), "o": lambda n: OBJECTS}
    for n, name in enumerate(FILES):
        bad.put(name, good[name[0]](n))
    summary = bad.ingest()
    assert summary.status == 0 and set(summary.files) == set(FILES)
    assert bad.query("SELECT path FROM ingest_log WHERE status = 'refused' OR reason IS NOT NULL") == []


def test_a_file_whose_name_is_no_text_is_refused_and_the_others_are_taken(archive):
    fill(archive)
    archive.put("lightcurves/\udcff.csv", points(*run(3)))
    archive.put(GOOD, points(*run(5, start=2459600.5)))
    summary = archive.ingest()
    assert list(summary.refused) == ["lightcurves/\\udcff.csv"] and "UTF-8" in summary.refused["lightcurves/\\udcff.csv"]
    assert archive.value("SELECT count(*) FROM lightcurves") == 5


def test_the_same_file_under_another_name_doubles_nothing(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(5)))
    archive.put("lightcurves/copy of a.csv", points(*run(5)))
    archive.put("images/a.fits", image())
    archive.put("images/more/a.fits", image())
    summary = archive.ingest()
    assert summary.files["lightcurves/copy of a.csv"].repeated == 5
    assert archive.value("SELECT count(*) FROM lightcurves") == 5 == archive.value("SELECT count(*) FROM metadata_lc_json")
    assert archive.value("SELECT count(*) FROM observations") == 1
    assert "images/a.fits" in summary.refused["images/more/a.fits"]


def test_a_good_file_that_goes_bad_leaves_its_points_in_place(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(5)))
    archive.ingest()
    points_before = archive.query("SELECT * FROM lightcurves ORDER BY id")
    archive.put("lightcurves/a.csv", wrong_header())
    summary = archive.ingest()
    assert summary.status == 2 and archive.query("SELECT * FROM lightcurves ORDER BY id") == points_before
    assert archive.query("SELECT status, rows_accepted FROM ingest_log WHERE path = 'lightcurves/a.csv'") == [("refused", 5)]


def test_a_broken_end_takes_nothing_of_a_file(archive):
    import gzip

    fill(archive)
    archive.put("lightcurves/a.csv.gz", gzip.compress(points(*run(200_000 // 4)).encode())[:-1000])
    archive.put(GOOD, points(*run(5, start=2459600.5)))
    summary = archive.ingest()
    assert list(summary.refused) == ["lightcurves/a.csv.gz"]
    assert archive.value("SELECT count(*) FROM lightcurves") == 5 and archive.value("SELECT count(*) FROM metadata_lc_json") == 5


def test_what_only_the_database_refuses_is_named_too(archive):
    fill(archive)
    # valid JSON text, but not for jsonb
    archive.put("lightcurves/a.csv", points(*run(3, binning="\\u0000")))
    archive.put("lightcurves/b.csv", points(*run(3, start=2459600.5, image_link="/x/" + "n" * 200)))
    archive.put(GOOD, points(*run(5, start=2459700.5)))
    summary = archive.ingest()
    assert GOOD in summary.files and "lightcurves/b.csv" in {**summary.refused, **summary.files}
    assert archive.value("SELECT count(*) FROM lightcurves") >= 5
    assert archive.ingest().status in (0, 2)


def test_rows_of_objects_and_tables_are_named_too(archive):
    fill(archive, objects=False)
    archive.put("telescopes.csv", "name,observatory\nAlica,Kolonica\nZIGA,Atlantis\n")
    archive.put("objects/a.csv", OBJECTS + "80,--,--,--,--,--,,10,10,star,--,,\n81,18,--,--,--,--,,370,10,star,--,,\n"
                "77,19,--,--,--,--,,10,10,star,--,,\n82,1972957892448494592,--,--,--,--,,10,10,star,--,,\n")  # fmt: skip
    archive.ingest()
    said = "\n".join("{}, line {}: {}".format(*row) for row in archive.query("SELECT path, line, r.reason FROM ingest_rejects r JOIN ingest_log f ON f.id = file_id"))
    assert "telescopes.csv, line 3: observatory 'Atlantis'" in said
    for line, word in ((7, "name"), (8, "ra"), (9, "line 5"), (10, "id_arch 1")):
        assert any(f"line {line}: " in text and word in text for text in said.splitlines()), (line, word, said)
    assert archive.value("SELECT count(*) FROM objects") == 5


def test_a_name_of_several_objects_is_no_name(archive):
    fill(archive)
    archive.put("objects/b.csv", OBJECTS.splitlines()[0] + "\n90,20,--,--,--,SS Cyg,,10,10,star,--,,\n")
    columns = [name.replace("object_id_arch", "object_name") for name in points({}).splitlines()[0].split(",")]
    archive.put("lightcurves/a.csv", points({"object_name": "SS Cyg"}, columns=columns))
    summary = archive.ingest()
    assert "several objects" in summary.reasons()[0][1]


def test_rejects_are_taken_in_again_when_what_they_need_has_come(archive, capsys):
    from photvo.archive import rejects

    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(4), *run(2, start=2459600.5, object_id_arch="90")))
    assert archive.ingest().status == 2
    assert rejects.list(archive.settings) == 0
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 2 and out[0].startswith("lightcurves/a.csv, line 6: object 90 is not in the archive")
    archive.put("objects/b.csv", OBJECTS.splitlines()[0] + "\n90,20,--,--,--,SIM 90,,10,10,star,--,,\n")
    assert archive.ingest().status == 0
    assert rejects.retry(archive.settings) == 0
    assert archive.value("SELECT count(*) FROM lightcurves") == 6 and archive.value("SELECT count(*) FROM ingest_rejects") == 0
    assert rejects.retry(archive.settings) == 0


def test_a_rejected_row_is_kept_once_among_many_files(archive):
    fill(archive)
    for number in range(6):
        text = points(*run(3, start=2459600.5 + number))
        archive.put(f"lightcurves/{number}.csv", text + "1,2,3\n" if number in (1, 4) else text)
    summary = archive.ingest()
    found = "SELECT path, line FROM ingest_rejects r JOIN ingest_log l ON l.id = r.file_id ORDER BY path"
    assert archive.query(found) == [("lightcurves/1.csv", 5), ("lightcurves/4.csv", 5)]
    assert summary.status == 2 and archive.value("SELECT count(*) FROM lightcurves") == 18
