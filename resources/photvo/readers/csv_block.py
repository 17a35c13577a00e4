"""Lines of comma-separated values → an Arrow table, and the lines that are none with the reason why.

The good path is pyarrow's parser on the whole block. Only where that fails are the lines it failed on
looked at one by one.
"""

import csv
import io
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from ..model.batch import Reject

#: How a missing number is written. The parser lets infinity and other spellings of NaN through.
MISSING = ["", "nan", "NaN", "NAN", "None", "none", "NULL", "Null", "null", "--", "N/A", "n/a"]
_MISSING = {text.lower() for text in MISSING}
#: What else stands for a missing value in tables of other people.
OTHER_MISSING = ("na", "-", "---", "?", "—", "–", "''", '""', "indef")
_DECIMAL_COMMA = re.compile(r"[<>]?[+-]?\d+,\d+")
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_GOOD_NUMBER = re.compile(rf"{_NUMBER}|[+-]?inf(inity)?", re.I)
_GOOD_PATTERN = f"^(?i:{_NUMBER}|[+-]?inf(?:inity)?|{'|'.join(map(re.escape, sorted(_MISSING)))})$"


class _Misaligned(Exception):
    """The parser made fewer rows than there are lines: a quote that is not closed swallowed some."""


def fields(line):
    """The fields of one line (bytes) as text without blanks around it. Raises ValueError with the reason."""
    if b"\0" in line:
        raise ValueError("a NUL byte in the line")
    try:
        return [field.strip() for field in next(csv.reader([line.decode()], strict=True))]
    except csv.Error as error:
        reason = "a quote that is not closed" if "unexpected end" in str(error) else str(error)
        raise ValueError(reason) from None


def _mend(line, names, numeric):
    """One line in the form the parser takes. Raises ValueError with the reason where it is no row."""
    values = fields(line)
    if len(values) != len(names):
        raise ValueError(_count_reason(len(values), len(names)))
    for i, (name, value) in enumerate(zip(names, values)):
        if name in numeric:
            if value.lower() in _MISSING:
                values[i] = ""
            elif not _GOOD_NUMBER.fullmatch(value):
                raise ValueError(no_number(name, value))
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(values)
    return out.getvalue().encode()


def no_number(name, word, what="a number"):
    """Why a word is refused where a number should be."""
    return f"{name}: {word!r} is not {what}" + ("; write it with a decimal point" if _DECIMAL_COMMA.fullmatch(word) else "")


def _count_reason(found, expected):
    return f"{found} fields where the header has {expected}"


def _arrow(lines, names, numeric):
    """(table, index of each row's line, {index: reason} of the lines with a wrong number of fields)."""
    data = b"\n".join(lines) + b"\n"
    bad = {}

    def skip(row):
        bad[row.number - 1] = _count_reason(row.actual_columns, row.expected_columns)
        return "skip"

    table = pv.read_csv(
        pa.BufferReader(data),
        read_options=pv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1),
        parse_options=pv.ParseOptions(invalid_row_handler=skip),
        convert_options=pv.ConvertOptions(
            column_types={name: pa.float64() if name in numeric else pa.string() for name in names},
            null_values=MISSING,
            strings_can_be_null=False,
        ),
    )
    if table.num_rows + len(bad) != len(lines) or b"\0" in data:
        raise _Misaligned
    return table, np.delete(np.arange(len(lines)), list(bad)), bad


def _suspects(lines, names, numeric):
    """Indices of the lines to look at one by one: a quote too many, or no number in a number's place."""
    torn = [i for i, line in enumerate(lines) if line.count(b'"') % 2 or b"\0" in line]
    whole = np.delete(np.arange(len(lines)), torn)
    if not len(whole):
        return torn
    try:
        table, index, _ = _arrow([lines[i] for i in whole], names, ())
    except (pa.ArrowInvalid, _Misaligned):
        return range(len(lines))
    good = np.ones(table.num_rows, bool)
    for name in numeric:
        good &= pc.match_substring_regex(table[name], _GOOD_PATTERN).to_numpy()
    return [*torn, *whole[index[~good]].tolist()]


def parse(lines, numbers, names, numeric):
    """(table, line number of each row, rejects) of a block of lines.

    `lines` (list of bytes) and their `numbers` (int array) as `source.text_blocks` gives them; `names` are
    the columns in the file's order, those in `numeric` become float64 (missing is null; NaN and infinity may
    occur), all others string (as written, not trimmed).
    """
    reasons = {}
    lines = list(lines)
    try:
        table, index, wrong = _arrow(lines, names, numeric)
    except (pa.ArrowInvalid, _Misaligned):
        mended = list(lines)
        for i in _suspects(lines, names, numeric):
            try:
                mended[i] = _mend(lines[i], names, numeric)
            except ValueError as reason:
                reasons[int(i)] = str(reason)
        kept = [i for i in range(len(lines)) if i not in reasons]
        if not kept:
            table = pa.table({n: pa.array([], pa.float64() if n in numeric else pa.string()) for n in names})
            index, wrong = np.array([], int), {}
        else:
            table, index, wrong = _arrow([mended[i] for i in kept], names, numeric)
            index = np.array(kept)[index]
            wrong = {kept[i]: reason for i, reason in wrong.items()}
    reasons.update(wrong)
    rejects = [Reject(int(numbers[i]), reasons[i], lines[i].decode()) for i in sorted(reasons)]
    return table, numbers[index], rejects
