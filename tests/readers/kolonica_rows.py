"""Hand-made rows of the Kolonica CSV files, for the tests of the readers."""

import csv
import io

#: The 27 columns in the order of the archive's upload script.
COLUMNS = (
    "phot_id,jd,tframe,mag,mag_err,detrend_mag,detrend_mag_err,type_detrend,num_calib,type_calib,detrend,diff_mag,"
    "diff_mag_err,aver_comp,num_comp,differential,comp_stars,object_id_arch,obs_type_id,observer,exp_time,binning,"
    "temperature,quality,preview_link,image_link,privileges"
).split(",")

#: The point of the seed's description: TYC 4568-4…, 2021-10-22 20:15:10.368 UTC.
SEED = dict(
    phot_id="1000",
    jd="2459510.34387",
    tframe="",
    mag="10.2437",
    mag_err="0.1190",
    detrend_mag="99.99",
    detrend_mag_err="9.99",
    type_detrend="None",
    num_calib="42",
    type_calib="0",
    detrend="0",
    diff_mag="2.6830",
    diff_mag_err="0.1190",
    aver_comp="7.5607",
    num_comp="2",
    differential="1",
    comp_stars="['494407193118781824', '494591086438665856']",
    object_id_arch="77",
    obs_type_id="3",
    observer="alica",
    exp_time="30.0",
    binning="2x2",
    temperature="-20.0",
    quality="0",
    preview_link="",
    image_link="/data/2021-10-22/2021-10-22T20:13:42_r.fit.fz",
    privileges="full",
)


def table(*rows, columns=COLUMNS):
    """CSV text of rows, each given as what differs from SEED."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({**SEED, **row} for row in rows)
    return out.getvalue()
