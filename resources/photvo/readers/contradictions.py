"""Rows that cannot both be kept: a data source has one point of a star and band at a time."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def one_at_a_time(points):
    """(points, {line: reason}) without those that say another thing of the same star, band and time than a row before.

    A data source has one point at a time; what is said twice alike is left to the archive, which counts it.
    """
    time = points["time"].combine_chunks()
    time = pc.if_else(pc.match_substring(time, "."), pc.utf8_rtrim(pc.utf8_rtrim(time, "0"), "."), time)
    words = [pc.fill_null(points[name].combine_chunks(), "") for name in ("object_name", "band", "progid")]
    codes = pc.binary_join_element_wise(*words, time, "\0").dictionary_encode().indices.to_numpy()
    _, first, back = np.unique(codes, return_index=True, return_inverse=True)
    if len(first) == len(codes):
        return points, {}
    before = first[back]
    other = np.zeros(len(codes), bool)
    for name in ("mag", "mag_diff", "flux", "upper_limit"):
        values = points[name].cast(pa.float64()).to_numpy()
        other |= ~((values == values[before]) | (np.isnan(values) & np.isnan(values[before])))
    lines = points["line"].to_numpy()
    reasons = {
        int(lines[i]): f"it says another thing of the same time than line {lines[before[i]]}; a data source has one point of a star and"
        " band at a time"
        for i in np.flatnonzero(other)
    }  # fmt: skip
    return points.filter(pa.array(~other)), reasons
