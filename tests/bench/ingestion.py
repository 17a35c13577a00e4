"""What taking files in costs, each time beside the floor of it in the same run: psql's \\copy of the same rows into the same
indexed tables, and astropy reading the same headers."""

import csv
import itertools
import os
import shutil
import signal
import statistics
import subprocess
import time
from contextlib import contextmanager

from astropy.io import fits
from running import descendants

from photvo.machine import dachs, process
from photvo.settings import TOP, PhotvoError

from . import archive

NIGHT, NIGHTS = 1000, 3  # points, times
IMAGES, ROUNDS = 2000, 3
LARGE = 20_000_000  # points
SIZES = 1, 4  # GB of CSV whose ingestions are to take the same memory
# targets
LATER, IMAGE_RATE, NIGHT_SECONDS = 0.5, 0.8, 2.0  # of the floor's rate, of astropy's, s
FLAT = 1.1  # times the memory of the smaller file


def ingest(instance, *paths, inputs=None):
    """`photvo ingest` of some files. Returns (seconds, peak memory in MB) of the process."""
    env = instance.env if inputs is None else {**instance.env, "PHOTVO_INPUTS": str(inputs)}
    begun = time.monotonic()
    child = subprocess.Popen([TOP / "bin" / "photvo", "ingest", *map(str, paths)], env=env, stderr=subprocess.PIPE, text=True)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - begun
    if child.returncode == 1:
        raise PhotvoError(f"photvo ingest failed: {said.strip().splitlines()[-1:]}")
    return seconds, usage.ru_maxrss / 1024


def later(source, path, days, rows=None):
    """The first `rows` rows of a light-curve file once more, so many days later. Returns their number."""
    with open(source, newline="") as old, open(path, "w", newline="") as new:
        reader = csv.reader(old)
        writer = csv.writer(new, lineterminator="\n")
        head = next(reader)
        writer.writerow(head)
        jd, n = head.index("jd"), 0
        for row in reader:
            writer.writerow([*row[:jd], f"{float(row[jd]) + days:.5f}", *row[jd + 1 :]])
            n += 1
            if n == rows:
                break
    return n


def repeated(source, path, size):
    """A light-curve file again and again, each time 19 minutes earlier, until there are `size` bytes."""
    head, *lines = source.read_text().splitlines()
    first = head.split(",").index("jd")
    rows = [line.split(",", first + 1) for line in lines]
    rows = [(",".join(row[:first]), float(row[first]), row[-1]) for row in rows]
    with open(path, "w") as out:
        written = out.write(head + "\n")
        for k in itertools.count():
            written += out.write("".join(f"{before},{jd - 0.0131 * k:.5f},{after}\n" for before, jd, after in rows))
            if written >= size:
                return


def large_files(out, instance, folder, source):
    """The peaks of large files in a dry run. PostgreSQL lets the rows go that come into the staging table: what is left
    is what the process does, which reads, checks and sends them."""
    file, peaks = folder / "large.csv", []
    archive.psql(instance, """
        CREATE FUNCTION kolonica_db.bench_nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER bench_nothing BEFORE INSERT ON kolonica_db.point_stage FOR EACH ROW EXECUTE FUNCTION kolonica_db.bench_nothing()""")
    try:
        for size in SIZES:
            repeated(source, file, size * 1e9)
            peaks.append(ingest(instance, "--dry-run", file)[1])
    finally:
        file.unlink(missing_ok=True)
        archive.psql(instance, "DROP FUNCTION kolonica_db.bench_nothing() CASCADE")
    told = ", ".join(f"{peak:.0f} MB for {size} GB" for peak, size in zip(peaks, SIZES))
    flat = max(peaks) <= FLAT * min(peaks)
    out.line(f"peak memory of a dry run, rows let go by PostgreSQL: {told} ({out.mark('memory', flat, f'<= {FLAT:g} x')})")


def points(out, instance, folder, large):
    """The first load, a later file, nights; on 20 million points too where that is wanted."""
    inputs = folder / "inputs"
    archive.psql(instance, "CHECKPOINT")
    seconds, memory = ingest(instance, inputs=inputs)
    objects, number, series, files, rejected = instance.query(
        "SELECT (SELECT count(*) FROM objects), (SELECT count(*) FROM lightcurves), (SELECT count(*) FROM series),"
        " count(*), coalesce(sum(rows_rejected), 0) FROM ingest_log")[0]  # fmt: skip
    source = max(inputs.glob("kolonica/lightcurves/*.csv"), key=lambda path: path.stat().st_size)
    try:
        floor = archive.copy_floor(instance, folder)
        file = folder / "later.csv"
        more = later(source, file, 0.37)
        # as before the first: what is written to a page for the first time since goes whole into PostgreSQL's log
        archive.psql(instance, "CHECKPOINT")
        later_seconds, later_memory = ingest(instance, file)
        later_floor = archive.copy_more(instance, folder, number)
    finally:
        archive.drop_floor(instance, folder)
    out.head("Ingestion")
    out.line(f"{objects:,} objects, {number:,} points, {series:,} light curves, {files} files, {rejected} rows rejected")

    def row(name, n, ours, theirs, least):
        target = out.mark(name, theirs / ours >= least, f">= {least:g}")
        return [name, f"{n:,}", f"{ours:.1f}", f"{n / ours:,.0f}", f"{theirs:.1f}", f"{n / theirs:,.0f}", f"{theirs / ours:.2f}", target]

    out.table(["", "points", "s", "points/s", "\\copy, s", "points/s", "of its rate", "target"], [
        row("first load from CSV files", number, seconds, floor, 1.0),
        row("a later file", more, later_seconds, later_floor, LATER),
    ])  # fmt: skip
    size = sum(path.stat().st_size for path in inputs.glob("kolonica/lightcurves/*.csv")) / 1e6
    out.line(f"peak memory: {memory:.0f} MB for files of {size:.0f} MB, {later_memory:.0f} MB for one of {file.stat().st_size / 1e6:.0f} MB")
    nothing = min(ingest(instance, file)[0] for _ in range(3))
    out.line(f"`photvo ingest` of a file that has not changed: {nothing:.2f} s")
    night = _nights(out, instance, folder, source, 1)
    if large:
        large_files(out, instance, folder, source)
        seconds = archive.enlarge(instance, LARGE)
        out.line(f"the archive was enlarged to {instance.query('SELECT count(*) FROM lightcurves')[0][0]:,} points ({seconds:.0f} s)")
        grown = _nights(out, instance, folder, source, 2)
        out.line(f"growth from 1.5 to {LARGE / 1e6:.0f} million points: {grown / night:.2f}")


def _nights(out, instance, folder, source, which):
    "the median of some nights, each with other times"
    times = []
    for k in range(NIGHTS):
        file = folder / f"night{which}{k}.csv"
        later(source, file, 0.01 * (which * NIGHTS + k) + 0.003, NIGHT)
        times.append(ingest(instance, file)[0])
    median = statistics.median(times)
    number = instance.query("SELECT count(*) FROM lightcurves")[0][0]
    target = out.mark(f"a night on {number / 1e6:.1f} million", median <= NIGHT_SECONDS, f"<= {NIGHT_SECONDS:g} s")
    out.line(f"a night of {NIGHT:,} points on top of {number:,}: {', '.join(f'{s:.2f}' for s in times)} s ({target})")
    return median


_ASTROPY = """
import sys, time
from astropy.io import fits
begun = time.monotonic()
for path in sys.argv[1:]:
    fits.getheader(path)
print(time.monotonic() - begun)"""


@contextmanager
def undisturbed(instance):
    """What an instance does when it has nothing else to do is ended, and none of it begins in this context."""
    above = [pid for pid in descendants(instance.process.pid) if "run" in process.command_line(pid)]
    for pid in above:
        os.kill(pid, signal.SIGSTOP)
    try:
        for pid in descendants(instance.process.pid):
            if {"periods", "photvo.machine.coverage"} & set(process.command_line(pid)):
                os.kill(pid, signal.SIGTERM)
        yield
    finally:
        for pid in above:
            os.kill(pid, signal.SIGCONT)


def images(out, instance, folder):
    """Headers of many images, beside astropy reading the same headers and doing nothing else."""
    template = next(iter(sorted((folder / "inputs").rglob("*.fits"))))
    place = folder / "empty" / "kolonica" / "images"
    try:
        with fits.open(template) as hdus:
            rounds = [_round(instance, place / str(k), hdus[0].header, hdus[0].data) for k in range(ROUNDS)]
    finally:
        shutil.rmtree(place, ignore_errors=True)
    ratios = [theirs / ours for ours, theirs in rounds]
    ours, theirs = (statistics.median(times) for times in zip(*rounds))
    target = out.mark("images", statistics.median(ratios) >= IMAGE_RATE, f">= {IMAGE_RATE}")
    out.line(f"{IMAGES} images: {IMAGES / ours:.0f}/s; astropy alone reads {IMAGES / theirs:.0f} headers/s;"
             f" ratio {', '.join(f'{ratio:.2f}' for ratio in ratios)} ({target})")  # fmt: skip


def _round(instance, place, header, data):
    "seconds that we and astropy take for new images: ours less the start of the process"
    place.mkdir(parents=True)
    paths = [place / f"bench-{place.name}-{k:05}.fits" for k in range(IMAGES)]
    for k, path in enumerate(paths):
        header["DATE-OBS"] = f"2021-11-{1 + k // 1440:02}T{k // 60 % 24:02}:{k % 60:02}:00"
        fits.PrimaryHDU(data, header).writeto(path)
    ingest(instance, paths[0])
    start = min(ingest(instance, paths[0])[0] for _ in range(3))
    done = subprocess.run([dachs.PYTHON, "-c", _ASTROPY, *map(str, paths)], capture_output=True, text=True, check=True)
    before = instance.query("SELECT count(*) FROM observations")[0][0]
    ours = ingest(instance, place)[0] - start
    taken = instance.query("SELECT count(*) FROM observations")[0][0] - before
    if taken != IMAGES - 1:
        raise PhotvoError(f"{taken} of {IMAGES - 1} images were taken")
    return ours, float(done.stdout)
