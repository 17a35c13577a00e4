"""A light curve's facts and points as the database has them, for whatever form they are sent out in."""

import json
import re
import weakref
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from photvo.model.fetch import fetch

UPPER_LIMIT = 4096
#: Bits of `flags`; bits 0 to 7 are the data source's own quality code.
FLAGS = {
    256: "no uncertainty",
    512: "no barycentric time",
    1024: "no UTC",
    2048: "no magnitude, only a differential one",
    UPPER_LIMIT: "upper limit: the star was fainter",
    8192: "no magnitude, only a flux",
}
#: The bit of a point that statistics of magnitudes leave out beside those below.
FLUX_ONLY = 8192
#: What CLEAN leaves out: any quality code of the source, points without a magnitude, upper limits.
UNCLEAN = 255 | 2048 | UPPER_LIMIT

#: One point as the database gives it. Times are MJD (d), magnitudes mag, fluxes in the unit of their series, exposure s.
#: A missing float is NaN, a missing key 0.
POINT = np.dtype([
    ("object_id", "i8"), ("photosys_id", "i4"), ("obs_time", "f8"), ("obs_time_utc", "f8"), ("mag", "f4"), ("mag_err", "f4"),
    ("mag_diff", "f4"), ("mag_diff_err", "f4"), ("flux", "f8"), ("flux_err", "f8"), ("upper_limit", "?"), ("exptime", "f4"), ("airmass", "f4"),
    ("flags", "i4"), ("comp_set", "i4"), ("datasource_id", "i4"), ("observation_id", "i4"),
])  # fmt: skip


class Series(NamedTuple):
    """One object in one passband. Degrees, metres, janskys, days, magnitudes."""

    collection: str
    object_id: int
    photosys_id: int
    band: str
    revision: datetime
    npoints: int
    name: str
    ra: float
    dec: float
    epoch: float  # of the position, Julian year
    object_class: str | None
    gaia_name: str | None
    filter_id: str | None
    magsys: str | None
    zeropoint: float | None
    wavelength_eff: float | None
    band_description: str | None
    var_type: str | None
    period: float | None
    period_epoch: float | None  # JD in epoch_frame
    epoch_frame: str | None
    facts_source: str | None
    flux_unit: str | None  # the one that most of its fluxes have: VOUnit, empty for relative ones; None: it has no fluxes
    sources: list  # of its points: rows of `datasources` as dicts (id, name, telescope, longitude, copyright, …)

    @property
    def did(self):
        """Its identifier behind ivo://AUTHORITY/~?"""
        return f"{self.collection}/lightcurves/{self.object_id}/{self.band}"


def said(found, name):
    """What the data sources of some Series say under a name (contributors, copyright …), each once, in one line."""
    texts = (source.get(name) for series in found for source in series.sources)
    return "; ".join(dict.fromkeys(" ".join(text.split()) for text in texts if text))


class Identifier(NamedTuple):
    """What a publisher DID names; `band` is None where it names all bands of the object."""

    collection: str
    object_id: int
    band: str | None


_DID = re.compile(r"ivo://[^?\s]+/~\?(kolonica|dvo)/lightcurves/([0-9]{1,18})(?:/([A-Za-z0-9_]{1,16}))?")

_SOURCES = """
SELECT d.id, d.progid, d.name, d.contributors, d.copyright, d.reference, t.name AS telescope, b.name AS observatory,
  b.longitude, b.latitude, b.altitude
FROM {s}.datasources d
LEFT JOIN {s}.telescopes t ON t.id = d.telescope_id
LEFT JOIN {s}.observatories b ON b.id = coalesce(d.observatory_id, t.observatory_id)"""
_SELECT = """
SELECT %(collection)s, s.object_id, s.photosys_id, s.band, s.revision, s.npoints, s.name, s.ra, s.dec, o.epoch, o.class,
  o.gaia_name, p.filter_id, p.magsys, p.zeropoint, p.wavelength_eff, p.description, v.var_type, v.period,
  v.period_epoch::float8, v.epoch_frame, v.source, s.flux_unit::text, {sources}
FROM {s}.series s
JOIN {s}.objects o ON o.id = s.object_id
JOIN {s}.photosys p ON p.id = s.photosys_id
LEFT JOIN {s}.variability v ON v.object_id = s.object_id"""
_FIND = (
    _SELECT.replace("{sources}", f"(SELECT coalesce(json_agg(d ORDER BY d.id), '[]')::text FROM ({_SOURCES} WHERE d.id = ANY(s.datasource_ids)) d)")
    + " WHERE s.object_id = $1 AND ($2 IS NULL OR s.band = $2) ORDER BY p.wavelength_eff, s.band"
)
_FIND_MANY = _SELECT.replace("{sources}", "s.datasource_ids") + """
JOIN unnest(%(objects)s, %(systems)s) WITH ORDINALITY AS w(object_id, photosys_id, place)
  ON w.object_id = s.object_id AND w.photosys_id = s.photosys_id
ORDER BY w.place"""


def parse_did(text):
    """The Identifier in ivo://AUTHORITY/~?COLLECTION/lightcurves/OBJECTID[/BAND], or None where it is none."""
    match = _DID.fullmatch(text.strip())
    return match and Identifier(match[1], int(match[2]), match[3])


#: Connection → collections for which it has _FIND prepared: PostgreSQL takes longer to plan it than to run it.
_PREPARED = weakref.WeakKeyDictionary()


def find(cursor, identifier):
    """The series that an Identifier names, in the order of their wavelengths; empty where there is none."""
    collection, prepared = identifier.collection, _PREPARED.setdefault(cursor.connection, set())
    if collection not in prepared:
        select = _FIND.format(s=f"{collection}_db").replace("%(collection)s", f"'{collection}'::text")
        cursor.execute(f"PREPARE photvo_{collection} (bigint, text) AS {select}")
        prepared.add(collection)
    cursor.execute(f"EXECUTE photvo_{collection} (%s, %s)", [identifier.object_id, identifier.band])
    return [Series(*row[:-1], _read(row[-1])) for row in cursor.fetchall()]


#: Data sources from JSON: most series have the same.
_read = lru_cache(256)(json.loads)


def find_many(cursor, collection, object_ids, photosys_ids):
    """The Series of pairs of ids (lists of int), in their order; a pair that is no series has none."""
    schema = f"{collection}_db"
    cursor.execute(f"SELECT json_agg(d ORDER BY d.id) FROM ({_SOURCES}) d".format(s=schema))
    sources = {source["id"]: source for source in cursor.fetchone()[0] or []}
    cursor.execute(
        _FIND_MANY.format(s=schema), {"collection": collection, "objects": object_ids, "systems": photosys_ids}
    )
    return [Series(*row[:-1], [sources[key] for key in sorted(row[-1])]) for row in cursor.fetchall()]


#: Collection → where its points are that are not in the database: an object whose `points(cursor, object_id)` are all of an
#: object (None: they are in the database), and whose `any(cursor)` tells whether there are such at all.
ATTACHED = {}


def points(cursor, found):
    """The published points of series of one object: an array of POINT in order of time for each of them."""
    if not found:
        return []
    collection, object_id = found[0].collection, int(found[0].object_id)
    rows = ATTACHED[collection].points(cursor, object_id) if collection in ATTACHED else None
    if rows is None:
        chosen = ", ".join(str(int(series.photosys_id)) for series in found)
        unit = "NULL"
        if fluxes := [value for series in found if series.flux_unit is not None for value in (series.photosys_id, series.flux_unit)]:
            cases = "WHEN %s THEN %s " * (len(fluxes) // 2)
            unit = cursor.mogrify(f"CASE p.photosys_id {cases}END", fluxes).decode()
        where = f"WHERE p.object_id = {object_id} AND p.photosys_id IN ({chosen})"
        rows = _fetch(cursor, collection, where, fluxes and unit, "p.photosys_id" if len(found) > 1 else None)
        rows["object_id"] = object_id
        if len(found) == 1:
            rows["photosys_id"] = found[0].photosys_id
            return [rows]
    return [rows.compress(rows["photosys_id"] == series.photosys_id) for series in found]


_FLUX = ("flux", "flux_err")
#: What every point is asked for; the rest of POINT is known or follows from it.
_ASKED = tuple(name for name in POINT.names if name not in ("object_id", "photosys_id", "upper_limit", *_FLUX))


def _fetch(cursor, collection, where, unit, key=None):
    """Points in order of time; where `key` is given, it is their photosys_id, by which they are ordered first.

    `where`, `unit` and `key` are SQL that knows the points as p. `unit` is the unit of a point's series: a flux in another one is
    left out; None: there are no fluxes. What a series' points have in common is not filled in.
    """
    columns = {name: f"p.{name}" for name in _ASKED}
    if key:
        columns["photosys_id"] = key
    if unit:
        columns |= {name: f"CASE WHEN p.flux_unit = {unit} THEN p.{name} END" for name in _FLUX}
    select = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    rows = fetch(cursor, f"SELECT {select} FROM {collection}_db.points p {where}", POINT, list(columns))
    rows["upper_limit"] = rows["flags"] & UPPER_LIMIT
    if not unit:
        rows["flux"] = rows["flux_err"] = np.nan
    return in_order(rows)


def in_order(rows):
    """Points in order of their photosys_id and time. PostgreSQL would take half as long again for it, and they nearly always
    are already. What has the same times is put in order by what was measured: that the order is always the same is all that matters."""
    key, time = rows["photosys_id"], rows["obs_time"]
    if ((key[1:] > key[:-1]) | (key[1:] == key[:-1]) & (time[1:] > time[:-1])).all():
        return rows
    last = ("mag_err", "mag", "observation_id", "datasource_id", "obs_time_utc", "obs_time", "photosys_id")
    return rows.take(np.lexsort([rows[name] for name in last]))


def points_of_many(cursor, collection, some):
    """The points of series of any objects (with object_id and photosys_id), in their order and that of time, in one array."""
    if collection in ATTACHED and ATTACHED[collection].any(cursor):
        return np.concatenate([np.empty(0, POINT), *(points(cursor, [item])[0] for item in some)])
    objects = ",".join(str(item.object_id) for item in some)
    systems = ",".join(str(item.photosys_id) for item in some)
    units = cursor.mogrify("%s::text[]", [[item.flux_unit for item in some]]).decode()
    rows = _fetch(
        cursor, collection,
        f"JOIN unnest('{{{objects}}}'::bigint[], '{{{systems}}}'::int[], {units}) WITH ORDINALITY AS w(object_id, photosys_id, unit, place)"
        " ON p.object_id = w.object_id AND p.photosys_id = w.photosys_id",
        "w.unit" if any(item.flux_unit is not None for item in some) else None, "w.place - 1",
    )  # fmt: skip
    places = rows["photosys_id"].copy()
    rows["object_id"] = np.array([item.object_id for item in some], "i8")[places]
    rows["photosys_id"] = np.array([item.photosys_id for item in some], "i4")[places]
    return rows


def images(cursor, collection, rows):
    """Observation id → (accref, telescope) of the images that points were measured on."""
    if not rows["observation_id"].any():
        return {}
    ids = np.unique(rows["observation_id"])
    ids = ids[ids > 0].tolist()
    cursor.execute(
        "SELECT o.id, f.accref, t.name FROM {s}.observations o JOIN {s}.observation_files f ON f.observation_id = o.id"
        " LEFT JOIN {s}.telescopes t ON t.id = o.telescope_id WHERE o.id = ANY(%s)".format(s=f"{collection}_db"),
        [ids],
    )
    return {row[0]: row[1:] for row in cursor.fetchall()}
