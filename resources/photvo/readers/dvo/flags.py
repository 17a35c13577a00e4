"""Names (those of the Pan-STARRS pipeline) and meanings of the bits in DVO's flag columns: flags.csv."""

import csv
from pathlib import Path
from typing import NamedTuple


class Flag(NamedTuple):
    """One bit: table and column of schema dvo, number of the bit from 0, its value, name and meaning."""

    table: str
    column: str
    bit: int
    mask: int
    name: str
    meaning: str


def flag_names():
    """Every documented bit, as a list of Flag."""
    with open(Path(__file__).with_name("flags.csv"), newline="") as file:
        return [_flag(**row) for row in csv.DictReader(file)]


def _flag(column, mask, name, meaning):
    mask = int(mask, 16)
    return Flag(*column.split("."), mask.bit_length() - 1, mask, name, meaning)
