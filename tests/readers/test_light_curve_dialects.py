"""How observers' programs really write light curves: each dialect in a small file made by hand."""

import json
from datetime import datetime
from decimal import Decimal

import pytest
from astropy.time import Time
from hypothesis import given, settings
from hypothesis import strategies as st
from photvo import readers
from photvo.model.batch import ReadError
from photvo.readers import frames, rows
from photvo.readers.options import Options
from samples import SAMPLES

HEAD = "#TYPE=EXTENDED\n#OBSCODE=ABC\n#DELIM=,\n#DATE=JD\n"
ROW = "SS CYG,2450702.1234,11.235,0.003,V,NO,STD,105,10.593,110,11.090,1.561,1,070613,na\n"
TOLD = Options(object="the star", band="V", source="the source")


@pytest.fixture
def read(tmp_path):
    """`read(text, options)`: the batches of a file with this text (or bytes)."""

    def read(content, options=TOLD):
        path = tmp_path / "night1.txt"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(readers.open(path, options))

    return read


def points(batches):
    """The points of all batches as dicts; none may be rejected."""
    assert [reject.reason for batch in batches for reject in batch.rejects] == []
    return [point for batch in batches for point in batch.points.to_pylist()]


def reasons(batches):
    """The reasons of all rejects."""
    return [reject.reason for batch in batches for reject in batch.rejects]


def frame_of(batch):
    return batch.kind, str(batch.stated)


@pytest.mark.parametrize(
    "word, mark",
    [("comma", ","), ("Comma", ","), ("tab", "\t"), ("TAB", "\t"), ("\t", "\t"), (";", ";"), ("semicolon", ";"), ("|", "|"), ("!", "!"),
     ("44", ","), (",,,,,,", ","), ('","', ","), ("", ","), ("", "\t"), ("comma,,,", ","), ("pipe", "|"), (r"\t", "\t"), (r"'\t'", "\t"), ("<tab>", "\t")],
)  # fmt: skip
def test_aavso_separators(read, word, mark):
    head = HEAD.replace("#DELIM=,", f"#DELIM={word}")
    (point,) = points(read(head + ROW.replace(",", mark), Options()))
    assert (point["object_name"], point["time"], point["mag"], point["band"]) == ("SS CYG", "2450702.1234", 11.235, "V")


def test_aavso_separated_by_blanks(read):
    text = HEAD.replace("#DELIM=,", "#DELIM=space") + ROW.replace("SS CYG", "SS_CYG").replace(",", "  ")
    (point,) = points(read(text, Options()))
    assert (point["object_name"], point["mag_err"]) == ("SS_CYG", 0.003)


def test_aavso_separator_that_is_none(read):
    with pytest.raises(ReadError, match="line 3: #DELIM: 'x' is no separator"):
        read(HEAD.replace("#DELIM=,", "#DELIM=x") + ROW)


@pytest.mark.parametrize("spoil", [
    lambda text: text.replace("\n", "\r\n"), lambda text: text.replace("\n", "\r"), lambda text: "\ufeff" + text,
    lambda text: text.replace("\n", "\n\n"), lambda text: text.replace("#DATE", "# any remark, = or not\n#\n#DATE"),
    lambda text: text.replace("#TYPE=", "#type = ").replace("#DATE=", "#date = "), lambda text: text.replace("#", "# "),
    lambda text: text.replace(",NO", " , NO").replace(",11.235", ", 11.235 "), lambda text: text.rstrip("\n"),
    lambda text: "".join(f"{line}{',' * 12}\n" for line in text.splitlines()),
    lambda text: text.replace("#DATE=JD", '"#DATE=JD"'), lambda text: text.replace("SS CYG", '"SS CYG"'),
], ids="crlf cr bom blank remarks small-letters blanks padded no-newline spreadsheet quoted-header quoted-name".split())  # fmt: skip
def test_aavso_spoilt_on_its_way(read, spoil):
    (point,) = points(read(spoil(HEAD + ROW), Options()))
    got = point["object_name"], point["time"], point["mag"], point["mag_err"], point["band"], point["progid"]
    assert got == ("SS CYG", "2450702.1234", 11.235, 0.003, "V", "ABC")


def test_aavso_columns_named_otherwise_left_out_and_in_another_order(read):
    """An uncommented line, AIRMASS for AMASS, no GROUP, no CHART, a column of one's own."""
    text = HEAD + "name,mag,date,filt,merr,airmass,MyColumn,notes\nSS CYG,11.235,2450702.1234,V,0.003,1.56,7,clouds, wind\n"
    (point,) = points(read(text))
    assert (point["time"], point["mag"], point["mag_err"], point["band"]) == ("2450702.1234", 11.235, 0.003, "V")
    assert json.loads(point["metadata"]) == {"airmass": 1.56, "MYCOLUMN": "7", "NOTES": "clouds, wind", "OBSCODE": "ABC"}


def test_aavso_line_of_columns_from_a_spreadsheet(read):
    text = HEAD + "#NAME,DATE,MAG,MERR,FILT,,,\nSS CYG,2450702.1234,11.235,0.003,V,,,\n"
    (point,) = points(read(text))
    assert (point["time"], point["mag"], point["mag_err"], point["band"]) == ("2450702.1234", 11.235, 0.003, "V")


def test_aavso_observer_and_date_change_on_the_way(read):
    text = HEAD + ROW + "#OBSCODE=XYZ\n" + ROW.replace(".1234", ".2") + "#DATE=HJD\n" + ROW.replace(".1234", ".3")
    batches = read(text, Options())
    assert [frame_of(batch) for batch in batches] == [("JD", "TOPOCENTER"), ("JD", "HELIOCENTER")]
    assert [(point["progid"], point["time"]) for point in points(batches)] == [
        ("ABC", "2450702.1234"), ("XYZ", "2450702.2"), ("XYZ", "2450702.3")]  # fmt: skip


@pytest.mark.parametrize(
    "word, frame",
    [("JD", ("JD", "TOPOCENTER")), ("hjd", ("JD", "HELIOCENTER")), ("BJD_TDB", ("JD", "TDB BARYCENTER")), ("MJD", ("MJD", "TOPOCENTER")),
     ("HJD-2450000", ("JD-2450000", "HELIOCENTER")), ("BJD - 2,400,000", ("JD-2400000", "BARYCENTER")), ("HJD_UTC", ("JD", "UTC HELIOCENTER")),
     ("BJD (TDB)", ("JD", "TDB BARYCENTER")), ("JDHEL", ("JD", "HELIOCENTER")), ("BTJD", ("JD-2457000", "TDB BARYCENTER"))],
)  # fmt: skip
def test_the_words_for_times(read, word, frame):
    (batch,) = read(HEAD.replace("=JD", f"={word}") + ROW)
    assert frame_of(batch) == frame
    (batch,) = read(HEAD.replace("#DATE=JD", f"#DATE_TYPE={word}") + ROW)  # as EXOTIC has it
    assert frame_of(batch) == frame


def test_a_word_for_times_that_is_not_known_needs_the_option(read):
    text = HEAD.replace("=JD", "=local time") + ROW
    with pytest.raises(ReadError, match="line 4: #DATE: 'local time' is no kind of time"):
        read(text)
    (batch,) = read(text, Options(time="JD"))
    assert frame_of(batch) == ("JD", "")


@pytest.mark.parametrize(
    "text, iso",
    [("12/31/2007 12:59:59 a.m.", "2007-12-31T00:59:59"), ("12/31/2007 1:05:00 PM", "2007-12-31T13:05:00"), ("3/1/2020 17:30", "2020-03-01T17:30:00"),
     ("39447.25", "2007-12-31T06:00:00")],
)  # fmt: skip
def test_times_of_a_spreadsheet(read, text, iso):
    (batch,) = read(HEAD.replace("=JD", "=EXCEL") + ROW.replace("2450702.1234", text))
    assert frame_of(batch) == ("JD-2415018.5", "TOPOCENTER")
    (point,) = points([batch])
    expected = Time(iso, scale="utc")
    expected.format = "jd"
    day = Decimal(point["time"]) + Decimal("2415018.5")
    assert abs(day - expected.to_value("jd", subfmt="decimal")) * 86400 < Decimal("1e-5")


@pytest.mark.parametrize("text", ["13/31/2007 12:59:59", "12/31/2007 13:00 PM", "2/30/2007 1:00", "yesterday"])
def test_a_time_of_a_spreadsheet_that_there_is_not(read, text):
    (reason,) = reasons(read(HEAD.replace("=JD", "=EXCEL") + ROW.replace("2450702.1234", text)))
    assert text.split()[0] in reason


@pytest.mark.parametrize(
    "mag, value, limit", [("<12.8", 12.8, True), ("< 12.8", 12.8, True), (">14.5", 14.5, True), ("[13.1", 13.1, True), ("-1.4", -1.4, False)]
)
def test_limits(read, mag, value, limit):
    (point,) = points(read(HEAD + ROW.replace("11.235", mag)))
    assert (point["mag"], point["upper_limit"]) == (value, limit)


@pytest.mark.parametrize("mag", ["<", "na", "", "12,8", "1_2", "0x1", "inf", "1e999", "<nan", "12.8:"])
def test_magnitudes_that_are_none(read, mag):
    (reason,) = reasons(read(HEAD.replace("=,", "=;") + ROW.replace(",", ";").replace("11.235", mag)))
    assert "MAG" in reason


@pytest.mark.parametrize("word", ["na", "N/A", "NULL", "", "nan", "\xa0", " -- "])
def test_words_for_a_missing_uncertainty(read, word):
    (point,) = points(read(HEAD + ROW.replace("0.003", word)))
    assert point["mag_err"] is None


def test_differential_magnitudes_keep_their_kind(read):
    first, second = points(read(HEAD + ROW.replace("STD", "DIF") + ROW.replace(".1234", ".2").replace("STD", "abs")))
    assert (first["mag"], first["mag_diff"], first["mag_diff_err"]) == (None, 11.235, 0.003)
    assert (second["mag"], second["mag_diff"]) == (11.235, None)
    (reason,) = reasons(read(HEAD + ROW.replace("STD", "STEP")))
    assert reason == "MTYPE: 'STEP' is neither STD nor DIF"


def test_a_row_cut_off_is_refused_and_kept(read):
    (batch,) = read(HEAD + ROW[:40])
    assert "fields, separated by ','" in batch.rejects[0].reason and batch.rejects[0].row == ROW[:40]


def test_what_is_not_said_is_asked_for_with_the_remedy(read):
    text = HEAD.replace("#OBSCODE=ABC\n", "") + ROW.replace(",V,", ",na,").replace("SS CYG", "")
    (reason,) = reasons(read(text, Options()))
    assert reason == (
        "the file does not say which object and which band and which data source; give --object NAME --band V --source PROGID, or write"
        ' object = "NAME", band = "V", source = "PROGID" into night1.txt.toml'
    )
    (point,) = points(read(text, Options(object="o", band="B", source="s", exptime=30.0)))
    assert (point["object_name"], point["band"], point["progid"], point["exptime"]) == ("o", "B", "s", 30.0)


def test_words_of_a_file_are_translated_and_its_own_statements_go_before(read):
    told = Options(object="other", band="other", bands={"V": "V_bessell"}, objects={"SS CYG": "SS Cygni"}, time="MJD", time_scale="TT")
    (batch,) = read(HEAD + ROW, told)
    (point,) = points([batch])
    assert (point["object_name"], point["band"]) == ("SS Cygni", "V_bessell")
    assert frame_of(batch) == ("MJD", "TT TOPOCENTER")


def test_a_download_whose_band_is_not_known_is_not_filled_by_the_option(read):
    text = SAMPLES["aavso_download"].replace(",V,ABC", ",N/A,ABC")
    assert [point["band"] for point in points(read(text))] == ["N/A", "Vis."]


def test_a_download_says_what_is_discrepant_and_what_is_differential(read):
    head, row, *_ = SAMPLES["aavso_download"].splitlines()
    text = f"{head},Observer Affiliation,Measurement Method\n{row.replace(',Z,', ',T,')},0,DIFF\n"
    (point,) = points(read(text))
    assert (point["quality"], point["mag"], point["mag_diff"], point["mag_diff_err"]) == (1, None, 14.5, 0.5)


def test_two_observers_at_the_same_time_are_not_one(read):
    head, row, *_ = SAMPLES["aavso_download"].splitlines()
    text = f"{head}\n{row}\n{row.replace('ABC', 'XYZ').replace('33333', '333330')}\n"
    assert len(points(read(text, Options()))) == 2
    (batch,) = read(text)
    assert "observer 'XYZ' has the same time as observer 'ABC'" in batch.rejects[0].reason and batch.points.num_rows == 1


@pytest.mark.parametrize(
    "kind, column, expected",
    [("Rnflux", "DIFF", "flux"), ("Dmag", "DIFF", "mag_diff"), (None, "DIFF-MAG", "mag_diff"), ("RnFlux", "DIFF", "flux")],
)
def test_a_transit_says_what_it_measures(read, kind, column, expected):
    text = SAMPLES["aavso_exoplanet"].replace("#DATE,DIFF", f"#DATE,{column}")
    text = text.replace("#MEASUREMENT_TYPE=Rnflux\n", f"#MEASUREMENT_TYPE={kind}\n" if kind else "")
    first, _ = points(read(text))
    measured = {name: first[name] for name in ("mag", "mag_diff", "flux")}
    assert measured == {**dict.fromkeys(measured), expected: 0.9987} and first[f"{expected}_err"] == 0.0021
    assert first["flux_unit"] == ("" if expected == "flux" else None)


def test_a_transit_that_does_not_say_what_it_measures_is_refused(read):
    text = SAMPLES["aavso_exoplanet"].replace("#MEASUREMENT_TYPE=Rnflux\n", "")
    with pytest.raises(ReadError, match="whether DIFF is a flux or a magnitude"):
        read(text)
    first, _ = points(read(text, Options(columns={"flux": "DIFF"})))
    assert first["flux"] == 0.9987 and first["mag_diff"] is None


def test_vstar_shifts_are_done_as_the_file_asks(read):
    text = "#FIELDS=time,*,mag,Notes,uncertainty\n#DELIM=tab\n#DATE=JD\n#DATEADD=2450000\n#MAGSHIFT=0.5\n#FILTER=V\n"
    text += "702.1234\tx\t11.25\tgood, very\t0.25\n#MagShift=0\n#filter=B\n702.25\tx\t<11.5\n"
    (batch,) = read(text)
    first, second = points([batch])
    assert frame_of(batch) == ("JD-2450000", "TOPOCENTER")
    assert (first["time"], first["mag"], first["mag_err"], first["band"]) == ("702.1234", 11.75, 0.25, "V")
    assert (second["mag"], second["upper_limit"], second["band"]) == (11.5, True, "B")
    assert json.loads(first["metadata"]) == {"comments": "good, very", "magshift": 0.5}


@pytest.mark.parametrize("line", ["#FIELDS=time,flux", "#FIELDS=time,mag,mag", "#DATEADD=-5", "#MAGSHIFT=x", "#DATE=UT", "#VELAFILTER=magnitude > 5"])
def test_vstar_directives_that_cannot_be_followed(read, line):
    with pytest.raises(ReadError, match="line 2: #"):
        read("#FIELDS=time,mag\n" + line + "\n2450702.1,11\n")


@pytest.mark.parametrize(
    "head, frame",
    [("JD V-C s1\nAperture: 2, Filter: V", "TOPOCENTER"), ("JDHEL V-C s1\nAperture: 2, Filter: V", "HELIOCENTER"),
     ("# JD V-C s1\n# Aperture: 2 JD: heliocentric Filter: V", "HELIOCENTER"), ("# JD V-C s1\n# JD: geocentric Filter: V", "TOPOCENTER"),
     ("JD,V-C,s1\nFilter: V", "TOPOCENTER")],
)  # fmt: skip
def test_muniwin_times(read, head, frame):
    (batch,) = read(head + "\n2457657.5088310 -0.50728 0.10291\n".replace(" ", "," if "," in head[:5] else " "))
    assert frame_of(batch) == ("JD", frame)
    (point,) = points([batch])
    assert (point["time"], point["mag_diff"], point["mag_diff_err"], point["band"]) == ("2457657.5088310", -0.50728, 0.10291, "V")


def test_muniwin_missing_points_and_further_columns(read):
    (batch,) = read(SAMPLES["muniwin"])
    assert [reject.line for reject in batch.rejects] == [4] and "nothing was measured" in batch.rejects[0].reason
    assert json.loads(batch.points["metadata"][0].as_py()) == {"Aperture": "2", "V-K1": 0.1, "s2": 0.05604}


def test_muniwin_flux_and_contradictions(read):
    (point,) = points(read("# HJD V-C s1\n# JD: heliocentric Unit: flux Filter: Clear\n2457657.5 0.98 0.01\n"))
    assert (point["flux"], point["flux_err"], point["flux_unit"], point["mag_diff"]) == (0.98, 0.01, "", None)
    with pytest.raises(ReadError, match="contradict each other"):
        read("# HJD V-C s1\n# JD: geocentric Filter: Clear\n2457657.5 0.98 0.01\n")
    with pytest.raises(ReadError, match="instrumental; export the difference"):
        read("JD V s1 C s2\nAperture: 2, Filter: V\n2457657.5 15.1 0.01 14.1 0.01\n")
    with pytest.raises(ReadError, match="several stars"):
        read("JD ID1-C s1 ID2-C s2\nAperture: 2, Filter: V\n2457657.5 15.1 0.01 14.1 0.01\n")


def test_astroimagej_takes_the_best_time_of_each_row(read):
    first, second = read(SAMPLES["astroimagej"])
    assert [frame_of(first), frame_of(second)] == [("JD", "TDB BARYCENTER mid"), ("JD", "UTC TOPOCENTER mid")]
    assert [point["time"] for point in points([first, second])] == ["2458962.7781", "2458962.776"]


def test_astroimagej_magnitudes_and_subsets(read):
    (point,) = points(read("#BJD_TDB\trel_flux_T1_n\trel_flux_err_T1_n\tAIRMASS\n2458962.5\t0.99\t0.01\t1.2\n"))
    assert (point["flux"], point["flux_err"], json.loads(point["metadata"])) == (0.99, 0.01, {"airmass": 1.2})
    text = "Label,JD_UTC,rel_flux_T1,rel_flux_err_T1,Source_AMag_T1,Source_AMag_Err_T1,X_C2\nC:\\a\\b.fit.fz,2458962.5,0.9,0.1,12.5,0.02,7\n"
    (point,) = points(read(text))
    assert (point["mag"], point["mag_err"], point["flux"], point["image"]) == (12.5, 0.02, None, "b.fit")
    assert json.loads(point["metadata"]) == {"Label": "C:\\a\\b.fit.fz", "rel_flux_T1": 0.9, "rel_flux_err_T1": 0.1}


def test_astroimagej_columns_that_are_not_there(read):
    text = "Label,JD_UTC,Source-Sky_T1\na.fit,2458962.5,10000\n"
    with pytest.raises(ReadError, match='columns = { flux = "Source-Sky_T1" } in night1.txt.toml'):
        read(text)
    (point,) = points(read(text, Options(object="o", band="V", source="s", columns={"flux": "Source-Sky_T1"})))
    assert (point["flux"], point["flux_unit"]) == (10000.0, "adu")
    with pytest.raises(ReadError, match="there is no column 'flux'"):
        read(text, Options(columns={"flux": "flux"}))


def test_vstar_simple(read):
    (batch,) = read(SAMPLES["vstar_simple"], Options(object="RR Lyr", band="V"))
    first, second = batch.points.to_pylist()
    assert (first["progid"], first["mag_err"], second["progid"], second["upper_limit"]) == ("ABC", 0.01, "DEF", True)
    assert len(batch.rejects) == 1 and "--source" in batch.rejects[0].reason  # its row names no observer


@pytest.mark.parametrize(
    "words, expected", [(("105",), None), (("ENSEMBLE", "000-BKD-533"), ["000-BKD-533"]), (("LAM AUR", "na"), ["LAM AUR"]),
                        (("1972957308333789312", None), ["1972957308333789312"])]
)  # fmt: skip
def test_comparison_stars_are_those_that_have_names(words, expected):
    assert rows.stars(*words) == expected


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=20))
def test_words_become_numbers_or_nothing_or_an_error(word):
    try:
        value = rows.number(word, "it")
    except ValueError as reason:
        assert "it: " in str(reason)
    else:
        assert value is None or value == float(word.replace("\xa0", " ").strip())


@settings(deadline=None, max_examples=100)
@given(st.datetimes(min_value=datetime(1900, 3, 1), max_value=datetime(2100, 1, 1)))
def test_any_time_of_a_spreadsheet_is_that_of_astropy(moment):
    text = f"{moment.month}/{moment.day}/{moment.year} {moment.hour}:{moment.minute:02}:{moment.second:02}"
    day = Time(moment.replace(microsecond=0), scale="tai").to_value("jd", subfmt="decimal") - Decimal("2415018.5")
    assert abs(Decimal(frames.excel(text)) - day) < Decimal("1e-10")


def test_files_put_together_keep_each_ones_times(read):
    one = "JD V-C s1\nAperture: 2, Filter: V\n2457657.5 -0.5 0.1\n"
    batches = read(one + one.replace("JD", "JDHEL").replace("7657.5", "7658.5").replace("Filter: V", "Filter: B"))
    assert [frame_of(batch) for batch in batches] == [("JD", "TOPOCENTER"), ("JD", "HELIOCENTER")]
    assert [(point["time"], point["band"]) for point in points(batches)] == [("2457657.5", "V"), ("2457658.5", "B")]
    transit = SAMPLES["aavso_exoplanet"]
    batches = read(transit + transit.replace("BJD_TDB", "JD_UTC").replace("Rnflux", "Dmag").replace("#EXPOSURE_TIME=30\n", ""))
    assert [frame_of(batch) for batch in batches] == [("JD", "TDB BARYCENTER"), ("JD", "UTC TOPOCENTER")]
    assert [(point["flux"], point["mag_diff"], point["exptime"]) for point in points(batches)][1:3] == [(1.0011, None, 30), (None, 0.9987, None)]


def test_lines_of_names_within_a_table(read):
    table = SAMPLES["astroimagej"]
    assert len(points(read(table + table.replace("2458962", "2458963")))) == 4
    with pytest.raises(ReadError, match="line 4: another line of names, which differ from the first ones; split the file before it"):
        read(table + table.replace("AIRMASS\tEXPTIME", "EXPTIME\tAIRMASS"))


def test_several_variables_of_muniwin_are_not_one(read):
    with pytest.raises(ReadError, match=r"it has several stars \(V1-C, V2-C …\)"):
        read("JD V1-C s1 V2-C s2\n2457657.5 -0.5 0.1 -0.6 0.1\n")
