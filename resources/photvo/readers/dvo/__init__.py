"""Reader of DVO databases (Pan-STARRS' Desktop Virtual Observatory): FITS tables below a folder, a region of the sky each.

The format is C. Beaumont's 'DVO Table Structures' and the headers of the files themselves. SPLIT and MEF mode, tables
PS1_V1 to PS1_V6 by EXTNAME and TTYPE. Everything comes as NumPy structured arrays in physical units with the files' column
names in lower case (`columns`); rows are read by range, so that memory is flat in the size of the database.
"""

from . import columns
from .astrometry import footprints
from .columns import is_null
from .database import Database, recognises
from .flags import flag_names
from .photometry import badness, exchanged, magnitudes
from .region import measurement_dtype
from .times import unix_to_jd, unix_to_mjd

__all__ = [
    "Database",
    "badness",
    "columns",
    "exchanged",
    "flag_names",
    "footprints",
    "is_null",
    "magnitudes",
    "measurement_dtype",
    "recognises",
    "unix_to_jd",
    "unix_to_mjd",
]


def object_ids(rows):
    """The identity of objects as one integer: CAT_ID times 10^9 plus OBJ_ID, as the Pan-STARRS archive has it."""
    return rows["cat_id"] * 1_000_000_000 + rows["obj_id"]
