"""The one door to all readers: what is recognised, and what is refused with which reason."""

import gzip
import os
import subprocess
import sys

import pytest
from kolonica_rows import table
from photvo import readers
from photvo.model.batch import ReadError
from photvo.settings import TOP


def refusal(path):
    """The reason for which a file is not opened or read."""
    with pytest.raises(ReadError) as caught:
        list(readers.open(path))
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)
    return caught.value.reason


def test_a_format_is_told_by_content_and_not_by_name(tmp_path):
    path = tmp_path / "night.fits"
    path.write_text(table({}))
    assert readers.open(path).format == "kolonica-lightcurve"


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert refusal(tmp_path / "absent.csv") == "there is no such file"
    assert "folder" in refusal(tmp_path)
    assert refusal(tmp_path / "a\0b") != ""


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "a.csv").touch()
    assert "empty (0 bytes)" in refusal(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text(" \n\n")
    assert "nothing in it but blanks" in refusal(tmp_path / "a.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(table({}))
    path.chmod(0)
    assert "has no permission; `chmod a+r`" in refusal(path)


def test_what_is_no_ordinary_file_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    assert refusal(tmp_path / "pipe.csv") == "not an ordinary file"


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"a,b,c\n1,2,3\n", "no known format; it begins with 'a,b,c'"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "binary data of no known format"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary data of no known format"),
        (table({}).encode("utf-16"), "UTF-16; save it as UTF-8"),
        (table({}).encode("utf-16-le"), "UTF-16; save it as UTF-8"),
        (b"PK\x03\x04" + bytes(60), "a ZIP archive; unpack it (of a spreadsheet, .xlsx or .ods: save its sheet as CSV)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an Office document; save its sheet as CSV"),
        (b"a.csv".ljust(257, b"\0") + b"ustar  \0", "a tar archive; unpack it"),
        (b'[{"jd": 2459510.5, "mag": 10.2}]', "JSON, which is not read here; save it as CSV"),
        (b"\x1f\x8bnot gzip at all", "cannot be unpacked"),
        (b"BZhnot bzip2 at all", "cannot be unpacked"),
        (
            gzip.compress(table(*[{"phot_id": str(i * 7919)} for i in range(9000)]).encode())[:-5000],
            "cannot be read to its end",
        ),
    ],
    ids=["other CSV", "program", "picture", "UTF-16", "UTF-16 without mark", "ZIP", "Office", "tar", "JSON", "gzip", "bzip2", "torn gzip"],
)
def test_an_unknown_or_damaged_file_is_refused_with_the_reason(tmp_path, content, reason):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert reason in refusal(path)


def peak_memory(path):
    """(rows, peak memory in kB) of a new process that reads a file."""
    program = (
        "import re, sys; from photvo import readers\n"
        "rows = sum(batch.points.num_rows for batch in readers.open(sys.argv[1]))\n"
        "print(rows, re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(TOP / "resources")},
    )
    return map(int, done.stdout.split())


def test_memory_stays_flat_in_the_size_of_the_file(tmp_path):
    path = tmp_path / "points.csv"
    head, row, _ = table({}).split("\n")
    peaks = []
    for copies in (150_000, 600_000):
        path.write_text(head + "\n" + (row + "\n") * copies)
        rows, peak = peak_memory(path)
        assert rows == copies
        peaks.append(peak)
    assert peaks[1] < peaks[0] * 1.3, f"peak memory {peaks} kB for 1 and 4 times the rows"
