"""The command line. Exit status 0: all done, 2: done, with rejects, 1: not done."""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

from photvo import commands
from photvo.settings import PhotvoError, Settings, say, why


class Parser(argparse.ArgumentParser):
    """argparse's status for a wrong command line is 2, which here means: done, with rejects."""

    def exit(self, status=0, message=None):
        super().exit(min(status, 1), message)


def make_parser():
    """The parser of the whole command line."""
    parser = Parser(prog="photvo", description="A photometry archive as a Virtual Observatory data centre.")
    kinds = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(function):
        added = kinds.add_parser(function.__name__.replace("_", "-"), help=function.__doc__, description=function.__doc__)
        added.set_defaults(function=function)
        return added

    command(commands.run)
    command(commands.stop)
    setup = kinds.add_parser("setup", help="all that run does but serve")
    setup.set_defaults(function=commands.ingest, paths=[], dry_run=False, **dict.fromkeys(commands.TOLD))
    command(commands.status)
    taking_in = command(commands.ingest)
    taking_in.add_argument("paths", nargs="*", metavar="FILE|DIR", help="default: all that is new under the inputs")
    taking_in.add_argument("--dry-run", action="store_true", help="say what would be done and do nothing")
    for name, (metavar, text) in commands.TOLD.items():
        kind = float if name == "exptime" else str
        taking_in.add_argument(f"--{name.replace('_', '-')}", metavar=metavar, type=kind, help=text)
    command(commands.periods)
    command(commands.refresh)
    add_simulators(command(commands.simulate))
    command(commands.rejects).add_argument("action", choices=("list", "retry"))
    deleting = command(commands.delete)
    deleting.add_argument("kind", choices=("observation", "night", "object", "source", "file"))
    deleting.add_argument("names", nargs="+", metavar="WHICH", help="observation: file name or id; night: date of its evening, "
                          "as 2021-10-22; object: a name or id; source: progid; file: its path")  # fmt: skip
    deleting.add_argument("--keep-points", action="store_true", help="of an observation: its points stay, without it")
    deleting.add_argument("--utc", action="store_true", help="a night is a day in UTC (else noon to noon, local mean solar time)")
    deleting.add_argument("--dry-run", action="store_true", help="say what would go and do nothing")
    command(commands.backup).add_argument("file", metavar="FILE")
    restoring = command(commands.restore)
    restoring.add_argument("file", metavar="FILE", help="from `photvo backup`")
    restoring.add_argument("--replace", action="store_true", help="even if the archive is not empty: what it holds is lost")
    importing = command(commands.import_database)
    importing.add_argument("--env", required=True, metavar="FILE", help="DB_HOST, DB_NAME, DB_READONLY_USER, DB_READONLY_PASS "
                           "(and DB_PORT) of that database")  # fmt: skip
    importing.add_argument("--path-map", action="append", default=[], metavar="OLD=NEW", help="folder of its images, and where it is now")
    importing.add_argument("--column", action="append", default=[], metavar="TABLE.COLUMN=THEIRS", help="a column's other name there")
    importing.add_argument("--dry-run", action="store_true", help="say what would be done and do nothing")
    command(commands.export_database).add_argument("file", metavar="FILE")
    session = command(commands.psql)
    roles = {"readonly_user": "readonly", "writer_user": "writer", "admin": "admin"}
    session.add_argument("--as", dest="role", default="readonly", type=lambda name: roles.get(name, name),
                         choices=sorted(roles.values()), metavar="{" + ",".join(roles) + "}")  # fmt: skip
    session.set_defaults(passes_on=True)
    command(commands.validate)
    checking = command(commands.check)
    checking.add_argument("names", nargs="*", metavar="FILE|URL", help="ours or any other service's")
    checking.add_argument("--level", choices=("error", "warning", "remark"), default="remark", help="the least to tell")
    checking.add_argument("--rules", action="store_true", help="list the rules as a Markdown table")
    add_dvo(command(commands.dvo))
    command(commands.dachs).set_defaults(passes_on=True)
    return parser


def add_dvo(parser):
    """The actions of `dvo`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    about = "tell which region of a DVO database a position lies in, and its files"
    region = actions.add_parser("region", help=about, description=about)
    region.add_argument("ra", type=_angle(None), metavar="RA", help="degrees")
    region.add_argument("dec", type=_angle(90), metavar="DEC", help="degrees")
    region.add_argument("--path", type=Path, metavar="DIR", help="the database (default: inputs/dvo)")


def _angle(limit):
    """A converter of degrees, finite and of at most `limit` either way."""

    def angle(text):
        number = float(text)
        if not abs(number) <= (limit or sys.float_info.max):
            raise argparse.ArgumentTypeError(f"{text} is no angle in degrees")
        return number

    return angle


def add_simulators(parser):
    """A sub-command for each simulator, a module of photvo.simulate."""
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    for kind in ("kolonica", "dvo"):
        if kind in sys.argv:  # the others are not worth their import
            module = import_module(f"photvo.simulate.{kind}")
            added = kinds.add_parser(kind, description=module.__doc__)
            module.add_arguments(added)
            added.set_defaults(simulator=module)
        else:
            kinds.add_parser(kind)


def main(arguments=None):
    """Run a command; the exit status is returned."""
    parser = make_parser()
    args, args.rest = parser.parse_known_args(arguments)
    if args.rest and "passes_on" not in args:
        parser.error(f"{args.command} does not know {' '.join(args.rest)}")
    try:
        return args.function(Settings.load(), args)
    except PhotvoError as error:
        say(f"photvo: {error}")
        return 1
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        # whoever read our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        say(f"photvo: {error.filename or 'the system'}: {why(error)}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
