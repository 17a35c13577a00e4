"""Measurement tables of AstroImageJ: relative fluxes of the target T1, as TSV (`.xls`, `.tbl`) or CSV.

The time is BJD_TDB where the row has one, else JD_UTC, HJD_UTC or `J.D.-2400000` (0 and NaN are none); it is
that of mid-exposure where JD_SOBS, the start, lies half of EXPTIME before. Where the table has the calibrated
magnitude Source_AMag_T1, that is taken, and the flux is a further fact. `columns = { flux = "rel_flux_T2",
time = "JD_UTC" }` asks for others. The columns of comparison stars are left out. Object and band are not in
the table.
"""

import re
from dataclasses import replace

from ..model.batch import ReadError, Stated
from .frames import Frame
from .rows import Rows, fact, number, text, time
from .text_rows import Table, first_line, header

FORMAT = "astroimagej"
VERSION = 1
#: Time columns, the best first.
TIMES = {
    "BJD_TDB": Frame("JD", Stated("TDB", "BARYCENTER")),
    "JD_UTC": Frame("JD", Stated("UTC", "TOPOCENTER")),
    "HJD_UTC": Frame("JD", Stated("UTC", "HELIOCENTER")),
    "J.D.-2400000": Frame("JD-2400000", Stated("UTC", "TOPOCENTER")),
}
_COMPARISON = re.compile(r".*_C\d+")
_FILE_NAME = 128  # characters, as observations.filename
SECOND = 1 / 86400  # d


def recognises(head, path):
    """True for a line of columns with one of the times and something measured of a target."""
    names = header(first_line(head))
    measured = any(re.fullmatch(r"(rel_flux|Source-Sky)_T\d+(_\w+)?", name) for name in names)
    return measured and any(name in TIMES for name in names)


def read(path, options):
    """Yield PointBatch, another one where another time is the best of the row. Raises ReadError."""
    table, wanted, rows = Table(path), None, Rows()
    for line, raw, _ in table.lines():
        if wanted is None:
            wanted = _wanted(path, table.names, options)
        try:
            fields = table.fields(raw)
            clock = _clock(fields, wanted)
            frame = _frame(fields, clock)
        except ValueError as reason:
            rows.reject(line, reason, raw)
            continue
        if (rows.kind, rows.stated) != frame:
            if len(rows):
                yield rows.take()
            rows = Rows(*frame)
        rows.attempt(line, raw, lambda: _point(fields, clock, wanted))
        if rows.full:
            yield rows.take()
    if len(rows):
        yield rows.take()


def _wanted(path, names, options):
    "which columns are used: a dict of time, flux, flux_err, mag, mag_err"
    flux = next((name for name in names if name.startswith("rel_flux_T1_")), "")  # normalised or detrended
    flux = "rel_flux_T1" if "rel_flux_T1" in names or not flux else flux
    wanted = {"flux": flux, "mag": "Source_AMag_T1", **options.columns}
    for name, column in options.columns.items():
        if column not in names:
            raise ReadError(path, f"columns: there is no column {column!r} (for {name})")
    if wanted["flux"] not in names and wanted["mag"] not in names:
        raise ReadError(
            path, f"there is no {wanted['flux']}; name the column, as columns = {{ flux = \"Source-Sky_T1\" }} in"
            f" {path.name}.toml")  # fmt: skip
    if "time" in options.columns and options.columns["time"] not in TIMES:
        raise ReadError(path, f"columns: {options.columns['time']!r} is none of the times {', '.join(TIMES)}")
    wanted.setdefault("flux_err", _error(wanted["flux"]))
    wanted.setdefault("mag_err", wanted["mag"].replace("AMag", "AMag_Err"))
    return wanted


def _error(flux):
    return flux.replace("rel_flux_", "rel_flux_err_").replace("Source-Sky_", "Source_Error_")


def _clock(fields, wanted):
    "the name of the time that the row has"
    for name in [wanted["time"]] if "time" in wanted else TIMES:
        if name in fields and (number(fields[name], name) or 0) > 0:
            return name
    raise ValueError("none of its times is good (0 or NaN)")


def _frame(fields, clock):
    "with `mid` where the start of the exposure is there as well and half of it earlier"
    frame = TIMES[clock]
    names = ("JD_UTC", "JD_SOBS", "EXPTIME")
    middle, start, exposure = (number(fields.get(name), name) for name in names)
    half = (exposure or 0) / 2 * SECOND
    if middle and start and abs(middle - start - half) < 1.5 * SECOND < half:
        return Frame(frame.kind, replace(frame.stated, point="mid"))
    return frame


def _point(fields, clock, wanted):
    names = ("mag", "mag_err", "flux", "flux_err")
    mag, mag_err, flux, flux_err = (number(fields.get(wanted[name]), wanted[name]) for name in names)
    if mag is None and flux is None:
        raise ValueError(f"{wanted['flux']}: nothing was measured")
    exposure = number(fields.get("EXPTIME"), "EXPTIME")
    image = re.split(r"[/\\]", text(fields.get("Label")) or "")[-1].removesuffix(".fz")
    used = {clock, "EXPTIME", "AIRMASS", "Label", wanted["mag"], wanted["mag_err"]}
    used |= {wanted["flux"], wanted["flux_err"]} if mag is None else set()
    facts = {
        name: fact(word) for name, word in fields.items()
        if name not in used and not name.startswith("column ") and not _COMPARISON.fullmatch(name)
    }  # fmt: skip
    facts |= {"Label": text(fields.get("Label")), "airmass": number(fields.get("AIRMASS"), "AIRMASS")}
    if mag is None:
        measured = {"flux": flux, "flux_err": flux_err, "flux_unit": _unit(wanted)}
    else:
        measured = {"mag": mag, "mag_err": mag_err}
    return {
        "time": time(fields[clock], clock), **measured, "exptime": exposure,
        "image": image if 0 < len(image) <= _FILE_NAME else None, "metadata": facts,
    }  # fmt: skip


def _unit(wanted):
    return "" if wanted["flux"].startswith("rel_flux") else "adu"
