"""What each command does: one function a command, whose docstring is its help. All return the exit status."""

import os
import signal
from contextlib import contextmanager
from pathlib import Path

from photvo.settings import PhotvoError, say

#: What can be told about light-curve files that do not say it themselves; the same words are in sidecars.
TOLD = {
    "object": ("NAME", "the object, by any of its names, of rows that name none"),
    "band": ("BAND", "the band (photosys.band) of rows that name none"),
    "source": ("PROGID", "the data source (datasources.progid)"),
    "time": ("KIND", "what the times count from: JD, MJD, JD-2450000 and the like"),
    "time_scale": ("SCALE", "UTC, TT, TDB, TAI, TCB; before the file's own statement, as are the next two"),
    "time_refposition": ("PLACE", "TOPOCENTER, GEOCENTER, HELIOCENTER, BARYCENTER"),
    "time_point": ("POINT", "start or mid of the exposure"),
    "exptime": ("SECONDS", "the exposure of rows that give none"),
}


def run(settings, args):
    """set up, take in what is new, serve until Ctrl-C"""
    from photvo.machine import instance

    return instance.run(settings)


def stop(settings, args):
    """end the running instance"""
    from photvo.machine import instance

    if not instance.stop(settings):
        say("photvo: nothing runs here")
    return 0


def status(settings, args):
    """say what runs (exit status 1 where nothing does)"""
    from photvo.machine import account, instance

    settings, _ = account.settle(settings, quiet=True)
    other = instance.running(settings)
    if not other:
        print("photvo does not run")
        return 1
    print(f"photvo {other['doing']}, process {other['pid']}, {other['phase']}, {other['url']}, state in {settings.state}")
    return 0


def ingest(settings, args):
    """take in what is new under the inputs, or the files and folders named"""
    from photvo.machine import instance
    from photvo.readers.options import parse

    told = {name: getattr(args, name) for name in TOLD if getattr(args, name) is not None}
    if told and not args.paths:
        raise PhotvoError("ingest: name the files that the options are about")
    try:
        options = parse(told)
    except ValueError as error:
        raise PhotvoError(f"ingest: {error}") from None
    paths = [Path(path).absolute() for path in args.paths]
    with instance.open_database(settings) as settings:
        from photvo.archive import collections

        return collections.ingest(settings, paths, args.dry_run, options=options)


def periods(settings, args):
    """look for the periods of light curves that have changed since (a running instance does that by itself)"""
    from photvo.machine import instance

    with instance.open_database(settings) as settings:
        from photvo.archive import collections

        os.nice(19)
        collections.periods(settings)
    return 0


def refresh(settings, args):
    """write the summaries and statistics of all light curves anew, after changes by SQL"""
    from photvo.machine import background, instance

    with instance.open_database(settings) as settings:
        from photvo.archive import refresh

        refresh.refresh(settings)
        background.ask_for_periods(settings)
    return 0


def simulate(settings, args):
    """make a sample archive"""
    return args.simulator.main(args) or 0


def rejects(settings, args):
    """list what was rejected, or take it in again"""
    from photvo.archive import rejects
    from photvo.machine import instance

    with instance.open_database(settings) as settings:
        return getattr(rejects, args.action)(settings) or 0


def delete(settings, args):
    """take observations, nights, objects, data sources, or what a file brought out of the archive"""
    from photvo.machine import instance

    with instance.open_database(settings) as settings:
        from photvo.archive.delete import delete as take_out

        take_out(settings, args.kind, args.names, keep_points=args.keep_points, utc=args.utc, dry_run=args.dry_run)
    return 0


def backup(settings, args):
    """write the whole archive to a new file (but for the files of its images)"""
    from photvo.archive import backup

    with _new_file(settings, args.file) as (settings, out, path):
        backup.backup(settings, out, path)
    return 0


@contextmanager
def _new_file(settings, name):
    "(settings of the open database, stream, path) of a new file, which is not there in the end where that fails"
    from photvo.archive import backup
    from photvo.machine import instance, process

    path = Path(name).absolute()
    # opened before the account changes: where an instance's account may not write, whoever calls may
    with process.orderly(), backup.create(path) as out, backup.discarded_on_failure(out, path):
        with instance.open_database(settings) as settings:
            yield settings, out, path


def restore(settings, args):
    """put a backup in place of what the archive holds"""
    from photvo.archive import backup
    from photvo.machine import background, instance, process

    path = Path(args.file).absolute()
    with process.orderly(), open(path, "rb") as source, instance.open_database(settings) as settings:
        backup.restore(settings, source, path, args.replace)
        background.ask_for_periods(settings)
    return 0


def import_database(settings, args):
    """take over a photometry database with the same tables (once more: what is new in it)"""
    from photvo.archive import origin
    from photvo.machine import instance

    paths = dict(_pair(text, "--path-map", "OLD=NEW") for text in args.path_map)
    names = {}
    for column, theirs in (_pair(text, "--column", "TABLE.COLUMN=THEIRS") for text in args.column):
        table, dot, name = column.partition(".")
        if not dot:
            raise PhotvoError(f"--column {column}={theirs}: expected TABLE.COLUMN=THEIRS")
        names[table, name] = theirs
    # read before the account changes
    dsn = origin.address(Path(args.env).absolute())
    with instance.open_database(settings) as settings:
        from photvo.archive import import_database

        return import_database.import_database(settings, dsn, paths, names, args.dry_run)


def export_database(settings, args):
    """write the tables to a new file of SQL that psql loads into an empty database (compressed for FILE.gz)"""
    with _new_file(settings, args.file) as (settings, out, path):
        from photvo.archive import export_database

        export_database.export_database(settings, out, path)
    return 0


def _pair(text, option, form):
    old, sign, new = text.partition("=")
    if not (old and sign and new):
        raise PhotvoError(f"{option} {text}: expected {form}")
    return old, new


def psql(settings, args):
    """open a session with the database; further arguments are psql's"""
    import subprocess

    from photvo.machine import dachs, database, instance

    rest = args.rest[args.rest[:1] == ["--"] :]
    with instance.open_database(settings) as settings, database.passfile(settings, args.role) as passwords:
        dsn = settings.dsn(args.role)
        command = [dachs.psql(), "-h", dsn["host"], "-p", dsn["port"], "-U", dsn["user"], "-d", dsn["dbname"], *rest]
        # Ctrl-C is for the session: psql ends the statement, not itself
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return min(subprocess.run(command, env={**os.environ, "PGPASSFILE": passwords}).returncode, 1)


def validate(settings, args):
    """check the descriptors and run their regression tests (the instance has to run)"""
    from photvo.machine import dachs, instance

    with instance.open_database(settings) as settings:
        results = [dachs.call(settings, ["val", *dachs.descriptors()])]
        if (instance.running(settings) or {}).get("phase") == "ready":
            results.append(dachs.regression_tests(settings))
        else:
            say("photvo: no instance runs: the regression tests were left out")
            results.append(1)
    return 1 if any(results) else 0


def check(settings, args):
    """tell whether light-curve VOTables follow the IVOA Time Series Note (exit status 2: not all do)"""
    from photvo.products import checker

    if args.rules:
        print(checker.rules_table())
        return 0
    if not args.names:
        raise PhotvoError("check: name the files or addresses to check")
    return checker.report(args.names, args.level)


def dvo(settings, args):
    """look into a DVO database: `region RA DEC` tells which files hold a position"""
    from photvo.model.batch import ReadError
    from photvo.readers.dvo import Database

    try:
        database = Database(args.path or settings.inputs / "dvo")
        region = database.find_region(args.ra, args.dec)
        if region is None:
            print(f"no region of {database.path} holds {args.ra} {args.dec}")
            return 1
        print(region.describe())
        return 0
    except ReadError as error:
        raise PhotvoError(str(error)) from None


def dachs(settings, args):
    """run DaCHS on this instance; the arguments are its own"""
    from photvo.machine import dachs, instance

    with instance.open_database(settings) as settings:
        return min(dachs.call(settings, args.rest), 1)
