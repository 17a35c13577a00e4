"""DVO's small tables into the database: what the settings say, photcodes, sky table, images, names of the flags.

Each is replaced whole, in the caller's transaction, where its file or the settings have changed.
"""

import hashlib
import os

import numpy as np
import pyarrow as pa

from photvo.archive import loader
from photvo.model.batch import ReadError
from photvo.readers import dvo

_SCHEMA = "dvo_db"


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
    columns["x"] = pa.array([_array(value[:terms]) for value, terms in zip(table["x"], np.maximum(table["nc"], 0))], pa.string())
    slot = np.where(table["type"] == dvo.photcodes.SEC, np.cumsum(table["type"] == dvo.photcodes.SEC) - 1, -1)
    columns.update(row=pa.array(np.arange(len(table))), photosys_id=pa.array(bands.of_row), slot=pa.array(slot, mask=slot < 0))
    loader.copy(cursor, f"{_SCHEMA}.photcodes", pa.table(columns))


def _skytable(cursor, database):
    _replace(cursor, "skytable", _columns(database.skytable))


def _images(cursor, database, config):
    rows = database.images
    columns = _columns(rows)
    columns["polyterms"] = pa.array([_array(value) for value in rows["polyterms"]], pa.string())
    places = dvo.footprints(rows)
    for ours, theirs in (("ra", "ra"), ("dec", "dec"), ("footprint_radius", "radius")):
        columns[ours] = pa.array(places[theirs], from_pandas=True)
    columns["footprint"] = pa.array([_polygon(corners) for corners in places["corners"].tolist()], pa.string())
    mjd = dvo.unix_to_mjd(rows["tzero"])
    columns["mjd"] = pa.array(mjd, mask=dvo.is_null(rows["tzero"]))
    files = [_file(config.pixels, name) for name in rows["name"].tolist()]
    columns["file"] = pa.array([file and file[0] for file in files], pa.string())
    columns["file_size"] = pa.array([file and file[1] for file in files], pa.int64())
    cursor.execute(f"CREATE TEMPORARY TABLE incoming AS SELECT {', '.join(columns)} FROM {_SCHEMA}.images WITH NO DATA")
    cursor.execute("ALTER TABLE incoming ALTER footprint TYPE text")
    loader.copy(cursor, "incoming", pa.table(columns))
    taken = ", ".join(f"{_SCHEMA}.outline(footprint)" if name == "footprint" else name for name in columns)
    cursor.execute(f"DELETE FROM {_SCHEMA}.images")
    cursor.execute(f"INSERT INTO {_SCHEMA}.images ({', '.join(columns)}) SELECT {taken} FROM incoming; DROP TABLE incoming")


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


def _polygon(corners):
    # a footprint with a corner that cannot be told is none
    if any(value != value for corner in corners for value in corner):
        return None
    return "{" + ", ".join(f"({ra!r}d, {dec!r}d)" for ra, dec in corners) + "}"


def _array(values):
    return "{" + ",".join("NULL" if value != value else repr(value) for value in values.tolist()) + "}"


def _columns(rows):
    """The columns of a structured array of the reader as Arrow arrays; null is null, an empty text too."""
    found = {}
    for name in rows.dtype.names:
        values = rows[name]
        if values.ndim == 1:
            values = np.ascontiguousarray(values)
            texts = values.dtype.kind == "U"
            found[name] = pa.array(values.tolist() if texts else values, mask=values == "" if texts else dvo.is_null(values))
    return found


def _named(flags):
    return {ours: pa.array([getattr(flag, theirs) for flag in flags]) for ours, theirs in (
        ("table_name", "table"), ("column_name", "column"), ("bit", "bit"), ("mask", "mask"), ("name", "name"), ("meaning", "meaning"))}  # fmt: skip


def _replace(cursor, table, columns):
    cursor.execute(f"DELETE FROM {_SCHEMA}.{table}")
    loader.copy(cursor, f"{_SCHEMA}.{table}", pa.table(columns))
