"""Fluxes in the archive: which unit a series has, what statistics and periods make of it, what is sent out."""

import io
from contextlib import closing

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest
from archive_inputs import fill
from astropy.io.votable import parse

from photvo.archive import loader, periods, series_stats, summaries
from photvo.archive.session import Session
from photvo.archive.sizes import context
from photvo.products import batch
from photvo.products.request import Request, answer
from photvo.products.series import Identifier

POINTS = """
INSERT INTO point_stage (object_id, datasource_id, photosys_id, time_given, obs_time, obs_time_utc, published, magnitude, mag_err,
  flux, flux_err, flux_unit, quality)
SELECT o.id, d.id, p.id, 2459500 + k, 59500 + k, 59500 + k, true, magnitude, 0.01, flux, 2, unit, 0
FROM objects o, datasources d, photosys p, (
  SELECT k, 'none' AS band, NULL::numeric AS magnitude, 1000 + k % 5 AS flux, CASE WHEN k < 40 THEN 'mJy' ELSE 'Jy' END AS unit
  FROM generate_series(1, 45) k
  UNION ALL SELECT k, 'V', 12.5, NULL, NULL FROM generate_series(1, 4) k
  UNION ALL SELECT k, 'V', NULL, 0.98, '' FROM generate_series(5, 40) k) x
WHERE o.id_arch = 77 AND d.progid = 'ziga' AND p.band = x.band"""


@pytest.fixture
def filled(archive):
    fill(archive)
    archive.ingest()
    with Session(archive.settings) as session, session.transaction() as cursor:
        cursor.execute(POINTS)
        loader.take_points(cursor, session.schema)
        summaries.refresh(session)
        series_stats.finish(session)
    return archive


def test_a_series_has_the_unit_that_most_of_its_fluxes_have(filled):
    found = filled.query("SELECT band, npoints, flux_unit, mag_mean FROM series ORDER BY band COLLATE \"C\" DESC")
    assert found == [("none", 45, "mJy", None), ("V", 40, "", 12.5)]


def test_statistics_of_magnitudes_and_periods_leave_fluxes_alone(filled):
    found = filled.query("SELECT x.npoints, x.mag_mean FROM series_stats x JOIN series s USING (object_id, photosys_id) ORDER BY band COLLATE \"C\" DESC")
    assert found == [(0, None), (4, 12.5)]
    assert periods.refresh(filled.settings) == 0


def request(filled, **asked):
    object_id = filled.value("SELECT id FROM objects WHERE id_arch = 77")
    return Request((Identifier("kolonica", object_id, None),), **asked)


def test_a_light_curve_has_the_fluxes_of_that_unit(filled):
    with closing(filled.connect()) as connection:
        body = answer(connection.cursor(), request(filled), context(filled.settings)).body
        clean = answer(connection.cursor(), request(filled, clean=True), context(filled.settings)).body
    tables = {table.name: table for table in parse(io.BytesIO(body), verify="exception").iter_tables()}
    unfiltered = tables["lightcurve_none"].to_table()
    assert str(unfiltered["flux"].unit) == "mJy"
    assert unfiltered["flux"].filled(np.nan)[:39].tolist() == [1000.0 + k % 5 for k in range(1, 40)]
    assert unfiltered["flux"].mask.tolist() == [False] * 39 + [True] * 6
    assert tables["lightcurve_V"].to_table()["flux"].filled(0).tolist() == [0] * 4 + [0.98] * 36
    # a point without a magnitude is as good as any, where it has a flux
    assert [len(table.array) for table in parse(io.BytesIO(clean)).iter_tables()] == [
        len(table.array) for table in parse(io.BytesIO(body)).iter_tables()]  # fmt: skip


def test_the_size_of_a_light_curve_is_right_with_fluxes_too(filled):
    for object_id, band, size in filled.query("SELECT object_id, band, size FROM series JOIN series_stats USING (object_id, photosys_id)"):
        with closing(filled.connect()) as connection:
            asked = Request((Identifier("kolonica", object_id, band),))
            assert len(answer(connection.cursor(), asked, context(filled.settings)).body) == size


@pytest.mark.parametrize("form", batch.WRITERS)
def test_many_light_curves_in_one_table_say_the_unit_of_each_flux(filled, form):
    out = io.BytesIO()
    with closing(filled.connect()) as connection:
        asked = request(filled, form=form)
        wanted = batch.resolve(connection.cursor(), asked)
        batch.write(out, connection.cursor(), asked, None, context(filled.settings), wanted)
    if form == "votable":
        table = parse(io.BytesIO(out.getvalue()), verify="exception").get_first_table().to_table()
        flux, units = table["flux"].filled(np.nan), table["flux_unit"].tolist()
    else:
        read = pyarrow.csv.read_csv if form == "csv" else pyarrow.parquet.read_table
        table = read(io.BytesIO(out.getvalue())).to_pydict()
        flux, units = np.array(table["flux"], float), table["flux_unit"]
    assert np.nansum(flux) == pytest.approx(sum(1000 + k % 5 for k in range(1, 40)) + 36 * 0.98)
    assert units.count("mJy") == 45 and len(units) == 85


@pytest.mark.parametrize("form", batch.WRITERS)
def test_many_light_curves_have_names_of_any_letters(filled, form):
    out = io.BytesIO()
    with closing(filled.connect()) as connection:
        asked = request(filled, form=form)
        wanted = [item._replace(name="β Lyræ") for item in batch.resolve(connection.cursor(), asked)]
        batch.write(out, connection.cursor(), asked, None, context(filled.settings), wanted)
    if form == "votable":
        names = parse(io.BytesIO(out.getvalue()), verify="exception").get_first_table().to_table()["target_name"].tolist()
    else:
        read = pyarrow.csv.read_csv if form == "csv" else pyarrow.parquet.read_table
        names = read(io.BytesIO(out.getvalue()))["target_name"].to_pylist()
    assert set(names) == {"? Lyr?" if form == "votable" else "β Lyræ"} and len(names) == 85
