"""Text tables whose column names say what they are: `mjd,mag,magerr,band` and the like, and photvo's own CSV.

Separated by commas, semicolons, tabs, bars or blanks; comment lines begin with `#`, and the line of names may
be one. Known are JD, HJD, BJD and MJD, with scale (`BJD_TDB`) and offset (`HJD-2450000`), and the names in
described.ROLES. HJD is heliocentric and BJD barycentric; of several times one in BJD is taken, else JD. A
column `time` needs `time = "MJD"` from the options. Missing are 99.9, 99.99 and their like, `nan`, `NULL` and
blanks; `>17.5` and `<17.5` are upper limits, as are rows with a flag that says so (`upper_limit`, `is_limit`, VizieR's
`l_mag` …). Units may stand in brackets behind a name (`flux [mJy]`). Columns by other names are in the metadata.
"""

from .clocks import letters, named_frame
from .described import ROLES, batches
from .text_table import cells, header_line

FORMAT = "named-columns"
VERSION = 1
_BRIGHT = {*ROLES["mag"], *ROLES["mag_diff"], *ROLES["flux"]} - {"phot"}


def is_header(names):
    """True where a name is JD, HJD, BJD or MJD, or `time` with a magnitude or flux beside it.

    Where the first has no magnitude by a known name, the options may still say which it is.
    """
    found = {letters(name) for name in names}
    if any(named_frame(name) for name in names):
        return 1 < len(names) < 500
    return bool(found & {"time", "obstime"} and found & _BRIGHT)


def recognises(head, path):
    """True for a text file with such a line of names."""
    return header_line(head, is_header) is not None


def _told(options):
    "is_header, also for names that the options say, which a comment line may have as well"
    columns = {name.lower() for name in options.columns.values()}
    return lambda names: is_header(names) or bool(columns) and columns <= {name.lower() for name in names}


def is_told(head, options):
    """True for a text file with a line of names that has all which the options name."""
    return header_line(head, _told(options)) is not None


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    for rows in cells(path, _told(options)):
        yield from batches(rows, path, options)
