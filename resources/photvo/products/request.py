"""What is asked of a light curve: which, in which bands, when, how clean, in which form. And the answer."""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import numpy as np

from . import columns, forms, series
from .refusals import BadRequest, NotHere
from .series import Identifier, parse_did


@dataclass(frozen=True)
class Context:
    """The data centre as a product states it."""

    authority: str
    server_url: str
    publisher: str
    contact: str = ""  # an e-mail address

    def did(self, item):
        """The publisher DID of a Series, or of all bands of an object for an Identifier without a band."""
        if isinstance(item, Identifier):
            path = f"{item.collection}/lightcurves/{item.object_id}" + (f"/{item.band}" if item.band else "")
            return f"ivo://{self.authority}/~?{path}"
        return f"ivo://{self.authority}/~?{item.did}"

    def image(self, accref):
        """The URL of an image by its path below the inputs; None where it is not there."""
        collection, _, path = (accref or "").removeprefix("/").partition("/images/")
        return f"{self.server_url}/{collection}/images/files/static/{quote(path)}" if path else None


class Request(NamedTuple):
    """A checked request. `time` is MJD (UTC) from, to; either may be infinite."""

    identifiers: tuple[Identifier, ...]
    bands: tuple[str, ...] = ()
    time: tuple[float, float] = (-math.inf, math.inf)
    clean: bool = False
    form: str = "votable"

    @classmethod
    def parse(cls, arguments):
        """From HTTP parameters (names in capitals → lists of texts). Raises BadRequest."""
        given = [text for text in arguments.get("ID", []) if text.strip()]
        if not given:
            raise BadRequest("ID", "which light curve? Give a publisher DID, ivo://AUTHORITY/~?COLLECTION/lightcurves/OBJECTID/BAND")
        identifiers = []
        for text in given:
            identifier = parse_did(text)
            if identifier is None:
                raise BadRequest("ID", f"{text[:80]!r} is no publisher DID of a light curve")
            identifiers.append(identifier)
        bands = [band.strip() for text in arguments.get("BAND", []) for band in text.split(",") if band.strip()]
        return cls(
            tuple(dict.fromkeys(identifiers)),
            tuple(bands),
            _interval(arguments.get("TIME", [])),
            _truth(arguments.get("CLEAN", [])),
            _form(arguments.get("RESPONSEFORMAT") or arguments.get("FORMAT") or []),
        )


def _last(name, texts):
    texts = [text.strip() for text in texts if text.strip()]
    if len(set(texts)) > 1:
        raise BadRequest(name, f"one value, please, not {len(texts)}")
    return texts[0] if texts else None


def _interval(texts):
    text = _last("TIME", texts)
    if text is None:
        return -math.inf, math.inf
    try:
        numbers = [float(word) for word in text.replace("/", " ").replace(",", " ").split()]
        low, high = numbers * 2 if len(numbers) == 1 else numbers
    except ValueError:
        raise BadRequest("TIME", f"{text[:40]!r} is no interval; give two MJD, e.g. 59000 59100, or -Inf 59100") from None
    if math.isnan(low) or math.isnan(high) or low > high:
        raise BadRequest("TIME", f"{text[:40]!r} is no interval: it ends before it begins")
    return low, high


def _truth(texts):
    text = (_last("CLEAN", texts) or "false").lower()
    if text not in ("true", "false", "1", "0", "yes", "no"):
        raise BadRequest("CLEAN", f"{text[:40]!r} is neither true nor false")
    return text in ("true", "1", "yes")


def _form(texts):
    text = _last("RESPONSEFORMAT", texts) or "votable"
    name = forms.find(text)
    if name is None:
        raise BadRequest("RESPONSEFORMAT", f"{text[:60]!r} is not among {', '.join(forms.FORMS)}")
    return name


class Product(NamedTuple):
    """An answer. `revision` is when what it shows last changed; `tag` tells two different answers apart."""

    media_type: str
    filename: str
    revision: datetime
    tag: str
    body: bytes | None


def wanted(cursor, request):
    """The series that a request for one object asks for. Raises NotHere and BadRequest."""
    (identifier,) = request.identifiers
    found = series.find(cursor, identifier)
    if not found:
        raise NotHere("there is no light curve " + "/".join(str(part) for part in identifier if part is not None))
    unknown = set(request.bands) - {item.band for item in found}
    if unknown:
        raise BadRequest("BAND", f"{found[0].name} has {', '.join(item.band for item in found)}, not {', '.join(sorted(unknown))}")
    return [item for item in found if not request.bands or item.band in request.bands]


def chosen(rows, request):
    """Which points (series.POINT) a request leaves in, as an array of bool."""
    low, high = request.time
    time = np.where(np.isnan(rows["obs_time_utc"]), rows["obs_time"], rows["obs_time_utc"])
    # a point without any time is in no interval
    keep = (time >= low) & (time <= high) if low > -math.inf or high < math.inf else np.ones(len(rows), bool)
    return keep & (rows["flags"] & series.UNCLEAN == 0) if request.clean else keep


def curves(cursor, request, context, found):
    """Pairs of a Series and its table, as the forms take them."""
    pairs = []
    for item, rows in zip(found, series.points(cursor, found)):
        keep = chosen(rows, request)
        rows = rows if keep.all() else rows.compress(keep)
        images = series.images(cursor, item.collection, rows)
        pairs.append((item, columns.assemble(item, rows, images, context.image)))
    return pairs


def in_ascii(name):
    """A name as part of a file's, which is sent in an HTTP header."""
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in name)


@lru_cache(1)
def _program():
    "a checksum of what makes products: another program may make another answer of the same points"
    folder = Path(__file__).parent
    return hashlib.sha1(b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))).hexdigest()


def answer(cursor, request, context, known_tag=None):
    """The Product for a request for one object; without a body where the asker has it already (`known_tag`)."""
    found = wanted(cursor, request)
    form = forms.FORMS[request.form]
    revision = max(item.revision for item in found)
    tag = hashlib.sha1(repr((_program(), request, context, [(item.did, item.revision) for item in found])).encode()).hexdigest()[:20]
    bands = found[0].band if len(found) == 1 else "all" if not request.bands else "-".join(request.bands)
    filename = f"{in_ascii(found[0].name)}_{bands}.{form.extension}"
    body = None
    if tag != known_tag:
        body = form.write(curves(cursor, request, context, found), context)
    return Product(form.media_type, filename, revision, tag, body)
