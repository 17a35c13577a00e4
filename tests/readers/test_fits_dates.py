"""When an exposure began and how long it took, in the dialects of small telescopes."""

import pytest
from astropy.time import Time, TimeDelta
from fits_files import header
from photvo.readers.fits_dates import exposure, start


@pytest.mark.parametrize(
    "cards, expected",
    [
        ({"DATE-OBS": "2020-04-18T00:56:58.604"}, "2020-04-18T00:56:58.604"),
        ({"DATE-OBS": "2019-04-29T20:25:29.8219583"}, "2019-04-29T20:25:29.8219583"),
        ({"DATE-OBS": "2021-12-29T15:42:46"}, "2021-12-29T15:42:46"),
        ({"DATE-OBS": "2021-12-29T15:42:46Z"}, "2021-12-29T15:42:46"),
        ({"DATE-OBS": "2021-12-29 15:42:46"}, "2021-12-29T15:42:46"),
        ({"DATE-OBS": "2021-12-29T15:42"}, "2021-12-29T15:42:00"),
        ({"DATE-OBS": "2013-07-13", "UT": "00:57:33"}, "2013-07-13T00:57:33"),
        ({"DATE-OBS": "2013-07-13", "TIME-OBS": "00:57:33.5"}, "2013-07-13T00:57:33.5"),
        ({"DATE-OBS": "05/04/87", "UT": "3:07:09"}, "1987-04-05T03:07:09"),
        ({"DATE-OBS": "29/11/51", "UT": "12:07:00.00"}, "1951-11-29T12:07:00.00"),
        ({"DATE-OBS": "28/03/93", "UT": "07:18:51"}, "1993-03-28T07:18:51"),
        ({"DATE-OBS": "22/10/21", "UT": "22:01:23"}, "2021-10-22T22:01:23"),
        ({"DATE-OBS": "19930417", "UT": "07:18:51"}, "1993-04-17T07:18:51"),
        # the time of day is there already, in full, and is not appended a second time
        ({"DATE-OBS": "2020-04-18T00:56:58.604", "TIME-OBS": "00:56:58.604"}, "2020-04-18T00:56:58.604"),
        ({"DATE-OBS": "2020-04-18T00:56:58", "TIME-OBS": "2020-04-18T00:56:58"}, "2020-04-18T00:56:58"),
        ({"DATE-OBS": "2020-04-18", "TIME-OBS": "2020-04-18T00:56:58"}, "2020-04-18T00:56:58"),
        # local time with its offset
        ({"DATE-OBS": "2017-12-19T18:33:43.317-0700"}, "2017-12-20T01:33:43.317"),
        ({"DATE-OBS": "2018-01-01T01:15:00+02:00"}, "2017-12-31T23:15:00"),
        ({"DATE-OBS": "2016-03-01T00:10:00+0545"}, "2016-02-29T18:25:00"),
        # local time beside UTC
        (
            {"DATE-LOC": "2022-02-28T23:30:33.562", "DATE-OBS": "2022-02-28T22:30:33.562"},
            "2022-02-28T22:30:33.562",
        ),
        ({"DATE-OBS": "2016-12-31T23:59:60.5"}, "2016-12-31T23:59:60.5"),  # a leap second
        # the seed's own header: no DATE-OBS, the date in the old form
        ({"DATE": "22/10/21", "UT": "22:01:23"}, "2021-10-22T22:01:23"),
        ({"MJD-OBS": 58225.149560185}, "2018-04-17T03:35:22.000"),
        ({"JD-OBS": 2458225.649560185}, "2018-04-17T03:35:22.000"),
    ],
)
def test_the_start_of_an_exposure_in_all_its_spellings(cards, expected):
    assert start(header(cards), 30.0) == (expected, [])


@pytest.mark.parametrize(
    "cards, reason",
    [
        ({}, "no date"),
        ({"DATE-OBS": ""}, "no date"),
        ({"DATE": "2018-04-19T21:15:57"}, "no date"),
        ({"MJD-OBS": 56486.0}, "no date"),  # a day is no time
        ({"DATE-OBS": "1997-04-12T08:65:00"}, "DATE-OBS '1997-04-12T08:65:00': there is no such time of day"),
        ({"DATE-OBS": "1905-03-14", "UT": "25:38:57"}, "UT '25:38:57': there is no such time of day"),
        ({"DATE-OBS": "2021-02-29T00:00:00"}, "DATE-OBS '2021-02-29T00:00:00'"),
        ({"DATE-OBS": "10/22/21", "UT": "1:00:00"}, "DATE-OBS '10/22/21'"),
        ({"DATE-OBS": "yesterday"}, "DATE-OBS 'yesterday': it is no date"),
        ({"DATE-OBS": "2021-10-22T20:13:60"}, "there is no such time of day"),
        ({"DATE-OBS": "2021-10-22T20:13:42+99:00"}, "no such offset"),
        ({"DATE-OBS": "2021-10-22", "TIME-OBS": "2021-10-23T20:13:42"}, "TIME-OBS '2021-10-23T20:13:42'"),
        ({"DATE-OBS": "2021-10-22T20:13:42", "TIMESYS": "LOCAL"}, "TIMESYS 'LOCAL'"),
        ({"DATE-OBS": 20211022.5}, "it is no date"),
    ],
)
def test_an_impossible_date_is_named(cards, reason):
    with pytest.raises(ValueError) as caught:
        start(header(cards), 30.0)
    assert reason in str(caught.value)


def test_a_date_without_time_is_taken_with_a_word():
    iso, (note,) = start(header({"DATE-OBS": "19930417"}), None)
    assert iso == "1993-04-17T00:00:00" and "no time of day" in note


def test_the_middle_of_an_exposure_is_turned_into_its_start():
    cards = header({"DATE-OBS": ("2021-10-22T20:13:42", "mid-exposure, UTC")})
    iso, (note,) = start(cards, 30.0)
    assert abs(Time(iso) - Time("2021-10-22T20:13:27")) < TimeDelta(1e-6, format="sec") and "middle" in note
    assert start(cards, None)[0] == "2021-10-22T20:13:42"


def test_other_time_scales_become_utc():
    for said in ("TT", "TDT", "ET"):
        iso, _ = start(header({"DATE-OBS": "2021-10-22T20:13:42", "TIMESYS": said}), 30.0)
        assert iso == "2021-10-22T20:12:32.816000"  # 37 leap seconds and 32.184 s
    for said in ("UTC", "GMT", "UTC(NIST)"):  # whose UTC it is may stand in brackets (FITS 4.0, section 9.2.1)
        assert start(header({"DATE-OBS": "2021-10-22T20:13:42", "TIMESYS": said}), 30.0)[0] == "2021-10-22T20:13:42"


@pytest.mark.parametrize(
    "cards, seconds",
    [
        ({"EXPTIME": 30.0}, 30),
        ({"EXPTIME": "120.00"}, 120),
        ({"EXPTIME": "240."}, 240),
        ({"EXPOSURE": 30}, 30),
        ({"EXPTIME": 30, "EXPOSURE": 30.0}, 30),
        ({"EXPOSURE": (50.0, "Exposure time minutes")}, 3000),
        ({"EXPOSURE": (50.0, "Observation: Exposure Minutes")}, 3000),
        ({"EXPTIME": (160000, "exposure time in ms")}, 160),
        ({"EXPTIME": (90.0, "[sec] Duration of exposure")}, 90),
        ({"EXP": (15.0, "[s] Sub Exposure Time")}, 15),
        ({"OTIME": 60}, 60),
        ({"EXPTIME": 0}, 0),
    ],
)
def test_an_exposure_time_in_seconds(cards, seconds):
    assert exposure(header(cards)) == (seconds, [])


@pytest.mark.parametrize("cards", [{}, {"EXPTIME": "long"}, {"EXPTIME": -1.0}, {"EXPTIME": ""}])
def test_an_exposure_time_that_is_none_is_null(cards):
    seconds, notes = exposure(header(cards))
    assert seconds is None and "no exposure time" in notes[0]
    assert all(f"{name} is {given!r}" in notes[0] for name, given in cards.items() if given)


def test_two_exposure_times_that_differ_are_worth_a_warning():
    seconds, (note,) = exposure(header({"EXPTIME": 30.0, "EXPOSURE": 60.0}))
    assert seconds == 30 and "EXPOSURE 60 s" in note


@pytest.mark.parametrize("cards", [{"STACKCNT": 187}, {"STACKCNT": 187, "TOTALEXP": 1870.0}])
def test_a_stack_is_as_long_as_its_frames_together(cards):
    seconds, (note,) = exposure(header(cards, EXPTIME=10.0))
    assert seconds == 1870 and "a stack" in note
