"""One region of the sky: its objects, their measurements, mean magnitudes and non-detections."""

from functools import cached_property

import numpy as np

from ...model.batch import ReadError
from . import checks, columns, layouts
from .catalogue import RESORT, Catalogue
from .photometry import exchanged
from .times import unix_to_mjd

_ADDED = [("mjd", "f8"), ("exchanged", "?"), ("image_missing", "?")]
_BLOCK = 200_000  # rows read at a time where all are looked through


def measurement_dtype(names=None):
    """The dtype of a measurement with all columns, or those named; ours are the last."""
    fields = [(name, *column.dtype) for name, column in layouts.MEASURE.items()] + _ADDED
    return np.dtype(fields if names is None else [field for field in fields if field[0] in names])


class Region(Catalogue):
    """A region that owns a catalogue, in arrays of physical units."""

    def averages(self, start=0, stop=None, names=None):
        """Rows [start, stop) of the objects with the columns `names` of layouts.AVERAGE."""
        rows = self._physical("average", layouts.AVERAGE, start, stop, names)
        if "ra" in rows.dtype.names:
            _turn(rows["ra"])
        return rows

    def secfilt(self, start=0, stop=None):
        """Mean magnitudes of the objects [start, stop): a row an object and slot, with `ave_ref`, the
        object's row, and `photcode`, the code of the slot's secondary photcode, beside the columns of
        layouts.SECFILT."""
        slots = self.nsecfilt
        start, stop, _ = slice(start, stop).indices(self.nstars)
        table = self.table("secfilt")
        raw = table.read(start * slots, stop * slots) if table and slots else np.empty(0, "V1")
        out = np.empty(
            len(raw), columns.dtype(layouts.SECFILT).descr + [("ave_ref", "i8"), ("photcode", "i4")]
        )
        if len(raw):
            columns.physical(table, raw, layouts.SECFILT, out)
            out["ave_ref"] = np.repeat(np.arange(start, stop), slots)
            out["photcode"] = np.tile(self.photcodes.seconds["code"][:slots], stop - start)
        return out

    def seconds_of(self, measurements):
        """Mean magnitudes of each measurement's object by slot: (n, number of SEC photcodes), in mag."""
        references = measurements["ave_ref"]
        out = np.full((len(references), len(self.photcodes.seconds)), np.nan, "f4")
        if len(references) and self.nsecfilt:
            first, last = int(references.min()), int(references.max()) + 1
            means = self._means(first, last) if last - first < _BLOCK else self._all_means[first:last]
            out[:, : self.nsecfilt] = means[references - first]
        return out

    def _means(self, first, last):
        """The mean magnitudes of objects [first, last), (n, slots)."""
        slots = self.nsecfilt
        found = self._physical("secfilt", layouts.SECFILT, first * slots, last * slots, ["mag"])
        return found["mag"].reshape(-1, slots)

    def missing(self):
        """Exposures that missed an object: time_unix, mjd (UTC), ave_ref (null where no object has it)."""
        times = self._physical("missing", layouts.MISSING, 0, None, None)
        out = np.empty(len(times), [("time_unix", "i8"), ("mjd", "f8"), ("ave_ref", "i8")])
        out["time_unix"], out["mjd"] = times["time_unix"], unix_to_mjd(times["time_unix"])
        out["ave_ref"] = columns.null("i8")
        if len(out):
            objects = self.averages(names=["nmissing", "off_missing"])
            owners = np.flatnonzero(objects["nmissing"] > 0)
            counts, offsets = objects["nmissing"][owners], objects["off_missing"][owners]
            if (offsets < 0).any() or (offsets + counts > len(out)).any():
                raise ReadError(
                    self.path,
                    f"OFF_MISSING and NMISSING of row {owners[0]} or later ones point beyond {len(out)} rows",
                )
            places = np.repeat(offsets - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
            out["ave_ref"][places] = np.repeat(owners, counts)
        return out

    def _physical(self, kind, layout, start, stop, names):
        table = self.table(kind)
        if table is None:
            return np.empty(0, columns.dtype(layout, names))
        return columns.load(table, layout, start, stop, names)

    # measurements

    def measurements(self, start=0, stop=None, names=None):
        """Rows [start, stop) of the measurements, a structured array of `measurement_dtype(names)`.

        Positions are absolute (deg), `mjd` is in UTC. An `image_id` that Images.dat does not have is null,
        and `image_missing` true. Raises ReadError where an AVE_REF is no object.
        """
        table = self.table("measure")
        if table is None:
            return np.empty(0, measurement_dtype(names))
        return self._measurements(table, table.read(start, stop), start, names)

    def measurement_columns(self, start=0, stop=None, names=None):
        """The same as a dict of arrays, each in memory of its own: what is computed of many rows goes twice as fast."""
        table, kinds = self.table("measure"), measurement_dtype(names)
        raw = table.read(start, stop) if table else np.empty(0, "V1")
        out = {name: np.empty(len(raw), kinds[name]) for name in kinds.names}
        if table:
            self._fill(table, raw, start, out)
        return out

    def chunks(self, rows=_BLOCK, names=None):
        """All measurements in file order as (start, measurements of at most `rows`)."""
        for start in range(0, self.nmeasurements, rows):
            yield start, self.measurements(start, start + rows, names)

    def measurements_of(self, row, names=None):
        """The measurements of the object in a row of the averages: read by its offset where the file is
        sorted, else looked for by AVE_REF. Raises ReadError where they are another's, IndexError where
        there is no such row."""
        if not 0 <= row < self.nstars:
            raise IndexError(row)
        table = self.table("measure")
        if table is None:
            return np.empty(0, measurement_dtype(names))
        if not self.sorted:
            return self._measurements(table, self._by_reference(table, row), 0, names)
        owner = self.averages(row, row + 1, ["nmeasure", "off_measure"])[0]
        first, count = int(owner["off_measure"]), int(owner["nmeasure"])
        if count and not 0 <= first <= table.rows - count:
            raise ReadError(self.path, checks.beyond(row, first, count, table.rows))
        raw = table.read(first, first + count) if count else table.read(0, 0)
        if (_references(table, raw) != row).any():
            raise ReadError(
                table.path,
                f"rows {first} to {first + count - 1} are not all of object {row} (AVE_REF); {RESORT}",
            )
        return self._measurements(table, raw, first, names)

    def _by_reference(self, table, row):
        found = [table.read(0, 0)]
        for start in range(0, table.rows, _BLOCK):
            raw = table.read(start, start + _BLOCK)
            found.append(raw[_references(table, raw) == row])
        return np.concatenate(found)

    def _measurements(self, table, raw, start, names):
        out = np.empty(len(raw), measurement_dtype(names))
        self._fill(table, raw, start, {name: out[name] for name in out.dtype.names})
        return out

    def _fill(self, table, raw, start, out):
        """Raw rows from `start` on into `out`, a dict of arrays."""
        wanted = [name for name in out if name in layouts.MEASURE]
        columns.physical(table, raw, layouts.MEASURE, out, wanted)
        base = ["ave_ref", "time_unix", "d_ra", "d_dec", "airmass", "m_time", "image_id"]
        whole = out if set(base) <= set(wanted) else columns.physical(table, raw, layouts.MEASURE, names=base)
        references = checks.references(self, table, whole["ave_ref"], start)
        if "mjd" in out:
            out["mjd"][:] = unix_to_mjd(whole["time_unix"])
            out["mjd"][columns.is_null(whole["time_unix"])] = np.nan
        if "exchanged" in out:
            out["exchanged"][:] = exchanged(whole)
        if "RA" not in table.dtype.names and len(raw):
            self._place(out, whole, references)
        if "ra" in out:
            _turn(out["ra"])
        known = self.database.has_images(whole["image_id"])
        if "image_missing" in out:
            out["image_missing"][:] = ~known & (whole["image_id"] > 0)
        if "image_id" in out:
            out["image_id"][~known] = columns.null("i8")

    def _place(self, out, offsets, references):
        """Absolute positions: the object's less the offset, in plain RA."""
        first, last = int(references.min()), int(references.max()) + 1
        few = last - first < _BLOCK
        means = self.averages(first, last, ["ra", "dec"]) if few else self._positions[first:last]
        for name in {"ra", "dec"}.intersection(out):
            out[name][:] = means[name][references - first] - offsets[f"d_{name}"].astype("f8") / 3600

    # of all objects: for a large region that is not sorted, where each chunk would have them read again

    @cached_property
    def _positions(self):
        return self.averages(names=["ra", "dec"])

    @cached_property
    def _all_means(self):
        return self._means(0, self.nstars)

    def check(self):
        """Raise ReadError where the region must be refused: see checks.py."""
        checks.check(self)


def _turn(ra):
    """Bring right ascensions to 0 to 360, in place."""
    ra[(ra < 0) | (ra >= 360)] %= 360
    ra[ra == 360] = 0  # what is left of a very small negative number


def _references(table, raw):
    return columns.physical(table, raw, layouts.MEASURE, names=["ave_ref"])["ave_ref"]
