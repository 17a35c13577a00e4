"""UNIX time to Julian dates, against astropy and the document's own routine."""

import numpy as np
import pytest
from astropy.time import Time
from photvo.readers import dvo


def test_the_printed_time_is_astropys():
    assert dvo.unix_to_jd(1067008742) == pytest.approx(Time(1067008742, format="unix").jd, abs=1e-8)
    assert Time(dvo.unix_to_jd(1067008742), format="jd").isot[:19] == "2003-10-24T15:19:02"
    assert dvo.unix_to_jd(946684800) == 2451544.5  # the reference point of linux2jd: 2000-01-01


def test_arrays_are_taken_as_arrays():
    seconds = np.array([0, 86400, 1067008742])
    assert np.allclose(dvo.unix_to_mjd(seconds), Time(seconds, format="unix").mjd, rtol=0, atol=1e-9)
