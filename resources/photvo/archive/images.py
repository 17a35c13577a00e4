"""Images into the database: observations, their headers as JSON, and where their files are.

An image is told by its file's name. Points that were measured on it and came first find it now.
"""

import json
import math
import os
import re
import time
from datetime import datetime, timedelta, timezone

from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.time import Time

from photvo.model.batch import ReadError

from . import loader, log, summaries
from .files import FILE_ERRORS, readable
from .upsert import upsert

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?")
#: So many images share a transaction.
AT_ONCE = 100
FIRST_YEAR = 1840  # of astronomical photography
WIDTHS = {"filename": 128, "path_to_fits": 512, "mode": 8, "type": 8, "coordequsrc": 16}


def take_files(session, files):
    """Take image files in, a list of (File, reader): all of them in one transaction, or each in its own where the
    database does not take one of them.

    Returns (list of (File, Counts) of those taken, list of (File, reader, ReadError) of those refused).
    """
    try:
        return _transaction(session, files)
    except FILE_ERRORS as error:
        session.known.reload(session.cursor)
        if len(files) == 1:
            return [], [(*files[0], readable(files[0][0], error))]
    done, refused = zip(*(take_files(session, [one]) for one in files))
    return sum(done, []), sum(refused, [])


def _transaction(session, files):
    done, refused, rows = [], [], {}
    with session.transaction() as cursor:
        for file, reader in files:
            started, counts = time.monotonic(), log.Counts()
            try:
                (record,) = reader
                row, counts.warnings = check(session, record, file)
                if record.filename in rows:
                    raise ReadError(file.path, f"{rows[record.filename][1].name} has an image of the same name,"
                                    f" {record.filename}; rename this one or remove it")  # fmt: skip
                file.check_unchanged()
            except (ReadError, OSError) as error:
                refused.append((file, reader, readable(file, error)))
                continue
            file_id, before = log.begin(cursor, session.schema, file, reader)
            if before:  # it may have been a light curve
                loader.remove_points(cursor, session.schema, [file_id])
            rows[record.filename] = record, file, file_id, row
            counts.read = counts.accepted = 1
            log.end(cursor, session.schema, file_id, counts, time.monotonic() - started)
            done.append((file, counts))
        take(session, list(rows.values()))
        summaries.refresh(session)
    return done, refused


def check(session, record, file):
    """The row of `observations` of an ImageRecord in a file (ingest.File), and a list of warnings.

    Raises ReadError for an image that cannot be taken.
    """
    row, warnings = _row(session, record, file)
    there = session.known.image_files.get(record.filename, file.name)
    if there != file.name:
        raise ReadError(
            record.path, f"an image of the name {record.filename} is in the archive already, {there};"
            " rename this one or remove it")  # fmt: skip
    return row, warnings


def take(session, images):
    """Take images in: a list of (ImageRecord, File, id of its log entry, row from `check`)."""
    if not images:
        return
    cursor, schema, known = session.cursor, session.schema, session.known
    upsert(cursor, f"{schema}.observations", "filename", [row for *_, row in images])
    cursor.execute(
        f"SELECT filename, id FROM {schema}.observations WHERE filename = ANY(%s)",
        [[record.filename for record, *_ in images]],
    )
    ids = dict(cursor.fetchall())
    known.images.update(ids)
    known.image_files.update({record.filename: file.name for record, file, *_ in images})
    upsert(cursor, f"{schema}.metadata_obs_json", "observation_id", [
        {"observation_id": ids[record.filename], "data": _json(record.header)} for record, *_ in images])  # fmt: skip
    upsert(cursor, f"{schema}.observation_files", "observation_id", [
        _file_row(session, record, file, ids[record.filename], file_id)
        for record, file, file_id, _ in images if session.accref(file.path)
    ], "observation_id")  # fmt: skip
    link(cursor, schema, list(ids.values()))
    _airmass(cursor, schema, list(ids.values()))


def link(cursor, schema, ids):
    """Points that wait for these images by name get them, unless that made a point of another one's key."""
    cursor.execute(
        f"""WITH linked AS (
          UPDATE {schema}.lightcurves l SET observation_id = b.id, image = NULL
          FROM {schema}.observations b WHERE b.id = ANY(%s) AND l.image = b.filename
            AND NOT EXISTS (SELECT FROM {schema}.lightcurves x
              WHERE (x.object_id, x.photosys_id, x.datasource_id, x.time_given, x.observation_id)
                = (l.object_id, l.photosys_id, l.datasource_id, l.time_given, b.id))
          RETURNING l.object_id, l.photosys_id)
        INSERT INTO touched SELECT DISTINCT object_id, photosys_id FROM linked""",
        [ids],
    )


def _airmass(cursor, schema, ids):
    """The points of these images get the airmass that the headers give, unless their own source gives one."""
    cursor.execute(
        f"""WITH corrected AS (
          UPDATE {schema}.lightcurves l SET airmass = h.airmass
          FROM (SELECT observation_id, {schema}.airmass_among(data) AS airmass FROM {schema}.metadata_obs_json
                WHERE observation_id = ANY(%s)) h
          WHERE l.observation_id = h.observation_id AND h.airmass <> coalesce(l.airmass, 0) AND NOT EXISTS (
            SELECT FROM {schema}.metadata_lc_json m WHERE m.lightcurve_id = l.id AND m.data ?| '{{airmass,AIRMASS}}')
          RETURNING l.object_id, l.photosys_id)
        INSERT INTO touched SELECT DISTINCT object_id, photosys_id FROM corrected""",
        [ids],
    )


def _row(session, record, file):
    "the row of observations, and warnings"
    known, settings = session.known, session.settings.collections.get(session.collection, {}).get("images", {})
    warnings = list(record.warnings)
    band = None
    if record.band is not None:
        band = settings.get("filters", {}).get(record.band, record.band)
        if band not in known.bands:
            raise ReadError(
                record.path, f"FILTER {record.band!r} is not known; add it to [images.filters] in"
                f" etc/{session.collection}.toml, with a band of the table photosys")  # fmt: skip
    keys = {}
    for what, name in (("telescope", record.telescope), ("instrument", record.instrument)):
        table = getattr(known, f"{what}s")
        keys[what] = table.get(settings.get(f"{what}s", {}).get(name, name))
        if name is not None and keys[what] is None:
            warnings.append(f"{what} {name!r} is not in the table {what}s ({what}s.csv); taken without it")
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
        warnings.append(f"not below {session.settings.inputs}, so that it can be found but not fetched; link it there")
    return row, warnings


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


def _file_row(session, record, file, observation_id, file_id):
    corners = ", ".join(f"({ra!r}d, {dec!r}d)" for ra, dec in record.corners or upright(record))
    return {
        "observation_id": observation_id, "file_id": file_id, "accref": session.accref(file.path),
        "mime": "image/fits", "size": file.size, "object_name": record.object_name, "naxis1": record.naxis1,
        "naxis2": record.naxis2, "pixel_scale": record.pixel_scale,
        "footprint": f"{{{corners}}}" if corners else None,
        # not by PostgreSQL, which knows no leap seconds
        "t_min": Time(record.dateobs, scale="utc").mjd,
    }  # fmt: skip


def upright(record):
    """Corners (ra, dec in degrees) of an image without a WCS, as if north were up; none where its field is unknown."""
    if not record.fov_x or not record.fov_y:
        return ()
    centre = SkyCoord(record.ra, record.dec, unit="deg")
    x, y = record.fov_x / 2, record.fov_y / 2
    corners = [centre.directional_offset_by(math.atan2(dx, dy) * u.rad, math.hypot(x, y) * u.rad)
               for dx, dy in ((x, -y), (-x, -y), (-x, y), (x, y))]  # fmt: skip
    return [(float(corner.ra.deg), float(corner.dec.deg)) for corner in corners]


def _json(header):
    # the one character that jsonb does not take
    return json.dumps(header, ensure_ascii=False, allow_nan=False).replace("\\u0000", "")
