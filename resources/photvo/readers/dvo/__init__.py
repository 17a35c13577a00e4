"""Reader of DVO databases, Pan-STARRS' Desktop Virtual Observatory: FITS tables, a region of the sky each.

The format is C. Beaumont's 'DVO Table Structures' and the headers of the files themselves. SPLIT and MEF
mode, tables PS1_V1 to PS1_V6 by EXTNAME and TTYPE. Everything comes as NumPy structured arrays in physical
units with the files' column names in lower case (layouts.py); rows are read by range, so that memory is
flat in the size of the database.
"""

from .astrometry import footprints
from .checks import object_ids
from .columns import is_null
from .database import Database, recognises
from .flags import flag_names
from .photometry import badness, exchanged, magnitudes
from .region import measurement_dtype
from .times import unix_to_jd, unix_to_mjd

__all__ = [
    "Database",
    "badness",
    "exchanged",
    "flag_names",
    "footprints",
    "is_null",
    "magnitudes",
    "measurement_dtype",
    "object_ids",
    "recognises",
    "unix_to_jd",
    "unix_to_mjd",
]
