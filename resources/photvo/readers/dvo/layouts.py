"""What the columns of DVO's tables are: one layout a table, the union of the versions PS1_V1 to PS1_V6.

Names are the file's in lower case, but `time_unix` for TIME and `has_catalog` for TABLE.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """How a column is stored and what comes of it."""

    dtype: str  # of the result; unsigned integers become the next larger signed ones
    unsigned: bool = False  # what is stored is unsigned, though nothing in the file says so
    sentinel: bool = False  # the largest number stored means null
    scale: float | None = None  # physical unit of one step, for stored integers; stored floats are physical


KINDS = {
    "f4": Kind("f4"),
    "f8": Kind("f8"),
    "count": Kind("i4", unsigned=True),
    "flags": Kind("i8", unsigned=True),
    "id": Kind("i8", unsigned=True, sentinel=True),
    "time": Kind("i8", sentinel=True),  # s since 1970
    "time_u": Kind("i8", unsigned=True, sentinel=True),
    "int": Kind("i4", sentinel=True),
    "ext": Kind("i8"),  # the 64 bits of an unsigned number: one above 2^63 comes out negative
    "byte": Kind("i2", unsigned=True),
    "sbyte": Kind("i2"),
    "px": Kind("f4", sentinel=True, scale=1 / 100),  # pixels (or their squares) in hundredths
    "deg": Kind("f4", sentinel=True, scale=360 / 65535),
    "mmag": Kind("f4", sentinel=True, scale=1 / 1000),
    "tenth": Kind("f4", unsigned=True, sentinel=True, scale=1 / 10),
    "fiftieth": Kind("f4", unsigned=True, sentinel=True, scale=1 / 50),
    "twentyfifth": Kind("f4", unsigned=True, sentinel=True, scale=1 / 25),
    "tenth_ms": Kind("f4", unsigned=True, sentinel=True, scale=1e-4),
    "log100": Kind("f4", sentinel=True),  # 100 times the decimal logarithm
    "chi": Kind("f4"),  # 32767 is null
    "text": Kind("U"),
}


@dataclass(frozen=True)
class Column:
    """One column of a layout."""

    name: str
    kind: str
    sources: tuple[str, ...]  # TTYPEs that it has in one version or another
    dtype: tuple  # as in a dtype's field, without the name


def _layout(*groups):
    """A layout from texts `KIND NAME …`; NAME is the TTYPE, or `name=TTYPE,TTYPE`."""
    columns = {}
    for group in groups:
        kind, *names = group.split()
        kind, _, shape = kind.partition(":")
        for name in names:
            name, _, sources = name.partition("=")
            dtype = (KINDS[kind].dtype, *([(int(shape),)] if shape else []))
            dtype = (f"U{shape}",) if kind == "text" else dtype
            columns[name.lower()] = Column(name.lower(), kind, tuple((sources or name).split(",")), dtype)
    return columns


_METHODS = ("PSF", "KRON", "AP")
_STACK = [name for how in _METHODS for name in (f"MAG_{how}_STK", f"FLUX_{how}_STK", f"FLUX_{how}_STK_ERR")]
_WARP = [name.replace("_STK", "_WRP") for name in _STACK] + [f"FLUX_{how}_WRP_STD" for how in _METHODS]

AVERAGE = _layout(
    "f8 RA DEC",  # deg
    "f4 RA_ERR DEC_ERR U_RA U_DEC V_RA_ERR V_DEC_ERR PAR PAR_ERR",  # arcsec, arcsec/yr as TUNIT says
    "f4 SIGMA_POS STARGAL_SEP CHISQ_POS CHISQ_PM chisq_plx=CHISQ_PLX,CHISQ_PAP",
    "f8 RA_STK DEC_STK",
    "f4 RA_STK_ERR DEC_STK_ERR",
    "time MEAN_EPOCH",
    "int TIME_RANGE",  # s
    "f4 PSF_QF PSF_QF_PERF",
    "count NUMBER_POS NMEASURE NMISSING nextend=NEXTEND,NGALPHOT NLENSING NLENSOBJ NSTARPAR NWARP_OK",
    "id OFF_MEASURE OFF_MISSING OFF_EXTEND OFF_LENSING OFF_LENSOBJ OFF_STARPAR OFF_GALPHOT",
    "f4 REF_COLOR REF_COLOR_BLUE REF_COLOR_RED",
    "byte TESS_ID SKYCELL_ID",
    "count PROJECTION_ID",
    "flags FLAGS PHOTFLAGS_U PHOTFLAGS_L",
    "id OBJ_ID CAT_ID",
    "ext EXT_ID",
    "f4 U_RA_GAL U_DEC_GAL",
)

MEASURE = _layout(
    "f8 RA DEC",  # deg, stored from PS1_V5 on
    "f4 D_RA D_DEC",  # arcsec, average less measurement
    "f4 MAG MAG_ERR M_APER M_APER_ERR M_KRON M_KRON_ERR m_cal=M_CAL,MCAL_PSF MCAL_APER MAG_CAL_ERR M_FLAT",
    "f4 M_TIME AIRMASS AZ",
    "f4 FLUX_PSF FLUX_PSF_ERR FLUX_KRON FLUX_KRON_ERR FLUX_AP FLUX_AP_ERR",
    "f4 X_CCD Y_CCD X_FIX Y_FIX X_OFF_KH Y_OFF_KH X_OFF_DCR Y_OFF_DCR X_OFF_CAM Y_OFF_CAM",
    "f4 SKY_FLUX SKY_FLUX_ERR",
    "time time_unix=TIME",
    "count TIME_MSEC",
    "id AVE_REF DET_ID IMAGE_ID OBJ_ID CAT_ID",
    "ext EXT_ID",
    "f4 PSF_QF psf_qf_perfect=PSF_QF_PERFECT,PSF_QF_PEFECT PSF_CHISQ",
    "int PSF_NDOF PSF_NPIX",
    "f4 CR_NSIGMA EXT_NSIGMA",
    "px FWHM_MAJOR FWHM_MINOR",
    "deg PSF_THETA",
    "px MXX MXY MYY",
    "count PHOTCODE",
    "px X_CCD_ERR Y_CCD_ERR POS_SYS_ERR",
    "deg POSANGLE",
    "f4 PLTSCALE",
    "flags DB_FLAGS PHOT_FLAGS PHOT_FLAGS2",
)

SECFILT = _layout(
    "mmag MAG MAG_ERR",
    "f4 MAG_AP MAG_AP_ERR MAG_AP_STDEV MAG_KRON MAG_KRON_ERR MAG_KRON_STDEV",
    "chi MAG_CHI",
    "mmag MAG_20 MAG_80 MAG_STDEV",
    "f4 MAG_MIN MAG_MAX",
    "count NCODE NUSED NUSED_KRON NUSED_AP",
    "flags FLAGS",
    "f4 PSF_QF_MAX PSF_QF_PERF_MAX FLUX_PSF FLUX_PSF_ERR FLUX_KRON FLUX_KRON_ERR",
    f"f4 {' '.join(_STACK + _WARP)}",
    "count NSTACK NSTACK_DET",
    "id STACK_PRIMARY_OFF STACK_BEST_OFF",
    "count NUSED_WRP NUSED_KRON_WRP NUSED_AP_WRP NWARP NWARP_GOOD",
    "int UBERCAL_DIST",
)

MISSING = _layout("time_u time_unix=TIME")

PHOTCODE = _layout(
    "count CODE",
    "text:32 NAME",
    "byte TYPE",
    "int C_LAM C_LAM_ERR X_ERR",  # mmag
    "f4 K",
    "int C1 C2 EQUIV NC",
    "f4:4 X",
    "f4 ASTROM_ERR_SYS ASTROM_ERR_SCALE ASTROM_ERR_MAG_SCALE",
    "flags ASTROM_POOR_MASK ASTROM_BAD_MASK",
    "f4 PHOTOM_ERR_SYS",
    "flags PHOTOM_POOR_MASK PHOTOM_BAD_MASK",
)

SKY_REGION = _layout(
    "f4 R_MIN R_MAX D_MIN D_MAX",
    "int CHILD_S CHILD_E PARENT INDEX",
    "byte DEPTH CHILD has_catalog=TABLE",
    "text:21 NAME",
    "byte HOST_FLAGS HOST_ID BACKUP_ID",
)

IMAGE = _layout(
    "f8 CRVAL1 CRVAL2",
    "f4 CRPIX1 CRPIX2 CDELT1 CDELT2 PC1_1 PC1_2 PC2_1 PC2_2",
    "f4:14 POLYTERMS",
    "text:15 CTYPE",
    "sbyte NPOLYTERMS",
    "time TZERO",
    "id NSTAR",
    "f4 SECZ",
    "count NX NY",
    "f4 APMIFIT DAPMIFIT mcal=MCAL,MCAL_PSF MCAL_APER DMCAL",
    "log100 XM",  # stored as 100 times the logarithm, from PS1_V6 on as it is
    "count PHOTCODE",
    "f4 EXPTIME ST LAT",
    "f4 RA_CENTER DEC_CENTER RADIUS REF_COLOR REF_COLOR_BLUE REF_COLOR_RED",
    "text:121 NAME",
    "tenth DETECTION_LIMIT SATURATION_LIMIT",  # mag
    "fiftieth CERROR",  # arcsec
    "twentyfifth FWHM_X FWHM_Y",  # arcsec
    "tenth_ms TRATE",  # s a row
    "byte CCDNUM",
    "flags FLAGS",
    "id IMAGE_ID PARENT_ID EXTERN_ID",
    "count SOURCE_ID",
    "int NLINK_ASTROM NLINK_PHOTOM UBERCAL_DIST",
    "f4 XPIX_SYS_ERR YPIX_SYS_ERR MAG_SYS_ERR",
    "int N_FIT_ASTROM N_FIT_PHOTOM",
    "id PHOTOM_MAP_ID ASTROM_MAP_ID",
)
