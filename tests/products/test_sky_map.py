"""The map of the sky: north up, east to the left, right ascension 0 in the middle."""

import io

import numpy as np
import pytest
from PIL import Image

from photvo.products import sky_map


@pytest.mark.parametrize(("ra", "dec", "right", "down"), [
    (0, 0, 0, 0), (90, 0, -0.5, 0), (270, 0, 0.5, 0), (0, 90, 0, -1), (0, -90, 0, 1), (359.9, 0, 0, 0),
])  # fmt: skip
def test_a_place_is_where_mollweide_puts_it(ra, dec, right, down):
    """`right` and `down` are in half widths and heights of the ellipse, which is twice as wide as high."""
    drawn, empty = (
        np.asarray(Image.open(io.BytesIO(sky_map.picture(places))).convert("RGB"), int)
        for places in ([np.radians((ra, dec))], [])
    )
    rows, columns = (abs(drawn - empty).sum(axis=2) > 100).nonzero()
    ellipse = (empty.sum(axis=2) < 60).nonzero()  # its outline is black, all else is grey
    (top, bottom), (left, end) = ((edge.min(), edge.max()) for edge in ellipse)
    assert columns.mean() == pytest.approx((left + end) / 2 + right * (end - left) / 2, abs=2)
    assert rows.mean() == pytest.approx((top + bottom) / 2 + down * (bottom - top) / 2, abs=2)
