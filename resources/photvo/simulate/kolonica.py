"""A Kolonica archive of any size that was never observed, the same for the same seed."""

import csv
import shutil
from pathlib import Path

import numpy as np

from ..settings import PhotvoError, say
from . import images, photometry, programme, rows, stars

TABLES = ("observatories", "telescopes", "instruments", "photosys", "datasources")
REAL, INVENTED = "sim-real-stars.csv", "sim-invented-stars.csv"
SERIES_PER_OBJECT = 87_363 / 14_331  # as in the real archive


def add_arguments(parser):
    """The options of `photvo simulate kolonica`, on an argparse parser."""
    parser.add_argument("output", type=Path, help="folder to write into, e.g. inputs/kolonica")
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed gives the same archive (default: 1)"
    )
    parser.add_argument(
        "--objects", type=int, default=90, help="stars: real ones first, then SIM ones (default: 90)"
    )
    parser.add_argument("--points", type=int, default=15_000, help="light-curve points (default: 15000)")
    parser.add_argument("--series", type=int, help="light curves, one a star and band (default: 6.1 a star)")
    parser.add_argument("--images", type=int, default=0, help="FITS images (default: none)")
    parser.add_argument(
        "--comparison-stars", type=int, default=3, help="at most so many a field (default: 3)"
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="write into a folder that has files: the reference tables and what was simulated before are "
        "replaced, nothing else",
    )


def _check(args):
    most = 8 * args.objects - (7 if args.objects > 2 else 0)  # the third star, the seed's, has one
    series = min(round(args.objects * SERIES_PER_OBJECT), most) if args.series is None else args.series
    if args.objects < 1:
        raise PhotvoError(f"--objects {args.objects}: at least one star is needed")
    if not args.objects <= series <= most:
        raise PhotvoError(f"--series {series}: with {args.objects} stars from {args.objects} to {most}")
    if args.points < series:
        raise PhotvoError(
            f"--points {args.points}: at least one for each of the {series} light curves (see --series)"
        )
    if args.seed < 0 or args.images < 0 or args.comparison_stars < 0:
        raise PhotvoError("--seed, --images and --comparison-stars: not negative")
    if args.output.is_dir() and any(args.output.iterdir()) and not args.force:
        raise PhotvoError(
            f"{args.output}: is not empty; --force replaces reference tables and earlier simulated files"
        )
    if args.output.exists() and not args.output.is_dir():
        raise PhotvoError(f"{args.output}: is a file; name a folder")
    return series


def _clear(folder):
    """Remove what an earlier run wrote, and nothing that anybody else may have put there."""
    mine = [folder / "objects" / REAL, folder / "objects" / INVENTED]
    mine += [
        folder / "lightcurves" / rows.file_name(source, year)
        for source in range(len(photometry.SOURCES))
        for year in rows.YEARS
    ]
    mine += [path for path in folder.glob("images/*/*.fi*") if images.is_simulated(path)]
    for path in mine:
        path.unlink(missing_ok=True)


def write_objects(all_stars, folder):
    """The object files: one of the real stars, one of the invented."""
    for name, keep in ((REAL, all_stars.real), (INVENTED, ~all_stars.real)):
        if not keep.any():
            continue
        with open(folder / name, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(stars.COLUMNS)
            for i in np.flatnonzero(keep):  # nothing is -- in the nine Kolonica columns, empty in ours
                row = [all_stars.rows[i].get(column) for column in stars.COLUMNS]
                writer.writerow([value or ("--" if k < 9 else "") for k, value in enumerate(row)])


def main(args):
    """Write the archive; returns the exit status."""
    series = _check(args)
    try:
        return _write(args, series)
    except OSError as error:
        raise PhotvoError(
            f"{error.filename or args.output}: {error.strerror}; the archive is not complete"
        ) from None


def _write(args, series):
    rng = [np.random.Generator(np.random.PCG64([args.seed, stage])) for stage in range(5)]
    _clear(args.output)
    for name in ("objects", "lightcurves"):
        (args.output / name).mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        shutil.copyfile(stars.DATA / f"{table}.csv", args.output / f"{table}.csv")
    sky_stars = stars.make(args.objects, args.comparison_stars, rng[0])
    plan = programme.make(sky_stars, args.points, series, rng[1])
    pictures = images.choose(sky_stars, plan, args.images)
    measured = photometry.measure(sky_stars, plan, args.seed, rng[2])
    columns = rows.columns(sky_stars, plan, measured, {p.exposure: p.name for p in pictures}, rng[4])
    write_objects(sky_stars, args.output / "objects")
    n_files = rows.write(*columns, args.output / "lightcurves")
    for picture in pictures:
        images.write(picture, sky_stars, plan, args.output / "images", args.seed, rng[3])
    say(
        f"{args.output}: {args.objects} objects, {args.points} points in {series} light curves, "
        f"{n_files} files, {len(pictures)} images; simulated, seed {args.seed}"
    )
    return 0
