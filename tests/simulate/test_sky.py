"""The generator's cheap astronomy against astropy."""

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import AltAz, EarthLocation, SkyCoord, get_sun
from astropy.time import Time
from astropy.utils import iers
from photvo.simulate import shapes, sky

iers.conf.auto_download = False
iers.conf.iers_degraded_accuracy = "warn"
pytestmark = pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")

SITE = EarthLocation.from_geodetic(22.273722 * u.deg, 48.935194 * u.deg, 460 * u.m)
STARS = [(339.449, 1.535), (258.558, 76.704), (118.77, 22.0)]


@pytest.mark.parametrize("ra, dec", STARS)
def test_light_time_and_tdb_agree_with_astropy(ra, dec):
    jd = np.concatenate(
        [2456659 + np.linspace(0.3, 3651.7, 200), [2457754.49999]]
    )  # the last in a leap second
    time = Time(np.floor(jd), jd % 1, format="jd", scale="utc", location=SITE)
    star = SkyCoord(ra * u.deg, dec * u.deg)
    *earths, tdb_utc = sky.earth(jd)
    for earth, kind in zip(earths, ("heliocentric", "barycentric"), strict=True):
        late = earth @ sky.direction(ra, dec) * sky.LIGHT_DAYS * 86400
        assert np.abs(late - time.light_travel_time(star, kind).sec).max() < 0.03  # s: the size of the Earth
    truth = (time.tdb.jd1 - time.jd1) + (time.tdb.jd2 - time.jd2)
    assert np.abs(tdb_utc - truth).max() * 86400 < 0.005


@pytest.mark.parametrize("ra, dec", STARS)
def test_windows_are_bounded_by_the_sun_and_by_the_star(ra, dec):
    midnight, half = sky.nights(2458850, 2459214)
    begin, end = sky.windows(midnight, half, ra, dec)
    some = np.flatnonzero(end - begin > 0.05)
    assert len(some) > 100
    star = SkyCoord(ra * u.deg, dec * u.deg)
    for edge, inside in ((begin[some], 0.005), (end[some], -0.005)):

        def altitudes(jd):
            frame = AltAz(obstime=Time(jd, format="jd"), location=SITE)
            return get_sun(Time(jd, format="jd")).transform_to(frame).alt.deg, star.transform_to(
                frame
            ).alt.deg

        sun, alt = altitudes(edge + inside)
        assert sun.max() < -11.7 and alt.min() > 24.7
        sun, alt = altitudes(edge - 3 * inside)
        assert ((sun > -12) | (alt < 25)).mean() > 0.98


@pytest.mark.parametrize("name", [name for name, kind in shapes.KINDS.items() if kind.phase])
def test_shapes_stay_between_brightest_and_faintest_and_join_up(name):
    kind, phase = shapes.KINDS[name], np.linspace(0, 1, 20001)[:-1]
    faded = kind.phase(phase)
    assert faded.min() >= 0 and faded.max() == pytest.approx(1, abs=1e-3)
    assert np.abs(np.diff(np.append(faded, faded[0]))).max() < 0.02
    eclipsing = name in ("EA", "EB", "EW", "ELL", "EP", "NR")
    assert faded[0] == pytest.approx(1 if eclipsing else 0, abs=1e-3)


@pytest.mark.parametrize("kind", [kind for kind in shapes.KINDS.values() if kind.time])
def test_irregular_stars_stay_between_brightest_and_faintest(kind):
    faded = kind.time(np.linspace(2456659, 2460310, 20000), 50.0, np.random.default_rng(1))
    assert 0 <= faded.min() < 0.25 and 0.75 < faded.max() <= 1
