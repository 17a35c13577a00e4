"""What is odd or broken in a DVO, the whole way into the tables: a region is taken whole or refused whole, and the rest goes on."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from dvo_archive import files, ingest, make, rows, unsigned


def largest(folder):
    """The .cpt file of the region with most objects."""
    return max(files(folder, "cpt"), key=lambda path: len(rows(path)))


def name_of(path):
    return f"{path.parent.name}/{path.stem}"


def changed(path, **columns):
    """Have the first row of a table say something else."""
    with fits.open(path, mode="update") as hdus:
        for name, value in columns.items():
            hdus[1].data[name][0] = value


def first_measurement(archive, path, columns):
    """Of the measurement in the first row of a .cpm file."""
    object_id = unsigned(rows(path)["CAT_ID"])[0] * 10**9 + unsigned(rows(path)["OBJ_ID"])[0]
    [row] = archive.query(f"SELECT {columns} FROM dvo_db.measurements WHERE object_id = %s AND id %% 10000000000 = 0", [int(object_id)])
    return row


def cut_within_the_objects(path):
    path.write_bytes(path.read_bytes()[: -2880 * 2])
    return path.name, "cut off"


def cut_within_the_measurements(path):
    path = path.with_suffix(".cpm")
    path.write_bytes(path.read_bytes()[: -2880 * 2])
    return path.name, "cut off"


def no_mean_magnitudes(path):
    path.with_suffix(".cps").unlink()
    return f"{path.stem}.cps", "there is no such file"


def fewer_rows_than_nstars(path):
    with fits.open(path, mode="update") as hdus:
        hdus[0].header["NSTARS"] += 1
    return path.name, "NSTARS"


def ave_ref_of_no_object(path):
    changed(path.with_suffix(".cpm"), AVE_REF=len(rows(path)))
    return f"{path.stem}.cpm", "AVE_REF of row 0"


def offset_beyond_the_file(path):
    changed(path, OFF_MEASURE=len(rows(path.with_suffix(".cpm"))))
    return path.name, "point beyond"


def photcode_of_nothing(path):
    changed(path.with_suffix(".cpm"), PHOTCODE=31999)
    return f"{path.stem}.cpm", "photcode 31999 of row 0 is not in Photcodes.dat"


def more_slots_than_photcodes(path):
    means, objects = path.with_suffix(".cps"), len(rows(path))
    with fits.open(path, mode="update") as hdus:
        slots = hdus[0].header["NSECFILT"]
        hdus[0].header["NSECFILT"] = slots + 1
    with fits.open(means) as hdus:
        more = fits.BinTableHDU(np.repeat(hdus[1].data, 2)[: objects * (slots + 1)], hdus[1].header)
        whole = fits.HDUList([hdus[0].copy(), more])
        whole.writeto(path.with_suffix(".new"))
    path.with_suffix(".new").rename(means)
    return path.name, f"NSECFILT is {slots + 1}, and Photcodes.dat has {slots} secondary photcodes"


def an_image_in_its_place(path):
    fits.PrimaryHDU(np.zeros((4, 4))).writeto(path, overwrite=True)
    return path.name, "has an image in its primary HDU"


def another_table_in_its_place(path):
    path.with_suffix(".cpm").write_bytes((path.parents[1] / "Photcodes.dat").read_bytes())
    return f"{path.stem}.cpm", "has no table DVO_MEASURE"


DAMAGES = (cut_within_the_objects, cut_within_the_measurements, no_mean_magnitudes, fewer_rows_than_nstars, ave_ref_of_no_object,
           offset_beyond_the_file, photcode_of_nothing, more_slots_than_photcodes, an_image_in_its_place,
           another_table_in_its_place)  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("mode", ["loaded", "attached"])
def test_a_broken_region_is_refused_with_file_and_reason_and_leaves_nothing(archive, damage, mode):
    folder = make(archive)
    victim = largest(folder)
    others = {table: sum(len(rows(path)) for path in files(folder, ending) if path.stem != victim.stem)
              for table, ending in (("averages", "cpt"), ("secfilt", "cps"), ("missing", "cpn"))}  # fmt: skip
    points = sum(len(rows(path)) for path in files(folder, "cpm") if path.stem != victim.stem)
    file, reason = damage(victim)
    summary = ingest(archive, mode)
    assert (summary.status, list(summary.refused)) == (2, [name_of(victim)])
    told = archive.value("SELECT path || '.cpt: ' || reason FROM dvo_db.ingest_log WHERE status = 'refused'")
    assert file in told and reason in told and "\n" not in told
    assert {table: archive.value(f"SELECT count(*) FROM dvo_db.{table}") for table in others} == others
    assert archive.value("SELECT sum(npoints) FROM dvo_db.series_rows") == points > 0
    assert archive.value("SELECT count(*) FROM dvo_db.measurements") == (points if mode == "loaded" else 0)


def no_sky_table(folder):
    (folder / "SkyTable.fits").unlink()
    return "it has no SkyTable.fits"


def another_file_as_sky_table(folder):
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU.from_columns([fits.Column("R_MIN", "E", array=[0.0])])]).writeto(
        folder / "SkyTable.fits", overwrite=True)  # fmt: skip
    return "SkyTable.fits: has no table SKY_REGION"


def photcodes_cut_off(folder):
    path = folder / "Photcodes.dat"
    path.write_bytes(path.read_bytes()[:-5760])
    return "Photcodes.dat: cut off"


def images_cut_off(folder):
    path = folder / "Images.dat"
    path.write_bytes(path.read_bytes()[:-5760])
    return "Images.dat: cut off"


@pytest.mark.parametrize("damage", [no_sky_table, another_file_as_sky_table, photcodes_cut_off, images_cut_off])
def test_a_database_without_its_head_is_refused_and_keeps_what_it_had(archive, damage):
    folder = make(archive)
    assert ingest(archive).status == 0
    tables = ("averages", "measurements", "images", "photcodes", "skytable", "ingest_log")
    before = {table: archive.query(f"SELECT t::text FROM dvo_db.{table} t ORDER BY 1") for table in tables}
    reason = damage(folder)
    summary = ingest(archive)
    assert summary.status == 2
    [[path, said]] = summary.refused.items()
    assert reason in f"{path}: {said}"
    assert {table: archive.query(f"SELECT t::text FROM dvo_db.{table} t ORDER BY 1") for table in tables} == before


def test_objects_on_both_sides_of_ra_0_are_found_across_it(archive):
    folder = make(archive, fields=[(0.0, 1.0)], naive_wrap=True)
    assert ingest(archive).status == 0
    stars = archive.query("SELECT object_id, ra, dec FROM dvo_db.averages")
    assert min(row[1] for row in stars) < 1 and max(row[1] for row in stars) > 359
    # the condition of the cone search, and that of ObsCore's
    centre, radius = (0.01, 1.0), 0.4
    place = SkyCoord([row[1:] for row in stars], unit="deg")
    near = place.separation(SkyCoord(*centre, unit="deg")).deg <= radius
    expected = sorted(row[0] for row, inside in zip(stars, near) if inside)
    assert {place.ra.deg[near].min() < 1, place.ra.deg[near].max() > 359} == {True}
    for condition in (
        "spoint(radians(ra), radians(dec)) <@ scircle(spoint(radians(%s), radians(%s)), radians(%s))",
        "public.q3c_join(%s, %s, ra, dec, %s)",
    ):
        found = archive.query(f"SELECT object_id FROM dvo_db.averages WHERE {condition} ORDER BY 1", [*centre, radius])
        assert [row[0] for row in found] == expected
    # each measurement beside its object, whichever way round its offset was written
    points = np.array(archive.query("SELECT m.ra, m.dec, a.ra, a.dec, m.d_ra FROM dvo_db.measurements m JOIN dvo_db.averages a USING (object_id)"))
    assert len(points) == sum(len(rows(path)) for path in files(folder, "cpm"))
    assert ((points[:, 0] >= 0) & (points[:, 0] < 360)).all()
    away = SkyCoord(points[:, :2] * u.deg).separation(SkyCoord(points[:, 2:4] * u.deg))
    assert away.arcsec.max() < 10


@pytest.mark.parametrize("slots", [0, 2, 5])
def test_slots_are_the_first_secondary_photcodes_in_the_order_of_their_table(archive, slots):
    seconds = ((6, "J"), (4, "z"), (3, "i"), (2, "r"), (1, "g"))
    folder = make(archive, secfilt_slots=slots, seconds=seconds)
    assert ingest(archive).status == 0
    found = archive.query("SELECT photcode, count(*) FROM dvo_db.secfilt GROUP BY 1")
    objects = sum(len(rows(path)) for path in files(folder, "cpt"))
    assert sorted(found) == sorted((code, objects) for code, _ in seconds[:slots])
    # where no means are known there is no colour term, and a calibrated magnitude all the same
    assert archive.value("SELECT count(*) FROM dvo_db.measurements WHERE mag_cal IS NOT NULL") > 100
    for slot, (code, _) in enumerate(seconds[:slots]):
        theirs = np.concatenate([rows(path)["MAG"][slot::slots] for path in files(folder, "cps")])
        ours = archive.query("SELECT mag FROM dvo_db.secfilt WHERE photcode = %s", [code])
        ours = np.sort(np.array([np.nan if row[0] is None else row[0] for row in ours], "f4"))
        assert np.array_equal(ours, np.sort(theirs.astype("f4")), equal_nan=True)


def test_an_unknown_image_is_null_and_linked_when_it_comes(archive):
    folder = make(archive)
    path = largest(folder).with_suffix(".cpm")
    images = fits.getdata(folder / "Images.dat", 1)
    number = int(unsigned(rows(folder / "Images.dat")["IMAGE_ID"]).max()) + 7
    changed(path, IMAGE_ID=number)
    summary = ingest(archive)
    assert summary.status == 0 and sum(counts.missing for counts in summary.files.values()) == 1
    assert first_measurement(archive, path, "image_id") == (None,)
    assert archive.query("SELECT path, images_missing FROM dvo_db.ingest_log WHERE images_missing > 0") == [(name_of(path), 1)]
    with fits.open(folder / "Images.dat", mode="update") as hdus:
        assert len(hdus[1].data) == len(images)
        hdus[1].data["IMAGE_ID"][-1] = number
    again = ingest(archive)
    assert name_of(path) in again.files and first_measurement(archive, path, "image_id") == (number,)


def test_exposure_and_airmass_that_look_exchanged_are_taken_as_they_are_and_flagged(archive):
    folder = make(archive)
    path = largest(folder).with_suffix(".cpm")
    # as in the row that the documentation prints
    changed(path, M_TIME=1.21749, AIRMASS=4.57614)
    assert ingest(archive).status == 0
    m_time, airmass, flags, exptime = first_measurement(archive, path, "m_time, airmass, flags & 16, exptime")
    assert (m_time, airmass, flags) == (pytest.approx(1.21749), pytest.approx(4.57614), 16)
    assert exptime == pytest.approx(10 ** (0.4 * 1.21749), rel=1e-6)
    assert archive.value("SELECT count(*) FROM dvo_db.measurements WHERE flags & 16 > 0") == 1


def test_an_unsorted_region_says_how_to_sort_it(archive):
    folder = make(archive, is_sorted=False)
    summary = ingest(archive)
    assert summary.status == 0
    assert all("`addstar -resort` puts it right" in " ".join(counts.warnings) for counts in summary.files.values())
    wrong = archive.query("SELECT a.object_id FROM dvo_db.averages a LEFT JOIN dvo_db.measurements m USING (object_id)"
                          " GROUP BY 1, a.nmeasure, a.ave_row HAVING count(m.id) <> a.nmeasure OR bool_or(m.ave_ref <> a.ave_row)")  # fmt: skip
    assert wrong == [] and len(summary.files) == len(files(folder, "cpt")) > 1

