"""Text files of surveys: what their documentation says of limits, missing values, flags and times is what comes out."""

import json

import pytest
from photvo.model.batch import ReadError, Stated
from survey_files import (
    ASAS_3, ASASSN_VARIABLES, ATLAS, EROS, GAIA, NAMED, OGLE, SKY_PATROL_1, SKY_PATROL_2, SKY_PATROL_2_CLIENT, SKYPORTAL,
    SKYPORTAL_FLUX, TEXTS, UNNAMED, ZTF, read,
)  # fmt: skip


def pick(points, *names):
    return [tuple(point[name] for name in names) for point in points]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("change", ["as it is", "CRLF", "byte-order mark", "blank lines", "no last line end"])
def test_each_text_is_recognised_whatever_its_line_ends(tmp_path, name, change):
    text = TEXTS[name]
    options = {"time": "JD-2450000"} if name == "eros" else {"columns": {"mag": "MAG_0"}} if name == "asas-3" else {}
    _, plain, _, _ = read(tmp_path / "plain", text, **options)
    changed = {
        "as it is": text, "CRLF": text.replace("\n", "\r\n"), "byte-order mark": "\ufeff" + text,
        "blank lines": "\n" + text.replace("\n", "\n\n"), "no last line end": text.rstrip("\n"),
    }[change]  # fmt: skip
    found, points, _, _ = read(tmp_path / "changed", changed.encode(), **options)
    assert found == name and plain
    assert pick(points, "time", "mag", "band", "metadata") == pick(plain, "time", "mag", "band", "metadata")


def test_atlas(tmp_path):
    _, points, rejects, (batch,) = read(tmp_path / "a.txt", ATLAS)
    assert (batch.kind, batch.stated) == ("MJD", Stated(point="start"))
    assert pick(points, "time", "mag", "mag_err", "upper_limit", "flux", "flux_err", "flux_unit", "band", "quality") == [
        ("58037.635279", 13.616, 0.003, False, None, None, None, "o", 0),
        ("58043.620328", 18.76, None, True, None, None, None, "o", 0),  # 0.7 sigma: the five-sigma limit
        ("58109.489225", None, None, False, -490.0, 14.0, "uJy", "c", 0),  # -35 sigma: neither
        ("58110.500000", 14.0, 0.01, False, None, None, None, "c", 128),  # err is 3
    ]
    assert {point["exptime"] for point in points} == {30.0}
    assert json.loads(points[0]["metadata"])["uJy"] == 12984 and json.loads(points[0]["metadata"])["Obs"] == "02a58037o0713o"
    assert [(reject.line, reject.reason) for reject in rejects] == [(6, "duJy: 0 is no uncertainty")]


def test_sky_patrol_1(tmp_path):
    _, points, rejects, (batch,) = read(tmp_path / "a.csv", SKY_PATROL_1)
    assert (batch.kind, batch.stated, batch.gaps, rejects) == ("JD", Stated(refposition="HELIOCENTER"), 1, [])
    assert pick(points, "time", "mag", "mag_err", "upper_limit", "flux", "band") == [
        ("2457420.65322", 13.45, 0.005, False, None, "V"),
        ("2458002.51020", 14.814, None, True, None, "V"),
    ]
    assert json.loads(points[0]["metadata"])["flux(mJy)"] == 15.995


def test_sky_patrol_2(tmp_path):
    _, points, _, (batch,) = read(tmp_path / "a.csv", SKY_PATROL_2)
    assert (batch.kind, batch.stated) == ("JD", Stated())
    assert pick(points, "mag", "mag_err", "upper_limit", "flux", "flux_err", "flux_unit", "band", "quality", "line") == [
        (12.9204, 0.0054, False, None, None, None, "V", 0, 5),
        (16.9278, None, True, None, None, None, "g", 0, 6),
        (16.5, None, True, None, None, None, "g", 128, 7),
        (None, None, False, -2.5, 0.13, "mJy", "g", 0, 8),  # fainter than on the reference image: no limit
    ]
    _, points, _, _ = read(tmp_path / "b.csv", SKY_PATROL_2_CLIENT, UNNAMED)
    assert pick(points, "object_name", "time", "mag", "upper_limit", "quality") == [
        ("661427547161", "2457148.1143957", 12.9204, False, 0), ("661427547161", "2457149.2143957", 16.9278, True, 128),
    ]  # fmt: skip


def test_asas_sn_variable_stars(tmp_path):
    _, points, _, (batch,) = read(tmp_path / "a.csv", ASASSN_VARIABLES)
    assert batch.stated == Stated(refposition="HELIOCENTER")
    assert pick(points, "mag", "mag_err", "upper_limit") == [(11.221, 0.02, False), (14.167, None, True)]


def test_ztf(tmp_path):
    _, points, _, (batch,) = read(tmp_path / "a.csv", ZTF, UNNAMED, bands={"zg": "g_sdss"})
    assert (batch.kind, batch.stated) == ("MJD", Stated())
    assert pick(points, "time", "mag", "band", "quality", "exptime", "object_name") == [
        ("58204.5139005", 17.7203445, "g_sdss", 0, 30.0, "686103400034440"),
        ("58205.5140278", 17.6563911, "g_sdss", 128, 30.0, "686103400034440"),
        ("58205.5240278", 16.6563911, "zr", 0, 30.0, "686203400034441"),
    ]
    assert json.loads(points[1]["metadata"])["catflags"] == 32768


def test_a_told_object_is_the_star_of_a_surveys_number(tmp_path):
    for text in (ZTF, GAIA, SKY_PATROL_2_CLIENT):
        _, points, _, _ = read(tmp_path / "a.csv", text)
        assert {point["object_name"] for point in points} == {"VY UMi"}
    _, points, _, _ = read(tmp_path / "a.csv", GAIA, objects={"5813181197970338560": "SS Cyg"})
    assert {point["object_name"] for point in points} == {"SS Cyg"}
    with pytest.raises(ReadError, match=r"its ra differ by 5\.0000 deg, so that one object is not all"):
        read(tmp_path / "a.csv", ZTF.replace("298.0026,29.8716", "303.0025,29.8716"))
    with pytest.raises(ReadError, match=r"it has several stars \(5813181197970338560, 99\), so that one object is not all"):
        read(tmp_path / "a.csv", GAIA.replace("\n5813181197970338560", "\n99", 1))
    # a name is no number
    _, points, _, _ = read(tmp_path / "a.csv", "mjd,mag,star\n59000.5,10.5,SS Cyg\n")
    assert points[0]["object_name"] == "SS Cyg"


def test_skyportal(tmp_path):
    _, points, _, (batch,) = read(tmp_path / "a.csv", SKYPORTAL)
    assert (batch.kind, batch.gaps) == ("MJD", 1)
    assert pick(points, "mag", "mag_err", "upper_limit", "band") == [
        (20.52, 0.12, False, "ztfr"), (21.25, None, True, "ztfr"), (20.79, 0.21, False, "ztfg"),
    ]  # fmt: skip
    _, points, _, (batch,) = read(tmp_path / "b.csv", SKYPORTAL_FLUX, UNNAMED)
    assert pick(points, "object_name", "mag", "flux", "flux_err", "flux_unit") == [
        ("ZTF18abc", None, 12.5, 0.9, "uJy"), ("ZTF18abc", None, -2.5, 1.9, ""),
    ]  # fmt: skip
    assert json.loads(points[1]["metadata"])["zp"] == 25.0


def test_gaia(tmp_path):
    _, points, _, (batch,) = read(tmp_path / "a.csv", GAIA)
    assert (batch.kind, batch.stated, batch.gaps) == ("JD-2455197.5", Stated("TCB", "BARYCENTER", "mid"), 1)
    assert pick(points, "time", "band", "mag", "flux", "flux_unit", "quality") == [
        ("1705.9437360200984", "G", 15.216574774452164, None, None, 0), ("1705.9440360200984", "BP", 15.3, None, None, 2),
        ("1706.9440360200984", "RP", None, 11429.28, "electron/s", 1),
    ]  # fmt: skip
    assert json.loads(points[0]["metadata"])["flux"] == 15442.456273273616


def test_eros_wants_to_be_told_what_its_days_are(tmp_path):
    with pytest.raises(ReadError, match="what its days count from is not in the file"):
        read(tmp_path / "a.time", EROS)
    _, points, _, batches = read(tmp_path / "a.time", EROS, UNNAMED, time="JD-2447892", bands={"MagR": "R"})
    assert {batch.kind for batch in batches} == {"JD-2447892"} and sum(batch.gaps for batch in batches) == 0
    assert sorted(pick(points, "band", "time", "mag", "mag_err", "object_name")) == [
        ("MagB", "2686.56875", 15.113, 0.03, "lm0010n22323"), ("MagB", "294.91026", 15.299, 0.035, "lm0010n22323"),
        ("R", "294.91026", 14.877, 0.029, "lm0010n22323"), ("R", "317.82385", 14.716, 0.022, "lm0010n22323"),
    ]  # fmt: skip


def test_asas_3_wants_an_aperture(tmp_path):
    with pytest.raises(ReadError, match="five apertures"):
        read(tmp_path / "a", ASAS_3)
    _, points, _, (batch,) = read(tmp_path / "a", ASAS_3, UNNAMED, columns={"mag": "MAG_2"})
    assert (batch.kind, batch.stated, batch.gaps) == ("JD-2450000", Stated(refposition="HELIOCENTER"), 1)
    assert pick(points, "time", "mag", "mag_err", "quality", "object_name") == [
        ("2635.70854", 13.41, 0.026, 0, "073436+0538.6"), ("2695.64823", 13.103, 0.056, 1, "073436+0538.6"),
        ("2720.65130", 13.057, 0.025, 128, "073436+0538.6"),
    ]  # fmt: skip


def test_named_columns(tmp_path):
    _, points, rejects, (batch,) = read(tmp_path / "a.txt", NAMED)
    assert (batch.kind, batch.stated, batch.gaps) == ("JD", Stated("UTC", "HELIOCENTER"), 1)
    assert pick(points, "time", "mag", "mag_err", "upper_limit", "band", "object_name") == [
        ("2459510.34387", 10.2437, 0.0119, False, "V", "VY UMi"), ("2459510.35387", 12.5, None, True, "B", "VY UMi"),
    ]  # fmt: skip
    assert json.loads(points[0]["metadata"]) == {"airmass": 1.25, "remark": "good, or so"}
    assert [(reject.line, reject.reason) for reject in rejects] == [
        (6, "HJD_UTC: '2459510.x' is not a number"), (7, "HJD_UTC: no time"), (8, "mag: 'ten' is not a number"),
    ]  # fmt: skip
    assert rejects[0].row == "2459510.x;10.1;0.01;V;VY UMi;1.27;"


@pytest.mark.parametrize(
    "name, kind, stated",
    [
        ("JD", "JD", Stated()), ("mjd", "MJD", Stated()), ("HJD", "JD", Stated(None, "HELIOCENTER")),
        ("BJD_TDB", "JD", Stated("TDB", "BARYCENTER")), ("HJD-2450000", "JD-2450000", Stated(None, "HELIOCENTER")),
        ("BJD_TDB-2457000", "JD-2457000", Stated("TDB", "BARYCENTER")), ("HJD(UTC)-2450000", "JD-2450000", Stated("UTC", "HELIOCENTER")),
        ("JD (2400000+)", "JD-2400000", Stated()), ("BJD+2450000", "JD-2450000", Stated(None, "BARYCENTER")), ("HJD [d]", "JD", Stated(None, "HELIOCENTER")),
        ("BJD - 2457000.0 (TDB)", "JD-2457000.0", Stated("TDB", "BARYCENTER")), ("MJD_UTC", "MJD", Stated("UTC")),
    ],
)  # fmt: skip
def test_what_the_name_of_a_time_says(tmp_path, name, kind, stated):
    _, (point,), _, (batch,) = read(tmp_path / "a.csv", f"mag,{name}\n10.5,2459510.34387\n")
    assert (batch.kind, batch.stated, point["time"]) == (kind, stated, "2459510.34387")


def test_a_column_time_must_be_explained(tmp_path):
    text = "time,mag,magerr,band\n51081.346189,17.236,0.005,r\n"
    with pytest.raises(ReadError, match="what the numbers of the column time count from is not stated; give --time MJD"):
        read(tmp_path / "a.csv", text)
    _, (point,), _, (batch,) = read(tmp_path / "a.csv", text, time="MJD")
    assert (batch.kind, point["time"], point["band"], point["mag_err"]) == ("MJD", "51081.346189", "r", 0.005)


def test_options_name_columns(tmp_path):
    text = "jd rel_a rel_b\n2459510.5 0.99 1.01\n"
    with pytest.raises(ReadError, match=r"no column is a magnitude or a flux; name one, .*\(there are jd, rel_a, rel_b\)"):
        read(tmp_path / "a.txt", text)
    _, (point,), _, _ = read(tmp_path / "a.txt", text, columns={"mag_diff": "rel_a"})
    assert (point["mag"], point["mag_diff"]) == (None, 0.99)
    text = "jd flux rel_b\n2459510.5 0.99 1.01\n"
    _, (point,), _, _ = read(tmp_path / "a.txt", text, columns={"flux": "rel_b"})
    assert (point["flux"], point["flux_unit"], json.loads(point["metadata"])) == (1.01, "", {"flux": 0.99})
    with pytest.raises(ReadError, match=r"there is no column 'rel_c' \(for flux\); there are jd, flux, rel_b"):
        read(tmp_path / "a.txt", text, columns={"flux": "rel_c"})


def test_an_uncertainty_without_a_name_of_its_own_is_that_of_what_there_is(tmp_path):
    _, (point,), _, _ = read(tmp_path / "a.csv", "BTJD,flux,err\n1500.5,1000.25,2.5\n")
    assert (point["flux"], point["flux_err"], point["mag_err"]) == (1000.25, 2.5, None)
    _, (point,), _, _ = read(tmp_path / "b.csv", "JD,diff_mag,error\n2459510.5,1.25,0.02\n")
    assert (point["mag_diff"], point["mag_diff_err"], point["mag_err"]) == (1.25, 0.02, None)


def test_a_flux_in_magnitudes_is_none(tmp_path):
    text = "JD,flux,flux_err,fluxunit,filter\n2458849.5,18.25,0.02,ABMag,r\n2458850.5,12.5,0.5,uJy,r\n"
    _, points, rejects, _ = read(tmp_path / "a.csv", text)
    assert pick(points, "flux", "flux_unit") == [(12.5, "uJy")]
    assert [reject.reason for reject in rejects] == ["fluxunit is 'ABMag': no flux; say columns = { mag = \"flux\" }"]


def test_names_between_commas_over_rows_between_blanks(tmp_path):
    text = "# Requested input\nindex, filter, jd, forcediffimflux, forcediffimfluxunc\n0 ZTF_g 2458200.5 12.25 3.5\n1 ZTF_r 2458201.5 null 3.5\n"
    _, points, rejects, (batch,) = read(tmp_path / "a.txt", text, columns={"flux": "forcediffimflux", "flux_err": "forcediffimfluxunc"})
    assert pick(points, "line", "band", "time", "flux", "flux_err") == [(3, "ZTF_g", "2458200.5", 12.25, 3.5)]
    assert (rejects, batch.gaps) == ([], 1)


def test_columns_without_names(tmp_path):
    _, points, _, (batch,) = read(tmp_path / "a.dat", OGLE)
    assert (batch.kind, batch.stated, batch.gaps) == ("JD", Stated(), 1)
    assert pick(points, "line", "time", "mag", "mag_err") == [(1, "2450465.77691", 15.069, 0.003), (2, "2450465.83598", 15.079, 0.003)]
    short = "1935.8813,10.008,0.034\n1938.88406,9.97,0.035\n"
    with pytest.raises(ReadError, match=r"line 1: what its times count from \(1935.8813\) is not in the file"):
        read(tmp_path / "b.dat", short)
    _, points, _, (batch,) = read(tmp_path / "b.dat", short, time="JD-2450000")
    assert (batch.kind, points[0]["time"], points[0]["mag"]) == ("JD-2450000", "1935.8813", 10.008)
    _, points, _, _ = read(tmp_path / "c.dat", OGLE, columns={"flux": "2"})
    assert pick(points, "mag", "flux", "flux_unit")[0] == (None, 15.069, "") and json.loads(points[0]["metadata"]) == {"3": 0.003}


def test_two_magnitudes_at_one_time_are_not_one_point(tmp_path):
    text = "2454906.60417 3.1\n2454906.604170 3.0\n2454907.5 2.9\n2454907.50 2.9\n"
    _, points, rejects, _ = read(tmp_path / "a.dat", text)
    # what is said twice alike is for the archive to count
    assert pick(points, "line", "mag") == [(1, 3.1), (3, 2.9), (4, 2.9)]
    assert [(reject.line, reject.row) for reject in rejects] == [(2, "2454906.604170 3.0")]
    assert rejects[0].reason.startswith("it says another thing of the same time than line 1; a data source has one point")
    _, points, rejects, _ = read(tmp_path / "b.csv", "jd,mag,band\n2454906.5,3.1,V\n2454906.5,3.0,B\n")
    assert len(points) == 2 and not rejects


def test_further_columns_without_names(tmp_path):
    _, points, _, _ = read(tmp_path / "phot.dat", "2455260.85336 19.212 0.080 5.35 886.0\n2455260.86336 19.223 0.081 5.30 870.0\n")
    assert pick(points, "mag", "mag_err") == [(19.212, 0.08), (19.223, 0.081)] and json.loads(points[0]["metadata"]) == {"4": 5.35, "5": 886.0}


def test_columns_without_names_under_a_harmless_comment(tmp_path):
    _, points, _, _ = read(tmp_path / "a.txt", "# eps Aur\n\n2454900.32361\t3.1\n2454900.33810\t3.2\n")
    assert pick(points, "line", "time", "mag", "mag_err") == [(3, "2454900.32361", 3.1, None), (4, "2454900.33810", 3.2, None)]


def test_columns_without_names_under_comments_of_something_else_must_be_explained(tmp_path):
    text = "# residuals of the fit\n2458451.34299 1.9055 0.0110\n2458451.34416 1.9043 0.0108\n# end\n"
    with pytest.raises(ReadError, match="a comment line speaks of 'residual'"):
        read(tmp_path / "a.txt", text)
    _, points, _, _ = read(tmp_path / "a.txt", text, columns={"mag_diff": "2", "mag_diff_err": "3"})
    assert pick(points, "line", "mag", "mag_diff", "mag_diff_err") == [(2, None, 1.9055, 0.011), (3, None, 1.9043, 0.0108)]


def test_a_file_put_together_of_several_is_read_by_each_ones_names(tmp_path):
    # ASAS-3 has the best aperture first, which is another one for another data set
    further = "#desig= 073436+0538.6\n#     HJD      MAG_2  MAG_0  MER_2 MER_0 GRADE FRAME\n  2735.70854  13.222 13.111 0.022 0.011 A 44000\n"
    _, points, rejects, _ = read(tmp_path / "a", ASAS_3 + further, columns={"mag": "MAG_2"})
    assert not rejects and pick(points, "time", "mag", "mag_err")[-1] == ("2735.70854", 13.222, 0.022)
    text = "JD,mag,err\n2459510.5,10.5,0.01\nJD,err,mag\n2459511.5,0.02,10.6\nJD,mag,err\n2459512.5,10.7,0.03\n"
    _, points, rejects, _ = read(tmp_path / "b.csv", text)
    assert pick(points, "line", "mag", "mag_err") == [(2, 10.5, 0.01), (4, 10.6, 0.02), (6, 10.7, 0.03)] and not rejects


@pytest.mark.parametrize("comment", ["# JD is that of mid-exposure", "# HJD given", "# Sternwarte Höhe, JD: UTC"])
def test_a_comment_is_no_line_of_names(tmp_path, comment):
    for text, found in ((f"{comment}\nJD,mag,err\n2459510.5,10.5,0.01\n", "named-columns"), (f"{comment}\n2459510.5 10.5 0.01\n", "bare-columns")):
        for encoding in ("utf-8", "latin-1"):
            name, points, rejects, _ = read(tmp_path / "a.txt", text.encode(encoding))
            assert (name, pick(points, "time", "mag", "mag_err"), rejects) == (found, [("2459510.5", 10.5, 0.01)], [])


def test_names_in_latin_1_and_many_comments(tmp_path):
    text = "# nothing\n" * 500 + "JD;mag;Größe\n2459510.5;10.5;groß\n"
    _, (point,), _, _ = read(tmp_path / "a.csv", text.encode("latin-1"))
    assert (point["mag"], json.loads(point["metadata"])) == (10.5, {"Größe": "groß"})


def test_separators_at_the_ends_of_lines(tmp_path):
    for text in ("JD,mag,err\n2459510.5,10.5,0.01,\n2459511.5,10.5,0.01,,,\n", "JD,mag,err,\n2459510.5,10.5,0.01\n2459511.5,10.5,0.01,\n"):
        _, points, rejects, _ = read(tmp_path / "a.csv", text)
        assert pick(points, "mag", "mag_err") == [(10.5, 0.01)] * 2 and not rejects
    _, points, rejects, _ = read(tmp_path / "b.csv", "JD,mag,err\n2459510.5,10.5,0.01,good\n")
    assert not points and rejects[0].reason == "4 fields where the header has 3"


@pytest.mark.parametrize(
    "role, names, listed",
    [
        ("mag", "mag1,mag2", "mag1, mag2"), ("mag", "mag,mag", "mag, mag#2"), ("mag", "MAG_0,MAG_1", "MAG_0, MAG_1"),
        ("flux", "flux1,flux2", "flux1, flux2"),
    ],
)  # fmt: skip
def test_several_columns_by_one_name_are_not_chosen_from(tmp_path, role, names, listed):
    text = f"JD,{names}\n2459510.5,10.5,11.5\n"
    with pytest.raises(ReadError, match=rf"several columns are of (magnitudes|fluxes) \({listed}\); name one"):
        read(tmp_path / "a.csv", text)
    _, (point,), _, _ = read(tmp_path / "a.csv", text, columns={role: listed.split(", ")[1]})
    assert point[role] == 11.5
    _, (point,), _, _ = read(tmp_path / "b.csv", "JD,mag1,mag\n2459510.5,10.5,11.5\n")  # one is called just that
    assert point["mag"] == 11.5


@pytest.mark.parametrize("text", ["Obs JD,magcal,rms\n2459510.5,10.5,0.1\n", "# Obs JD\tmagcal\trms\n2459510.5\t10.5\t0.1\n"])
def test_columns_with_other_names_are_told(tmp_path, text):
    told = {"time": "JD", "columns": {"time": "Obs JD", "mag": "magcal", "mag_err": "rms"}}
    _, (point,), _, (batch,) = read(tmp_path / "a.csv", text, **told)
    assert (batch.kind, point["time"], point["mag"], point["mag_err"]) == ("JD", "2459510.5", 10.5, 0.1)


def test_columns_with_other_names_are_asked_for(tmp_path):
    with pytest.raises(ReadError, match=r'no known format; .*\(by other names: columns = { time = "…", mag = "…" } in a.csv.toml\)'):
        read(tmp_path / "a.csv", "Obs JD,magcal,rms\n2459510.5,10.5,0.1\n")


def test_a_survey_of_several_stars_is_not_one_star(tmp_path):
    text = "MasterID,Mag,Magerr,RA,Decl,MJD,Blend\n1140012345678,15.12,0.05,325.679,43.586,53654.29999,0\n"
    _, (point,), _, _ = read(tmp_path / "a.csv", text)
    assert (point["object_name"], point["mag"], point["time"]) == ("VY UMi", 15.12, "53654.29999")
    with pytest.raises(ReadError, match=r"it has several stars \(1140012345678, 1140012345679\)"):
        read(tmp_path / "a.csv", text + "1140012345679,17.12,0.05,325.69,43.58,53655.29999,0\n")


def test_a_table_with_jd_and_hjd_is_no_report_to_the_aavso(tmp_path):
    found, (point,), _, (batch,) = read(tmp_path / "a.csv", "Name,HJD,Mag,Err,Filter\nSS Cyg,2459510.5,10.2,0.01,B\n", UNNAMED)
    assert (found, batch.stated, point["band"]) == ("named-columns", Stated(refposition="HELIOCENTER"), "B")
    _, (point,), _, (batch,) = read(tmp_path / "a.csv", "Name,JD,HJD,Mag,Err\nSS Cyg,2459510.5,2459510.6,10.2,0.01\n")
    assert (batch.stated, point["time"], point["object_name"]) == (Stated(), "2459510.5", "SS Cyg")


@pytest.mark.parametrize("word", ["nan", "NULL", "''", "INDEF", "-", "—", "99.999", ""])
def test_words_for_a_missing_magnitude(tmp_path, word):
    _, points, rejects, (batch,) = read(tmp_path / "a.csv", f"JD,mag,err\n2459510.5,{word},0.01\n")
    assert (points, rejects, batch.gaps) == ([], [], 1)


def test_decimal_commas_are_refused_with_the_remedy(tmp_path):
    _, _, rejects, _ = read(tmp_path / "a.csv", "JD;mag\n2459510.5;10,24\n")
    assert [reject.reason for reject in rejects] == ["mag: '10,24' is not a number; write it with a decimal point"]
    for text in ("2459510,5;10,24;0,01\n", "2459510,5 10,24\n"):
        with pytest.raises(ReadError, match="its numbers have decimal commas; write them with points"):
            read(tmp_path / "b.csv", text)


def test_limits_of_atlas_and_missing_fluxes_of_pan_starrs(tmp_path):
    _, points, _, _ = read(tmp_path / "a.txt", ATLAS.replace(" 13.616", ">19.616"))
    assert pick(points, "mag", "mag_err", "upper_limit")[0] == (19.616, None, True)
    text = "obsTime,psfFlux,psfFluxErr\n55500.5,0.0012,0.0001\n55501.5,-999,-999\n"
    _, points, _, (batch,) = read(tmp_path / "b.csv", text, time="MJD", columns={"time": "obsTime", "flux": "psfFlux", "flux_err": "psfFluxErr"})
    assert pick(points, "time", "flux", "flux_err") == [("55500.5", 0.0012, 0.0001)] and batch.gaps == 1


def test_what_vizier_sends_as_text(tmp_path):
    text = "#\n#Column\tHJD\t(F12.4)\tJD\n\nHJD\tl_mag\tmag\te_mag\nd\t \tmag\tmag\n----\t-\t----\t----\n2459510.5\t>\t10.5\t\n2459511.5\t \t10.6\t0.1\n"
    _, points, rejects, (batch,) = read(tmp_path / "a.tsv", text)
    assert not rejects and batch.stated == Stated(refposition="HELIOCENTER")
    assert pick(points, "mag", "mag_err", "upper_limit") == [(10.5, None, True), (10.6, 0.1, False)]


@pytest.mark.parametrize("name", ["upper_limit", "is_limit", "UL", "uplim", "fainterThan"])
def test_columns_that_say_what_is_a_limit(tmp_path, name):
    _, points, _, _ = read(tmp_path / "a.csv", f"JD,mag,{name}\n2459510.5,10.5,True\n2459511.5,10.6,0\n2459512.5,10.7,1\n")
    assert pick(points, "mag", "upper_limit") == [(10.5, True), (10.6, False), (10.7, True)]


def test_dates_are_no_numbers(tmp_path):
    for options in ({}, {"time": "MJD"}):
        with pytest.raises(ReadError, match=r"the column time has dates \(2021-10-22 …\); write the times as JD or MJD"):
            read(tmp_path / "a.csv", "time,mag\n2021-10-22T20:15:10.368,10.2\n", **options)


def test_the_first_line_of_a_spreadsheet(tmp_path):
    for line in ("sep=;", '"sep=;"'):
        _, (point,), rejects, _ = read(tmp_path / "a.csv", f"{line}\nJD;mag\n2459510.5;10.5\n")
        assert (point["mag"], rejects) == (10.5, [])


def test_units_in_brackets_behind_names(tmp_path):
    _, (point,), _, _ = read(tmp_path / "a.csv", "HJD [d],mag [mag],err (mmag),exposure (min)\n2459510.5,10.5,12,2\n")
    assert (point["time"], point["mag"], point["mag_err"], point["exptime"]) == ("2459510.5", 10.5, pytest.approx(0.012), 120)
    _, (point,), _, _ = read(tmp_path / "b.csv", "JD,flux (mJy),flux_err (uJy)\n2459510.5,2.5,100\n")
    assert (point["flux"], point["flux_err"], point["flux_unit"]) == (2.5, pytest.approx(0.1), "mJy")
    _, (point,), _, _ = read(tmp_path / "c.csv", "JD,mag (V)\n2459510.5,10.5\n")
    assert point["mag"] == 10.5


def test_a_stray_row_does_not_spoil_columns_without_names(tmp_path):
    found, points, rejects, _ = read(tmp_path / "a.txt", "2459510.5 10.5 0.1\nJD mag err\n2459511.5 10.6 INF\n2459512.5 10.7 0.1\n2459513.5 10.8 0.1\n")
    assert found == "bare-columns" and pick(points, "mag") == [(10.5,), (10.7,), (10.8,)]
    assert [reject.line for reject in rejects] == [2, 3]
    with pytest.raises(ReadError, match=r"columns without names \('2459510.5 10.5 0.1 1 2 3'\), .*; write a line above them"):
        read(tmp_path / "b.txt", "2459510.5 10.5 0.1 1 2 3\n")


@pytest.mark.parametrize("text", ["|JD|mag|err|\n|2459510.5|10.5|0.1|\n", "| JD | mag | err |\n|---|---:|---|\n| 2459510.5 | 10.5 | 0.1 |\n"])
def test_bars_make_no_ipac_table(tmp_path, text):
    found, (point,), rejects, _ = read(tmp_path / "a.txt", text)
    assert (found, point["time"], point["mag"], point["mag_err"], rejects) == ("named-columns", "2459510.5", 10.5, 0.1, [])
