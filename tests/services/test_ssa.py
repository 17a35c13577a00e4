"""SSA: every row of ts_ssa against SQL on the base tables; its clients; impossible values."""

import pytest
import pyvo
from answers import dali_error, get, rows, same, table
from astropy import units as u
from astropy.coordinates import SkyCoord
from ssa_answers import SS_CYG, selected

#: What the rows must be, told by the base tables alone: nothing here reads the summaries.
SERIES = """
SELECT l.object_id, p.id, p.band, count(*) AS npoints,
  min(coalesce(obs_time_utc - coalesce(exptime, 0)::float8 / 172800, extract(epoch from dateobs)::float8 /
  86400 + 40587)) AS t_min,
  max(coalesce(obs_time_utc + coalesce(exptime, 0)::float8 / 172800, extract(epoch from dateobs)::float8 /
  86400 + 40587)) AS t_max,
  sum(exptime::float8) AS exptime, avg(magnitude)::float8 AS mag_mean, min(magnitude)::float8 AS mag_min,
  max(magnitude)::float8 AS mag_max
FROM lightcurves l JOIN photosys p ON p.id = l.photosys_id JOIN objects o ON o.id = l.object_id
WHERE published GROUP BY l.object_id, p.id, p.band"""


def test_every_light_curve_of_the_archive_is_there_with_its_numbers(instance, everything):
    names = [
        "object_id",
        "photosys_id",
        "band",
        "npoints",
        "t_min",
        "t_max",
        "exptime",
        "mag_mean",
        "mag_min",
        "mag_max",
    ]
    theirs = instance.query(SERIES + " ORDER BY 1, 3")
    assert len(theirs) >= 300
    same(everything[names], theirs, rel=1e-7)  # magnitudes are single precision
    for name in ("t_min", "t_max"):
        same(everything[[name]], [(row[names.index(name)],) for row in theirs], rel=1e-15)


def test_the_columns_of_the_standard_follow(instance, everything):
    theirs = instance.query(f"""
        SELECT (t_min + t_max) / 2, (t_max - t_min) * 86400, npoints, o.ra, o.dec, coalesce(o.class, ''),
          p.wavelength_min, p.wavelength_max, (p.wavelength_min + p.wavelength_max) / 2, p.wavelength_max -
          p.wavelength_min,
          s.band, p.filter_id, v.period
        FROM ({SERIES}) s JOIN objects o ON o.id = s.object_id JOIN photosys p ON p.id = s.id
        LEFT JOIN variability v ON v.object_id = s.object_id ORDER BY s.object_id, s.band""")
    names = [
        "ssa_dateObs",
        "ssa_timeExt",
        "ssa_length",
        "ra",
        "dec",
        "ssa_targclass",
        "ssa_specstart",
        "ssa_specend",
        "ssa_specmid",
        "ssa_specext",
        "ssa_bandpass",
        "filter_id",
        "period",
    ]
    same(everything[names], theirs, rel=2e-6)
    place = SkyCoord(everything["ssa_location"][:, 0], everything["ssa_location"][:, 1], unit="deg")
    assert place.separation(SkyCoord(everything["ra"], everything["dec"], unit="deg")).max() < 1e-6 * u.arcsec


def test_what_is_the_same_for_all_is_right(instance, everything):
    constant = {
        name: set(rows(everything[[name]]))
        for name in ("mime", "ssa_dstype", "ssa_csysName", "ssa_fluxunit", "ssa_spectralunit")
    }
    assert constant == {
        "mime": {("application/x-votable+xml",)},
        "ssa_dstype": {("timeseries",)},
        "ssa_csysName": {("ICRS",)},
        "ssa_fluxunit": {("mag",)},
        "ssa_spectralunit": {("m",)},
    }
    for row in everything:
        assert (
            row["ssa_pubDID"]
            == f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{row['object_id']}/{row['band']}"
        )
        assert row["ssa_targname"] in row["ssa_dstitle"] and row["band"] in row["ssa_dstitle"]
    assert len(set(everything["ssa_pubDID"])) == len(everything)


def test_main_names_are_names_of_the_objects(instance, everything):
    theirs = set(instance.query("SELECT object_id, name_key(name) FROM object_names"))
    ours = {(row["object_id"], row["ssa_targname"]) for row in everything}
    assert {(i, key) for i, name in ours for [key] in instance.query("SELECT name_key(%s)", [name])} <= theirs


def test_sizes_are_about_those_of_the_products(everything):
    for row in [*everything[:: len(everything) // 12], *everything[everything["npoints"] > 200]]:
        assert len(get(row["accref"]).content) == pytest.approx(row["accsize"], rel=0.25)


class TestClients:
    def test_pyvo_finds_and_reads(self, instance, ssa):
        found = pyvo.dal.SSAService(ssa).search(pos=SkyCoord(*SS_CYG, unit="deg"), diameter=0.02 * u.deg)
        assert sorted((record["object_id"], record["band"]) for record in found) == selected(
            instance, "o.coordequ <@ scircle(spoint(radians(%s), radians(%s)), radians(0.01))", *SS_CYG
        )
        record = found[0]
        assert record.format == "application/x-votable+xml" and record.acref == record["accref"]
        assert len(table(get(record.acref))) == record["npoints"]

    def test_pyvo_follows_the_links(self, ssa):
        found = pyvo.dal.SSAService(ssa).search(TARGETNAME="SS Cyg", BAND="V")
        [links] = list(found.iter_datalinks())
        [this] = [row for row in links if row.semantics == "#this"]
        assert this.content_type == "application/x-votable+xml"
        assert len(table(get(this.access_url))) == found[0]["npoints"]

    def test_pyvo_sees_an_error_as_one(self, ssa):
        with pytest.raises(pyvo.dal.DALQueryError, match="nonsense"):
            pyvo.dal.SSAService(ssa).search(TIME="nonsense")


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({}, "REQUEST"),
        ({"REQUEST": "nonsense"}, "REQUEST"),
        ({"POS": "abc"}, "POS"),
        ({"POS": "325.679"}, "POS"),
        ({"POS": "400,1"}, "POS"),
        ({"POS": "1,100"}, "POS"),
        ({"POS": "nan,1"}, "POS"),
        ({"POS": "1,2,3"}, "POS"),
        ({"POS": "1/2,3"}, "POS"),
        ({"POS": "1,1;GALACTIC"}, "ICRS"),
        ({"POS": "1,1", "SIZE": -1}, "SIZE"),
        ({"POS": "1,1", "SIZE": 181}, "SIZE"),
        ({"POS": "1,1", "SIZE": "abc"}, "SIZE"),
        ({"TIME": "yesterday"}, "TIME"),
        ({"TIME": "/"}, "TIME"),
        ({"TIME": "2017-13-01"}, "TIME"),
        ({"MAXREC": -1}, "MAXREC"),
        ({"MAXREC": "many"}, "maxrec"),
        ({"APERTURE": "wide"}, "APERTURE"),
        ({"RESPONSEFORMAT": "nonsense"}, "nonsense"),
    ],
    ids=str,
)
def test_what_cannot_be_gets_an_error_document(ssa, parameters, said):
    request = {} if not parameters else {"REQUEST": "queryData", **parameters}
    assert said in dali_error(get(ssa, **request))


def test_a_semicolon_is_part_of_the_position_written_plainly_too(ssa):
    assert "ICRS" in dali_error(get(f"{ssa}?REQUEST=queryData&POS=1,1;GALACTIC"))
