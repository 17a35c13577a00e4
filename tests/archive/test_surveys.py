"""Files of surveys and missions into an archive: their points, limits, fluxes and flags, and times that are astropy's."""

import sys

import astropy.units as u
import numpy as np
import pytest
from archive_inputs import OBJECTS, REFERENCE
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.time import Time
from photvo.products import forms
from photvo.settings import TOP

sys.path[:0] = [str(TOP / "tests" / "readers"), str(TOP / "tests" / "products")]
from curves import CONTEXT, curve, rows  # noqa: E402
from survey_files import ASAS_3, ATLAS, ECSV, EROS, GAIA, OGLE, SKY_PATROL_1, SKYPORTAL, VOTABLE, ZTF, fits_series  # noqa: E402

SITE = EarthLocation.from_geodetic(22.2738 * u.deg, 48.9352 * u.deg, 460 * u.m)
STAR = SkyCoord(255.1 * u.deg, 77.4 * u.deg)  # VY UMi
SOURCES = """space,A spacecraft,,,,,
other,Another archive of its data,,,,,
ground,A survey that says what its times are,UTC,TOPOCENTER,mid,Kolonica,
start,A survey that gives the start of its exposures,UTC,TOPOCENTER,start,Kolonica,
hjd,A survey of heliocentric times in UTC,UTC,HELIOCENTER,mid,Kolonica,
"""
#: Passbands; G is known by its identifier, too.
BANDS = """G,Gaia G,GAIA/GAIA3.G,Vega,3228,5.8e-7,3.3e-7,1.05e-6
BP,Gaia BP,GAIA/GAIA3.Gbp,Vega,3552,5.0e-7,3.3e-7,7e-7
RP,Gaia RP,,Vega,2554,7.6e-7,6e-7,1.05e-6
Kepler,Kepler,Kepler/Kepler.K,AB,3631,6.4e-7,4.2e-7,9e-7
atlas_o,ATLAS orange,,AB,3631,6.6e-7,5.6e-7,8.2e-7
atlas_c,ATLAS cyan,,AB,3631,5.2e-7,4.2e-7,6.5e-7
R,Bessell R,Generic/Bessell.R,Vega,3056,6.4e-7,5.5e-7,8.8e-7
"""
#: file → (its contents, its sidecar, points taken, rejected, gaps)
FILES = {
    "atlas.txt": (ATLAS, 'object = "VY UMi"\nsource = "start"\nbands = { o = "atlas_o", c = "atlas_c" }', 4, 1, 0),
    "asassn.csv": (SKY_PATROL_1, 'object = "VY UMi"\nsource = "hjd"\nbands = { g = "g_sdss" }', 2, 0, 1),
    "ztf.csv": (ZTF, 'source = "ground"\nbands = { zg = "g_sdss", zr = "r_sdss" }\n[objects]\n"686103400034440" = "VY UMi"', 2, 1, 0),
    "gaia.csv": (GAIA, 'source = "space"\nobjects = { 5813181197970338560 = "VY UMi" }', 3, 0, 1),
    "skyportal.csv": (SKYPORTAL, 'object = "VY UMi"\nsource = "ground"\nbands = { ztfr = "r_sdss", ztfg = "g_sdss" }', 3, 0, 1),
    "eros.time": (EROS, 'time = "JD-2447892"\nsource = "hjd"\nobjects = { lm0010n22323 = "VY UMi" }\n'
                        'bands = { MagR = "R", MagB = "V" }', 4, 0, 0),
    "asas3.dat": (ASAS_3, 'band = "V"\nsource = "hjd"\ncolumns = { mag = "MAG_2" }\n[objects]\n"073436+0538.6" = "VY UMi"', 3, 0, 1),
    "ogle.dat": (OGLE, 'object = "VY UMi"\nband = "R"\nsource = "hjd"', 2, 0, 1),
    "kepler.fits": (fits_series(), 'source = "space"\n[objects]\n"KIC 11442793" = "VY UMi"', 2, 0, 2),
    "series.vot": (VOTABLE, 'source = "other"\ntime_point = "mid"', 2, 0, 1),
    "night.ecsv": (ECSV, 'object = "VY UMi"\nsource = "space"', 2, 0, 1),
}  # fmt: skip


@pytest.fixture(scope="module")
def surveys(module_archive):
    """An archive with all of FILES, and the summary of their ingestion."""
    archive = module_archive
    for name, text in REFERENCE.items():
        more = {"datasources.csv": SOURCES, "photosys.csv": BANDS}.get(name, "")
        archive.put(name, text + more)
    archive.put("objects/objects.csv", OBJECTS)
    for name, (content, sidecar, *_) in FILES.items():
        archive.put(f"lightcurves/{name}", content)
        archive.put(f"lightcurves/{name}.toml", sidecar)
    return archive, archive.ingest()


def times(archive, name):
    """time as given → (obs_time, obs_time_utc, what its frame is) of a file's points."""
    found = archive.query(
        """SELECT time_given::text, obs_time, obs_time_utc, time_frame FROM lightcurves l JOIN ingest_log f ON f.id = file_id
        WHERE path = %s""", [f"lightcurves/{name}"])  # fmt: skip
    return {row[0]: row[1:] for row in found}


def close(found, expected):
    """The same to 0.1 ms."""
    return found == pytest.approx(expected, abs=1.2e-9, rel=0)


def test_every_row_has_its_fate(surveys):
    archive, summary = surveys
    assert not summary.refused
    fates = {name: (counts.accepted, counts.rejected, counts.gaps) for name, counts in summary.files.items() if "lightcurves" in name}
    assert fates == {f"lightcurves/{name}": tuple(expected) for name, (_, _, *expected) in FILES.items()}
    assert all(counts.read == counts.accepted + counts.rejected + counts.gaps for counts in summary.files.values())
    assert archive.query("SELECT r.reason FROM ingest_rejects r JOIN ingest_log f ON f.id = file_id WHERE path LIKE '%ztf.csv'") == [
        ("object '686203400034441' is not in the archive; take in its object file first, or say what it is called there:"
         " [objects] in FILE.toml",)
    ]  # fmt: skip


def test_barycentric_times_stay_as_they_are_in_their_scale(surveys):
    archive, _ = surveys
    obs_time, utc, frame = times(archive, "kepler.fits")["352.376993"]
    assert close(obs_time, 352.376993 + 2454833 - 2400000.5) and (utc, frame) == (None, "JD-2454833 TDB BARYCENTER mid")
    obs_time, _, frame = times(archive, "gaia.csv")["1705.9437360200984"]
    coordinate = Time(2455197.5, 1705.9437360200984, format="jd", scale="tcb")
    assert close(obs_time, coordinate.tdb.mjd) and frame == "JD-2455197.5 TCB BARYCENTER mid"
    assert abs(obs_time - coordinate.mjd) * 86400 > 10  # TCB is seconds ahead of TDB by now
    assert close(times(archive, "series.vot")["1705.9437360200984"][0], obs_time)
    assert close(times(archive, "night.ecsv")["2458353.743841859"][0], 2458353.743841859 - 2400000.5)


def test_the_start_of_an_exposure_becomes_its_middle_at_the_barycentre(surveys):
    archive, _ = surveys
    obs_time, utc, frame = times(archive, "atlas.txt")["58037.635279"]
    middle = Time(58037.635279, format="mjd", scale="utc", location=SITE) + 15 * u.s
    assert close(utc, middle.utc.mjd) and frame == "MJD UTC TOPOCENTER start"
    assert close(obs_time, (middle.tdb + middle.light_travel_time(STAR, "barycentric", location=SITE)).mjd)
    obs_time, utc, _ = times(archive, "ztf.csv")["58204.5139005"]
    there = Time(58204.5139005, format="mjd", scale="utc", location=SITE)
    assert close(utc, there.mjd) and close(obs_time, (there.tdb + there.light_travel_time(STAR, "barycentric", location=SITE)).mjd)


@pytest.mark.parametrize(
    "name, given, julian",
    [
        ("asassn.csv", "2457420.65322", (2457420, 0.65322)), ("ogle.dat", "2450465.77691", (2450465, 0.77691)),
        ("asas3.dat", "2635.70854", (2452635, 0.70854)), ("eros.time", "294.91026", (2448186, 0.91026)),
    ],
)  # fmt: skip
def test_heliocentric_times_are_taken_back_to_the_telescope(surveys, name, given, julian):
    archive, _ = surveys
    obs_time, utc, frame = times(archive, name)[given]
    assert frame.split()[1:] == ["UTC", "HELIOCENTER", "mid"]
    there = Time(utc, format="mjd", scale="utc", location=SITE)
    heliocentric = there + there.light_travel_time(STAR, "heliocentric", location=SITE)
    assert abs((heliocentric - Time(*julian, format="jd", scale="utc")).to_value(u.ms)) < 0.2
    assert close(obs_time, (there.tdb + there.light_travel_time(STAR, "barycentric", location=SITE)).mjd)


def test_limits_fluxes_and_flags(surveys):
    archive, _ = surveys
    found = archive.query("""SELECT path, time_given::text, magnitude::float8, upper_limit, flux, flux_unit, flags FROM lightcurves l
        JOIN ingest_log f ON f.id = file_id JOIN points p ON p.id = l.id""".replace("flux, flux_unit", "l.flux, l.flux_unit").replace(
        "upper_limit", "l.upper_limit"))  # fmt: skip
    points = {(row[0].removeprefix("lightcurves/"), row[1]): row[2:] for row in found}
    assert points["asassn.csv", "2458002.51020"][:2] == (14.814, True) and points["asassn.csv", "2458002.51020"][-1] & 4096
    assert points["atlas.txt", "58043.620328"][:2] == (18.76, True)
    assert points["atlas.txt", "58109.489225"] == (None, False, -490.0, "uJy", 8192)
    assert points["atlas.txt", "58110.500000"][-1] & 255 == 128 == points["ztf.csv", "58205.5140278"][-1] & 255
    assert points["kepler.fits", "352.376993"] == (None, False, 43244.5, "electron/s", 8192 | 1024)  # and no UTC
    assert points["kepler.fits", "352.397427"][-1] & 255 == 128
    assert points["gaia.csv", "1706.9440360200984"][2:4] == (11429.28, "electron/s")


def test_the_band_of_a_votable_by_the_identifiers_of_the_archives_passbands(surveys):
    archive, _ = surveys
    found = archive.query("""SELECT band, count(*) FROM lightcurves l JOIN photosys p ON p.id = photosys_id
        JOIN ingest_log f ON f.id = file_id WHERE path LIKE '%series.vot' GROUP BY 1 ORDER BY 1""")  # fmt: skip
    assert found == [("BP", 1), ("G", 1)]


def test_a_second_time_changes_nothing(surveys):
    archive, _ = surveys
    before = archive.everything()
    assert not archive.ingest().files and archive.everything() == before


@pytest.mark.parametrize("form", ["votable", "votable/td", "fits", "csv", "ecsv", "parquet"])
def test_a_light_curve_that_photvo_sent_comes_back_with_the_same_times(archive, form):
    for name, text in REFERENCE.items():
        archive.put(name, text + {"datasources.csv": SOURCES}.get(name, ""))
    archive.put("objects/objects.csv", OBJECTS)
    points = rows()
    points["obs_time_utc"] = 59510.123456789 + np.arange(len(points)) * 0.987654321
    there = Time(points["obs_time_utc"], format="mjd", scale="utc", location=SITE)
    points["obs_time"] = (there.tdb + there.light_travel_time(STAR, "barycentric", location=SITE)).mjd
    content = forms.FORMS[form].write([curve("V", points, name="VY UMi")], CONTEXT)
    archive.put("lightcurves/sent", content)
    archive.put("lightcurves/sent.toml", 'source = "ground"\n')
    assert archive.ingest().status == 0
    found = archive.query("SELECT obs_time, obs_time_utc, magnitude::float8, mag_err::float8, upper_limit FROM lightcurves ORDER BY obs_time_utc")
    assert close([row[0] for row in found], points["obs_time"]) and close([row[1] for row in found], points["obs_time_utc"])
    # the table has four decimals
    assert [row[2] for row in found] == pytest.approx(points["mag"], abs=5.1e-5)
    assert [np.nan if row[3] is None else row[3] for row in found] == pytest.approx(points["mag_err"], abs=5.1e-5, nan_ok=True)
    assert [row[4] for row in found] == points["upper_limit"].tolist()
