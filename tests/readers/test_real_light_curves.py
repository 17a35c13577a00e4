"""Real light curves as observers' programs write them, each compared with an independent reading of the file.

The files are not part of the project; without them beside the checkout these tests are skipped. They are read here with csv, astropy
and str.split, by the places of the columns.
"""

import csv
import json

import numpy as np
import pytest
from astropy.table import Table
from photvo import readers
from photvo.model.batch import Stated
from photvo.readers.options import Options
from photvo.settings import TOP

FOLDER = TOP.parent / "shared" / "data" / "lightcurves"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/data is not there")

TOLD = Options(object="the star", band="the band", source="the source")


def read(name, options=TOLD):
    """(the batches' points as lists by column name, rejects, the frames, the reader's format)."""
    reader = readers.open(FOLDER / name, options)
    batches = list(reader)
    points = {key: [value for batch in batches for value in batch.points[key].to_pylist()] for key in batches[0].points.column_names}
    rejects = [reject for batch in batches for reject in batch.rejects]
    return points, rejects, [(batch.kind, str(batch.stated)) for batch in batches], reader.format


def rows(name, mark, skip="#"):
    """The rows of a file as lists of fields, without comments and blank lines, for the tests."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line.split(mark) for line in lines if line.strip() and not line.startswith(skip)]


def columns(name):
    """The columns of an AstroImageJ table as lists of text, by csv."""
    with open(FOLDER / name, encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file, delimiter="\t" if name.endswith("xls") else ","))
    return {key: [row[key] for row in found] for key in found[0]}


def floats(words):
    """Words as floats, None for what means missing."""
    return [None if word.strip() in ("", "na", "NA", "NULL") else float(word) for word in words]


@pytest.mark.parametrize(
    "name, n",
    [("aavso_ext_dera_20170504.txt", 226), ("aavso_ext_ucac4_2391.txt", 851), ("aavso_ext_doc_bvri.txt", 4)],
)
def test_aavso_extended(name, n):
    points, rejects, frames, kind = read(name, Options())
    expected = rows(name, ",")
    assert (len(expected), rejects, kind, frames) == (n, [], "aavso-extended", [("JD", "TOPOCENTER")])
    for column, place in (("object_name", 0), ("time", 1), ("band", 4)):
        assert points[column] == [row[place] for row in expected]
    assert points["mag"] == floats(row[2] for row in expected)
    assert points["mag_err"] == floats(row[3] for row in expected)
    facts = [json.loads(text) for text in points["metadata"]]
    assert [fact.get("airmass") for fact in facts] == floats(row[11] for row in expected)
    assert [fact.get("NOTES") for fact in facts] == [",".join(row[14:]) if row[14] != "na" else None for row in expected]
    assert not any(points["upper_limit"]) and set(points["mag_diff"]) == {None}


def test_the_data_source_of_an_aavso_report_is_its_observer_unless_another_is_told():
    assert set(read("aavso_ext_dera_20170504.txt", Options())[0]["progid"]) == {"DERA"}
    assert set(read("aavso_ext_dera_20170504.txt", Options(source="other"))[0]["progid"]) == {"other"}


def test_aavso_visual():
    points, rejects, frames, kind = read("aavso_visual_doc_ex2.txt", Options())
    assert (kind, frames, rejects) == ("aavso-visual", [("JD", "TOPOCENTER")], [])
    assert (points["time"], points["mag"], points["upper_limit"]) == (["2450702.1234"], [11.1], [True])
    assert (points["band"], points["object_name"], points["progid"], points["mag_err"]) == (["Vis."], ["SS CYG"], ["TST01"], [None])
    facts = json.loads(points["metadata"][0])
    assert (facts["COMP1"], facts["COMP2"]) == ("110", "113") and "comp_stars" not in facts  # labels of a chart, no names


#: file → separator, its lines that are no whole rows (one has a decimal comma, two are one broken in two)
DOWNLOADS = {
    "aavso_dl_epsaur_hpo.csv": (",", [4027, 4028]),
    "aavso_dl_miucep_null.txt": ("\t", [3132]),
    "aavso_dl_sn2011fe.csv": (",", [1129]),
    "aavso_dl_usco_nohdr.csv": (",", []),
}


@pytest.mark.parametrize("name", DOWNLOADS)
def test_aavso_download(name):
    mark, broken = DOWNLOADS[name]
    points, rejects, frames, kind = read(name, Options())
    assert (kind, {*frames}) == ("aavso-download", {("JD", "TOPOCENTER")})
    with open(FOLDER / name, encoding="utf-8", newline="") as file:
        found = csv.reader(file, delimiter=mark, escapechar="\\")
        expected = {i: [word.replace("\xa0", " ").strip() for word in row] for i, row in enumerate(found, 1) if row}
    expected.pop(1) if expected[1][0] == "JD" else None
    first, others = {}, []  # what one observer gives as two magnitudes of a star at one time cannot both be kept
    for line, row in expected.items():
        if line not in broken and first.setdefault((row[5], row[17], row[4], float(row[0])), row[1]) != row[1]:
            others.append(line)
    assert [reject.line for reject in rejects] == sorted([*broken, *others])
    assert all("says another thing of the same time" in reject.reason for reject in rejects if reject.line in others)
    for line in [*broken, *others]:
        expected.pop(line)
    assert points["line"] == list(expected)
    expected = list(expected.values())
    assert points["time"] == [row[0] for row in expected]
    assert points["upper_limit"] == [row[1].startswith("<") for row in expected]
    assert points["mag"] == [float(row[1].lstrip("<")) for row in expected]
    assert points["mag_err"] == floats(row[2] for row in expected)
    assert points["band"] == [row[4] for row in expected]
    assert points["progid"] == [row[5] for row in expected]
    assert points["object_name"] == [row[17] for row in expected]
    facts = [json.loads(text) for text in points["metadata"]]
    assert [fact.get("airmass") for fact in facts] == floats(row[12] for row in expected)
    assert [fact.get("Comments") for fact in facts] == [row[10] if row[10] not in ("", "na") else None for row in expected]


def test_aavso_download_under_one_data_source_refuses_what_it_cannot_tell_apart():
    points, rejects, *_ = read("aavso_dl_usco_nohdr.csv")
    kept = set(zip(points["object_name"], points["band"], map(float, points["time"])))
    assert len(kept) == len(points["time"]) == 157 - len(rejects)
    assert all("leave out --source" in reject.reason for reject in rejects)
    # the two observers of JD 2451231.5 saw different limits
    assert [reject.line for reject in rejects if "2451231.5" in reject.row] == [4, 5]


def test_aavso_web_table():
    points, rejects, frames, kind = read("aavso_api_sttri_150.csv", Options())
    expected = Table.read(FOLDER / "aavso_api_sttri_150.csv", format="ascii.csv")
    assert (len(expected), rejects, kind, frames) == (150, [], "aavso-download", [("JD", "TOPOCENTER")])
    assert np.array_equal(np.array(points["time"], float), expected["jd"])
    assert points["mag"] == expected["mag"].tolist() and points["mag_err"] == expected["error"].tolist()
    assert points["band"] == expected["filter"].tolist() and set(points["object_name"]) == {"ST TRI"}


def test_aavso_exoplanet():
    points, rejects, frames, kind = read("aavso_exoplanet_report.txt", Options())
    assert (kind, frames, rejects) == ("aavso-exoplanet", [("JD", "HELIOCENTER")], [])
    assert points["time"] == ["2457393.50189", "2457393.50247"]
    assert (points["mag_diff"], points["mag_diff_err"]) == ([-0.014667, 0.006706], [0.003323, 0.003334])
    assert (points["exptime"], points["band"], points["object_name"]) == ([30, 30], ["CBB"] * 2, ["WASP-12"] * 2)
    assert json.loads(points["metadata"][0])["airmass"] == 1.864434
    assert set(points["mag"]) == set(points["flux"]) == {None}


def test_varastro():
    name = "varastro_var13_hjd.txt"
    points, rejects, frames, kind = read(name, Options(source="the source"))
    expected = np.loadtxt(FOLDER / name)
    assert (len(expected), rejects, kind, frames) == (309, [], "muniwin", [("JD", "HELIOCENTER")])
    assert np.array_equal(np.array(points["time"], float), expected[:, 0])
    assert np.array_equal(points["mag_diff"], expected[:, 1]) and np.array_equal(points["mag_diff_err"], expected[:, 2])
    assert set(points["mag"]) == {None} and set(points["band"]) == {"NoFilter"}
    assert set(points["object_name"]) == {"UCAC4 591-028146"}
    assert json.loads(points["metadata"][0])["comp_stars"] == ["UCAC4 593-027974"]


def test_varastro_number_of_the_star_in_a_catalogue_gives_way_to_the_object_told():
    assert set(read("varastro_var13_hjd.txt")[0]["object_name"]) == {"the star"}


def test_varastro_own_name_of_the_star_where_that_is_told():
    told = Options(source="s", objects={"var13": "V1234 Gem"})
    assert set(read("varastro_var13_hjd.txt", told)[0]["object_name"]) == {"V1234 Gem"}


def test_vast():
    points, rejects, frames, kind = read("vast_out02391.dat")
    expected = rows("vast_out02391.dat", None)
    assert (len(expected), rejects, kind, frames) == (851, [], "vast", [("JD", "")])
    assert points["time"] == [row[0] for row in expected]
    assert points["mag"] == [float(row[1]) for row in expected] and points["mag_err"] == [float(row[2]) for row in expected]
    assert points["image"] == [row[6].rsplit("/", 1)[1] for row in expected]
    fact = json.loads(points["metadata"][0])
    assert (fact["X"], fact["aperture"], len(fact["other apertures"])) == (247.6785, 5.7, 10)


@pytest.mark.parametrize(
    "name, n, clock, frame",
    [
        ("aij_wasp135_measurements.xls", 288, "BJD_TDB", "TDB BARYCENTER mid"),
        # BJD_TDB is NaN there, and HJD_UTC 0
        ("aij_zzpsc_20251122.csv", 26, "JD_UTC", "UTC TOPOCENTER"),
    ],
)
def test_astroimagej(name, n, clock, frame):
    points, rejects, frames, kind = read(name)
    expected = columns(name)
    assert (len(expected["JD_UTC"]), rejects, kind, frames) == (n, [], "astroimagej", [("JD", frame)])
    assert points["time"] == expected[clock]
    assert points["flux"] == floats(expected["rel_flux_T1"]) and points["flux_err"] == floats(expected["rel_flux_err_T1"])
    assert set(points["flux_unit"]) == {""} and set(points["mag"]) == {None}
    assert points["exptime"] == floats(expected["EXPTIME"])
    assert points["image"] == [label.removesuffix(".fz") for label in expected["Label"]]
    airmass = [None if np.isnan(value) else value for value in floats(expected["AIRMASS"])]
    assert [json.loads(text).get("airmass") for text in points["metadata"]] == airmass


def test_astroimagej_with_columns_told():
    told = Options(object="o", band="b", source="s", columns={"time": "JD_UTC", "flux": "Source-Sky_T1"})
    points, rejects, frames, _ = read("aij_wasp135_measurements.xls", told)
    expected = columns("aij_wasp135_measurements.xls")
    assert frames == [("JD", "UTC TOPOCENTER mid")] and not rejects
    assert points["flux"] == floats(expected["Source-Sky_T1"]) and points["flux_err"] == floats(expected["Source_Error_T1"])
    assert set(points["flux_unit"]) == {"adu"}


def test_exotic():
    points, rejects, frames, kind = read("exotic_transit_relflux.csv")
    expected = rows("exotic_transit_relflux.csv", ",", "Time")
    assert (len(expected), rejects, kind, frames) == (899, [], "relative-flux", [("JD", "")])
    assert points["time"] == [row[0] for row in expected] and points["flux"] == floats(row[1] for row in expected)
    assert points["flux_err"] == floats(row[2] for row in expected) and set(points["flux_unit"]) == {""}


def test_columns_without_names():
    for name, n in (("aij_export_3col_B.txt", 769), ("vstar_simple_epsaur.tsv", 428)):
        points, rejects, frames, kind = read(name)
        expected, first, others = rows(name, "\t"), {}, []
        for row in expected:  # two magnitudes at one time cannot both be kept
            if first.setdefault(float(row[0]), row[1]) != row[1]:
                others.append("\t".join(row))
        assert (len(expected), kind, frames) == (n, "bare-columns", [("JD", "")])
        assert [reject.row for reject in rejects] == others
        expected = [row for row in expected if "\t".join(row) not in others]
        assert points["time"] == [row[0] for row in expected] and points["mag"] == floats(row[1] for row in expected)
        assert points["mag_err"] == [float(row[2]) if len(row) > 2 else None for row in expected]


def test_a_pipelines_own_columns():
    points, rejects, frames, kind = read("pipeline_aeuma_jd_hjd.csv")
    expected = Table.read(FOLDER / "pipeline_aeuma_jd_hjd.csv", format="ascii.csv")
    assert (len(expected), rejects, kind, frames) == (75, [], "named-columns", [("JD", "")])
    assert np.array_equal(np.array(points["time"], float), expected["jd"])
    assert points["mag"] == expected["mag"].tolist() and points["mag_err"] == expected["mag_err"].tolist()
    assert [json.loads(text)["hjd"] for text in points["metadata"]] == expected["hjd"].tolist()


def test_vphot():
    points, rejects, frames, kind = read("vphot_cv_table.csv")
    expected = Table.read(FOLDER / "vphot_cv_table.csv", format="ascii.csv")
    assert (len(expected), rejects, kind, frames) == (137, [], "vphot", [("JD", "")])
    assert np.array_equal(np.array(points["time"], float), expected["Date"])
    assert points["mag"] == expected["Obj1"].tolist() and points["mag_err"] == expected["Err"].tolist()
    assert set(points["band"]) == {"CV"} and set(points["exptime"]) == {60.0}
    facts = [json.loads(text) for text in points["metadata"]]
    assert [fact["airmass"] for fact in facts] == expected["Airm"].tolist()
    assert [fact["LimitingMagnitude"] for fact in facts] == expected["LimitingMagnitude"].tolist()


def test_vstar_flexible():
    points, rejects, frames, kind = read("vstar_flex_tess_s77.txt", Options(source="tess"))
    expected = rows("vstar_flex_tess_s77.txt", " ")
    assert (len(expected), rejects, kind, frames) == (4552, [], "vstar-flexible", [("JD", str(Stated("TDB", "BARYCENTER")))])
    assert points["time"] == [row[0] for row in expected]
    assert points["mag"] == [float(row[1]) for row in expected] and points["mag_err"] == [float(row[2]) for row in expected]
    assert set(points["object_name"]) == {"TIC 229887190"} and set(points["band"]) == {"TESS data"}
