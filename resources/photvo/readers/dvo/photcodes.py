"""Photcodes.dat: what each filter and chip means, found by code or by name."""

import numpy as np

from ...model.batch import ReadError
from . import columns, layouts, tables

SEC, DEP, REF, ALT = 2, 3, 4, 5  # values of `type`; ALT shares the code of a SEC and is found by name only


class Photcodes:
    """The rows of a Photcodes.dat in file order: `rows`, with the columns of layouts.PHOTCODE."""

    def __init__(self, path):
        """Raises ReadError where the file is not there or not what it should be."""
        self.path = path
        _, table = tables.only(path, "DVO_PHOTCODE")
        check_version(table, "DVO_PHOTCODE")
        columns.require(table, layouts.PHOTCODE, ("code", "name", "type", "k", "equiv"))
        self.rows = columns.physical(table, table.read(), layouts.PHOTCODE)
        self.rows["x"][np.arange(4) >= self.rows["nc"][:, None]] = np.nan  # memory that was never set
        self._row = np.full(1 << 16, -1, np.int32)
        found = np.flatnonzero(self.rows["type"] != ALT)[::-1]
        self._row[self.rows["code"][found]] = found
        #: The secondary photcodes in the order of their slots in the .cps files.
        self.seconds = self.rows[self.rows["type"] == SEC]

    def find(self, codes):
        """Row of each code as an array of integers, -1 where there is none."""
        codes = np.asarray(codes)
        known = (codes >= 0) & (codes < len(self._row))
        return np.where(known, self._row[np.where(known, codes, 0)], -1)

    def slot(self, codes):
        """Slot in the .cps files of each secondary photcode, -1 where a code is none."""
        codes = np.asarray(codes)
        if not len(self.seconds):
            return np.full(codes.shape, -1)
        same = codes[..., None] == self.seconds["code"]
        return np.where(same.any(axis=-1), same.argmax(axis=-1), -1)

    def __getitem__(self, key):
        """The row of a code or a name. Raises KeyError."""
        found = np.flatnonzero(self.rows["name"] == key) if isinstance(key, str) else self.find([key])
        if not len(found) or found[0] < 0:
            raise KeyError(key)
        return self.rows[found[0]]


#: Versions of the tables that are read.
VERSIONS = ("PS1_V1", "PS1_V2", "PS1_V3", "PS1_V4", "PS1_V5", "PS1_V5_LOAD", "PS1_V6")


def check_version(table, name):
    """The version of a table from its EXTNAME. Raises ReadError where it is none that is read."""
    version = table.extname.removeprefix(name).removeprefix("_")
    if version not in VERSIONS:
        raise ReadError(
            table.path,
            f"table {table.extname}: version {version or 'none'!r} is not read; read are"
            f" {', '.join(VERSIONS)}. Convert it with DVO's own tools, CATFORMAT PS1_V1 or later",
        )
    return version
