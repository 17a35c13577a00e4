"""Periods of light curves, for the table series_stats: the highest peak of the generalised Lomb-Scargle periodogram.

A step of its own, since a periodogram takes longer than all other statistics of a hundred light curves. Only those are
looked at that have changed since; it can be ended at any time, and goes on where it was.
"""

import time
from contextlib import closing
from typing import NamedTuple

import numpy as np
import psycopg2
from astropy.timeseries import LombScargle

from photvo.model.fetch import fetch
from photvo.products.series import FLUX_ONLY, UNCLEAN
from photvo.settings import PhotvoError, say

from .session import LOCK

#: Good points with a barycentric time that a light curve needs to have.
LEAST = 30
#: d. Below it are few stars but many false peaks.
SHORTEST = 0.04
#: Frequencies searched within the width of a peak, 1/(time span): VanderPlas 2018, ApJS 236, 16, section 7.1.
OVERSAMPLING = 5
#: Light curves that are read at a time.
CHUNK = 200
#: Columns of a block of frequencies, and points that are summed at a time: memory does not grow with their number.
BLOCK = POINTS = 1024

_DUE = """
SELECT x.object_id, x.photosys_id, x.revision FROM {s}.series_stats x
JOIN {s}.series s ON s.object_id = x.object_id AND s.photosys_id = x.photosys_id AND s.revision = x.revision
WHERE x.npoints >= %s AND x.period_revision IS DISTINCT FROM x.revision ORDER BY 1, 2"""
_POINTS = """
SELECT p.object_id, p.photosys_id, p.obs_time, p.mag, p.mag_err
FROM {s}.points p JOIN unnest('{{{objects}}}'::bigint[], '{{{systems}}}'::int[]) AS w(object_id, photosys_id)
  ON p.object_id = w.object_id AND p.photosys_id = w.photosys_id
WHERE p.flags & {unclean} = 0 AND p.obs_time IS NOT NULL ORDER BY p.object_id, p.photosys_id, p.obs_time, p.id"""
_POINT = [("object_id", "i8"), ("photosys_id", "i4"), ("obs_time", "f8"), ("mag", "f8"), ("mag_err", "f8")]
# one light curve a statement, so that this never waits for an ingestion that waits for it
_WRITE = """
UPDATE {s}.series_stats SET period = %s, period_power = %s, period_fap = %s, period_computed = now(), period_revision = revision
WHERE (object_id, photosys_id, revision) = (%s, %s, %s)"""


class Peak(NamedTuple):
    """The highest peak: period in d, power 0 to 1, false-alarm probability; all None where there is none."""

    period: float | None = None
    power: float | None = None
    fap: float | None = None


def periodogram(time, mag, err, first, step, number):
    """The power at `number` frequencies from `first` by `step` (1/d), as LombScargle(time, mag, err).power gives it.

    Since the frequencies are evenly spaced, their sines and cosines are products of few: fifty times as fast as
    astropy, and without the approximations of its fast method. Zechmeister & Kürster 2009, A&A 496, 577, eqs 4 to 15.
    """
    weight = err**-2.0
    weight = weight / weight.sum()
    mag = mag - weight @ mag
    w, y, double = np.zeros((3, -(-number // BLOCK), BLOCK), complex)
    for start in range(0, len(time), POINTS):
        some = slice(start, start + POINTS)
        coarse = np.exp(2j * np.pi * np.outer(first + step * BLOCK * np.arange(len(w)), time[some]))
        fine = np.exp(2j * np.pi * np.outer(time[some], step * np.arange(BLOCK)))
        w += (coarse * weight[some]) @ fine
        y += (coarse * (weight * mag)[some]) @ fine
        double += (coarse**2 * weight[some]) @ fine**2
    cc = (1 + double.real) / 2 - w.real**2
    ss = (1 - double.real) / 2 - w.imag**2
    cs = double.imag / 2 - w.real * w.imag
    with np.errstate(invalid="ignore", divide="ignore"):
        power = (ss * y.real**2 + cc * y.imag**2 - 2 * cs * y.real * y.imag) / ((cc * ss - cs**2) * (weight @ mag**2))
    return power.ravel()[:number]


def highest_peak(time, mag, err):
    """The Peak of the good points of a light curve: `time` in d, `mag` and `err` in mag, arrays of n.

    Weighted where all errors are there and positive. The peak is found on a grid and measured by astropy.
    """
    span = time.max() - time.min()
    number = int((1 / SHORTEST - 1 / span) * span * OVERSAMPLING) if span > 2 * SHORTEST else 0
    if not number or mag.max() == mag.min():
        return Peak()
    time = time - time.mean()
    err = err if (err > 0).all() else np.ones(len(err))
    step = 1 / (span * OVERSAMPLING)
    power = periodogram(time, mag, err, 1 / span, step, number)
    if not np.isfinite(power).any():
        return Peak()
    model = LombScargle(time, mag, err)
    around = 1 / span + step * (np.nanargmax(power) + np.linspace(-1, 1, 101))
    around = around[around >= 0.999 / span]
    fine = model.power(around, method="slow")
    best = np.argmax(fine)
    fap = model.false_alarm_probability(fine[best], method="baluev", maximum_frequency=1 / SHORTEST)
    return Peak(float(1 / around[best]), float(fine[best]), float(fap))


def refresh(settings, collection="kolonica"):
    """Look for the periods of all light curves that have changed since that was done. Returns their number.

    One process at a time: a second one leaves all to the first.
    """
    started, schema = time.monotonic(), f"{collection}_db"
    try:
        connection = psycopg2.connect(**settings.dsn("writer"))
    except psycopg2.OperationalError as error:
        raise PhotvoError(f"the database does not answer ({str(error).strip().splitlines()[0]}); start it with `make run`") from None
    with closing(connection), connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SET synchronous_commit = off")  # what a crash takes away is computed again
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [LOCK + 1, schema])
        if not cursor.fetchone()[0]:
            say("periods are being looked for already")
            return 0
        number = 0
        while due := _due(cursor, schema):
            for start in range(0, len(due), CHUNK):
                _some(cursor, schema, due[start : start + CHUNK])
            number += len(due)
    say(f"periods of {number:,} light curves looked for ({time.monotonic() - started:.1f} s)")
    return number


def _due(cursor, schema):
    cursor.execute(_DUE.format(s=schema), [LEAST])
    return cursor.fetchall()


def _some(cursor, schema, due):
    objects, systems = (", ".join(str(row[place]) for row in due) for place in (0, 1))
    points = fetch(cursor, _POINTS.format(s=schema, objects=objects, systems=systems, unclean=UNCLEAN | FLUX_ONLY), _POINT)
    for object_id, photosys_id, revision in due:
        of_object = points[np.searchsorted(points["object_id"], object_id) : np.searchsorted(points["object_id"], object_id, "right")]
        mine = of_object[of_object["photosys_id"] == photosys_id]
        enough = len(mine) >= LEAST
        peak = highest_peak(mine["obs_time"], mine["mag"], mine["mag_err"]) if enough else Peak()
        cursor.execute(_WRITE.format(s=schema), [*peak, object_id, photosys_id, revision])
