"""The Earth's rotation as astropy knows it, kept ready: astropy takes longer to read its own table, a text, than a night of
points takes to be read, checked and timed."""

import hashlib
import os
import pickle
from contextlib import suppress

import astropy
import numpy as np

from .time import iers


def keep(folder):
    """Have astropy take its table from a file in `folder`, a Path; it is made where there is none that can be read. Another version of
    astropy, or another table, gets a file of its own."""
    stat = os.stat(iers.IERS_B_FILE)
    key = f"{astropy.__version__} {np.__version__} {iers.IERS_B_FILE} {stat.st_size} {stat.st_mtime_ns}"
    file = folder / f"earth-rotation-{hashlib.sha256(key.encode()).hexdigest()[:12]}.pickle"
    try:
        table = pickle.loads(file.read_bytes())
    except Exception:  # not there, or broken in whatever way
        table = iers.earth_orientation_table.get()
        new = file.with_suffix(f".{os.getpid()}")
        with suppress(OSError):  # then it is read as before
            new.write_bytes(pickle.dumps(table))
            new.replace(file)
    iers.earth_orientation_table.set(table)
