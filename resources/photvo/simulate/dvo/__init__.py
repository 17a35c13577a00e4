"""A DVO database of any size that was never observed, the same for the same seed."""

from pathlib import Path

import numpy as np

from ...settings import PhotvoError, say
from . import camera, exposures, files, measure, photcodes, stars
from .layout import VERSIONS, layouts
from .regions import Region
from .skytable import SkyTable

SS_CYG = (326.15, 43.30)  # centre of the default field, deg: SS Cyg is in it, and it lies in four regions
PIXELS = 150_000  # stars times exposures in one block
NEAREST = 1.5  # deg between two fields


def add_arguments(parser):
    """The options of `photvo simulate dvo`, on an argparse parser."""
    parser.add_argument("output", type=Path, help="folder to write into, e.g. inputs/dvo")
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed gives the same database (default: 1)"
    )
    parser.add_argument("--objects", type=int, default=200, help="stars (default: 200)")
    parser.add_argument(
        "--measurements-per-object", type=int, default=52, metavar="N",
        help="exposures of each field: a star has a measurement in nearly every one (default: 52)",
    )  # fmt: skip
    parser.add_argument(
        "--version", choices=VERSIONS, default="PS1_V1", help="of the format (default: PS1_V1)"
    )
    parser.add_argument("--field", type=float, nargs=2, action="append", metavar=("RA", "DEC"),
                        help="centre of a field of a square degree; again for more (default: one near SS Cyg)")  # fmt: skip
    parser.add_argument(
        "--variables", type=float, default=0.1, help="part of the stars that varies (default: 0.1)"
    )
    parser.add_argument("--stars-of", type=Path, metavar="FOLDER",
                        help="a simulated Kolonica archive: its stars in the fields are there too")  # fmt: skip
    parser.add_argument(
        "--force", action="store_true", help="write into a folder that has a simulated database already"
    )


def main(args):
    """Write the database; returns the exit status."""
    try:
        counts = write(
            args.output, objects=args.objects, measurements=args.measurements_per_object, version=args.version,
            seed=args.seed, fields=args.field or [SS_CYG], variables=args.variables, stars_of=args.stars_of, force=args.force,
        )  # fmt: skip
    except OSError as error:
        raise PhotvoError(
            f"{error.filename or args.output}: {error.strerror}; the database is not complete"
        ) from None
    regions, n_stars, measurements, images = counts
    say(f"{args.output}: {n_stars} objects, {measurements} measurements in {regions} regions, {images} images; "
        f"{args.version}, simulated, seed {args.seed}")  # fmt: skip
    return 0


def write(
    folder, *, objects=200, measurements=52, version="PS1_V1", seed=1, fields=(SS_CYG,), variables=0.1, stars_of=None, force=False,
    old=None, is_sorted=True, mef=False, missing=True, empty_files=True, seconds=photcodes.SECONDS, secfilt_slots=None, absent=(),
    naive_wrap=False, hosts=(), noise=1.0,
):  # fmt: skip
    """Write a database into `folder`. Returns how many regions, objects, measurements and images it has.

    The options that the command has not make the format's variants: `old`, the dialect of 2009 (EXT_ID as 2J, NEXTEND,
    TSCAL and TZERO; default: for PS1_V1); not `is_sorted`, measurements in any order; `mef`, one file a region; not
    `missing`, nothing in .cpn; not `empty_files`, files without rows are left out; `seconds`, SEC photcodes (code, name)
    in the order of their slots; `secfilt_slots`, how many of them .cps has; `absent`, photcodes that are not in
    Photcodes.dat; `naive_wrap`, D_RA is a plain difference, 1,296,000 arcsec across RA 0; `hosts`, folders (relative to
    `folder`) over which the regions are distributed; `noise`, factor of all errors.
    """
    old = version == "PS1_V1" if old is None else old
    _check(objects, measurements, fields, seed, variables, old, version)
    fields = [(float(ra) % 360, float(dec)) for ra, dec in fields]
    lay, sky = layouts(version, old), SkyTable()
    generator = lambda *key: np.random.Generator(np.random.PCG64([seed, *key]))  # noqa: E731
    plan = exposures.plan(fields, measurements, generator(0))
    given = stars.of_archive(stars_of) if stars_of else None
    _make_room(folder, force)
    folder.mkdir(parents=True, exist_ok=True)
    homes = [folder / host for host in hosts] or [folder]
    regions, images = {}, files.TableFile(folder / "Images.dat", lay.image, old)
    n_images = len(fields) * measurements * exposures.PER_EXPOSURE
    about = [("NIMAGES", n_images), ("ZERO_PT", 25.0), ("DVO_DBID", f"{seed:032x}"), ("FORMAT", version),
             ("IMAGEID", n_images + 1)]  # fmt: skip
    for n, e in enumerate(plan):
        share = objects // len(fields) + (n < objects % len(fields))
        counts = np.zeros(1 + exposures.PER_EXPOSURE * len(e), np.int64)
        number_of = _Numbers(counts, e.first_image)
        for block in _blocks(e, share, variables, given, seconds, noise, lambda k, n=n: generator(1, n, k)):
            if not missing:
                block.missing[:] = False
            if secfilt_slots is not None:
                block.secfilt = {name: matrix[:, :secfilt_slots] for name, matrix in block.secfilt.items()}
            if naive_wrap:
                block.values["D_RA"] = np.round(3600 * (block.ra[:, None] - block.values["RA"]), 5)
            row = sky.find(block.ra, block.dec)
            for k in np.unique(row):
                if k not in regions:
                    stem = homes[len(regions) % len(homes)] / str(sky.rows["NAME"][k])
                    regions[k] = Region(
                        stem, int(k), sky.rows[["R_MIN", "R_MAX", "D_MIN", "D_MAX"]][k], lay, old
                    )
                regions[k].append(block.take(row == k), e, number_of)
        per_chip = counts[1:].reshape(len(e), -1)[:, : camera.CHIPS]
        images.append(exposures.image_rows(lay.image, e, per_chip), about)
    images.close(about)
    for k, region in regions.items():
        if not is_sorted:
            region.shuffle(generator(2, k))
        region.close(is_sorted, mef, empty_files)
    sky.split(regions)
    number = {k: 1 + n % len(hosts) for n, k in enumerate(regions)} if hosts else None
    files.write_table(folder / "SkyTable.fits", lay.skytable, sky.written(lay.skytable, number), old,
                      [("HOSTS", "HostTable.dat")] if hosts else [])  # fmt: skip
    if hosts:
        lines = "".join(f"{n} localhost {host}\n" for n, host in enumerate(hosts, 1))
        (folder / "HostTable.dat").write_text(f"# ID hostname directory\n{lines}", encoding="ascii")
    files.write_table(
        folder / "Photcodes.dat", lay.photcode, photcodes.rows(lay.photcode, seconds, absent), old
    )
    total = [sum(region.files[name].count for region in regions.values()) for name in ("average", "measure")]
    return len(regions), *total, n_images


def _check(objects, measurements, fields, seed, variables, old, version):
    if objects < 1 or not 1 <= measurements <= 60_000:
        raise PhotvoError("--objects: at least 1; --measurements-per-object: 1 to 60000")
    if seed < 0 or not 0 <= variables <= 1:
        raise PhotvoError("--seed: not negative; --variables: from 0 to 1")
    if old and version != "PS1_V1":
        raise PhotvoError(f"version {version}: only PS1_V1 is known in the dialect of 2009")
    ra, dec = np.radians(np.array(fields, float)).T
    if not (np.abs(np.degrees(dec)) <= 89).all():
        raise PhotvoError("--field: declinations from -89 to 89 degrees")
    x = np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
    if (np.degrees(np.arccos(np.clip(x.T @ x, -1, 1)))[np.triu_indices(len(ra), 1)] < NEAREST).any():
        raise PhotvoError(f"--field: two fields are nearer than {NEAREST} degrees, where they would overlap")


def _make_room(folder, force):
    if folder.exists() and not folder.is_dir():
        raise PhotvoError(f"{folder}: is a file; name a folder")
    if folder.is_dir() and (present := [path for path in folder.iterdir() if path.name != "README.md"]):
        images = folder / "Images.dat"
        if not (images.exists() and b"photvo simulate" in images.read_bytes()[: files.BLOCK]):
            raise PhotvoError(
                f"{folder}: is not empty, and what is there was not simulated; name another folder"
            )
        if not force:
            raise PhotvoError(f"{folder}: has a simulated database already; --force replaces it")
        _clear(folder, present)


def _clear(folder, present):
    """Remove the simulated database, and nothing that anybody else may have put there."""
    for path in present:
        if path.name in ("Images.dat", "Photcodes.dat", "SkyTable.fits", "HostTable.dat"):
            path.unlink()
    for suffix in ("cpt", "cpm", "cps", "cpn"):
        for path in folder.glob(f"[ns][0-9][0-9][0-9][0-9]/*.{suffix}"):
            path.unlink()
    for path in folder.glob("[ns][0-9][0-9][0-9][0-9]"):
        if not any(path.iterdir()):
            path.rmdir()


def _blocks(e, count, variables, given, seconds, noise, generator):
    """Blocks of `count` stars of a field, those of `given` that it shows first."""
    size = max(1, PIXELS // (len(e) + 1))
    done = number = 0
    while done < count:
        rng = generator(number)
        if not number and given is not None:
            near = (
                np.hypot((given.ra - e.pointing.ra[0] + 180) % 360 - 180, given.dec - e.pointing.dec[0]) < 2
            )
            population = given.take(np.flatnonzero(near)[:count])
        else:
            n = min(size, count - done)
            u = rng.random((3, n))
            chip = (u[0] * camera.CHIPS).astype(int)
            x, y = 10 + u[1] * (camera.NX - 20), 10 + u[2] * (camera.NY - 20)
            ra, dec = e.pointing.to_sky(*camera.to_focal_plane(chip, x, y), np.zeros(n, int))
            population = stars.invent(np.round(ra, 7) % 360, np.round(dec, 7), variables, rng)
        number += 1
        if len(population):
            block = measure.observe(population, e, seconds, noise, rng)
            done += len(block.stars)
            yield block


class _Numbers:
    """Hands out DET_ID, which counts the detections of each image; `counts`: of them so far, by image, the first for none."""

    def __init__(self, counts, first_image):
        self.counts, self.first_image = counts, first_image

    def __call__(self, image):
        index = np.where(image > 0, image - self.first_image + 1, 0)
        order = np.argsort(index, kind="stable")
        ordered = index[order]
        found, first, count = np.unique(ordered, return_index=True, return_counts=True)
        number = np.empty(len(index), np.int64)
        number[order] = np.arange(len(index)) - np.repeat(first - self.counts[found], count)
        self.counts[found] += count
        return number
