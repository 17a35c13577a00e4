"""Light curves straight from the files of an attached DVO: what products.series.points gives, without a row in the database."""

import threading

import numpy as np

from photvo.archive.dvo import exposures, points, tables
from photvo.products import series
from photvo.readers import dvo
from photvo.settings import PhotvoError

_WHERE = """
SELECT a.region_id, a.ave_row, a.ra, a.dec, d.id, l.checksum
FROM dvo_db.datasources d CROSS JOIN dvo_db.averages a
JOIN dvo_db.skytable s ON s.index = a.region_id
JOIN dvo_db.ingest_log l ON l.path = s.name AND l.format = 'dvo-attached'
WHERE a.object_id = %s"""
#: Regions whose headers are kept.
REGIONS = 1000


class Attached:
    """The files of the instance's DVO, as products.series.ATTACHED has them. Several threads may ask at once."""

    def __init__(self, settings):
        self._folder, self._lock = settings.inputs / "dvo", threading.Lock()
        self._database, self._bands, self._photcodes = None, None, None
        self._regions = {}  # index → Region

    def any(self, cursor):
        """True where light curves of this database are in files."""
        cursor.execute("SELECT EXISTS (SELECT FROM dvo_db.ingest_log WHERE format = 'dvo-attached')")
        return cursor.fetchone()[0]

    def points(self, cursor, object_id):
        """All points of an object, rows of products.series.POINT in order of band and time; None where they are in the database.

        Raises PhotvoError where the files are not those any more that were ingested.
        """
        cursor.execute(_WHERE, [object_id])
        found = cursor.fetchone()
        if found is None:
            return None
        index, row, ra, dec, source, checksum = found
        with self._lock:
            region, photcodes, bands = self._open(index, *checksum.split()[:2])
        rows = region.measurements_of(row, points.NEEDED)
        n = len(rows)
        derived = points.derive(rows, region.seconds_of(rows), exposures.find(cursor, rows), np.full(n, ra), np.full(n, dec),
                                photcodes, bands)  # fmt: skip
        return points.point_rows(object_id, rows, derived, source)

    def _open(self, index, signature, photcodes):
        region = self._regions.get(index)
        if region and photcodes == self._photcodes and region.signature() == signature:
            return region, self._database.photcodes, self._bands
        if self._database is None or photcodes != self._photcodes:
            self._regions.clear()
            self._database, self._photcodes = dvo.Database(self._folder), tables.photcodes_checksum(self._folder)
            self._bands = points.bands(self._database.photcodes)
        region = self._database.region(index)
        if (self._photcodes, region.signature()) != (photcodes, signature):
            raise PhotvoError(f"{region.path}: the region or Photcodes.dat has changed since; `make ingest` takes it in again")
        if len(self._regions) >= REGIONS:
            self._regions.clear()
        self._regions[index] = region
        return region, self._database.photcodes, self._bands


def attach(settings):
    """Have the light curves of an attached DVO read from its files, in this process."""
    series.ATTACHED["dvo"] = Attached(settings)
