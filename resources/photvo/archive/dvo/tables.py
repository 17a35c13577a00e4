"""DVO's small tables into the database: what the settings say, photcodes, sky table, images, names of the flags.

Each is replaced whole, in the caller's transaction, where its file or the settings have changed.
"""

import hashlib
import os

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from photvo.archive import loader
from photvo.model.batch import ReadError
from photvo.readers import dvo

_SCHEMA = "dvo_db"
_CHUNK = 10_000  # images in memory at a time


def refresh(cursor, database, config, bands):
    """Bring all but the images up to date. Returns a checksum of what the regions depend on."""
    photcodes = photcodes_checksum(database.path)
    flags = hashlib.sha256(repr(dvo.flag_names()).encode()).hexdigest()
    _bring(cursor, "source", _settings(config), lambda: _source(cursor, config))
    _bring(cursor, "photcodes", photcodes + _settings(config), lambda: _photcodes(cursor, database, config, bands))
    _bring(cursor, "skytable", _checksum(database.path / "SkyTable.fits"), lambda: _skytable(cursor, database))
    _bring(cursor, "flags", flags, lambda: _replace(cursor, "flags", _named(dvo.flag_names())))
    return f"{photcodes} {config.checksum}"


def refresh_images(cursor, database, config):
    """Bring the images up to date."""
    _bring(cursor, "images", images_checksum(database) + _settings(config), lambda: _images(cursor, database, config))


def check_images(database):
    """Raise ReadError where Images.dat cannot be taken."""
    ids = database.image_ids
    wrong = ids[(ids < 0) | (ids >= 2**31)]
    if len(wrong):
        raise ReadError(database.path / "Images.dat", f"IMAGE_ID {wrong[0]} cannot be; copy it again from its source")


def _bring(cursor, what, version, write):
    "have a table written anew where the version of what it is made of has changed"
    cursor.execute(f"SELECT version FROM {_SCHEMA}.derived WHERE what = %s", [what])
    if cursor.fetchone() != (version,):
        write()
        cursor.execute(
            f"INSERT INTO {_SCHEMA}.derived VALUES (%s, %s) ON CONFLICT (what) DO UPDATE SET version = EXCLUDED.version",
            [what, version],
        )


def _settings(config):
    return hashlib.sha256(f"{config.checksum} {config.source} {config.pixels}".encode()).hexdigest()


def images_checksum(database):
    """What tells that the images of a DVO have changed."""
    return _checksum(database.path / "Images.dat")


def photcodes_checksum(folder):
    """What tells that the photcodes of a DVO have changed."""
    return _checksum(folder / "Photcodes.dat")[:16]


def _checksum(path):
    try:
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _source(cursor, config):
    place, s = config.observatory, _SCHEMA
    cursor.execute(f"DELETE FROM {s}.datasources; DELETE FROM {s}.telescopes; DELETE FROM {s}.observatories")
    cursor.execute(
        f"INSERT INTO {s}.observatories VALUES (1, %(name)s, %(longitude)s, %(latitude)s, %(altitude)s)", place)
    if place["telescope"]:
        cursor.execute(f"INSERT INTO {s}.telescopes VALUES (1, %(telescope)s, 1)", place)
    names = ("progid", "name", "contributors", "copyright", "reference", "description")
    row = {**{name: config.source.get(name) for name in names}, "time_scale": config.frame.scale,
           "time_refposition": config.frame.refposition, "time_point": config.frame.point, "observatory_id": 1,
           "telescope_id": 1 if place["telescope"] else None, "id": 1}  # fmt: skip
    cursor.execute(
        f"INSERT INTO {s}.datasources ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))


def _photcodes(cursor, database, config, bands):
    cursor.execute(f"DELETE FROM {_SCHEMA}.photcodes; DELETE FROM {_SCHEMA}.photosys")
    names = ("filter_id", "magsys", "zeropoint", "wavelength_eff", "wavelength_min", "wavelength_max")
    rows = []
    for key, (band, title) in bands.names.items():
        facts = config.bands.get(title, config.bands.get(band, {}))
        rows.append({"id": key, "band": band, "description": facts.get("description", title), **{name: facts.get(name) for name in names}})
    loader.copy(cursor, f"{_SCHEMA}.photosys", pa.Table.from_pylist(rows))
    table = database.photcodes.rows
    columns = _columns(table)
    columns["x"] = _arrays(table["x"], table["nc"])
    slot = np.where(table["type"] == dvo.photcodes.SEC, np.cumsum(table["type"] == dvo.photcodes.SEC) - 1, -1)
    columns.update(row=pa.array(np.arange(len(table))), photosys_id=pa.array(bands.of_row), slot=pa.array(slot, mask=slot < 0))
    loader.copy(cursor, f"{_SCHEMA}.photcodes", pa.table(columns))


def _skytable(cursor, database):
    _replace(cursor, "skytable", _columns(database.skytable))


def _images(cursor, database, config):
    cursor.execute(f"DELETE FROM {_SCHEMA}.images; CREATE TEMPORARY TABLE incoming AS SELECT * FROM {_SCHEMA}.images WITH NO DATA")
    cursor.execute("ALTER TABLE incoming ALTER footprint TYPE text")
    for rows in database.image_chunks(_CHUNK):
        columns = _image_columns(rows, database.mosaics, config.pixels)
        loader.copy(cursor, "incoming", pa.table(columns))
        taken = ", ".join(f"{_SCHEMA}.outline(footprint)" if name == "footprint" else name for name in columns)
        cursor.execute(f"INSERT INTO {_SCHEMA}.images ({', '.join(columns)}) SELECT {taken} FROM incoming; TRUNCATE incoming")
    cursor.execute("DROP TABLE incoming")


def _image_columns(rows, mosaics, pixels):
    columns = _columns(rows)
    columns["polyterms"] = _arrays(rows["polyterms"], np.full(len(rows), rows["polyterms"].shape[1]))
    places = dvo.footprints(rows, mosaics)
    for ours, theirs in (("ra", "ra"), ("dec", "dec"), ("footprint_radius", "radius")):
        columns[ours] = pa.array(places[theirs], from_pandas=True)
    columns["footprint"] = _polygons(places["corners"])
    columns["mjd"] = pa.array(dvo.unix_to_mjd(rows["tzero"]), mask=dvo.is_null(rows["tzero"]))
    files = [_file(pixels, name) for name in rows["name"].tolist()] if pixels else [None] * len(rows)
    columns["file"] = pa.array([file and file[0] for file in files], pa.string())
    columns["file_size"] = pa.array([file and file[1] for file in files], pa.int64())
    return columns


def _file(folder, name):
    """Where the image of a NAME is below the pixel folder, and its size; None where it is not there. Chips that are extensions
    of one file have the extension in brackets."""
    name = name.partition("[")[0].lstrip("/")
    if not folder or not name or ".." in name.split("/"):
        return None
    try:
        return name, os.stat(folder / name).st_size
    except OSError:
        return None


def _polygons(corners):
    "n footprints, (n, 4, 2) in degrees, as texts; one with a corner that cannot be told is none"
    pieces = []
    for k in range(corners.shape[1]):
        ra, dec = (pa.array(corners[:, k, axis], from_pandas=True).cast(pa.string()) for axis in (0, 1))
        pieces += [", (" if k else "{(", ra, "d, ", dec, "d)"]
    return pc.binary_join_element_wise(*pieces, "}", "")


def _arrays(values, terms):
    "the first so many of each row of `values`, (n, k), as texts of arrays"
    used = np.arange(values.shape[1]) < terms[:, None]
    texts = pa.array(values[used], from_pandas=True).cast(pa.string()).fill_null("NULL")
    lists = pa.ListArray.from_arrays(np.append(0, np.cumsum(used.sum(axis=1))).astype("i4"), texts)
    return pc.binary_join_element_wise("{", pc.binary_join(lists, ","), "}", "")


def _columns(rows):
    """The columns of a structured array of the reader as Arrow arrays; null is null, an empty text too."""
    found = {}
    for name in rows.dtype.names:
        values = rows[name]
        if values.ndim == 1:
            values = np.ascontiguousarray(values)
            found[name] = pa.array(values, mask=values == "" if values.dtype.kind == "U" else dvo.is_null(values))
    return found


def _named(flags):
    return {ours: pa.array([getattr(flag, theirs) for flag in flags]) for ours, theirs in (
        ("table_name", "table"), ("column_name", "column"), ("bit", "bit"), ("mask", "mask"), ("name", "name"), ("meaning", "meaning"))}  # fmt: skip


def _replace(cursor, table, columns):
    cursor.execute(f"DELETE FROM {_SCHEMA}.{table}")
    loader.copy(cursor, f"{_SCHEMA}.{table}", pa.table(columns))
