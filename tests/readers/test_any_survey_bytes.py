"""Whatever the bytes, the readers of surveys' files give clean batches or a ReadError, and nothing else."""

import io
import sys
from importlib import import_module

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from photvo import readers
from photvo.products import forms
from photvo.readers.options import Options
from photvo.settings import TOP
from samples import SAMPLES
from survey_files import ECSV, IPAC, SKY_PATROL_2, SKYPORTAL_FLUX, TEXTS, TOLD, VOTABLE, check, fits_series

sys.path.insert(0, str(TOP / "tests" / "products"))
from curves import CONTEXT, curve  # noqa: E402

settled = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
#: What the options must say for some formats, and nothing wrong for the others.
OPTIONS = Options(time="JD-2450000").over(TOLD)
APERTURE = Options(columns={"mag": "MAG_0"}).over(OPTIONS)


def parquet():
    out = io.BytesIO()
    pq.write_table(pa.table({"mjd": [59000.5, 59001.5], "mag": pa.array([10.5, None], pa.float32()), "band": ["V", "R"]}), out)
    return out.getvalue()


FILES = {
    **{name: text.encode() for name, text in TEXTS.items()}, "sky patrol 2": SKY_PATROL_2.encode(),
    "skyportal flux": SKYPORTAL_FLUX.encode(), "votable": VOTABLE.encode(), "ecsv": ECSV.encode(), "fits": fits_series(),
    "parquet": parquet(), "ipac": IPAC.encode(), "own votable": forms.FORMS["votable"].write([curve()], CONTEXT),
    "own fits": forms.FORMS["fits"].write([curve()], CONTEXT), "own parquet": forms.FORMS["parquet"].write([curve()], CONTEXT),
    "own ecsv": forms.FORMS["ecsv"].write([curve()], CONTEXT), "own csv": forms.FORMS["csv"].write([curve()], CONTEXT),
}  # fmt: skip
#: Bytes that mean something in one format or another.
PIECES = [
    b"\0", b"\n", b"\r", b",", b";", b"\t", b" ", b'"', b"'", b"#", b"<", b">", b"&", b"nan", b"-inf", b"1e999", b"99.99", b"\xff", b"\xc2\xa0",
    b"]]>", b"<!--", b"</TD>", b"<TD/>", b"NULL", b"--", b"0x1F", b"1_0", b"2459000.5", b"TDIM", b"-1", b"\xe2\x88\x92",
]  # fmt: skip


def told(name):
    return APERTURE if name == "asas-3" else OPTIONS


@pytest.mark.parametrize("name", FILES)
def test_an_untouched_file_is_read(tmp_path, name):
    path = tmp_path / "file"
    path.write_bytes(FILES[name])
    assert sum(batch.points.num_rows for batch in check(path, told(name))) > 0


@settled
@given(data=st.data())
@pytest.mark.parametrize("name", FILES)
def test_a_file_with_bytes_changed(tmp_path, name, data):
    content = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        width = data.draw(st.integers(0, 6))
        content[at : at + width] = data.draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=4)))
    path = tmp_path / "file"
    path.write_bytes(content)
    check(path, told(name))


@settled
@given(data=st.data())
@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_off_or_torn(tmp_path, name, data):
    content = FILES[name]
    start, end = sorted(data.draw(st.integers(0, len(content))) for _ in range(2))
    path = tmp_path / "file"
    path.write_bytes(content[:start] + content[end:])
    if content[:start] + content[end:]:
        check(path, told(name))


word = st.one_of(st.text(max_size=8), st.floats().map(str), st.integers().map(str), st.sampled_from([">", "<1", "nan", "99.99", '"', "\0", "V"]))


@settled
@given(rows=st.lists(st.lists(word, min_size=1, max_size=6), max_size=5), mark=st.sampled_from(",;\t| "), odd=st.lists(word, max_size=3))
def test_any_words_under_good_names(tmp_path, rows, mark, odd):
    names = ["hjd", "mag", "mag_err", "band", *odd]
    path = tmp_path / "file.csv"
    path.write_text("\n".join(mark.join(row) for row in [names, *rows]), encoding="utf-8", errors="surrogatepass", newline="")
    check(path, OPTIONS)


@settled
@given(names=st.lists(st.one_of(st.sampled_from(["TIME", "FLUX", "MAG", "QUALITY", "BAND", "obs_time", "flags"]), st.text(max_size=6)), max_size=5),
       data=st.data())  # fmt: skip
def test_any_columns_in_parquet(tmp_path, names, data):
    kinds = [
        st.floats(), st.floats(width=32), st.integers(-(2**63), 2**63 - 1), st.text(max_size=5), st.booleans(), st.none(), st.binary(max_size=3),
        st.lists(st.integers(0, 5), max_size=2),
    ]  # fmt: skip
    columns = {}
    for name in ["mjd", "mag", *names]:
        column = st.lists(st.one_of(data.draw(st.sampled_from(kinds)), st.none()), min_size=2, max_size=2)
        try:
            columns[name] = pa.array(data.draw(column))
        except UnicodeEncodeError:
            continue  # a surrogate, which Arrow does not take
    try:
        pq.write_table(pa.table(columns), tmp_path / "file")
    except (UnicodeEncodeError, pa.ArrowException):
        return
    check(tmp_path / "file", OPTIONS)


def test_every_format_has_its_number_and_name():
    modules = [import_module(f"photvo.readers.{name}") for name in readers.FORMATS]
    assert all(isinstance(module.VERSION, int) and module.FORMAT for module in modules)
    assert len({module.FORMAT for module in modules}) == len(modules)


def test_every_format_is_among_the_broken_ones(tmp_path):
    """Those that are neither here nor among the observers' samples are broken in test_any_bytes."""
    tried = set()
    for name, content in FILES.items():
        (tmp_path / "file").write_bytes(content)
        tried.add(readers.open(tmp_path / "file").module.__name__.rpartition(".")[2])
    assert {*readers.FORMATS} - tried - {*SAMPLES} == {"fits_image", "kolonica_csv", "object_csv", "reference_csv"}
