"""A small DVO of three regions, byte by byte, with the rows that 'DVO Table Structures' prints among its own.

Each piece is a function of what may differ, so that a test can break or vary one thing.
"""

from functools import cache

import dvo_layouts as b

#: The rows as the document prints them (NaN where it says NaN; EXT_ID is not printed).
SEED_PHOTCODE = dict(CODE=204, NAME=b"MEGACAM.g.04", TYPE=3, C_LAM=26460, K=-0.15, EQUIV=1, NC=1,
                     ASTROM_ERR_MAG_SCALE=1.0, ASTROM_BAD_MASK=14472)  # fmt: skip
SEED_AVERAGE = dict(RA=102.62241, DEC=0.015223970, RA_ERR=0.0480983, DEC_ERR=0.0481240, SIGMA_POS=-374.0, NMEASURE=136,
                    OFF_MEASURE=0, OFF_MISSING=-1, OFF_EXTEND=-1, FLAGS=1, OBJ_ID=0, CAT_ID=578)  # fmt: skip
NAN = float("nan")
SEED_MEASURE = dict(
    D_RA=0.0669184, D_DEC=0.135676, MAG=NAN, M_APER=NAN, MAG_ERR=NAN, MAG_CAL_ERR=0.660210, M_TIME=1.21749, AIRMASS=4.57614,
    AZ=-89.8685, X_CCD=0.393112, Y_CCD=3051.92, SKY_FLUX=17.5981, SKY_FLUX_ERR=3.94064, TIME=1067008742, AVE_REF=0,
    DET_ID=1504, IMAGE_ID=9, OBJ_ID=0, CAT_ID=578, PSF_QF=NAN, PSF_CHISQ=NAN, CR_NSIGMA=NAN, EXT_NSIGMA=NAN, PHOTCODE=307,
    X_CCD_ERR=358, Y_CCD_ERR=48, POSANGLE=8262, PLTSCALE=0.185317, PHOT_FLAGS=268470272)  # fmt: skip

#: Seven photcodes, four of them secondary. 205 has a colour term; 307 the masks of 204.
PHOTCODES = [
    dict(CODE=1, NAME=b"g", TYPE=2, C_LAM=30),
    dict(CODE=2, NAME=b"r", TYPE=2),
    SEED_PHOTCODE,
    dict(CODE=205, NAME=b"MEGACAM.g.05", TYPE=3, C_LAM=26460, X_ERR=100, K=-0.15, C1=1, C2=2, EQUIV=1, NC=1,
         X=(0.1, 3.396e38, 3.396e38, 3.396e38), PHOTOM_POOR_MASK=0x8000, PHOTOM_BAD_MASK=0x0008),  # fmt: skip
    dict(CODE=3, NAME=b"i", TYPE=2),
    dict(CODE=4, NAME=b"z", TYPE=2),
    dict(CODE=307, NAME=b"MEGACAM.r.07", TYPE=3, C_LAM=26210, K=-0.1, EQUIV=2, ASTROM_BAD_MASK=14472),
    dict(CODE=2011, NAME=b"2MASS_J", TYPE=4),
    dict(CODE=105, NAME=b"MEGACAM.u.05", TYPE=3, C_LAM=25280, K=-0.35),
    dict(CODE=1, NAME=b"g_alt", TYPE=5, C_LAM=999),
]

#: name, RA and Dec limits, children, parent, depth, whether it owns a catalogue.
SKY = [
    ("fullsky", 0, 360, -90, 90, 1, 3, -1, 0, 0),
    ("n0000", 0, 360, 0, 7.5, 3, 6, 0, 1, 0),
    ("s0000", 0, 360, -7.5, 0, 6, 7, 0, 1, 0),
    ("n0000/0001", 0, 90, 0, 7.5, 0, 0, 1, 2, 1),
    ("n0000/0148", 90, 180, 0, 7.5, 0, 0, 1, 2, 1),
    ("n0000/0149", 180, 360, 0, 7.5, 0, 0, 1, 2, 1),
    ("s0000/0900", 0, 360, -7.5, 0, 0, 0, 2, 2, 1),
]
UNSET = dict(MAG=NAN, MAG_ERR=NAN, MAG_CHI=32767.0, MAG_20=0x7FFF, MAG_80=0x7FFF)

#: Objects of n0000/0148: the document's, one with two detections and a non-detection, one never measured.
AVERAGES = [
    SEED_AVERAGE,
    dict(RA=102.7, DEC=0.02, NMEASURE=2, OFF_MEASURE=136, NMISSING=1, OFF_MISSING=0, OFF_EXTEND=-1, OBJ_ID=7, CAT_ID=578,
         EXT_ID=108001027000000000, U_RA=0.25),  # fmt: skip
    dict(RA=102.8, DEC=0.03, OFF_MEASURE=-1, OFF_MISSING=-1, OFF_EXTEND=-1, OBJ_ID=2, CAT_ID=578),
]
MEASURES = [dict(SEED_MEASURE, TIME=1067008742 + 60 * i, DET_ID=1504 + i) for i in range(136)] + [
    dict(D_RA=3.6, D_DEC=-1.8, MAG=21.0, MAG_ERR=0.01, M_CAL=0.125, M_TIME=5.0, AIRMASS=1.5, TIME=1067008742, AVE_REF=1,
         IMAGE_ID=1, OBJ_ID=7, CAT_ID=578, PHOTCODE=205, PHOT_FLAGS=0x8000, FWHM_MAJOR=350, MXY=-25, PSF_THETA=-16384,
         DB_FLAGS=0xE0000001, EXT_ID=(9 << 56) + 5),  # fmt: skip
    dict(MAG=15.5, TIME=1067008742, AVE_REF=1, OBJ_ID=7, CAT_ID=578, PHOTCODE=2011, PHOT_FLAGS=0x8, FWHM_MAJOR=0x7FFF),
]
SECFILTS = [UNSET] * 4 + [dict(MAG=20.0, MAG_ERR=0.02, MAG_CHI=1.5, NCODE=3, NUSED=2, MAG_20=19990, MAG_80=20010),
                          dict(MAG=19.5, MAG_20=0x7FFF, MAG_80=0x7FFF), UNSET, UNSET] + [UNSET] * 4  # fmt: skip
#: An object 1.8 arcsec above RA 0, measured below 360.
WRAPPED = dict(RA=0.0005, DEC=-1.0, NMEASURE=1, OFF_MISSING=-1, OFF_EXTEND=-1, OBJ_ID=1, CAT_ID=6)

IMAGE = dict(CRVAL1=102.5, CRVAL2=0.5, CRPIX1=1000.0, CRPIX2=500.0, CDELT1=-5e-5, CDELT2=5e-5, PC1_1=1.0, PC2_2=1.0,
             CTYPE=b"DEC--TAN", TZERO=1067008700, NSTAR=100, NX=2000, NY=1000, PHOTCODE=205, EXPTIME=100.0,
             NAME=b"700001o.fits[ccd05]", DETECTION_LIMIT=235, SATURATION_LIMIT=255, CERROR=5, FWHM_X=20, FWHM_Y=25, TRATE=3,
             CCDNUM=5, FLAGS=3, IMAGE_ID=1, XM=200)  # fmt: skip
IMAGES = [IMAGE, dict(IMAGE, IMAGE_ID=9, PHOTCODE=307, CCDNUM=7, NAME=b"700001o.fits[ccd07]", XM=0x7FFF)]


def photcodes(rows=PHOTCODES, version="PS1_V1", layout=b.PHOTCODE_V1):
    """Photcodes.dat."""
    return b.primary(("NEXTEND", 1)) + b.table(f"DVO_PHOTCODE_{version}", layout, [b.row(layout, **row) for row in rows])


def skytable(rows=SKY):
    """SkyTable.fits."""
    names = "R_MIN R_MAX D_MIN D_MAX CHILD_S CHILD_E PARENT DEPTH TABLE".split()
    packed = [b.row(b.SKY, NAME=name.encode(), INDEX=index, CHILD=int(values[5] > 0), **dict(zip(names, values)))
              for index, (name, *values) in enumerate(rows)]  # fmt: skip
    return b.primary() + b.table("SKY_REGION", b.SKY, packed)


def images(rows=IMAGES, version="PS1_V1", layout=b.IMAGE_V1, **cards):
    """Images.dat."""
    cards = {"NIMAGES": len(rows), "ZERO_PT": 25.0, "FORMAT": version, **cards}
    return b.primary(*cards.items()) + b.table(f"DVO_IMAGE_{version}", layout, [b.row(layout, **row) for row in rows])


def head(name, nstars, nmeas, nmiss=0, nsecfilt=4, **cards):
    """The primary header of a .cpt file."""
    values = {"MEASURE": f"{name}.cpm", "MISSING": f"{name}.cpn", "SECFILT": f"{name}.cps", "CATID": 4,
              "DATE": "2009/03/08,22:35:04", "SORTED": True, "NSTARS": nstars, "NMEAS": nmeas, "NMISS": nmiss,
              "NSECFILT": nsecfilt, "OBJID": 8, **cards}  # fmt: skip
    return b.primary(*((name, value) for name, value in values.items() if value is not None))


def averages(rows=AVERAGES, version="PS1_V1", layout=b.AVERAGE_V1):
    """The table of a .cpt file."""
    return b.table(f"DVO_AVERAGE_{version}", layout, [b.row(layout, **row) for row in rows])


def measures(rows=MEASURES, version="PS1_V1", layout=b.MEASURE_V1):
    """The table of a .cpm file."""
    return b.table(f"DVO_MEASURE_{version}", layout, [b.row(layout, **row) for row in rows])


def secfilts(rows=SECFILTS, version="PS1_V1", layout=b.SECFILT_V1):
    """The table of a .cps file."""
    return b.table(f"DVO_SECFILT_{version}", layout, [b.row(layout, **row) for row in rows])


def missing(times=(1067095142,)):
    """The table of a .cpn file."""
    return b.table("DVO_MISSING", "TIME J", [b.row("TIME J", TIME=time) for time in times])


@cache
def files():
    """All files of the DVO: name → bytes."""
    return {
        "Photcodes.dat": photcodes(),
        "SkyTable.fits": skytable(),
        "Images.dat": images(),
        "n0000/0148.cpt": head("0148", 3, 138, 1) + averages(),
        "n0000/0148.cpm": b.primary() + measures(),
        "n0000/0148.cps": b.primary() + secfilts(),
        "n0000/0148.cpn": b.primary() + missing(),
        "s0000/0900.cpt": head("0900", 1, 1, CATID=6) + averages([WRAPPED]),
        "s0000/0900.cpm": b.primary() + measures([dict(D_RA=3.6, TIME=1, PHOTCODE=307, OBJ_ID=1, CAT_ID=6)]),
        "s0000/0900.cps": b.primary() + secfilts([UNSET] * 4),
    }


def write(folder, changes=None):
    """Write the DVO below a folder; `changes` replace files (None: leave it out). Returns the folder."""
    for name, content in {**files(), **(changes or {})}.items():
        if content is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return folder
