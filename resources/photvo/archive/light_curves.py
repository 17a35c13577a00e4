"""Light curves into the database: many files in a transaction, each of them all there or not at all.

Rows are read, checked and copied into point_stage, and nothing else is touched meanwhile; what a file that cannot be read
to its end has brought leaves that table again. Then the files that are whole go into the archive at once.
"""

import time
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from photvo.model.batch import PointBatch, ReadError, Reject
from photvo.readers import Reader

from . import checks, loader, log, summaries
from .files import FILE_ERRORS, File, readable

#: So many bytes of files share a transaction, and so many files: what a small file takes is mostly its transaction.
AT_ONCE, FILES_AT_ONCE = 32 << 20, 1000
#: The first load is one transaction, whose points go into tables without indexes; but no more than so many bytes.
FIRST, FIRST_AT_LEAST = 4 << 30, 8 << 20
#: Rows that are checked and copied together, from as many files as that takes.
ROWS = 16_384


@dataclass
class Part:
    """A file of a transaction, and what became of it."""

    file: File
    reader: Reader
    id: int  # of its entry in the log
    before: bool  # it has been taken in before
    counts: log.Counts = field(default_factory=log.Counts)
    staged: int = 0
    seconds: float = 0.0
    error: ReadError | None = None


@dataclass
class Outcome:
    """What became of some files."""

    taken: list = field(default_factory=list)  # Part
    refused: list = field(default_factory=list)  # (File, Reader, ReadError)
    points: int = 0  # that were new
    lost: int = 0  # that were in the files before they changed, and are in none now

    def add(self, other):
        """Add what became of other files."""
        self.taken += other.taken
        self.refused += other.refused
        self.points += other.points
        self.lost += other.lost


def groups(session, files):
    """Yield the files (list of (File, Reader)) that share a transaction. What comes first into an empty archive, all of it,
    is loaded without indexes."""
    limit = AT_ONCE
    if not session.dry_run and sum(file.size for file, _ in files) >= FIRST_AT_LEAST and loader.without_indexes(session):
        limit = FIRST
    group, size = [], 0
    for file, reader in files:
        if group and (size + file.size > limit or (limit == AT_ONCE and len(group) == FILES_AT_ONCE)):
            yield group
            group, size, limit = [], 0, AT_ONCE
        group.append((file, reader))
        size += file.size
    if group:
        yield group


def take_files(session, files, progress):
    """Take light-curve files in, a list of (File, Reader), in one transaction; where the database does not take one of
    them, in as many as it takes to find that. `progress` is told how far that is (progress.Progress).

    Returns an Outcome.
    """
    try:
        return _transaction(session, files, progress)
    except FILE_ERRORS as error:
        if len(files) == 1:
            return Outcome(refused=[(*files[0], readable(files[0][0], error))])
    outcome, half = Outcome(), len(files) // 2
    outcome.add(take_files(session, files[:half], progress))
    outcome.add(take_files(session, files[half:], progress))
    return outcome


def _transaction(session, files, progress):
    schema = session.schema
    with session.transaction() as cursor:
        ids = log.ids(cursor, schema, [file.name for file, _ in files])
        parts = [Part(file, reader, *ids[file.name]) for file, reader in files]
        with loader.Staging(cursor, schema) as staging:
            rows = _Rows(session.known, staging)
            for part in parts:
                _read(part, session.known.filters, rows, progress)
            rows.flush()
        started = time.monotonic()
        whole = [part for part in parts if not part.error]
        loader.drop_staged(cursor, schema, [part.id for part in parts if part.error and part.staged])
        log.write(cursor, schema, whole)
        before = [part.id for part in whole if part.before]
        if before:
            loader.remove_points(cursor, schema, before)
        staged = sum(part.staged for part in whole)
        if staged:
            progress.show(f"{staged:,} rows, into the tables")
            points = loader.take_points(cursor, schema)
            shares = loader.shares(cursor, schema) if points < staged else {part.id: (part.staged, 0) for part in whole}
            loader.empty_stage(cursor, schema, staged)
        else:
            points, shares = 0, {}
        for part in whole:
            counts = part.counts
            counts.accepted, counts.elsewhere = shares.get(part.id, (0, 0))
            counts.repeated = part.staged - counts.accepted
        lost = loader.lost(cursor, schema) if before else 0
        summaries.refresh(session)
        for part in whole:
            part.seconds += (time.monotonic() - started) * (part.staged / staged if staged else 1 / len(whole))
        log.write(cursor, schema, whole, done=True)
    return Outcome(whole, [(part.file, part.reader, part.error) for part in parts if part.error], points, lost)


def _read(part, filters, rows, progress):
    "all batches of a file, or none of them where it cannot be read to its end"
    started = time.monotonic()
    try:
        part.file.checksum  # noqa: B018  it is computed here, while the file can be refused for it
        for batch in replace(part.reader, options=part.reader.options.over(filters)):
            if not isinstance(batch, PointBatch):
                raise TypeError(f"{part.reader.format} yields a {type(batch).__name__}")
            rows.add(part, batch)
            line = len(batch.raw(batch.points["line"][-1].as_py())) + 1 if batch.points.num_rows else 0
            progress.show(f"{part.file.name}: {part.counts.read:,} rows", min(part.counts.read * line, part.file.size))
        part.file.check_unchanged()
    except (ReadError, OSError) as error:
        rows.forget(part)
        part.error = readable(part.file, error)
    part.seconds = time.monotonic() - started
    progress.step(part.file)


class _Rows:
    "batches of several files on their way through the checks, so many rows at a time"

    def __init__(self, known, staging):
        self.known, self.staging = known, staging
        self.waiting, self.rows, self.frame = [], 0, None

    def add(self, part, batch):
        "batches whose times are of one kind wait for each other"
        if self.frame != (batch.kind, batch.stated):
            self.flush()
            self.frame = batch.kind, batch.stated
        self.waiting.append((part, batch))
        self.rows += batch.points.num_rows + len(batch.rejects)
        part.counts.read += batch.points.num_rows + len(batch.rejects) + batch.gaps
        part.counts.gaps += batch.gaps
        part.counts.reject(batch.rejects)
        if self.rows >= ROWS:
            self.flush()

    def forget(self, part):
        "what waits of a file that is not taken"
        self.waiting = [item for item in self.waiting if item[0] is not part]
        self.rows = sum(batch.points.num_rows + len(batch.rejects) for _, batch in self.waiting)

    def flush(self):
        "what waits, through the checks and into the staging table"
        waiting, self.waiting, self.rows = self.waiting, [], 0
        if not waiting:
            return
        table = pa.concat_tables([batch.points for _, batch in waiting])
        origin = np.repeat(np.arange(len(waiting)), [batch.points.num_rows for _, batch in waiting])
        accepted, reasons = checks.points(table, self.known, *self.frame)
        for i, reason in sorted(reasons.items()):
            part, batch = waiting[origin[i]]
            line = table["line"][i].as_py()
            part.counts.reject([Reject(line, reason, batch.raw(line))])
        origin = np.delete(origin, list(reasons))
        imageless = accepted["image"].is_valid().to_numpy()
        numbers = np.bincount(origin, minlength=len(waiting)), np.bincount(origin[imageless], minlength=len(waiting))
        for (part, _), staged, missing in zip(waiting, *(number.tolist() for number in numbers)):
            part.staged += staged
            part.counts.missing += missing
        self.staging.add(accepted, np.array([part.id for part, _ in waiting], "i4")[origin])
        self.staging.reject(pa.concat_tables([log.rejects(part.id, part.counts) for part, _ in waiting]))
