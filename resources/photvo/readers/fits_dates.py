"""When an exposure began and how long it took, from the cards in which small telescopes say so.

Every function takes a fits.Header. Times are UTC unless the header says otherwise (TIMESYS, an offset).
"""

import re
from datetime import date, datetime, timedelta

from astropy.time import Time, TimeDelta

from ..model.time import MJD, SCALES
from . import frames
from .fits_file import comment, value

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d{4})/(\d\d)/(\d\d)|(\d{4})(\d\d)(\d\d)", re.A)
_OLD_DATE = re.compile(r"(\d\d?)/(\d\d?)/(\d{4}|\d\d)", re.A)  # day first
_TIME = re.compile(r"(\d\d?):(\d\d?)(?::(\d\d?(?:\.\d*)?))?(Z|[+-]\d\d:?\d\d)?", re.A)
_EXPOSURES = ("EXPTIME", "EXPOSURE", "EXP", "ITIME", "OTIME")
_TIME_CARDS = ("TIME-OBS", "UT", "UTC", "UT-OBS", "UTSTART", "UTC-OBS")
#: Two-digit years from here on are of the 1900s, below of the 2000s: DSS plates begin in 1949.
_CENTURY = 40
FIRST_YEAR, LAST_YEAR = 1840, 2199


def _date(text):
    """A datetime.date from any of the forms; raises ValueError."""
    if found := _DATE.fullmatch(text):
        year, month, day = (int(part) for part in found.groups() if part)
    elif found := _OLD_DATE.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
        if year < 100:
            year += 1900 if year >= _CENTURY else 2000
    else:
        raise ValueError("it is no date")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError("there is no photograph of that year")
    return date(year, month, day)


def _time(text):
    """(hour, minute, seconds as text, offset in minutes) of a time of day; raises ValueError."""
    found = _TIME.fullmatch(text)
    if not found:
        raise ValueError("it is no time of day")
    hour, minute, second, zone = int(found[1]), int(found[2]), found[3] or "00", found[4]
    leap = hour == 23 and minute == 59
    if hour > 23 or minute > 59 or float(second) >= (61 if leap else 60):
        raise ValueError("there is no such time of day")
    offset = 0
    if zone and zone != "Z":
        offset = int(zone[1:3]) * 60 + int(zone[-2:])
        offset = -offset if zone[0] == "-" else offset
        if abs(offset) > 15 * 60:
            raise ValueError(f"there is no such offset from UTC as {zone}")
    whole, _, fraction = second.partition(".")
    return hour, minute, f"{int(whole):02d}" + (f".{fraction}" if fraction else ""), offset


def _iso(day, time):
    """ISO 8601 in UTC of a date and what `_time` returned, the digits of the seconds as they are."""
    hour, minute, second, offset = time
    if offset:
        moved = datetime(day.year, day.month, day.day, hour, minute) - timedelta(minutes=offset)
        day, hour, minute = moved.date(), moved.hour, moved.minute
    return f"{day.isoformat()}T{hour:02d}:{minute:02d}:{second}"


def _time_card(header, day):
    """(card, time) of the card with the time of day; (None, None) where there is none. Raises ValueError."""
    for name in _TIME_CARDS:
        text = value(header, name)
        if not isinstance(text, str):
            continue
        try:
            its_day, separator, its_time = text.partition("T")
            if separator and _date(its_day) != day:
                raise ValueError("its date is another one than that of DATE-OBS")
            return name, _time(its_time if separator else text)
        except ValueError as reason:
            raise ValueError(f"{name} {text!r}: {reason}") from None
    return None, None


def _date_card(header):
    """(card, its text) with the date of the observation. Raises ValueError where there is none."""
    for name in ("DATE-OBS", "DATE-BEG", "DATE_OBS"):
        text = value(header, name)
        if text is not None:
            return name, str(text)
    # MaxIm and the Kolonica archive: `DATE` is the day of the exposure in the old form, with `UT` beside it
    if _OLD_DATE.fullmatch(str(value(header, "DATE", ""))) and value(header, "UT") is not None:
        return "DATE", str(value(header, "DATE"))
    for name, offset in (("MJD-OBS", MJD), ("JD-OBS", 0.0)):
        number = value(header, name)
        if isinstance(number, float) and not number.is_integer():
            return name, Time(number, offset, format="jd", scale="utc", precision=3).isot
    raise ValueError("no date: the header has none of DATE-OBS, DATE-BEG, MJD-OBS, JD-OBS")


def start(header, exptime):
    """(ISO 8601 start of the exposure in UTC, list of warnings).

    `exptime` (s, or None) turns a time that its comment calls the middle of the exposure into the start.
    Raises ValueError with the card and the reason where there is no date or an impossible one.
    """
    notes = []
    name, text = _date_card(header)
    day_text, separator, time_text = text.replace(" ", "T", 1).partition("T")
    time_name = name
    try:
        day = _date(day_text)
        time = _time(time_text) if separator else None
    except ValueError as reason:
        raise ValueError(f"{name} {text!r}: {reason}") from None
    if time is None:
        time_name, time = _time_card(header, day)
        if time is None:
            notes.append(f"{name} {text!r} has no time of day; 0h is stored")
            time = 0, 0, "00", 0
    iso = _iso(day, time)
    said = str(value(header, "TIMESYS", "UTC"))
    scale = frames.scale(said)
    if scale not in (*SCALES, "TCG"):
        raise ValueError(f"TIMESYS {said!r}: a time scale that is not known")
    middle = re.search(r"\bmid|\bmean epoch", comment(header, time_name or name), re.I)
    if scale != "UTC" or (middle and exptime):
        moment = Time(iso, scale=scale.lower(), precision=6)
        if middle and exptime:
            moment -= TimeDelta(exptime / 2, format="sec")
            notes.append(f"{time_name or name} is the middle of the exposure; half of it was taken off")
        iso = moment.utc.isot
    if re.search(r"created", comment(header, name), re.I):
        notes.append(f"{name} may be the time at which the file was made: {comment(header, name)!r}")
    return iso, notes


def _seconds(header, name):
    """An exposure card in seconds, by the unit that its comment names; None where it has no number."""
    try:
        number = float(value(header, name))
    except (TypeError, ValueError):
        return None
    if not 0 <= number < float("inf"):
        return None
    unit = comment(header, name).lower()
    if re.search(r"\bmin(ute)?s?\b", unit):
        return number * 60
    if re.search(r"\b(ms|msec|milli-?sec\w*)\b", unit):
        return number / 1000
    return number


def exposure(header):
    """(exposure time in seconds or None, list of warnings); of a stack, the sum of its frames."""
    found = {
        name: seconds
        for name in _EXPOSURES
        if (seconds := _seconds(header, name)) is not None
    }
    if not found:
        given = {name: text for name in _EXPOSURES if (text := value(header, name)) is not None}
        said = ", ".join(f"{name} is {text!r}" for name, text in given.items())
        return None, [f"no exposure time: {said or 'the header has none of EXPTIME, EXPOSURE'}"]
    name, seconds = next(iter(found.items()))
    notes = [
        f"{name} is {seconds:g} s and {other} {there:g} s; {name} is taken"
        for other, there in found.items()
        if abs(there - seconds) > 0.01 * max(there, seconds)
    ]
    total, frames = _seconds(header, "TOTALEXP"), value(header, "STACKCNT")
    if isinstance(frames, int) and frames > 1 and total is None:
        total = seconds * frames
    if total is not None and total > seconds:
        notes.append(f"a stack: {name} is {seconds:g} s, all of its frames together {total:g} s")
        seconds = total
    return seconds, notes
