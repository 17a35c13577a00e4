"""Plain headers and ordinary projections beside astropy's own reading of them."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import FK4, FK5, SkyCoord
from astropy.io import fits
from astropy.time import Time
from astropy.wcs import WCS
from fits_files import ALICA, NORTH_UP, header
from hypothesis import given, settings
from hypothesis import strategies as st
from photvo.readers import fits_position
from photvo.readers.fits_image import header_json
from photvo.readers.fits_plain import PlainHeader
from photvo.readers.fits_tan import solution

TEXT = st.text(st.sampled_from("ABz09 _-+.,:;/='()&#$"), max_size=14)
VALUES = st.one_of(
    TEXT.map(lambda text: f"'{text}'"),
    st.sampled_from(["T", "F", "", "TRUE", "'", "''", "'O''Neil'", "'a'' / b'", "(1.0, 2.0)", "NaN", "1.D-3", "1E5", "007", "-.5", "- 5", "5-"]),
    st.integers(-(10**20), 10**20).map(str),
    st.floats(allow_nan=False, width=64).map(lambda number: repr(number).upper()),
)  # fmt: skip
NAMES = st.sampled_from(
    ["OBJECT", "FILTER", "A-B_9", "x", "EXPTIME", "COMMENT", "HISTORY", "", "CONTINUE", "HIERARCH A B", "DP1", "TWO W"]
)
CARDS = st.builds(
    lambda name, equals, value, gap, comment: f"{name:8}{equals}{value}{gap}{comment}"[:80].ljust(80),
    NAMES, st.sampled_from(["= ", "=   ", "=", "  "]), VALUES, st.sampled_from(["", " ", "  "]),
    st.one_of(st.just(""), TEXT.map("/ {}".format)),
)  # fmt: skip


def text(cards):
    """The text of a header in whole records."""
    whole = "".join(cards) + "END".ljust(80)
    return whole.ljust(-(-len(whole) // 2880) * 2880)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=300, deadline=None)
@given(st.lists(CARDS, min_size=1, max_size=5))
def test_a_plain_header_says_what_astropy_says(cards):
    plain = PlainHeader.fromstring(text(cards))
    if plain is None:
        return
    theirs = fits.Header.fromstring(text(cards))
    assert header_json(plain) == header_json(theirs)
    assert list(plain) == [card.keyword for card in theirs.cards]
    for name in set(plain) - {"", "COMMENT", "HISTORY"}:
        assert plain.comments[name] == theirs.comments[name]
        assert name in theirs and plain.get(name) == (None if isinstance(theirs[name], fits.card.Undefined) else theirs[name])


def test_ordinary_headers_are_plain():
    cards = header(ALICA, NORTH_UP, LONG=1.5e-7, GAIN=(1, "e-/ADU"), SHUT=True, COMMENT="by hand")
    assert PlainHeader.fromstring(cards.tostring()).get("OBJCTRA") == ALICA["OBJCTRA"]


@pytest.mark.parametrize("card", ["OBJECT  = 'O''Neil'", "LONG    = 'a&'\nCONTINUE  'b'", "HIERARCH ESO A = 5", "BAD     = a b", "x       = 5"])
def test_the_rest_is_astropys(card):
    assert PlainHeader.fromstring(text(line.ljust(80) for line in card.split("\n"))) is None


def test_a_header_without_an_end_is_not_plain():
    assert PlainHeader.fromstring("EXPTIME = 5".ljust(80)) is None


SMALL = st.floats(-1e-9, 1e-9)
WCS_CARDS = st.fixed_dictionaries(
    {
        "CRVAL1": st.floats(-180, 540), "CRVAL2": st.floats(-89.99, 89.99),
        "CRPIX1": st.floats(-2000, 4000), "CRPIX2": st.floats(-2000, 4000),
    },
    optional={"LONPOLE": st.just(180.0), "LATPOLE": st.floats(-90, 90), "CUNIT1": st.just("deg")},
)  # fmt: skip
FRAMES = st.sampled_from([{}, {"RADESYS": "ICRS"}, {"RADESYS": "FK5", "EQUINOX": 2000.0}, {"EQUINOX": 2000}, {"RADECSYS": "FK5"}])
TURNED = st.builds(
    lambda scale, angle, flip: scale * np.array([[flip * np.cos(angle), -np.sin(angle)], [flip * np.sin(angle), np.cos(angle)]]),
    st.floats(1e-5, 3e-3), st.floats(0, 7), st.sampled_from([-1, 1]),
)  # fmt: skip
SIP = st.dictionaries(st.sampled_from([f"{axis}_{p}_{q}" for axis in "AB" for p in range(4) for q in range(4 - p)]), SMALL)


def written(matrix, way):
    """The cards of a matrix in one of the ways of the standard."""
    if way == "CROTA":
        (a, b), (c, d) = matrix
        scale, flip = np.hypot(b, d), np.sign(a * d - b * c)
        return {"CDELT1": flip * scale, "CDELT2": scale, "CROTA2": np.degrees(np.arctan2(-b, d)), "CROTA1": 7.0}
    kind, (one, two) = ("CD", (1, 1)) if way == "CD" else ("PC", (-0.001, 0.002))
    cards = {f"{kind}{i + 1}_{j + 1}": matrix[i, j] / (one, two)[i] for i in (0, 1) for j in (0, 1)}
    return cards if way == "CD" else {**cards, "CDELT1": one, "CDELT2": two}


def beside_wcslib(cards):
    """How far the projection is from wcslib's at five pixels, and the scales from astropy's, both in degrees."""
    pixels = np.array([[1.0, 1.0], [0.5, 1000.5], [500.0, 400.0], [1500.5, 0.5], [1500.5, 1000.5]])
    ours = solution(cards)
    wcs = WCS(fits.Header(list(cards.items())))
    frame = "icrs" if "ICRS" in cards.values() or not {"RADESYS", "RADECSYS", "EQUINOX"} & set(cards) else "fk5"
    theirs = SkyCoord(wcs.all_pix2world(pixels, 1), unit="deg", frame=frame).icrs
    sky = ours.sky(pixels)
    assert (sky[:, 0] >= 0).all() and (sky[:, 0] < 360).all()
    scales = [scale.to_value(u.deg) for scale in wcs.proj_plane_pixel_scales()]
    return theirs.separation(SkyCoord(sky, unit="deg")).deg.max(), np.abs(ours.scale - scales).max()


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=150, deadline=None)
@given(WCS_CARDS, FRAMES, TURNED, st.sampled_from(["CD", "PC", "CROTA"]), st.none() | SIP)
def test_an_ordinary_projection_is_wcslibs(cards, frame, matrix, way, sip):
    kinds = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"}
    if sip is not None:
        kinds = {name: f"{kind}-SIP" for name, kind in kinds.items()} | {"A_ORDER": 3, "B_ORDER": 3} | sip
    apart, scales = beside_wcslib(kinds | cards | frame | written(matrix, way))
    assert apart < 1e-9 and scales < 1e-12


@pytest.mark.parametrize("more", [
    {"CTYPE1": "DEC--TAN", "CTYPE2": "RA---TAN"}, {"CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN"}, {"PV1_1": 1.0}, {"CRVAL2": 90.0}, {"CROTA2": 30.0},
    {"LONPOLE": 170.0}, {"EQUINOX": 1950.0}, {"RADESYS": "FK4"}, {"RADESYS": "FK5", "EQUINOX": 1990.0}, {"CUNIT1": "arcsec"},
    {"A_ORDER": 2, "B_ORDER": 2}, {"CTYPE1": "RA---TAN-SIP", "CTYPE2": "DEC--TAN-SIP"}, {"CD1_1": 0.0}, {"RADECSYS": "FK5"},
])  # fmt: skip
def test_what_is_not_ordinary_is_left_to_wcslib(more):
    assert solution(NORTH_UP) is not None and solution(NORTH_UP | more) is None


SIXTY = st.one_of(st.integers(0, 59).map("{:02}".format), st.integers(0, 59).map(str))


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(1, 23).map(str), SIXTY, SIXTY.map("{}.25".format)), st.sampled_from(["", "+", "-"]),
    st.tuples(st.integers(0, 89).map(str), SIXTY, SIXTY), st.sampled_from([" ", ":"]),
    st.sampled_from([("ICRS", 2000.0), ("FK5", 2000.0), ("FK5", 1985.5), ("FK4", 1950.0)]),
)  # fmt: skip
def test_sexagesimal_cards_mean_what_astropy_reads(ra, sign, dec, between, system):
    texts = between.join(ra), sign + between.join(dec)
    cards = header(OBJCTRA=texts[0], OBJCTDEC=texts[1], RADESYS=system[0], EQUINOX=system[1])
    (position, source, notes) = fits_position.from_cards(cards)
    frame = {"ICRS": "icrs", "FK5": FK5(equinox=Time(system[1], format="jyear")), "FK4": FK4(equinox=Time(system[1], format="byear"))}
    theirs = SkyCoord(*texts, unit=(u.hourangle, u.deg), frame=frame[system[0]]).icrs
    assert (source, notes) == ("objectequ", []) and theirs.separation(SkyCoord(*position, unit="deg")).deg < 1e-9
