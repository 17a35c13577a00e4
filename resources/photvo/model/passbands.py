"""Passbands as the VO's vocabularies name them.

The bands themselves (filter identifier, zero point, wavelengths) are rows of the table photosys; only what
a table cannot say is here.
"""

#: Ranges of the UCD1+ vocabulary, m: the word is that of the range which holds the effective wavelength.
#: Source: IVOA UCD1+ controlled vocabulary 1.5, em.opt.* and em.IR.*
RANGES = (
    ("em.opt.U", 300e-9, 400e-9),
    ("em.opt.B", 400e-9, 500e-9),
    ("em.opt.V", 500e-9, 600e-9),
    ("em.opt.R", 600e-9, 750e-9),
    ("em.opt.I", 750e-9, 1000e-9),
    ("em.IR.J", 1000e-9, 1500e-9),
    ("em.IR.H", 1500e-9, 2000e-9),
    ("em.IR.K", 2000e-9, 3000e-9),
)
UNFILTERED = "em.opt"

#: Band (photosys.band) → UCD1+ word, for those whose name says it. Effective wavelengths of the Sloan bands:
#: 361, 467, 614, 746 and 889 nm (SVO Filter Profile Service, SLOAN/SDSS.*). Rc and Ic are where R and I are.
#: i_sdss lies on the border of R (746 nm) with most of its range, 690 to 820 nm, in I: as in common use, I.
WORDS = {
    "U": "em.opt.U", "B": "em.opt.B", "V": "em.opt.V", "R": "em.opt.R", "I": "em.opt.I",
    "u_sdss": "em.opt.U", "g_sdss": "em.opt.B", "r_sdss": "em.opt.R", "i_sdss": "em.opt.I", "z_sdss": "em.opt.I",
    "none": UNFILTERED,
}  # fmt: skip


def ucd(band, wavelength=None):
    """The UCD1+ word of a band, e.g. em.opt.B for g_sdss.

    A band that is not named here gets the word of its effective `wavelength` (m); em.opt where that is unknown
    or outside the optical.
    """
    if band in WORDS:
        return WORDS[band]
    if wavelength is not None:
        for word, low, high in RANGES:
            if low <= wavelength < high:
                return word
    return UNFILTERED
