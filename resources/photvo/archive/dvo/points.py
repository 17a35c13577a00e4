"""What is derived of measurements, the same for those in the database and those that stay in their files."""

from typing import NamedTuple

import numpy as np

from photvo.model.time import direction
from photvo.products.series import POINT, in_order
from photvo.readers import dvo

#: What is needed of a measurement for that, and for its light curve.
NEEDED = ("ave_ref", "photcode", "mag", "mag_err", "m_cal", "m_flat", "m_time", "airmass", "time_unix", "time_msec",
          "phot_flags", "image_id", "mjd", "exchanged", "image_missing")  # fmt: skip
#: Bits of `flags` that are this collection's own quality code.
QUALITY = {"photom_bad": 1, "photom_poor": 2, "astrom_bad": 4, "astrom_poor": 8}
EXCHANGED = 16


class Bands(NamedTuple):
    """The passbands of a database: which photcodes are one."""

    of_row: np.ndarray  # row of Photcodes.dat → photosys.id
    names: dict  # photosys.id → (band, name of the first photcode)


def derive(measurements, seconds, exposures, ra, dec, photcodes, bands):
    """The columns that are added to n measurements (a structured array or a dict of columns), a dict of arrays.

    `seconds` are the mean magnitudes of each measurement's object (Region.seconds_of), `exposures` its exposure
    (exposures.EXPOSURE), `ra` and `dec` (deg) the mean position of its object.
    """
    star = direction(np.ascontiguousarray(ra), np.ascontiguousarray(dec))
    # the sum written out: the same to the last digit however many rows there are
    light = exposures["x"] * star[:, 0] + exposures["y"] * star[:, 1] + exposures["z"] * star[:, 2]
    out = {
        "photosys_id": bands.of_row[photcodes.find(measurements["photcode"])],
        "obs_time": exposures["tdb_day"] + (exposures["tdb_part"] + light),
        "obs_time_utc": exposures["utc"].copy(),
        "exptime": exposures["exptime"].astype("f4"),
        **_apart(dvo.magnitudes(measurements, photcodes, seconds), "f4"),
        **_apart(dvo.badness(measurements, photcodes), "?"),
    }
    flags = EXCHANGED * measurements["exchanged"].astype("i4")
    for name, bit in QUALITY.items():
        flags |= bit * out[name]
    flags |= 256 * np.isnan(measurements["mag_err"]) | 512 * np.isnan(out["obs_time"])
    flags |= 1024 * np.isnan(out["obs_time_utc"]) | 2048 * np.isnan(best(out))
    return {**out, "flags": flags}


def _apart(rows, kind):
    return {name: rows[name].astype(kind) for name in rows.dtype.names}


def best(derived):
    """The magnitude of a light curve: the calibrated one, the relative one where the photcode has no equivalent."""
    return np.where(np.isnan(derived["mag_cal"]), derived["mag_rel"], derived["mag_cal"])


def point_rows(object_id, measurements, derived, datasource_id):
    """Measurements of one object as light curves have them, rows of products.series.POINT in order of band and time."""
    rows = np.zeros(len(measurements), POINT)
    for name in POINT.names:
        if rows[name].dtype.kind == "f":
            rows[name] = np.nan
    for name in ("photosys_id", "flags", "obs_time", "obs_time_utc", "exptime"):
        rows[name] = derived[name]
    rows["object_id"], rows["datasource_id"] = object_id, datasource_id
    rows["mag"], rows["mag_err"] = best(derived), measurements["mag_err"]
    rows["airmass"] = np.where(measurements["airmass"] > 0, measurements["airmass"], np.nan)
    rows["observation_id"] = np.maximum(measurements["image_id"], 0)
    return in_order(rows)


def bands(photcodes):
    """The Bands of a Photcodes: photcodes with the same EQUIV are one, and so are those without any that differ in the
    chip only (MEGACAM.u.00, MEGACAM.u.01)."""
    rows = photcodes.rows
    of_row = np.zeros(len(rows), "i4")
    groups, names = {}, {}
    for place in np.argsort(rows["code"], kind="stable").tolist():
        code, name, kind, equiv = (rows[column][place] for column in ("code", "name", "type", "equiv"))
        slot = int(photcodes.slot(code if kind == dvo.photcodes.SEC else equiv))
        if slot >= 0:
            key, title = int(photcodes.seconds["code"][slot]), str(photcodes.seconds["name"][slot])
        else:
            title = _without_chip(str(name))
            key = groups.setdefault(title, int(code))
        of_row[place] = key
        names.setdefault(key, title)
    return Bands(of_row, {key: (band, names[key]) for key, band in _unique(names).items()})


def _without_chip(name):
    head, _, chip = name.rpartition(".")
    return head if head and (chip.isdigit() or chip.upper().startswith("XY")) else name


def _unique(names):
    "a band's name goes into addresses: letters, digits and _, at most 16 of them"
    taken, found = set(), {}
    for key, name in names.items():
        band = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name)[:16] or str(key)
        if band in taken:
            band = f"{band[: 15 - len(str(key))]}_{key}"
        taken.add(band)
        found[key] = band
    return found
