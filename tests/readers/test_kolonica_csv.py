"""The light-curve CSV: what a row becomes, and what becomes of rows and files that are broken."""

import ast
import bz2
import gzip
import json
import lzma

import pyarrow as pa
import pytest
from kolonica_rows import COLUMNS, SEED, table
from photvo import readers
from photvo.model.batch import POINTS, ReadError


@pytest.fixture
def read(tmp_path):
    """A function: text or bytes of a file → (rows as dicts, rejects)."""

    def read(content, name="points.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        reader = readers.open(path)
        assert (reader.format, reader.version) == ("kolonica-lightcurve", 1)
        batches = list(reader)
        for batch in batches:
            assert batch.points.schema == POINTS and batch.points.num_rows <= 65_536
        points = pa.concat_tables([batch.points for batch in batches]) if batches else POINTS.empty_table()
        return points.to_pylist(), [reject for batch in batches for reject in batch.rejects]

    return read


def one(read, **changes):
    """The only point of a file with one row."""
    (point,), rejects = read(table(changes))
    assert rejects == []
    return point


def refused(read, **changes):
    """Why the only row of a file is rejected."""
    text = table(changes)
    points, (reject,) = read(text)
    assert points == [] and reject.line == 2 and reject.row == text.splitlines()[1]
    return reject.reason


def test_the_seeds_point_is_read_with_every_column_in_its_place(read):
    point = one(read)
    metadata = json.loads(point.pop("metadata"))
    assert point == dict(
        line=2,
        id_arch=1000,
        object_arch=77,
        object_name=None,
        band="i_sdss",
        progid="alica",
        time="2459510.34387",
        mag=10.2437,
        mag_err=0.119,
        mag_diff=2.683,
        mag_diff_err=0.119,
        exptime=30.0,
        quality=0,
        image="2021-10-22T20:13:42_r.fit",
        privileges="full",
        **dict.fromkeys(("upper_limit", "flux", "flux_err", "flux_unit")),
    )
    # the JSON of the seed's description, its two sentinels as null
    assert metadata == {
        "binning": "2x2",
        "detrend": "0",
        "exp_time": 30.0,
        "num_comp": 2,
        "aver_comp": 7.5607,
        "num_calib": 42,
        "comp_stars": ["494407193118781824", "494591086438665856"],
        "privileges": "full",
        "type_calib": "0",
        "detrend_mag": None,
        "temperature": -20.0,
        "differential": 1,
        "type_detrend": "None",
        "detrend_mag_err": None,
    }


def test_values_in_the_json_have_the_seeds_types(read):
    metadata = json.loads(
        one(
            read,
            exp_time="30",
            temperature="-20",
            num_comp="2.0",
            detrend_mag="10",
            detrend_mag_err="1e-7",
            aver_comp="+7",
        )["metadata"]
    )
    kinds = {key: type(value) for key, value in metadata.items()}
    assert kinds == dict(
        binning=str,
        detrend=str,
        exp_time=float,
        num_comp=int,
        aver_comp=float,
        num_calib=int,
        comp_stars=list,
        privileges=str,
        type_calib=str,
        detrend_mag=float,
        temperature=float,
        differential=int,
        type_detrend=str,
        detrend_mag_err=float,
    )
    assert (metadata["num_comp"], metadata["detrend_mag_err"], metadata["aver_comp"]) == (2, 1e-7, 7.0)


def test_frame_and_preview_are_in_the_json_where_they_are_given(read):
    metadata = json.loads(one(read, tframe="HJD", preview_link="http://x/a b.png")["metadata"])
    assert (metadata["tframe"], metadata["preview_link"]) == ("HJD", "http://x/a b.png")


@pytest.mark.parametrize(
    "spelling",
    ["99.99", "99.990", "+99.99", "9.999e1", " 99.99 ", "nan", "NaN", "inf", "-inf", "", "  ", "None", "--"],
)
def test_a_missing_magnitude_is_null_however_it_is_spelt(read, spelling):
    point = one(read, mag=spelling, mag_err=spelling, detrend_mag=spelling, aver_comp=spelling)
    metadata = json.loads(point["metadata"])
    assert (point["mag"], point["mag_err"], metadata["detrend_mag"], metadata["aver_comp"]) == (None,) * 4
    assert point["mag_diff"] == 2.683


@pytest.mark.parametrize("spelling", ["9.99", "9.990", "99.99", ""])
def test_a_missing_error_is_null(read, spelling):
    point = one(read, mag_err=spelling, diff_mag_err=spelling, detrend_mag_err=spelling)
    assert point["mag_err"] is None and point["mag_diff_err"] is None
    assert json.loads(point["metadata"])["detrend_mag_err"] is None


def test_a_star_of_magnitude_9_99_keeps_it(read):
    assert one(read, mag="9.99")["mag"] == 9.99


def test_the_time_stays_as_it_is_written(read):
    for text in (
        "2459510.34387000000001",
        "2459510",
        "+2459510.5",
        "2459510.",
        "0.245951034387E7",
        "02459510.50",
    ):
        assert one(read, jd=text)["time"] == text


@pytest.mark.parametrize(
    "code, band",
    [
        (1, "g_sdss"),
        (2, "r_sdss"),
        (3, "i_sdss"),
        (4, "none"),
        (216, "none"),
        (276, "B"),
        (604, "I"),
        (605, "V"),
        (1135, "R"),
    ],
)
def test_every_observation_type_has_its_band(read, code, band):
    assert one(read, obs_type_id=str(code))["band"] == band


def test_a_band_by_name_goes_before_the_code(read):
    columns = [*COLUMNS, "band"]
    points, rejects = read(
        table({"band": "V"}, {"band": ""}, {"band": "U", "obs_type_id": "7"}, columns=columns)
    )
    assert [point["band"] for point in points] == ["V", "i_sdss", "U"] and rejects == []


def test_an_object_by_name_serves_where_there_is_no_number(read):
    columns = [*COLUMNS, "object_name"]
    points, _ = read(
        table({"object_name": "SS Cyg"}, {"object_name": "SS Cyg", "object_id_arch": ""}, columns=columns)
    )
    assert [(p["object_arch"], p["object_name"]) for p in points] == [(77, None), (None, "SS Cyg")]
    columns.remove("object_id_arch")
    (point,), _ = read(table({"object_name": "VY UMi"}, columns=columns))
    assert point["object_name"] == "VY UMi"


@pytest.mark.parametrize(
    "link, image",
    [
        ("a.fit", "a.fit"),
        ("a.fits.fz", "a.fits"),
        ("http://host/x/y/a.fit.fz", "a.fit"),
        (r"C:\nights\a.fit", "a.fit"),
        ("", None),
        ("None", None),
        ("/a/b/", None),
        ("a.fz.fit", "a.fz.fit"),
    ],
)
def test_an_image_is_the_base_name_of_its_link(read, link, image):
    assert one(read, image_link=link)["image"] == image


@pytest.mark.parametrize(
    "literal",
    [
        "['494407193118781824', '494591086438665856']",
        '["a", "b"]',
        "[494407193118781824]",
        "[]",
        "[ 'a' , 7, ]",
        """["V* SS's", 'x "y"']""",
        "['é', 'a,b']",
    ],
)
def test_comparison_stars_are_what_python_reads_in_the_literal(read, literal):
    found = json.loads(one(read, comp_stars=literal)["metadata"])["comp_stars"]
    assert found == [str(star) for star in ast.literal_eval(literal)]


@pytest.mark.parametrize(
    "literal",
    ["['a'", "'a'", "__import__('os').system('true')", "[f()]", "['a' 'b']", "[1.5]", "[['a']]", "a", "[,]"],
)
def test_a_star_list_that_is_none_rejects_its_row(read, literal):
    assert refused(read, comp_stars=literal).startswith("comp_stars: ")


@pytest.mark.parametrize("text", ['quote " in it', "back\\slash", "tab\tin it", "é ü Ω", "\x01", "{}"])
def test_the_json_is_valid_whatever_the_text(read, text):
    assert json.loads(one(read, binning=text, detrend="x" + text)["metadata"])["binning"] == text.strip()


@pytest.mark.parametrize(
    "column, value, reason",
    [
        ("mag", "10.2a", "mag: '10.2a' is not a number"),
        ("mag", "1_0", "mag: '1_0' is not a number"),
        ("mag", "0x10", "mag: '0x10' is not a number"),
        ("mag_err", "o.1", "mag_err: 'o.1' is not a number"),
        ("exp_time", "30s", "exp_time: '30s' is not a number"),
        ("num_comp", "two", "num_comp: 'two' is not a number"),
        ("phot_id", "12x", "phot_id: '12x' is not a number"),
        ("phot_id", "1.5", "phot_id: 1.5 is not a whole number within 32 bits"),
        ("phot_id", "3000000000", "phot_id: 3000000000 is not a whole number within 32 bits"),
        ("quality", "1e400", None),
        ("jd", "", "jd: no time"),
        ("jd", "nan", "jd: 'nan' is not a finite number"),
        ("jd", "inf", "jd: 'inf' is not a finite number"),
        ("jd", "2021-10-22", "jd: '2021-10-22' is not a finite number"),
        ("object_id_arch", "", "object_id_arch: no object (nor an object_name)"),
        ("obs_type_id", "", "obs_type_id: no band"),
    ],
)
def test_a_row_with_an_unreadable_value_is_rejected_with_column_and_value(read, column, value, reason):
    if reason is None:
        assert one(read, **{column: value})[column] is None  # overflows to infinity: no number, so missing
    else:
        assert refused(read, **{column: value}) == reason


def test_an_unknown_band_code_is_named_with_the_known_ones(read):
    reason = refused(read, obs_type_id="99")
    assert reason.startswith("obs_type_id: 99 is the code of no band") and "1135 R" in reason


def test_a_row_without_any_magnitude_is_rejected(read):
    assert refused(read, mag="99.99", diff_mag="99.99") == "mag: no magnitude (nor a diff_mag)"
    assert one(read, mag="", diff_mag="0.3")["mag_diff"] == 0.3


def test_a_wrong_number_of_fields_rejects_the_row_alone(read):
    good = table({}).splitlines()
    points, rejects = read("\n".join([*good, "1,2,3", good[1] + ",more", good[1], ""]))
    assert [point["line"] for point in points] == [2, 5]
    assert [(r.line, r.reason) for r in rejects] == [
        (3, "3 fields where the header has 27"),
        (4, "28 fields where the header has 27"),
    ]
    assert rejects[0].row == "1,2,3"


def test_bad_rows_among_many_are_found_by_their_lines(read):
    rows = [{"phot_id": str(i)} for i in range(3000)]
    bad = {5: ("mag", "x"), 1500: ("obs_type_id", "8"), 2222: ("jd", "now"), 2999: ("comp_stars", "[")}
    for i, (column, value) in bad.items():
        rows[i][column] = value
    points, rejects = read(table(*rows))
    assert [reject.line for reject in rejects] == [i + 2 for i in bad]
    assert [point["id_arch"] for point in points] == [i for i in range(3000) if i not in bad]
    assert all(point["line"] == point["id_arch"] + 2 for point in points)


def test_a_quote_that_is_not_closed_costs_its_own_line_only(read):
    head, row, _ = table({}).split("\n")
    torn = row[: row.index("'494591")]
    points, rejects = read("\n".join([head, row, torn, row, row]))
    assert [point["line"] for point in points] == [2, 4, 5]
    assert [(r.line, r.reason, r.row) for r in rejects] == [(3, "a quote that is not closed", torn)]


def test_a_nul_byte_costs_its_own_line_only(read):
    head, row, _ = table({}).split("\n")
    points, rejects = read("\n".join([head, row, row.replace("2x2", "2\0x2"), "\0" * 100, row]))
    assert [point["line"] for point in points] == [2, 5]
    assert [(r.line, r.reason) for r in rejects] == [
        (3, "a NUL byte in the line"),
        (4, "a NUL byte in the line"),
    ]


@pytest.mark.parametrize(
    "twist",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\ufeff" + text,
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n  \n",
        lambda text: text.replace(",", " , "),
    ],
    ids=["Windows", "old Mac", "byte-order mark", "no last newline", "blank lines", "blanks"],
)
def test_line_ends_and_blanks_change_nothing(read, twist):
    text = table({"comp_stars": "[1]"}, {"phot_id": "1001", "comp_stars": ""})
    plain, _ = read(text)
    twisted, rejects = read(twist(text))
    assert twisted == plain and rejects == []


def test_blank_lines_count_as_lines_of_the_file(read):
    head, row, _ = table({}).split("\n")
    points, _ = read("\n".join(["", head, "", "  ", row, "", row]))
    assert [point["line"] for point in points] == [5, 7]


def test_latin_1_is_read_where_it_is_no_utf_8(read):
    text = table({"binning": "é"}, {"binning": "ü"})
    points, _ = read(text.encode("latin-1"))
    mixed, _ = read(text.replace("ü", "?").encode().replace(b"?", b"\xfc"))
    for found in (points, mixed):
        assert [json.loads(point["metadata"])["binning"] for point in found] == ["é", "ü"]


def test_a_packed_file_is_read_like_a_plain_one(read):
    for pack in (gzip.compress, bz2.compress, lzma.compress):
        assert read(pack(table({}).encode()), "points.csv.gz") == read(table({}))


def test_files_put_together_are_read_as_one_where_their_columns_are_the_same(read):
    points, rejects = read(table({}) + table({"phot_id": "7"}))
    assert ([point["line"] for point in points], points[1]["id_arch"], rejects) == ([2, 4], 7, [])
    with pytest.raises(ReadError, match="line 3: another line of names, which differ from the first ones; split the file before it"):
        read(table({}) + table({"phot_id": "7"}, columns=COLUMNS[::-1]))


def test_columns_may_stand_in_any_order(read):
    assert read(table({}, columns=COLUMNS[::-1])) == read(table({}))


def test_a_further_column_is_kept_in_the_metadata(read):
    (with_it, without), _ = read(
        table({"airmass": "1.2"}, {}, columns=[*COLUMNS[:5], "airmass", *COLUMNS[5:]])
    )
    assert json.loads(with_it["metadata"])["airmass"] == "1.2"
    assert "airmass" not in json.loads(without["metadata"])
    assert with_it["mag_err"] == 0.119


@pytest.mark.parametrize("column", COLUMNS)
def test_a_missing_column_is_named(read, column):
    with pytest.raises(ReadError, match=f"line 1: the column '{column}'.* is missing"):
        read(table({}, columns=[name for name in COLUMNS if name != column]))


def test_a_misspelt_column_is_named_with_what_it_should_be(read):
    with pytest.raises(ReadError, match="'observer' is missing .is 'obsrver' meant"):
        read(table({}).replace("observer", "obsrver"))


@pytest.mark.parametrize(
    "spoil, reason",
    [
        (lambda text: text.replace(",", ";"), "separated by semicolons"),
        (lambda text: text.replace(",", "\t"), "separated by tabs"),
        (lambda text: text.replace("binning", "mag", 1), "'mag' is there 2 times"),
        (lambda text: text.replace("binning", "", 1), "has no name"),
        (lambda text: text.replace("binning", '"binning', 1), "a quote that is not closed"),
    ],
    ids=["semicolons", "tabs", "twice", "nameless", "quote"],
)
def test_a_wrong_header_refuses_the_file_and_says_why(read, spoil, reason):
    with pytest.raises(ReadError, match=reason):
        read(spoil(table({})))


def test_a_header_alone_has_no_points(read):
    assert read(table()) == ([], [])


def test_a_line_without_end_is_no_table(read):
    with pytest.raises(ReadError, match="a line longer than"):
        read(table({}) + "x" * 9_000_000)


def test_a_raw_row_can_be_asked_for_by_its_line(tmp_path):
    (tmp_path / "points.csv").write_text("\n" + table({}, {"mag": "x"}, {"phot_id": "5"}))
    (batch,) = readers.open(tmp_path / "points.csv")
    assert batch.raw(5).startswith("5,2459510.34387") and batch.raw(4).startswith("1000,2459510.34387,,x")
    assert batch.raw(1) == batch.raw(99) == ""


def test_batches_are_bounded_and_in_order(tmp_path):
    head, row, _ = table({"comp_stars": "", "image_link": ""}).split("\n")
    path = tmp_path / "points.csv"
    path.write_text(head + "\n" + (row + "\n") * 150_000)
    sizes, last = [], 1
    for batch in readers.open(path):
        lines = batch.points["line"].to_pylist()
        assert lines == list(range(last + 1, last + 1 + len(lines)))
        sizes.append(len(lines))
        last = lines[-1]
    assert sum(sizes) == 150_000 and max(sizes) <= 65_536


def test_reading_again_gives_the_same(tmp_path):
    (tmp_path / "points.csv").write_text(table({}, {"jd": "x"}))
    reader = readers.open(tmp_path / "points.csv")
    first, second = list(reader), list(reader)
    assert first[0].points.equals(second[0].points) and first[0].rejects == second[0].rejects


def test_the_fixture_is_the_archives_own_header():
    assert len(COLUMNS) == 27 and set(COLUMNS) == set(SEED)
