"""Light curves in FITS binary tables: Kepler, K2, TESS, lightkurve's, photvo's own, and others that follow
the FITS time standard.

Every BINTABLE with a time and a flux or magnitude is a light curve. What its times count from is, in this
order: BJDREFI + BJDREFF (Kepler, TESS), MJDREF[I|F], JDREF[I|F], DATEREF (with TIMEOFFS and TIMEZERO), the column's unit (`BJD - 2454833`, and
lightkurve's `bkjd` and `btjd`, which are that and `BJD - 2457000`), its name (MJD, HJD). Scale: TCTYPn,
TIMESYS; place: TRPOSn, TREFPOS, TIMEREF = SOLARSYSTEM; TIMEPIXR = 0.5 or lightkurve's units say that times
are mid-exposure. Sources: FITS standard 4.0 section 9; Kepler Archive Manual, TESS data products.

Of several fluxes PDCSAP_FLUX is taken, then FLUX, then SAP_FLUX; the others are in the metadata, and `columns
= { flux = "SAP_FLUX" }` takes another. Cadences without time or flux are gaps, not rejects. QUALITY (or
SAP_QUALITY) is `quality`, as it is in the metadata too; a code above 255 gets the bit 128 as well, since only
the low byte of it is among a point's flags. The exposure is INT_TIME * NUM_FRM (s) of Kepler and TESS. The
passband is BAND, else the name of the spacecraft, Kepler or TESS. The lines of the rows are their numbers,
over all tables.
"""

import io
import re
import warnings
from dataclasses import replace

import pyarrow as pa
from astropy.io import fits
from astropy.time import Time

from ..model import time
from ..model.batch import ReadError, Stated
from . import gaia, source
from .arrays import arrow, days
from .cells import Cells, Field
from .clocks import named_frame
from .described import batches
from .fits_file import value
from .frames import Frame, place, scale

FORMAT = "fits-series"
VERSION = 1
LIMIT = 1 << 30  # bytes: a file of light curves is read as a whole
FLUXES = (("PDCSAP_FLUX", "PDCSAP_FLUX_ERR"), ("FLUX", "FLUX_ERR"), ("SAP_FLUX", "SAP_FLUX_ERR"))
QUALITIES = ("QUALITY", "SAP_QUALITY")
#: Columns by which a table is taken for a light curve (K2SFF, TASOC, CDIPS, SuperWASP …), whichever of them is wanted.
_CLOCK = re.compile(rb"TIME|OBS_TIME|T|TMID(_\w+)?|G_TRANSIT_TIME")
_BRIGHT = re.compile(rb"(\w+_)?(FLUX|MAG)(_\w+)?|(TAM)?FLUX\d?|FCOR|FRAW|I(RM|FL|TF|EP)\d")


def recognises(head, path):
    """True where a table with a time and a brightness follows a primary HDU without an image, or Gaia's arrays."""
    if not re.match(rb"SIMPLE *=", head) or re.search(rb"NAXIS   = +[1-9]", head[:2880]):
        return False
    extension = head.find(b"XTENSION= 'BINTABLE'")
    names = [
        name.strip().upper() for name in re.findall(rb"TTYPE\d+ *= *'([^']*)'", head[max(extension, 0) :])
    ]
    clock = any(_CLOCK.fullmatch(name) or named_frame(name.decode("latin-1")) for name in names)
    bright = any(_BRIGHT.fullmatch(name) for name in names)
    return extension > 0 and clock and bright


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    series, refusal = 0, None
    for rows in tables(path):
        try:
            for batch in batches(rows, path, _preferring(options, rows)):
                yield batch
                series += 1
        except ReadError as error:
            refusal = refusal or error
    if not series:
        raise refusal or ReadError(path, "no table in it has rows")


def tables(path):
    """Yield the Cells of each binary table, their rows counted over all of them. Raises ReadError."""
    with source.unpacked(path) as stream:
        content = stream.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise ReadError(path, f"a FITS table of more than {LIMIT >> 30} GB; split it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with fits.open(io.BytesIO(content), memmap=False, character_as_bytes=True) as hdus:
                found = [(hdu.columns.names, *_cells(hdu, hdus[0].header)) for hdu in hdus if isinstance(hdu, fits.BinTableHDU)]
    except MemoryError:
        raise
    except Exception as error:  # astropy raises many kinds on a file that is none
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ReadError(path, f"the FITS table is damaged: {reason}; copy it again from its source") from None
    number = 1
    for names, columns, fields, facts in found:
        gaia.refuse_raw(names, path)
        n = len(next(iter(columns.values()), ()))
        if n:
            yield Cells(pa.table(columns), range(number, number + n), fields, facts)
            number += n


def _cells(hdu, primary):
    "(columns, their Fields, facts) of a table"
    header, columns, fields = hdu.header, {}, {}
    exposure = _exposure(header)
    for number, column in enumerate(hdu.columns, 1):
        name = (column.name or f"column {number}").strip()
        values = arrow(hdu.data[column.name] if column.name else hdu.data.field(number - 1))
        if values is None or name in columns:
            continue
        if column.null is not None and pa.types.is_integer(values.type):
            values = pa.array(
                [None if value == column.null else value for value in values.to_pylist()], pa.int64()
            )
        columns[name] = values
        clock = _frame(header, number, column)
        unit = str(column.unit or (value(header, "TIMEUNIT", "") if clock else "")).strip()
        fields[name] = Field(
            unit, str(value(header, f"TUCD{number}", "")), frame=clock,
            single="E" in str(column.format).upper(),
        )  # fmt: skip
    if exposure and columns and "EXPTIME" not in map(str.upper, columns):
        columns["EXPTIME"] = pa.array([exposure] * len(hdu.data))
        fields["EXPTIME"] = Field("s")
    both = [header, primary]
    facts = {
        "object": next((str(word) for h in both if (word := value(h, "OBJECT"))), None),
        "band": next((str(word) for h in both if (word := value(h, "BAND"))), None) or _spacecraft(both),
    }
    return columns, fields, {key: word for key, word in facts.items() if word}


def _spacecraft(headers):
    telescopes = {str(value(header, "TELESCOP", "")).upper() for header in headers}
    return "Kepler" if "KEPLER" in telescopes else "TESS" if "TESS" in telescopes else None


def _exposure(header):
    "s of a cadence, as Kepler and TESS say it"
    frame, number = value(header, "INT_TIME"), value(header, "NUM_FRM")
    good = all(
        isinstance(x, (int, float)) and not isinstance(x, bool) and 0 < x < 1e6 for x in (frame, number)
    )
    return frame * number if good else None


def _frame(header, number, column):
    "the Frame of a column that is a time, None of one that is not"
    unit = str(column.unit or "").strip()
    name = (column.name or "").strip()
    by_name, by_unit, mission = named_frame(name), named_frame(unit), unit.lower() in ("bkjd", "btjd")
    if not (by_name or by_unit or name.lower() in ("time", "obs_time", "obs_time_utc")):
        return None
    by_words = by_unit or by_name or Frame(None)
    kind = by_unit.kind if mission else _reference(header) or by_words.kind
    clock = scale(str(value(header, f"TCTYP{number}", "") or value(header, "TIMESYS", "")))
    where = place(str(value(header, f"TRPOS{number}", "") or value(header, "TREFPOS", "")))
    if not where and (str(value(header, "TIMEREF", "")).upper() == "SOLARSYSTEM"):
        where = "BARYCENTER"
    said = (by_unit if mission else by_name or by_words).stated
    return Frame(kind, Stated(
        said.scale if mission else clock or said.scale,
        said.refposition if mission else where or said.refposition,
        "mid" if mission or value(header, "TIMEPIXR") == 0.5 else None,
    ))  # fmt: skip


def _reference(header):
    "what times count from by the reference cards, None where there are none"
    for card, origin in (("BJDREF", 0.0), ("MJDREF", time.MJD), ("JDREF", 0.0)):
        whole, part = (value(header, card + "I"), value(header, card + "F", 0.0))
        if whole is None:
            whole, part = value(header, card), 0.0
        if (
            isinstance(whole, (int, float))
            and isinstance(part, (int, float))
            and 0 <= whole + part + origin < 1e7
        ):
            return _kind(whole + part + origin + _offset(header))
    try:
        return _kind(Time(value(header, "DATEREF")).jd + _offset(header))
    except (TypeError, ValueError):
        return None


def _offset(header):
    "days that are to be added to all times"
    cards = [value(header, card) for card in ("TIMEOFFS", "TIMEZERO")]
    added = sum(card for card in cards if isinstance(card, (int, float)) and abs(card) < 1e9)
    return added * (days(value(header, "TIMEUNIT", "")) or 0.0)


def _kind(zero):
    if not 0 <= zero < 1e7:
        return None
    return {0.0: "JD", time.MJD: "MJD"}.get(zero, f"JD-{zero:.9f}".rstrip("0").rstrip("."))


def _preferring(options, rows):
    "the options, with the flux and the quality that are taken where the options name none"
    columns = {}
    for flux, error in FLUXES:
        if flux in rows and "mag" not in rows:
            columns = {"flux": flux, **({"flux_err": error} if error in rows else {})}
            break
    for quality in QUALITIES:
        if quality in rows:
            columns["quality"] = quality
            break
    if "flux" in options.columns and "flux_err" not in options.columns:
        columns.pop("flux_err", None)
        if f"{options.columns['flux']}_ERR" in rows:
            columns["flux_err"] = f"{options.columns['flux']}_ERR"
    return replace(options, columns={**columns, **options.columns})
