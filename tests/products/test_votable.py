"""The light curve as VOTable says what the Time Series Note wants, and gives back what went in."""

import io

import numpy as np
import pytest
from astropy.io.votable import parse
from lxml import etree

from photvo.products import votable
from curves import CONTEXT, curve, rows

NS = {"v": "http://www.ivoa.net/xml/VOTable/v1.3"}
BOTH = [curve(), curve("g_sdss", filter_id="SLOAN/SDSS.g", magsys="AB", zeropoint=3631.0, wavelength_eff=4.67e-7)]


def read(document):
    return parse(io.BytesIO(document), verify="exception")


@pytest.mark.parametrize("serialization", ["binary2", "tabledata"])
def test_every_value_comes_back_and_what_is_missing_is_masked(serialization):
    table = read(votable.document([curve()], CONTEXT, serialization)).get_first_table().to_table()
    points = rows()
    for name in ("obs_time", "obs_time_utc", "mag", "mag_err", "exptime", "airmass"):
        missing = np.isnan(points[name])
        assert (np.ma.getmaskarray(table[name]) == missing).all(), name
        assert (np.asarray(table[name])[~missing] == points[name][~missing]).all(), name
    assert table["mag_diff"].mask.all()
    assert table["upper_limit"].tolist() == [False, False, False, True, False]
    assert table["flags"].tolist() == [0, 256, 512, 4096, 0]
    assert table["comp_set"].tolist() == [4, 4, 4, None, 4]
    assert table["telescope"].tolist() == ["ZIGA", "Alica", "Alica", "Alica", "Alica"]
    assert table["image"].tolist()[0] == "http://localhost:8080/kolonica/images/files/static/2021-10-22/a%20b%3Ac.fit"
    assert not any(table["image"].tolist()[1:])


def test_each_time_refers_to_its_own_frame():
    tree = etree.fromstring(votable.document([curve()], CONTEXT))
    frames = {t.get("ID"): (t.get("timescale"), t.get("refposition"), t.get("timeorigin")) for t in tree.iterfind(".//v:TIMESYS", NS)}
    found = {f.get("name"): frames.get(f.get("ref")) for f in tree.iterfind(".//v:FIELD", NS)}
    assert found["obs_time"] == ("TDB", "BARYCENTER", "MJD-origin")
    assert found["obs_time_utc"] == ("UTC", "TOPOCENTER", "MJD-origin")
    epoch = tree.find(".//v:PARAM[@name='period_epoch']", NS)
    assert (float(epoch.get("value")), epoch.get("ref")) == (54999.75, "tdb")


def test_an_epoch_whose_scale_is_unknown_is_not_given_as_if_it_were_known():
    tree = etree.fromstring(votable.document([curve(epoch_frame="HJD")], CONTEXT))
    assert tree.find(".//v:PARAM[@name='period_epoch']", NS) is None
    assert "HJD" in tree.find(".//v:PARAM[@name='period_epoch_given']", NS).get("value")


def test_the_photometric_system_stands_as_in_the_note():
    tree = etree.fromstring(votable.document([curve()], CONTEXT))
    (group,) = tree.findall("v:RESOURCE/v:GROUP", NS)
    assert (group.get("name"), group.get("ucd"), group.get("utype")) == ("PHOTCAL", "phot", "PhotDM:PhotCal")
    values = {p.get("name"): p.get("value") for p in group.iterfind("v:PARAM", NS)}
    assert values == {"filterIdentifier": "Generic/Bessell.V", "zeroPointFlux": "3630.2173", "magnitudeSystem": "Vega",
                      "effectiveWavelength": "5.44543e-07"}  # fmt: skip
    assert {f.get("name") for f in tree.iterfind(".//v:FIELD", NS) if f.get("ref") == group.get("ID")} == {"mag", "mag_err"}


def test_all_bands_are_one_document_with_a_table_a_band_and_shared_frames():
    document = read(votable.document(BOTH, CONTEXT))
    tree = etree.fromstring(votable.document(BOTH, CONTEXT))
    assert [len(table.array) for table in document.iter_tables()] == [5, 5]
    assert len(tree.findall(".//v:TIMESYS", NS)) == 2 and len(tree.findall(".//v:COOSYS", NS)) == 1
    systems = [g.find("v:PARAM[@name='magnitudeSystem']", NS).get("value") for g in tree.iterfind(".//v:GROUP", NS)]
    assert systems == ["Vega", "AB"]
    magnitudes = [f.get("ucd") for f in tree.iterfind(".//v:FIELD", NS) if f.get("name") == "mag"]
    assert magnitudes == ["phot.mag;em.opt.V", "phot.mag;em.opt.B"]


@pytest.mark.parametrize(("curves", "did"), [(BOTH, "31"), (BOTH[:1], "31/V")])
def test_a_document_says_where_it_is_from_and_a_table_what_it_is(curves, did):
    document = read(votable.document(curves, CONTEXT))
    said = {info.name: info.value for info in document.resources[0].infos}
    assert said["ivoid"] == f"ivo://org.example/~?kolonica/lightcurves/{did}"
    assert (said["publisher"], said["rights"], said["citation"], said["creator"]) == ("A data centre", "CC0", "2000A&A...1", "X, Y")
    assert said["last_update_date"] == "2026-11-21T01:02:03Z" and said["server_software"].startswith("photvo")
    assert said["reference_url"] == "http://localhost:8080/kolonica/lightcurves/ssa/info"
    for (series, _), table in zip(curves, document.iter_tables()):
        assert all(word in table.description for word in (series.name, series.band, "barycentric", "TDB", "UTC", "flags"))


def test_a_light_curve_without_points_is_a_valid_document():
    table = read(votable.document([curve(points=rows(0))], CONTEXT)).get_first_table()
    assert len(table.array) == 0


def test_an_object_may_have_the_number_0():
    table = read(votable.document([curve(object_id=0, period=0.0)], CONTEXT)).get_first_table()
    params = {param.name: param.value for param in table.params}
    assert params["object_id"] == 0 and "period" not in params


def test_names_with_markup_stay_names():
    params = {p.name: p.value for p in read(votable.document([curve()], CONTEXT)).get_first_table().params}
    assert params["target_name"] == "SS Cyg & <co>"
