"""DVO files laid out by hand from the specification: struct.pack, big-endian, cards as text. Nothing of the reader's.

The layouts are the specification's lists of TTYPE and TFORM, version by version.
"""

import struct

CARD, RECORD = 80, 2880

PHOTCODE_V1 = """CODE I, NAME 32A, TYPE A, DUMMY 3A, C_LAM I, C_LAM_ERR I, X_ERR I, K E, C1 J, C2 J, EQUIV J, NC J, X 4E,
    ASTROM_ERR_SYS E, ASTROM_ERR_SCALE E, ASTROM_ERR_MAG_SCALE E, ASTROM_POOR_MASK I, ASTROM_BAD_MASK I,
    PHOTOM_ERR_SYS E, PHOTOM_POOR_MASK I, PHOTOM_BAD_MASK I"""
PHOTCODE_V3 = PHOTCODE_V1.replace("MASK I", "MASK J")

SKY = """R_MIN E, R_MAX E, D_MIN E, D_MAX E, CHILD_S J, CHILD_E J, PARENT J, INDEX J, DEPTH A, CHILD A, TABLE A, NAME 21A"""
SKY_HOSTS = """R_MIN E, R_MAX E, D_MIN E, D_MAX E, CHILD_S J, CHILD_E J, PARENT J, INDEX J, DEPTH B, CHILD B, TABLE B,
    NAME 18A, HOST_FLAGS B, HOST_ID B, BACKUP_ID B"""

AVERAGE_V1 = """RA D, DEC D, RA_ERR E, DEC_ERR E, U_RA E, U_DEC E, V_RA_ERR E, V_DEC_ERR E, PAR E, PAR_ERR E, SIGMA_POS E,
    CHISQ_POS E, NUMBER_POS I, NMEASURE I, NMISSING I, NEXTEND I, OFF_MEASURE J, OFF_MISSING J, OFF_EXTEND J, FLAGS J,
    OBJ_ID J, CAT_ID J, EXT_ID 2J"""
AVERAGE_V2 = """RA D, DEC D, RA_ERR E, DEC_ERR E, U_RA E, U_DEC E, V_RA_ERR E, V_DEC_ERR E, PAR E, PAR_ERR E, CHISQ_POS E,
    CHISQ_PM E, CHISQ_PAP E, MEAN_EPOCH J, TIME_RANGE J, SIGMA_POS E, NUMBER_POS I, NMEASURE I, NMISSING I, NGALPHOT I,
    OFF_MEASURE J, OFF_MISSING J, REF_COLOR E, FLAGS J, OBJ_ID J, CAT_ID J, EXT_ID K"""
AVERAGE_V3 = AVERAGE_V2.replace("FLAGS J", "FLAGS J, PHOTFLAGS_U J, PHOTFLAGS_L J")
AVERAGE_V4 = AVERAGE_V3.replace("TIME_RANGE J, SIGMA_POS E", "TIME_RANGE J, PSF_QF E, PSF_QF_PERF E, STARGAL_SEP E")
AVERAGE_V5 = """RA D, DEC D, RA_ERR E, DEC_ERR E, U_RA E, U_DEC E, V_RA_ERR E, V_DEC_ERR E, PAR E, PAR_ERR E, RA_STK D,
    DEC_STK D, RA_STK_ERR E, DEC_STK_ERR E, CHISQ_POS E, CHISQ_PM E, CHISQ_PLX E, MEAN_EPOCH J, TIME_RANGE J, PSF_QF E,
    PSF_QF_PERF E, STARGAL_SEP E, NUMBER_POS I, NMEASURE I, NMISSING I, NLENSING I, NLENSOBJ I, NGALPHOT I, OFF_MEASURE J,
    OFF_MISSING J, OFF_LENSING J, OFF_LENSOBJ J, OFF_STARPAR J, OFF_GALPHOT J, REF_COLOR_BLUE E, REF_COLOR_RED E, TESS_ID A,
    SKYCELL_ID A, PROJECTION_ID I, NSTARPAR I, NWARP_OK I, FLAGS J, PHOTFLAGS_U J, PHOTFLAGS_L J, OBJ_ID J, CAT_ID J,
    EXT_ID K, U_RA_GAL E, U_DEC_GAL E"""

MEASURE_V1 = """D_RA E, D_DEC E, MAG E, M_CAL E, M_APER E, MAG_ERR E, MAG_CAL_ERR E, M_TIME E, AIRMASS E, AZ E, X_CCD E, Y_CCD E,
    SKY_FLUX E, SKY_FLUX_ERR E, TIME J, AVE_REF J, DET_ID J, IMAGE_ID J, OBJ_ID J, CAT_ID J, EXT_ID 2J, PSF_QF E,
    PSF_CHISQ E, PSF_NDOF J, PSF_NPIX J, CR_NSIGMA E, EXT_NSIGMA E, FWHM_MAJOR I, FWHM_MINOR I, PSF_THETA I, MXX I, MXY I,
    MYY I, TIME_MSEC I, PHOTCODE I, X_CCD_ERR I, Y_CCD_ERR I, PAD 6A, POSANGLE I, PLTSCALE E, DB_FLAGS J, PHOT_FLAGS J"""
MEASURE_V2 = MEASURE_V1.replace("PAD 6A", "POS_SYS_ERR I, PAD 4A").replace("2J", "K")
MEASURE_V4 = """D_RA E, D_DEC E, MAG E, M_CAL E, M_APER E, M_KRON E, M_KRON_ERR E, MAG_ERR E, MAG_CAL_ERR E, M_TIME E,
    FLUX_PSF E, FLUX_PSF_ERR E, FLUX_KRON E, FLUX_KRON_ERR E, AIRMASS E, AZ E, X_CCD E, Y_CCD E, X_FIX E, Y_FIX E,
    SKY_FLUX E, SKY_FLUX_ERR E, TIME J, AVE_REF J, DET_ID J, IMAGE_ID J, OBJ_ID J, CAT_ID J, EXT_ID K, PSF_QF E,
    PSF_QF_PEFECT E, PSF_CHISQ E, PSF_NDOF J, PSF_NPIX J, CR_NSIGMA E, EXT_NSIGMA E, FWHM_MAJOR I, FWHM_MINOR I,
    PSF_THETA I, MXX I, MXY I, MYY I, TIME_MSEC I, PHOTCODE I, X_CCD_ERR I, Y_CCD_ERR I, POS_SYS_ERR I, POSANGLE I,
    PLTSCALE E, DB_FLAGS J, PHOT_FLAGS J"""
MEASURE_V5 = """RA D, DEC D, MAG E, MAG_ERR E, M_APER E, M_APER_ERR E, M_KRON E, M_KRON_ERR E, M_CAL E, MAG_CAL_ERR E, M_TIME E,
    FLUX_PSF E, FLUX_PSF_ERR E, FLUX_KRON E, FLUX_KRON_ERR E, FLUX_AP E, FLUX_AP_ERR E, AIRMASS E, AZ E, X_CCD E, Y_CCD E,
    X_FIX E, Y_FIX E, X_OFF_KH E, Y_OFF_KH E, X_OFF_DCR E, Y_OFF_DCR E, X_OFF_CAM E, Y_OFF_CAM E, M_FLAT E, PADDING J,
    SKY_FLUX E, SKY_FLUX_ERR E, TIME J, AVE_REF J, DET_ID J, OBJ_ID J, CAT_ID J, EXT_ID K, IMAGE_ID J, PSF_QF E,
    PSF_QF_PEFECT E, PSF_CHISQ E, PSF_NDOF J, PSF_NPIX J, PHOT_FLAGS2 J, EXT_NSIGMA E, FWHM_MAJOR I, FWHM_MINOR I,
    PSF_THETA I, MXX I, MXY I, MYY I, TIME_MSEC I, PHOTCODE I, X_CCD_ERR I, Y_CCD_ERR I, POS_SYS_ERR I, POSANGLE I,
    PLTSCALE E, DB_FLAGS J, PHOT_FLAGS J, PADDING J"""
MEASURE_V6 = MEASURE_V5.replace("M_CAL E", "MCAL_PSF E").replace("M_FLAT E, PADDING J", "M_FLAT E, MCAL_APER E")

SECFILT_V1 = "MAG E, MAG_ERR E, MAG_CHI E, NCODE I, NUSED I, MAG_20 I, MAG_80 I"
SECFILT_V2 = "MAG E, MAG_ERR E, MAG_CHI E, FLAGS J, NCODE I, NUSED I, MAG_20 I, MAG_80 I"
SECFILT_V3 = """MAG E, MAG_AP E, MAG_ERR E, MAG_CHI E, FLAGS J, NCODE I, NUSED I, MAG_20 I, MAG_80 I, UBERCAL_DIST I,
    MAG_STDEV I"""
SECFILT_V4 = """MAG E, MAG_AP E, MAG_KRON E, MAG_KRON_ERR E, MAG_ERR E, MAG_CHI E, FLUX_PSF E, FLUX_PSF_ERR E, FLUX_KRON E,
    FLUX_KRON_ERR E, FLAGS J, NCODE I, NUSED I, MAG_20 I, MAG_80 I, UBERCAL_DIST I, MAG_STDEV I, STACK_PRIMARY_OFF J,
    STACK_BEST_OFF J"""
SECFILT_V5 = """MAG E, MAG_ERR E, MAG_AP E, MAG_AP_ERR E, MAG_AP_STDEV E, MAG_KRON E, MAG_KRON_ERR E, MAG_KRON_STDEV E,
    PSF_QF_MAX E, PSF_QF_PERF_MAX E, MAG_STDEV E, MAG_MIN E, MAG_MAX E, MAG_CHI E, NCODE I, NUSED I, NUSED_KRON I,
    NUSED_AP I, FLAGS J, MAG_PSF_STK E, FLUX_PSF_STK E, FLUX_PSF_STK_ERR E, MAG_KRON_STK E, FLUX_KRON_STK E,
    FLUX_KRON_STK_ERR E, MAG_AP_STK E, FLUX_AP_STK E, FLUX_AP_STK_ERR E, NSTACK I, NSTACK_DET I, STACK_PRIMARY_OFF J,
    STACK_BEST_OFF J, MAG_PSF_WRP E, FLUX_PSF_WRP E, FLUX_PSF_WRP_ERR E, FLUX_PSF_WRP_STD E, MAG_KRON_WRP E,
    FLUX_KRON_WRP E, FLUX_KRON_WRP_ERR E, FLUX_KRON_WRP_STD E, MAG_AP_WRP E, FLUX_AP_WRP E, FLUX_AP_WRP_ERR E,
    FLUX_AP_WRP_STD E, NUSED_WRP I, NUSED_KRON_WRP I, NUSED_AP_WRP I, NWARP I, NWARP_GOOD I, UBERCAL_DIST I"""

_COORDS = """CRVAL1 D, CRVAL2 D, CRPIX1 E, CRPIX2 E, CDELT1 E, CDELT2 E, PC1_1 E, PC1_2 E, PC2_1 E, PC2_2 E, POLYTERMS 14E,
    CTYPE 15A, NPOLYTERMS A, """
IMAGE_V1 = _COORDS + """TZERO J, NSTAR J, SECZ E, NX I, NY I, APMIFIT E, DAPMIFIT E, MCAL E, DMCAL E, XM I, PHOTCODE I, EXPTIME E,
    ST E, LAT E, NAME 121A, DETECTION_LIMIT B, SATURATION_LIMIT B, CERROR B, FWHM_X B, FWHM_Y B, TRATE B, CCDNUM B, FLAGS J,
    IMAGE_ID J, PARENT_ID J, EXTERN_ID J, SOURCE_ID I, NLINK_ASTROM I, NLINK_PHOTOM I, DUMMY3 I, XPIX_SYS_ERR E,
    YPIX_SYS_ERR E, MAG_SYS_ERR E, N_FIT_ASTROM I, N_FIT_PHOTOM I, PHOTOM_MAP_ID J, ASTROM_MAP_ID J"""
IMAGE_2009 = IMAGE_V1.partition("NLINK_ASTROM")[0] + "ORDER I, " + ", ".join(
    f"{name} I" for name in "MX MY MXX MXY MYY MXXX MXXY MXYY MYYY MXXXX MXXXY MXXYY MXYYY MYYYY".split())  # fmt: skip
IMAGE_V2 = IMAGE_V1.replace("LAT E,", "LAT E, RA_CENTER E, DEC_CENTER E, RADIUS E, REF_COLOR E,")
IMAGE_V5 = IMAGE_V1.replace("DUMMY3", "UBERCAL_DIST").replace(
    "LAT E, NAME 121A", "LAT E, RA_CENTER E, DEC_CENTER E, RADIUS E, REF_COLOR_BLUE E, REF_COLOR_RED E, NAME 117A")  # fmt: skip
IMAGE_V6 = IMAGE_V5.replace("MCAL E, DMCAL E, XM I", "MCAL_PSF E, MCAL_APER E, DMCAL E, XM E, PADDING I")

#: FITS letter → struct's, for one number. An A of one byte is a number.
_LETTERS = {"B": "B", "I": "h", "J": "i", "K": "q", "E": "f", "D": "d"}
_SIZES = {"B": 1, "A": 1, "I": 2, "J": 4, "K": 8, "E": 4, "D": 8}


def fields(layout):
    """The layout as a list of (TTYPE, repeat, letter)."""
    found = []
    for part in layout.split(","):
        name, form = part.split()
        found.append((name, int(form[:-1] or 1), form[-1]))
    return found


def width(layout):
    """Bytes of a row."""
    return sum(repeat * _SIZES[letter] for _, repeat, letter in fields(layout))


def row(layout, **values):
    """The bytes of one row; what is not given is 0. Integers are stored modulo their width, as C does."""
    packed = b""
    for name, repeat, letter in fields(layout):
        value = values.pop(name, 0)
        if letter == "A" and repeat > 1:
            packed += struct.pack(f"{repeat}s", value or b"")
        elif letter == "A":
            packed += struct.pack("B", value % 256)
        elif letter == "J" and repeat == 2:
            packed += struct.pack(">Q", value)
        else:
            for number in [value] * repeat if not isinstance(value, tuple) else value:
                if letter in "BIJK":
                    bits = 8 * _SIZES[letter]
                    number = (number + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1) if letter != "B" else number % 256
                packed += struct.pack(">" + _LETTERS[letter], number)
    assert not values, values
    return packed


def card(name, value):
    """One card of a header."""
    text = {True: "T", False: "F"}[value] if isinstance(value, bool) else f"'{value:8}'" if isinstance(value, str) else str(value)
    return f"{name:8}= {text:>20}" if not isinstance(value, str) else f"{name:8}= {text}"


def header(*cards):
    """A header of (name, value) pairs, padded."""
    text = "".join(card(name, value).ljust(CARD) for name, value in cards) + "END".ljust(CARD)
    return text.encode().ljust(-(-len(text) // RECORD) * RECORD)


def primary(*cards):
    """A primary header without data; EXTEND is F, as DVO writes it."""
    return header(("SIMPLE", True), ("BITPIX", 8), ("NAXIS", 0), ("EXTEND", False), *cards)


def table(extname, layout, rows, count=None, extra=()):
    """A binary-table HDU of packed rows."""
    data = b"".join(rows)
    described = []
    for i, (name, repeat, letter) in enumerate(fields(layout), 1):
        described += [(f"TTYPE{i}", name.ljust(18)), (f"TFORM{i}", f"{repeat if repeat > 1 else ''}{letter}"),
                      (f"TSCAL{i}", 1.0), (f"TZERO{i}", 0.0)]  # fmt: skip
    cards = [("XTENSION", "BINTABLE"), ("BITPIX", 8), ("NAXIS", 2), ("NAXIS1", width(layout)),
             ("NAXIS2", len(rows) if count is None else count), ("PCOUNT", 0), ("GCOUNT", 1),
             ("TFIELDS", len(fields(layout))), *described, ("EXTNAME", extname), *extra]  # fmt: skip
    return header(*cards) + data.ljust(-(-len(data) // RECORD) * RECORD, b"\0")
