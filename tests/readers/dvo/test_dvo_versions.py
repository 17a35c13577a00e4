"""Every version of the tables, the modes of a catalogue and files on several hosts, by the specification's layouts."""

import dvo_layouts as b
import dvo_sample as sample
import numpy as np
import pytest
from dvo_sample import IMAGE, UNSET, head, write
from photvo.model.batch import ReadError
from photvo.readers import dvo

LOAD_AVERAGE = """RA D, DEC D, OBJ_ID J, CAT_ID J, EXT_ID K, OFF_MEASURE J, OFF_LENSING J, OFF_GALPHOT J, NMEASURE I, NLENSING I,
    NGALPHOT I, DUMMY 6A"""
LOAD_SECFILT = "MAG E, NCODE I, NUSED I"
#: version → layouts of average, measure and secfilt
LAYOUTS = {
    "PS1_V1": (b.AVERAGE_V1, b.MEASURE_V1, b.SECFILT_V1),
    "PS1_V2": (b.AVERAGE_V2, b.MEASURE_V2, b.SECFILT_V2),
    "PS1_V3": (b.AVERAGE_V3, b.MEASURE_V2, b.SECFILT_V3),
    "PS1_V4": (b.AVERAGE_V4, b.MEASURE_V4, b.SECFILT_V4),
    "PS1_V5": (b.AVERAGE_V5, b.MEASURE_V5, b.SECFILT_V5),
    "PS1_V5_LOAD": (LOAD_AVERAGE, b.MEASURE_V5, LOAD_SECFILT),
    "PS1_V6": (b.AVERAGE_V5, b.MEASURE_V6, b.SECFILT_V5),
}
NAN = float("nan")


def pick(layout, **values):
    """A row with those of the values that the layout has."""
    names = {name for name, _, _ in b.fields(layout)}
    return b.row(layout, **{name: value for name, value in values.items() if name in names})


def tables(version):
    """The three tables with one object and one measurement, a fact of its own in every kind of column."""
    average, measure, secfilt = LAYOUTS[version]
    star = pick(average, RA=100.0, DEC=1.0, NMEASURE=1, OFF_MISSING=-1, OBJ_ID=3, CAT_ID=4, EXT_ID=7 * 10**15, NEXTEND=5, NGALPHOT=5,
                MEAN_EPOCH=1067008742, PHOTFLAGS_U=0x80000001, PSF_QF_PERF=0.75, STARGAL_SEP=2.5, RA_STK=100.5, NWARP_OK=60000,
                REF_COLOR=0.5, REF_COLOR_RED=0.25, TESS_ID=200, CHISQ_PAP=1.5, CHISQ_PLX=1.5, U_RA_GAL=0.125)  # fmt: skip
    point = pick(measure, RA=100.25, DEC=1.25, D_RA=-900.0, D_DEC=-900.0, MAG=20.0, M_TIME=5.0, AIRMASS=1.0, M_CAL=0.5, MCAL_PSF=0.5,
                 M_FLAT=0.25, MCAL_APER=0.75, M_APER=21.0, TIME=1067008742, OBJ_ID=3, CAT_ID=4, IMAGE_ID=9, PHOTCODE=204,
                 POS_SYS_ERR=150, PSF_QF_PEFECT=0.875, M_KRON=19.5, PHOT_FLAGS2=-1, EXT_ID=2**60, PADDING=123456)  # fmt: skip
    means = [pick(secfilt, **UNSET), pick(secfilt, MAG=19.5, NUSED=4, MAG_STDEV=0.5 if "V5" in version or "V6" in version else 500,
                                          FLAGS=0x4000, UBERCAL_DIST=0x7FFF, MAG_CHI=1.25, MAG_AP=19.25)]  # fmt: skip
    extnames = [f"DVO_{name}_{version}" for name in ("AVERAGE", "MEASURE", "SECFILT")]
    rows = ([star], [point], means)
    return [b.table(name, layout, rows) for name, layout, rows in zip(extnames, LAYOUTS[version], rows)]


def split(version):
    average, measure, secfilt = tables(version)
    return {"n0000/0148.cpt": head("0148", 1, 1, nsecfilt=2) + average, "n0000/0148.cpm": b.primary() + measure,
            "n0000/0148.cps": b.primary() + secfilt, "n0000/0148.cpn": None}  # fmt: skip


@pytest.mark.parametrize("version", LAYOUTS)
def test_every_version_reads_alike(tmp_path, version):
    database = dvo.Database(write(tmp_path, split(version)))
    region = database.regions[0]
    region.check()
    has = {name for layout in LAYOUTS[version] for name, _, _ in b.fields(layout)}

    def check(row, name, value, *sources):
        found = row[name]
        assert found == value if has & set(sources or [name.upper()]) else dvo.is_null(found), name

    star = region.averages()[0]
    assert (star["ra"], star["dec"], star["obj_id"], star["cat_id"], star["nmeasure"], star["ext_id"]) == (100, 1, 3, 4, 1, 7 * 10**15)
    for name, value in dict(mean_epoch=1067008742, photflags_u=0x80000001, psf_qf_perf=0.75, stargal_sep=2.5, ra_stk=100.5,
                            nwarp_ok=60000, ref_color=0.5, ref_color_red=0.25, tess_id=200, u_ra_gal=0.125).items():  # fmt: skip
        check(star, name, value)
    check(star, "nextend", 5, "NEXTEND", "NGALPHOT")
    check(star, "chisq_plx", 1.5, "CHISQ_PAP", "CHISQ_PLX")

    point = region.measurements()[0]
    assert (point["ra"], point["dec"], point["time_unix"], point["image_id"]) == (100.25, 1.25, 1067008742, 9)
    assert (point["mag"], point["m_cal"], point["photcode"], point["ext_id"]) == (20, 0.5, 204, 2**60)
    for name, value in dict(m_flat=0.25, mcal_aper=0.75, pos_sys_err=1.5, m_kron=19.5, phot_flags2=0xFFFFFFFF).items():
        check(point, name, value)
    check(point, "psf_qf_perfect", 0.875, "PSF_QF_PEFECT")
    if version in ("PS1_V5", "PS1_V5_LOAD", "PS1_V6"):
        assert dvo.is_null(point["d_ra"])

    unset, mean = region.secfilt()
    assert np.isnan(unset["mag"]) and (mean["mag"], mean["nused"], mean["photcode"]) == (19.5, 4, 2)
    for name, value in dict(mag_stdev=0.5, mag_chi=1.25, mag_ap=19.25).items():
        check(mean, name, value)
    check(mean, "flags", 0x4000, "FLAGS") if "FLAGS J" in LAYOUTS[version][2] else None
    assert dvo.is_null(mean["ubercal_dist"])

    # 20 - 25 + 26.46, less 0.5 and, where there is one, 0.25 of the flat field
    magnitudes = dvo.magnitudes(region.measurements(), database.photcodes)[0]
    assert magnitudes["mag_rel"] == pytest.approx(20.71 if "M_FLAT" in has else 20.96, abs=1e-6)


def test_aperture_magnitudes_go_through_the_same_formulas(tmp_path):
    database = dvo.Database(write(tmp_path, split("PS1_V6")))
    points = database.regions[0].measurements()
    found = dvo.magnitudes(points, database.photcodes, mag="m_aper", m_cal="mcal_aper")[0]
    assert found["mag_rel"] == pytest.approx(21 - 25 + 26.46 - 0.75 - 0.25, abs=1e-6)


def test_one_file_may_hold_all_tables(tmp_path):
    average, measure, secfilt = tables("PS1_V1")
    absent = b.table("DVO_MISSING", "TIME J", [])
    whole = head("0148", 1, 1, nsecfilt=2, MEASURE=None, MISSING=None, SECFILT=None) + average + measure + absent + secfilt
    changes = {**dict.fromkeys(split("PS1_V1")), "n0000/0148.cpt": whole}
    region = dvo.Database(write(tmp_path, changes)).regions[0]
    region.check()
    assert list(region.files) == ["average"]
    assert region.measurements_of(0)["ra"].tolist() == [100.25] and region.secfilt()["mag"][1] == 19.5


def test_the_header_names_the_files(tmp_path):
    average, measure, secfilt = tables("PS1_V1")
    changes = {**split("PS1_V1"), "n0000/0148.cpm": None, "n0000/elsewhere.cpm": b.primary() + measure,
               "n0000/0148.cpt": head("0148", 1, 1, nsecfilt=2, MEASURE="../n0000/elsewhere.cpm") + average}  # fmt: skip
    region = dvo.Database(write(tmp_path, changes)).regions[0]
    assert region.files["measure"] == tmp_path / "n0000" / "elsewhere.cpm"
    region.check()


def hosts_table(flags, host, backup):
    """SkyTable.fits in the newer layout, all regions on one host."""
    rows = [b.row(b.SKY_HOSTS, R_MIN=r_min, R_MAX=r_max, D_MIN=d_min, D_MAX=d_max, CHILD_S=start, CHILD_E=end, PARENT=parent,
                  INDEX=index, DEPTH=depth, CHILD=int(end > 0), TABLE=owns, NAME=name.encode() + b"\0\x7f", HOST_FLAGS=flags,
                  HOST_ID=host, BACKUP_ID=backup)
            for index, (name, r_min, r_max, d_min, d_max, start, end, parent, depth, owns) in enumerate(sample.SKY)]  # fmt: skip
    return b.table("SKY_REGION", b.SKY_HOSTS, rows)


@pytest.mark.parametrize(("flags", "host", "backup", "where"), [(0, 1, 2, "p1"), (4, 1, 2, "p2"), (3, 0, 2, "db")])
def test_regions_lie_on_the_hosts_that_the_sky_table_names(tmp_path, flags, host, backup, where):
    lines = f"# ID machine folder\n1 alpha p1\n2 beta {tmp_path / 'p2'} # the copy\n"
    changes = {"SkyTable.fits": b.primary(("HOSTS", "HostTable.dat")) + hosts_table(flags, host, backup), "HostTable.dat": lines.encode()}
    write(tmp_path / "db", changes)
    (tmp_path / where).mkdir(exist_ok=True)
    if where != "db":
        for folder in ("n0000", "s0000"):
            (tmp_path / "db" / folder).rename(tmp_path / where / folder)
    regions = dvo.Database(tmp_path / "db").regions
    assert [region.path for region in regions] == [tmp_path / where / "n0000/0148.cpt", tmp_path / where / "s0000/0900.cpt"]
    regions[0].check()


def test_without_a_host_table_the_bytes_of_hosts_are_garbage(tmp_path):
    write(tmp_path, {"SkyTable.fits": b.primary() + hosts_table(0xFF, 77, 99)})
    assert len(dvo.Database(tmp_path).regions) == 2


@pytest.mark.parametrize(("lines", "reason"), [
    ("2 beta p2\n", "host 1, which HostTable.dat lacks"),
    ("1 alpha\n", "line 1: expected an ID from 1 to 255, a machine and a folder"),
    (None, "HostTable.dat: SkyTable.fits names it and it cannot be read"),
])  # fmt: skip
def test_a_host_table_that_is_wrong_is_refused(tmp_path, lines, reason):
    write(tmp_path, {"SkyTable.fits": b.primary(("HOSTS", "HostTable.dat")) + hosts_table(0, 1, 0),
                     "HostTable.dat": lines and lines.encode()})  # fmt: skip
    with pytest.raises(ReadError, match=reason):
        dvo.Database(tmp_path).regions  # noqa: B018


@pytest.mark.parametrize(("version", "layout"), [("PS1_V1", b.IMAGE_V1), ("PS1_V1", b.IMAGE_2009), ("PS1_V2", b.IMAGE_V2),
                                                 ("PS1_V5", b.IMAGE_V5), ("PS1_V5_LOAD", b.IMAGE_V5),
                                                 ("PS1_V6", b.IMAGE_V6)])  # fmt: skip
def test_images_of_every_version_read_alike(tmp_path, version, layout):
    names = {name for name, _, _ in b.fields(layout)}
    values = dict(IMAGE, RA_CENTER=102.5, RADIUS=0.25, REF_COLOR=0.5, REF_COLOR_BLUE=0.75, UBERCAL_DIST=-3, NLINK_ASTROM=-1,
                  NPOLYTERMS=-1, NX=40000, PHOTCODE=50000, FWHM_Y=255, ST=5.5, MCAL=0.25, MCAL_PSF=0.25,
                  XM=100.0 if layout is b.IMAGE_V6 else 200)  # fmt: skip
    row = {name: value for name, value in values.items() if name in names}
    database = dvo.Database(write(tmp_path, {"Images.dat": sample.images([row], version, layout)}))
    image = database.images[0]
    assert (image["name"], image["ctype"], image["npolyterms"]) == ("700001o.fits[ccd05]", "DEC--TAN", -1)
    assert (image["nx"], image["photcode"], image["image_id"], image["tzero"]) == (40000, 50000, 1, 1067008700)
    assert image["detection_limit"] == 23.5 and np.isnan(image["saturation_limit"]) and np.isnan(image["fwhm_y"])
    assert image["cerror"] == np.float32(0.1) and image["fwhm_x"] == np.float32(0.8) and image["trate"] == np.float32(3e-4)
    assert (image["xm"], image["mcal"], image["st"]) == (100, 0.25, 5.5)
    for name, value in dict(ra_center=102.5, ref_color=0.5, ref_color_blue=0.75, ubercal_dist=-3, nlink_astrom=-1).items():
        assert image[name] == value if name.upper() in names else dvo.is_null(image[name]), name
