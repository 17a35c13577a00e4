"""Files into an archive: what the seed's text shows comes out, everything can be run twice, nothing is lost."""

from archive_inputs import OBJECTS, REFERENCE, fill, image, points, run


def test_the_seeds_queries_give_what_the_seed_shows(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points({}))
    assert archive.ingest().status == 0
    # verbatim, as readonly_user
    julian = archive.query("""select extract(julian from dateobs at time zone 'UTC+12'), magnitude,
        mag_err, p.band from lightcurves l join objects o on l.object_id = o.id
        join photosys p on l.photosys_id = p.id where o.simbad_name ilike 'TYC
        4568-4%';""".replace("\n        4568", " 4568"))
    assert [tuple(map(str, row)) for row in julian] == [("2459510.34387000000000000000", "10.2437", "0.1190", "i_sdss")]
    utc = archive.query("""select dateobs at time zone 'UTC' as dateobs_utc, magnitude, mag_err,
        p.band from lightcurves l join objects o on l.object_id = o.id join
        photosys p on photosys_id = p.id where simbad_name ilike 'TYC 4568-4%';""")
    assert str(utc[0][0]) == "2021-10-22 20:15:10.368000"
    cone = archive.query("""select gaia_name, simbad_name, coordequ <-> spoint '(325.679d, 43.5862d)'
        as dist from objects where coordequ <@ scircle('<(325.679d,
        43.5862d),0.1d>') order by dist;""")
    assert [row[0] for row in cone] == ["1972957892448494592", "1972957308333789312", "1972957690592232192"]
    assert cone[0][1:] == ("V* SS Cyg", 0.0)
    stars = archive.query("""select count(lightcurve_id) from metadata_lc_json where
        '"494407193118781824"' <@ (data->'comp_stars');""")
    assert stars == [(1,)]


def test_the_metadata_of_a_point_is_what_the_seed_shows(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points({}))
    archive.ingest()
    assert archive.value("SELECT data FROM metadata_lc_json") == {
        "binning": "2x2", "detrend": "0", "exp_time": 30.0, "num_comp": 2, "aver_comp": 7.5607, "num_calib": 42,
        "comp_stars": ["494407193118781824", "494591086438665856"], "privileges": "full", "type_calib": "0",
        "detrend_mag": None, "temperature": -20.0, "differential": 1, "type_detrend": "None", "detrend_mag_err": None,
    }  # fmt: skip


def test_the_second_time_changes_nothing(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(50)))
    archive.put("images/a.fits", image())
    first = archive.ingest()
    before = archive.everything()
    second = archive.ingest()
    assert (first.status, second.status) == (0, 0)
    assert not second.files and second.unchanged == len(first.files) == 8
    assert archive.everything() == before


def test_a_file_that_was_only_touched_is_not_read_again(archive):
    fill(archive)
    path = archive.put("lightcurves/a.csv", points(*run(5)))
    archive.ingest()
    path.write_bytes(path.read_bytes())
    assert archive.ingest().unchanged == 7


def test_a_changed_file_replaces_its_own_rows_and_no_others(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(10)))
    archive.put("lightcurves/b.csv", points(*run(10, start=2459600.5)))
    archive.ingest()
    others = archive.query("SELECT * FROM lightcurves WHERE file_id = (SELECT id FROM ingest_log WHERE path LIKE '%b.csv')")
    archive.put("lightcurves/a.csv", points(*run(3, mag="11.5")))
    summary = archive.ingest()
    assert summary.status == 0 and list(summary.files) == ["lightcurves/a.csv"]
    assert archive.query("SELECT magnitude::float8, count(*) FROM lightcurves WHERE dateobs < '2022-01-01' GROUP BY 1") == [(11.5, 3)]
    assert archive.value("SELECT count(*) FROM metadata_lc_json") == 13
    assert archive.query("SELECT npoints FROM series") == [(13,)]
    assert others == archive.query(
        "SELECT * FROM lightcurves WHERE file_id = (SELECT id FROM ingest_log WHERE path LIKE '%b.csv')")


def test_a_repeated_point_in_another_file_is_counted_not_doubled(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(10)))
    archive.put("lightcurves/b.csv", points(*run(4), *run(2, start=2459700.5)))
    summary = archive.ingest()
    assert summary.files["lightcurves/b.csv"].repeated == 4 and summary.files["lightcurves/b.csv"].accepted == 2
    assert archive.value("SELECT count(*) FROM lightcurves") == 12
    assert archive.value("SELECT count(*) FROM metadata_lc_json JOIN lightcurves l ON l.id = lightcurve_id") == 12
    assert archive.value("SELECT count(*) FROM metadata_lc_json") == 12
    assert archive.query("SELECT rows_repeated, rows_elsewhere FROM ingest_log WHERE path = 'lightcurves/b.csv'") == [(4, 4)]


def test_a_point_that_its_file_no_longer_has_comes_from_the_other_file_that_has_it(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(10)))
    archive.put("lightcurves/b.csv", points(*run(4)))
    archive.ingest()
    archive.put("lightcurves/a.csv", points(*run(1, start=2459800.5)))
    archive.ingest()
    assert archive.query("SELECT path, rows_accepted, rows_repeated FROM ingest_log WHERE path LIKE 'light%' ORDER BY 1") == [
        ("lightcurves/a.csv", 1, 0), ("lightcurves/b.csv", 4, 0)]  # fmt: skip
    assert archive.value("SELECT count(*) FROM lightcurves") == 5


def test_rows_whose_object_band_or_source_was_missing_are_taken_when_it_comes(archive):
    """By the next ingestion, whatever it is of; files that lack something else are left alone."""
    fill(archive, objects=False)
    lacking = {"object": {}, "name": {"object_id_arch": "77"}, "band": {"object_id_arch": "78", "obs_type_id": "604"},
               "source": {"object_id_arch": "78", "observer": "it's"}}  # fmt: skip
    for number, (name, row) in enumerate(lacking.items()):
        archive.put(f"lightcurves/{name}.csv", points(*run(3, start=2459600.5 + number, **row)))
    archive.put("lightcurves/aavso.txt", "#TYPE=EXTENDED\n#OBSCODE=ziga\n#DELIM=,\n#DATE=JD\n#OBSTYPE=CCD\n"
                + "".join(f"{name},2459700.5,10.5,0.01,V,NO,STD,ENSEMBLE,na,na,na,na,na,na,na\n" for name in ("vy umi", "SS Cyg")))  # fmt: skip
    archive.put("lightcurves/never.csv", points(*run(3, start=2459650.5, object_id_arch="4711")))
    first = archive.ingest()
    assert archive.value("SELECT count(*) FROM lightcurves") == 0
    assert any("'vy umi' is not in" in reason and "(also 'SS Cyg')" in reason for _, reason in first.reasons())
    assert any("object 78 is not in" in reason and "(also 77, 4711)" in reason for _, reason in first.reasons())
    archive.put("objects/objects.csv", OBJECTS)
    summary = archive.ingest()
    assert summary.files.keys() == {"objects/objects.csv", *(f"lightcurves/{name}" for name in (
        "object.csv", "name.csv", "band.csv", "source.csv", "aavso.txt"))}  # fmt: skip
    assert archive.value("SELECT count(*) FROM lightcurves") == 3 + 3 + 2
    archive.put("photosys.csv", REFERENCE["photosys.csv"] + "I,Bessell I,,Vega,,,,\n")
    archive.put("datasources.csv", REFERENCE["datasources.csv"] + "it's,,UTC,TOPOCENTER,mid,Kolonica,\n")
    path = archive.put("lightcurves/one_more.csv", points(*run(1, start=2459750.5)))
    archive.ingest(archive.inputs / "photosys.csv", archive.inputs / "datasources.csv")
    assert archive.ingest(path).files.keys() == {"lightcurves/one_more.csv"}
    assert archive.value("SELECT count(*) FROM lightcurves") == 8 + 3 + 3 + 1
    last = archive.ingest()
    assert not last.files and last.unchanged == 13 and archive.query("SELECT count(DISTINCT reason) FROM ingest_rejects") == [(1,)]


def test_a_file_that_grows_does_not_have_the_others_read_again(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(10), *run(2)))
    archive.put("lightcurves/b.csv", points(*run(4)))
    archive.ingest()
    archive.put("lightcurves/a.csv", points(*run(10), *run(2), *run(5, start=2459800.5)))
    assert list(archive.ingest().files) == ["lightcurves/a.csv"]
    assert archive.query("SELECT rows_accepted, rows_repeated, rows_elsewhere FROM ingest_log WHERE path LIKE '%a.csv'") == [
        (15, 2, 0)]  # fmt: skip


def test_the_natural_key_tells_points_apart_by_each_of_its_parts(archive):
    fill(archive)
    archive.put("images/a.fits", image())
    rows = [{}, {"object_id_arch": "78"}, {"obs_type_id": "2"}, {"observer": "ziga"}, {"jd": "2459510.343871"},
            {"image_link": "/x/a.fits"}]  # fmt: skip
    archive.put("lightcurves/a.csv", points(*rows, {"mag": "12"}, {"jd": "2459510.3438700"}))
    counts = archive.ingest().files["lightcurves/a.csv"]
    assert (counts.accepted, counts.repeated) == (6, 2)


def test_points_that_are_not_public_are_kept_and_not_published(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(3), *run(2, start=2459600.5, privileges="owner"),
                                            *run(1, start=2459700.5, obs_type_id="1", privileges="none")))  # fmt: skip
    archive.ingest()
    assert archive.query("SELECT published, count(*) FROM lightcurves GROUP BY 1 ORDER BY 1") == [(False, 3), (True, 3)]
    assert archive.query("SELECT band, npoints FROM series") == [("i_sdss", 3)]


def test_a_point_whose_image_comes_later_finds_it_then(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(3, image_link="/data/night/n_r.fit.fz"), *run(1, start=2459600.5)))
    summary = archive.ingest()
    assert summary.status == 0 and summary.total("missing") == 3
    assert archive.query("SELECT observation_id, image, count(*) FROM lightcurves GROUP BY 1, 2 ORDER BY 3") == [
        (None, None, 1), (None, "n_r.fit", 3)]  # fmt: skip
    archive.put("images/night/n_r.fit", image())
    archive.ingest()
    assert archive.value("""SELECT count(*) FROM lightcurves l JOIN observations b ON b.id = l.observation_id
        WHERE b.filename = 'n_r.fit' AND l.image IS NULL""") == 3
    # and so it is the same point in a file that comes after the image
    archive.put("lightcurves/b.csv", points(*run(3, image_link="/elsewhere/n_r.fit")))
    assert archive.ingest().files["lightcurves/b.csv"].repeated == 3


def test_an_image_becomes_an_observation_with_its_header_and_its_file(archive):
    fill(archive)
    archive.put("images/2021-10-22/a b+c_r.fit", image(FILTER="r"))
    assert archive.ingest().status == 0
    row = archive.query("""SELECT dateobs AT TIME ZONE 'UTC', accumtime, t.name, i.name, fov[0], fov[1], mode, band,
        degrees(long(coordequ)), degrees(lat(coordequ)), coordequsrc, b.type, filename, path_to_fits
        FROM observations b JOIN telescopes t ON t.id = telescope_id JOIN instruments i ON i.id = instrument_id""")[0]
    assert str(row[0]) == "2021-10-22 20:13:42" and row[1] == 30 and row[2:4] == ("Alica", "G2-8300")
    assert abs(row[4] - 0.00148) < 1e-5 and abs(row[5] - 0.000748) < 1e-5 and row[6:8] == ("light", "r_sdss")
    assert abs(row[8] - 259.946337) < 1e-6 and abs(row[9] - 76.698759) < 1e-6
    assert row[10:] == ("wcs", "image", "a b+c_r.fit", "kolonica/images/2021-10-22")
    assert archive.value("SELECT data->>'OBJECT' FROM metadata_obs_json") == "VY UMi"
    assert archive.query("SELECT accref, naxis1, naxis2 FROM observation_files") == [
        ("kolonica/images/2021-10-22/a b+c_r.fit", 101, 51)]  # fmt: skip


def test_a_telescope_that_is_not_known_is_noted_and_the_image_taken_without(archive):
    fill(archive)
    archive.put("images/a.fits", image(TELESCOP="Hale"))
    summary = archive.ingest()
    assert summary.status == 0 and "'Hale'" in summary.files["images/a.fits"].warnings[0]
    assert archive.value("SELECT telescope_id FROM observations") is None


def test_a_changed_image_keeps_its_id_and_its_points(archive):
    fill(archive)
    archive.put("images/a.fits", image())
    archive.put("lightcurves/a.csv", points({"image_link": "a.fits"}))
    archive.ingest()
    before = archive.query("SELECT id, accumtime FROM observations")
    archive.put("images/a.fits", image(EXPTIME=60.0))
    archive.ingest()
    assert archive.query("SELECT id, accumtime FROM observations") == [(before[0][0], 60)]
    assert archive.value("SELECT observation_id FROM lightcurves") == before[0][0]
    assert archive.value("SELECT data->'EXPTIME' FROM metadata_obs_json") == 60.0


def test_an_object_is_found_by_any_of_its_names(archive):
    fill(archive)
    names = ["SS Cyg", "ss_cyg", "V* SS Cyg", "hd 206697", "Gaia DR3 1972957892448494592", "1972957892448494592"]
    columns = list(points({}).splitlines()[0].split(","))
    columns[columns.index("object_id_arch")] = "object_name"
    rows = [{"object_name": name, "jd": f"{2459510 + i}.5"} for i, name in enumerate(names)]
    archive.put("lightcurves/a.csv", points(*rows, columns=columns))
    assert archive.ingest().status == 0
    assert archive.query("SELECT DISTINCT o.id_arch, count(*) FROM lightcurves l JOIN objects o ON o.id = object_id GROUP BY 1") == [
        (1, 6)]  # fmt: skip
    assert archive.query("SELECT name, npoints FROM series") == [("SS Cyg", 6)]
    assert archive.value("SELECT names FROM series") == sorted(
        {"sscyg", "bd+424189a", "hd206697", "gaiadr31972957892448494592", "1972957892448494592"})  # fmt: skip


def test_object_keys_in_python_and_in_sql_are_the_same(archive):
    from photvo.archive.known import name_key

    names = ["V* SS Cyg", "VV Cep", "v*ss cyg", "NAME Barnard's star", "SS_Cyg", "* alf Ori", "** STF 1", "Gaia DR3 12",
             "Name", "V Sge", "V  Sge", "name  x", "\tSS Cyg", "ÅÉ Umi"]  # fmt: skip
    for name in names:
        assert archive.value("SELECT name_key(%s)", [name]) == name_key(name), name


def test_an_object_that_comes_again_is_completed_and_its_series_follows(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points({}))
    archive.ingest()
    assert archive.query("SELECT name FROM series") == [("TYC 4568-478-1",)]
    before = archive.query("SELECT obs_time FROM lightcurves")[0][0]
    archive.put("objects/more.csv", "old_id,gaia_name,ucac4_name,apass_name,vsx_name,ra,dec,class,description\n"
                                    "77,--,--,--,NSV 1,260.6,76.7,V*,found variable\n")  # fmt: skip
    assert archive.ingest().status == 0
    assert archive.query("SELECT gaia_name, simbad_name, vsx_name, class, description FROM objects WHERE id_arch = 77") == [
        ("1701925222477693952", "TYC 4568-478-1", "NSV 1", "V*", "found variable")]  # fmt: skip
    assert archive.query("SELECT name, round(ra::numeric, 6) FROM series") == [("NSV 1", archive.value("SELECT 260.6"))]
    # 0.1° further on, the star's light comes at another time
    assert 0.01 < abs(archive.value("SELECT obs_time FROM lightcurves") - before) * 86400 < 1


def test_what_a_data_source_declares_of_its_times_can_be_put_right_later(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points({"observer": "old"}))
    archive.ingest()
    nothing = archive.query("SELECT dateobs, obs_time, obs_time_utc, time_frame FROM lightcurves")
    assert nothing == [(None, None, None, "JD unknown unknown unknown")]
    sources = (archive.inputs / "datasources.csv").read_text()
    archive.put("datasources.csv", sources.replace("old,Old plates,,,,,", "old,Old plates,UTC,TOPOCENTER,mid,Kolonica,"))
    archive.ingest()
    dateobs, obs_time, utc, frame = archive.query(
        "SELECT dateobs AT TIME ZONE 'UTC', obs_time, obs_time_utc, time_frame FROM lightcurves")[0]  # fmt: skip
    assert str(dateobs) == "2021-10-22 20:15:10.368000" and frame == "JD UTC TOPOCENTER mid"
    assert abs(utc - 59509.84387) < 1e-9 and 0 < abs(obs_time - utc - 69.184 / 86400) * 86400 < 499
    assert abs(archive.value("SELECT t_min FROM series") - (59509.84387 - 15 / 86400)) < 1e-9


def test_series_say_what_their_points_say(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(20), *run(5, start=2459600.25, exp_time="90"),
                                            *run(2, start=2459700.25, exp_time="")))  # fmt: skip
    archive.ingest()
    row = archive.query("SELECT npoints, t_min, t_max, exptime, mag_mean, mag_min, mag_max FROM series")[0]
    assert row[0] == 27 and abs(row[1] - 59509.84387) < 1e-8
    assert abs(row[2] - 59699.751) < 1e-8  # the exposure is not known: the file's own instant
    assert row[3] == 20 * 30 + 5 * 90
    assert abs(row[4] - archive.value("SELECT avg(magnitude)::float8 FROM lightcurves")) < 1e-5
    assert [round(value, 4) for value in row[5:]] == [10.0, 10.6]


def test_a_series_without_points_vanishes(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(5)))
    archive.ingest()
    archive.put("lightcurves/a.csv", points(*run(5, obs_type_id="1")))
    archive.ingest()
    assert archive.query("SELECT band, npoints FROM series") == [("g_sdss", 5)]


def test_a_dry_run_tells_all_and_writes_nothing(archive):
    fill(archive)
    archive.put("images/a.fits", image())
    archive.put("lightcurves/a.csv", points(*run(9, image_link="a.fits"), {"object_id_arch": "5000"}))
    before = archive.everything()
    dry = archive.ingest(dry_run=True)
    assert archive.everything() == before
    wet = archive.ingest()
    assert dry.status == wet.status == 2 and dry.reasons() == wet.reasons()
    assert {n: (c.accepted, c.missing) for n, c in dry.files.items()} == {n: (c.accepted, c.missing) for n, c in wet.files.items()}


def test_some_files_can_be_named_and_need_not_lie_below_the_inputs(archive, tmp_path):
    fill(archive)
    archive.ingest()
    elsewhere = tmp_path / "night.csv"
    elsewhere.write_text(points(*run(4)))
    assert archive.ingest(elsewhere).total("accepted") == 4
    assert archive.value("SELECT path FROM ingest_log WHERE path LIKE '%night.csv'") == str(elsewhere)
    assert archive.ingest(elsewhere).unchanged == 1


def test_files_that_are_no_data_are_passed_over_and_unknown_ones_named(archive):
    fill(archive)
    for name in ("README.md", "lightcurves/.hidden", "lightcurves/README", "lightcurves/x.csv~", ".git/config"):
        archive.put(name, "nothing")
    archive.put("lightcurves/notes.txt", "the night was fine\n")
    summary = archive.ingest()
    assert list(summary.refused) == ["lightcurves/notes.txt"] and summary.status == 2


def test_objects_files_in_a_folder_of_any_name_come_before_their_light_curves(archive):
    fill(archive, objects=False)
    archive.put("aaa/points.csv", points(*run(3)))
    archive.put("zzz/stars.csv", OBJECTS)
    assert archive.ingest().status == 0


def test_a_folder_that_leads_back_to_itself_is_walked_once(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(3)))
    (archive.inputs / "lightcurves" / "again").symlink_to(archive.inputs)
    summary = archive.ingest()
    assert summary.status == 0 and len(summary.files) == 7


def test_many_images_share_transactions_and_a_bad_one_does_not_take_others_with_it(archive):
    fill(archive)
    for n in range(130):
        archive.put(f"images/i{n:03}.fits", image())
    # what only the database sees: corners that make no polygon, a number that is none in JSON
    archive.put("images/i050.fits", image(CD1_1=1e-300, CD2_2=1e-300))
    archive.put("images/i060.fits", image(FILTER="none such"))
    summary = archive.ingest()
    assert "images/i060.fits" in summary.refused and len(summary.refused) <= 2
    assert archive.value("SELECT count(*) FROM observations") == 130 - len(summary.refused)
    assert archive.value("SELECT count(*) FROM ingest_log WHERE status = 'complete' AND format = 'fits-image'") == (
        130 - len(summary.refused))  # fmt: skip
