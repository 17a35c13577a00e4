"""Headers in which every card is of the plain kind, read many times faster than astropy reads them.

A PlainHeader answers as a fits.Header does, as far as the readers ask. A header with anything else in it (CONTINUE, HIERARCH,
quotes within text, record-valued cards, what breaks the standard) is astropy's.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from astropy.io import fits

CARD = 80
_END = "END".ljust(CARD)
_COMMENTARY = {"COMMENT ": "COMMENT", "HISTORY ": "HISTORY", " " * 8: ""}
_PLAIN = re.compile(
    r"(?=.{8}= )([A-Z0-9_-]+) *= *"
    r"(?:'([^']*)'|([TF])|([+-]?\d+)|([+-]?(?:\d+\.\d*|\.\d+|\d+(?=[DE]))(?:[DE][+-]?\d+)?))?"
    r"(?: *| +/ *(.*))$"
)


class Card(NamedTuple):
    """One card; an undefined value is None."""

    keyword: str
    value: str | bool | int | float | None
    comment: str


@lru_cache(1 << 13)  # most cards of a night are those of the image before
def _card(image):
    """The Card of 80 characters; None where it is not plain."""
    found = _PLAIN.match(image)
    if not found:
        name = _COMMENTARY.get(image[:8])
        return None if name is None else Card(name, image[8:].rstrip(), "")
    name, text, truth, whole, number, comment = found.groups()
    if name in ("COMMENT", "HISTORY", "CONTINUE", "END"):
        return None
    if text is not None:
        value = text.rstrip()
        if ": " in value:  # a record-valued card (FITS WCS paper IV), perhaps
            return None
    elif truth:
        value = truth == "T"
    elif whole:
        value = int(whole)
    else:
        value = float(number.replace("D", "E")) if number else None
    return Card(name, value, comment.rstrip() if comment else "")


class PlainHeader:
    """The cards of a header in their order; by name the first of each."""

    def __init__(self, cards, text):
        self.cards, self.text = [], text
        self.first, self.comments = {}, {}
        for card in cards:
            self.append(card)

    @classmethod
    def fromstring(cls, text):
        """The header of a text of whole cards with an END; None where one of them is not plain."""
        cards = []
        for i in range(0, len(text), CARD):
            image = text[i : i + CARD]
            if image == _END:
                return cls(cards, text)
            card = _card(image)
            if card is None:
                break
            cards.append(card)
        return None

    def astropy(self):
        """The same as a fits.Header."""
        return fits.Header.fromstring(self.text)

    def copy(self):
        """Another one with the same cards."""
        other = PlainHeader((), self.text)
        other.cards, other.first, other.comments = self.cards.copy(), self.first.copy(), self.comments.copy()
        return other

    def append(self, card, end=True):
        """Add a Card at the end."""
        self.cards.append(card)
        if card.keyword not in self.first:
            self.first[card.keyword], self.comments[card.keyword] = card.value, card.comment

    def get(self, name, default=None):
        """The value of a card."""
        return self.first.get(name, default)

    def __getitem__(self, name):
        return self.first[name]

    def __contains__(self, name):
        return name in self.first

    def __iter__(self):
        return (card.keyword for card in self.cards)
