"""How many bytes light curves have in the form that their access URL gives: a VOTable in BINARY2.

A document without its rows is made and what the rows add is computed: the bytes of the rows are base64's, and
the rest of a document depends on its rows only by their number, the telescopes, and how long texts are. Light curves
whose documents can only differ in the digits of a few numbers share one.
"""

from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from photvo.products import columns, series, votable
from photvo.products.request import Context
from photvo.settings import TOP


def context(settings):
    """What products say of the data centre, as the services say it (services.page.context)."""
    said = dict(line.split(":", 1) for line in (TOP / "etc" / "defaultmeta.txt").read_text().splitlines() if ":" in line)
    publisher, contact = (said.get(name, "").strip() for name in ("publisher", "contact.email"))
    return Context(settings.authority, settings.server_url, publisher, contact)


def sizes(found, i, points, images, here, known):
    """Bytes of the documents of k Series (series.Series, of one collection), an int array.

    `i` says of each point to which of them it belongs, in ascending order; each has at least one. `points` has
    datasource_id and observation_id; `images` is what series.images tells of them. `here` is the Context. `known` is a dict, empty at first, that keeps what further calls
    can use.
    """
    names, by_image, by_source = _telescopes(found, images)
    observation, place = np.unique(points["observation_id"], return_inverse=True)
    of_image = np.array([by_image.get(key, 0) for key in observation.tolist()])[place]
    source, where = np.unique(points["datasource_id"], return_inverse=True)
    of_source = np.array([by_source.get(key, 0) for key in source.tolist()])[where]
    telescope = np.where(of_image > 0, of_image, of_source)
    lengths = np.array([len(name) for name in names])
    addresses = {key: here.image(accref) or "" for key, (accref, _) in images.items()}
    address = np.array([len(addresses.get(key, "")) for key in observation.tolist()])[place]

    first = np.searchsorted(i, np.arange(len(found)))
    address_width = np.maximum.reduceat(address, first)
    image_name_width = np.maximum.reduceat(lengths[of_image], first)
    used = np.unique(i * len(names) + telescope)
    used = np.split(used % len(names), np.searchsorted(used // len(names), np.arange(1, len(found))))
    n = np.diff([*first, len(i)])
    result = np.empty(len(found), "i8")
    for at, (item, keys, image_name, image_address, rows) in enumerate(
        zip(found, used, image_name_width.tolist(), address_width.tolist(), n.tolist())
    ):
        telescopes = tuple(names[key] for key in keys.tolist())
        kind = _kind(item), telescopes, image_name, image_address
        if kind not in known:
            source_width = max((len(source["telescope"] or "") for source in item.sources), default=0)
            table = _empty(item, len(keys), max(2, source_width, image_name), max(2, image_address))
            table["telescope"] = telescopes
            size = len(votable.document([(item._replace(**_ONCE), table)], here, "empty")) - len(str(len(table)))
            known[kind] = size - sum(len(repr(value)) for value in _ONCE.values()), _width(columns.of(item), table.dtype)
        size, width = known[kind]
        digits = len(str(rows)) + sum(len(repr(getattr(item, name))) for name in _ONCE)
        result[at] = size + digits + (rows * width + 2) // 3 * 4
    return result


#: Numbers that a document has once each, just as Python writes them; what stands for them here.
_ONCE = {"ra": 0.0, "dec": 0.0, "npoints": 1}


def _kind(item):
    """What of a Series the length of its document depends on, hashable; but for the numbers of `_ONCE`."""
    epoch = item.period_epoch
    return item._replace(
        # these are written as they are, or as a Modified Julian Date
        period=item.period and len(repr(item.period)), period_epoch=epoch and (len(repr(epoch)), len(repr(epoch - 2400000.5))),
        object_id=len(str(item.object_id)), photosys_id=None, revision=None, sources=tuple(source["id"] for source in item.sources),
        name=_lengths(item.name), gaia_name=_lengths(item.gaia_name), **_ONCE)  # fmt: skip


def _lengths(text):
    "of a text as XML has it, between tags and as an attribute; other letters than ASCII's make another datatype"
    return text and (len(escape(text).encode()), len(quoteattr(text).encode()), text.isascii())


@lru_cache
def _width(made_of, dtype):
    "the bytes of a row in BINARY2"
    return len(votable.binary2(np.zeros(1, dtype), made_of))


def _telescopes(found, images):
    """Names of telescopes as ASCII bytes, the first empty, and the place of that of each image, of each data source."""
    texts = [name for _, name in images.values()]
    texts += [source["telescope"] for item in found for source in item.sources]
    names = [b"", *sorted({text.encode("ascii", "replace") for text in texts if text})]
    place = {name: at for at, name in enumerate(names)}

    def at(text):
        return place[(text or "").encode("ascii", "replace")]

    by_source = {source["id"]: at(source["telescope"]) for item in found for source in item.sources}
    return names, {key: at(name) for key, (_, name) in images.items()}, by_source


def _empty(item, rows, telescope, address):
    """A table as columns.assemble makes it for a Series, of that many rows, with texts of these widths."""
    texts = {"telescope": f"S{telescope}", "image": f"S{address}"}
    return np.zeros(rows, [(c.name, texts.get(c.name) or series.POINT[c.name]) for c in columns.of(item)])
