"""Conditions of the simple spectral access: POS, SIZE, TIME and FORMAT as the standard has them."""

import calendar
import re

from gavo import base, stc
from gavo.svcs import pql

from photvo.products import votable

DEFAULT_SIZE = 0.1  # deg
#: The words that SSA's FORMAT knows, as media types.
FORMATS = {"votable": votable.MEDIA_TYPE, "compliant": votable.MEDIA_TYPE, "fits": "application/fits", "graphic": "image/png"}


def around(position, size, parameters):
    """SQL for SSA's POS ("ra,dec" in degrees, ICRS) and SIZE, which is a diameter in degrees. None where there is no POS.

    Values go into `parameters`. Raises DaCHS' ValidationError for what is no place.
    """
    parsed = pql.PQLPositionPar.fromLiteral(position, "POS")
    if parsed is None:
        return None
    if position.partition(";")[2].strip().upper() not in ("", "ICRS"):
        raise base.ValidationError(f"POS={position}: positions are compared in ICRS only", "POS")
    size = DEFAULT_SIZE if size is None else size
    if not 0 <= size <= 180:
        raise base.ValidationError(f"SIZE={size}: must be between 0 and 180 degrees", "SIZE")
    for axis, (low, high) in enumerate(((0, 360), (-90, 90))):
        for number in parsed.ranges[axis::2]:
            if not isinstance(number.value, float) or not low <= number.value <= high:
                raise base.ValidationError(f"POS={position}: must be RA,Dec in degrees", "POS")
    return parsed.getConeSQL("ssa_location", parameters, size / 2)


def during(time, parameters):
    """SQL for SSA's TIME: light curves with some part in a range of times (ISO 8601, UTC). None where there is none."""
    parsed = pql.PQLDatePar.fromLiteral(time and ",".join(map(_in_days, time.split(","))), "TIME")
    if parsed is None:
        return None
    for part in parsed.ranges:
        if part.value is part.start is part.stop is None:
            raise base.ValidationError(f"TIME={time}: neither a time nor a range of times", "TIME")
        for end in ("value", "start", "stop"):
            given = getattr(part, end)
            setattr(part, end, given and stc.dateTimeToMJD(given))
    return " OR ".join(part.getSQLForInterval("t_min", "t_max", parameters) for part in parsed.ranges)


def _in_days(time):
    "a time or a range of times whose years and months are ranges of days, as DaCHS wants them"
    low, separator, high = time.partition("/")
    first, last = _day(low, 0), _day(high if separator else low, 1)
    return time if (first, last) == (low, high if separator else low) else f"{first}/{last}"


def _day(text, end):
    "the beginning (0) or the end (1) of a year or a month, any other text as it is"
    found = re.fullmatch(r"\s*(\d{4})(?:-(0[1-9]|1[0-2]))?\s*", text)
    if not found:
        return text
    year, month = int(found[1]), int(found[2] or (1, 12)[end])
    return f"{year:04}-{month:02}-{calendar.monthrange(year, month)[1]}T23:59:59" if end else f"{year:04}-{month:02}-01"


def formats(words, parameters):
    """SQL for SSA's FORMAT: media types and words, separated by commas. None where all will do."""
    words = {word.strip().lower() for word in (words or "").split(",")} - {""}
    if not words or "all" in words:
        return None
    return f"mime IN %({base.getSQLKey('mime', {FORMATS.get(word, word) for word in words}, parameters)})s"
