"""The light-curve CSV of the Kolonica archive: 27 columns, one point a row.

All 27 columns must be there, in any order; `object_name` may stand for `object_id_arch`, and `band`
(photosys.band) for `obs_type_id`; where both are there, a filled `band` wins, and a filled `object_id_arch`.
Further columns are not lost: they are kept as text in the metadata, under their own names.

Source: the seed's description of the database, and the columns of the archive's upload script.
"""

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.batch import PointBatch, ReadError, Reject, points_table
from . import json_text
from .csv_block import MISSING, parse
from .csv_rows import Rows
from .header_line import columns, words
from .source import ahead, text_blocks

FORMAT = "kolonica-lightcurve"
VERSION = 1
WHAT = "a Kolonica light-curve CSV"
BATCH = 65_536

COLUMNS = (
    "phot_id jd tframe mag mag_err detrend_mag detrend_mag_err type_detrend num_calib type_calib detrend"
    " diff_mag diff_mag_err aver_comp num_comp differential comp_stars object_id_arch obs_type_id observer"
    " exp_time binning temperature quality preview_link image_link privileges"
).split()
ALTERNATIVES = {"object_id_arch": "object_name", "obs_type_id": "band"}
REQUIRED = [(name, ALTERNATIVES[name]) if name in ALTERNATIVES else name for name in COLUMNS]

#: obs_type_id → photosys.band
BANDS = {
    1: "g_sdss", 2: "r_sdss", 3: "i_sdss", 4: "none", 216: "none",
    276: "B", 604: "I", 605: "V", 1135: "R",
}  # fmt: skip
#: What stands for a missing value, and where: a star of magnitude 9.99 has that magnitude.
SENTINELS = {
    **dict.fromkeys(("mag", "diff_mag", "detrend_mag", "aver_comp"), (99.99,)),
    **dict.fromkeys(("mag_err", "diff_mag_err", "detrend_mag_err"), (9.99, 99.99)),
}
INTEGERS = {"phot_id", "object_id_arch", "obs_type_id", "quality", "num_comp", "num_calib", "differential"}
NUMBERS = {*SENTINELS, *INTEGERS, "exp_time", "temperature"}

_STAR = r"""(?:'([^'\\]*)'|"([^"\\]*)"|(\d+))"""
_STARS = re.compile(rf"\[\s*(?:{_STAR}\s*(?:,\s*{_STAR}\s*)*,?)?\s*\]")


def recognises(head, path):
    """True for a header line with at least two of the column names that no other format has."""
    common = {"jd", "mag", "mag_err", "quality", "exp_time", "observer", "binning", "temperature"}
    return len(words(head) & (set(COLUMNS) - common)) > 1


def read(path, options=None):
    """Yield PointBatch of at most 65,536 rows. Raises ReadError."""
    for batch in ahead(_batch, _blocks(path)):
        again = [reject for reject in batch.rejects if len({*reject.row.split(",")} & {*COLUMNS}) > 20]
        yield _without_headers(batch, again, path) if again else batch


def _without_headers(batch, again, path):
    "a batch of a file that was put together of several, without their lines of names; in another order they are an error"
    _, (first, *_) = next(text_blocks(path))
    for reject in again:
        if reject.row.strip() != first.decode().strip():
            raise ReadError(path, "another line of names, which differ from the first ones; split the file before it", reject.line)
    return replace(batch, rejects=[reject for reject in batch.rejects if reject not in again])


def _blocks(path):
    """Yield (lines, their numbers, column names) for each batch."""
    names = None
    for numbers, lines in text_blocks(path):
        if names is None:
            names = columns(path, int(numbers[0]), lines[0], REQUIRED, WHAT)
            numbers, lines = numbers[1:], lines[1:]
        for start in range(0, len(lines), BATCH):
            yield lines[start : start + BATCH], numbers[start : start + BATCH], names


def _batch(lines, numbers, names):
    table, numbers_kept, rejects = parse(lines, numbers, names, NUMBERS)
    rows = _Rows(table, numbers_kept, NUMBERS)
    points = rows.points([name for name in names if name not in {*COLUMNS, *ALTERNATIVES.values()}])

    def raw(line):
        i = int(np.searchsorted(numbers, line))
        return lines[i].decode() if i < len(lines) and numbers[i] == line else ""

    rejects += [Reject(line, reason, raw(line)) for line, reason in rows.reasons.items()]
    return PointBatch(points, sorted(rejects, key=lambda reject: reject.line), raw)


def stars(literal):
    """The names in a Python list literal of strings or whole numbers, as a list of str; nothing is evaluated.

    Raises ValueError where the text is no such list.
    """
    if not _STARS.fullmatch(literal):
        raise ValueError(f"{literal[:60]!r} is not a list of star names")
    return ["".join(found) for found in re.findall(_STAR, literal)]


class _Rows(Rows):

    def number(self, name):
        return super().number(name, SENTINELS.get(name, ()))

    def band(self):
        """photosys.band from `band`, else from obs_type_id."""
        code = self.number("obs_type_id")
        bands = pa.array(list(BANDS.values())).take(
            pc.index_in(code, value_set=pa.array(list(BANDS), pa.float64())))  # fmt: skip

        def reason(i):
            known = ", ".join(f"{number} {band}" for number, band in BANDS.items())
            if not code[i].is_valid:
                return "obs_type_id: no band"
            return f"obs_type_id: {code[i].as_py():g} is the code of no band; known are {known}"

        band = pc.coalesce(self.text("band"), bands)
        self.refuse(pc.is_null(band), reason)
        return band

    def stars_json(self):
        """comp_stars as JSON arrays."""
        encoded = self.text("comp_stars").dictionary_encode()
        lists, wrong = [], []
        for literal in encoded.dictionary.to_pylist():
            try:
                lists.append(None if literal in MISSING else stars(literal))
                wrong.append(None)
            except ValueError as reason:
                lists.append(None)
                wrong.append(f"comp_stars: {reason}")
        reasons = pa.array(wrong, pa.string()).take(encoded.indices)
        self.refuse(pc.is_valid(reasons), lambda i: reasons[i].as_py())
        return pc.fill_null(json_text.texts(lists).take(encoded.indices), "null")

    def image(self):
        """observations.filename: the base name of the link, less `.fz`."""

        def base(links):
            names = pc.replace_substring_regex(links, r"^.*[/\\]|\.fz$", "")
            return pc.if_else(pc.is_in(names, value_set=pa.array(MISSING)), None, names)

        return json_text.distinct(self.text("image_link"), base)

    def metadata(self, extra):
        """The further facts of each row as JSON: the seed's keys, and `extra` columns as text."""
        text = lambda name: json_text.strings(self.text(name))  # noqa: E731
        number = lambda name: json_text.floats(self.number(name))  # noqa: E731
        integer = lambda name: json_text.integers(self.integer(name))  # noqa: E731
        makers = {
            "binning": text, "detrend": text, "exp_time": number, "num_comp": integer, "aver_comp": number,
            "num_calib": integer, "comp_stars": lambda name: self.stars_json(), "privileges": text,
            "type_calib": text, "detrend_mag": number, "temperature": number, "differential": integer,
            "type_detrend": text, "detrend_mag_err": number,
        }  # fmt: skip

        def if_there(name):
            column = self.text(name)
            return pc.if_else(pc.is_valid(column), json_text.strings(column), None)

        return json_text.objects(
            [(name, make(name)) for name, make in makers.items()],
            [(name, if_there(name)) for name in ("preview_link", "tframe", *extra)],
        )

    def points(self, extra):
        """The rows that are not refused, as a table of schema POINTS."""
        mag, mag_diff = self.number("mag"), self.number("diff_mag")
        object_arch, object_name = self.integer("object_id_arch"), self.text("object_name")
        self.refuse(pc.and_(pc.is_null(object_arch), pc.is_null(object_name)),
                    lambda i: "object_id_arch: no object (nor an object_name)")  # fmt: skip
        self.refuse(pc.and_(pc.is_null(mag), pc.is_null(mag_diff)),
                    lambda i: "mag: no magnitude (nor a diff_mag)")  # fmt: skip
        made = {
            "line": pa.array(self.numbers), "id_arch": self.integer("phot_id"), "object_arch": object_arch,
            "object_name": pc.if_else(pc.is_valid(object_arch), None, object_name), "band": self.band(),
            "progid": self.text("observer"), "time": self.time("jd"), "mag": mag,
            "mag_err": self.number("mag_err"), "mag_diff": mag_diff,
            "mag_diff_err": self.number("diff_mag_err"), "exptime": self.number("exp_time"),
            "quality": pc.cast(self.integer("quality"), pa.int32()), "image": self.image(),
            "privileges": self.text("privileges"), "metadata": self.metadata(extra),
        }  # fmt: skip
        return self.kept(points_table(made))
