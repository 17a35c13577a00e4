"""The words with which files of observers' programs say what their times are."""

import re
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from ..model.batch import Stated
from ..model.time import REFPOSITIONS


class Frame(NamedTuple):
    """What the numbers of a time column count from (PointBatch.kind), and what is stated of them."""

    kind: str = "JD"
    stated: Stated = Stated()


_PLACES = {"": "TOPOCENTER", "H": "HELIOCENTER", "B": "BARYCENTER"}
_WORDS = re.compile(
    r"(?P<place>[HB]?)(?P<m>M?)JD(?:[\s_(-]*(?P<first>UTC|TDB|TT|TAI|TCB)\)?)?(?:\s*[-–]\s*(?P<offset>[\d,]{4,10}(?:\.\d{1,9})?))?"
    r"(?:[\s_(-]*(?P<scale>UTC|TDB|TT|TAI|TCB)\)?)?"
)
#: Programs' own names. What MuniWin calls geocentric is the clock at the telescope, not reduced to anywhere.
_NAMES = {
    "JDHEL": "HJD", "HELJD": "HJD", "JD_HELIO": "HJD", "HELIOCENTRIC": "HJD", "GEOCENTRIC": "JD", "JDGEO": "JD",
    "BARYCENTRIC": "BJD", "BTJD": "BJD-2457000_TDB", "BKJD": "BJD-2454833_TDB",
}  # fmt: skip


def frame(word):
    """The Frame that a word says: JD, HJD, BJD, MJD, also with a scale or an offset (BJD_TDB, HJD-2450000).

    Where a format lets one choose between these, JD is the time at the telescope. Raises ValueError for another word.
    """
    said = word.strip().upper()
    found = _WORDS.fullmatch(_NAMES.get(said, said))
    if not found or (found["m"] and found["offset"]):
        raise ValueError(f"{word[:60]!r} is no kind of time; there are JD, HJD, BJD and MJD")
    kind = "MJD" if found["m"] else f"JD-{found['offset'].replace(',', '')}" if found["offset"] else "JD"
    return Frame(kind, Stated(found["first"] or found["scale"], _PLACES[found["place"]]))


#: What the FITS standard and the VO call a scale → its usual name.
_SCALES = {"UT": "UTC", "GMT": "UTC", "TDT": "TT", "ET": "TT", "IAT": "TAI", "LOCAL": None, "UNKNOWN": None, "": None}


def scale(word):
    """A time scale by its name, None where it is said to be unknown. One that is none of `time.SCALES` stays as it is."""
    bare = re.sub(r"\(.*", "", word or "").strip().upper()
    return _SCALES.get(bare, bare)


def place(word):
    """A reference position by the three letters that count in FITS, None where it is not told; others stay as they are."""
    bare = (word or "").strip().upper()
    known = next((name for name in REFPOSITIONS if bare[:3] == name[:3]), bare)
    return None if bare[:3] in ("", "UNK", "REL", "CUS") else known


#: The day 0 of spreadsheets, 1899-12-30, as a Julian date.
EXCEL = Frame("JD-2415018.5", Stated(refposition="TOPOCENTER"))
_EXCEL = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}),?\s+(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?\s*(?:([ap])\.?m\.?)?", re.I | re.A
)


def excel(text):
    """A time as a spreadsheet shows it (month/day/year hour:minute:second am) as its number of days, in text.

    Numbers stay as they are. Raises ValueError where there is no such time.
    """
    found = _EXCEL.fullmatch(text.strip())
    if not found:
        return text
    month, day, year, hour, minute = map(int, found.group(1, 2, 3, 4, 5))
    if found[8]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{text!r} is no time of day")
        hour = hour % 12 + (12 if found[8].lower() == "p" else 0)
    try:
        since = datetime(year, month, day, hour, minute, int(found[6] or 0)) - datetime(1899, 12, 30)
    except ValueError as reason:
        raise ValueError(f"{text!r} is no date: {reason}") from None
    seconds = since.seconds + Decimal(found[7] or 0)
    return str(since.days + round(seconds / 86400, 11))
