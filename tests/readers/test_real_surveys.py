"""Real light curves of surveys and missions, each compared with an independent reading of the file.

The files are not part of the project; without them beside the checkout these tests are skipped. They are read here with csv, numpy,
astropy.io.fits and xml.etree, by the places of the columns.
"""

import csv
import json
import xml.etree.ElementTree as xml

import numpy as np
import pytest
from astropy.io import fits
from photvo import readers
from photvo.model.batch import ReadError, Stated
from photvo.readers.options import Options
from photvo.settings import TOP

DATA = TOP.parent / "shared" / "data"
CURVES, VOTABLES = DATA / "lightcurves", DATA / "votables"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not there")

TOLD = Options(band="the band", source="the source")
NAMELESS = Options(object="the star").over(TOLD)


def read(path, **told):
    """(points as lists by column name, rejects, (kind, stated) of all batches, gaps, the reader's format)."""
    reader = readers.open(path, Options(**told).over(NAMELESS if path.name in WITHOUT_NAME else TOLD))
    batches = list(reader)
    points = {key: [value for batch in batches for value in batch.points[key].to_pylist()] for key in batches[0].points.column_names}
    (frame,) = {(batch.kind, batch.stated) for batch in batches}
    rejects = [reject for batch in batches for reject in batch.rejects]
    return points, rejects, frame, sum(batch.gaps for batch in batches), reader.format


#: Files that do not name their star.
WITHOUT_NAME = {
    "atlas_forced_21qj.txt", "asassn_sp1_21qj.csv", "timeseries_note_ex1.xml", "ogle2_lmc_sc1_237629.dat", "aij_export_3col_B.txt",
    "vstar_simple_epsaur.tsv", "asas3_245486.dat", "sdss_s82_rrl_1013184.csv", "ztf_sn_17aadlxmv.csv", "pipeline_aeuma_jd_hjd.csv",
    "skyportal_16fil_mag.csv",
}  # fmt: skip


def lines(name):
    """The file's lines that are no comments, as lists of words."""
    return [line.split() for line in (CURVES / name).read_text().splitlines() if not line.startswith("#")]


def cells(path):
    """The TD texts of the last TABLE of a VOTable, row by row."""
    table = [item for item in xml.parse(path).iter() if item.tag.endswith("}TABLE")][-1]
    rows = [item for item in table.iter() if item.tag.endswith("}TR")]
    return [[cell.text for cell in row] for row in rows]


def single(words):
    """Words as single-precision floats, as the VOTable's datatype has them."""
    return np.array(words, "f4")


def test_atlas():
    points, rejects, frame, gaps, kind = read(CURVES / "atlas_forced_21qj.txt")
    assert (kind, frame, gaps) == ("atlas-forced", ("MJD", Stated(point="start")), 0)
    expected = lines("atlas_forced_21qj.txt")[1:]
    (nothing,) = [row for row in expected if float(row[4]) == 0]
    assert [reject.row.split() for reject in rejects] == [nothing]
    expected.remove(nothing)
    sigma = np.array([float(row[3]) / float(row[4]) for row in expected])
    assert points["time"] == [row[0] for row in expected] and points["band"] == [row[5] for row in expected]
    assert points["upper_limit"] == (abs(sigma) < 3).tolist() and 0 < (abs(sigma) < 3).sum() < 30
    magnitudes = [float(row[1]) if s >= 3 else float(row[16]) if s > -3 else None for row, s in zip(expected, sigma)]
    assert points["mag"] == magnitudes
    assert points["mag_err"] == [float(row[2]) if s >= 3 else None for row, s in zip(expected, sigma)]
    assert points["flux"] == [float(row[3]) if s <= -3 else None for row, s in zip(expected, sigma)]


def test_asas_sn():
    points, rejects, frame, gaps, kind = read(CURVES / "asassn_sp1_21qj.csv")
    with open(CURVES / "asassn_sp1_21qj.csv", newline="") as file:
        expected = list(csv.DictReader(file))
    assert (len(expected), rejects, gaps, kind) == (982, [], 0, "asas-sn")
    assert frame == ("JD", Stated(refposition="HELIOCENTER"))
    for column, name in (("time", "HJD"), ("band", "Filter")):
        assert points[column] == [row[name] for row in expected]
    for column, name in (("mag", "mag"), ("mag_err", "mag_err")):
        assert points[column] == [float(row[name]) for row in expected]
    assert not any(points["upper_limit"])
    assert [json.loads(text)["flux_err"] for text in points["metadata"]] == [float(row["flux_err"]) for row in expected]


def test_ztf_votable():
    points, rejects, frame, gaps, kind = read(VOTABLES / "ztf_irsa_ts_mivot.vot")
    expected = cells(VOTABLES / "ztf_irsa_ts_mivot.vot")
    # its TIMESYS claims TCB, but no column is tied to it
    assert (len(expected), rejects, gaps, kind, frame) == (297, [], 0, "votable-series", ("MJD", Stated()))
    assert list(map(float, points["time"])) == [float(row[3]) for row in expected]
    assert np.array_equal(single(points["mag"]), single([row[4] for row in expected]))
    assert np.array_equal(single(points["mag_err"]), single([row[5] for row in expected]))
    assert points["quality"] == [128 if int(row[6]) & 32768 else 0 for row in expected] and 128 in points["quality"]
    assert points["band"] == ["zg"] * 297 and points["exptime"] == [30.0] * 297
    assert points["object_name"] == [row[0] for row in expected]


def test_gaia_votable():
    path = VOTABLES / "gaia_dr2_epoch_multiband.xml"
    points, rejects, frame, gaps, _ = read(path)
    expected = cells(path)
    assert (len(expected), rejects, gaps) == (251, [], 0)
    assert frame == ("JD-2455197.5", Stated("TCB", "BARYCENTER", "mid"))
    assert points["object_name"] == [row[0] for row in expected] and points["band"] == [row[2] for row in expected]
    assert list(map(float, points["time"])) == [float(row[3]) for row in expected]
    assert np.array_equal(single(points["mag"]), single([row[4] for row in expected]))
    assert points["quality"] == [2 * (row[9] == "T") for row in expected] and points["quality"].count(2) == 2
    facts = [json.loads(text) for text in points["metadata"]]
    assert np.array_equal(single([fact["flux"] for fact in facts]), single([row[5] for row in expected]))
    assert [fact["transit_id"] for fact in facts] == [int(row[1]) for row in expected]


def test_gavo_votable():
    path = VOTABLES / "gavo_gaiadr2_ts_G.vot"
    points, rejects, frame, gaps, _ = read(path, bands={"GAIA/GAIA2.G": "G"})
    expected = cells(path)
    assert (len(expected), rejects, gaps, frame) == (38, [], 0, ("JD", Stated("TCB", "BARYCENTER")))
    assert list(map(float, points["time"])) == [float(row[0]) for row in expected]
    assert points["mag"] == [float(row[1]) for row in expected]
    assert {*points["band"]} == {"G"} and {*points["object_name"]} == {"1866721434011386240"}
    facts = [json.loads(text) for text in points["metadata"]]
    assert np.array_equal(single([fact["flux_error"] for fact in facts]), single([row[3] for row in expected]))


def test_the_notes_example():
    points, rejects, frame, _, _ = read(VOTABLES / "timeseries_note_ex1.xml", bands={"Palomar/ZTF.g": "g_ztf"})
    assert (rejects, frame) == ([], ("JD", Stated(refposition="HELIOCENTER")))
    assert points["time"] == ["2458662.830467246", "2458663.897563067", "2458664.850875846"]
    assert np.array_equal(single(points["mag"]), single([16.292145, 16.538640, 16.301866]))
    assert {*points["band"]} == {"g_ztf"} and {*points["object_name"]} == {"the star"}


@pytest.mark.parametrize("name", ["obscore_gavo_image.xml", "ssa_gavo_datalink.xml"])
def test_votables_of_something_else_are_refused(name):
    with pytest.raises(ReadError, match="no column is a magnitude or a flux"):
        read(VOTABLES / name)


@pytest.mark.parametrize(
    "name, flux, quality, frame, unit, band, star",
    [
        ("kepler_q3_11442793_llc.fits", "PDCSAP_FLUX", "SAP_QUALITY", "JD-2454833", "electron/s", "Kepler", "KIC 11442793"),
        ("tess_s57_lc.fits", "PDCSAP_FLUX", "QUALITY", "JD-2457000", "electron/s", "TESS", "TIC 10005000001"),
        ("k2_lightkurve_custom_lc.fits", "FLUX", "SAP_QUALITY", "JD-2454833", "count", "Kepler", "201367065"),
    ],
)  # fmt: skip
def test_kepler_and_tess(name, flux, quality, frame, unit, band, star):
    points, rejects, found, gaps, kind = read(CURVES / name)
    table = fits.getdata(CURVES / name, 1)
    good = np.isfinite(table["TIME"]) & np.isfinite(table[flux])
    assert (kind, rejects, found, gaps) == ("fits-series", [], (frame, Stated("TDB", "BARYCENTER", "mid")), (~good).sum())
    assert np.array_equal(np.array(points["time"], float), table["TIME"][good])
    assert np.array_equal(single(points["flux"]), table[flux][good])
    errors = [np.nan if error is None else error for error in points["flux_err"]]
    assert np.array_equal(single(errors), table[f"{flux}_ERR"][good], equal_nan=True)
    flags = table[quality][good]
    assert [json.loads(text)[quality] for text in points["metadata"]] == flags.tolist()
    assert [code & 255 != 0 for code in points["quality"]] == (flags != 0).tolist()
    assert {*points["flux_unit"]} == {unit} and {*points["band"]} == {band} and {*points["object_name"]} == {star}
    assert {*points["mag"]} == {None}


@pytest.mark.parametrize(
    "name, told, frame",
    [
        ("ogle2_lmc_sc1_237629.dat", {}, "JD"), ("aij_export_3col_B.txt", {}, "JD"), ("vstar_simple_epsaur.tsv", {}, "JD"),
        ("asas3_245486.dat", {"time": "JD-2450000"}, "JD-2450000"),
    ],
)  # fmt: skip
def test_columns_without_names(name, told, frame):
    points, rejects, found, gaps, kind = read(CURVES / name, **told)
    expected = np.loadtxt(CURVES / name, delimiter="," if name.startswith("asas3") else None)
    first = {}
    for row in expected:
        first.setdefault(row[0], row[1])
    contradicts = np.array([first[row[0]] != row[1] for row in expected])
    assert (kind, len(rejects), found, gaps) == ("bare-columns", contradicts.sum(), (frame, Stated()), 0)
    expected = expected[~contradicts]
    assert np.array_equal(np.array(points["time"], float), expected[:, 0]) and np.array_equal(points["mag"], expected[:, 1])
    errors = [np.nan if error is None else error for error in points["mag_err"]]
    assert np.array_equal(errors, expected[:, 2] if expected.shape[1] > 2 else np.full(len(expected), np.nan), equal_nan=True)
    if told:
        with pytest.raises(ReadError, match="what its times count from"):
            read(CURVES / name)


def test_eros():
    points, rejects, frame, gaps, _ = read(CURVES / "eros_lm0010n22323.time", time="JD-2450000")
    expected = np.loadtxt(CURVES / "eros_lm0010n22323.time")
    assert (rejects, frame, {*points["object_name"]}) == ([], ("JD-2450000", Stated()), {"lm0010n22323"})
    for band, place in (("MagR", 1), ("MagB", 3)):
        mine = [i for i, word in enumerate(points["band"]) if word == band]
        rows = expected[expected[:, place] < 99]
        for name, values in (("time", rows[:, 0]), ("mag", rows[:, place]), ("mag_err", rows[:, place + 1])):
            assert np.array_equal(np.array([points[name][i] for i in mine], float), values)
    assert len(points["mag"]) == (expected[:, [1, 3]] < 99).sum()


@pytest.mark.parametrize("name, time", [("sdss_s82_rrl_1013184.csv", "MJD"), ("ztf_sn_17aadlxmv.csv", "MJD")])
def test_four_named_columns(name, time):
    with pytest.raises(ReadError, match="what the numbers of the column time count from is not stated"):
        read(CURVES / name)
    points, rejects, frame, gaps, _ = read(CURVES / name, time=time)
    with open(CURVES / name, newline="") as file:
        expected = list(csv.DictReader(file))
    assert (rejects, gaps, frame) == ([], 0, ("MJD", Stated()))
    assert points["time"] == [row["time"] for row in expected] and points["band"] == [row["band"] for row in expected]
    assert points["mag"] == [float(row["mag"]) for row in expected]
    assert points["mag_err"] == [float(row["magerr"]) for row in expected]


def test_a_pipelines_table():
    points, rejects, frame, gaps, _ = read(CURVES / "pipeline_aeuma_jd_hjd.csv")
    with open(CURVES / "pipeline_aeuma_jd_hjd.csv", newline="") as file:
        expected = list(csv.DictReader(file))
    assert (len(expected), rejects, gaps, frame) == (75, [], 0, ("JD", Stated()))
    assert points["time"] == [row["jd"] for row in expected]
    assert points["mag"] == [float(row["mag"]) for row in expected]
    facts = [json.loads(text) for text in points["metadata"]]
    assert [fact["airmass"] for fact in facts] == [float(row["airmass"]) for row in expected]
    assert {fact["flag"] for fact in facts} == {"OK"} and set(points["quality"]) == {None}


def test_skyportal():
    points, rejects, frame, gaps, kind = read(CURVES / "skyportal_16fil_mag.csv")
    with open(CURVES / "skyportal_16fil_mag.csv", newline="") as file:
        expected = list(csv.DictReader(file))
    assert (kind, rejects, gaps, frame) == ("skyportal", [], 0, ("MJD", Stated()))
    for column, name in (("time", "mjd"), ("band", "filter")):
        assert points[column] == [row[name] for row in expected]
    assert points["mag"] == [float(row["mag"]) for row in expected] and not any(points["upper_limit"])


def test_stellarphot():
    path = CURVES / "stellarphot_photometry.ecsv"
    with pytest.raises(ReadError, match="no column is a magnitude or a flux"):  # mag_inst is instrumental
        read(path)
    points, rejects, frame, gaps, kind = read(path, columns={"flux": "aperture_net_cnts", "flux_err": "noise_cnts"}, objects={"1": "WASP-10"})
    data = lines(path.name)[1:]
    good = [row for row in data if row[18] != "nan"]
    assert (kind, rejects, gaps, frame) == ("ecsv-series", [], len(data) - len(good), ("JD", Stated(refposition="BARYCENTER")))
    assert points["flux"] == [float(row[18]) for row in good] and points["flux_err"] == [float(row[19]) for row in good]
    assert list(map(float, points["time"])) == [float(row[-2]) for row in good]
    assert points["object_name"] == ["WASP-10" if row[0] == "1" else row[0] for row in good]
    assert {*points["flux_unit"]} == {"adu"} and {*points["exptime"]} == {90.0}


def test_an_xml_of_another_kind():
    with pytest.raises(ReadError, match=r"XML of another kind \(VOSOURCE\), no VOTable"):
        read(CURVES / "asas3_149389.xml")
