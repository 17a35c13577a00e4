"""The simulator and the reader, each written from the specification alone, understand each other in every variant."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from photvo.model.batch import ReadError
from photvo.readers import dvo
from photvo.readers.dvo.astrometry import sky
from photvo.simulate.dvo import write

SMALL = dict(objects=24, measurements=4)
VARIANTS = {
    **{version: dict(version=version) for version in ("PS1_V2", "PS1_V3", "PS1_V4", "PS1_V5", "PS1_V6", "PS1_V5_LOAD")},
    "not sorted": dict(is_sorted=False),
    "MEF": dict(mef=True),
    "no file without rows": dict(missing=False, empty_files=False),
    "on two hosts": dict(version="PS1_V2", hosts=("a", "b")),
    "EXT_ID as K": dict(old=False),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The database of the seed's version, and what the writer says it has."""
    folder = tmp_path_factory.mktemp("plain")
    counts = write(folder, **SMALL)
    return dvo.Database(folder), counts


@pytest.fixture(scope="module")
def database(plain):
    return plain[0]


def everything(database):
    """All measurements, in order of identity and time, with their objects' rows beside them."""
    found = []
    for region in database.regions:
        region.check()
        stars, points = region.averages(), region.measurements()
        found.append((points, stars[points["ave_ref"]], region.seconds_of(points)))
    points, stars, means = (np.concatenate(parts) for parts in zip(*found))
    order = np.lexsort((points["photcode"], points["time_unix"], dvo.object_ids(stars)))
    return points[order], stars[order], means[order]


def test_it_has_what_the_writer_counted(plain):
    database, (regions, objects, measurements, images) = plain
    assert len(database.regions) == regions and len(database.images) == images
    assert sum(len(region.averages()) for region in database.regions) == objects
    assert sum(region.nmeasurements for region in database.regions) == measurements


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_every_variant_says_the_same(tmp_path, database, variant):
    write(tmp_path, **{**SMALL, **variant})
    other = dvo.Database(tmp_path)
    points, stars, means = everything(other)
    expected, expected_stars, expected_means = everything(database)
    assert np.array_equal(dvo.object_ids(stars), dvo.object_ids(expected_stars))
    for name in ("time_unix", "photcode", "mag_err", "image_id", "phot_flags", "x_ccd", "airmass", "x_ccd_err"):
        assert np.array_equal(points[name], expected[name], equal_nan=points[name].dtype.kind == "f"), name
    for name in ("ra", "dec"):
        assert np.allclose(points[name], expected[name], rtol=0, atol=1e-8)  # D_RA is in single precision
        assert np.array_equal(stars[name], expected_stars[name])
    # MAG itself differs where there is a flat field (M_FLAT)
    magnitudes = dvo.magnitudes(points, other.photcodes, means), dvo.magnitudes(expected, database.photcodes, expected_means)
    for name in ("mag_rel", "mag_cal"):
        assert np.allclose(magnitudes[0][name], magnitudes[1][name], rtol=0, atol=1e-5, equal_nan=True)


def test_detections_lie_where_their_pixels_are_on_the_sky(database):
    points, _, _ = everything(database)
    points = points[~dvo.is_null(points["image_id"])]
    rows = database.images[np.searchsorted(database.images["image_id"], points["image_id"])]
    ra, dec = sky(rows, points["x_ccd"][:, None].astype("f8"), points["y_ccd"][:, None].astype("f8"), database.mosaics)
    away = SkyCoord(ra[:, 0] * u.deg, dec[:, 0] * u.deg).separation(SkyCoord(points["ra"] * u.deg, points["dec"] * u.deg))
    assert len(points) > 50 and away.arcsec.max() < 0.005


def test_images_hold_their_detections(database):
    points, _, _ = everything(database)
    points = points[~dvo.is_null(points["image_id"])]
    footprints = dvo.footprints(database.images)[np.searchsorted(database.images["image_id"], points["image_id"])]
    centre = SkyCoord(footprints["ra"] * u.deg, footprints["dec"] * u.deg)
    away = centre.separation(SkyCoord(points["ra"] * u.deg, points["dec"] * u.deg)).deg
    assert (away <= footprints["radius"] + 1e-6).all()


def test_calibrated_magnitudes_are_those_of_the_means(database):
    points, _, means = everything(database)
    found = dvo.magnitudes(points, database.photcodes, means)["mag_cal"]
    slots = database.photcodes.slot(database.photcodes.rows["equiv"][database.photcodes.find(points["photcode"])])
    good = (slots >= 0) & ~dvo.badness(points, database.photcodes)["photom_bad"]
    away = found[good] - means[good, slots[good]]
    # few stars are variable, few are faint
    assert good.sum() > 50 and np.nanmedian(np.abs(away)) < 0.05


def test_an_object_is_found_by_offset_and_by_reference_alike(tmp_path, database):
    write(tmp_path, **SMALL, is_sorted=False)
    for region, other in zip(database.regions, dvo.Database(tmp_path).regions):
        for row in range(region.nstars):
            points, same = region.measurements_of(row), np.sort(other.measurements_of(row), order=["time_unix", "photcode"])
            assert (points["ave_ref"] == row).all() and len(points) == len(same)
            assert np.array_equal(np.sort(points["time_unix"]), same["time_unix"])


def test_positions_wrap_at_zero(tmp_path):
    write(tmp_path, **SMALL, fields=[(0.0, 1.0)])
    points, stars, _ = everything(dvo.Database(tmp_path))
    assert points["ra"].min() < 1 and points["ra"].max() > 359
    away = SkyCoord(points["ra"] * u.deg, points["dec"] * u.deg).separation(SkyCoord(stars["ra"] * u.deg, stars["dec"] * u.deg))
    assert away.arcsec.max() < 10


def test_slots_that_are_not_in_the_files_were_not_measured(tmp_path):
    write(tmp_path, **SMALL, secfilt_slots=2)
    _, _, means = everything(dvo.Database(tmp_path))
    assert np.isfinite(means[:, 0]).any() and np.isnan(means[:, 2:]).all()


def test_a_photcode_that_was_taken_away_is_missed(tmp_path, database):
    used = {int(code) for region in database.regions for code in np.unique(region.measurements()["photcode"])}
    write(tmp_path, **SMALL, absent=(min(used),))
    with pytest.raises(ReadError, match="is not in Photcodes.dat"):
        everything(dvo.Database(tmp_path))
