"""Images into the database: observations, their headers as JSON, and where their files are.

An image is told by its file's name. Points that were measured on it and came first find it now.
"""

from dataclasses import dataclass, field
from functools import partial

from photvo.model.batch import ReadError
from photvo.readers import Reader

from . import image_reading, image_rows, loader, log, summaries
from .files import FILE_ERRORS, File, readable
from .upsert import insert, upsert

#: So many images share a transaction.
AT_ONCE = 100

_FILES = """
SELECT b.filename, l.path FROM {s}.observations b
JOIN {s}.observation_files f ON f.observation_id = b.id JOIN {s}.ingest_log l ON l.id = f.file_id WHERE b.filename = ANY(%s)"""


@dataclass
class Part:
    """An image file of a transaction, what was read of it, and what becomes of it."""

    file: File
    reader: Reader
    image: image_reading.Image
    counts: log.Counts = field(default_factory=log.Counts)
    row: dict | None = None  # of the table observations
    id: int | None = None  # of its entry in the log
    before: bool = False  # it has been taken in before

    @property
    def seconds(self):
        """What reading it took."""
        return self.image.seconds


def take_files(session, parts):
    """Take image files in, a list of Part: all of them in one transaction, or in as many as it takes to find the one that
    the database does not take.

    Returns (list of Part of those taken, list of (Part, ReadError) of those refused).
    """
    try:
        return _transaction(session, parts)
    except FILE_ERRORS as error:
        session.known.reload(session.cursor)
        if len(parts) == 1:
            return [], [(parts[0], readable(parts[0].file, error))]
    half = len(parts) // 2
    done, refused = zip(*(take_files(session, some) for some in (parts[:half], parts[half:])))
    return sum(done, []), sum(refused, [])


def _transaction(session, parts):
    done, refused = {}, []
    with session.transaction() as cursor:
        names = [part.image.record.filename for part in parts if not part.image.error]
        cursor.execute(_FILES.format(s=session.schema), [names])
        there = dict(cursor.fetchall())
        for part in parts:
            try:
                _check(session, part, there, done)
            except ReadError as error:
                refused.append((part, error))
            else:
                done[part.image.record.filename] = part
        taken = list(done.values())
        if taken:
            ids = log.ids(cursor, session.schema, [part.file.name for part in taken])
            for part in taken:
                part.id, part.before = ids[part.file.name]
            again = [part.id for part in taken if part.before]
            if again:  # they may have been light curves
                loader.remove_points(cursor, session.schema, again)
            log.add(cursor, session.schema, taken)
            _take(session, taken)
            summaries.refresh(session)
    return taken, refused


def _check(session, part, there, others):
    "the row of an image; raises ReadError where it cannot be taken, beside those of files `there` (name → path) and others (name → Part)"
    file, record = part.file, part.image.record
    if part.image.error:
        raise part.image.error
    part.counts = log.Counts()
    part.row, part.counts.warnings = image_rows.observation(session, record, file)
    part.counts.read = part.counts.accepted = 1
    if there.get(record.filename, file.name) != file.name:
        raise ReadError(
            record.path, f"an image of the name {record.filename} is in the archive already, {there[record.filename]};"
            " rename this one or remove it")  # fmt: skip
    if record.filename in others:
        raise ReadError(file.path, f"{others[record.filename].file.name} has an image of the same name,"
                        f" {record.filename}; rename this one or remove it")  # fmt: skip


def _take(session, parts):
    cursor, schema, known = session.cursor, session.schema, session.known
    new = [part for part in parts if part.image.record.filename not in known.images]
    old = [part for part in parts if part.image.record.filename in known.images]
    cursor.execute(f"SELECT nextval('{schema}.observations_id_seq') FROM generate_series(1, %s)", [len(new)])
    for part, (key,) in zip(new, cursor.fetchall()):
        part.row["id"] = key
    for part in old:
        part.row["id"] = known.images[part.image.record.filename]
    change, change_of = partial(upsert, key="id"), partial(upsert, key="observation_id", identity="observation_id")
    for some, put, put_of in ((new, insert, insert), (old, change, change_of)):
        put(cursor, f"{schema}.observations", rows=[part.row for part in some])
        put_of(cursor, f"{schema}.metadata_obs_json", rows=[
            {"observation_id": part.row["id"], "data": part.image.header} for part in some])  # fmt: skip
        put_of(cursor, f"{schema}.observation_files", rows=image_rows.files(session, some))
    known.images.update({part.row["filename"]: part.row["id"] for part in new})
    ids = [part.row["id"] for part in parts]
    if link(cursor, schema, ids) or old:
        _airmass(cursor, schema, ids)


def link(cursor, schema, ids):
    """Points that wait for these images by name get them, unless that made a point of another one's key.

    Returns whether there were any.
    """
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
    return cursor.rowcount > 0


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
