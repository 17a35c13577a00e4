"""Observers' files end to end: into the archive by options and sidecars, with the times that astropy finds; and out and in again."""

import pytest
from archive_inputs import fill
from astropy import units as u
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.time import Time

from photvo.cli import main
from photvo.products import aavso, request, series
from photvo.readers.options import Options

SITE = EarthLocation.from_geodetic(22.2738 * u.deg, 48.9352 * u.deg, 460 * u.m)
SS_CYG = SkyCoord(325.679 * u.deg, 43.5862 * u.deg)
HEAD = "#TYPE=Extended\n#OBSCODE=ABC\n#SOFTWARE=by hand\n#DELIM=,\n#DATE=JD\n#OBSTYPE=CCD\n"
JD = """SS CYG,2459510.34387,10.2437,0.1190,V,NO,STD,105,10.593,110,11.090,1.561,1,070613,na
SS CYG,2459510.34487,<13.1,na,V,NO,STD,105,10.593,110,11.090,1.571,1,070613,na
SS CYG,2459510.34587,-0.1234,0.0100,SG,NO,DIF,105,10.593,110,11.090,1.581,1,070613,na
"""
HJD = "#DATE=HJD\nSS CYG,2459511.34387,10.5,0.01,V,NO,STD,105,10.593,110,11.090,na,1,070613,na\n"

NAMES = """time_given time_frame time_stated obs_time obs_time_utc mag mag_err mag_diff mag_diff_err upper_limit flags band progid flux
  flux_err flux_unit exptime airmass""".split()
POINTS = """
SELECT time_given::text, time_frame, time_stated, p.obs_time, p.obs_time_utc, mag, p.mag_err, p.mag_diff, p.mag_diff_err,
  p.upper_limit, flags, band, progid, p.flux, p.flux_err, p.flux_unit, p.exptime, p.airmass
FROM points p JOIN lightcurves l USING (id) JOIN photosys b ON b.id = p.photosys_id JOIN datasources d ON d.id = p.datasource_id
ORDER BY l.id"""


def points(archive):
    """All points as dicts."""
    return [dict(zip(NAMES, row)) for row in archive.query(POINTS)]


def barycentric(time):
    """MJD in TDB at the barycentre, of a time at the telescope."""
    return (time.tdb + time.light_travel_time(SS_CYG, "barycentric", location=SITE)).mjd


def close(found, expected):
    """The same to 0.1 ms."""
    return found == pytest.approx(expected, abs=1.2e-9, rel=0)


def test_an_aavso_report_with_options(archive):
    fill(archive)
    archive.ingest()
    path = archive.put("elsewhere/night.txt", HEAD + JD + HJD)
    summary = archive.ingest(path, options=Options(source="ziga", exptime=30.0))
    assert summary.status == 0 and summary.total("accepted") == 4
    first, limit, differential, heliocentric = points(archive)
    times = [Time(2459510, part, format="jd", scale="utc", location=SITE) for part in (0.34387, 0.34487, 0.34587)]
    for point, time in zip((first, limit, differential), times):
        assert close(point["obs_time_utc"], time.mjd) and close(point["obs_time"], barycentric(time))
        assert point["time_frame"] == "JD UTC TOPOCENTER mid" and point["time_stated"] == "TOPOCENTER"
        assert point["exptime"] == 30 and point["progid"] == "ziga"
    assert (first["mag"], first["mag_err"], first["flags"], first["band"]) == (10.2437, 0.119, 0, "V")
    assert first["airmass"] == pytest.approx(1.561, rel=1e-6)
    assert (limit["mag"], limit["mag_err"], limit["upper_limit"], limit["flags"]) == (13.1, None, True, 4096 | 256)
    assert (differential["mag"], differential["mag_diff"], differential["mag_diff_err"]) == (None, -0.1234, 0.01)
    assert differential["band"] == "g_sdss" and differential["flags"] & 2048
    # the heliocentric one back to the telescope: from there astropy finds the heliocentric time again
    assert heliocentric["time_frame"] == "JD UTC HELIOCENTER mid"
    there = Time(heliocentric["obs_time_utc"], format="mjd", scale="utc", location=SITE)
    again = there + there.light_travel_time(SS_CYG, "heliocentric", location=SITE)
    assert close(again.utc.jd - 2459511, 0.34387) and close(heliocentric["obs_time"], barycentric(there))


def test_a_transit_with_a_sidecar(archive):
    fill(archive)
    archive.put("lightcurves/transit.txt", "#TYPE=EXOPLANET\n#OBSCODE=ABC\n#DELIM=,\n#DATE_TYPE=BJD_TDB\n#STAR_NAME=WASP-12\n"
                "#EXOPLANET_NAME=WASP-12 b\n#EXPOSURE_TIME=60\n#FILTER=CV\n#MEASUREMENT_TYPE=Rnflux\n#DATE,DIFF,ERR,DETREND_1\n"
                "2459510.34387,0.9987,0.0021,1.86\n2459510.34487,1.0011,0.0022,1.85\n")  # fmt: skip
    sidecar = 'source = "ziga"\ntime_point = "mid"\n[bands]\nCV = "none"\n[objects]\n"WASP-12" = "SS Cyg"\n'
    archive.put("lightcurves/transit.txt.toml", sidecar)
    assert archive.ingest().status == 0
    first, second = points(archive)
    assert (first["flux"], first["flux_err"], first["flux_unit"], first["mag"], first["mag_diff"]) == (0.9987, 0.0021, "", None, None)
    assert (first["flags"], first["time_stated"], first["band"], first["exptime"]) == (8192, "TDB BARYCENTER mid", "none", 60)
    assert close(first["obs_time"], 59509.84387) and second["flux"] == 1.0011
    utc = Time(first["obs_time_utc"], format="mjd", scale="utc", location=SITE)
    assert close(barycentric(utc), 59509.84387)
    assert archive.query("SELECT npoints, mag_mean, mag_min FROM series") == [(2, None, None)]
    assert archive.query("SELECT npoints, mag_mean FROM series_stats") == [(0, None)]  # of magnitudes: there are none


def test_an_archive_that_does_not_know_the_words_says_what_to_do(archive):
    fill(archive)
    archive.put("lightcurves/night.txt", HEAD + JD.replace(",V,", ",Vis.,"))
    archive.ingest()
    reasons = {row[0] for row in archive.query("SELECT reason FROM ingest_rejects")}
    assert reasons == {"band 'Vis.' is not in the table photosys (photosys.csv); add it there, or say what it means: [bands] in FILE.toml",
                       "data source 'ABC' is not in the table datasources (datasources.csv); add it there, or name another for the whole file"
                       " (--source)"}  # fmt: skip


def test_what_is_sent_out_in_aavso_form_comes_back_the_same(archive):
    """Times, magnitudes and errors go out as dlget sends them and in again."""
    fill(archive)
    archive.put("lightcurves/photvo.toml", 'source = "ziga"\n')
    archive.put("lightcurves/night.txt", HEAD + JD)
    archive.ingest()
    before = points(archive)
    context = request.Context("org.example", "http://localhost", "a publisher")
    with archive.connect() as connection, connection.cursor() as cursor:
        keys = archive.query("SELECT object_id, photosys_id FROM series ORDER BY 2")
        found = series.find_many(cursor, "kolonica", *map(list, zip(*keys)))
        tables = list(zip(found, series.points(cursor, found)))
    sent = aavso.extended(tables, context)
    assert sent.count(b"SS Cyg") == 3
    (archive.inputs / "lightcurves/night.txt").write_bytes(sent)
    assert archive.ingest().status == 0
    after = points(archive)
    key = lambda point: point["obs_time_utc"]  # noqa: E731
    for old, new in zip(sorted(before, key=key), sorted(after, key=key), strict=True):
        for name in ("mag", "mag_err", "mag_diff", "mag_diff_err", "upper_limit", "flags", "band", "progid"):
            assert old[name] == new[name]
        assert close(new["obs_time"], old["obs_time"]) and close(new["obs_time_utc"], old["obs_time_utc"])
        assert new["airmass"] == pytest.approx(old["airmass"], abs=5e-4)


@pytest.mark.parametrize(
    "options, said",
    [(["--time", "HJD"], "'HJD' is no kind of time"), (["--time-scale", "utc"], "time_scale: 'utc' is none of UTC"),
     (["--exptime", "-1"], "not a number of seconds")],
)  # fmt: skip
def test_wrong_options_are_refused_before_anything_is_done(tmp_path, capsys, options, said):
    (tmp_path / "a.txt").write_text(HEAD + JD)
    assert main(["ingest", str(tmp_path / "a.txt"), *options]) == 1
    assert said in capsys.readouterr().err


def test_options_want_files(capsys):
    assert main(["ingest", "--band", "V"]) == 1
    assert "name the files that the options are about" in capsys.readouterr().err
