"""What is known about passbands, to tell whether a document's word about them can be true.

Source: SVO Filter Profile Service (https://svo2.cab.inta-csic.es/theory/fps/): effective wavelength and the
zero point of the Vega system. AB's zero point is 3631 Jy for every band (Oke & Gunn 1983).
"""

AB_ZEROPOINT = 3631.0  # Jy

#: SVO filter identifier → (effective wavelength in nm, zero point of the Vega system in Jy)
FILTERS = {
    "Generic/Bessell.U": (366.0, 1700), "Generic/Bessell.B": (438.1, 3908),
    "Generic/Bessell.V": (544.5, 3630), "Generic/Bessell.R": (641.1, 3057),
    "Generic/Bessell.I": (798.2, 2416),
    "SLOAN/SDSS.u": (360.8, 1583), "SLOAN/SDSS.g": (467.2, 4024), "SLOAN/SDSS.r": (614.1, 3177),
    "SLOAN/SDSS.i": (745.8, 2593), "SLOAN/SDSS.z": (892.3, 2239),
    "PAN-STARRS/PS1.g": (481.0, 3947), "PAN-STARRS/PS1.r": (615.5, 3175), "PAN-STARRS/PS1.i": (750.3, 2579),
    "PAN-STARRS/PS1.z": (866.8, 2249), "PAN-STARRS/PS1.y": (961.4, 2178),
    "Palomar/ZTF.g": (474.6, 4020), "Palomar/ZTF.r": (636.6, 3064), "Palomar/ZTF.i": (782.9, 2454),
    "2MASS/2MASS.J": (1235, 1594), "2MASS/2MASS.H": (1662, 1024), "2MASS/2MASS.Ks": (2159, 666.8),
    "GAIA/GAIA3.Gbp": (503.6, 3552), "GAIA/GAIA3.G": (582.2, 3229), "GAIA/GAIA3.Grp": (762.0, 2555),
    "TESS/TESS.Red": (745.3, 2632),
}  # fmt: skip

#: How the identifiers of a survey begin → the system its magnitudes are in.
SYSTEMS = {
    "SLOAN/": "AB", "PAN-STARRS/PS1.": "AB", "Palomar/ZTF.": "AB", "SkyMapper/": "AB", "CTIO/DECam.": "AB",
    "LSST/": "AB", "Misc/APASS.sdss": "AB", "Generic/": "Vega", "2MASS/": "Vega", "GAIA/": "Vega",
    "TESS/": "Vega", "WISE/": "Vega", "Misc/APASS.B": "Vega", "Misc/APASS.V": "Vega",
}  # fmt: skip

#: Passbands that no single word of the UCD vocabulary's colours fits.
WIDE = ("GAIA/GAIA0.G", "GAIA/GAIA2.G", "GAIA/GAIA2r.G", "GAIA/GAIA3.G", "GAIA/GAIA3E.G", "TESS/TESS.Red",
        "Kepler/Kepler.K", "PAN-STARRS/PS1.w")  # fmt: skip


def known(identifier):
    """(effective wavelength in nm, Vega zero point in Jy) of a filter, or None."""
    return FILTERS.get(identifier)


def system(identifier):
    """AB or Vega, or None where that is not known."""
    return next((name for start, name in SYSTEMS.items() if identifier.startswith(start)), None)
