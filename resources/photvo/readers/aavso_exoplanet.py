"""Reports of transits to the AAVSO's exoplanet database, as AstroImageJ and EXOTIC write them.

The header says object, band, exposure, observer (the data source unless the options name another) and
DATE_TYPE. Whether DIFF is a relative flux or a differential magnitude is said by MEASUREMENT_TYPE (Rnflux,
Dmag) or by the column's name (DIFF-MAG); where nothing says it, the file is refused. The columns DETREND_n
are kept under the names that DETREND_PARAMETERS gives them.
"""

import re

from ..model.batch import ReadError
from . import aavso_report
from .frames import Frame, frame
from .rows import Rows, fact, lines, number, text, time

FORMAT = "aavso-exoplanet"
VERSION = 1
_FLUX = {"RNFLUX": "flux", "FLUX": "flux", "DMAG": "mag_diff", "DIFFMAG": "mag_diff", "MAG": "mag_diff"}


def recognises(head, path):
    """True for a report with an EXOPLANET_NAME, or of this type."""
    for line in aavso_report.head_lines(head):
        key, value = aavso_report.directive(line) or ("", "")
        typed = key in ("TYPE", "OBSTYPE") and aavso_report.tidy(value).upper() == "EXOPLANET"
        if key == "EXOPLANET_NAME" or typed:
            return True
    return False


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    said, names, rows, kind = {}, None, None, None
    for line, raw in lines(path):
        bare = raw.strip().strip('"')
        found = aavso_report.directive(bare)
        if found:
            if rows is not None:  # another report behind the first
                if len(rows):
                    yield rows.take()
                rows, said = None, {} if found[0] == "TYPE" else said
            said[found[0]] = found[1]
        elif _columns(bare):
            names = _columns(bare)
        elif bare.strip("\t ,;") and not bare.startswith("#"):
            if rows is None:
                if names is None:
                    raise ReadError(path, "no line names its columns, as #DATE,DIFF,ERR", line)
                kind = _brightness(path, said, names, options)
                rows = Rows(*_frame(path, said, options))
                mark = _mark(path, line, said)
            rows.attempt(line, raw, lambda raw=bare: _point(raw, mark, names, kind, said, options))
            if rows.full:
                yield rows.take()
    if rows is not None and len(rows):
        yield rows.take()


def _mark(path, line, said):
    try:
        return aavso_report.delimiter(said.get("DELIM", "")) or ","
    except ValueError as reason:
        raise ReadError(path, f"#DELIM: {reason}", line) from None


def _columns(line):
    "the names in a line of columns in capitals, () for another line"
    words = [word for word in re.split(r"[,;\t ]+", line.lstrip("# ").strip().upper()) if word]
    return words if words[:1] == ["DATE"] and len(words) > 1 and words[1].startswith(("DIFF", "FLUX", "MAG")) else ()


def _brightness(path, said, names, options):
    for kind in ("flux", "mag_diff"):
        if options.columns.get(kind, "").upper() == names[1]:
            return kind
    word = aavso_report.tidy(said.get("MEASUREMENT_TYPE", "")).upper().replace("_", "").replace(" ", "")
    if word in _FLUX:
        return _FLUX[word]
    if "MAG" in names[1]:
        return "mag_diff"
    if "FLUX" in names[1]:
        return "flux"
    raise ReadError(
        path, f"it does not say whether {names[1]} is a flux or a magnitude; add #MEASUREMENT_TYPE=Rnflux or Dmag,"
        f' or write columns = {{ flux = "{names[1]}" }} (or mag_diff) into {path.name}.toml')  # fmt: skip


def _frame(path, said, options):
    word = aavso_report.tidy(said.get("DATE_TYPE", said.get("DATE", "")))
    try:
        return frame(word) if word else Frame()
    except ValueError as reason:
        if options.time:
            return Frame()
        raise ReadError(path, f"#DATE_TYPE: {reason}; mend it or give --time") from None


def _point(raw, mark, names, kind, said, options):
    fields = raw.split() if mark in " \t" else [field.strip() for field in raw.rstrip("\t ").split(mark)]
    while len(fields) > len(names) and not fields[-1]:
        fields.pop()
    # a column of names may stand for a detrending parameter that the rows do not have
    if not 2 <= len(fields) <= len(names):
        raise ValueError(f"{len(fields)} fields where there are {len(names)} columns")
    value = number(fields[1], names[1])
    if value is None:
        raise ValueError(f"{names[1]}: nothing was measured")
    error = number(fields[2], names[2]) if len(fields) > 2 and "ERR" in names[2] else None
    seconds = number(aavso_report.tidy(said.get("EXPOSURE_TIME", "")), "EXPOSURE_TIME")
    return {
        "object_name": text(aavso_report.tidy(said.get("STAR_NAME", ""))),
        "band": text(aavso_report.tidy(said.get("FILTER", ""))),
        "progid": options.source or text(aavso_report.tidy(said.get("OBSCODE", ""))),
        "time": time(fields[0], "DATE"), kind: value, f"{kind}_err": error,
        "flux_unit": "" if kind == "flux" else None,
        "exptime": seconds if seconds and seconds > 0 else None, "metadata": _facts(fields, names, said),
    }  # fmt: skip


def _facts(fields, names, said):
    facts = {name: text(aavso_report.tidy(said.get(name, ""))) for name in ("EXOPLANET_NAME", "BINNING", "OBSCODE")}
    parameters = [word.strip() for word in aavso_report.tidy(said.get("DETREND_PARAMETERS", "")).split(",")]
    for name, word in zip(names[3:], fields[3:]):
        place = re.fullmatch(r"DETREND_(\d{1,3})", name)
        if place and 0 < int(place[1]) <= len(parameters) and parameters[int(place[1]) - 1]:
            name = parameters[int(place[1]) - 1]
        facts["airmass" if name.upper() in ("AIRMASS", "AMASS") else name] = fact(word)
    return facts
