"""One region of the sky: its objects, their measurements, mean magnitudes and non-detections, from its four files."""

import hashlib
from functools import cached_property

import numpy as np

from ...model.batch import ReadError
from . import columns, tables
from .photcodes import check_version
from .photometry import exchanged
from .times import unix_to_mjd

_ADDED = [("mjd", "f8"), ("exchanged", "?")]
#: Kind of a table: its EXTNAME, and the card of the .cpt file that counts its rows.
_KINDS = {"average": ("DVO_AVERAGE", "NSTARS"), "measure": ("DVO_MEASURE", "NMEAS"),
          "missing": ("DVO_MISSING", "NMISS"), "secfilt": ("DVO_SECFILT", None)}  # fmt: skip
_SUFFIX = {"average": ".cpt", "measure": ".cpm", "missing": ".cpn", "secfilt": ".cps"}
_BLOCK = 200_000  # rows read at a time where all are looked through

#: Kind of a table: its layout, and the columns without which it is none.
_LAYOUTS = {
    "average": (columns.AVERAGE, ("ra", "dec", "nmeasure", "obj_id", "cat_id")),
    "measure": (columns.MEASURE, ("mag", "time_unix", "ave_ref", "photcode", "phot_flags")),
    "missing": (columns.MISSING, ("time_unix",)),
    "secfilt": (columns.SECFILT, ("mag",)),
}


def measurement_dtype(names=None):
    """The dtype of a measurement with all columns, or those named; ours are `mjd` (UTC) and `exchanged`."""
    fields = [(name, *column.dtype) for name, column in columns.MEASURE.items()] + _ADDED
    return np.dtype(fields if names is None else [field for field in fields if field[0] in names])


class Region:
    """A region that owns a catalogue. Making one reads nothing; what it reads of headers it keeps."""

    def __init__(self, row, folder, database):
        """`row` is its row of the sky table, `folder` what its name is relative to."""
        self.name, self.index = str(row["name"]), int(row["index"])
        self.bounds = tuple(float(row[name]) for name in ("r_min", "r_max", "d_min", "d_max"))  # deg
        self.path = folder / f"{self.name}.cpt"
        self._database, self._photcodes = database, database.photcodes

    def __repr__(self):
        return f"<Region {self.name}, {self.index}>"

    def describe(self):
        """Name, index, bounds and files in a few lines, for a person."""
        ra_min, ra_max, dec_min, dec_max = self.bounds
        lines = [f"region {self.name}", f"index {self.index}", f"ra {ra_min:g} to {ra_max:g}", f"dec {dec_min:g} to {dec_max:g}"]
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
        return self.header.get("SORTED") is not False and "OFF_MEASURE" in self._table("average").dtype.names

    @property
    def files(self):
        """The paths of the region's files by kind (average, measure, missing, secfilt), whether they exist or not."""
        if "MEASURE" not in self.header:
            return {"average": self.path}  # MEF mode: all in one
        found = {"average": self.path}
        for kind in ("measure", "missing", "secfilt"):
            name = str(self.header.get(kind.upper()) or self.path.stem + _SUFFIX[kind]).rpartition("/")[2]
            found[kind] = self.path.parent / name
        return found

    def signature(self):
        """What tells that the region has changed: a text from the files' sizes and times and the header's date."""
        parts = [self.header.get("DATE")]
        for kind, path in self.files.items():
            if path.exists():
                status = path.stat()
                parts.append((kind, status.st_size, status.st_mtime_ns))
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    # the tables, as they are

    def _count(self, kind):
        """The number of rows that the header promises."""
        try:
            if kind == "secfilt":
                return tables.whole(self.header, "NSTARS") * tables.whole(self.header, "NSECFILT", 0)
            return tables.whole(self.header, _KINDS[kind][1])
        except ValueError as error:
            raise ReadError(self.path, f"the header is not a DVO catalogue's: {error}") from None

    def _open(self, kind):
        """The table of a kind, None where there is none and none is due."""
        count, path = self._count(kind), self.files.get(kind, self.path)
        name = _KINDS[kind][0]
        if path == self.path:
            table = tables.find(path, self._hdus, name)
        elif not count and not path.exists():
            table = None
        else:
            table = tables.only(path, name)[1]
        card = _KINDS[kind][1] or "NSTARS times NSECFILT"
        rows = table.rows if table else 0
        if rows != count:
            raise ReadError(path, f"has {rows} rows in its table {name}, and {card} of {self.path.name} is {count};"
                            " the region was cut short while it was written: copy or rebuild it")  # fmt: skip
        if table and kind != "missing":
            check_version(table, name)
        return table

    @cached_property
    def _tables(self):
        return {}

    def _table(self, kind):
        if kind not in self._tables:
            table = self._open(kind)
            if table:
                layout, needed = _LAYOUTS[kind]
                if kind == "measure" and "RA" not in table.dtype.names:
                    needed += ("d_ra", "d_dec")
                columns.require(table, layout, needed)
            self._tables[kind] = table
        return self._tables[kind]

    @property
    def nstars(self):
        """Number of objects."""
        return self._count("average")

    @property
    def nmeasurements(self):
        """Number of measurements."""
        return self._count("measure")

    @property
    def nsecfilt(self):
        """Number of mean magnitudes an object. Raises ReadError where there are more than secondary photcodes."""
        number, known = self.header.get("NSECFILT", 0), len(self._photcodes.seconds)
        if self._count("secfilt") and number > known:
            raise ReadError(self.path, f"NSECFILT is {number}, and Photcodes.dat has {known} secondary photcodes;"
                            " it is not the Photcodes.dat of this database")  # fmt: skip
        return number

    # objects

    def averages(self, start=0, stop=None, names=None):
        """Rows [start, stop) of the objects, a structured array with the columns `names` of columns.AVERAGE."""
        return _turn(self._physical("average", columns.AVERAGE, start, stop, names))

    def secfilt(self, start=0, stop=None):
        """Mean magnitudes of the objects [start, stop): a row an object and slot, with `ave_ref`, the object's row,
        and `photcode`, the code of the slot's secondary photcode, beside the columns of columns.SECFILT."""
        slots = self.nsecfilt
        start, stop, _ = slice(start, stop).indices(self.nstars)
        table = self._table("secfilt")
        raw = table.read(start * slots, stop * slots) if table and slots else np.empty(0, "V1")
        out = np.empty(len(raw), columns.dtype(columns.SECFILT).descr + [("ave_ref", "i8"), ("photcode", "i4")])
        if len(raw):
            columns.physical(table, raw, columns.SECFILT, out)
            out["ave_ref"] = np.repeat(np.arange(start, stop), slots)
            out["photcode"] = np.tile(self._photcodes.seconds["code"][:slots], stop - start)
        return out

    def seconds_of(self, measurements):
        """Mean magnitudes of each measurement's object by slot, for `magnitudes`: (n, number of SEC photcodes), in mag."""
        known = len(self._photcodes.seconds)
        references = measurements["ave_ref"]
        out = np.full((len(references), known), np.nan, "f4")
        table, slots = self._table("secfilt"), self.nsecfilt
        if len(references) and table and slots:
            first, last = int(references.min()), int(references.max()) + 1
            raw = table.read(first * slots, last * slots)
            means = columns.physical(table, raw, columns.SECFILT, names=["mag"])["mag"].reshape(-1, slots)
            out[:, :slots] = means[references - first]
        return out

    def missing(self):
        """Exposures that covered an object without detecting it: time_unix, mjd (UTC), ave_ref (null: no object's)."""
        times = self._physical("missing", columns.MISSING, 0, None, None)
        out = np.empty(len(times), [("time_unix", "i8"), ("mjd", "f8"), ("ave_ref", "i8")])
        out["time_unix"], out["mjd"], out["ave_ref"] = times["time_unix"], unix_to_mjd(times["time_unix"]), columns.null("i8")
        if len(out):
            objects = self.averages(names=["nmissing", "off_missing"])
            owners = np.flatnonzero(objects["nmissing"] > 0)
            counts, offsets = objects["nmissing"][owners], objects["off_missing"][owners]
            if (offsets < 0).any() or (offsets + counts > len(out)).any():
                raise ReadError(self.path, f"OFF_MISSING and NMISSING of row {owners[0]} or a later one point beyond {len(out)} rows")
            places = np.repeat(offsets - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
            out["ave_ref"][places] = np.repeat(owners, counts)
        return out

    def _physical(self, kind, layout, start, stop, names):
        table = self._table(kind)
        if table is None:
            return np.empty(0, columns.dtype(layout, names))
        return columns.physical(table, table.read(start, stop), layout, names=names)

    # measurements

    def measurements(self, start=0, stop=None, names=None):
        """Rows [start, stop) of the measurements, a structured array of `measurement_dtype(names)`.

        Positions are absolute (deg); an `image_id` that Images.dat does not have is null. Raises ReadError where an
        AVE_REF is no object.
        """
        table = self._table("measure")
        if table is None:
            return np.empty(0, measurement_dtype(names))
        return self._measurements(table, table.read(start, stop), start, names)

    def chunks(self, rows=_BLOCK, names=None):
        """All measurements in file order as (start, measurements of at most `rows`)."""
        for start in range(0, self.nmeasurements, rows):
            yield start, self.measurements(start, start + rows, names)

    def measurements_of(self, row, names=None):
        """The measurements of the object in a row of the averages: read by its offset where the file is sorted, else
        looked for by AVE_REF. Raises ReadError where they are another's, IndexError where there is no such row."""
        if not 0 <= row < self.nstars:
            raise IndexError(row)
        table = self._table("measure")
        if table is None:
            return np.empty(0, measurement_dtype(names))
        if not self.sorted:
            return self._measurements(table, self._by_reference(table, row), 0, names)
        owner = self.averages(row, row + 1, ["nmeasure", "off_measure"])[0]
        first, count = int(owner["off_measure"]), int(owner["nmeasure"])
        if count and not 0 <= first <= table.rows - count:
            raise ReadError(self.path, _beyond(row, first, count, table.rows))
        raw = table.read(first, first + count) if count else table.read(0, 0)
        if (_references(table, raw) != row).any():
            raise ReadError(table.path, f"rows {first} to {first + count - 1} are not all of object {row} (AVE_REF); {_RESORT}")
        return self._measurements(table, raw, first, names)

    def _by_reference(self, table, row):
        found = [table.read(0, 0)]
        for start in range(0, table.rows, _BLOCK):
            raw = table.read(start, start + _BLOCK)
            found.append(raw[_references(table, raw) == row])
        return np.concatenate(found)

    def _measurements(self, table, raw, start, names):
        out = np.empty(len(raw), measurement_dtype(names))
        wanted = [name for name in out.dtype.names if name in columns.MEASURE]
        columns.physical(table, raw, columns.MEASURE, out, wanted)
        whole = columns.physical(table, raw, columns.MEASURE,
                                 names=["ave_ref", "time_unix", "d_ra", "d_dec", "airmass", "m_time"])  # fmt: skip
        references = self._check_references(table, whole["ave_ref"], start)
        if "mjd" in out.dtype.names:
            out["mjd"] = unix_to_mjd(whole["time_unix"])
            out["mjd"][columns.is_null(whole["time_unix"])] = np.nan
        if "exchanged" in out.dtype.names:
            out["exchanged"] = exchanged(whole)
        if "RA" not in table.dtype.names and len(out):
            self._place(out, whole, references)
        _turn(out)
        if "image_id" in out.dtype.names:
            out["image_id"][~self._database.has_images(out["image_id"])] = columns.null("i8")
        return out

    def _check_references(self, table, references, start):
        wrong = (references < 0) | (references >= self.nstars)
        if wrong.any():
            row = int(wrong.argmax())
            raise ReadError(table.path, f"AVE_REF of row {start + row} is {references[row]}, and there are {self.nstars} objects;"
                            f" {_RESORT}")  # fmt: skip
        return references

    def _place(self, out, offsets, references):
        """Absolute positions: the object's less the offset, in plain RA."""
        first = int(references.min()) if self.sorted else 0
        means = self.averages(first, int(references.max()) + 1, ["ra", "dec"]) if self.sorted else self._positions
        for name in {"ra", "dec"}.intersection(out.dtype.names):
            out[name] = means[name][references - first] - offsets[f"d_{name}"].astype("f8") / 3600

    @cached_property
    def _positions(self):
        return self.averages(names=["ra", "dec"])

    # is it whole?

    def check(self):
        """Look through all that links the region's tables. Raises ReadError where it must be refused.

        That is: a file that is missing, cut off or of another kind; counts that disagree; an object without a position; an
        AVE_REF that is no object; measurements that are not where OFF_MEASURE says (in a sorted file); an unknown photcode.
        """
        for kind in _KINDS:
            self._table(kind)
        self.nsecfilt  # noqa: B018
        self.missing()
        objects = self.averages(names=["ra", "dec", "nmeasure", "off_measure"])
        wrong = ~(np.isfinite(objects["ra"]) & (np.abs(objects["dec"]) <= 90))
        if wrong.any():
            row = int(wrong.argmax())
            raise ReadError(self.path, f"RA {objects['ra'][row]} and DEC {objects['dec'][row]} of row {row} are no position;"
                            " copy the file again from its source")  # fmt: skip
        first, count = objects["off_measure"], objects["nmeasure"]
        table = self._table("measure")
        if self.sorted:
            wrong = (count > 0) & ((first < 0) | (first + count > self.nmeasurements))
            if wrong.any():
                row = int(wrong.argmax())
                raise ReadError(self.path, _beyond(row, first[row], count[row], self.nmeasurements))
        if count.sum() != self.nmeasurements:
            raise ReadError(self.path, f"NMEASURE of all objects is {count.sum()} and NMEAS {self.nmeasurements}; {_RESORT}")
        seen = np.zeros(self.nstars, "i8")
        for start in range(0, self.nmeasurements, _BLOCK):
            rows = columns.physical(table, table.read(start, start + _BLOCK), columns.MEASURE, names=["ave_ref", "photcode"])
            references = self._check_references(table, rows["ave_ref"], start)
            self._check_photcodes(table, rows["photcode"], start)
            places = np.arange(start, start + len(rows))
            if self.sorted:
                wrong = (places < first[references]) | (places >= first[references] + count[references])
                if wrong.any():
                    row = int(wrong.argmax())
                    raise ReadError(table.path, f"row {start + row} is of object {references[row]} (AVE_REF), whose measurements"
                                    f" lie elsewhere (OFF_MEASURE); {_RESORT}")  # fmt: skip
            seen += np.bincount(references, minlength=self.nstars)
        if (seen != count).any():
            row = int((seen != count).argmax())
            raise ReadError(self.path, f"NMEASURE of row {row} is {count[row]}, and it has {seen[row]} measurements; {_RESORT}")

    def _check_photcodes(self, table, codes, start):
        unknown = self._photcodes.find(codes) < 0
        if unknown.any():
            row = int(unknown.argmax())
            raise ReadError(table.path, f"photcode {codes[row]} of row {start + row} is not in Photcodes.dat; add it there")


def _turn(rows):
    """Bring `ra` to 0 to 360, in place."""
    if "ra" in rows.dtype.names:
        with np.errstate(invalid="ignore"):
            rows["ra"] %= 360
        rows["ra"][rows["ra"] == 360] = 0  # what is left of a very small negative number
    return rows


def _references(table, raw):
    return columns.physical(table, raw, columns.MEASURE, names=["ave_ref"])["ave_ref"]


_RESORT = "`addstar -resort` puts it right"


def _beyond(row, first, count, rows):
    return f"OFF_MEASURE {first} and NMEASURE {count} of row {row} point beyond the {rows} measurements; {_RESORT}"
