"""SkyTable.fits: which region a position lies in; HostTable.dat: where a region's files are."""

from pathlib import Path

import numpy as np

from ...model.batch import ReadError
from . import columns, layouts, tables

_HOSTS = ("host_flags", "host_id", "backup_id")
_USE_BACKUP = 4  # in HOST_FLAGS


def read(path):
    """(rows of a SkyTable.fits as a structured array in file order, name of the host table or None).

    Raises ReadError where the file is none, or its tree is broken.
    """
    primary, table = tables.only(path, "SKY_REGION")
    columns.require(table, layouts.SKY_REGION, [name for name in layouts.SKY_REGION if name not in _HOSTS])
    rows = columns.physical(table, table.read(), layouts.SKY_REGION)
    hosts = primary.get("HOSTS")
    if not hosts or "HOST_ID" not in table.dtype.names:
        for name in _HOSTS:
            rows[name] = 0  # without HOSTS the bytes are whatever was in memory
    parents = rows["child"] != 0
    start, end = rows["child_s"][parents], rows["child_e"][parents]
    broken = (start <= np.flatnonzero(parents)) | (end < start) | (end > len(rows))
    if not len(rows) or broken.any():
        raise ReadError(
            path, "the tree of regions is broken (CHILD_S and CHILD_E); copy the file again from its source"
        )
    return rows, str(hosts) if hosts else None


def find(rows, ra, dec):
    """Row of the region that owns a catalogue and holds a position (deg); None where none does.

    Down the tree from the whole sky: the first child that has the position, until one owns a catalogue.
    """
    ra, start, end = ra % 360, 0, 1
    while True:
        level = rows[start:end]
        inside = (level["r_min"] <= ra) & (ra <= level["r_max"])
        inside &= (level["d_min"] <= dec) & (dec <= level["d_max"])
        if not inside.any():
            return None
        row = start + int(inside.argmax())
        if rows["has_catalog"][row]:
            return row
        if not rows["child"][row]:
            return None
        start, end = int(rows["child_s"][row]), int(rows["child_e"][row])


def folders(root, name):
    """The folders of a HostTable.dat by their ID. A relative one is below the DVO's folder, else beside it.

    Raises ReadError where the file is not there or a line has not an ID, a machine and a folder.
    """
    path, found = root / Path(name).name, {}
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise ReadError(
            path, f"SkyTable.fits names it and it cannot be read: {error.strerror or error}"
        ) from None
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) < 3 or not words[0].isdecimal() or not 0 < int(words[0]) < 256:
            raise ReadError(
                path, f"expected an ID from 1 to 255, a machine and a folder, found {line[:60]!r}", number
            )
        below, beside = root / words[2], root.parent / words[2]
        found[int(words[0])] = below if below.is_dir() else beside
    return found


def folder(row, hosts, root):
    """The folder of a region's files, from its HOST_ID. Raises ReadError where that is unknown."""
    host = int(row["backup_id"] if row["host_flags"] & _USE_BACKUP else row["host_id"])
    if not host:
        return root
    if host not in hosts:
        raise ReadError(
            root / "SkyTable.fits",
            f"region {row['name']} is on host {host}, which HostTable.dat lacks; add it there",
        )
    return hosts[host]
