"""SSA: star names, places, times, bands and all other parameters against SQL on the base tables."""

import numpy as np
import pytest
from answers import get, status, table
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.time import Time
from ssa_answers import SS_CYG, keys, selected


class TestNames:
    def test_every_name_of_every_object_finds_its_light_curves(self, instance, query):
        """Each name is in a list with others, of which the union is looked at."""
        names = instance.query("SELECT name, object_id FROM object_names ORDER BY object_id, name")
        assert len(names) > 90
        for some in (names[i : i + 40] for i in range(0, len(names), 40)):
            plain_names = [(name, i) for name, i in some if "," not in name]
            found = query(TARGETNAME=",".join(name for name, _ in plain_names))
            # a name can be shared (a component and its system)
            expected = selected(instance, "o.id = ANY(%s)", [i for _, i in plain_names])
            assert set(expected) <= set(keys(found))

    @pytest.mark.parametrize("name", [
        "SS Cyg", "ss cyg", "SS CYG", "SSCyg", "  SS   Cyg ", "V* SS Cyg", "v* ss cyg", "SS_Cyg",
        "BD+42 4189", "bd+424189",
        "1972957892448494592", "Gaia DR3 1972957892448494592",
    ])  # fmt: skip
    def test_ss_cyg_is_found_however_it_is_written(self, instance, query, name):
        assert keys(query(TARGETNAME=name)) == selected(instance, "vsx_name = 'SS Cyg'") != []

    def test_a_list_of_names_finds_them_all(self, instance, query):
        expected = selected(instance, "vsx_name IN ('SS Cyg', 'RR Lyr')")
        assert keys(query(TARGETNAME="ss cyg, v* rr lyr,no such star")) == expected

    @pytest.mark.parametrize(
        "name",
        ["no such star", "SS", "Cyg", "SS Cy", "%", "*", "SS Cyg'; DROP TABLE objects; --", "' OR '1'='1"],
    )
    def test_what_is_no_name_finds_nothing(self, query, name):
        assert len(query(TARGETNAME=name)) == 0

    def test_patterns_find_by_any_name(self, instance, query):
        expected = selected(instance, "starts_with(vsx_name, 'SS C')")
        assert keys(query(WILDTARGETCASE="SS C*")) == expected != []
        assert len(query(WILDTARGETCASE="ss c*")) == 0
        assert keys(query(WILDTARGET="ss c*")) == expected

    def test_names_go_together_with_other_conditions(self, instance, query):
        assert (
            keys(query(TARGETNAME="SS Cyg", BAND="V"))
            == selected(instance, "vsx_name = 'SS Cyg' AND band = 'V'")
            != []
        )


class TestPlaceAndTime:
    @pytest.mark.parametrize(
        ("ra", "dec", "size"),
        [
            (*SS_CYG, 0.2),
            (*SS_CYG, 0.02),
            (*SS_CYG, 2),
            (0, 90, 28),
            (0, 45, 60),
            (359.9, 0, 80),
            (10, -60, 180),
        ],
    )
    def test_size_is_a_diameter(self, instance, query, everything, ra, dec, size):
        found = keys(query(POS=f"{ra},{dec}", SIZE=size))
        expected = selected(
            instance,
            "o.coordequ <@ scircle(spoint(radians(%s), radians(%s)), radians(%s))",
            ra,
            dec,
            size / 2,
        )
        assert found == expected
        near = (
            SkyCoord(everything["ra"], everything["dec"], unit="deg").separation(
                SkyCoord(ra, dec, unit="deg")
            )
            <= size / 2 * u.deg
        )
        assert found == keys(everything[near])

    def test_a_position_alone_is_a_small_region(self, instance, query):
        expected = selected(
            instance, "o.coordequ <@ scircle(spoint(radians(%s), radians(%s)), radians(0.05))", *SS_CYG
        )
        assert keys(query(POS=f"{SS_CYG[0]},{SS_CYG[1]}")) == expected != []

    @pytest.mark.parametrize("time", [
        "2016-01-01/2016-12-31", "2017-01-01T00:00:00/2017-02-01T00:00:00", "2015-06-01/", "/2014-12-01",
        "2018-03-01",
        "2023-12-30/2024-12-31", "1999-01-01/2001-01-01",
    ])  # fmt: skip
    def test_time_finds_light_curves_with_a_part_in_it(self, query, everything, time):
        start, slash, stop = time.partition("/")
        start, stop = (
            Time(t, scale="utc").mjd if t else default
            for t, default in ((start, 0), (stop if slash else start, 1e5))
        )
        known = ~np.ma.getmaskarray(everything["t_min"]) & np.isfinite(everything["t_min"])
        there = known & (everything["t_min"] <= stop) & (everything["t_max"] >= start)
        assert keys(query(TIME=time)) == keys(everything[there])

    @pytest.mark.parametrize(("short", "long"), [
        ("2016", "2016-01-01/2016-12-31T23:59:59"), ("2015/2016", "2015-01-01/2016-12-31T23:59:59"),
        ("2016-02", "2016-02-01/2016-02-29T23:59:59"), ("2015-06-01/2016", "2015-06-01/2016-12-31T23:59:59"),
        ("/2014", "/2014-12-31T23:59:59"), ("2023-12/", "2023-12-01/"),
    ])  # fmt: skip
    def test_a_year_or_a_month_is_all_of_its_days(self, query, short, long):
        assert keys(query(TIME=short)) == keys(query(TIME=long)) != []

    def test_some_of_these_times_have_light_curves_and_some_have_none(self, query, everything):
        assert 0 < len(query(TIME="2014-11-01/2014-12-01")) < len(everything)
        assert len(query(TIME="1999-01-01/2001-01-01")) == 0


class TestOtherParameters:
    @pytest.mark.parametrize(("band", "condition"), [
        ("V", "band = 'V'"), ("r_sdss", "band = 'r_sdss'"), ("V,B", "band IN ('V', 'B')"),
            ("nonsense", "false"),
        ("5.5e-7", "wavelength_min <= 5.5e-7 AND wavelength_max >= 5.5e-7"),
        ("3e-7/4.5e-7", "wavelength_min < 4.5e-7 AND wavelength_max > 3e-7"),
        ("9e-7/", "wavelength_max > 9e-7"),
        ("/4e-7", "wavelength_min < 4e-7"),
    ])  # fmt: skip
    def test_band(self, instance, query, band, condition):
        assert keys(query(BAND=band)) == selected(instance, condition)

    def test_target_class(self, instance, query):
        assert keys(query(TARGETCLASS="CV*")) == selected(instance, "class = 'CV*'") != []
        assert keys(query(TARGETCLASS="CV*,RR*")) == selected(instance, "class IN ('CV*', 'RR*')")

    def test_publisher_did(self, query, everything):
        row = everything[17]
        assert keys(query(PUBDID=row["ssa_pubDID"])) == [(row["object_id"], row["band"])]
        assert len(query(PUBDID="ivo://nobody/~?nothing")) == 0

    @pytest.mark.parametrize(
        ("form", "some"),
        [
            ("votable", True),
            ("compliant", True),
            ("all", True),
            ("application/x-votable+xml", True),
            ("ALL", True),
            ("fits", False),
            ("native", False),
            ("graphic", False),
            ("text/csv", False),
            ("fits,votable", True),
        ],
    )
    def test_format(self, query, everything, form, some):
        assert len(query(FORMAT=form)) == (len(everything) if some else 0)

    def test_collection(self, query, everything):
        assert len(query(COLLECTION="Kolonica")) == len(everything)
        assert len(query(COLLECTION="Sonneberg")) == 0

    def test_maxrec_cuts_and_says_so(self, ssa):
        answer = get(ssa, REQUEST="queryData", MAXREC=5)
        assert len(table(answer)) == 5 and status(answer)[0] == "OVERFLOW"

    def test_all_of_it_is_not_too_much(self, ssa, everything):
        assert status(get(ssa, REQUEST="queryData"))[0] == "OK"
        assert len(everything) >= 300

    def test_metadata_is_told(self, ssa):
        answer = get(ssa, REQUEST="queryData", FORMAT="METADATA")
        for name in (
            "INPUT:POS",
            "INPUT:SIZE",
            "INPUT:BAND",
            "INPUT:TIME",
            "INPUT:FORMAT",
            "INPUT:TARGETNAME",
            "ssa_pubDID",
        ):
            assert answer.text.count(f'name="{name}"') == 1
