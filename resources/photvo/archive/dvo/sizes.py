"""How many bytes light curves of a DVO have as their access URLs give them: as archive/sizes.py, for millions.

A document is made once a passband; what differs in the others is how long a few numbers are, and the rows.
"""

import threading

import numpy as np

from photvo.archive import sizes as documents
from photvo.products import columns, series, votable


class Sizes:
    """The sizes of the light curves of one database. Used by several threads at once."""

    def __init__(self, settings, images_are_in):
        """`images_are_in` is a function that returns when the table of images is complete."""
        self._context, self._images_are_in = documents.context(settings), images_are_in
        self._known = {}  # photosys.id → _document
        self._lock, self._images = threading.Lock(), None

    def of(self, cursor, object_ids, systems, npoints, ra, dec, first, image_ids):
        """Bytes of k light curves, whose rows of `series` are there already.

        `first` is the place of each one's first point among those that `image_ids` are of.
        """
        with self._lock:
            if self._images is None:
                self._find_images(cursor)
        width = np.maximum.reduceat(self._addresses(image_ids), first)
        distinct, example, which = np.unique(systems, return_index=True, return_inverse=True)
        known = [self._document(cursor, *pair) for pair in zip(object_ids[example].tolist(), distinct.tolist())]
        base, digit, row = np.array(known)[which].T
        row = row + width - _LEAST
        # the curves of an object stand together
        own = np.append(True, object_ids[1:] != object_ids[:-1])
        position = (_length(ra[own]) + _length(dec[own]) - 2 * _length(np.zeros(1)))[np.cumsum(own) - 1]
        return (
            base + digit * (_digits(object_ids) - 1) + position
            + 2 * (_digits(npoints) - 1) + _digits(width) - 1 + (npoints * row + 2) // 3 * 4
        )  # fmt: skip

    def _find_images(self, cursor):
        self._images_are_in()
        cursor.execute("SELECT image_id, 'dvo/images/' || file FROM dvo_db.images WHERE file IS NOT NULL ORDER BY 1")
        found = cursor.fetchall()
        self._lengths = np.array([len(self._context.image(row[1])) for row in found], "i8")
        self._images = np.array([row[0] for row in found], "i8")

    def _addresses(self, image_ids):
        "how long the address of each point's image is; that of none is as short as VOTable allows"
        if not len(self._images):
            return np.full(len(image_ids), _LEAST)
        place = np.minimum(np.searchsorted(self._images, image_ids), len(self._images) - 1)
        return np.where(self._images[place] == image_ids, np.maximum(self._lengths[place], _LEAST), _LEAST)

    def _document(self, cursor, object_id, system):
        """Of a passband: bytes of the document of an object 1 without rows, what a digit more adds, and the bytes of a row."""
        if system not in self._known:
            (item,) = series.find_many(cursor, "dvo", [object_id], [system])
            rows = np.zeros(1, series.POINT)
            rows["datasource_id"] = item.sources[0]["id"]
            item = item._replace(ra=0.0, dec=0.0, npoints=1)
            small, large = (item._replace(object_id=number, name=f"DVO {number}") for number in (1, 10))
            table = columns.assemble(small, rows, {}, self._context.image)
            row = len(votable.binary2(table, columns.of(small)))
            sizes = [len(votable.document([(item, table)], self._context)) for item in (small, large)]
            self._known[system] = sizes[0] - (row + 2) // 3 * 4, sizes[1] - sizes[0], row
        return self._known[system]


_LEAST = 2  # columns._spread
_TENS = 10 ** np.arange(1, 19)


def _digits(numbers):
    return 1 + np.searchsorted(_TENS, numbers, side="right")


def _length(numbers):
    return np.char.str_len(np.asarray(numbers, float).astype("U32"))
