"""Photcodes and the sky table, a region of many gigabytes, and the command that finds a region."""

import os
import tracemalloc

import dvo_layouts as b
import pytest
from dvo_sample import AVERAGES, MEASURES, head, averages, write
from photvo import cli
from photvo.readers import dvo
from photvo.readers.dvo.photcodes import Photcodes
from photvo.settings import TOP

REAL = TOP.parent / "shared" / "data" / "dvo" / "ps1_pv2_Photcodes.dat"


@pytest.mark.skipif(not REAL.exists(), reason="../shared/data is not there")
def test_the_real_photcodes_of_pan_starrs():
    codes = Photcodes(REAL)
    assert len(codes.rows) == 907
    megacam = codes["MEGACAM.g.04"]
    assert (megacam["code"], megacam["type"], megacam["c_lam"], megacam["equiv"], megacam["astrom_bad_mask"]) == (204, 3, 26460, 1, 14472)
    assert megacam["k"] == pytest.approx(-0.15) and megacam["astrom_err_mag_scale"] == 1
    assert codes.seconds["name"].tolist() == ["g", "r", "i", "z", "y", "J", "H", "K", "w"]
    assert codes.seconds["code"].tolist() == list(range(1, 10))
    assert [int((codes.rows["type"] == kind).sum()) for kind in (2, 3, 4)] == [9, 862, 36]


def test_photcodes_are_found_by_code_and_by_name(tmp_path):
    codes = dvo.Database(write(tmp_path)).photcodes
    assert codes[307]["name"] == "MEGACAM.r.07" and codes["2MASS_J"]["code"] == 2011
    assert codes[1]["name"] == "g"  # not the ALT with the same code
    assert codes["g_alt"]["c_lam"] == 999
    assert codes.find([1, 307, 999, 70000, -1]).tolist() == [0, 6, -1, -1, -1]
    assert codes.slot([2, 4, 307]).tolist() == [1, 3, -1]
    with pytest.raises(KeyError):
        codes[999]


@pytest.mark.parametrize(("ra", "dec", "name"), [
    (102.6, 0.015, "n0000/0148"),
    (462.6, 0.015, "n0000/0148"),
    (90.0, 3.0, "n0000/0001"),  # on the border: the first that has it
    (200.0, 7.5, "n0000/0149"),
    (-0.5, -1.0, "s0000/0900"),
    (10.0, 45.0, None),
])  # fmt: skip
def test_a_position_lies_in_its_region(tmp_path, ra, dec, name):
    found = dvo.Database(write(tmp_path)).find_region(ra, dec)
    assert (found and found.name) == name


def test_one_object_of_a_huge_region_is_read_alone(tmp_path):
    rows, first = 40_000_000, 25_000_000
    # each object's measurements: the first has none, the second two in the midst of a file of 6 GB
    stars = [dict(AVERAGES[0], NMEASURE=0), dict(AVERAGES[1], OFF_MEASURE=first, NMISSING=0)]
    write(tmp_path, {"n0000/0148.cpt": head("0148", 2, rows, nsecfilt=0) + averages(stars), "n0000/0148.cps": None})
    before = b.primary() + b.table("DVO_MEASURE_PS1_V1", b.MEASURE_V1, [], rows)
    with open(tmp_path / "n0000/0148.cpm", "wb") as file:
        file.write(before)
        file.seek(len(before) + first * 152)
        file.write(b"".join(b.row(b.MEASURE_V1, **values) for values in MEASURES[136:]))
    os.truncate(tmp_path / "n0000/0148.cpm", len(before) + rows * 152)
    region = dvo.Database(tmp_path).regions[0]
    region.measurements(0, 1)  # opens the file
    tracemalloc.start()
    points = region.measurements_of(1)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert points["photcode"].tolist() == [205, 2011] and points["ra"][0] == pytest.approx(102.699, abs=1e-9)
    assert peak < 1_000_000


def test_memory_is_that_of_a_chunk(tmp_path):
    rows = 400_000  # 61 MB of zeros: all of the first object
    write(tmp_path, {"n0000/0148.cpt": head("0148", 3, rows, nsecfilt=0) + averages(), "n0000/0148.cps": None})
    before = b.primary() + b.table("DVO_MEASURE_PS1_V1", b.MEASURE_V1, [], rows)
    (tmp_path / "n0000/0148.cpm").write_bytes(before)
    os.truncate(tmp_path / "n0000/0148.cpm", len(before) + rows * 152)
    region = dvo.Database(tmp_path).regions[0]
    tracemalloc.start()
    seen = sum(len(points) for _, points in region.chunks(10_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen == rows
    assert peak < 20_000_000  # twice 10,000 rows of 317 bytes, what they were made from, and the headers


def test_chunks_are_the_whole_in_pieces(tmp_path):
    region = dvo.Database(write(tmp_path)).regions[0]
    whole, pieces = region.measurements(), list(region.chunks(50))
    assert [start for start, _ in pieces] == [0, 50, 100] and [len(rows) for _, rows in pieces] == [50, 50, 38]
    assert b"".join(rows.tobytes() for _, rows in pieces) == whole.tobytes()
    assert region.measurements(names=["mag", "ra"]).dtype.names == ("ra", "mag")


def test_a_signature_changes_with_the_region_alone(tmp_path):
    first, other = dvo.Database(write(tmp_path)).regions
    before = first.signature(), other.signature()
    os.utime(tmp_path / "n0000/0148.cpm", ns=(1, 1))
    first, other = dvo.Database(tmp_path).regions
    assert first.signature() != before[0] and other.signature() == before[1]


def test_the_command_tells_the_region_of_a_position(tmp_path, capsys):
    write(tmp_path)
    assert cli.main(["dvo", "region", "102.6", "0.015", "--path", str(tmp_path)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:4] == ["region n0000/0148", "index 4", "ra 90 to 180", "dec 0 to 7.5"]
    assert told[4:] == [f"file {tmp_path}/n0000/0148.cp{letter}" for letter in "tmns"]
    assert cli.main(["dvo", "region", "200", "1", "--path", str(tmp_path)]) == 0
    assert f"no {tmp_path}/n0000/0149.cpt: nothing was observed there" in capsys.readouterr().out
    assert cli.main(["dvo", "region", "-10.5", "45", "--path", str(tmp_path)]) == 1
    assert cli.main(["dvo", "region", "1", "1", "--path", str(tmp_path / "nowhere")]) == 1
    assert "it has no SkyTable.fits" in capsys.readouterr().err
