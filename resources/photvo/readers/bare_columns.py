"""Light curves without a line of names: time, magnitude, uncertainty, as OGLE and others give them out.

Two to five columns of numbers, separated by blanks, commas, semicolons or tabs; those behind the uncertainty
are in the metadata. A time of 2,400,000 or more is a Julian date without offset (in OGLE's files a
heliocentric one, which they do not say); anything less counts from what the file does not say, and the file
is refused until the options do (`time = "JD-2450000"`, `MJD`). Object and band are not in the file. `columns
= { time = "1", flux = "2" }` says by their places what else the columns are (mag, mag_err, mag_diff,
mag_diff_err, flux, flux_err); without it they are time, magnitude, uncertainty, unless a comment line (`#`)
has a word of something else, as flux or V-C: then the file is refused until the options say it. A magnitude
of 99 to 99.999, or of 29.999 as ASAS has it, is missing.
"""

import re

from ..model.batch import ReadError
from .cell_batches import batch
from .frames import Frame
from .source import ahead, text_blocks
from .text_table import block, separator

FORMAT = "bare-columns"
VERSION = 1
BATCH = 65_536
NONE = (29.999, 99.0, 99.9, 99.99, 99.999)
ERROR_NONE = (9.99, 9.999, *NONE)
FIRST_JD = 2_400_000.0
ROLES = ("time", "mag", "mag_err", "mag_diff", "mag_diff_err", "flux", "flux_err")
_OTHER = re.compile(
    rb"flux|diff|delta|rel\.|relative|residual|norm|instr|counts?\b|adu|\b[vcko]\d?-[ckv]\d?\b", re.I
)
_NUMBER = rb"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"
_TIME, _VALUE = re.compile(_NUMBER), re.compile(rb"[<>]?" + _NUMBER + rb"|nan|NaN")


def recognises(head, path):
    """True where the first line, comments aside, is two to five numbers, and most of the next ones as many."""
    lines = head.removeprefix(b"\xef\xbb\xbf").replace(b"\r", b"\n").split(b"\n")
    rows = [line.strip() for line in lines[:-1] or lines if line.strip() and not line.lstrip().startswith(b"#")]
    widths = [_width(row) for row in rows[:20]]
    return bool(widths) and 2 <= widths[0] <= 5 and 2 * widths.count(widths[0]) > len(widths)


def _width(line):
    "how many numbers a line is; 0 for another line"
    mark = separator(line)
    first, *others = [field.strip() for field in (line.split(mark) if mark else line.split())]
    return 1 + len(others) if _TIME.fullmatch(first) and all(map(_VALUE.fullmatch, others)) else 0


def read(path, options):
    """Yield PointBatch. Raises ReadError where nobody says what the columns are, or what the times count
    from.
    """
    return ahead(_batch, _blocks(path, options))


def _blocks(path, options):
    roles, mark, names, other = None, None, [], None
    for numbers, lines in text_blocks(path):
        data = [i for i, line in enumerate(lines) if not line.lstrip().startswith(b"#")]
        other = other or next(
            (found for line in lines if line.lstrip().startswith(b"#") and (found := _OTHER.search(line))),
            None,
        )
        numbers, lines = numbers[data], [lines[i] for i in data]
        if lines and roles is None:
            mark = separator(lines[0].strip())
            fields = lines[0].split(mark) if mark else lines[0].split()
            names = [str(place) for place in range(1, len(fields) + 1)]
            roles = _roles(path, options, names, other)
            first = fields[int(roles["time"]) - 1].decode().strip()
            if options.time is None and not _is_jd(first):
                raise ReadError(
                    path, f"what its times count from ({first}) is not in the file; give --time JD-2450000, MJD or"
                    f" what it is, or write time = \"JD-2450000\" into {path.name}.toml", int(numbers[0]))  # fmt: skip
        for start in range(0, len(lines), BATCH):
            yield lines[start : start + BATCH], numbers[start : start + BATCH], mark, names, roles


def _roles(path, options, names, other):
    """What the columns are: a dict of points_table's name → name of the column, which is its place.

    `other`: the match of a word in a comment that speaks against magnitudes, or None.
    """
    for role, place in options.columns.items():
        if role not in ROLES or place not in names:
            raise ReadError(
                path,
                f'columns: {role} = "{place}" is none of {", ".join(ROLES)} in one of the {len(names)} columns',
            )
    if set(options.columns) - {"time"}:
        return {"time": "1", **options.columns}
    if other:
        raise ReadError(
            path, f"a comment line speaks of {other[0].decode('latin-1')!r}; if its columns are time, magnitude and uncertainty, write"
            f" columns = {{ mag = \"2\", mag_err = \"3\" }} into {path.name}.toml (or mag_diff, flux)")  # fmt: skip
    return {"time": "1", **options.columns, **dict(zip(("mag", "mag_err"), names[1:]))}


def _is_jd(text):
    try:
        return float(text) >= FIRST_JD
    except ValueError:
        return False


def _batch(lines, numbers, mark, names, roles):
    rows = block(lines, numbers, names, mark)
    made, limit = {}, None
    for role, name in roles.items():
        if role in ("mag", "mag_diff"):
            made[role], limit = rows.limited(name, NONE)
        elif role != "time":
            made[role] = rows.number(name, ERROR_NONE if "mag" in role else ())
    return batch(
        rows,
        Frame("JD"),
        {"time": rows.time(roles["time"]), **made, "upper_limit": limit},
        list(roles.values()),
    )
