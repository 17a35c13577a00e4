"""The memory that an ingestion takes does not grow with the file."""

import subprocess
import sys

import pytest
from archive_inputs import fill, points

from photvo.settings import TOP

#: Goes in small steps, so that a small file has many of them; ends with the peak of the process's memory in kB.
_CODE = """
import re, sys
from pathlib import Path
from photvo.settings import Settings
from photvo.archive import light_curves, series_stats
from photvo.archive.ingest import ingest
from photvo.model import time
from photvo.readers import source
light_curves.ROWS = time.CACHED_EXPOSURES = series_stats.CHUNK = 4096
source.BLOCK = 512 << 10
ingest(Settings.load(), sys.argv[1:])
print(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])"""


def file(archive, name, rows, first, **cells):
    """A light-curve file of so many points, `first` (JD) and later, of 20 light curves; each point has an exposure of its own."""
    head, row = points({"jd": "JD", "object_id_arch": "OBJECT", "obs_type_id": "BAND", **cells}).splitlines()
    made = (
        row.replace("JD", f"{first + k * 1e-4:.5f}").replace("OBJECT", ("1", "2", "3", "77", "78")[k % 5]).replace("BAND", "1236"[k // 5 % 4])
        for k in range(rows)
    )
    return archive.put(f"lightcurves/{name}.csv", "\n".join([head, *made]).replace(",6,", ",605,") + "\n")


def peak(archive, path):
    """MB."""
    env = {"PYTHONPATH": str(TOP / "resources"), "PHOTVO_STATE": str(archive.settings.state), "PHOTVO_INPUTS": str(archive.settings.inputs)}
    done = subprocess.run([sys.executable, "-c", _CODE, path], env=env, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1]) / 1024


#: MB. The rows kept in memory would be twice that; what an allocator keeps is less.
BOUND = 60


@pytest.mark.parametrize("cells", [{}, {"observer": "nobody"}], ids=["taken", "rejected"])
def test_four_times_the_file_takes_no_more_memory(archive, cells):
    fill(archive)
    assert archive.ingest().status == 0
    peaks = [peak(archive, file(archive, str(rows), rows, first, **cells)) for rows, first in ((40_000, 2459000.5), (160_000, 2459100.5))]
    number = archive.value("SELECT count(*) FROM ingest_rejects" if cells else "SELECT count(*) FROM lightcurves")
    assert number == 200_000 and peaks[1] < peaks[0] + BOUND, peaks
