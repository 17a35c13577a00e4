"""dlget over HTTP: the light curves that were asked for, compared with the base tables; and what caches are told."""

import csv
import gzip
import io
import socket
import tarfile
import urllib.error
import urllib.parse
import urllib.request

import numpy as np
import pyarrow.parquet
import pytest
from astropy.io import fits
from astropy.io.votable import parse
from astropy.table import Table
from pyvo.dal import SSAService, TAPService

FLAGGED = "flags & 6399 = 0"


def get(instance, ids, data=None, headers=(), **parameters):
    """Status, headers and body of a dlget request; `ids` one or several, by POST where `data` says so."""
    query = urllib.parse.urlencode({"ID": ids, **parameters}, doseq=True)
    url = f"{instance.url}kolonica/lightcurves/sdl/dlget"
    request = urllib.request.Request(url, query.encode()) if data == "post" else urllib.request.Request(f"{url}?{query}")
    for name, value in dict(headers).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


@pytest.fixture(scope="module")
def series(instance):
    """(object_id, band, npoints) of the series of SS Cyg."""
    return instance.query(
        "SELECT s.object_id, s.band, s.npoints FROM kolonica_db.series s JOIN kolonica_db.objects o ON o.id = s.object_id"
        " WHERE o.vsx_name = 'SS Cyg' ORDER BY s.band"
    )


@pytest.fixture(scope="module")
def did(instance, series):
    return lambda band=None: f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{series[0][0]}" + (f"/{band}" if band else "")


def points(instance, where, columns="obs_time, obs_time_utc, mag, mag_err"):
    """Published points by SQL in the order of a light curve."""
    return instance.query(
        f"SELECT {columns} FROM kolonica_db.points p JOIN kolonica_db.photosys b ON b.id = p.photosys_id"
        f" WHERE {where} ORDER BY b.band, obs_time, obs_time_utc, datasource_id, observation_id NULLS FIRST, mag, mag_err"
    )


def test_what_ssa_links_is_what_datalink_calls_this_and_what_dlget_sends(instance, did):
    row = next(row for row in SSAService(f"{instance.url}kolonica/lightcurves/ssa/ssap.xml").search(TARGETNAME="SS Cyg") if row["band"] == "V")
    body = get(instance, did("V"))[2]
    with urllib.request.urlopen(row.acref) as answer:
        assert answer.read() == body
    links = parse(io.BytesIO(urllib.request.urlopen(
        f"{instance.url}kolonica/lightcurves/sdl/dlmeta?ID={urllib.parse.quote(row['ssa_pubDID'])}").read()))  # fmt: skip
    (this,) = [link for link in links.get_first_table().to_table() if link["semantics"] == "#this"]
    with urllib.request.urlopen(this["access_url"]) as answer:
        assert answer.read() == body
    assert this["content_length"] == len(body)
    assert (this["content_type"], this["content_qualifier"]) == ("application/x-votable+xml", "#light-curve")


def test_the_points_are_those_of_the_base_tables(instance, did, series):
    expected = np.array(points(instance, f"object_id = {series[0][0]} AND b.band = 'V'"), float)
    table = parse(io.BytesIO(get(instance, did("V"))[2]), verify="exception").get_first_table().to_table()
    assert len(table) == len(expected) > 20
    for column, name in enumerate(("obs_time", "obs_time_utc")):
        assert (table[name].filled(np.nan) == expected[:, column]).all()
    for column, name in ((2, "mag"), (3, "mag_err")):
        assert np.allclose(np.asarray(table[name].filled(np.nan)), expected[:, column], atol=1e-6, equal_nan=True)


@pytest.mark.parametrize("form", ["votable", "votable/td", "fits", "csv", "ecsv", "aavso", "parquet"])
def test_every_form_has_every_point_of_every_band(instance, did, series, form):
    status, headers, body = get(instance, did(), RESPONSEFORMAT=form)
    assert status == 200 and int(headers["Content-Length"]) == len(body)
    if form.startswith("votable"):
        counts = [len(table.array) for table in parse(io.BytesIO(body), verify="exception").iter_tables()]
    elif form == "fits":
        with fits.open(io.BytesIO(body)) as units:
            counts = [len(unit.data) for unit in units[1:]]
    elif form == "parquet":
        counts = [pyarrow.parquet.read_table(io.BytesIO(body)).num_rows]
    elif form == "aavso":
        counts = [sum(not line.startswith("#") for line in body.decode().splitlines())]
    else:
        counts = [len(Table.read(body.decode(), format="ascii.ecsv" if form == "ecsv" else "ascii.csv"))]
    assert sum(counts) == sum(row[2] for row in series)
    assert len(counts) in (1, len(series))


def test_bands_times_and_quality_cut_as_sql_does(instance, did, series):
    low, high = 57000, 58500
    body = get(instance, did(), BAND="B,V", TIME=f"{low} {high}", CLEAN="true", RESPONSEFORMAT="csv")[2]
    expected = points(
        instance, f"object_id = {series[0][0]} AND b.band IN ('B', 'V') AND obs_time_utc BETWEEN {low} AND {high} AND {FLAGGED}",
        "b.band, obs_time_utc",
    )  # fmt: skip
    table = Table.read(body.decode(), format="ascii.csv")
    assert sorted(zip(table["band"].tolist(), table["obs_time_utc"].tolist())) == sorted(expected)
    assert 0 < len(expected) < sum(row[2] for row in series)


def test_an_interval_without_points_is_a_valid_empty_light_curve(instance, did):
    status, _, body = get(instance, did("V"), TIME="10 20")
    assert status == 200 and len(parse(io.BytesIO(body), verify="exception").get_first_table().array) == 0


@pytest.mark.parametrize("path", [
    "lightcurves/sdl/dlget?ID=ivo://a/~?kolonica/lightcurves/31", "lightcurves/sdl/dlget?ID=ivo://a/~?kolonica/lightcurves/999999999",
    "objects/cone/coverage?ID=x",
])  # fmt: skip
def test_a_client_that_goes_away_is_no_error(instance, path):
    request = f"GET /kolonica/{path}&RESPONSEFORMAT=png&GONE=1 HTTP/1.1\r\nHost: localhost\r\nAccept: image/png\r\n\r\n"
    for _ in range(8):
        with socket.create_connection(("127.0.0.1", instance.port)) as client:
            client.sendall(request.encode())
    # what is asked for later is answered later, mostly
    for _ in range(6):
        assert get(instance, "ivo://a/~?kolonica/lightcurves/31", RESPONSEFORMAT="png")[0] == 200
    assert not [log for log in (instance.state / "log").glob("dcErrors*") if "GONE" in log.read_text()]


@pytest.mark.parametrize(("parameters", "status", "fault"), [
    ({"ID": "x"}, 400, "UsageFault: ID"), ({"ID": ""}, 400, "UsageFault: ID"),
    ({"BAND": "X"}, 400, "UsageFault: BAND"), ({"TIME": "a"}, 400, "UsageFault: TIME"), ({"CLEAN": "x"}, 400, "UsageFault: CLEAN"),
    ({"RESPONSEFORMAT": "gif"}, 400, "UsageFault: RESPONSEFORMAT"), ({"PACKAGE": "zip"}, 400, "UsageFault: PACKAGE"),
    ({"ID": "ivo://a/~?kolonica/lightcurves/999999999/V"}, 404, "NotFoundFault"),
    ({"ID": "ivo://a/~?kolonica/lightcurves/99999999999999/V"}, 404, "NotFoundFault"),
    ({"BAND": "V' OR '1'='1"}, 400, "UsageFault: BAND"), ({"TIME": "1); DROP TABLE kolonica_db.objects; --"}, 400, "UsageFault: TIME"),
    ({"ID": "ivo://a/~?kolonica/lightcurves/1/V'; DROP TABLE x"}, 400, "UsageFault: ID"),
])  # fmt: skip
def test_what_cannot_be_is_refused_in_one_line(instance, did, parameters, status, fault):
    ids = parameters.pop("ID", did("V"))
    code, headers, body = get(instance, ids, **parameters)
    assert (code, headers["Content-Type"].split(";")[0]) == (status, "text/plain")
    assert body.decode().startswith(fault) and "Traceback" not in body.decode() and "SELECT" not in body.decode()


@pytest.mark.parametrize("name", ["ID", "BAND", "TIME", "CLEAN", "RESPONSEFORMAT", "PACKAGE"])
def test_bytes_that_are_no_text_are_refused(instance, did, name):
    query = f"ID={urllib.parse.quote(did('V'))}&{name}=%ff%fe"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{instance.url}kolonica/lightcurves/sdl/dlget?{query}", timeout=60)
    assert refused.value.code == 400 and refused.value.read().startswith(f"UsageFault: {name}: it is not UTF-8".encode())


def test_many_identifiers_give_one_table(instance):
    found = TAPService(f"{instance.url}tap").search("SELECT obs_publisher_did FROM ivoa.obscore WHERE dataproduct_type = 'timeseries' AND obs_collection = 'Kolonica'", maxrec=100000)
    ids = found["obs_publisher_did"].tolist() + ["ivo://a/~?kolonica/lightcurves/99999999"]
    published = instance.query("SELECT count(*) FROM kolonica_db.points")[0][0]
    for form in ("votable", "parquet", "csv"):
        status, _, body = get(instance, ids, "post", RESPONSEFORMAT=form)
        assert status == 200
        if form != "csv":
            described = body if form == "votable" else pyarrow.parquet.read_schema(io.BytesIO(body)).metadata[b"IVOA.VOTable-Parquet.content"]
            document = parse(io.BytesIO(described), verify="exception")
            said = {(info.name, info.value) for info in document.resources[0].infos}
            sources = instance.query("SELECT copyright, reference, contributors FROM datasources WHERE id IN (SELECT datasource_id FROM lightcurves)")
            assert {pair for row in sources for pair in zip(("rights", "citation", "creator"), row) if pair[1]} <= said
            units = {field.name: (str(field.unit), field.ref) for field in document.get_first_table().fields}
            assert (units["obs_time"], units["obs_time_utc"], units["mag"][0]) == (("d", "tdb"), ("d", "utc"), "mag")
        if form == "votable":
            table = document.get_first_table().to_table()
            times = table["obs_time_utc"].filled(np.nan)
            assert len(table) == published
        elif form == "parquet":
            assert np.array_equal(pyarrow.parquet.read_table(io.BytesIO(body))["obs_time_utc"].to_numpy(), times, equal_nan=True)
        else:
            assert body.count(b"\n") == published + 1


def test_a_hundred_thousand_identifiers_are_answered_and_no_more(instance):
    ids = [f"ivo://a/~?kolonica/lightcurves/{number}/V" for number in range(1, 100_002)]
    [[expected]] = instance.query("SELECT count(*) FROM kolonica_db.points JOIN kolonica_db.photosys b ON b.id = photosys_id WHERE band = 'V'")
    status, _, body = get(instance, ids[:-1], "post", RESPONSEFORMAT="csv")
    assert status == 200 and body.count(b"\n") == expected + 1
    status, _, body = get(instance, ids, "post", RESPONSEFORMAT="csv")
    assert status == 400 and body.startswith(b"UsageFault: ID: 100,001")


def test_several_light_curves_come_as_a_tar_of_the_documents_that_one_gets_singly(instance, did, series):
    body = get(instance, [did(band) for _, band, _ in series], PACKAGE="tar", RESPONSEFORMAT="votable")[2]
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        assert archive.getnames() == [f"kolonica/{key}_{band}.vot" for key, band, _ in series]
        for (_, band, _), member in zip(series, archive.getmembers()):
            assert archive.extractfile(member).read() == get(instance, did(band))[2]


def test_none_of_the_light_curves_asked_for_is_404(instance):
    assert get(instance, [f"ivo://a/~?kolonica/lightcurves/99999999{i}" for i in range(3)])[0] == 404


def upload(instance, content):
    boundary = "xxBOUNDARYxx"
    body = (f'--{boundary}\r\nContent-Disposition: form-data; name="ids"; filename="t"\r\nContent-Type: text/plain\r\n\r\n'.encode()
            + content + f"\r\n--{boundary}--\r\n".encode())  # fmt: skip
    url = f"{instance.url}kolonica/lightcurves/sdl/dlget?RESPONSEFORMAT=csv"
    request = urllib.request.Request(url, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})
    try:
        return urllib.request.urlopen(request, timeout=60).read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()


def test_an_uploaded_answer_of_a_query_gives_its_light_curves(instance, series):
    with urllib.request.urlopen(f"{instance.url}kolonica/lightcurves/ssa/ssap.xml?REQUEST=queryData&TARGETNAME=SS%20Cyg") as answer:
        table = Table.read(upload(instance, answer.read()), format="ascii.csv")
    assert len(table) == sum(row[2] for row in series)
    by_csv = upload(instance, f"object_id,band\n{series[0][0]},{series[0][1]}\n".encode())
    assert by_csv.count("\n") == series[0][2] + 1


def test_an_uploaded_table_without_identifiers_is_refused(instance):
    assert upload(instance, b"a,b\n1,2\n").startswith("UsageFault: UPLOAD: the table has no column")
    assert upload(instance, b"\x00\xff<<<").startswith("UsageFault: UPLOAD")


def test_who_has_the_light_curve_is_told_so(instance, did):
    _, headers, _ = get(instance, did("V"))
    assert get(instance, did("V"), headers={"If-None-Match": headers["ETag"]})[0] == 304
    assert get(instance, did("V"), headers={"If-Modified-Since": headers["Last-Modified"]})[0] == 304
    assert get(instance, did("V"), headers={"If-None-Match": '"other"'})[0] == 200
    assert get(instance, did("V"), RESPONSEFORMAT="fits", headers={"If-None-Match": headers["ETag"]})[0] == 200


def test_a_packed_light_curve_is_another_answer_for_caches(instance, did):
    _, plain, body = get(instance, did("V"))
    _, packed, sent = get(instance, did("V"), headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(sent) == body and packed["Content-Encoding"] == "gzip"
    assert packed["ETag"] != plain["ETag"]
    assert packed["Vary"] == plain["Vary"] == "accept-encoding"
    assert get(instance, did("V"), headers={"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]})[0] == 304


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_light_curve_cannot_be_written(instance, did, method):
    question = urllib.parse.urlencode({"ID": did("V")})
    request = urllib.request.Request(f"{instance.url}kolonica/lightcurves/sdl/dlget?{question}", method=method)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 405 and caught.value.headers["Allow"] == "GET, HEAD, POST"


def values(document):
    """The times and magnitudes of a light curve."""
    table = parse(io.BytesIO(document)).get_first_table().to_table()
    return [(row["obs_time_utc"], row["mag"]) for row in table.filled(-1)]


def test_a_cache_never_shows_an_old_light_curve(instance):
    (name, key), = instance.query(
        "SELECT o.simbad_name, o.id_arch FROM kolonica_db.series s JOIN kolonica_db.objects o ON o.id = s.object_id"
        " WHERE s.name LIKE 'SIM%' AND s.band = 'V' ORDER BY s.object_id LIMIT 1")  # fmt: skip
    object_id = instance.query("SELECT id FROM kolonica_db.objects WHERE id_arch = %s", [key])[0][0]
    did = f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{object_id}/V"
    _, before, body = get(instance, did)
    sample = next((instance.settings.inputs / "kolonica/lightcurves").glob("sim-ziga-2*.csv")).read_text().splitlines()
    header, row = sample[0].split(","), next(line for line in sample[1:] if ",605," in line)
    cells = dict(zip(header, next(csv.reader([row]))))
    cells.update(phot_id="999999", jd="2460300.12345", object_id_arch=str(key), obs_type_id="605", image_link="", privileges="full")
    out = io.StringIO()
    csv.DictWriter(out, header).writerow(cells)
    night = instance.state.parent / "night.csv"  # where the instance's account can read it
    night.write_text(",".join(header) + "\n" + out.getvalue())
    done = instance.run("ingest", night)
    assert done.returncode == 0, done.stderr
    try:
        status, after, changed = get(instance, did, headers={"If-None-Match": before["ETag"], "If-Modified-Since": before["Last-Modified"] or ""})
        assert status == 200 and after["ETag"] != before["ETag"] and len(changed) > len(body)
    finally:  # so that the tests can run again on the same state
        done = instance.run("delete", "file", night)
    assert done.returncode == 0, done.stderr
    assert values(get(instance, did)[2]) == values(body)


@pytest.mark.parametrize("span", ["56672 56700", "60231 60293"])
def test_csv_of_a_time_in_which_a_band_has_no_points_has_the_others_once(instance, did, series, span):
    low, high = map(float, span.split())
    where = f"object_id = {series[0][0]} AND obs_time_utc BETWEEN {low} AND {high}"
    expected = points(instance, where, "b.band::text, obs_time_utc")
    assert 0 < len({band for band, _ in expected}) < len(series)
    found = list(csv.DictReader(io.StringIO(get(instance, did(), RESPONSEFORMAT="csv", TIME=span)[2].decode())))
    assert sorted((row["band"], float(row["obs_time_utc"])) for row in found) == sorted(expected)
