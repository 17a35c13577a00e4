"""What etc/dvo.toml says, checked."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from photvo.model.time import TimeFrame
from photvo.settings import TOP, PhotvoError

FILE = TOP / "etc" / "dvo.toml"
MODES = ("loaded", "attached")
_TIMES = {
    "scale": ("UTC", "TT", "TDB", "TAI", "TCB"),
    "refposition": ("TOPOCENTER",),
    "point": ("start", "mid"),
}


@dataclass(frozen=True)
class Config:
    """The settings of the collection. `folder` holds the DVO, `pixels` its images (None: nowhere)."""

    folder: Path
    attached: bool
    frame: TimeFrame
    observatory: dict  # name, longitude, latitude (deg), altitude (m), telescope
    source: dict  # columns of datasources
    bands: dict  # name of a secondary photcode → columns of photosys
    pixels: Path | None

    @property
    def site(self):
        """Where the telescope stands, an EarthLocation."""
        from astropy.coordinates import EarthLocation

        place = self.observatory
        return EarthLocation.from_geodetic(place["longitude"], place["latitude"], place["altitude"])

    @property
    def checksum(self):
        """What tells that something else would be derived of the same files now."""
        said = [self.attached, str(self.frame), self.observatory, self.bands]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def load(settings):
    """The Config of an instance. Raises PhotvoError, with the name and what it may be."""
    given = settings.collections.get("dvo", {})
    mode = settings.env.get("PHOTVO_DVO_MODE") or given.get("mode", "loaded")
    if mode not in MODES:
        raise PhotvoError(f"{FILE}: mode is {mode!r}; it is one of {', '.join(MODES)}")
    times = {**{name: choices[0] for name, choices in _TIMES.items()}, **given.get("times", {})}
    for name, choices in _TIMES.items():
        if times[name] not in choices:
            raise PhotvoError(f"{FILE}: [times] {name} is {times[name]!r}; it is one of {', '.join(choices)}")
    observatory = {"telescope": None, **given.get("observatory", {})}
    for name in ("name", "longitude", "latitude", "altitude"):
        if name not in observatory:
            raise PhotvoError(f"{FILE}: [observatory] has no {name}; without it no barycentric time can be derived")
    folder = given.get("pixels", {}).get("folder")
    return Config(
        folder=settings.inputs / "dvo",
        attached=mode == "attached",
        frame=TimeFrame(times["scale"], times["refposition"], times["point"]),
        observatory=observatory,
        source={"progid": "DVO", **given.get("source", {})},
        bands=given.get("bands", {}),
        pixels=(TOP / folder).resolve() if folder else None,
    )
