"""Light curves in tables that describe themselves: VOTable, FITS, ECSV, Parquet."""

import io
import json
import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.table import Table
from astropy.time import Time
from photvo.model.batch import ReadError, Stated
from photvo.readers.options import Options
from survey_files import ECSV, IPAC, UNNAMED, VOTABLE, fits_series, read


def pick(points, *names):
    return [tuple(point[name] for name in names) for point in points]


def test_a_votable_says_everything_itself(tmp_path):
    found, points, rejects, (one, two) = read(
        tmp_path / "a.vot", VOTABLE, options=Options(source="gaia"), bands={"GAIA/GAIA3.G": "G"})  # fmt: skip
    assert found == "votable-series" and not rejects and (one.gaps, two.gaps) == (1, 0)
    assert {(batch.kind, batch.stated) for batch in (one, two)} == {("JD-2455197.5", Stated("TCB", "BARYCENTER"))}
    assert pick(points, "line", "object_name", "band", "time", "mag", "mag_err", "exptime", "progid") == [
        (1, "VY UMi", "G", "1705.9437360200984", 15.216575, 0.0031, 30.0, "gaia"),
        (3, "VY UMi", "GAIA/GAIA3.Gbp", "1705.95", 15.5, None, None, "gaia"),
    ]
    assert json.loads(points[0]["metadata"]) == {"note": "a < b"}
    assert one.raw(1) == "t=1705.9437360200984, phot=15.216575, phot_error=0.0031, expo=0.5, note=a < b"


@pytest.mark.parametrize(
    "origin, kind",
    [
        ("MJD-origin", "MJD"), ("JD-origin", "JD"), ("0", "JD"), ("2400000.5", "MJD"), ("2457000", "JD-2457000"),
        ("2455197.5", "JD-2455197.5"),
    ],
)  # fmt: skip
def test_the_origin_of_a_timesys(tmp_path, origin, kind):
    _, _, _, batches = read(tmp_path / "a.vot", VOTABLE.replace('timeorigin="2455197.5"', f'timeorigin="{origin}"'))
    assert {batch.kind for batch in batches} == {kind}


@pytest.mark.parametrize("attribute", ["", 'timeorigin=""', 'timeorigin="MJD"', 'timeorigin="-1"'])
def test_an_origin_that_says_nothing_must_be_told(tmp_path, attribute):
    text = VOTABLE.replace('timeorigin="2455197.5"', attribute)
    with pytest.raises(ReadError, match="what the numbers of the column t count from is not stated|the VOTable is damaged"):
        read(tmp_path / "a.vot", text)
    if 'MJD"' not in attribute:
        _, _, _, batches = read(tmp_path / "a.vot", text, time="MJD")
        assert {(batch.kind, batch.stated) for batch in batches} == {("MJD", Stated("TCB", "BARYCENTER"))}


def test_unknown_words_of_a_timesys_state_nothing(tmp_path):
    text = VOTABLE.replace("TCB", "UNKNOWN").replace("BARYCENTER", "RELOCATABLE")
    _, _, _, batches = read(tmp_path / "a.vot", text)
    assert {batch.stated for batch in batches} == {Stated()}


def test_options_go_before_a_wrong_timesys(tmp_path):
    _, _, _, batches = read(tmp_path / "a.vot", VOTABLE, time="MJD", time_scale="UTC", time_refposition="TOPOCENTER")
    assert {(batch.kind, batch.stated) for batch in batches} == {("MJD", Stated("UTC", "TOPOCENTER"))}


def test_data_that_are_elsewhere_are_not_fetched(tmp_path):
    text = re.sub("<TABLEDATA>.*?</TABLEDATA>", '<BINARY2><STREAM href="file:///etc/passwd"/></BINARY2>', VOTABLE, flags=re.S)
    with pytest.raises(ReadError, match="its data are elsewhere"):
        read(tmp_path / "a.vot", text)


@pytest.mark.parametrize(
    "old, new, reason",
    [
        ("1706.5", "17o6.5", "the VOTable is damaged: .*17o6.5"), ("</RESOURCE>", "", "the VOTable is damaged"),
        ('ucd="phot.mag;em.opt" ', "", None), ("VOTABLE", "VOSOURCE", r"XML of another kind \(VOSOURCE\), no VOTable"),
    ],
)  # fmt: skip
def test_a_votable_that_is_none_is_refused_with_its_reason(tmp_path, old, new, reason):
    if reason is None:
        assert len(read(tmp_path / "a.vot", VOTABLE.replace(old, new))[1]) == 2  # `phot` is a magnitude by its name, too
        return
    with pytest.raises(ReadError, match=reason):
        read(tmp_path / "a.vot", VOTABLE.replace(old, new))


def test_a_votable_without_a_light_curve_says_what_is_missing(tmp_path):
    with pytest.raises(ReadError, match=r"no column is a magnitude or a flux; .*\(there are t, note\)"):
        read(tmp_path / "a.vot", re.sub("phot|mag|expo", "x", VOTABLE).replace('name="x"', 'name="note"').replace('"x_error"', '"note"'))


def test_several_magnitudes_are_not_chosen_from(tmp_path):
    text = VOTABLE.replace('name="phot"', 'name="Vmag"').replace('name="expo" datatype="double" unit="min" ucd="time.duration;obs.exposure"',
                           'name="Bmag" datatype="double" unit="mag" ucd="phot.mag;em.opt.B"')  # fmt: skip
    with pytest.raises(ReadError, match=r"several columns are of magnitudes \(Vmag, Bmag\); name one"):
        read(tmp_path / "a.vot", re.sub('<TABLE name="bp">.*</TABLE>', "", text, flags=re.S))
    _, points, _, _ = read(tmp_path / "a.vot", re.sub('<TABLE name="bp">.*</TABLE>', "", text, flags=re.S), columns={"mag": "Bmag"})
    assert pick(points, "mag") == [(0.5,), (0.5,)] and json.loads(points[0]["metadata"])["Vmag"] == 15.216575


@pytest.mark.parametrize(
    "words, kind",
    [("Heliocentric Julian Date (HJD-2450000)", "JD-2450000"), ("HJD - 2,400,000.5", "JD-2400000.5"), ("Heliocentric JD", "JD")],
)
def test_an_offset_in_the_description_of_a_time(tmp_path, words, kind):
    text = VOTABLE.replace('name="t"', 'name="HJD"').replace(' ref="clock"/>', f"><DESCRIPTION>{words}</DESCRIPTION></FIELD>")
    _, _, _, batches = read(tmp_path / "a.vot", text)
    assert {(batch.kind, batch.stated) for batch in batches} == {(kind, Stated(None, "HELIOCENTER"))}


def test_a_votable_with_entities_is_refused(tmp_path):
    text = VOTABLE.replace("<VOTABLE", '<!DOCTYPE VOTABLE [<!ENTITY a "aaaa">]>\n<VOTABLE', 1)
    with pytest.raises(ReadError, match="it defines entities"):
        read(tmp_path / "a.vot", text)


def test_an_ipac_table_of_ztf(tmp_path):
    found, points, _, (batch,) = read(tmp_path / "a.tbl", IPAC, UNNAMED)
    assert (found, batch.kind, batch.stated, batch.gaps) == ("ipac-series", "MJD", Stated(), 1)
    assert pick(points, "line", "object_name", "time", "mag", "mag_err", "band", "quality") == [
        (7, "686103400034440", "58204.5139005", 17.7203445, 0.03, "zg", 0), (9, "686103400034440", "58206.5139005", 17.75, None, "zr", 128),
    ]  # fmt: skip
    assert batch.raw(7).split()[0] == "686103400034440"
    with pytest.raises(ReadError, match="cannot be read as an IPAC table"):
        read(tmp_path / "b.tbl", IPAC.replace("|double ", "|dauble "))


def test_magnitudes_of_wise_without_uncertainty_are_limits(tmp_path):
    text = """|mjd           |w1mpro|w1sigmpro|w2mpro|w2sigmpro|
|double        |double|double   |double|double   |
|day           |mag   |mag      |mag   |mag      |
|null          |null  |null     |null  |null     |
 57000.12345678 8.123   0.012    8.023  0.014
 57001.12345678 9.123   null     8.023  0.014
"""
    with pytest.raises(ReadError, match="no column is a magnitude"):
        read(tmp_path / "a.tbl", text)
    for columns in ({"mag": "w1mpro"}, {"mag": "w1mpro", "mag_err": "w1sigmpro"}):
        _, points, _, _ = read(tmp_path / "a.tbl", text, columns=columns)
        assert pick(points, "time", "mag", "upper_limit") == [("57000.12345678", 8.123, False), ("57001.12345678", 9.123, True)]


def test_gaias_raw_structure_is_refused_with_its_reason(tmp_path):
    text = VOTABLE.replace('name="t" datatype="double"', 'name="g_transit_time" datatype="double" arraysize="*"')
    with pytest.raises(ReadError, match="Gaia epoch photometry in the structure RAW, .*get it as INDIVIDUAL"):
        read(tmp_path / "a.vot", text)


def test_the_raw_structure_in_its_other_forms(tmp_path):
    csv = 'solution_id,source_id,n_transits,g_transit_time,g_transit_mag\n1,2,2,"[1705.9,1706.0]","[15.2,15.3]"\n'
    header = "# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n# - {name: source_id, datatype: int64}\n"
    header += "".join(f"# - {{name: {name}, datatype: string, subtype: 'float64[null]'}}\n" for name in ("g_transit_time", "g_transit_mag"))
    ecsv = header + 'source_id,g_transit_time,g_transit_mag\n2,"[1705.9,1706.0]","[15.2,15.3]"\n'
    arrays = [fits.Column(name, "2D", array=[[1705.9, 1706.0]]) for name in ("g_transit_time", "g_transit_mag")]
    for content in (csv, ecsv, fits_series(arrays)):
        with pytest.raises(ReadError, match="Gaia epoch photometry in the structure RAW, .*get it as INDIVIDUAL"):
            read(tmp_path / "a", content)


def test_an_answer_that_is_an_error_says_so(tmp_path):
    text = '<VOTABLE version="1.4"><RESOURCE type="results"><INFO name="QUERY_STATUS" value="ERROR">No such star</INFO></RESOURCE></VOTABLE>'
    with pytest.raises(ReadError, match="the service that sent it says: No such star"):
        read(tmp_path / "a.vot", text)


@pytest.mark.parametrize("names", [("TIME", "FLUX_RAW", "FLUX_CORR"), ("T", "FRAW", "FCOR"), ("TMID_BJD", "IRM1", "IRM2")])
def test_light_curves_of_others_in_fits_ask_for_their_column(tmp_path, names):
    time, first, second = names  # of TASOC, K2SFF, CDIPS
    columns = [fits.Column(time, "D", "BJD - 2457000", array=[1500.5]), *(fits.Column(name, "D", array=[i]) for i, name in enumerate(names[1:]))]
    content = fits_series(columns, BJDREFI=None, BJDREFF=None)
    with pytest.raises(ReadError, match=rf"no column is a magnitude or a flux; name one, .*\(there are {time}, {first}, {second}, EXPTIME\)"):
        read(tmp_path / "a.fits", content)
    _, (point,), _, (batch,) = read(tmp_path / "a.fits", content, columns={"flux": second})
    assert (batch.kind, point["time"], point["flux"]) == ("JD-2457000", "1500.5", 1.0)


def test_times_of_single_precision_are_refused(tmp_path):
    text = VOTABLE.replace('name="t" datatype="double"', 'name="t" datatype="float"').replace("2455197.5", "0")
    assert read(tmp_path / "a.vot", text)[1]  # some thousand days are good to seconds
    with pytest.raises(ReadError, match="the column t is of single precision"):
        read(tmp_path / "a.vot", text.replace("<TD>1705.9", "<TD>2456905.9"))


def test_kepler(tmp_path):
    found, points, rejects, (batch,) = read(tmp_path / "a.fits", fits_series(), options=Options(source="kepler"))
    assert found == "fits-series" and not rejects
    assert (batch.kind, batch.stated, batch.gaps) == ("JD-2454833", Stated("TDB", "BARYCENTER", "mid"), 2)
    assert pick(points, "line", "time", "flux", "flux_err", "flux_unit", "quality", "mag", "band", "object_name") == [
        (1, "352.376993", 43244.5, 8.25, "electron/s", 0, None, "Kepler", "KIC 11442793"),
        (3, "352.397427", 43242.25, None, "electron/s", 8192 | 128, None, "Kepler", "KIC 11442793"),
    ]
    assert points[0]["exptime"] == pytest.approx(6.02 * 270)
    assert json.loads(points[1]["metadata"]) == {"SAP_FLUX": 34201.25, "SAP_QUALITY": 8192}


def test_another_flux_of_kepler(tmp_path):
    _, points, _, _ = read(tmp_path / "a.fits", fits_series(), columns={"flux": "SAP_FLUX"})
    assert pick(points, "flux", "flux_err") == [(34235.06, None), (34201.25, None)]
    assert json.loads(points[0]["metadata"])["PDCSAP_FLUX_ERR"] == 8.25


@pytest.mark.parametrize(
    "cards, kind, stated",
    [
        ({"BJDREFF": 0.5}, "JD-2454833.5", Stated("TDB", "BARYCENTER", "mid")),
        ({"BJDREFI": 2457000, "TIMEPIXR": 0}, "JD-2457000", Stated("TDB", "BARYCENTER")),
        ({"BJDREFI": None, "TIMEREF": None}, "JD-2454833", Stated("TDB", "BARYCENTER", "mid")),  # by the unit
        ({"BJDREFI": None, "MJDREFI": 0, "MJDREFF": 0.0, "TIMEREF": None, "TREFPOS": "TOPOCENT"}, "MJD", Stated("TDB", "TOPOCENTER", "mid")),
        ({"BJDREFI": None, "DATEREF": "2009-06-18", "TIMEOFFS": 0.25}, "JD-2455000.75", Stated("TDB", "BARYCENTER", "mid")),
        ({"BJDREFI": None, "MJDREF": 50000.0, "TREFPOS": "GEOCENTER", "TIMESYS": "UTC"}, "JD-2450000.5", Stated("UTC", "GEOCENTER", "mid")),
        ({"BJDREFI": None, "JDREF": 2450000.0, "TCTYP1": "TT", "TRPOS1": "TOPOCENTER"}, "JD-2450000", Stated("TT", "TOPOCENTER", "mid")),
    ],
)  # fmt: skip
def test_what_the_cards_say_of_times(tmp_path, cards, kind, stated):
    _, _, _, (batch,) = read(tmp_path / "a.fits", fits_series(**cards))
    assert (batch.kind, batch.stated) == (kind, stated)


def test_units_are_not_taken_for_others(tmp_path):
    text = VOTABLE.replace('name="phot_error" datatype="float" unit="mag"', 'name="phot_error" datatype="float" unit="mmag"')
    plain, milli = (read(tmp_path / "a.vot", content)[1] for content in (VOTABLE, text))
    assert [point["mag_err"] for point in plain if point["mag_err"]]
    assert [point["mag_err"] for point in milli] == [point["mag_err"] and pytest.approx(point["mag_err"] / 1000) for point in plain]
    # 86,400 of SI's seconds are a day
    seconds = [fits.Column("TIME", "D", array=[43200.0]), fits.Column("MAG", "D", "mmag", array=[10200.0])]
    cards = {"BJDREFI": None, "BJDREFF": None, "MJDREFI": 55000, "MJDREFF": 0.0, "TIMEUNIT": "s"}
    _, (point,), _, (batch,) = read(tmp_path / "a.fits", fits_series(seconds, **cards))
    assert (batch.kind, float(point["time"]), point["mag"]) == ("JD-2455000.5", 0.5, 10.2)
    with pytest.raises(ReadError, match="the times of the column TIME are in yr; convert them to days"):
        read(tmp_path / "a.fits", fits_series(seconds, **{**cards, "TIMEUNIT": "yr"}))


def test_the_uncertainty_of_a_flux_is_in_its_unit(tmp_path):
    def table(unit):
        columns = [fits.Column("MJD", "D", "d", array=[59000.5]), fits.Column("FLUX", "D", "mJy", array=[2.0])]
        return fits_series([*columns, fits.Column("FLUX_ERR", "D", unit, array=[300.0])])

    _, (point,), _, _ = read(tmp_path / "a.fits", table("uJy"))
    assert (point["flux"], point["flux_err"], point["flux_unit"]) == (2.0, pytest.approx(0.3), "mJy")
    with pytest.raises(ReadError, match="the column FLUX_ERR is in mag, and what it is the uncertainty of in mJy"):
        read(tmp_path / "a.fits", table("mag"))


@pytest.mark.parametrize("word, scale", [("UT", "UTC"), ("ET", "TT"), ("TDT", "TT"), ("UTC(NIST)", "UTC"), ("IAT", "TAI"), ("LOCAL", None)])
def test_other_names_of_scales(tmp_path, word, scale):
    none = dict.fromkeys(("BJDREFI", "BJDREFF", "TIMEREF", "TIMEPIXR"))
    columns = [fits.Column("MJD", "D", "d", array=[59000.5]), fits.Column("MAG", "D", "mag", array=[10.0])]
    _, _, _, (batch,) = read(tmp_path / "a.fits", fits_series(columns, **{**none, "TIMESYS": word}))
    assert batch.stated.scale == scale


def test_a_scale_that_we_do_not_have_is_not_taken_for_another(tmp_path):
    for scale in ("GPS", "UT1"):
        text = VOTABLE.replace('timescale="TCB"', f'timescale="{scale}"')
        with pytest.raises(ReadError, match=f"the times of the column t are in {scale}, which is none of UTC, .*; convert them"):
            read(tmp_path / "a.vot", text)
        _, _, _, batches = read(tmp_path / "a.vot", text, time_scale="UTC")
        assert {batch.stated.scale for batch in batches} == {"UTC"}
    with pytest.raises(ReadError, match="the times of the column t are for EMBARYCENTER, which is none of TOPOCENTER, "):
        read(tmp_path / "a.vot", VOTABLE.replace('refposition="BARYCENTER"', 'refposition="EMBARYCENTER"'))


def test_lightkurves_own_files_name_their_times_by_the_unit(tmp_path):
    columns = [fits.Column("TIME", "D", "btjd", array=[2853.5, 2854.5]), fits.Column("FLUX", "E", "counts", array=[358029.22, 1.0])]
    none = dict.fromkeys(("BJDREFI", "BJDREFF", "TIMESYS", "TIMEREF", "TIMEPIXR", "INT_TIME"))
    _, points, _, (batch,) = read(tmp_path / "a.fits", fits_series(columns, **none))
    assert (batch.kind, batch.stated) == ("JD-2457000", Stated("TDB", "BARYCENTER", "mid"))
    assert pick(points, "time", "flux", "flux_unit") == [("2853.5", 358029.22, "count"), ("2854.5", 1.0, "count")]
    columns[0] = fits.Column("TIME", "D", "d", array=[2853.5, 2854.5])
    with pytest.raises(ReadError, match="what the numbers of the column TIME count from is not stated"):
        read(tmp_path / "b.fits", fits_series(columns, **none))


def test_a_table_cut_off_is_refused(tmp_path):
    whole = fits_series()
    with pytest.raises(ReadError):
        read(tmp_path / "a.fits", whole[: len(whole) - 2880 - 1440])


def test_ecsv(tmp_path):
    found, points, _, (batch,) = read(tmp_path / "a.ecsv", ECSV)
    assert found == "ecsv-series"
    assert (batch.kind, batch.stated, batch.gaps) == ("JD", Stated("TDB", "BARYCENTER", "mid"), 1)
    assert pick(points, "line", "time", "mag", "mag_err", "band", "exptime") == [
        (11, "2458353.743841859", 10.5, 0.003, "V", 90.0), (13, "2458353.745841859", 10.25, 0.004, "R", 90.0),
    ]  # fmt: skip
    assert batch.raw(11) == "2458353.743841859 V 10.5 0.003 90.0"


def test_ecsv_with_a_time_of_astropys(tmp_path):
    table = Table({"when": Time(["2021-10-22T20:15:10.368", "2021-10-23T20:15:10.368"], scale="utc"), "mag": [10.5, 10.6]})
    table["when"].info.description = "middle of the exposure at the telescope"
    table.meta["OBJECT"] = "VY UMi"
    table.write(tmp_path / "a.ecsv")
    _, points, _, (batch,) = read(tmp_path / "a.ecsv", options=Options(source="s", band="V"), columns={"time": "when"})
    assert (batch.kind, batch.stated) == ("MJD", Stated("UTC", "TOPOCENTER", "mid"))
    assert pick(points, "time", "object_name") == [("59509.84387", "VY UMi"), ("59510.84387", "VY UMi")]


def test_ecsv_with_tags_that_nobody_knows(tmp_path):
    text = ECSV.replace("# schema", "# meta: !!omap\n# - camera: !Camera {gain: 1.5}\n# schema")
    _, points, _, _ = read(tmp_path / "a.ecsv", text)
    assert pick(points, "mag") == [(10.5,), (10.25,)]


@pytest.mark.parametrize("old, new", [("float64", "float65"), ("V 10.5", "V ten"), ("R 10.25", "R"), ("# ---", "# {")])
def test_ecsv_that_is_none(tmp_path, old, new):
    with pytest.raises(ReadError, match="cannot be read as ECSV: "):
        read(tmp_path / "a.ecsv", ECSV.replace(old, new))


def test_parquet_by_the_names_of_its_columns(tmp_path):
    table = pa.table({
        "hjd": [2459510.5, None, 2459512.5], "mag": pa.array([10.25, 10.5, None], pa.float32()), "band": ["V", "V", "R"],
        "list": [[1], [2], [3]],
    })  # fmt: skip
    out = io.BytesIO()
    pq.write_table(table, out)
    found, points, _, (batch,) = read(tmp_path / "a.parquet", out.getvalue())
    assert (found, batch.kind, batch.stated, batch.gaps) == ("parquet-series", "JD", Stated(None, "HELIOCENTER"), 2)
    assert pick(points, "line", "time", "mag", "band") == [(1, "2459510.5", 10.25, "V")]
    with pytest.raises(ReadError, match="the Parquet file is damaged"):
        read(tmp_path / "b.parquet", out.getvalue()[:-20])
