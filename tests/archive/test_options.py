"""What a file does not say is told by options and sidecars; what it does say of its times is kept and counts."""

import numpy as np
import pytest
from archive_inputs import COLUMNS, fill, image, points, run
from astropy import units as u
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.time import Time

from photvo.archive import checks, sidecars
from photvo.archive.known import Known
from photvo.model.batch import ReadError, Stated, points_table
from photvo.readers.options import Options

SITE = EarthLocation.from_geodetic(22.2738 * u.deg, 48.9352 * u.deg, 460 * u.m)
STAR = SkyCoord(260.5 * u.deg, 76.7 * u.deg)


def barycentric(time):
    """MJD in TDB at the barycentre of a topocentric astropy Time."""
    return (time.tdb + time.light_travel_time(STAR, "barycentric", location=SITE)).mjd


def close(found, expected):
    """The same to 0.1 ms."""
    return found == pytest.approx(expected, abs=1e-9, rel=0)


def taken(archive, kind, stated, **columns):
    """What the checks make of one point at JD 2459510.34387 of the data source ziga (UTC TOPOCENTER mid)."""
    with archive.connect() as connection, connection.cursor() as cursor:
        known = Known(cursor, "kolonica_db")
    base = {"line": [2], "object_name": ["VY UMi"], "band": ["V"], "progid": ["ziga"], "time": ["2459510.34387"], "mag": [10.0]}
    table, reasons = checks.points(points_table({**base, **columns}), known, kind, stated)
    return (table.to_pylist() or [None])[0], reasons


def test_what_a_file_states_of_its_times_goes_before_the_declaration(module_archive):
    fill(module_archive)
    module_archive.ingest()
    declared, _ = taken(module_archive, "JD", Stated())
    assert declared["time_frame"] == "JD UTC TOPOCENTER mid" and declared["time_stated"] is None
    stated, _ = taken(module_archive, "JD-2457000", Stated("TDB", "BARYCENTER"), time=["2510.34387"])
    assert stated["time_frame"] == "JD-2457000 TDB BARYCENTER mid" and stated["time_stated"] == "TDB BARYCENTER"
    assert close(stated["obs_time"], 59509.84387)
    modified, _ = taken(module_archive, "MJD", Stated(), time=["59509.84387"])
    assert close(modified["obs_time_utc"], declared["obs_time_utc"]) and close(declared["obs_time_utc"], 59509.84387)


def test_a_point_may_be_a_flux_and_must_be_something(module_archive):
    flux, _ = taken(module_archive, "JD", Stated(), mag=[None], flux=[0.9987], flux_err=[0.001])
    assert (flux["flux"], flux["flux_err"], flux["flux_unit"], flux["magnitude"]) == (0.9987, 0.001, "", None)
    _, reasons = taken(module_archive, "JD", Stated(), mag=[None])
    assert reasons == {0: "neither a magnitude, nor a differential one, nor a flux"}
    _, reasons = taken(module_archive, "JD", Stated(), flux=[np.inf])
    assert "flux inf is not a finite number" in reasons[0]
    _, reasons = taken(module_archive, "JD", Stated(), flux=[1.0], flux_err=[-0.1])
    assert "flux_err -0.1" in reasons[0]


def test_an_offset_is_named_in_the_refusal_and_never_undone(module_archive):
    _, reasons = taken(module_archive, "JD", Stated(), time=["9510.34387"])
    assert "--time JD-2450000" in reasons[0]
    _, reasons = taken(module_archive, "JD", Stated(), time=["59509.84387"])
    assert "--time MJD" in reasons[0]


def without(column, rows):
    """The text of a Kolonica CSV whose rows leave a column empty."""
    return points(*({**row, column: ""} for row in rows))


def test_the_data_source_comes_from_the_command_line_and_is_remembered(archive):
    fill(archive)
    path = archive.put("lightcurves/a.csv", without("observer", run(3)))
    summary = archive.ingest()
    assert summary.status == 2
    (alike,) = summary.files["lightcurves/a.csv"].reasons.values()
    assert alike.number == 3 and "--source PROGID" in alike.first.reason and "a.csv.toml" in alike.first.reason
    assert archive.ingest(path, options=Options(source="ziga")).status == 0
    assert archive.query("SELECT DISTINCT progid FROM lightcurves l JOIN datasources d ON d.id = datasource_id") == [("ziga",)]
    assert archive.value("SELECT options FROM ingest_log WHERE path LIKE '%a.csv'") == {"source": "ziga"}
    # without options the file is as it was
    before = archive.everything()
    assert archive.ingest().unchanged == 7 and archive.everything() == before
    path.write_text(without("observer", run(5)))
    assert archive.ingest().status == 0 and archive.value("SELECT count(*) FROM lightcurves") == 5
    # other options replace them
    assert archive.ingest(path, options=Options(source="alica")).total("accepted") == 5
    assert archive.query("SELECT DISTINCT progid FROM lightcurves l JOIN datasources d ON d.id = datasource_id") == [("alica",)]


def test_sidecars_count_the_nearer_the_more_and_a_changed_one_is_a_changed_file(archive):
    fill(archive)
    archive.put("lightcurves/night/a.csv", without("observer", run(2)))
    archive.put("lightcurves/night/b.csv", without("observer", run(2, start=2459600.5)))
    archive.put("lightcurves/photvo.toml", 'source = "alica"\ntime_point = "mid"\n')
    archive.put("lightcurves/night/b.csv.toml", 'source = "ziga"\n')
    assert archive.ingest().status == 0
    query = """SELECT path, progid, time_frame, time_stated, count(*) FROM lightcurves l JOIN datasources d ON d.id = datasource_id
      JOIN ingest_log f ON f.id = file_id GROUP BY 1, 2, 3, 4 ORDER BY 1"""
    frame = ("JD UTC TOPOCENTER mid", "mid", 2)
    assert archive.query(query) == [("lightcurves/night/a.csv", "alica", *frame), ("lightcurves/night/b.csv", "ziga", *frame)]
    assert not archive.ingest().files
    archive.put("lightcurves/night/a.csv.toml", 'source = "ziga"\ntime = "JD"\n')
    assert list(archive.ingest().files) == ["lightcurves/night/a.csv"]
    assert {row[1] for row in archive.query(query)} == {"ziga"}
    (archive.inputs / "lightcurves/night/a.csv.toml").unlink()
    assert list(archive.ingest().files) == ["lightcurves/night/a.csv"]
    assert archive.query(query)[0][1] == "alica"


@pytest.mark.parametrize(
    "content, reason",
    [
        ('bnad = "V"\n', "'bnad' is not known"),
        ("band = V\n", "Invalid value"),
        ("band = 5\n", "band: 5 is not a text"),
        ('time = "HJD"\n', "'HJD' is no kind of time"),
        ('time_scale = "utc"\n', "none of UTC, TT, TDB, TAI, TCB"),
        ('exptime = "long"\n', "not a number of seconds"),
        ("exptime = nan\n", "not a number of seconds"),
        ("bands = { V = 1 }\n", "bands is not a table of texts"),
        (b"band = \"\xff\"\n", "utf-8"),
    ],
)
def test_a_wrong_sidecar_is_an_error_of_its_file_that_names_it(tmp_path, content, reason):
    (tmp_path / "night.txt.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ReadError) as caught:
        sidecars.options(tmp_path / "night.txt", tmp_path)
    assert "night.txt.toml" in caught.value.reason and reason in caught.value.reason and "\n" not in str(caught.value)


def test_a_wrong_sidecar_does_not_take_away_what_the_file_had_brought(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(3)))
    archive.ingest()
    archive.put("lightcurves/a.csv.toml", "sauce = 1\n")
    summary = archive.ingest()
    assert summary.status == 2 and "a.csv.toml" in summary.refused["lightcurves/a.csv"]
    assert archive.value("SELECT count(*) FROM lightcurves") == 3


def test_a_sidecar_is_no_matter_of_images_and_objects(archive):
    fill(archive)
    archive.put("images/a.fits", image())
    archive.put("lightcurves/a.csv", points(*run(3)))
    archive.ingest()
    archive.put("photvo.toml", 'source = "ziga"\n')
    assert list(archive.ingest().files) == ["lightcurves/a.csv"]


def test_words_for_bands_and_objects_are_translated(archive):
    fill(archive)
    rows = [{**row, "band": "Vis.", "object_name": "my star", "object_id_arch": "", "obs_type_id": ""} for row in run(2)]
    archive.put("lightcurves/a.csv", points(*rows, columns=[*COLUMNS, "band", "object_name"]))
    archive.put("lightcurves/a.csv.toml", '[bands]\n"Vis." = "V"\n[objects]\n"my star" = "VY UMi"\n')
    assert archive.ingest().status == 0
    assert archive.query("""SELECT DISTINCT band, simbad_name FROM lightcurves l JOIN photosys p ON p.id = photosys_id
      JOIN objects o ON o.id = object_id""") == [("V", "V* VY UMi")]  # fmt: skip


def test_times_are_derived_anew_from_what_the_file_states(archive):
    """The declaration changes: only what the file does not state changes with it."""
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(1, exp_time="60")))
    archive.put("lightcurves/photvo.toml", 'time_scale = "TT"\n')
    archive.ingest()
    sources = archive.inputs / "datasources.csv"
    sources.write_text(sources.read_text().replace("alica,Alica,UTC,TOPOCENTER,start", "alica,Alica,UTC,TOPOCENTER,mid"))
    archive.ingest()
    ((frame, obs_time, utc),) = archive.query("SELECT time_frame, obs_time, obs_time_utc FROM lightcurves")
    middle = Time(2459510, 0.34387, format="jd", scale="tt", location=SITE)
    assert frame == "JD TT TOPOCENTER mid"
    assert close(utc, middle.utc.mjd) and close(obs_time, barycentric(middle))
