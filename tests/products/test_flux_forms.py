"""Light curves of fluxes: the columns in every form, the picture, the checker."""

import io
import subprocess

import numpy as np
import pyarrow.parquet
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.io.votable import parse
from astropy.table import Table
from curves import CONTEXT, curve, rows

from photvo.products import checker, forms, preview

FLUX = np.array([1203.5, 1199.25, np.nan, 3.5, -2.0])


def fluxes(band="none", unit="electron/s", **facts):
    """A light curve without magnitudes; the third flux is missing, the fourth is a limit."""
    points = rows()
    points["mag"] = points["mag_err"] = np.nan
    points["flux"], points["flux_err"] = FLUX, [1.5, np.nan, np.nan, 1.25, 2.0]
    points["flags"] |= 8192
    return curve(band, points, flux_unit=unit, filter_id=None, magsys=None, **facts)


def magnitudes(band="V"):
    return curve(band)


def same(values, expected):
    assert np.array_equal(np.ma.filled(np.ma.asarray(values, float), np.nan), expected, equal_nan=True)


@pytest.mark.parametrize("form", ["votable", "votable/td"])
def test_a_votable_has_fluxes_in_their_unit_and_only_where_there_are_some(form):
    body = forms.FORMS[form].write([magnitudes(), fluxes()], CONTEXT)
    bright, table = parse(io.BytesIO(body), verify="exception").iter_tables()
    assert not {"flux", "flux_err", "flux_unit"} & {field.name for field in bright.fields}
    fields = {field.name: field for field in table.fields}
    assert (fields["flux"].ucd, str(fields["flux"].unit)) == ("phot.flux;em.opt", "electron / s")
    assert fields["flux_err"].ucd == "stat.error;phot.flux;em.opt"
    assert fields["flux"].ref == fields["mag"].ref == "phot_none"
    same(table.to_table()["flux"], FLUX)
    same(table.to_table()["flux_err"], [1.5, np.nan, np.nan, 1.25, 2.0])
    assert table.to_table()["mag"].mask.all() and table.to_table()["upper_limit"].tolist() == [False] * 3 + [True, False]


def test_relative_fluxes_have_no_unit():
    (table,) = parse(io.BytesIO(forms.FORMS["votable"].write([fluxes(unit="")], CONTEXT)), verify="exception").iter_tables()
    assert table.get_field_by_id_or_name("flux").unit in (None, "", u.dimensionless_unscaled)


@pytest.mark.parametrize("unit", ['a"b<c&d', "mJy"])
def test_a_unit_is_text_and_never_part_of_the_document(unit):
    body = forms.FORMS["votable"].write([fluxes(unit=unit)], CONTEXT)
    table = parse(io.BytesIO(body)).get_first_table()
    assert str(table.get_field_by_id_or_name("flux").unit).replace("'", "") == unit


def test_fits_has_them_in_the_table_of_that_band():
    with fits.open(io.BytesIO(forms.FORMS["fits"].write([magnitudes(), fluxes()], CONTEXT))) as units:
        assert "flux" not in units[1].columns.names
        column = units[2].columns["flux"]
        assert column.unit == "electron/s" and column.format == "D"
        same(units[2].data["flux"], FLUX)
        place = units[2].columns.names.index("flux") + 1
        assert units[2].header[f"TUCD{place}"] == "phot.flux;em.opt"


@pytest.mark.parametrize("form", ["csv", "ecsv", "parquet"])
def test_flat_tables_say_the_unit_of_each_flux(form):
    body = forms.FORMS[form].write([magnitudes(), fluxes(), fluxes("R", "mJy")], CONTEXT)
    if form == "parquet":
        table = pyarrow.parquet.read_table(io.BytesIO(body)).to_pydict()
        flux = np.array(table["flux"], float)
        units = table["flux_unit"]
    else:
        read = Table.read(body.decode(), format=f"ascii.{form}")
        flux, units = np.ma.filled(np.ma.asarray(read["flux"], float), np.nan), read["flux_unit"].tolist()
        assert read["flux"].unit is None
    same(flux, [np.nan] * 5 + FLUX.tolist() * 2)
    assert units[5:] == ["electron/s"] * 5 + ["mJy"] * 5 and not any(units[:5])


def test_ecsv_of_one_unit_has_it_on_the_column():
    read = Table.read(forms.FORMS["ecsv"].write([fluxes()], CONTEXT).decode(), format="ascii.ecsv")
    assert str(read["flux"].unit) == "electron / s"


@pytest.mark.parametrize("form", ["csv", "ecsv", "parquet"])
def test_light_curves_of_magnitudes_are_as_they_were(form):
    body = forms.FORMS[form].write([magnitudes()], CONTEXT)
    if form == "parquet":
        names = pyarrow.parquet.read_table(io.BytesIO(body)).column_names
    else:
        names = Table.read(body.decode(), format=f"ascii.{form}").colnames
    assert "mag" in names and not [name for name in names if "flux" in name]


def test_an_aavso_report_says_that_it_cannot_have_them():
    text = forms.FORMS["aavso"].write([fluxes()], CONTEXT).decode()
    assert "5 points left out" in text


def test_more_flux_is_up():
    axes = preview.figure([fluxes()]).axes[0]
    low, high = axes.get_ylim()
    assert low < -2 - 2 and high > 1203.5 + 1.5
    assert axes.get_ylabel() == "Flux (electron/s)"
    drawn = {line.get_gid(): line.get_ydata().tolist() for line in axes.lines if line.get_gid() != "dates"}
    assert drawn["none limit"] == [3.5]
    # the third has neither a flux nor a barycentric time
    assert sorted(sum(drawn.values(), [])) == [-2, 3.5, 1199.25, 1203.5]


def test_relative_fluxes_and_fluxes_of_one_value_can_be_drawn():
    item, table = fluxes(unit="")
    table["flux"], table["flux_err"] = 1.0, np.nan
    axes = preview.figure([(item, table)]).axes[0]
    assert axes.get_ylabel() == "Relative flux" and axes.get_ylim()[0] < 1 < axes.get_ylim()[1]


def test_where_some_bands_have_magnitudes_these_are_drawn():
    figure = preview.figure([magnitudes(), fluxes()])
    axes = figure.axes[0]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # brighter is up
    assert {line.get_gid() for line in axes.lines} - {"dates"} == {"V good", "V flagged", "V limit"}
    assert any("not drawn" in text.get_text() for text in figure.texts)


@pytest.mark.parametrize("unit", ["mJy", "ct/s", ""])
def test_the_checker_finds_nothing_in_them_that_it_does_not_find_in_magnitudes(unit):
    def found(made):
        return {finding.code for finding in checker.check("a.vot", forms.FORMS["votable"].write([made], CONTEXT))}

    plain = curve("none", filter_id=None, magsys=None)
    assert found(fluxes(unit=unit)) <= found(plain)


def test_votlint_finds_nothing_either(tmp_path):
    path = tmp_path / "flux.vot"
    path.write_bytes(forms.FORMS["votable"].write([magnitudes(), fluxes()], CONTEXT))
    done = subprocess.run(["stilts", "votlint", "validate=true", f"votable={path}"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout + done.stderr == ""
