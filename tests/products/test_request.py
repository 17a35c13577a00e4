"""What is asked is understood, or refused with the parameter's name."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photvo.products.request import BadRequest, Request, chosen, in_ascii
from photvo.products.series import Identifier, parse_did
from curves import rows

DID = "ivo://org.example/~?kolonica/lightcurves/31/V"


def parse(**arguments):
    return Request.parse({"ID": [DID], **{name: [value] if isinstance(value, str) else value for name, value in arguments.items()}})


def test_a_publisher_did_names_an_object_and_a_band_or_all_of_them():
    assert parse_did(DID) == Identifier("kolonica", 31, "V")
    assert parse_did(DID[:-2]) == Identifier("kolonica", 31, None)


@pytest.mark.parametrize("text", ["", "x", "31/V", "ivo://a/~?kolonica/lightcurves/-1/V", DID + "/x", DID + "'; DROP TABLE objects"])
def test_what_is_no_publisher_did_is_refused(text):
    assert parse_did(text) is None
    with pytest.raises(BadRequest, match="^ID: "):
        Request.parse({"ID": [text]})


@given(st.text(max_size=200))
def test_no_text_is_taken_for_an_identifier_but_one_of_its_form(text):
    found = parse_did(text)
    assert found is None or text.strip().startswith("ivo://")


def test_bands_come_repeated_or_with_commas():
    assert parse(BAND=["B", "V,R"]).bands == ("B", "V", "R")


@pytest.mark.parametrize(("text", "interval"), [
    ("59000 59100", (59000, 59100)), ("59000/59100", (59000, 59100)), ("59000,59100", (59000, 59100)),
    ("-Inf 59100", (-math.inf, 59100)), ("59000 +Inf", (59000, math.inf)), ("59000.5", (59000.5, 59000.5)),
])  # fmt: skip
def test_intervals_of_time_come_as_dali_has_them(text, interval):
    assert parse(TIME=text).time == interval


@pytest.mark.parametrize("name, text", [
    ("TIME", "a b"), ("TIME", "1 2 3"), ("TIME", "2 1"), ("TIME", "NaN 1"), ("CLEAN", "perhaps"), ("RESPONSEFORMAT", "gif"),
    ("RESPONSEFORMAT", ["csv", "fits"]), ("FORMAT", "'; DROP"),
])  # fmt: skip
def test_a_parameter_that_cannot_be_is_named(name, text):
    with pytest.raises(BadRequest, match=f"^{'RESPONSEFORMAT' if name == 'FORMAT' else name}: "):
        parse(**{name: text})


def test_format_is_an_alias_of_responseformat():
    assert parse(FORMAT="fits") == parse(RESPONSEFORMAT="application/fits")


def test_clean_leaves_good_points_and_an_interval_those_within():
    points = rows()
    points["flags"][4] = 3
    assert chosen(points, parse(CLEAN="true")).tolist() == [True, True, True, False, False]
    low, high = points["obs_time_utc"][[1, 2]].tolist()
    assert chosen(points, parse(TIME=f"{low!r} {high!r}")).tolist() == [False, True, True, False, False]
    points["obs_time_utc"][0] = points["obs_time"][0] = math.nan
    assert not chosen(points, parse(TIME="-Inf 99999"))[0]


@pytest.mark.parametrize(("name", "part"), [("SS Cyg", "SS_Cyg"), ("β Lyræ", "__Lyr_"), ('a"; b\n', "a___b_"), ("V0332+53", "V0332_53")])
def test_names_of_files_are_plain(name, part):
    assert in_ascii(name) == part
