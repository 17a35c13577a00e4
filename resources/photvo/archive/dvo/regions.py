"""The table `ingest_log` of dvo_db: what became of each region."""

from photvo.model.batch import ReadError

_BEGIN = """
INSERT INTO dvo_db.ingest_log (path, checksum, size, mtime, format, reader_version, status)
VALUES (%(path)s, %(checksum)s, %(size)s, %(mtime)s, %(format)s, %(version)s, 'complete')
ON CONFLICT (path) DO UPDATE SET checksum = EXCLUDED.checksum, size = EXCLUDED.size, mtime = EXCLUDED.mtime,
  format = EXCLUDED.format, reader_version = EXCLUDED.reader_version, status = 'complete', reason = NULL, taken = now()"""
_END = """
UPDATE dvo_db.ingest_log SET rows_read = %s, rows_accepted = %s, images_missing = %s, images = %s, seconds = %s WHERE path = %s"""
_REFUSED = """
INSERT INTO dvo_db.ingest_log (path, checksum, size, mtime, format, reader_version, status, reason)
VALUES (%(path)s, %(checksum)s, %(size)s, %(mtime)s, %(format)s, %(version)s, 'refused', %(reason)s)
ON CONFLICT (path) DO UPDATE SET checksum = EXCLUDED.checksum, size = EXCLUDED.size, mtime = EXCLUDED.mtime,
  status = 'refused', reason = EXCLUDED.reason, taken = now()"""

#: Version of what is derived of a region: a new number, and all regions are taken again.
VERSION = 1


class RegionFiles:
    """The files of a region as the log has them: its name, a checksum of all that its rows depend on, size and age."""

    def __init__(self, region, depends, attached):
        """`depends` is a text that says what else the rows depend on."""
        self.region, self.path, self.name, self._depends = region, region.path, region.name, depends
        self.format = "dvo-attached" if attached else "dvo-loaded"
        self.size = self.mtime = 0
        self.checksum = self._checksum()

    def _checksum(self):
        try:
            states = [path.stat() for path in self.region.files.values() if path.exists()]
            self.size, self.mtime = sum(s.st_size for s in states), max(s.st_mtime_ns for s in states)
            return f"{self.region.signature()} {self._depends}"
        except ReadError as error:
            return f"{error.reason} {self._depends}"  # its header is broken, which is told when it is read

    def check_unchanged(self):
        """Raise ReadError where the files were written to since they were looked at."""
        if self._checksum() != self.checksum:
            raise ReadError(self.path, "the region changed while it was read; ingest it again when it is complete")

    def _facts(self, **more):
        return {"path": self.name, "checksum": self.checksum, "size": self.size, "mtime": self.mtime, "format": self.format,
                "version": VERSION, **more}  # fmt: skip

    def begin(self, cursor):
        """Make its entry, in the transaction of its rows."""
        cursor.execute(_BEGIN, self._facts())

    def end(self, cursor, counts, images, seconds):
        """Complete it. `images` tells the state of Images.dat."""
        cursor.execute(_END, [counts.read, counts.accepted, counts.missing, images, seconds, self.name])

    def refuse(self, cursor, reason):
        """The entry of a region that was not taken. What an earlier state of it brought stays."""
        cursor.execute(_REFUSED, self._facts(reason=reason.replace("\0", "\\0")))


def entries(cursor):
    """The log as a dict: region → (checksum, status, measurements without an image, state of Images.dat then)."""
    cursor.execute("SELECT path, checksum, status, images_missing, images FROM dvo_db.ingest_log")
    return {row[0]: row[1:] for row in cursor}
