"""Measurements as light-curve files: the 27 columns of the Kolonica CSV, one file a data source and year."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .photometry import SOURCES, VISUAL, ZIGA_HJD
from .programme import TELESCOPES
from .series import BANDS, TELESCOPE

HEADER = (
    "phot_id,jd,tframe,mag,mag_err,detrend_mag,detrend_mag_err,type_detrend,num_calib,type_calib,detrend,"
    "diff_mag,diff_mag_err,aver_comp,num_comp,differential,comp_stars,object_id_arch,obs_type_id,observer,"
    "exp_time,binning,temperature,quality,preview_link,image_link,privileges"
)
YEARS = range(2013, 2026)
NO_MAG, NO_ERR = "99.99", "9.99"  # how the format says that there is none


def file_name(source, year):
    """Name of the file of a data source (index in SOURCES) and year."""
    return f"{SOURCES[source].lower()}-{year}.csv"


def _fixed(values, digits):
    """Numbers as text with `digits` decimals, exactly as rounded; null for nan."""
    rounded = pc.round(pa.array(values, from_pandas=True), digits)
    return rounded.cast(pa.decimal128(18, digits)).cast(pa.string())


def _choice(mask, yes, no):
    return pc.if_else(pa.array(mask), yes, no)


def _pick(texts, index):
    return pa.array(texts).take(pa.array(index))


def _links(programme, images, rng):
    """image_link of every exposure: an image of the archive, on some nights one that it has not, or nothing.

    `images`: exposure → base name. Some names end in `.fz`, as in the real archive.
    """
    kept = rng.random(5000) < 0.2
    packed = np.where(rng.random(len(programme.mid)) < 0.5, ".fz", "")
    linked = kept[programme.night.astype(int) % len(kept)] & (TELESCOPE[programme.band] != 2)
    links = [""] * len(programme.mid)
    for e in np.flatnonzero(linked):
        band, telescope = BANDS[programme.band[e]][0], TELESCOPES[TELESCOPE[programme.band[e]]]
        links[e] = (
            f"{telescope}_{programme.night[e]:.0f}_{programme.field[e]:03d}_{e:06d}_{band}.fit{packed[e]}"
        )
    for e, name in images.items():
        links[e] = name + packed[e]
    return links


def columns(stars, programme, measured, images, rng):
    """All columns but the first (phot_id) as Arrow arrays of text, and data source and year of each row.

    Rows are in the order of the files: data source, year, time, star, band.
    """
    year = np.floor((measured.given - 2451544.5) / 365.2425).astype(int) + 2000
    order = np.lexsort(
        (programme.band[programme.exposure], programme.star, measured.given, year, measured.source)
    )
    star, exposure = programme.star[order], programme.exposure[order]
    m = {name: value[order] for name, value in vars(measured).items() if name != "lists"}
    band = programme.band[exposure]
    telescope, visual = TELESCOPE[band], m["source"] == VISUAL
    n_exposures = len(programme.mid)
    calibrators = np.where(visual, 0, (20 + 40 * rng.random(n_exposures)).astype(int)[exposure])
    detrended = (rng.random(n_exposures) < 0.05)[exposure] & ~visual & ~m["lost"]
    restricted = (rng.random(n_exposures) < 0.004)[exposure] & ~stars.is_seed_star()[star]
    compared = np.isfinite(m["comparison"])
    err = _fixed(m["err"], 4)
    lists = ["[" + ", ".join(f"'{name}'" for name in names) + "]" for names in measured.lists]
    lists = [f'"{text}"' if "," in text else text for text in lists]
    counts = np.array([len(names) for names in measured.lists])
    nothing = np.zeros(len(star), int)
    texts = [
        _fixed(m["given"], 5),  # jd
        _choice(m["source"] == ZIGA_HJD, "HJD", "JD"),  # tframe
        _choice(m["lost"], NO_MAG, _fixed(m["mag"], 4)),
        _choice(m["lost"] | visual, NO_ERR, err),
        _choice(detrended, _fixed(m["mag"] - 0.001, 4), NO_MAG),
        _choice(detrended, err, NO_ERR),
        _choice(detrended, "linear", "None"),  # type_detrend
        pa.array(calibrators).cast(pa.string()),
        _pick(["0"], nothing),  # type_calib
        _choice(detrended, "1", "0"),
        _choice(compared, _fixed(m["mag"] - m["comparison"], 4), NO_MAG),  # diff_mag
        _choice(compared, err, NO_ERR),
        _choice(compared, _fixed(m["comparison"], 4), NO_MAG),  # aver_comp
        pa.array(np.where(compared, counts[m["comparison_list"]], 0)).cast(pa.string()),
        _choice(compared, "1", "0"),  # differential
        _pick([*lists, "[]"], np.where(compared, m["comparison_list"], len(lists))),
        _pick([row["old_id"] for row in stars.rows], star),
        _pick([str(b[3]) for b in BANDS], band),
        _pick(SOURCES, m["source"]),  # observer
        pc.fill_null(_fixed(programme.exptime[exposure], 1), ""),
        _pick(["2x2", "1x1", ""], telescope),
        _pick(["-20.0", "-25.0", ""], telescope),
        pa.array(m["quality"]).cast(pa.string()),
        _pick([""], nothing),  # preview_link
        _pick(_links(programme, images, rng), exposure),
        _choice(restricted, "owner", "full"),
    ]
    return texts, m["source"], year[order]


def write(texts, source, year, folder):
    """Write the rows into `folder`, numbered through all files; returns how many files."""
    key = source * 10_000 + year
    found = np.unique(key)
    for number in found:
        begin, end = (int(edge) for edge in np.searchsorted(key, [number, number + 1]))
        parts = [pa.array(np.arange(begin + 1, end + 1)).cast(pa.string())]
        parts += [text.slice(begin, end - begin) for text in texts]
        lines = pc.binary_join_element_wise(*parts, ",").to_pylist()
        with open(
            folder / file_name(*divmod(int(number), 10_000)), "w", encoding="utf-8", newline="\n"
        ) as file:
            file.write("\n".join([HEADER, *lines, ""]))
    return len(found)
