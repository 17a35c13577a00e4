"""The memory that an ingestion takes does not grow with the file, nor that of an import with the database."""

import subprocess
import sys
from contextlib import nullcontext

import pytest
from archive_inputs import fill, points
from seed_database import SeedDatabase

from photvo.settings import TOP

#: Goes in small steps, so that a small file has many of them; ends with the peak of the process's memory in kB.
_CODE = """
import re, sys
from pathlib import Path
from photvo.settings import Settings
from photvo.archive import import_points, light_curves, origin, series_stats
from photvo.archive.import_database import import_database
from photvo.archive.ingest import ingest
from photvo.model import time
from photvo.readers import source
light_curves.ROWS = time.CACHED_EXPOSURES = series_stats.CHUNK = 4096
source.BLOCK = import_points.BLOCK = 512 << 10
if sys.argv[1].endswith(".env"):
    import_database(Settings.load(), origin.address(sys.argv[1]))
else:
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


#: Points from the first number to the second, with the metadata of the seed's.
_MANY = """
INSERT INTO lightcurves SELECT k, 12 + k % 2, '2020-01-01'::timestamptz + k * interval '20 s', 10, 0.01, 6, 7 + k % 3, 2, 0.01, k, NULL, 0
  FROM generate_series({0}, {1}) k;
INSERT INTO metadata_lc_json SELECT k, k, jsonb_set(data, '{{num_calib}}', to_jsonb(k)) FROM metadata_lc_json, generate_series({0}, {1}) k
  WHERE id = 777"""


def test_four_times_the_database_takes_no_more_memory(archive, another_archive, database_server):
    seed, peaks = SeedDatabase(database_server, "seed_of_memory"), []
    try:
        for first, last, fresh in ((10_001, 50_000, nullcontext(archive)), (50_001, 170_000, another_archive())):
            seed.run(_MANY.format(first, last))
            with fresh as made:
                env = made.settings.state / "theirs.env"
                env.write_text(seed.env)
                peaks.append(peak(made, env))
                assert made.value("SELECT count(*) FROM metadata_lc_json") == last - 10_000 + 1
    finally:
        seed.drop()
    assert peaks[1] < peaks[0] + BOUND, peaks
