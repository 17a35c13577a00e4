"""Readers: one module a format, behind one door. A reader knows its format and nothing else.

A format is a module with

    FORMAT, VERSION            its short name, and a number that grows when it reads the same file differently
    recognises(head, path)     True where the first bytes of a file (unpacked) are this format's
    read(path, options)        an iterator over batches (model.batch), raising ReadError and nothing else

and a line in FORMATS. What a light-curve file does not say (object, band, data source, exposure), what its words for bands
and objects mean, and what the options say about its times, is put into the batches here (options.py): a reader leaves null
what its file does not say.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pyarrow as pa

from ..model.batch import PointBatch, ReadError
from . import bare_columns, named_table, source, unknown
from .options import Options, apply

#: The modules, in the order in which they are asked.
FORMATS = (
    "fits_series", "fits_image", "kolonica_csv", "object_csv", "reference_csv",
    "aavso_exoplanet", "aavso_extended", "aavso_visual", "vstar_flexible", "aavso_download", "muniwin", "astroimagej", "vphot", "vast",
    "vstar_simple", "relative_flux",
    "votable_series", "parquet_series", "ecsv_series", "ipac_series", "asassn", "atlas", "gaia", "ztf", "skyportal", "eros", "asas3",
    # these know a file by less than the others do
    "named_table", "bare_columns",
)  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """A file recognised as one of the formats. Iterating reads it; each iteration starts anew."""

    path: Path
    module: ModuleType
    options: Options

    @property
    def format(self):
        """Short name of the format."""
        return self.module.FORMAT

    @property
    def version(self):
        """Version of the reader, an integer."""
        return self.module.VERSION

    def __iter__(self):
        try:
            stars = set()
            for batch in self.module.read(self.path, self.options):
                yield apply(batch, self.options, self.path, stars) if isinstance(batch, PointBatch) else batch
        except (*source.UNPACK_ERRORS, pa.ArrowException, csv.Error, UnicodeError) as error:
            raise ReadError(self.path, f"cannot be read as {self.format}: {error}") from error


@cache
def _module(name):
    return import_module(f".{name}", __name__)


def open(path, options=Options()):
    """The reader of a file, recognised by its content. `options`: what the file does not say itself.

    Raises ReadError where there is no such file, it may not be read, it is empty or no known format.
    """
    path = path if isinstance(path, Path) else Path(path)
    source.check(path)
    head = source.head(path)
    for name in FORMATS:
        module = _module(name)
        if module is bare_columns and named_table.is_told(head, options):
            return Reader(path, named_table, options)
        if module.recognises(head, path):
            return Reader(path, module, options)
    raise ReadError(path, unknown.reason(head, path))
