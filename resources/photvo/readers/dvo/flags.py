"""The names and meanings of the bits in DVO's flag columns (flags.csv; the names are the Pan-STARRS pipeline's)."""

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
        return [Flag(*row["column"].split("."), int(row["mask"], 16).bit_length() - 1, int(row["mask"], 16), row["name"], row["meaning"])
                for row in csv.DictReader(file)]  # fmt: skip
