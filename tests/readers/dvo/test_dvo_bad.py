"""What is wrong with a DVO is told with file and reason, and refused whole: the database, or the region."""

import dvo_layouts as b
import dvo_sample as sample
import numpy as np
import pytest
from dvo_sample import AVERAGES, MEASURES, SECFILTS, averages, head, measures, missing, secfilts, write
from photvo.model.batch import ReadError
from photvo.readers import dvo

CPT, CPM, CPS, CPN = (f"n0000/0148.cp{letter}" for letter in "tmsn")
WHOLE = sample.files()


def altered(rows, number, **values):
    """Rows with some values of one of them replaced."""
    return [dict(row, **values) if i == number else row for i, row in enumerate(rows)]


def cpt(rows=AVERAGES, **cards):
    return head("0148", **{"nstars": 3, "nmeas": 138, "nmiss": 1, **cards}) + averages(rows)


REFUSED = {
    "a measurement file cut off": ({CPM: WHOLE[CPM][:-2880]}, "0148.cpm: cut off: its headers want"),
    "an object file cut off": ({CPT: WHOLE[CPT][:9000]}, "0148.cpt: cut off"),
    "a header cut off": ({CPS: WHOLE[CPS][:4000]}, "0148.cps: cut off within a header"),
    "NSTARS larger than the table": ({CPT: cpt(nstars=4)}, "0148.cpt: has 3 rows in its table DVO_AVERAGE, and NSTARS of 0148.cpt is 4"),
    "NMEAS smaller than the table": ({CPT: cpt(nmeas=137)}, "0148.cpm: has 138 rows in its table DVO_MEASURE, and NMEAS of 0148.cpt is 137"),
    "NMISS larger than the table": ({CPT: cpt(nmiss=2)}, "0148.cpn: has 1 rows"),
    "no NSTARS": ({CPT: cpt(nstars=None)}, "0148.cpt: the header is not a DVO catalogue's: NSTARS is missing"),
    "no measurement file": ({CPM: None}, "0148.cpm: there is no such file"),
    "no file of mean magnitudes": ({CPS: None}, "0148.cps: there is no such file"),
    "AVE_REF beyond the objects": ({CPM: b.primary() + measures(altered(MEASURES, 137, AVE_REF=3))},
                                   "0148.cpm: AVE_REF of row 137 is 3, and there are 3 objects"),
    "AVE_REF of another object": ({CPM: b.primary() + measures(altered(MEASURES, 137, AVE_REF=0))},
                                  "0148.cpm: row 137 is of object 0 (AVE_REF), whose measurements lie elsewhere"),
    "OFF_MEASURE beyond the file": ({CPT: cpt(altered(AVERAGES, 1, OFF_MEASURE=137))},
                                    "0148.cpt: OFF_MEASURE 137 and NMEASURE 2 of row 1 point beyond the 138 measurements"),
    "OFF_MEASURE without a value": ({CPT: cpt(altered(AVERAGES, 1, OFF_MEASURE=-1))}, "0148.cpt: OFF_MEASURE"),
    "measurements of no object's": ({CPT: cpt(altered(AVERAGES, 1, NMEASURE=1))}, "0148.cpt: NMEASURE of all objects is 137"),
    "counts exchanged in a file that is not sorted": (
        {CPT: cpt(altered(altered(AVERAGES, 1, NMEASURE=1), 2, NMEASURE=1), SORTED=False)},
        "0148.cpt: NMEASURE of row 1 is 1, and it has 2 measurements"),
    "OFF_MISSING beyond the file": ({CPT: cpt(altered(AVERAGES, 1, OFF_MISSING=1))}, "0148.cpt: OFF_MISSING and NMISSING of row 1"),
    "an object without a position": ({CPT: cpt(altered(AVERAGES, 2, DEC=95.0))}, "0148.cpt: RA 102.8 and DEC 95.0 of row 2"),
    "two objects of one identity": ({CPT: cpt(altered(AVERAGES, 2, OBJ_ID=7))},
                                    "0148.cpt: rows 1 and 2 have the same CAT_ID 578 and OBJ_ID 7"),
    "an object without identity": ({CPT: cpt(altered(AVERAGES, 2, OBJ_ID=-1))}, "0148.cpt: row 2 has no identity: CAT_ID 578"),
    "an OBJ_ID that is none": ({CPT: cpt(altered(AVERAGES, 2, OBJ_ID=10**9))}, "0148.cpt: row 2 has no identity"),
    "an unknown photcode": ({CPM: b.primary() + measures(altered(MEASURES, 136, PHOTCODE=999))},
                            "0148.cpm: photcode 999 of row 136 is not in Photcodes.dat"),
    "the photcode of no measurement": ({CPM: b.primary() + measures(altered(MEASURES, 136, PHOTCODE=0))}, "photcode 0 of row 136"),
    "more mean magnitudes than secondary photcodes": (
        {CPT: cpt(nsecfilt=5), CPS: b.primary() + secfilts([*SECFILTS, *SECFILTS[:3]])},
        "0148.cpt: NSECFILT is 5, and Photcodes.dat has 4 secondary photcodes"),
    "NSECFILT that disagrees with the table": ({CPT: cpt(nsecfilt=3)}, "0148.cps: has 12 rows in its table DVO_SECFILT"),
    "an image in place of the objects": (
        {CPT: b.header(("SIMPLE", True), ("BITPIX", 16), ("NAXIS", 2), ("NAXIS1", 10), ("NAXIS2", 10)) + bytes(2880)},
        "0148.cpt: has an image in its primary HDU: no table of a DVO, or one of its old RAW mode"),
    "another table in place of the measurements": ({CPM: WHOLE[CPS]}, "0148.cpm: has no table DVO_MEASURE (EXTNAME of what it has:"
                                                   " 'DVO_SECFILT_PS1_V1')"),
    "no FITS file": ({CPM: b"PK\x03\x04" * 1000}, "0148.cpm: not a FITS file"),
    "an empty file": ({CPM: b""}, "0148.cpm: the file is empty"),
    "an old version": ({CPM: b.primary() + measures(version="PS1_DEV_2")}, "0148.cpm: table DVO_MEASURE_PS1_DEV_2: version 'PS1_DEV_2'"),
    "a compressed table": (
        {CPM: b.primary() + b.table("DVO_MEASURE_PS1_V1", "MAG E", [], extra=(("ZTABLE", True), ("ZTILELEN", 10000)))},
        "0148.cpm: table DVO_MEASURE_PS1_V1 is compressed (ZTABLE), which is not read; unpack it with `funpack`"),
    "a table without AVE_REF": ({CPM: b.primary() + measures([dict()] * 138, layout="MAG E, TIME J, PHOTCODE I, PHOT_FLAGS J")},
                                "0148.cpm: table DVO_MEASURE_PS1_V1 has no column AVE_REF"),
    "rows of another width": ({CPM: WHOLE[CPM].replace(b"NAXIS1  =                  152", b"NAXIS1  =                  150")},
                              "0148.cpm: table DVO_MEASURE_PS1_V1 cannot be read: its columns have 152 bytes, NAXIS1 is 150"),
    "numbers where text should be": (
        {CPM: b.primary() + measures([dict()] * 138, layout="MAG 4A, TIME J, AVE_REF J, PHOTCODE I, PHOT_FLAGS J, D_RA E, D_DEC E")},
        "column MAG is stored as"),
    "offsets that are not DVO's": ({CPM: WHOLE[CPM].replace(b"TZERO35 = " + b"0.0".rjust(20), b"TZERO35 = " + b"32768".rjust(20))},
                                   "column PHOTCODE has TSCAL or TZERO"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_region_is_refused_whole(tmp_path, changes, reason):
    database = dvo.Database(write(tmp_path, changes))
    broken, good = database.regions
    with pytest.raises(ReadError) as error:
        broken.check()
        broken.measurements()
    assert reason in str(error.value) and "\n" not in str(error.value)
    good.check()
    assert len(good.measurements()) == 1


DATABASE = {
    "no sky table": ({"SkyTable.fits": None}, ": is no DVO database, or a part of one: it has no SkyTable.fits"),
    "no photcodes": ({"Photcodes.dat": None}, "it has no Photcodes.dat"),
    "another file as sky table": ({"SkyTable.fits": sample.photcodes()}, "SkyTable.fits: has no table SKY_REGION"),
    "no FITS file as sky table": ({"SkyTable.fits": b"R_MIN,R_MAX\n0,360\n"}, "SkyTable.fits: not a FITS file"),
    "a sky table that leads in a circle": (
        {"SkyTable.fits": sample.skytable([("fullsky", 0, 360, -90, 90, 0, 1, -1, 0, 0)])}, "SkyTable.fits: the tree of regions is broken"),
    "a sky table that leads nowhere": (
        {"SkyTable.fits": sample.skytable([("fullsky", 0, 360, -90, 90, 1, 9, -1, 0, 0)])}, "SkyTable.fits: the tree of regions is broken"),
    "photcodes of the old layout": ({"Photcodes.dat": sample.photcodes(version="ELIXIR")}, "Photcodes.dat: table DVO_PHOTCODE_ELIXIR"),
    "photcodes cut off": ({"Photcodes.dat": sample.photcodes()[:-2880]}, "Photcodes.dat: cut off"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "reason"), DATABASE.values(), ids=DATABASE)
def test_a_database_is_refused(tmp_path, changes, reason):
    assert dvo.recognises(write(tmp_path, changes))
    with pytest.raises(ReadError) as error:
        dvo.Database(tmp_path)
    assert reason in str(error.value) and "\n" not in str(error.value)


def test_images_cut_short_are_refused(tmp_path):
    database = dvo.Database(write(tmp_path, {"Images.dat": sample.images(NIMAGES=3)}))
    with pytest.raises(ReadError, match="Images.dat: has 2 rows, and NIMAGES is 3"):
        database.images  # noqa: B018


def test_images_of_the_same_number_are_refused(tmp_path):
    database = dvo.Database(write(tmp_path, {"Images.dat": sample.images([sample.IMAGE, sample.IMAGE])}))
    with pytest.raises(ReadError, match="Images.dat: IMAGE_ID 1 is given twice"):
        database.image_ids  # noqa: B018


def test_another_folder_is_no_dvo(tmp_path):
    (tmp_path / "objects.csv").write_text("old_id\n")
    assert not dvo.recognises(tmp_path) and not dvo.recognises(tmp_path / "nowhere")


# what looks wrong and is taken


@pytest.mark.parametrize("block", [2, 200_000])
def test_an_unsorted_region_is_taken_by_reference(tmp_path, monkeypatch, block):
    monkeypatch.setattr("photvo.readers.dvo.region._BLOCK", block)
    monkeypatch.setattr("photvo.readers.dvo.checks._BLOCK", block)
    order = np.random.default_rng(1).permutation(138)
    shuffled = [MEASURES[i] for i in order]
    changes = {CPT: cpt([dict(row, OFF_MEASURE=-1) for row in AVERAGES], SORTED=False), CPM: b.primary() + measures(shuffled)}
    region = dvo.Database(write(tmp_path, changes)).regions[0]
    region.check()
    assert not region.sorted
    assert region.measurements_of(0)["det_id"].tolist() == [1504 + i for i in order if i < 136]
    second = region.measurements_of(1)
    assert sorted(second["photcode"]) == [205, 2011]
    assert second["ra"][second["photcode"] == 205] == pytest.approx(102.699, abs=1e-9)
    assert len(region.measurements_of(2)) == 0
    points = region.measurements()
    assert region.seconds_of(points)[points["photcode"] == 205, 0] == 20
    assert points["ra"][points["photcode"] == 205] == pytest.approx(102.699, abs=1e-9)


def test_an_unknown_image_is_null(tmp_path):
    changes = {CPM: b.primary() + measures(altered(MEASURES, 136, IMAGE_ID=777))}
    region = dvo.Database(write(tmp_path, changes)).regions[0]
    region.check()
    points = region.measurements()
    assert dvo.is_null(points["image_id"]).tolist() == [False] * 136 + [True, True]
    assert points["image_missing"].tolist() == [False] * 136 + [True, False]  # the last has IMAGE_ID 0: none


def test_image_zero_is_no_image(tmp_path):
    changes = {"Images.dat": sample.images([sample.IMAGE, dict(sample.IMAGE, IMAGE_ID=0)])}
    region = dvo.Database(write(tmp_path, changes)).regions[0]
    assert dvo.is_null(region.measurements()["image_id"][137])


def test_without_images_no_measurement_has_one(tmp_path):
    database = dvo.Database(write(tmp_path, {"Images.dat": None}))
    assert len(database.images) == 0 and len(database.mosaics) == 0
    assert dvo.is_null(database.regions[0].measurements()["image_id"]).all()


def test_fewer_mean_magnitudes_than_photcodes_leave_the_last_unmeasured(tmp_path):
    changes = {CPT: cpt(nsecfilt=2), CPS: b.primary() + secfilts([row for i, row in enumerate(SECFILTS) if i % 4 < 2])}
    region = dvo.Database(write(tmp_path, changes)).regions[0]
    region.check()
    assert region.secfilt()["photcode"].tolist() == [1, 2] * 3
    means = region.seconds_of(region.measurements_of(1))
    assert means[0, :2].tolist() == [20.0, 19.5] and np.isnan(means[0, 2:]).all()


def test_files_without_rows_may_be_absent(tmp_path):
    bare = {CPT: head("0148", 1, 0, nsecfilt=0) + averages([dict(RA=100.0, DEC=1.0)]), CPM: None, CPS: None, CPN: None}
    region = dvo.Database(write(tmp_path, bare)).regions[0]
    region.check()
    assert [len(region.averages()), len(region.measurements()), len(region.secfilt()), len(region.missing())] == [1, 0, 0, 0]
    assert len(region.measurements_of(0)) == 0 and list(region.chunks()) == []


def test_a_table_of_missing_without_rows_is_taken(tmp_path):
    changes = {CPT: cpt(altered(AVERAGES, 1, NMISSING=0), nmiss=0), CPN: b.primary() + missing(())}
    region = dvo.Database(write(tmp_path, changes)).regions[0]
    region.check()
    assert len(region.missing()) == 0
