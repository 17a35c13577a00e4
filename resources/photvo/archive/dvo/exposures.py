"""The times of DVO's exposures: each derived once, kept in the table `exposures`, and taken from there ever after."""

import threading
import warnings
from contextlib import closing

import numpy as np

from photvo.model.time import Epochs, leap_second_days

#: What is known of an exposure: its length (s), its middle (MJD, UTC; MJD, TDB as day and fraction at the telescope), and where
#: the telescope was then (light days from the barycentre).
EXPOSURE = np.dtype([(name, "f8") for name in ("exptime", "utc", "tdb_day", "tdb_part", "x", "y", "z")])
_NAMES = ", ".join(EXPOSURE.names)
_ROW = np.dtype([("time_ms", "i8"), ("m_time", "f4"), *EXPOSURE.descr])
_NULL = np.iinfo("i8").min


def keys(measurements):
    """What tells the exposures of n measurements: (TIME in ms, M_TIME), the least integer and NaN where null."""
    ms = measurements["time_unix"] * 1000 + np.maximum(measurements["time_msec"], 0)
    ms[measurements["time_unix"] == _NULL] = _NULL
    m_time = measurements["m_time"].copy()
    m_time[np.isnan(m_time)] = np.nan  # one NaN of them all
    return ms, m_time


def distinct(ms, m_time):
    """Distinct exposures among n: (list of (ms, m_time), the place in it of each of the n)."""
    bits = m_time.view("i4").astype("i8")
    times, at = np.unique(ms, return_inverse=True)
    both, which = np.unique(at << 32 | (bits & 0xFFFFFFFF), return_inverse=True)
    lengths = (both & 0xFFFFFFFF).astype("u4").view("f4")
    return list(zip(times[both >> 32].tolist(), lengths.tolist())), which


class Exposures:
    """The exposures of a DVO database, for several threads that load its regions."""

    def __init__(self, connect, config):
        """`connect` makes connections in autocommit; config.Config says what TIME is."""
        self._connect, self._epochs = connect, Epochs(config.frame, "MJD", config.site)
        self._mid = config.frame.point == "mid"
        self._lock, self._rows, self._known = threading.Lock(), np.empty(0, _ROW), {}
        with closing(connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"SELECT time_ms, m_time, {_NAMES} FROM dvo_db.exposures")
            self._add([(_key(row[:2]), row[2:]) for row in cursor])

    def _add(self, found):
        start = len(self._rows)
        self._known.update((key, start + number) for number, (key, _) in enumerate(found))
        values = [(*_stored(key), *(np.nan if value is None else value for value in row)) for key, row in found]
        self._rows = np.concatenate([self._rows, np.array(values, _ROW)])
        rows = self._rows[np.argsort(self._rows["time_ms"], kind="stable")]
        self._by_time = np.ascontiguousarray(rows["time_ms"][:-1]), rows

    def find(self, measurements):
        """The exposure of each of n measurements, n rows that have the columns of EXPOSURE."""
        ms, m_time = keys(measurements)
        times, rows = self._by_time
        if len(rows):
            # as it nearly always is: all known, and one length at a time
            found = rows.take(np.searchsorted(times, ms))
            if np.array_equal(found["time_ms"], ms) and np.array_equal(found["m_time"], m_time, equal_nan=True):
                return found
        wanted, which = distinct(ms, m_time)
        wanted = [_key(key) for key in wanted]
        with self._lock:
            new = [key for key in wanted if key not in self._known]
            if new:
                self._derive(new)
            return self._rows[[self._known[key] for key in wanted]][which]

    def _derive(self, new):
        m_time = np.array([np.nan if key[1] is None else key[1] for key in new], "f4")
        rows = np.empty(len(new), EXPOSURE)
        rows["exptime"] = (10 ** (0.4 * m_time.astype("f8"))).astype("f4")
        with warnings.catch_warnings():
            # of dates for which leap seconds or Earth rotation are not known yet: microseconds here
            warnings.simplefilter("ignore")
            columns = self._epochs.exposures([_mjd(key[0]) for key in new], rows["exptime"])
        _, rows["utc"], rows["tdb_day"], rows["tdb_part"], position = columns
        for place, axis in enumerate("xyz"):
            rows[axis] = position[:, place]
        values = [(*key, *(None if np.isnan(v) else v for v in row)) for key, row in zip(new, rows.tolist())]
        with closing(self._connect()) as connection, connection.cursor() as cursor:
            marks = ", ".join(["%s"] * 9)
            for start in range(0, len(values), 1000):
                some = [cursor.mogrify(f"({marks})", (*_stored(v[:2]), *v[2:])) for v in values[start : start + 1000]]
                cursor.execute(
                    f"INSERT INTO dvo_db.exposures (time_ms, m_time, {_NAMES}) VALUES ".encode() + b", ".join(some)
                    + b" ON CONFLICT DO NOTHING"
                )  # fmt: skip
        self._add([(key, value[2:]) for key, value in zip(new, values)])


def find(cursor, measurements):
    """The same as Exposures.find, for a few measurements and from the table alone. Raises KeyError for one that is not there."""
    wanted, which = distinct(*keys(measurements))
    wanted = [_key(key) for key in wanted]
    cursor.execute(
        f"SELECT time_ms, m_time, {_NAMES} FROM dvo_db.exposures WHERE time_ms = ANY(%s)",
        [[_stored(key)[0] for key in wanted]],
    )
    found = {_key(row[:2]): row[2:] for row in cursor}
    values = [tuple(np.nan if value is None else value for value in found[key]) for key in wanted]
    return np.array(values, EXPOSURE)[which]


def _key(pair):
    "an exposure's key with None for null, since NaN equals nothing"
    ms, m_time = pair
    # the database prints a real as short as it can
    return None if ms == _NULL else ms, None if m_time != m_time else float(np.float32(m_time))


def _stored(key):
    "an exposure's key as the table has it"
    return _NULL if key[0] is None else key[0], np.nan if key[1] is None else key[1]


def _mjd(ms):
    """MJD, UTC, of a UNIX time as text; a day with a leap second is longer, as for astropy."""
    if ms is None:
        return None
    day, left = divmod(ms, 86_400_000)
    length = 86_400_000 + 1000 * (day + 40587 in _LEAP)
    return f"{day + 40587}.{left * 10**15 // length:015d}"


_LEAP = frozenset(leap_second_days().tolist())
