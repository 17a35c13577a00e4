"""What a served light curve says of itself: frames, units, passband, star; and what is no light curve."""

import re

import pytest
from answers import INSIDE, dali_error, get, status, table, votable
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io.votable.ucd import parse_ucd


def test_every_column_refers_to_its_frame(dlget, chosen):
    for object_id, _, band in chosen[::5]:
        document = votable(dlget(object_id, band))
        resource = document.resources[0]
        frames = {system.ID: system for system in resource.time_systems}
        fields = {field.name: field for field in document.get_first_table().fields}
        told = {
            name: (
                frames[fields[name].ref].timescale,
                frames[fields[name].ref].refposition,
                frames[fields[name].ref].timeorigin,
            )
            for name in ("obs_time", "obs_time_utc")
        }
        assert told == {
            "obs_time": ("TDB", "BARYCENTER", "MJD-origin"),
            "obs_time_utc": ("UTC", "TOPOCENTER", "MJD-origin"),
        }
        places = {system.ID: system for system in resource.coordinate_systems}
        params = {param.name: param for param in document.get_first_table().params}
        assert {places[params[name].ref].system for name in ("ra", "dec")} == {"ICRS"}


def test_units_and_ucds_are_those_of_the_note(instance, dlget, chosen):
    words = dict(instance.query("SELECT band, wavelength_eff FROM photosys"))
    for object_id, _, band in chosen:
        fields = {field.name: field for field in votable(dlget(object_id, band)).get_first_table().fields}
        for name, unit in (
            ("obs_time", "d"),
            ("obs_time_utc", "d"),
            ("mag", "mag"),
            ("mag_err", "mag"),
            ("exptime", "s"),
        ):
            assert str(fields[name].unit) == unit
        for field in fields.values():
            parse_ucd(field.ucd, check_controlled_vocabulary=True)
        assert fields["obs_time"].ucd == "time.epoch;meta.main" and fields["obs_time_utc"].ucd == "time.epoch"
        assert fields["mag"].ucd.startswith("phot.mag;em.opt") and fields["mag_err"].ucd.startswith(
            "stat.error;phot.mag"
        )
        if band in "UBVRI":
            assert fields["mag"].ucd == f"phot.mag;em.opt.{band}"
        assert band in words


def test_the_passband_is_that_of_the_archive(instance, dlget, chosen):
    known = {
        row[0]: row[1:]
        for row in instance.query("SELECT band, filter_id, zeropoint, magsys, wavelength_eff FROM photosys")
    }
    seen = set()
    for object_id, _, band in chosen:
        document = votable(dlget(object_id, band))
        [group] = [group for group in document.resources[0].groups if group.name == "PHOTCAL"]
        params = {param.name: param.value for param in group.entries}
        filter_id, zeropoint, magsys, wavelength = known[band]
        if filter_id:
            assert (params["filterIdentifier"], params["magnitudeSystem"]) == (filter_id, magsys)
            assert (params["zeroPointFlux"], params["effectiveWavelength"]) == (
                pytest.approx(zeropoint),
                pytest.approx(wavelength),
            )
        for name in ("mag", "mag_err"):
            [field] = [field for field in document.get_first_table().fields if field.name == name]
            assert field.ref == group.ID
        seen.add(band)
    assert len(seen) >= 6


def test_facts_of_the_star_are_those_of_the_archive(instance, dlget, curves):
    for (object_id, band), _, points, star in curves[::4]:
        params = {
            param.name: param.value for param in votable(dlget(object_id, band)).get_first_table().params
        }
        [[name, cls, period]] = instance.query(
            "SELECT coalesce(vsx_name, simbad_name, gaia_name), class, period FROM objects o LEFT JOIN"
            " variability v"
            " ON v.object_id = o.id WHERE o.id = %s",
            [object_id],
        )
        assert name in params["target_name"] and params["band"] == band
        assert SkyCoord(params["ra"], params["dec"], unit="deg").separation(star) < 1e-6 * u.arcsec
        assert (params.get("target_class"), params.get("period")) == (cls, period)


def test_the_link_document_leads_to_the_same_bytes(instance, dlget, chosen):
    for object_id, _, band in chosen[::6]:
        did = f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{object_id}/{band}"
        links = table(get(f"{instance.url}kolonica/lightcurves/sdl/dlmeta", ID=did))
        [this] = [link for link in links if link["semantics"] == "#this"]
        assert get(this["access_url"]).content == dlget(object_id, band).content


@pytest.mark.parametrize(("did", "code"), [
    ("ivo://{authority}/~?kolonica/lightcurves/99999999/V", 404),
        ("ivo://{authority}/~?kolonica/lightcurves/31/nonsense", 404),
    ("ivo://{authority}/~?kolonica/nonsense/31/V", 400), ("ivo://nobody/~?nothing", 400), ("nonsense", 400),
    ("ivo://{authority}/~?kolonica/lightcurves/'/V", 400),
])  # fmt: skip
def test_an_identifier_of_nothing_is_a_fault_row_and_an_http_error(instance, did, code):
    did = did.format(authority=instance.settings.authority)
    [fault] = table(get(f"{instance.url}kolonica/lightcurves/sdl/dlmeta", ID=did))
    assert fault["ID"] == did and re.match(r"(NotFound|Usage)Fault\b", fault["error_message"])
    assert not INSIDE.search(fault["error_message"])
    assert not INSIDE.search(get(f"{instance.url}kolonica/lightcurves/sdl/dlget", status=code, ID=did).text)


def test_no_identifier_at_all_is_said_to_be_missing(instance):
    answer = get(f"{instance.url}kolonica/lightcurves/sdl/dlmeta")
    # DataLink 1.1: a request without ID is answered, with an empty table or with an error
    assert status(answer)[0] in ("OK", "ERROR")
    if status(answer)[0] == "ERROR":
        dali_error(answer)
    get(f"{instance.url}kolonica/lightcurves/sdl/dlget", status=400)
