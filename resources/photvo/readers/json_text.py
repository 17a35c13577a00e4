"""JSON objects as text from Arrow columns, a whole batch at a time."""

import json

import pyarrow as pa
import pyarrow.compute as pc


def distinct(column, function):
    """`function` of a string array, computed on its distinct values only: most columns repeat a few words."""
    encoded = column.dictionary_encode()
    return function(encoded.dictionary).take(encoded.indices)


def _quoted(words):
    if pc.any(pc.match_substring_regex(words, r'["\\[:cntrl:]]')).as_py():
        return texts(words.to_pylist())
    return pc.binary_join_element_wise('"', words, '"', "")


def strings(column):
    """A string array as JSON strings; null is `null`."""
    return pc.fill_null(distinct(column, _quoted), "null")


def floats(column):
    """A float64 array (finite or null) as JSON numbers that read back as floats: 30.0, not 30."""
    text = pc.cast(column, pa.string())
    whole = pc.equal(pc.round(column), column)
    plain = pc.and_(whole, pc.less(pc.abs(column), 1e6))  # written without point or exponent
    return pc.fill_null(pc.if_else(plain, pc.binary_join_element_wise(text, ".0", ""), text), "null")


def integers(column):
    """An int64 array as JSON numbers."""
    return pc.fill_null(pc.cast(column, pa.string()), "null")


def objects(members, optional=()):
    """One JSON object a row. `members` and `optional` are pairs (key, array of JSON texts).

    A null in `optional` leaves the key out.
    """
    pieces = []
    for i, (key, column) in enumerate(members):
        pieces += [f"{', ' if i else '{'}{json.dumps(key)}: ", column]
    for key, column in optional:
        pieces.append(pc.fill_null(pc.binary_join_element_wise(f", {json.dumps(key)}: ", column, ""), ""))
    return pc.binary_join_element_wise(*pieces, "}", "")


def texts(values):
    """A Python list of values as an array of JSON texts."""
    return pa.array([json.dumps(value, ensure_ascii=False) for value in values], pa.string())
