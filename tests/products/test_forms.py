"""Each form of a light curve is read by the programs that it is for, with the same times and magnitudes."""

import io
import warnings
from decimal import Decimal

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest
from astropy.coordinates import EarthLocation
from astropy.io import fits as pyfits
from astropy.io.votable import parse
from astropy.table import Table
from astropy.time import Time
from astropy.timeseries import TimeSeries

from photvo.products import columns, forms
from curves import CONTEXT, curve, rows

POINTS = rows()


def write(form, *curves):
    return forms.FORMS[form].write(list(curves) or [curve()], CONTEXT)


def whole(n=40):
    """A light curve in which nothing is missing."""
    points = rows(3)
    points = np.tile(points, n // 3)
    points["obs_time"] = 59000.0 + np.arange(len(points)) * 0.0123456789
    points["obs_time_utc"] = points["obs_time"] - 0.002
    return points


def test_ecsv_gives_a_time_series_with_both_scales(tmp_path):
    points = whole()
    (tmp_path / "curve.ecsv").write_bytes(write("ecsv", curve(points=points)))
    series = TimeSeries.read(tmp_path / "curve.ecsv", format="ascii.ecsv", time_column="obs_time")
    assert series.time.scale == "tdb" and (series.time.mjd == points["obs_time"]).all()
    assert series["obs_time_utc"].scale == "utc" and (series["obs_time_utc"].mjd == points["obs_time_utc"]).all()
    assert np.asarray(series["mag"], "f4").tolist() == points["mag"].tolist()


@pytest.mark.parametrize("gone", [slice(2, 3), slice(None)])
def test_ecsv_with_missing_times_has_times_all_the_same(gone, tmp_path):
    points = whole()[:5]
    points["obs_time"][gone] = np.nan
    (tmp_path / "curve.ecsv").write_bytes(write("ecsv", curve(points=points)))
    series = TimeSeries.read(tmp_path / "curve.ecsv", format="ascii.ecsv", time_column="obs_time_utc")
    assert series.time.scale == "utc" and (series.time.mjd == points["obs_time_utc"]).all()
    there = np.isfinite(points["obs_time"])
    assert isinstance(series["obs_time"], Time) and series["obs_time"].scale == "tdb"
    assert (series["obs_time"].mask == ~there).all()
    assert series["obs_time"].mjd[there].tolist() == points["obs_time"][there].tolist()


def test_fits_times_are_astropy_times_with_scale():
    points = whole()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = Table.read(io.BytesIO(write("fits", curve(points=points))), hdu=1, astropy_native=True)
    assert isinstance(table["obs_time"], Time) and table["obs_time"].scale == "tdb"
    assert np.abs(table["obs_time"].mjd - points["obs_time"]).max() * 86400 < 1e-6
    assert table["obs_time_utc"].scale == "utc"
    place = EarthLocation.from_geodetic(22.27, 48.93, 460)
    assert table["obs_time_utc"].location.x.to_value("m") == pytest.approx(place.x.to_value("m"), abs=0.01)
    assert table["obs_time"].location is None


def test_headers_say_what_to_cite_and_under_what_terms_and_what_the_flags_are():
    facts = dict(PERIOD=49.5, PEREPOCH=2455000.25, PERFRAME="BJD TDB", AUTHOR="X, Y", REFERENC="2000A&A...1", LICENSE="CC0", ORIGIN="A data centre", TELESCOP="Alica")
    header = pyfits.open(io.BytesIO(write("fits")))[1].header
    assert {key: header[key] for key in facts} == facts
    assert header["DATE"] == "2026-11-21T01:02:03"
    place = [column.name for column in columns.COLUMNS].index("flags") + 1
    assert "4096: upper limit" in header[f"TCOMM{place}"]
    table = Table.read(write("ecsv").decode(), format="ascii.ecsv")
    assert facts.items() <= dict(table.meta["bands"][0]).items() and "4096: upper limit" in table["flags"].description


@pytest.mark.parametrize("form", [name for name in forms.FORMS if not name.startswith("png")])
def test_names_of_any_letters_can_be_written_in_every_form(form):
    body = write(form, curve(name="β Lyræ", var_type="Ж\n", sources=[{**curve()[0].sources[0], "contributors": "Ümlaut"}]))
    if form == "fits":
        assert pyfits.open(io.BytesIO(body))[1].header["OBJECT"] == "? Lyr?"
    elif form == "parquet":
        assert pyarrow.parquet.read_table(io.BytesIO(body))["target_name"][0].as_py() == "β Lyræ"
    elif form == "ecsv":
        assert Table.read(body.decode(), format="ascii.ecsv").meta["bands"][0]["OBJECT"] == "β Lyræ"
    else:
        assert "β Lyræ" in body.decode()
    if form.startswith("votable"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            params = {param.name: param.value for param in parse(io.BytesIO(body), verify="exception").get_first_table().params}
        assert params["target_name"] == "β Lyræ"


def test_a_missing_set_of_comparison_stars_is_null_in_fits_too():
    table = Table.read(io.BytesIO(write("fits")), hdu=1)
    assert np.ma.getmaskarray(table["comp_set"]).tolist() == [False, False, False, True, False]


def test_fits_has_the_time_keywords_of_the_standard_and_a_table_a_band():
    with pyfits.open(io.BytesIO(write("fits", curve(), curve("g_sdss")))) as units:
        units.verify("exception")
        assert [unit.name for unit in units[1:]] == ["LIGHTCURVE_V", "LIGHTCURVE_G_SDSS"]
        header = units[1].header
        assert (header["TIMESYS"], header["TREFPOS"], header["TIMEUNIT"]) == ("TDB", "BARYCENTER", "d")
        assert header["MJDREFI"] + header["MJDREFF"] == 0
        assert (header["TCTYP2"], header["TRPOS2"]) == ("UTC", "TOPOCENTER")
        assert units[1].data["mag"].tolist() == POINTS["mag"].tolist()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", ["fits", "votable"])
def test_lightkurve_reads_the_light_curve(form, tmp_path):
    lightkurve = pytest.importorskip("lightkurve")
    points = whole()
    path = tmp_path / f"curve.{form}"
    path.write_bytes(write(form, curve(points=points)))
    if form == "fits":
        read = lightkurve.io.generic.read_generic_lightcurve(
            str(path), flux_column="mag", time_column="obs_time", flux_err_column="mag_err", time_format="mjd"
        )
    else:
        table = parse(path).get_first_table().to_table()
        read = lightkurve.LightCurve(time=Time(table["obs_time"], format="mjd", scale="tdb"), flux=table["mag"], flux_err=table["mag_err"])
    assert np.abs(read.time.mjd - points["obs_time"]).max() * 86400 < 1e-3
    assert np.asarray(read.flux, "f4").tolist() == points["mag"].tolist()


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_flat_tables_have_all_bands_and_null_where_there_is_nothing(form):
    body = io.BytesIO(write(form, curve(), curve("g_sdss")))
    table = pyarrow.csv.read_csv(body) if form == "csv" else pyarrow.parquet.read_table(body)
    assert table["band"].to_pylist() == ["V"] * 5 + ["g_sdss"] * 5
    assert table["obs_time_utc"].to_pylist() == POINTS["obs_time_utc"].tolist() * 2
    assert [value is None for value in table["obs_time"].to_pylist()] == [False, False, True, False, False] * 2
    assert [value is None for value in table["comp_set"].to_pylist()] == [False, False, False, True, False] * 2
    assert table["mag_diff"].null_count == 10


def test_parquet_carries_the_description_of_its_columns_as_a_votable():
    metadata = pyarrow.parquet.read_schema(io.BytesIO(write("parquet"))).metadata
    header = parse(io.BytesIO(metadata[b"IVOA.VOTable-Parquet.content"]), verify="exception")
    fields = {field.name: str(field.unit) for field in header.get_first_table().fields}
    assert fields["obs_time"] == "d" and fields["mag"] == "mag"


def test_aavso_has_one_line_a_point_with_all_digits_of_the_time():
    lines = write("aavso").decode().splitlines()
    header = [line for line in lines if line.startswith("#")]
    assert "#TYPE=Extended" in header and "#DELIM=," in header and "#DATE=JD" in header
    points = [line.split(",") for line in lines if not line.startswith("#")]
    assert [point[0] for point in points] == ["SS Cyg & <co>"] * 5
    for point, mjd in zip(points, POINTS["obs_time_utc"].tolist()):
        assert abs(Decimal(point[1]) - (Decimal(mjd) + Decimal("2400000.5"))) < Decimal("1e-10")
        assert len(point) == 15
    assert [point[2] for point in points] == ["12.3456", "12.4456", "12.5456", "<12.6456", "12.7456"]
    assert [point[3] for point in points] == ["0.0123", "na", "0.0123", "0.0123", "0.0123"]


def test_aavso_says_whose_points_these_are_and_what_flags_mean():
    lines = write("aavso", curve(), curve("g_sdss")).decode().splitlines()
    dids = [f"#ivo://org.example/~?kolonica/lightcurves/31/{band}" for band in ("V", "g_sdss")]
    assert {*dids, "#X, Y", "#2000A&A...1", "#CC0"} <= set(lines)
    (flags,) = [line for line in lines if line.startswith("#FLAGS")]
    assert "4096 upper limit" in flags


def test_aavso_says_how_many_points_it_cannot_have():
    points = rows()
    points["obs_time_utc"][:2] = np.nan
    text = write("aavso", curve(points=points)).decode()
    assert "#2 points left out" in text and len([line for line in text.splitlines() if not line.startswith("#")]) == 3


@pytest.mark.parametrize("form", [name for name in forms.FORMS if not name.startswith("png")])
def test_a_light_curve_without_points_can_be_written_in_every_form(form):
    assert write(form, curve(points=rows(0)))


def test_forms_are_found_by_short_name_and_media_type():
    assert forms.find("FITS") == forms.find("application/fits") == "fits"
    assert forms.find("application/x-votable+xml; serialization=tabledata") == "votable/td"
    assert forms.find("image/gif") is None
