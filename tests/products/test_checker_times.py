"""The checker's word on times against astropy's: scale, reference position, origin."""

import re

import astropy.units as u
import pytest
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers
from checker_twins import GOOD, codes
from photvo.products import checker

iers.conf.auto_download = False
iers.conf.iers_degraded_accuracy = "warn"

STAR = SkyCoord(325.679, 43.5862, unit="deg")
SITE = EarthLocation.from_geodetic(22.27, 48.93, 460)
TIMES = re.findall(r"<TR><TD>([^<]*)</TD><TD>([^<]*)</TD>", GOOD)[:6]  # of the first TABLE: TDB, UTC
UTC = [utc for _, utc in TIMES]


def in_frame(scale, position):
    """The instants of the good document's second column as MJD in another frame, by astropy."""
    utc = Time([float(value) for value in UTC], format="mjd", scale="utc", location=SITE)
    time = utc if scale == "gps" else getattr(utc, scale)
    light = {"BARYCENTER": "barycentric", "HELIOCENTER": "heliocentric"}.get(position)
    value = (utc.tai - 19 * u.s).mjd if scale == "gps" else time.mjd
    return value + (utc.light_travel_time(STAR, light).to_value(u.d) if light else 0)


def with_second_frame(scale, position, values):
    """The good document with these frame and values in its second column of times."""
    text = GOOD.replace(
        'timescale="UTC" refposition="TOPOCENTER"', f'timescale="{scale}" refposition="{position}"'
    )
    for old, new in zip(UTC, values, strict=True):
        text = text.replace(f"<TD>{old}</TD>", f"<TD>{new:.9f}</TD>")
    return text


@pytest.mark.parametrize("position", ["TOPOCENTER", "GEOCENTER", "HELIOCENTER", "BARYCENTER", "EMBARYCENTER"])
@pytest.mark.parametrize("scale", ["utc", "tai", "tt", "tdb", "tcg", "gps"])
def test_two_columns_of_the_same_instants_in_any_frames_agree(scale, position):
    values = in_frame(scale, position)
    found = codes(with_second_frame(scale.upper(), position, values))
    same = (scale, position) == ("tdb", "BARYCENTER")
    assert found == (["FRAME_REPEATED"] if same else [])
    shifted = with_second_frame(scale.upper(), position, values + 5 / 86400)
    assert [code for code in codes(shifted) if code != "FRAME_REPEATED"] == ["TIMES_DISAGREE"]


@pytest.mark.parametrize(
    ("shift", "said"),
    [(2 / 24, "7200"), (-1 / 24, "3600"), (15 / 86400, "15."), (12 / 24, "43200")],
    ids=["zone of summer", "zone of winter", "start for middle", "a JD for an MJD + 0.5"],
)
def test_the_size_of_a_disagreement_is_told(shift, said):
    text = with_second_frame("UTC", "TOPOCENTER", [float(value) + shift for value in UTC])
    (finding,) = checker.check("curve.vot", text.encode())
    assert finding.code == "TIMES_DISAGREE"
    apart = float(re.search(r"up to ([0-9.]+) s", finding.text).group(1))
    # the Earth moves on while the clock is wrong: light time changes by 1e-4 of that at most
    assert apart == pytest.approx(float(said), abs=0.2, rel=1e-4)


def test_times_that_were_labelled_barycentric_and_not_converted_are_found():
    text = with_second_frame("UTC", "TOPOCENTER", [float(barycentric) for barycentric, _ in TIMES])
    assert codes(text) == ["TIMES_DISAGREE"]


def test_a_wrong_unit_of_time_is_found_beside_another_column():
    text = GOOD.replace('ucd="time.epoch;meta.main" unit="d"', 'ucd="time.epoch;meta.main" unit="s"')
    # in the year 1858, where UTC is not known
    assert set(codes(text)) == {"TIMES_DISAGREE"}


def test_without_a_position_only_what_light_time_cannot_explain_is_a_fault():
    bare = re.sub(r'<COOSYS.*\n|<PARAM name="(ra|dec)".*\n', "", GOOD)
    assert codes(bare) == ["POSITION_MISSING"] * 2
    values = [float(value) + 2 / 24 for value in UTC]
    late = re.sub(
        r'<COOSYS.*\n|<PARAM name="(ra|dec)".*\n', "", with_second_frame("UTC", "TOPOCENTER", values)
    )
    assert sorted(codes(late)) == ["POSITION_MISSING"] * 2 + ["TIMES_DISAGREE"]


@pytest.mark.parametrize(("name", "fits"), [("MJD-origin", "JD-origin"), ("JD-origin", "MJD-origin")])
def test_the_origin_that_fits_is_named(name, fits):
    add = 2400000.5 if name == "MJD-origin" else 0.0  # values of the other kind
    frame = f'<TIMESYS ID="other" timescale="TDB" refposition="BARYCENTER" timeorigin="{name}"/>'
    text = GOOD.replace('<TIMESYS ID="utc"', f'{frame}\n<TIMESYS ID="utc"')
    head, mark, tail = text.partition('<TABLE ID="table_g"')
    for value in ("59509.9", "59510.9", "59511.9"):
        tail = tail.replace(f"<TD>{value}</TD>", f"<TD>{add + float(value):.6f}</TD>")
    text = head + mark + tail.replace('ref="tdb"', 'ref="other"')
    (finding,) = [found for found in checker.check("curve.vot", text.encode()) if found.code == "TIME_RANGE"]
    assert f'timeorigin="{fits}"' in finding.remedy
    assert "3 of 3 rows" in finding.text


def test_dates_as_text_need_no_origin():
    text = GOOD.replace('refposition="TOPOCENTER" timeorigin="MJD-origin"', 'refposition="TOPOCENTER"')
    number = 'datatype="double" ucd="time.epoch" unit="d"'
    text = text.replace(number, 'datatype="char" arraysize="*" xtype="timestamp" ucd="time.epoch"')
    for value in UTC:
        text = text.replace(f"<TD>{value}</TD>", f"<TD>{Time(float(value), format='mjd').isot}</TD>")
    assert codes(text) == []


def test_two_columns_in_one_frame_may_differ():
    later = [float(value) + 30 / 86400 for value, _ in TIMES]
    text = with_second_frame("UTC", "TOPOCENTER", later).replace('ref="utc"', 'ref="tdb"')
    assert codes(text) == ["FRAME_UNUSED"]
