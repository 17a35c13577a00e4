"""Small inputs of a Kolonica archive, made by hand."""

import csv
import io

import numpy as np
from astropy.io import fits

REFERENCE = {
    "observatories.csv": "name,longitude,latitude,altitude\nKolonica,22.2738,48.9352,460\n",
    "telescopes.csv": "name,observatory,aperture\nAlica,Kolonica,0.19\nZIGA,Kolonica,0.508\n",
    "instruments.csv": "name,type\nG2-8300,CCD\n",
    "photosys.csv": "band,description,filter_id,magsys,zeropoint,wavelength_eff,wavelength_min,wavelength_max\n"
    "g_sdss,SDSS g,SLOAN/SDSS.g,AB,3631,4.67e-7,3.8e-7,5.5e-7\nr_sdss,SDSS r,SLOAN/SDSS.r,AB,3631,6.14e-7,5.4e-7,7e-7\n"
    "i_sdss,SDSS i,SLOAN/SDSS.i,AB,3631,7.46e-7,6.8e-7,8.6e-7\nV,Bessell V,Generic/Bessell.V,Vega,3636,5.4e-7,4.8e-7,7e-7\n"
    "none,no filter,,,,,,\n",
    "datasources.csv": "progid,name,time_scale,time_refposition,time_point,observatory,telescope\n"
    "alica,Alica,UTC,TOPOCENTER,start,Kolonica,Alica\nziga,ZIGA,UTC,TOPOCENTER,mid,,ZIGA\nold,Old plates,,,,,\n",
}  # fmt: skip

#: Objects of the seed's text: SS Cyg and its neighbours, TYC 4568-4…, VY UMi (id_arch 77 to 79 and 1 to 3).
OBJECTS = """old_id,gaia_name,simbad_name,ucac4_name,apass_name,vsx_name,other_names,ra,dec,class,description,var_type,period
1,1972957892448494592,V* SS Cyg,--,--,SS Cyg,BD+42 4189a;HD 206697,325.679,43.5862,CV*,--,UGSS,0.27513
2,1972957308333789312,--,--,--,--,,325.6802,43.5961,star,--,,
3,1972957690592232192,--,--,--,--,,325.6921,43.5949,star,--,,
77,1701925222477693952,TYC 4568-478-1,UCAC4 835-011111,--,--,,260.5,76.7,star,--,,
78,--,V* VY UMi,--,--,VY UMi,,255.1,77.4,SRB,--,SRB,120
"""

COLUMNS = (
    "phot_id jd tframe mag mag_err detrend_mag detrend_mag_err type_detrend num_calib type_calib detrend diff_mag"
    " diff_mag_err aver_comp num_comp differential comp_stars object_id_arch obs_type_id observer exp_time binning"
    " temperature quality preview_link image_link privileges"
).split()

#: The point that the seed's text shows.
SEED = dict(
    phot_id="1000", jd="2459510.34387", tframe="", mag="10.2437", mag_err="0.1190", detrend_mag="99.99",
    detrend_mag_err="9.99", type_detrend="None", num_calib="42", type_calib="0", detrend="0", diff_mag="2.6830",
    diff_mag_err="0.1190", aver_comp="7.5607", num_comp="2", differential="1",
    comp_stars="['494407193118781824', '494591086438665856']", object_id_arch="77", obs_type_id="3",
    observer="alica", exp_time="30.0", binning="2x2", temperature="-20.0", quality="0", preview_link="",
    image_link="", privileges="full",
)  # fmt: skip


def points(*rows, columns=COLUMNS):
    """The text of a Kolonica light-curve CSV: each row is what differs from SEED."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({**SEED, **row} for row in rows)
    return out.getvalue()


def run(n, start=2459510.34387, step=0.001, **more):
    """The rows of a run of n exposures, for `points`."""
    return [{"phot_id": str(i + 1), "jd": f"{start + i * step:.5f}", "mag": f"{10 + i % 7 / 10:.4f}", **more} for i in range(n)]


def fill(archive, objects=True):
    """Put the reference tables, and the objects, into an archive's inputs."""
    for name, text in REFERENCE.items():
        archive.put(name, text)
    if objects:
        archive.put("objects/objects.csv", OBJECTS)


def image(**cards):
    """The bytes of a FITS image of Alica with a WCS; a card that is None is left out."""
    header = fits.Header()
    for name, value in {
        "DATE-OBS": "2021-10-22T20:13:42", "EXPTIME": 30.0, "FILTER": "r", "OBJECT": "VY UMi", "IMAGETYP": "Light Frame",
        "TELESCOP": "Alica", "INSTRUME": "G2-8300", "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 259.946337,
        "CRVAL2": 76.698759, "CRPIX1": 51.0, "CRPIX2": 26.0, "CD1_1": -0.00084, "CD1_2": 0.0, "CD2_1": 0.0,
        "CD2_2": 0.00084, "RADESYS": "ICRS", **cards,
    }.items():  # fmt: skip
        if value is not None:
            header[name] = value
    out = io.BytesIO()
    fits.PrimaryHDU(np.zeros((51, 101), np.int16), header).writeto(out)
    return out.getvalue()
