"""What an ingestion did, told in plain lines."""

from dataclasses import dataclass, field

from photvo.settings import say

from .log import KINDS, Alike

SHOWN = 50  # reasons, refused files, notes
NAMES = 10  # that a reason has in the place of the first one's


@dataclass
class Summary:
    """The outcome of an ingestion. `status`: 0 all done; 2 done, with rejects; 1 not done."""

    dry_run: bool = False
    files: dict = field(default_factory=dict)  # name → log.Counts, of files that were taken
    refused: dict = field(default_factory=dict)  # name → reason
    unchanged: int = 0
    deleted: int = 0  # of the unchanged ones: files that were deleted from the archive
    returned: dict = field(default_factory=dict)  # name → rows of it that were deleted before the file changed
    stopped: str | None = None  # why the ingestion did not come to its end

    @property
    def status(self):
        """The exit status."""
        if self.stopped:
            return 1
        return 2 if self.refused or any(counts.rejected for counts in self.files.values()) else 0

    def say(self, text):
        """A line while it goes on."""
        say(text)

    def take(self, name, counts):
        """Note a file that was taken."""
        self.files[name] = counts

    def say_taken(self, name, seconds):
        """What came of a file that was taken."""
        counts = self.files[name]
        parts = [f"{counts.accepted:,} of {counts.read:,} rows taken"]
        parts += [f"{counts.repeated:,} there already"] if counts.repeated else []
        parts += [f"{counts.rejected:,} rejected"] if counts.rejected else []
        parts += [f"{counts.gaps:,} without a measurement"] if counts.gaps else []
        say(f"{name}: {', '.join(parts)} ({seconds:.1f} s)")

    def refuse(self, name, reason):
        """Note a file that was not taken."""
        self.refused[name] = reason

    def total(self, what):
        """The sum over the files of read, accepted, repeated, rejected, missing (images)."""
        return sum(getattr(counts, what) for counts in self.files.values())

    def reasons(self):
        """Rejected rows grouped by what is wrong: list of (number, first as "file, line: reason"), most first. Where the
        others name other things, these are named after it."""
        groups = {}
        for name, counts in self.files.items():
            for kind, alike in counts.reasons.items():
                groups.setdefault(kind, (name, Alike(alike.first)))[1].add(alike.number, alike.named)
        return sorted(((alike.number, _like(name, alike)) for name, alike in groups.values()), reverse=True)

    def lines(self):
        """The summary, line by line."""
        yield (f"{len(self.files):,} files taken, {self.unchanged:,} unchanged, {len(self.refused):,} not taken;"
               f" rows: {self.total('accepted'):,} taken, {self.total('repeated'):,} there already,"
               f" {self.total('rejected'):,} rejected")  # fmt: skip
        for number, first in self.reasons()[:SHOWN]:
            yield f"  {number:,} rejected like {first}"
        for name, reason in list(self.refused.items())[:SHOWN]:
            yield f"  not taken: {name}: {reason}"
        if len(self.refused) > SHOWN:
            yield f"  and {len(self.refused) - SHOWN:,} files more; `photvo rejects list` names them all"
        if missing := self.total("missing"):
            yield f"  {missing:,} points are of images that are not in the archive; they are linked when the images come"
        if self.deleted:
            yield f"  {self.deleted:,} of the unchanged were deleted from the archive; name them to `photvo ingest` to take them again"
        for name, number in self.returned.items():
            yield f"  note: {name}: {number:,} rows of it had been deleted; the file has changed and is taken as it is now"
        warnings = [f"{name}: {text}" for name, counts in self.files.items() for text in counts.warnings]
        yield from (f"  note: {text}" for text in warnings[:SHOWN])
        if len(warnings) > SHOWN:
            yield f"  and {len(warnings) - SHOWN:,} notes more"
        if self.dry_run:
            yield "  a dry run: nothing of this was kept"
        if self.stopped:
            yield self.stopped

    def print(self):
        """Say it."""
        for line in self.lines():
            say(line)


def _like(name, alike):
    "the first of some rows that are rejected for the same reason, in the file of this name, and what else they name"
    first, others = alike.first, list(alike.named)[1:]
    least = " at least" if len(alike.named) == KINDS else ""
    more = f" and{least} {len(others) - NAMES:,} more" if len(others) > NAMES else ""
    return f"{name}, line {first.line}: {first.reason}" + (f" (also {', '.join(others[:NAMES])}{more})" if others else "")
