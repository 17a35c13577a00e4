"""Archives of simulated DVO databases for the tests, and their files as astropy reads them."""

import shutil
from dataclasses import replace

import numpy as np
from astropy.io import fits
from running import folder_of_session

from photvo.archive import dvo
from photvo.simulate import dvo as simulate


#: What was simulated by some options: each is made once and copied.
_MADE = {}


def make(archive, **options):
    """Put a small DVO into an archive's inputs; returns its folder."""
    folder = archive.settings.inputs / "dvo"
    given = {"objects": 60, "measurements": 8, "seed": 7, **options}
    if (key := repr(given)) not in _MADE:
        made = folder_of_session() / "simulated" / str(len(_MADE))
        simulate.write(made, **given)
        _MADE[key] = made
    shutil.copytree(_MADE[key], folder)
    return folder


def ingest(archive, mode="loaded", **options):
    """`photvo ingest` of it: returns the summary."""
    return dvo.ingest(settings(archive, mode), **options)


def settings(archive, mode="loaded"):
    return replace(archive.settings, env={**archive.settings.env, "PHOTVO_DVO_MODE": mode})


def files(folder, ending):
    """The region files of an ending, in order of their names."""
    return sorted(folder.glob(f"*/*.{ending}"))


def rows(path):
    """The first table of a file as astropy has it, in this machine's byte order; what is unsigned by the format is still signed."""
    with fits.open(path) as hdus:
        data = np.array(hdus[1].data)
    return data.astype(data.dtype.newbyteorder("="))


def unsigned(values):
    """A column that is unsigned though its header does not say so."""
    return values.view(f"u{values.dtype.itemsize}").astype("i8")
