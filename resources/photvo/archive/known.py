"""What the archive holds already: by these look-ups names in a file become keys of the tables."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from astropy.coordinates import EarthLocation

from photvo.model.time import Epochs, TimeFrame
from photvo.readers.options import Options

_PREFIX = re.compile(r"^(v?\*+|name)\s+")
_BLANKS = re.compile(r"[\s_]+")


def name_key(name):
    """The form in which two spellings of a star's name are the same; as the SQL function name_key."""
    return _BLANKS.sub("", _PREFIX.sub("", name.lower()))


class Lookup(dict):
    """A dict from names or numbers to ids that looks whole Arrow columns up."""

    def find(self, column):
        """The ids of the entries of an Arrow array, a nullable int64 array."""
        keys = pa.array(list(self), column.type)
        return pa.array(list(self.values()), pa.int64()).take(pc.index_in(column, value_set=keys))


class Source:
    """A data source: its id, what its times are, and where its telescope stands (None: not known)."""

    def __init__(self, key, frame, site):
        self.id, self.frame, self.site = key, frame, site
        self._epochs = {}

    def derive(self, kind, stated, time, exptime, ra, dec):
        """See `photvo.model.time.derive`; `stated` are the words with which the file says what its times are, or None."""
        if (kind, stated) not in self._epochs:
            self._epochs[kind, stated] = Epochs(self.frame.stated(stated), kind, self.site)
        return self._epochs[kind, stated].derive(time, exptime, ra, dec)

    def frame_given(self, kind, stated):
        """What the times are, in words: lightcurves.time_frame."""
        return f"{kind} {self.frame.stated(stated)}"


class Known:
    """Look-up tables of one database. Whoever writes to these tables calls `reload`."""

    def __init__(self, cursor, schema):
        self.schema = schema
        self.reload(cursor)

    def reload(self, cursor):
        """Read all of them."""
        self.reload_reference(cursor)
        self.reload_objects(cursor)
        self.reload_images(cursor)

    def _rows(self, cursor, query):
        cursor.execute(query.format(s=self.schema))
        return cursor.fetchall()

    def reload_reference(self, cursor):
        """Bands, data sources, telescopes, instruments, observatories."""
        self.bands = Lookup(self._rows(cursor, "SELECT band, id FROM {s}.photosys"))
        # a file may name the passband by its identifier, as VOTables do; one that two systems have is no band's
        self.filters = Options(bands=dict(self._rows(cursor, _FILTERS)))
        self.telescopes = dict(self._rows(cursor, "SELECT name, id FROM {s}.telescopes"))
        self.instruments = dict(self._rows(cursor, "SELECT name, id FROM {s}.instruments"))
        self.sources = {}
        for progid, key, scale, place, point, longitude, latitude, altitude in self._rows(cursor, _SOURCES):
            site = None
            if longitude is not None:
                site = EarthLocation.from_geodetic(longitude, latitude, altitude)
            self.sources[progid] = Source(key, TimeFrame(scale, place, point), site)
        self.source_ids = Lookup({progid: source.id for progid, source in self.sources.items()})

    def reload_objects(self, cursor):
        """Objects: their positions, and ids by id_arch and by name."""
        rows = self._rows(cursor, "SELECT id, id_arch, ra, dec FROM {s}.objects ORDER BY id")
        self.object_ids = np.array([row[0] for row in rows], "i8")
        self.ra = np.array([row[2] for row in rows], float)
        self.dec = np.array([row[3] for row in rows], float)
        self.by_arch = Lookup({row[1]: row[0] for row in rows if row[1] is not None})
        self.by_name, self.ambiguous = Lookup(), set()
        for key, ids in self._rows(cursor, "SELECT name_key, array_agg(object_id) FROM {s}.object_names GROUP BY 1"):
            self.by_name[key] = ids[0]
            if len(ids) > 1:
                self.ambiguous.add(key)

    def reload_images(self, cursor):
        """Images: ids by file name."""
        self.images = Lookup(self._rows(cursor, "SELECT filename, id FROM {s}.observations"))

    def position(self, object_ids):
        """(ra, dec) in degrees of objects by their ids, an int array; each must be there."""
        at = np.searchsorted(self.object_ids, object_ids)
        return self.ra[at], self.dec[at]


_SOURCES = """
SELECT d.progid, d.id, d.time_scale, d.time_refposition, d.time_point, o.longitude, o.latitude, o.altitude
FROM {s}.datasources d
LEFT JOIN {s}.telescopes t ON t.id = d.telescope_id
LEFT JOIN {s}.observatories o ON o.id = coalesce(d.observatory_id, t.observatory_id)"""

_FILTERS = """
SELECT filter_id, min(band) FROM {s}.photosys WHERE filter_id <> '' GROUP BY 1 HAVING count(*) = 1"""
