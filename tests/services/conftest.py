"""Clients and answers that several tests of the services share. Nothing here changes the archive."""

import pytest
import pyvo
from answers import get, table
from astropy import units as u
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.utils import iers

iers.conf.auto_download = False
iers.conf.iers_degraded_accuracy = "warn"

#: Nights on which clocks did something: a leap second, the end of daylight saving, the end of a year.
SPECIAL = ("2016-12-31", "2017-01-01", "2021-10-31", "2021-12-31", "2022-01-01")

POINTS = """
SELECT l.obs_time, l.obs_time_utc, l.magnitude::float8, l.mag_err::float8, l.mag_diff::float8, l.exptime,
  l.dateobs AT TIME ZONE 'UTC', l.time_given, d.progid, d.time_point, l.quality, l.id
FROM lightcurves l JOIN datasources d ON d.id = l.datasource_id
WHERE l.published AND l.object_id = %s AND l.photosys_id = %s
ORDER BY l.obs_time, l.obs_time_utc, l.datasource_id, l.observation_id NULLS FIRST, magnitude, mag_err"""


@pytest.fixture(scope="session")
def tap(instance):
    """TAP as pyvo has it."""
    return pyvo.dal.TAPService(f"{instance.url}tap")


@pytest.fixture(scope="session")
def sync(instance):
    """The address of synchronous TAP."""
    return f"{instance.url}tap/sync"


@pytest.fixture(scope="session")
def ssa(instance):
    return f"{instance.url}kolonica/lightcurves/ssa/ssap.xml"


@pytest.fixture(scope="session")
def query(ssa):
    """Ask for light curves; the answer is a table in order of object and band."""

    def answer(**parameters):
        found = table(get(ssa, REQUEST="queryData", **parameters))
        found.sort(["object_id", "band"])
        return found

    return answer


@pytest.fixture(scope="session")
def everything(query):
    return query()


@pytest.fixture(scope="session")
def dlget(instance):
    """The answer for a light curve: dlget(object_id, band)."""

    def answer(object_id, band, **parameters):
        did = f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{object_id}/{band}"
        return get(f"{instance.url}kolonica/lightcurves/sdl/dlget", ID=did, **parameters)

    return answer


@pytest.fixture(scope="session")
def chosen(instance):
    """A spread of light curves with special nights and each data source: (object, system, band)."""
    return instance.query(
        """
        SELECT DISTINCT object_id, photosys_id, band FROM (
          (SELECT object_id, photosys_id, band FROM series ORDER BY object_id * 7919 %% 101, band LIMIT 12)
          UNION ALL (SELECT object_id, photosys_id, band FROM series JOIN lightcurves USING (object_id,
          photosys_id)
            WHERE (dateobs AT TIME ZONE 'UTC')::date::text = ANY(%s) AND published)
          UNION ALL (SELECT DISTINCT ON (progid) object_id, photosys_id, band FROM series JOIN lightcurves l
          USING (object_id, photosys_id)
            JOIN datasources d ON d.id = datasource_id WHERE published ORDER BY progid, l.id)) q ORDER BY 1,
            3""",
        [list(SPECIAL)],
    )


@pytest.fixture(scope="session")
def curves(instance, dlget, chosen):
    """(key, table as served, rows of SQL, position) of each of them."""
    made = []
    for object_id, photosys_id, band in chosen:
        [[ra, dec]] = instance.query(
            "SELECT degrees(long(coordequ)), degrees(lat(coordequ)) FROM objects WHERE id = %s", [object_id]
        )
        made.append(
            (
                (object_id, band),
                table(dlget(object_id, band)),
                instance.query(POINTS, (object_id, photosys_id)),
                SkyCoord(ra, dec, unit="deg"),
            )
        )
    return made


@pytest.fixture(scope="session")
def site(instance):
    [place] = instance.query(
        "SELECT longitude, latitude, altitude FROM observatories WHERE name = 'Kolonica'"
    )
    return EarthLocation.from_geodetic(*place[:2], place[2] * u.m)
