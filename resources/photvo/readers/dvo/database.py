"""A DVO database: its photcodes, images, sky table and regions."""

import os
from functools import cached_property
from pathlib import Path

import numpy as np

from ...model.batch import ReadError
from . import columns, layouts, skytable, tables
from .astrometry import projection
from .photcodes import Photcodes, check_version
from .region import Region

_FILES = ("SkyTable.fits", "Photcodes.dat", "Images.dat")


def recognises(folder):
    """True where a folder holds a DVO database, whole or not."""
    return any(os.path.isfile(os.path.join(folder, name)) for name in _FILES)  # False where it may not be entered


class Database:
    """A DVO database below a folder. Making one reads its photcodes and its sky table.

    Raises ReadError, with the file and what to do, where one of the two is missing or not what it should be.
    """

    def __init__(self, path):
        self.path = Path(path)
        for name in _FILES[:2]:
            if not (self.path / name).is_file():
                raise ReadError(
                    self.path,
                    f"is no DVO database, or a part of one: it has no {name}; copy that from its source",
                )
        self.photcodes = Photcodes(self.path / "Photcodes.dat")
        self.skytable, hosts = skytable.read(self.path / "SkyTable.fits")
        self._hosts = skytable.folders(self.path, hosts) if hosts else {}

    @cached_property
    def _images(self):
        path = self.path / "Images.dat"
        if not path.exists():
            return None  # a database of reference catalogues has none
        primary, table = tables.only(path, "DVO_IMAGE")
        check_version(table, "DVO_IMAGE")
        columns.require(table, layouts.IMAGE, ("image_id", "photcode", "name", "ctype", "crval1", "crval2"))
        if primary.get("NIMAGES", table.rows) != table.rows:
            raise ReadError(
                path,
                f"has {table.rows} rows, and NIMAGES is {primary['NIMAGES']}; copy it again from its source",
            )
        return table

    @cached_property
    def images(self):
        """The rows of Images.dat with the columns of layouts.IMAGE; empty where there is no such file."""
        if self._images is None:
            return np.empty(0, columns.dtype(layouts.IMAGE))
        return columns.load(self._images, layouts.IMAGE)

    def image_chunks(self, rows=100_000, names=None):
        """The rows of Images.dat in file order, at most `rows` at a time, with the columns `names`."""
        table = self._images
        for start in range(0, table.rows if table else 0, rows):
            yield columns.load(table, layouts.IMAGE, start, start + rows, names)

    @cached_property
    def image_ids(self):
        """The IMAGE_ID of all images, sorted."""
        ids = [chunk["image_id"] for chunk in self.image_chunks(names=["image_id"])]
        ids = np.sort(np.concatenate(ids)) if ids else np.empty(0, "i8")
        twice = ids[1:][np.diff(ids) == 0]
        if len(twice):
            raise ReadError(
                self.path / "Images.dat",
                f"IMAGE_ID {twice[0]} is given twice; DVO's own tools number images anew",
            )
        return ids

    def has_images(self, ids):
        """Whether each of an array of IMAGE_ID is in Images.dat, as booleans; 0 is no image."""
        known = self.image_ids
        if not len(known):
            return np.zeros(len(ids), bool)
        return (known[np.minimum(np.searchsorted(known, ids), len(known) - 1)] == ids) & (ids > 0)

    @cached_property
    def mosaics(self):
        """The rows of Images.dat that stand for a whole exposure and carry its astrometry (-DIS)."""
        chunks = [chunk[projection(chunk) == "DIS"] for chunk in self.image_chunks()]
        return np.concatenate([np.empty(0, columns.dtype(layouts.IMAGE)), *chunks])

    def region(self, index):
        """The Region of a row of the sky table. Raises IndexError where that owns no catalogue."""
        if not (0 <= index < len(self.skytable) and self.skytable["has_catalog"][index]):
            raise IndexError(index)
        row = self.skytable[index]
        return Region(row, skytable.folder(row, self._hosts, self.path), self)

    @property
    def regions(self):
        """The regions that have a catalogue on disk, in order of the sky table: a list."""
        owners = (self.region(index) for index in np.flatnonzero(self.skytable["has_catalog"]))
        return [region for region in owners if region.path.exists()]

    def find_region(self, ra, dec):
        """The Region of a position (deg), with a catalogue on disk or without; None where there is none."""
        index = skytable.find(self.skytable, ra, dec)
        return None if index is None else self.region(index)
