"""UCD words of passbands, against the ranges of the IVOA's vocabulary."""

import pytest

from photvo.model import passbands

#: Effective wavelengths by the SVO Filter Profile Service, nm: Generic/Bessell.*, SLOAN/SDSS.*
EFFECTIVE = {"U": 359, "B": 437, "V": 547, "R": 643, "I": 797, "u_sdss": 361, "g_sdss": 467, "r_sdss": 614, "z_sdss": 889}
#: The optical words of UCD1+ and what they stand for, nm
VOCABULARY = {
    "em.opt.U": (300, 400), "em.opt.B": (400, 500), "em.opt.V": (500, 600), "em.opt.R": (600, 750),
    "em.opt.I": (750, 1000),
}  # fmt: skip


@pytest.mark.parametrize("band, nm", EFFECTIVE.items())
def test_the_word_of_a_band_is_the_one_whose_range_holds_its_wavelength(band, nm):
    low, high = VOCABULARY[passbands.ucd(band)]
    assert low <= nm < high


def test_sloan_i_on_the_border_of_two_ranges_counts_as_i():
    assert passbands.ucd("i_sdss") == "em.opt.I"


def test_a_band_without_a_name_of_its_own_goes_by_its_wavelength():
    assert passbands.ucd("Kepler", 630e-9) == "em.opt.R"


def test_unfiltered_light_and_unknown_bands_are_just_optical():
    assert {passbands.ucd("none"), passbands.ucd("Kepler"), passbands.ucd("L", 3.5e-6)} == {"em.opt"}
    assert [passbands.ucd(band, wavelength) for band, wavelength in (("J", 1.235e-6), ("H", 1.662e-6), ("K", 2.159e-6))] == [
        "em.IR.J", "em.IR.H", "em.IR.K"]  # fmt: skip
