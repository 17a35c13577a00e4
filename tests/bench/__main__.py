"""`make bench`: about twelve minutes on a machine of two cores that has nothing else to do; what it says is also in
var/bench/report.txt. `make bench ARGS=--dvo` measures the DVO collection instead, with 40 million measurements and 10 million
objects: that takes half an hour and 20 GB. `ARGS=--services` leaves out ingestion, `ARGS=--ingestion` is the chapter on
ingestion alone, with `--large` on 20 million points too, and with files of 1 and 4 GB, which takes half an hour more and 25 GB."""

import argparse
import sys

from photvo.machine import process
from photvo.settings import TOP, PhotvoError, say

from . import archive, curves, dvo, ingestion, instances, load, measure, questions, report

READY = 90  # s from nothing, with the sample
RATIO = 4  # requests/s, of the stock server's
LOADED = ("cone search", "light curve, 35", "SSA SIZE", "ObsCore")
JUDGED = LOADED[:2]


def main(arguments=None):
    """Measure, print, and end everything that was started. Returns 0, or 2 where a target was missed."""
    parser = argparse.ArgumentParser(prog="make bench", description="The services measured; see the top of this file.")
    parser.add_argument("--dvo", action="store_true", help="the DVO collection instead")
    parser.add_argument("--services", action="store_true", help="only the services, on an archive of 1.5 million points")
    parser.add_argument("--ingestion", action="store_true", help="only what taking files in costs")
    parser.add_argument("--large", action="store_true", help="on an archive of 20 million points as well")
    args = parser.parse_args(arguments)
    folder = instances.folder()
    out = report.Report(folder / "report.txt")
    out.line(f"photvo bench, {report.today()}")
    out.line(report.machine())
    with process.orderly():
        if args.dvo:
            dvo.taking_in(out, folder)
            dvo.large(out, folder)
            return out.end()
        if seconds := archive.generate(folder / "inputs"):
            say(f"the archive was generated in {seconds:.0f} s")
        if not args.ingestion and not args.services:
            first_start(out, folder)
        nothing = folder / "empty"
        (nothing / "kolonica").mkdir(parents=True, exist_ok=True)
        instance = instances.Measured(folder, "state", nothing)
        try:
            instance.start()
            out.line(report.versions(instance))
            with ingestion.undisturbed(instance):
                if args.services:
                    ingestion.ingest(instance, inputs=folder / "inputs")
                else:
                    ingestion.points(out, instance, folder, args.large)
                    ingestion.images(out, instance, folder)
            if args.ingestion:
                return out.end()
            curves.install(instance)
            long = curves.long_series(instance, folder, folder / "inputs")
            curves.periods(out, instance)
            curves.summarise(out, instance)
            archive.settle(instance)
            asked = questions.make(instance)
            one_by_one(out, instance, asked)
            plans(out, instance)
            few = curves.one_by_one(out, instance, long)
            under_load(out, instance, folder, asked)
            curves.under_load(out, instance, folder, few)
            curves.batches(out, instance)
        finally:
            instance.stop()
        instance.remove()
        if not args.services:
            dvo.taking_in(out, folder)
    return out.end()


def first_start(out, folder):
    """From nothing to ready, with the sample archive, packages installed."""
    sample = instances.Measured(folder, "sample", TOP / "inputs")
    try:
        sample.start()
    finally:
        sample.stop()
    first, again = sample.seconds, None
    try:
        again = sample.start().seconds
    finally:
        sample.stop()
    sample.remove()
    out.head("Start")
    out.line(f"from nothing to ready, with the sample: {first:.1f} s ({out.mark('start', first < READY, f'< {READY} s')})")
    out.line(f"the second start: {again:.1f} s")


def one_by_one(out, instance, asked):
    """How long an answer takes, beside the same SQL."""
    rows = []
    for question in asked:
        t = measure.latency(instance, question)
        target = "" if t.target is None else out.mark(t.name, t.median <= t.target, f"<= {t.target} ms")
        rows.append([t.name, f"{t.best:.1f}", f"{t.median:.1f}", f"{t.p95:.1f}", f"{t.sql_median:.2f}", f"{t.sql_p95:.2f}",
                     f"{t.median / t.sql_median:.0f}", f"{t.rows:.0f}", f"{t.size / 1000:.1f}", target])  # fmt: skip
    out.head("One client: milliseconds from the request to the last byte, beside the same SQL by psycopg2")
    out.table(["", "best", "median", "p95", "SQL", "SQL p95", "ratio", "rows", "kB", "target"], rows)


def plans(out, instance):
    """Whether the comparison-star count uses an index: as the seed writes it, and as TAP runs it."""
    tap = (f"SELECT count(lightcurve_id) FROM kolonica.metadata_lc_json"
           f" WHERE comp_stars @> ARRAY[{questions.COMPARISON}]::bigint[]")  # fmt: skip
    out.head("Points by comparison star: PostgreSQL's plan")
    for name, sql, role, index in (
        ("seed", questions.SEED["Points measured with a comparison star"], "readonly", "metadata_lc_json_comp_stars"),
        ("TAP", tap, "admin", "metadata_lc_json_comp_ids"),
    ):
        lines = measure.plan(instance, sql, role)
        used = any(index in line for line in lines)
        out.line(f"{name}: {'; '.join(lines)} ({out.mark(f'{name} plan', used, 'index')})")


def under_load(out, instance, folder, asked):
    """Requests/s with eight clients, beside the stock server; and beside long queries."""
    stock = instances.Stock(instance, folder)
    rows, before = [], measure.memory(instance)
    try:
        stock.start()
        for question in asked:
            if not question.name.startswith(LOADED):
                continue
            ours, theirs = (load.rate(port, question.paths, requests=20) and load.rate(port, question.paths)
                            for port in (instance.port, stock.port))  # fmt: skip
            judged = question.name.startswith(JUDGED)
            target = out.mark(f"8 clients: {question.name}", ours >= RATIO * theirs, f">= {RATIO}") if judged else ""
            rows.append([question.name, f"{ours:.0f}", f"{theirs:.0f}", f"{ours / theirs:.1f}", target])
    finally:
        if stock.child:
            stock.stop()
    out.head("Eight clients: requests/s, beside the stock server (the same descriptors, DaCHS as it comes)")
    out.table(["", "photvo", "stock", "ratio", "target"], rows)
    out.line(f"memory of the servers: {before:.0f} MB before, {measure.memory(instance):.0f} MB after")
    out.line(f"the clients themselves reach {load.ceiling():,.0f} requests/s")
    curve = next(question for question in asked if question.name.startswith("light curve"))
    median, worst = measure.beside_long_queries(instance, curve)
    out.line(f"a light curve while two long TAP queries run: median {median:.1f} ms, largest {worst:.0f} ms")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except PhotvoError as error:
        say(f"photvo bench: {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(1)
