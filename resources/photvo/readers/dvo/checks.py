"""Whether a region is whole: all that links its tables, looked through block by block."""

import numpy as np

from ...model.batch import ReadError
from . import columns, layouts
from .catalogue import KINDS, RESORT

_BLOCK = 200_000  # rows
_ID_LIMIT = 1_000_000_000  # OBJ_ID are below it, that (CAT_ID, OBJ_ID) makes one integer


def object_ids(rows):
    """The identity of objects as one integer, as the Pan-STARRS archive has it: CAT_ID 10^9 + OBJ_ID."""
    return rows["cat_id"] * _ID_LIMIT + rows["obj_id"]


def check(region):
    """Raise ReadError where a Region must be refused.

    That is: a file that is missing, cut off or of another kind; counts that disagree; an object without a
    position or with another's identity; an AVE_REF that is no object; measurements that are not where
    OFF_MEASURE says (in a sorted file); a photcode that Photcodes.dat does not have.
    """
    for kind in KINDS:
        region.table(kind)
    region.nsecfilt  # noqa: B018
    region.missing()
    objects = region.averages(names=["ra", "dec", "nmeasure", "off_measure", "obj_id", "cat_id"])
    _check_objects(region, objects)
    _check_measurements(region, objects["off_measure"], objects["nmeasure"])


def references(region, table, found, start):
    """AVE_REF of rows from `start` on, as they are. Raises ReadError where one is no object."""
    row = _first((found < 0) | (found >= region.nstars))
    if row is not None:
        raise ReadError(
            table.path,
            f"AVE_REF of row {start + row} is {found[row]}, and there are {region.nstars} objects; {RESORT}",
        )
    return found


def beyond(row, first, count, rows):
    """The reason where an object's measurements are said to lie beyond the file."""
    return (
        f"OFF_MEASURE {first} and NMEASURE {count} of row {row} point beyond the {rows} measurements;"
        f" {RESORT}"
    )


def _first(wrong):
    """The first place where `wrong` is true, None where it is nowhere."""
    return int(wrong.argmax()) if wrong.any() else None


def _check_objects(region, objects):
    row = _first(~(np.isfinite(objects["ra"]) & (np.abs(objects["dec"]) <= 90)))
    if row is not None:
        raise ReadError(
            region.path,
            f"RA {objects['ra'][row]} and DEC {objects['dec'][row]} of row {row} are no position;"
            " copy the file again from its source",
        )
    row = _first((objects["obj_id"] < 0) | (objects["obj_id"] >= _ID_LIMIT) | (objects["cat_id"] < 0))
    if row is not None:
        raise ReadError(
            region.path,
            f"row {row} has no identity: CAT_ID {objects['cat_id'][row]}, OBJ_ID {objects['obj_id'][row]}",
        )
    ids = object_ids(objects)
    order = np.argsort(ids, kind="stable")
    row = _first(np.diff(ids[order]) == 0)
    if row is not None:
        raise ReadError(
            region.path,
            f"rows {order[row]} and {order[row + 1]} have the same CAT_ID {objects['cat_id'][order[row]]}"
            f" and OBJ_ID {objects['obj_id'][order[row]]}; `addstar` gives each object its own",
        )


def _check_measurements(region, first, count):
    rows, table = region.nmeasurements, region.table("measure")
    row = _first((count > 0) & ((first < 0) | (first + count > rows))) if region.sorted else None
    if row is not None:
        raise ReadError(region.path, beyond(row, first[row], count[row], rows))
    if count.sum() != rows:
        raise ReadError(region.path, f"NMEASURE of all objects is {count.sum()} and NMEAS {rows}; {RESORT}")
    seen = np.zeros(region.nstars, "i8")
    for start in range(0, rows, _BLOCK):
        block = columns.load(table, layouts.MEASURE, start, start + _BLOCK, ["ave_ref", "photcode"])
        owners = references(region, table, block["ave_ref"], start)
        unknown = _first(region.photcodes.find(block["photcode"]) < 0)
        if unknown is not None:
            raise ReadError(
                table.path,
                f"photcode {block['photcode'][unknown]} of row {start + unknown} is not in Photcodes.dat;"
                " add it there",
            )
        places = np.arange(start, start + len(block))
        elsewhere = (places < first[owners]) | (places >= first[owners] + count[owners])
        row = _first(elsewhere) if region.sorted else None
        if row is not None:
            raise ReadError(
                table.path,
                f"row {start + row} is of object {owners[row]} (AVE_REF), whose measurements lie elsewhere"
                f" (OFF_MEASURE); {RESORT}",
            )
        seen += np.bincount(owners, minlength=region.nstars)
    row = _first(seen != count)
    if row is not None:
        raise ReadError(
            region.path,
            f"NMEASURE of row {row} is {count[row]}, and it has {seen[row]} measurements; {RESORT}",
        )
