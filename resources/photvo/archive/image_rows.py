"""What the tables have of an image: its row of `observations`, and that of `observation_files`."""

import os
import re
import warnings
from datetime import datetime, timedelta, timezone

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.time import Time

from photvo.model.batch import ReadError

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?")
FIRST_YEAR = 1840  # of astronomical photography
WIDTHS = {"filename": 128, "path_to_fits": 512, "mode": 8, "type": 8, "coordequsrc": 16}


def observation(session, record, file):
    """The row of the table observations of an ImageRecord in a File, and a list of warnings.

    Raises ReadError for an image that cannot be taken.
    """
    known, settings = session.known, session.settings.collections.get(session.collection, {}).get("images", {})
    notes = list(record.warnings)
    band = None
    if record.band is not None:
        band = settings.get("filters", {}).get(record.band, record.band)
        if band not in known.bands:
            meant = f" is {band} in etc/{session.collection}.toml, and that" if band != record.band else ""
            raise ReadError(
                record.path, f"FILTER {record.band!r}{meant} is not in the table photosys: add it to photosys.csv, or to"
                f" [images.filters] in etc/{session.collection}.toml with a band that is")  # fmt: skip
    keys = {}
    for what, name in (("telescope", record.telescope), ("instrument", record.instrument)):
        table = getattr(known, f"{what}s")
        keys[what] = table.get(settings.get(f"{what}s", {}).get(name, name))
        if name is not None and keys[what] is None:
            notes.append(f"{what} {name!r} is not in the table {what}s ({what}s.csv); taken without it")
    fov = None if record.fov_x is None or record.fov_y is None else f"({record.fov_x!r},{record.fov_y!r})"
    row = {
        "dateobs": _date(record), "accumtime": record.exptime, "telescope_id": keys["telescope"],
        "instrument_id": keys["instrument"], "fov": fov, "mode": record.mode, "band": band,
        "coordequ": f"({record.ra!r}d, {record.dec!r}d)", "coordequsrc": record.coordequsrc, "type": record.type,
        "filename": record.filename, "path_to_fits": os.path.dirname(session.accref(file.path) or str(file.path)),
    }  # fmt: skip
    for column, width in WIDTHS.items():
        if len(row[column] or "") > width:
            raise ReadError(record.path, f"{column} {row[column][:80]!r} has more than {width} characters")
    if record.exptime is not None and not 0 <= record.exptime < 1e8:
        raise ReadError(record.path, f"an exposure of {record.exptime:g} s cannot be")
    if not session.accref(file.path):
        notes.append(f"not below {session.settings.inputs}, so that it can be found but not fetched; link it there")
    return row, notes


def _date(record):
    if not _DATE.fullmatch(record.dateobs):
        raise ReadError(record.path, f"the date of observation {record.dateobs!r} is no ISO 8601 date and time")
    try:
        # second 60 is PostgreSQL's to read
        date = datetime.fromisoformat(record.dateobs[:17] + "00").replace(tzinfo=timezone.utc)
    except ValueError as error:
        raise ReadError(record.path, f"the date of observation {record.dateobs!r} cannot be: {error}") from None
    if date.year < FIRST_YEAR or date > datetime.now(timezone.utc) + timedelta(days=1):
        raise ReadError(record.path, f"the date of observation {record.dateobs} is not between {FIRST_YEAR} and today")
    return record.dateobs.rstrip("Z") + "Z"


def files(session, parts):
    """The rows of the table observation_files, of those images (images.Part) that can be fetched."""
    served = [part for part in parts if session.accref(part.file.path)]
    records = [part.image.record for part in served]
    # not by PostgreSQL, which knows no leap seconds
    with warnings.catch_warnings():
        # ERFA calls a year dubious in which there was no UTC, or whose leap seconds are not known yet
        warnings.simplefilter("ignore")
        t_min = Time([record.dateobs for record in records], scale="utc").mjd if records else ()
    rows = []
    for part, record, start, corners in zip(served, records, t_min, _corners(records)):
        corners = ", ".join(f"({ra!r}d, {dec!r}d)" for ra, dec in corners)
        rows.append({
            "observation_id": part.row["id"], "file_id": part.id, "accref": session.accref(part.file.path),
            "mime": "image/fits", "size": part.file.size, "object_name": record.object_name, "naxis1": record.naxis1,
            "naxis2": record.naxis2, "pixel_scale": record.pixel_scale,
            "footprint": f"{{{corners}}}" if corners else None, "t_min": float(start),
        })  # fmt: skip
    return rows


def _corners(records):
    """Corners (ra, dec in degrees) of images; of those without a WCS as if north were up, none where the field is unknown."""
    corners = [list(record.corners) for record in records]
    upright = [i for i, record in enumerate(records) if not record.corners and record.fov_x and record.fov_y]
    if upright:
        ra, dec, x, y = np.array([(r.ra, r.dec, r.fov_x / 2, r.fov_y / 2) for r in (records[i] for i in upright)]).T
        east, north = x[:, None] * (1, -1, -1, 1), y[:, None] * (-1, -1, 1, 1)
        found = SkyCoord(ra[:, None], dec[:, None], unit="deg").directional_offset_by(
            np.arctan2(east, north) * u.rad, np.hypot(east, north) * u.rad)  # fmt: skip
        for i, ras, decs in zip(upright, found.ra.deg.tolist(), found.dec.deg.tolist()):
            corners[i] = list(zip(ras, decs))
    return corners
