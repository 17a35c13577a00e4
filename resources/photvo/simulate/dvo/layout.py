"""The columns of each DVO table in each version of the format, and rows of them.

A column is named with the letter of its TFORM; i, j and k are unsigned integers, which DVO stores in columns of type
I, J and K without TZERO, and a is a number in a character column.
"""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

VERSIONS = ("PS1_V1", "PS1_V2", "PS1_V3", "PS1_V4", "PS1_V5", "PS1_V6", "PS1_V5_LOAD")

_TYPES = {"A": "S1", "a": "i1", "B": "u1", "I": ">i2", "i": ">u2", "J": ">i4", "j": ">u4", "K": ">i8", "k": ">u8",
          "E": ">f4", "D": ">f8"}  # fmt: skip

_UNITS = {
    "RA": "degrees", "DEC": "degrees", "RA_ERR": "arcsec", "DEC_ERR": "arcsec", "U_RA": "arcsec/year",
    "U_DEC": "arcsec/year", "V_RA_ERR": "arcsec/year", "V_DEC_ERR": "arcsec/year", "PAR": "arcsec",
    "PAR_ERR": "arcsec", "D_RA": "arcsec", "D_DEC": "arcsec", "MAG": "mag", "M_CAL": "mag", "M_APER": "mag",
    "MAG_ERR": "mag", "MAG_CAL_ERR": "mag", "M_TIME": "2.5*log(exptime)", "AZ": "degrees", "X_CCD": "pixels",
    "Y_CCD": "pixels", "SKY_FLUX": "counts/sec", "SKY_FLUX_ERR": "counts/sec", "TIME": "unix seconds",
    "FWHM_MAJOR": "1/100 of pixels", "FWHM_MINOR": "1/100 of pixels", "PSF_THETA": "(0xffff/360) deg",
    "X_CCD_ERR": "1/100 of pixels", "Y_CCD_ERR": "1/100 of pixels", "POSANGLE": "(0xffff/360) deg",
    "PLTSCALE": "arcsec/pixel", "EXPTIME": "seconds", "MCAL": "mag", "LAT": "degrees", "ST": "hours",
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """A table: its EXTNAME and its columns (name, TFORM); rows are of `dtype`.

    A name that the table has twice has a dot and a number behind it the second time, in `dtype` and here, not in the file.
    """

    extname: str
    columns: tuple
    dtype: np.dtype

    def cards(self, old):
        """The cards (keyword, value) that describe the columns; `old`: with TSCAL and TZERO, as in 2009."""
        found = []
        for n, (name, form) in enumerate(self.columns, 1):
            name = name.partition(".")[0]
            found += [(f"TTYPE{n}", name), (f"TFORM{n}", form)]
            found += [(f"TUNIT{n}", _UNITS[name])] if name in _UNITS else []
            found += [(f"TSCAL{n}", 1.0), (f"TZERO{n}", 0.0)] if old else []
        return found

    def rows(self, count, values):
        """`count` rows; `values` by column name, of which those that the table has not are left out.

        A column without values has NaN, or 0 where it is no float.
        """
        made = np.zeros(count, self.dtype)
        for name in self.dtype.names:
            if name in values:
                made[name] = values[name]
            elif self.dtype[name].base.kind == "f":
                made[name] = np.nan
        return made


def layout(table, version, text, wide_ids=True):
    """A Layout from columns written as `D: RA DEC | E: RA_ERR`; EXT_ID is K, or 2J where not `wide_ids`."""
    names, forms, types = [], [], []
    for group in text.split("|"):
        form, _, members = group.partition(":")
        form = form.strip()
        length, letter = form[:-1], form[-1]
        kind = _TYPES[letter]
        if length:
            kind = f"S{length}" if letter == "A" else (kind, (int(length),))
        for name in members.split():
            names.append(name)
            types.append(kind)
            forms.append("2J" if name == "EXT_ID" and not wide_ids else length + letter.upper())
    extname = f"DVO_{table}_{version}" if version else table
    return Layout(
        extname, tuple(zip(names, forms, strict=True)), np.dtype(list(zip(names, types, strict=True)))
    )


_POSITION = "D: RA DEC | E: RA_ERR DEC_ERR U_RA U_DEC V_RA_ERR V_DEC_ERR PAR PAR_ERR"
_V2_CHI = "E: CHISQ_POS CHISQ_PM CHISQ_PAP | J: MEAN_EPOCH TIME_RANGE"
_V2_LINKS = "i: NUMBER_POS NMEASURE NMISSING NGALPHOT | J: OFF_MEASURE OFF_MISSING | E: REF_COLOR | j: FLAGS"
_V5_AVERAGE = (
    f"{_POSITION} | D: RA_STK DEC_STK | E: RA_STK_ERR DEC_STK_ERR CHISQ_POS CHISQ_PM CHISQ_PLX | J: MEAN_EPOCH TIME_RANGE"
    " | E: PSF_QF PSF_QF_PERF STARGAL_SEP | i: NUMBER_POS NMEASURE NMISSING NLENSING NLENSOBJ NGALPHOT"
    " | J: OFF_MEASURE OFF_MISSING OFF_LENSING OFF_LENSOBJ OFF_STARPAR OFF_GALPHOT | E: REF_COLOR_BLUE REF_COLOR_RED"
    " | A: TESS_ID SKYCELL_ID | I: PROJECTION_ID NSTARPAR NWARP_OK | j: FLAGS PHOTFLAGS_U PHOTFLAGS_L OBJ_ID CAT_ID"
    " | k: EXT_ID | E: U_RA_GAL U_DEC_GAL"
)
_AVERAGE = {
    "PS1_V1": f"{_POSITION} SIGMA_POS CHISQ_POS | i: NUMBER_POS NMEASURE NMISSING NGALPHOT | J: OFF_MEASURE OFF_MISSING"
    " | E: REF_COLOR | j: FLAGS OBJ_ID CAT_ID | k: EXT_ID",
    "PS1_V2": f"{_POSITION} | {_V2_CHI} | E: SIGMA_POS | {_V2_LINKS} OBJ_ID CAT_ID | k: EXT_ID",
    "PS1_V3": f"{_POSITION} | {_V2_CHI} | E: SIGMA_POS | {_V2_LINKS} PHOTFLAGS_U PHOTFLAGS_L OBJ_ID CAT_ID | k: EXT_ID",
    "PS1_V4": f"{_POSITION} | {_V2_CHI} | E: PSF_QF PSF_QF_PERF STARGAL_SEP | {_V2_LINKS} PHOTFLAGS_U PHOTFLAGS_L"
    " OBJ_ID CAT_ID | k: EXT_ID",
    "PS1_V5": _V5_AVERAGE,
    "PS1_V6": _V5_AVERAGE,
    "PS1_V5_LOAD": "D: RA DEC | j: OBJ_ID CAT_ID | k: EXT_ID | J: OFF_MEASURE OFF_LENSING OFF_GALPHOT"
    " | i: NMEASURE NLENSING NGALPHOT | 6A: DUMMY",
}

_SHAPE = "I: FWHM_MAJOR FWHM_MINOR PSF_THETA MXX MXY MYY | i: TIME_MSEC PHOTCODE | I: X_CCD_ERR Y_CCD_ERR"
_V1_HEAD = (
    "E: D_RA D_DEC MAG M_CAL M_APER MAG_ERR MAG_CAL_ERR M_TIME AIRMASS AZ X_CCD Y_CCD SKY_FLUX SKY_FLUX_ERR"
    " | J: TIME | j: AVE_REF DET_ID IMAGE_ID OBJ_ID CAT_ID | k: EXT_ID | E: PSF_QF PSF_CHISQ | J: PSF_NDOF PSF_NPIX"
    f" | E: CR_NSIGMA EXT_NSIGMA | {_SHAPE}"
)
_TAIL = "I: POSANGLE | E: PLTSCALE | j: DB_FLAGS PHOT_FLAGS"
_V5_MEASURE = (
    "D: RA DEC | E: MAG MAG_ERR M_APER M_APER_ERR M_KRON M_KRON_ERR {cal} MAG_CAL_ERR M_TIME FLUX_PSF FLUX_PSF_ERR FLUX_KRON"
    " FLUX_KRON_ERR FLUX_AP FLUX_AP_ERR AIRMASS AZ X_CCD Y_CCD X_FIX Y_FIX X_OFF_KH Y_OFF_KH X_OFF_DCR Y_OFF_DCR X_OFF_CAM"
    " Y_OFF_CAM M_FLAT | {pad} | E: SKY_FLUX SKY_FLUX_ERR | J: TIME | j: AVE_REF DET_ID OBJ_ID CAT_ID | k: EXT_ID"
    " | j: IMAGE_ID | E: PSF_QF PSF_QF_PEFECT PSF_CHISQ | J: PSF_NDOF PSF_NPIX | j: PHOT_FLAGS2 | E: EXT_NSIGMA"
    f" | {_SHAPE} POS_SYS_ERR | {_TAIL} | J: PADDING{{number}}"
)
_MEASURE = {
    "PS1_V1": f"{_V1_HEAD} | 6A: PAD | {_TAIL}",
    "PS1_V2": f"{_V1_HEAD} POS_SYS_ERR | 4A: PAD | {_TAIL}",
    "PS1_V4": "E: D_RA D_DEC MAG M_CAL M_APER M_KRON M_KRON_ERR MAG_ERR MAG_CAL_ERR M_TIME FLUX_PSF FLUX_PSF_ERR FLUX_KRON"
    " FLUX_KRON_ERR AIRMASS AZ X_CCD Y_CCD X_FIX Y_FIX SKY_FLUX SKY_FLUX_ERR | J: TIME | j: AVE_REF DET_ID IMAGE_ID OBJ_ID"
    " CAT_ID | k: EXT_ID | E: PSF_QF PSF_QF_PEFECT PSF_CHISQ | J: PSF_NDOF PSF_NPIX | E: CR_NSIGMA EXT_NSIGMA"
    f" | {_SHAPE} POS_SYS_ERR | {_TAIL}",
    "PS1_V5": _V5_MEASURE.format(cal="M_CAL", pad="J: PADDING", number=".2"),
    "PS1_V6": _V5_MEASURE.format(cal="MCAL_PSF", pad="E: MCAL_APER", number=""),
}
_MEASURE |= {"PS1_V3": _MEASURE["PS1_V2"], "PS1_V5_LOAD": _MEASURE["PS1_V5"]}


def _kinds(pattern, kinds="PSF KRON AP"):
    return " ".join(pattern.replace("*", kind) for kind in kinds.split())


_V5_SECFILT = (
    "E: MAG MAG_ERR MAG_AP MAG_AP_ERR MAG_AP_STDEV MAG_KRON MAG_KRON_ERR MAG_KRON_STDEV PSF_QF_MAX PSF_QF_PERF_MAX MAG_STDEV"
    " MAG_MIN MAG_MAX MAG_CHI | I: NCODE NUSED NUSED_KRON NUSED_AP | j: FLAGS | E: "
    + _kinds("MAG_*_STK FLUX_*_STK FLUX_*_STK_ERR")
    + " | I: NSTACK NSTACK_DET | J: STACK_PRIMARY_OFF STACK_BEST_OFF | E: "
    + _kinds("MAG_*_WRP FLUX_*_WRP FLUX_*_WRP_ERR FLUX_*_WRP_STD")
    + " | I: NUSED_WRP NUSED_KRON_WRP NUSED_AP_WRP NWARP NWARP_GOOD UBERCAL_DIST"
)
_SECFILT = {
    "PS1_V1": "E: MAG MAG_ERR MAG_CHI | I: NCODE NUSED MAG_20 MAG_80",
    "PS1_V2": "E: MAG MAG_ERR MAG_CHI | j: FLAGS | I: NCODE NUSED MAG_20 MAG_80",
    "PS1_V3": "E: MAG MAG_AP MAG_ERR MAG_CHI | j: FLAGS | I: NCODE NUSED MAG_20 MAG_80 UBERCAL_DIST MAG_STDEV",
    "PS1_V4": "E: MAG MAG_AP MAG_KRON MAG_KRON_ERR MAG_ERR MAG_CHI FLUX_PSF FLUX_PSF_ERR FLUX_KRON FLUX_KRON_ERR | j: FLAGS"
    " | I: NCODE NUSED MAG_20 MAG_80 UBERCAL_DIST MAG_STDEV | J: STACK_PRIMARY_OFF STACK_BEST_OFF",
    "PS1_V5": _V5_SECFILT,
    "PS1_V6": _V5_SECFILT,
    "PS1_V5_LOAD": "E: MAG | I: NCODE NUSED",
}

_COORDS = "D: CRVAL1 CRVAL2 | E: CRPIX1 CRPIX2 CDELT1 CDELT2 PC1_1 PC1_2 PC2_1 PC2_2 | 14E: POLYTERMS | 15A: CTYPE | a: NPOLYTERMS"
_IMAGE = (
    _COORDS
    + " | J: TZERO | j: NSTAR | E: SECZ | i: NX NY | E: APMIFIT DAPMIFIT {cal} DMCAL | {chi} | i: PHOTCODE"
    " | E: EXPTIME ST LAT{centre} | {name}A: NAME | B: DETECTION_LIMIT SATURATION_LIMIT CERROR FWHM_X FWHM_Y TRATE CCDNUM"
    " | j: FLAGS IMAGE_ID PARENT_ID EXTERN_ID | i: SOURCE_ID | {tail}"
)
_TERMS = "I: NLINK_ASTROM NLINK_PHOTOM {third} | E: XPIX_SYS_ERR YPIX_SYS_ERR MAG_SYS_ERR | I: N_FIT_ASTROM N_FIT_PHOTOM | j: PHOTOM_MAP_ID ASTROM_MAP_ID"
_MOMENTS = "I: ORDER MX MY MXX MXY MYY MXXX MXXY MXYY MYYY MXXXX MXXXY MXXYY MXYYY MYYYY"


def _image(centre="", name=121, third="DUMMY3", cal="MCAL", chi="I: XM"):
    return _IMAGE.format(centre=centre, name=name, cal=cal, chi=chi, tail=_TERMS.format(third=third))


_CENTRE = " RA_CENTER DEC_CENTER RADIUS "
_COLOURS = {"centre": f"{_CENTRE} REF_COLOR_BLUE REF_COLOR_RED", "name": 117, "third": "UBERCAL_DIST"}
_IMAGES = {
    "PS1_V1": _image(),
    "PS1_V2": _image(f"{_CENTRE} REF_COLOR"),
    "PS1_V3": _image(f"{_CENTRE} REF_COLOR", third="UBERCAL_DIST"),
    "PS1_V4": _image(f"{_CENTRE} REF_COLOR", third="UBERCAL_DIST"),
    "PS1_V5": _image(**_COLOURS),
    "PS1_V6": _image(**_COLOURS, cal="MCAL_PSF MCAL_APER", chi="E: XM | I: PADDING"),
    "PS1_V5_LOAD": _image(**_COLOURS),
}

_PHOTCODE = (
    "i: CODE | 32A: NAME | a: TYPE | 3A: DUMMY | I: C_LAM C_LAM_ERR X_ERR | E: K | J: C1 C2 EQUIV NC | 4E: X"
    " | E: ASTROM_ERR_SYS ASTROM_ERR_SCALE ASTROM_ERR_MAG_SCALE | {0}: ASTROM_POOR_MASK ASTROM_BAD_MASK | E: PHOTOM_ERR_SYS"
    " | {0}: PHOTOM_POOR_MASK PHOTOM_BAD_MASK"
)
_SKY = "E: R_MIN R_MAX D_MIN D_MAX | J: CHILD_S CHILD_E PARENT INDEX | {}: DEPTH CHILD TABLE | {}"


def layouts(version, old):
    """The Layout of each table of a version, as attributes; `old`: in the dialect of 2009, which only PS1_V1 has."""
    average, image, sky = (
        _AVERAGE[version],
        _IMAGES[version],
        _SKY.format("B", "18A: NAME | B: HOST_FLAGS HOST_ID BACKUP_ID"),
    )
    if old:
        average = average.replace("NGALPHOT", "NEXTEND").replace(
            "OFF_MISSING | E: REF_COLOR", "OFF_MISSING OFF_EXTEND"
        )
        image = image.replace(_TERMS.format(third="DUMMY3"), _MOMENTS)
        sky = _SKY.format("a", "21A: NAME")
    return SimpleNamespace(
        average=layout("AVERAGE", version, average, not old),
        measure=layout("MEASURE", version, _MEASURE[version], not old),
        secfilt=layout("SECFILT", version, _SECFILT[version]),
        missing=layout("DVO_MISSING", "", "j: TIME"),
        image=layout("IMAGE", version, image),
        photcode=layout("PHOTCODE", version, _PHOTCODE.format("i" if version in VERSIONS[:2] else "j")),
        skytable=layout("SKY_REGION", "", sky),
    )
