"""The light curves: one beside a service that does nothing, eight clients beside DaCHS' usual way, batches, statistics, periods."""

import csv
import http.client
import os
import shutil
import signal
import statistics
import threading
import time
from pathlib import Path
from urllib.parse import quote, urlencode

from running import descendants

from photvo.machine import background, dachs, process
from photvo.settings import PhotvoError

from . import instances, load, measure

SMALL, LARGE = 35, 5_000  # points
RATIO, MORE, STOCK, RATE, SUMMARIES, GROWTH = 1.5, 8, 12, 200_000, 60, 100  # of the empty service; ms; of stock; points/s; s; MB
ASKED = 100
PERIODS, STARTS = 20, 60  # s


def install(instance):
    """Put the services to compare with into the instance's DaCHS root."""
    folder = dachs.root(instance.settings) / "inputs" / "bench"
    shutil.copytree(Path(__file__).parent / "floor", folder, dirs_exist_ok=True)


def periods(out, instance):
    """How many light curves a second the search for periods looks at, which then is ended: it disturbs what follows."""
    counted = "SELECT count(*), coalesce(sum(npoints), 0) FROM series_stats WHERE period_revision = revision"
    found = []

    def started():
        found[:] = [pid for pid in descendants(instance.process.pid) if process.command_line(pid)[2:] == ["photvo.cli", "periods"]]
        return found

    out.head("Periods, one process beside the services")
    # the coverage for the registry comes before it
    if not process.wait_until(started, STARTS):
        out.line("no search has started; no figure")
        return
    before = instance.query(counted)[0]
    time.sleep(PERIODS)
    done, points = (now - then for now, then in zip(instance.query(counted)[0], before))
    # what was taken in while it ran would have it begin again
    (instance.state / background.NAME).unlink(missing_ok=True)
    for pid in found:
        os.kill(pid, signal.SIGTERM)
    out.line(f"{done / PERIODS:.1f} light curves/s of {points / max(done, 1):.0f} good points each, over their whole time span")


def summarise(out, instance):
    """Statistics of all light curves, periods apart."""
    begun = time.monotonic()
    done = instance.run("refresh")
    seconds = time.monotonic() - begun
    if done.returncode:
        raise PhotvoError(f"the statistics failed: {done.stderr.strip().splitlines()[-1:]}")
    points, series = instance.query("SELECT sum(npoints), count(*) FROM series")[0]
    out.head("Summaries and statistics of all light curves, sizes included, periods apart")
    out.line(f"{series:,} light curves of {points:,} points: {seconds:.1f} s ({out.mark('statistics', seconds < SUMMARIES, f'< {SUMMARIES} s')})")


def long_series(instance, folder, inputs):
    """Take in one light curve of LARGE points; returns its object's id and band."""
    path = min((inputs / "kolonica" / "lightcurves").glob("*.csv"), key=lambda path: path.stat().st_size)
    with open(path, newline="") as lines:
        rows = csv.DictReader(lines)
        names, row = rows.fieldnames, next(rows)
    object_id, key = instance.query("SELECT id, id_arch FROM objects WHERE id_arch IS NOT NULL ORDER BY id LIMIT 1")[0]
    row |= {"object_id_arch": key, "obs_type_id": 1135, "image_link": "", "privileges": "full", "mag": "12.5"}
    night = folder / "long.csv"
    with open(night, "w", newline="") as out:
        writer = csv.DictWriter(out, names)
        writer.writeheader()
        writer.writerows({**row, "phot_id": 10**8 + k, "jd": f"{2457000 + k / 100:.5f}"} for k in range(LARGE))
    done = instance.run("ingest", night)
    if done.returncode:
        raise PhotvoError(f"the long light curve was not taken: {done.stderr.strip().splitlines()[-1:]}")
    return object_id, "R"


def _dlget(instance, rows):
    return [f"/kolonica/lightcurves/sdl/dlget?ID={quote(f'ivo://{instance.settings.authority}/~?kolonica/lightcurves/{key}/{band}')}"
            for key, band in rows]  # fmt: skip


def one_by_one(out, instance, long):
    """A light curve beside DaCHS' dlget that has nothing to do but to send as many bytes."""
    few = instance.query(
        "SELECT object_id, band FROM series WHERE npoints BETWEEN %s AND %s ORDER BY object_id * 7919 %% 10007 LIMIT 60", [SMALL - 2, SMALL + 2])
    rows = []
    for points, paths in ((SMALL, _dlget(instance, few)), (LARGE, _dlget(instance, [long]))):
        client = load.Client(instance.port)
        sizes = [len(client.get(path)[0]) for path in paths]
        empty = [f"/bench/bench/empty/dlget?ID={size}" for size in sizes]
        client.get(empty[0])
        ours, floor = [], []
        for k in range(ASKED):  # in turn, so that both see the same machine
            ours.append(client.get(paths[k % len(paths)])[1] * 1000)
            floor.append(client.get(empty[k % len(empty)])[1] * 1000)
        client.close()
        mine, other = statistics.median(ours), statistics.median(floor)
        if points == SMALL:
            target = out.mark("light curve of 35 points", mine <= RATIO * other, f"<= {RATIO} x")
        else:
            target = out.mark("light curve of 5,000 points", mine <= other + MORE, f"<= {MORE} ms more")
        rows.append([f"{points:,} points", f"{min(ours):.1f}", f"{mine:.1f}", f"{measure.p95(ours):.1f}", f"{min(floor):.1f}",
                     f"{other:.1f}", f"{mine / other:.2f}", f"{statistics.median(sizes) / 1000:.1f}", target])  # fmt: skip
    out.head("A light curve by its access URL, beside DaCHS' dlget sending as many bytes and doing nothing: ms")
    out.table(["", "best", "median", "p95", "empty, best", "empty, median", "ratio", "kB", "target"], rows)
    return few


def under_load(out, instance, folder, few):
    """Eight clients, beside the stock server making the same light curves by makeData."""
    stock = instances.Stock(instance, folder)
    made = [f"/bench/bench/made/dlget?ID={key}/{band}" for key, band in few]
    try:
        stock.start()
        theirs = load.rate(stock.port, made, requests=20) and load.rate(stock.port, made)
        ours = load.rate(instance.port, _dlget(instance, few), requests=20) and load.rate(instance.port, _dlget(instance, few))
    finally:
        if stock.child:
            stock.stop()
    out.head("Eight clients: light curves/s, beside the stock server's usual dlget (makeData and DaCHS' writer)")
    target = out.mark("8 clients: light curves", ours >= STOCK * theirs, f">= {STOCK} x")
    out.line(f"{ours:.0f}, stock {theirs:.0f}: {ours / theirs:.1f} x ({target})")


def batches(out, instance):
    """All light curves in one table; how much the server's memory grows meanwhile."""
    ids = [f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{key}" for (key,) in instance.query("SELECT DISTINCT object_id FROM series")]
    points = instance.query("SELECT sum(npoints) FROM series")[0][0]
    rows = []
    for form in ("votable", "parquet"):
        batch(instance, ids[:1000], form)  # what is only done once
        before, seconds, size, most = batch(instance, ids, form)
        good = points / seconds >= RATE
        rows.append([form, f"{points / seconds:,.0f}", f"{seconds:.1f}", f"{size / 1e6:.0f}", f"{before:.0f}", f"{most:.0f}",
                     out.mark(f"batch, {form}", good, f">= {RATE:,}/s"),
                     out.mark(f"batch, {form}: memory", most - before < GROWTH, f"< {GROWTH} MB more")])  # fmt: skip
    out.head(f"All {points:,} points of {len(ids):,} objects in one table")
    out.table(["", "points/s", "s", "MB", "server MB before", "at most", "rate", "memory"], rows)


def batch(instance, ids, form):
    """Ask for light curves by POST: the server's memory (MB) before, seconds, bytes, its memory at most."""
    body = urlencode([("RESPONSEFORMAT", form), *(("ID", name) for name in ids)])
    before, seen, ended = measure.memory(instance), [0.0], threading.Event()

    def watch():
        while not ended.wait(0.1):
            seen.append(measure.memory(instance))

    watcher = threading.Thread(target=watch)
    watcher.start()
    connection = http.client.HTTPConnection(load.HOST, instance.port, timeout=300)
    try:
        begun = time.perf_counter()
        connection.request("POST", "/kolonica/lightcurves/sdl/dlget", body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        size = 0
        while piece := answer.read(1 << 20):
            size += len(piece)
        seconds = time.perf_counter() - begun
    finally:
        ended.set()
        watcher.join()
        connection.close()
    if answer.status != 200:
        raise PhotvoError(f"the batch answers {answer.status}")
    return before, seconds, size, max(seen)
