"""From what a format made of its columns to a PointBatch."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.batch import PointBatch, Reject, points_table
from .contradictions import one_at_a_time


def batch(rows, frame, made, used=(), among=None):
    """The PointBatch of what a format made of its columns (`made`, as for points_table).

    A row without time, or without anything measured, is a gap of the series: it is counted and left out.
    `among` (boolean array): only these rows.
    """
    made = {"object_name": rows.facts.get("object"), "band": rows.facts.get("band"), **made}
    made = {name: rows.constant(value) if isinstance(value, str) else value for name, value in made.items()}
    made = {name: value for name, value in made.items() if value is not None}
    if "flux" in made and "mag" in made:  # a flux is kept as such where there is no magnitude
        spare = pc.or_(pc.is_valid(made["mag"]), pc.is_valid(made.get("mag_diff", pa.nulls(len(rows)))))
        for name in ("flux", "flux_err"):
            made[name] = pc.if_else(spare, None, made[name]) if name in made else None
    if made.get("flux") is not None:
        made["flux_unit"] = pc.if_else(
            pc.is_valid(made["flux"]), made.get("flux_unit", rows.constant("")), None
        )
    made = {name: value for name, value in made.items() if value is not None}
    measured = [np.asarray(pc.is_valid(made[name])) for name in ("mag", "mag_diff", "flux") if name in made]
    there = np.asarray(pc.is_valid(made["time"])) & np.logical_or.reduce(measured)
    good = ~np.isin(rows.numbers, list(rows.reasons))
    if among is not None:
        good &= np.asarray(among)
    made.setdefault("metadata", rows.metadata(used))
    points = points_table({"line": pa.array(rows.numbers), **made}).filter(pa.array(there & good))
    points, contradictions = one_at_a_time(points)
    reasons = {**rows.reasons, **contradictions}
    rejects = rows.rejects + [Reject(line, reason, rows.raw(line)) for line, reason in reasons.items()]
    rejects.sort(key=lambda reject: reject.line)
    return PointBatch(points, rejects, rows.raw, frame.kind, frame.stated, int((good & ~there).sum()))


def folded(flags):
    """A survey's bit flags (int64) as `quality`: bits above the eighth raise the eighth too, since only the
    low byte of a quality code is part of a point's `flags`.
    """
    flags = pc.bit_wise_and(flags, 2**31 - 1)
    high = pc.greater(flags, 255)
    return pc.if_else(high, pc.bit_wise_or(flags, 128), flags).cast(pa.int32())
