"""The named bits are those of the specification."""

import pytest
from photvo.readers import dvo

#: table.column → all bits that have a name: every digit of the specification's lists, added up
ALL = {
    "measurements.phot_flags": 0xFFF7FFFF,
    "measurements.db_flags": 0x777FFFFF,
    "averages.flags": 0x7FFFFFFF,
    "secfilt.flags": 0x01F3FFFF,
    "images.flags": 0x0000FFFF,
}


@pytest.mark.parametrize("column", ALL)
def test_every_documented_bit_has_one_name(column):
    flags = [flag for flag in dvo.flag_names() if f"{flag.table}.{flag.column}" == column]
    assert sum(flag.mask for flag in flags) == ALL[column]
    assert len({flag.name for flag in flags}) == len(flags)
    assert all(flag.mask == 1 << flag.bit and flag.meaning for flag in flags)


def test_the_printed_flags_spell_what_the_specification_says():
    def names(value):
        return {flag.name for flag in dvo.flag_names() if flag.column == "phot_flags" and flag.mask & value}

    assert names(268470272) == {"SIZE_SKIPPED", "MOMENTS_FAILURE", "DEFECT"}
    assert names(14472) == {"FAIL", "SATSTAR", "DEFECT", "SATURATED", "CR_LIMIT"}
