"""A light curve that photvo sends, in each form, comes back through the readers with the same numbers."""

import sys

import numpy as np
import pytest
from photvo.model.batch import Stated
from photvo.products import forms
from photvo.readers.options import Options
from photvo.settings import TOP
from survey_files import read

sys.path.insert(0, str(TOP / "tests" / "products"))
from curves import CONTEXT, curve, rows  # noqa: E402

#: Units of fluxes: of a survey, of none.
UNITS = ("electron/s", "")
FORMS = ("votable", "votable/td", "fits", "csv", "ecsv", "parquet")
BARYCENTRIC, AT_THE_TELESCOPE = ("MJD", Stated("TDB", "BARYCENTER", "mid")), ("MJD", Stated("UTC", "TOPOCENTER", "mid"))


def points():
    """Beside what `rows` has: a differential magnitude, the source's quality code, no time at the barycentre in the third."""
    made = rows(6)
    made["mag_diff"][4], made["mag_diff_err"][4], made["mag"][4], made["flags"][4] = 1.25, 0.02, np.nan, 2048
    made["flags"][5] = 3 | 256
    return made


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("bands", [("V",), ("V", "R")])
def test_a_light_curve_comes_back(tmp_path, form, bands):
    content = forms.FORMS[form].write([curve(band, points()) for band in bands], CONTEXT)
    _, found, rejects, batches = read(tmp_path / "curve", content, Options(source="again"))
    assert not rejects and sum(batch.gaps for batch in batches) == 0
    by_frame = {BARYCENTRIC: [], AT_THE_TELESCOPE: []}
    for batch in batches:
        by_frame[batch.kind, batch.stated] += batch.points.to_pylist()
    for band in bands:
        expected = points()
        first = [point for point in by_frame[BARYCENTRIC] if point["band"] == band]
        (late,) = [point for point in by_frame[AT_THE_TELESCOPE] if point["band"] == band]
        back = sorted([*first, late], key=lambda point: point["line"])
        times = expected["obs_time"].copy()
        times[2] = expected["obs_time_utc"][2]
        assert back[2] == late and [float(point["time"]) for point in back] == times.tolist()
        for name in ("mag", "mag_err", "mag_diff", "mag_diff_err", "exptime"):
            values = np.array([np.nan if point[name] is None else point[name] for point in back], "f4")
            assert np.array_equal(values, expected[name], equal_nan=True), name
        assert [point["upper_limit"] for point in back] == expected["upper_limit"].tolist()
        assert [point["quality"] for point in back] == (expected["flags"] & 255).tolist()
        assert {point["object_name"] for point in back} == {"SS Cyg & <co>"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("unit", UNITS)
def test_fluxes_come_back_beside_magnitudes(tmp_path, form, unit):
    made = rows()
    made["mag"], made["mag_err"] = np.nan, np.nan
    made["flux"], made["flux_err"] = [1000.25, 1001.5, -3.75, 1003.125, 1004.0], [1.5, np.nan, 2.5, 1.25, 2.0]
    both = [curve("V"), curve("none", made, flux_unit=unit, filter_id=None, magsys=None)]
    _, found, rejects, _ = read(tmp_path / "curve", forms.FORMS[form].write(both, CONTEXT), Options(source="again"))
    assert not rejects and len(found) == 10
    back = sorted((point for point in found if point["band"] == "none"), key=lambda point: point["line"])
    assert [point["flux"] for point in back] == made["flux"].tolist()
    errors = [np.nan if point["flux_err"] is None else point["flux_err"] for point in back]
    assert np.array_equal(errors, made["flux_err"], equal_nan=True)
    assert {point["flux_unit"] for point in back} == {unit} and {point["mag"] for point in back} == {None}
    assert {point["flux"] for point in found if point["band"] == "V"} == {None}
