"""A DVO database in the tables: against the files as astropy reads them, plain SQL, and astropy's own times."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.time import Time, TimeDelta
from dvo_archive import files, ingest, make, rows, unsigned

RAW = ("D_RA", "D_DEC", "MAG", "M_CAL", "MAG_ERR", "M_TIME", "AIRMASS", "AZ", "X_CCD", "Y_CCD", "SKY_FLUX", "PSF_QF", "PLTSCALE")


@pytest.fixture(scope="module")
def loaded(module_archive):
    """An archive with a DVO in it, and the DVO's folder."""
    folder = make(module_archive)
    summary = ingest(module_archive)
    assert (summary.status, summary.refused) == (0, {})
    return module_archive, folder


def column(archive, query, *parameters):
    return np.array([row[0] for row in archive.query(query, parameters or None)])


def test_every_row_of_every_file_is_there(loaded):
    archive, folder = loaded
    for table, ending in (("averages", "cpt"), ("measurements", "cpm"), ("secfilt", "cps"), ("missing", "cpn")):
        there = sum(len(rows(path)) for path in files(folder, ending))
        assert archive.value(f"SELECT count(*) FROM dvo_db.{table}") == there > 0, table
    for table, name in (("images", "Images.dat"), ("photcodes", "Photcodes.dat"), ("skytable", "SkyTable.fits")):
        assert archive.value(f"SELECT count(*) FROM dvo_db.{table}") == len(rows(folder / name)) > 0


def test_measurements_of_reference_catalogues_lack_no_image(loaded):
    archive, _ = loaded
    assert archive.value("SELECT count(*) FROM dvo_db.measurements WHERE image_id IS NULL AND photcode = 2011") > 0
    assert archive.value("SELECT sum(images_missing) FROM dvo_db.ingest_log") == 0


def test_columns_of_measurements_are_those_of_the_files(loaded):
    archive, folder = loaded
    for path in files(folder, "cpm"):
        theirs, parent = rows(path), rows(path.with_suffix(".cpt"))
        # region_id * 10^10 + row: the row is what AVE_REF and OFF_MEASURE count by
        ids = archive.query(
            "SELECT region_id FROM dvo_db.averages WHERE cat_id = %s AND obj_id = %s",
            [int(parent["CAT_ID"][0]), int(parent["OBJ_ID"][0])])  # fmt: skip
        names = ", ".join(name.lower() for name in RAW)
        ours = archive.query(
            f"SELECT {names}, time_unix, phot_flags, db_flags, photcode, det_id, object_id, coalesce(image_id, 0), ave_ref"
            " FROM dvo_db.measurements WHERE id / 10000000000 = %s ORDER BY id", [ids[0][0]])  # fmt: skip
        ours = np.array([[np.nan if value is None else value for value in row] for row in ours], float)
        assert len(ours) == len(theirs)
        for place, name in enumerate(RAW):
            assert np.array_equal(ours[:, place].astype("f4"), theirs[name], equal_nan=True), name
        assert np.array_equal(ours[:, len(RAW)], theirs["TIME"])
        for place, name in enumerate(("PHOT_FLAGS", "DB_FLAGS", "PHOTCODE", "DET_ID"), len(RAW) + 1):
            assert np.array_equal(ours[:, place], unsigned(theirs[name])), name
        assert np.array_equal(ours[:, len(RAW) + 5], unsigned(theirs["CAT_ID"]) * 10**9 + unsigned(theirs["OBJ_ID"]))
        assert np.array_equal(ours[:, len(RAW) + 6], unsigned(theirs["IMAGE_ID"]))
        assert np.array_equal(ours[:, len(RAW) + 7], theirs["AVE_REF"])


def test_positions_are_the_mean_less_the_offset(loaded):
    [[worst]] = loaded[0].query(
        "SELECT max(greatest(abs(m.ra - (a.ra - m.d_ra::float8 / 3600)), abs(m.dec - (a.dec - m.d_dec::float8 / 3600))))"
        " FROM dvo_db.measurements m JOIN dvo_db.averages a USING (object_id)")  # fmt: skip
    assert worst < 1e-12


def test_magnitudes_by_the_documented_formulas_in_sql(loaded):
    found = loaded[0].query("""
        WITH colour AS (
          SELECT object_id, code, coalesce(x[1] * c, 0) + coalesce(x[2] * c^2, 0) + coalesce(x[3] * c^3, 0) AS term
          FROM (SELECT s1.object_id, p.code, p.x, s1.mag::float8 - s2.mag - 0.001 * p.x_err AS c FROM dvo_db.photcodes p
            JOIN dvo_db.secfilt s1 ON s1.photcode = p.c1
            JOIN dvo_db.secfilt s2 ON s2.photcode = p.c2 AND s2.object_id = s1.object_id WHERE p.nc > 0) q)
        SELECT m.mag_inst - (m.mag - m.m_time - 25), m.mag_cat - cat, m.mag_rel - (cat - m.m_cal + coalesce(c.term, 0)),
          m.mag_cal - (cat - m.m_cal + coalesce(c.term, 0) + 0.001 * q.c_lam + coalesce(d.term, 0))
        FROM dvo_db.measurements m JOIN dvo_db.photcodes p ON p.code = m.photcode AND p.type = 3
        JOIN dvo_db.photcodes q ON q.code = p.equiv AND q.type = 2
        LEFT JOIN colour c ON c.object_id = m.object_id AND c.code = m.photcode
        LEFT JOIN colour d ON d.object_id = m.object_id AND d.code = q.code,
        LATERAL (SELECT m.mag::float8 - 25 + p.k * (m.airmass::float8 - 1) + 0.001 * p.c_lam AS cat) f WHERE m.mag IS NOT NULL""")
    differences = np.array(found, float)
    assert len(differences) > 300 and np.abs(differences).max() < 1e-5
    assert loaded[0].value("SELECT max(nc) FROM dvo_db.photcodes") == 2


def test_reference_magnitudes_are_as_given(loaded):
    found = loaded[0].query("SELECT mag, mag_inst, mag_cat, mag_rel, mag_cal FROM dvo_db.measurements m"
                            " JOIN dvo_db.photcodes p ON p.code = m.photcode WHERE p.type = 4 AND mag IS NOT NULL")  # fmt: skip
    assert found and all(len(set(row)) == 1 for row in found)


def test_bad_and_poor_are_what_the_masks_say(loaded):
    for name in ("astrom_bad", "astrom_poor", "photom_bad", "photom_poor"):
        [[marked, wrong]] = loaded[0].query(
            f"SELECT count(*) FILTER (WHERE {name}), count(*) FILTER (WHERE {name} <> (phot_flags & {name}_mask <> 0))"
            " FROM dvo_db.measurements m JOIN dvo_db.photcodes p ON p.code = m.photcode AND p.type <> 5")  # fmt: skip
        assert wrong == 0 < marked, name


def test_times_are_astropys(loaded):
    found = loaded[0].query("""
        SELECT m.time_unix, m.m_time, a.ra, a.dec, m.mjd, m.obs_time_utc, m.obs_time, m.exptime
        FROM dvo_db.measurements m JOIN dvo_db.averages a USING (object_id) ORDER BY m.id %% 97, m.id LIMIT 60""", [])
    place = loaded[0].query("SELECT longitude, latitude, altitude FROM dvo_db.observatories")[0]
    site = EarthLocation.from_geodetic(*place[:2], place[2] * u.m)
    for unix, m_time, ra, dec, mjd, utc, tdb, exptime in found:
        assert mjd == unix / 86400 + 40587
        assert exptime == pytest.approx(10 ** (0.4 * m_time), rel=1e-6)
        middle = Time(unix, format="unix", scale="utc", location=site) + TimeDelta(exptime / 2, format="sec")
        assert abs(utc - middle.utc.mjd) * 86400 < 1e-5
        light = middle.light_travel_time(SkyCoord(ra, dec, unit="deg"), ephemeris="builtin")
        assert abs(tdb - (middle.tdb + light).mjd) * 86400 < 1e-5


def test_series_are_the_groups_of_measurements(loaded):
    archive = loaded[0]
    wrong = archive.query("""
        SELECT s.*, g.* FROM dvo_db.series s FULL JOIN (
          SELECT object_id, photosys_id, count(*) AS n, min(obs_time_utc - coalesce(exptime, 0)::float8 / 172800) AS first,
            max(obs_time_utc + coalesce(exptime, 0)::float8 / 172800) AS last, sum(exptime::float8) AS exposed,
            avg(coalesce(mag_cal, mag_rel)::float8) AS mean, min(coalesce(mag_cal, mag_rel)) AS low, max(coalesce(mag_cal, mag_rel)) AS high
          FROM dvo_db.measurements GROUP BY 1, 2) g USING (object_id, photosys_id)
        WHERE NOT coalesce(g.n = s.npoints AND abs(g.first - s.t_min) < 1e-9 AND abs(g.last - s.t_max) < 1e-9
          AND abs(g.exposed - s.exptime) < 1e-3 AND (g.low, g.high) IS NOT DISTINCT FROM (s.mag_min, s.mag_max)
          AND coalesce(abs(g.mean - s.mag_mean) < 1e-5, g.mean IS NULL AND s.mag_mean IS NULL), false)""")
    assert wrong == []
    assert archive.value("SELECT count(*) FROM dvo_db.series") > 100


def test_statistics_are_those_of_the_good_points(loaded):
    wrong = loaded[0].query("""
        SELECT x.object_id, x.photosys_id FROM dvo_db.series_stats x FULL JOIN (
          SELECT object_id, photosys_id, count(*) FILTER (WHERE flags & 6399 = 0) AS n,
            stddev_samp(mag::float8) FILTER (WHERE flags & 6399 = 0) AS std,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY mag::float8) FILTER (WHERE flags & 6399 = 0) AS median
          FROM dvo_db.points GROUP BY 1, 2) g USING (object_id, photosys_id)
        WHERE x.npoints <> g.n OR abs(x.mag_std - g.std) > 1e-5 OR abs(x.mag_median - g.median) > 1e-5
          OR (x.mag_std IS NULL) <> (g.std IS NULL)""")
    assert wrong == []


def test_flags_of_points_say_what_is_known_against_them(loaded):
    [[wrong, marked]] = loaded[0].query("""
        SELECT count(*) FILTER (WHERE flags <> photom_bad::int + 2 * photom_poor::int + 4 * astrom_bad::int + 8 * astrom_poor::int
            + 16 * (airmass > 3 AND m_time BETWEEN 1 AND 3)::int + 256 * (mag_err IS NULL)::int + 512 * (obs_time IS NULL)::int
            + 1024 * (obs_time_utc IS NULL)::int + 2048 * (coalesce(mag_cal, mag_rel) IS NULL)::int),
          count(*) FILTER (WHERE flags > 0) FROM dvo_db.measurements""")
    assert wrong == 0 < marked


def test_photcodes_of_one_equivalent_are_one_band(loaded):
    bands = dict(loaded[0].query("SELECT id, band FROM dvo_db.photosys"))
    found = loaded[0].query("SELECT p.name, p.equiv, p.photosys_id FROM dvo_db.photcodes p WHERE p.type = 3")
    assert all(photosys == equiv for _, equiv, photosys in found if equiv)
    assert {bands[photosys] for name, _, photosys in found if name.startswith("MEGACAM.g.")} == {"g"}


def test_an_image_that_is_not_there_is_null(loaded):
    archive, folder = loaded
    images = set(unsigned(rows(folder / "Images.dat")["IMAGE_ID"]).tolist())
    there = np.concatenate([unsigned(rows(path)["IMAGE_ID"]) for path in files(folder, "cpm")])
    assert archive.value("SELECT count(*) FROM dvo_db.measurements WHERE image_id IS NULL") == sum(i not in images for i in there.tolist())
    # IMAGE_ID 0 is no image: nothing waits for it
    assert archive.value("SELECT sum(images_missing) FROM dvo_db.ingest_log") == sum(i not in images for i in there[there > 0].tolist())


def test_stars_lie_in_the_footprints_of_their_images(loaded):
    [[n, inside]] = loaded[0].query("""
        SELECT count(*), count(*) FILTER (WHERE spoint(radians(m.ra), radians(m.dec)) <@ i.footprint)
        FROM dvo_db.measurements m JOIN dvo_db.images i USING (image_id) WHERE m.x_ccd BETWEEN 5 AND 2043 AND m.y_ccd BETWEEN 5 AND 4607""")
    assert inside == n > 300


def test_every_bit_has_a_name(loaded):
    names = {tuple(row[:2]): row[2] for row in loaded[0].query("SELECT column_name, mask, name FROM dvo_db.flags WHERE table_name = 'measurements'")}
    # those of the seed's mask 14472
    assert [names["phot_flags", bit] for bit in (8, 128, 2048, 4096, 8192)] == ["FAIL", "SATSTAR", "DEFECT", "SATURATED", "CR_LIMIT"]
