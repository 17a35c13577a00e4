"""A region's objects, measurements and mean magnitudes, by the bytes of the specification and the rows it prints."""

import dvo_layouts as b
import numpy as np
import pytest
from dvo_sample import SEED_MEASURE, measures, write
from photvo.readers import dvo


@pytest.fixture
def db(tmp_path):
    return dvo.Database(write(tmp_path))


@pytest.fixture
def region(db):
    return db.region(4)


def test_regions_are_those_with_a_catalogue_on_disk(db):
    assert [(region.name, region.index) for region in db.regions] == [("n0000/0148", 4), ("s0000/0900", 6)]
    assert db.regions[0].bounds == (90, 180, 0, 7.5)
    assert [path.name for path in db.regions[0].files.values()] == ["0148.cpt", "0148.cpm", "0148.cpn", "0148.cps"]


def test_the_printed_object_reads_as_printed(region):
    star = region.averages()[0]
    assert (star["ra"], star["dec"]) == (102.62241, 0.015223970)
    assert star["ra_err"] == np.float32(0.0480983) and star["sigma_pos"] == -374
    assert (star["nmeasure"], star["off_measure"], star["flags"], star["obj_id"], star["cat_id"]) == (136, 0, 1, 0, 578)
    assert dvo.is_null(star["off_missing"]) and dvo.is_null(star["off_extend"])
    assert dvo.is_null(star["photflags_u"]) and dvo.is_null(star["ra_stk"]) and dvo.is_null(star["mean_epoch"])
    assert dvo.object_ids(region.averages()).tolist() == [578_000_000_000, 578_000_000_007, 578_000_000_002]
    assert region.averages()["ext_id"][1] == 108001027000000000


def test_the_printed_measurement_reads_as_printed(region):
    point = region.measurements()[0]
    for name in ("D_RA", "D_DEC", "MAG_CAL_ERR", "M_TIME", "AIRMASS", "AZ", "X_CCD", "Y_CCD", "SKY_FLUX", "PLTSCALE"):
        assert point[name.lower()] == np.float32(SEED_MEASURE[name])
    assert np.isnan(point["mag"]) and np.isnan(point["psf_qf"])
    assert (point["time_unix"], point["det_id"], point["image_id"], point["photcode"]) == (1067008742, 1504, 9, 307)
    assert point["x_ccd_err"] == np.float32(3.58) and point["y_ccd_err"] == np.float32(0.48)
    assert point["posangle"] == pytest.approx(45.385214, abs=1e-5)  # 8262 / 65535 * 360
    assert point["phot_flags"] == 268470272
    assert point["mjd"] == pytest.approx(52936.63821759259, abs=1e-9)  # 55142 s into day 12349 + 40587
    assert point["exchanged"]
    assert point["ra"] == pytest.approx(102.62241 - 0.0669184 / 3600, abs=1e-10)
    assert point["dec"] == pytest.approx(0.015223970 - 0.135676 / 3600, abs=1e-10)


def test_numbers_are_unsigned_scaled_and_null_where_the_specification_says(region):
    first, second = region.measurements(136)
    assert first["db_flags"] == 0xE0000001 and first["ext_id"] == (9 << 56) + 5
    assert first["fwhm_major"] == 3.5 and first["mxy"] == -0.25
    assert first["psf_theta"] == pytest.approx(-16384 * 360 / 65535)
    assert (first["ra"], first["dec"]) == (pytest.approx(102.699, abs=1e-9), pytest.approx(0.0205, abs=1e-9))
    assert np.isnan(second["fwhm_major"]) and dvo.is_null(second["image_id"]) and not second["exchanged"]


def test_an_objects_measurements_are_found_by_offset(region):
    assert region.measurements_of(0)["det_id"].tolist() == list(range(1504, 1640))
    assert region.measurements_of(1)["photcode"].tolist() == [205, 2011]
    assert len(region.measurements_of(2)) == 0
    with pytest.raises(IndexError):
        region.measurements_of(3)


def test_mean_magnitudes_follow_the_slots(region):
    means = region.secfilt()
    assert means["photcode"].tolist() == [1, 2, 3, 4] * 3 and means["ave_ref"].tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert (means["mag"][4], means["mag_chi"][4], means["nused"][4]) == (20.0, 1.5, 2)
    assert means["mag_20"][4] == pytest.approx(19.99) and means["mag_80"][4] == pytest.approx(20.01)
    unset = means[0]
    assert all(np.isnan(unset[name]) for name in ("mag", "mag_err", "mag_chi", "mag_20", "mag_80"))
    assert region.secfilt(1, 2)["mag"][:2].tolist() == [20.0, 19.5]


def test_non_detections_belong_to_their_object(region):
    found = region.missing()
    assert found["ave_ref"].tolist() == [1] and found["mjd"][0] == pytest.approx(52937.63821759259, abs=1e-9)


def test_right_ascension_wraps_at_zero(db):
    point = db.region(6).measurements()[0]
    assert point["ra"] == pytest.approx(359.9995, abs=1e-9) and point["dec"] == -1


def test_an_offset_across_zero_may_be_a_plain_difference(tmp_path):
    # 0.0005 - 359.9995 deg, as single precision has it
    changes = {"s0000/0900.cpm": b.primary() + measures([dict(D_RA=-1295996.4, TIME=1, PHOTCODE=307)])}
    point = dvo.Database(write(tmp_path, changes)).region(6).measurements()[0]
    assert point["ra"] == pytest.approx(359.9995, abs=2e-5)


def test_magnitudes_by_the_formulas(db, region):
    points = region.measurements_of(1)
    found = dvo.magnitudes(points, db.photcodes, region.seconds_of(points))
    # 21 - 5 - 25; 21 - 25 - 0.15 * 0.5 + 26.46; less 0.125, and 0.1 * (20 - 19.5 - 0.1); plus 0.03 of the photcode g
    assert found[0].tolist() == pytest.approx((-9.0, 22.385, 22.3, 22.33), abs=1e-6)
    assert found[1].tolist() == (15.5,) * 4
    assert dvo.magnitudes(points, db.photcodes)[0].tolist() == pytest.approx((-9.0, 22.385, 22.26, 22.29), abs=1e-6)


def test_the_printed_row_is_bad_by_the_printed_mask(db, region):
    bad = dvo.badness(region.measurements()[[0, 136, 137]], db.photcodes)
    assert bad["astrom_bad"].tolist() == [True, False, False]
    assert bad["photom_poor"].tolist() == [False, True, False]
    assert not bad["photom_bad"].any() and not bad["astrom_poor"].any()


def test_a_whole_database_is_whole(db):
    for region in db.regions:
        region.check()
