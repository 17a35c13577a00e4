"""Whatever the bytes, a reader gives clean batches or a ReadError, and nothing else."""

import gzip
import json

import pyarrow as pa
import pytest
from astropy.io import fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kolonica_rows import COLUMNS, SEED, table
from photvo import readers
from photvo.model.batch import POINTS, ImageRecord, ObjectBatch, PointBatch, ReadError, ReferenceBatch
from photvo.model.time import TimeFrame, origin
from photvo.readers.options import Options
from samples import SAMPLES, broken

many = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
fewer = settings(many, max_examples=50)
STARS = b"old_id,gaia_name,ucac4_name,apass_name,vsx_name,ra,dec,class,description\n"
POINTS_HEAD = (",".join(COLUMNS) + "\n").encode()


def strict_json(text):
    """JSON without NaN and infinity."""

    def never(constant):
        raise AssertionError(f"{constant} in JSON")

    return json.loads(text, parse_constant=never)


def check(path, options=Options()):
    """Read a file and see that all that comes out is what model/batch.py promises. Returns the batches."""
    lines = path.read_bytes().count(b"\n") + path.read_bytes().count(b"\r") + 1
    batches = []
    try:
        for batch in readers.open(path, options):
            batches.append(batch)
            for reject in getattr(batch, "rejects", []):
                assert reject.reason and 1 <= reject.line and isinstance(reject.row, str)
            if isinstance(batch, PointBatch):
                assert batch.points.schema == POINTS
                origin(batch.kind)
                assert TimeFrame(None, None, None).stated(str(batch.stated)) is not None
                for point in batch.points.to_pylist():
                    assert 1 <= point["line"] <= lines
                    float(point["time"])
                    assert not point["mag"] is point["mag_diff"] is point["flux"] is None
                    assert point["object_arch"] is not None or point["object_name"]
                    assert point["band"] and point["progid"]
                    for name in ("mag", "mag_err", "mag_diff", "mag_diff_err", "flux", "flux_err", "exptime"):
                        assert point[name] is None or abs(point[name]) < float("inf")
                    strict_json(point["metadata"])
                    assert "\0" not in "".join(value for value in point.values() if isinstance(value, str))
                kept, refused = batch.points["line"].to_pylist(), [reject.line for reject in batch.rejects]
                assert len({*kept, *refused}) == len(kept) + len(refused)
            elif isinstance(batch, ObjectBatch):
                for star in batch.objects:
                    assert 0 <= star.ra <= 360 and -90 <= star.dec <= 90
            elif isinstance(batch, ImageRecord):
                assert 0 <= batch.ra <= 360 and -90 <= batch.dec <= 90
                strict_json(json.dumps(batch.header, allow_nan=False))
            else:
                assert isinstance(batch, ReferenceBatch)
    except ReadError as error:
        assert error.reason and "\n" not in str(error)
    return batches


@many
@given(content=st.binary(max_size=300))
def test_any_bytes(tmp_path, content):
    path = tmp_path / "any"
    path.write_bytes(content)
    check(path)


@many
@given(
    start=st.sampled_from(
        [
            POINTS_HEAD,
            STARS,
            b"\xef\xbb\xbf" + POINTS_HEAD,
            b"name,longitude,latitude,altitude\n",
            b"\x1f\x8b",
            b"BZh9",
            b"SIMPLE  =",
        ]
    ),
    content=st.binary(max_size=400),
)
def test_any_bytes_after_a_good_start(tmp_path, start, content):
    path = tmp_path / "observatories.csv"
    path.write_bytes(start + content)
    check(path)


odd = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "99.99",
            "nan",
            "-inf",
            "1e999",
            "+1",
            " 7 ",
            '"',
            "'",
            "[",
            "['a']",
            "[1,",
            ",",
            "\r",
            "\n",
            "\0",
            "\\",
            "\u2028",
            "\ud7ff",
            "--",
            "0x1",
            "1_0",
            "٣",
        ]
    ),
    st.integers().map(str),
    st.floats().map(str),
)


@many
@given(changes=st.lists(st.dictionaries(st.sampled_from(COLUMNS), odd, max_size=4), min_size=1, max_size=5))
def test_any_text_in_any_column(tmp_path, changes):
    path = tmp_path / "points.csv"
    path.write_text(table({}, *changes, {}), encoding="utf-8", errors="surrogatepass", newline="")
    batches = check(path)
    rows = pa.concat_tables([batch.points for batch in batches]).to_pylist()
    assert rows[0]["line"] == 2 and rows[0]["mag"] == 10.2437  # the good row before them is read all the same


@fewer
@given(data=st.data())
def test_a_good_table_with_bytes_changed(tmp_path, data):
    content = bytearray(table({}, {"phot_id": "1001"}, {"phot_id": "1002"}).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "points.csv"
    path.write_bytes(content)
    check(path)


def good_image():
    """The bytes of a FITS image with a WCS, a date and a filter."""
    header = fits.Header([("SIMPLE", True), ("BITPIX", 16), ("NAXIS", 2), ("NAXIS1", 20), ("NAXIS2", 10)])
    for name, value in {
        "DATE-OBS": "2021-10-22T20:13:42",
        "EXPTIME": 30.0,
        "FILTER": "r",
        "OBJECT": "VY UMi",
        "FOCALLEN": 731.0,
        "XPIXSZ": 10.8,
        "YPIXSZ": 10.8,
        "OBJCTRA": "17 20 39.00",
        "OBJCTDEC": "+76 42 40.0",
        "CTYPE1": "RA---TAN",
        "CTYPE2": "DEC--TAN",
        "CRVAL1": 260.16,
        "CRVAL2": 76.71,
        "CRPIX1": 10.5,
        "CRPIX2": 5.5,
        "CD1_1": -8.4e-4,
        "CD1_2": 0.0,
        "CD2_1": 0.0,
        "CD2_2": 8.4e-4,
    }.items():
        header[name] = value
    return header.tostring().encode() + bytes(2880)


@many
@given(data=st.data())
def test_a_good_image_with_header_bytes_changed(tmp_path, data):
    content = bytearray(good_image())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, 2000))] = data.draw(st.integers(0, 255))
    path = tmp_path / "image.fits"
    path.write_bytes(content)
    check(path)


card_value = st.one_of(
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.sampled_from(
        [
            "2021-02-30T00:00:00",
            "31/12/99",
            "2016-12-31T23:59:60.5",
            "12:60:00",
            "-0 0 0",
            "RA---TAN-SIP",
            "GLON-CAR",
            "FK4",
            "HPX",
            0,
            0.0,
            -1,
            1e300,
            "90",
            "+91 00 00",
        ]
    ),
)
card_name = st.sampled_from(
    [
        "DATE-OBS",
        "TIME-OBS",
        "UT",
        "TIMESYS",
        "EXPTIME",
        "EXPOSURE",
        "STACKCNT",
        "OBJCTRA",
        "OBJCTDEC",
        "RA",
        "DEC",
        "RADESYS",
        "EQUINOX",
        "EPOCH",
        "CTYPE1",
        "CTYPE2",
        "CRVAL1",
        "CRVAL2",
        "CRPIX1",
        "CD1_1",
        "CD2_2",
        "PC1_1",
        "CDELT1",
        "CROTA2",
        "LONPOLE",
        "WCSAXES",
        "A_ORDER",
        "A_2_0",
        "FOCALLEN",
        "XPIXSZ",
        "IMAGETYP",
        "FILTER",
        "AMDX1",
        "PLTRAH",
        "PPO3",
        "CUNIT1",
        "PV2_1",
        "NAXIS",
        "NAXIS1",
        "GCOUNT",
        "ZIMAGE",
        "EXTNAME",
    ]
)


@many
@given(cards=st.dictionaries(card_name, card_value, min_size=1, max_size=5))
def test_a_good_image_with_cards_changed(tmp_path, cards):
    header = fits.Header.fromstring(good_image()[:2880])
    for name, value in cards.items():
        header[name] = value
    path = tmp_path / "image.fits"
    path.write_bytes(header.tostring().encode() + bytes(2880))
    check(path)


@fewer
@given(cut=st.integers(0, 5759), packed=st.booleans())
def test_an_image_cut_off_anywhere_is_refused(tmp_path, cut, packed):
    path = tmp_path / "image.fits"
    whole = good_image()
    path.write_bytes(gzip.compress(whole)[: -1 - cut % 300] if packed else whole[:cut])
    batches = check(path)
    needed = 2880 + 20 * 10 * 2  # header and data; the padding after them may be absent
    assert batches == [] or (not packed and cut >= needed) or packed


TOLD = Options(object="a star", band="V", source="somebody")


@pytest.mark.parametrize("name", SAMPLES)
@many
@given(data=st.data())
def test_a_light_curve_broken_anywhere(tmp_path, name, data):
    path = tmp_path / "curve.txt"
    path.write_bytes(data.draw(broken(SAMPLES[name])))
    check(path, data.draw(st.sampled_from([TOLD, Options(), Options(time="MJD", columns={"flux": "flux"})])))


@pytest.mark.parametrize("name", SAMPLES)
def test_an_untouched_light_curve_is_read_by_its_own_format(tmp_path, name):
    path = tmp_path / "curve.txt"
    path.write_text(SAMPLES[name])
    assert readers.open(path).module.__name__.endswith(f".{name}")
    batches = check(path, TOLD)
    assert sum(batch.points.num_rows for batch in batches) > 1


def test_the_untouched_fixtures_are_good(tmp_path):
    (tmp_path / "points.csv").write_text(table(SEED))
    (tmp_path / "image.fits").write_bytes(good_image())
    for name in ("points.csv", "image.fits"):
        (batch,) = check(tmp_path / name)
        assert not getattr(batch, "rejects", [])
