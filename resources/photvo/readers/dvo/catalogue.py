"""The files of one region: where they are, what their headers say, and the tables in them."""

import hashlib
from functools import cached_property
from typing import NamedTuple

from ...model.batch import ReadError
from . import columns, layouts, tables
from .photcodes import check_version

RESORT = "`addstar -resort` puts it right"


class _Kind(NamedTuple):
    """What is known of one of a region's tables."""

    extname: str
    card: str  # of the .cpt file: what its rows are counted by
    suffix: str
    layout: dict
    needed: tuple  # columns without which it is none


_MEASURE = ("mag", "time_unix", "ave_ref", "photcode", "phot_flags")
_AVERAGE = ("ra", "dec", "nmeasure", "obj_id", "cat_id")
KINDS = {
    "average": _Kind("DVO_AVERAGE", "NSTARS", ".cpt", layouts.AVERAGE, _AVERAGE),
    "measure": _Kind("DVO_MEASURE", "NMEAS", ".cpm", layouts.MEASURE, _MEASURE),
    "missing": _Kind("DVO_MISSING", "NMISS", ".cpn", layouts.MISSING, ("time_unix",)),
    "secfilt": _Kind("DVO_SECFILT", "NSTARS times NSECFILT", ".cps", layouts.SECFILT, ("mag",)),
}


class Catalogue:
    """A region's files. Making one reads nothing; what it reads of headers it keeps."""

    def __init__(self, row, folder, database):
        """`row` is the region's row of the sky table, `folder` what its name is relative to."""
        self.name, self.index = str(row["name"]), int(row["index"])
        self.bounds = tuple(float(row[name]) for name in ("r_min", "r_max", "d_min", "d_max"))  # deg
        self.path = folder / f"{self.name}.cpt"
        self.database, self.photcodes = database, database.photcodes

    def __repr__(self):
        return f"<Region {self.name}, {self.index}>"

    def describe(self):
        """Name, index, bounds and files in a few lines, for a person."""
        ra_min, ra_max, dec_min, dec_max = self.bounds
        lines = [f"region {self.name}", f"index {self.index}"]
        lines += [f"ra {ra_min:g} to {ra_max:g}", f"dec {dec_min:g} to {dec_max:g}"]
        files = list(self.files.values()) if self.path.exists() else []
        found = [f"file {path}" for path in files if path.exists()]
        return "\n".join(lines + (found or [f"no {self.path}: nothing was observed there"]))

    @cached_property
    def _hdus(self):
        return tables.hdus(self.path)

    @property
    def header(self):
        """The primary header of the .cpt file, a dict."""
        return self._hdus[0][0]

    @property
    def sorted(self):
        """Whether the measurements of an object lie together."""
        return self.header.get("SORTED") is not False and "OFF_MEASURE" in self.table("average").dtype.names

    @property
    def files(self):
        """The paths of the region's files by kind of table, whether they exist or not."""
        if "MEASURE" not in self.header:
            return {"average": self.path}  # MEF mode: all in one
        found = {"average": self.path}
        for kind in ("measure", "missing", "secfilt"):
            name = str(self.header.get(kind.upper()) or self.path.stem + KINDS[kind].suffix)
            found[kind] = self.path.parent / name.rpartition("/")[2]
        return found

    def signature(self):
        """What tells that the region has changed, from sizes and times of the files and the header's date."""
        parts = [self.header.get("DATE")]
        for kind, path in self.files.items():
            if path.exists():
                status = path.stat()
                parts.append((kind, status.st_size, status.st_mtime_ns))
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def count(self, kind):
        """The number of rows of a table that the header promises."""
        try:
            number = tables.whole(self.header, "NSTARS" if kind == "secfilt" else KINDS[kind].card)
            return number * tables.whole(self.header, "NSECFILT", 0) if kind == "secfilt" else number
        except ValueError as error:
            raise ReadError(self.path, f"the header is not a DVO catalogue's: {error}") from None

    def table(self, kind):
        """The Table of a kind, None where there is none and none is due. Raises ReadError."""
        if kind not in self._tables:
            self._tables[kind] = self._open(kind)
        return self._tables[kind]

    @cached_property
    def _tables(self):
        return {}

    def _open(self, kind):
        about, count, path = KINDS[kind], self.count(kind), self.files.get(kind, self.path)
        if path == self.path:
            table = tables.find(path, self._hdus, about.extname)
        elif not count and not path.exists():
            table = None
        else:
            table = tables.only(path, about.extname)[1]
        rows = table.rows if table else 0
        if rows != count:
            raise ReadError(
                path,
                f"has {rows} rows in its table {about.extname}, and {about.card} of {self.path.name} is"
                f" {count}; the region was cut short while it was written: copy or rebuild it",
            )
        if table:
            if kind != "missing":
                check_version(table, about.extname)
            offsets = ("d_ra", "d_dec") if kind == "measure" and "RA" not in table.dtype.names else ()
            columns.require(table, about.layout, about.needed + offsets)
        return table

    @property
    def nstars(self):
        """Number of objects."""
        return self.count("average")

    @property
    def nmeasurements(self):
        """Number of measurements."""
        return self.count("measure")

    @property
    def nsecfilt(self):
        """Number of mean magnitudes an object. Raises ReadError where it is that of no such photcodes."""
        number, known = self.header.get("NSECFILT", 0), len(self.photcodes.seconds)
        if self.count("secfilt") and number > known:
            raise ReadError(
                self.path,
                f"NSECFILT is {number}, and Photcodes.dat has {known} secondary photcodes;"
                " it is not the Photcodes.dat of this database",
            )
        return number
