"""While an ingestion runs every service answers, with the state before or the state after; and what it says of itself."""

import os
import pty
import re
import subprocess
import time

import pytest
import requests
from archive_inputs import OBJECTS, REFERENCE, points, run
from astropy.io import votable
from running import Instance, folder_of_session

from photvo.settings import TOP, read_env

OIDS = """SELECT n.nspname, c.relname, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('kolonica', 'ivoa', 'kolonica_db') AND c.relkind IN ('v', 'r') ORDER BY 1, 2"""
ROWS = 20_000


@pytest.fixture(scope="module")
def living():
    """A running instance of our own with the small archive: one night of one star."""
    inputs = folder_of_session() / "meanwhile-inputs"
    for name, text in {**REFERENCE, "objects/objects.csv": OBJECTS, "lightcurves/n0.csv": points(*run(10))}.items():
        path = inputs / "kolonica" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    instance = Instance("meanwhile", PHOTVO_INPUTS=str(inputs)).start()
    instance.inputs = inputs / "kolonica"
    yield instance
    assert instance.stop() == 0


def put(instance, name, text):
    path = instance.inputs / "lightcurves" / name
    path.write_text(text)
    return path


def rows(answer):
    """The rows of a VOTable answer, a masked array."""
    assert answer.status_code == 200, answer.text[:500]
    from io import BytesIO

    document = votable.parse(BytesIO(answer.content))
    for resource in document.resources:
        assert all(info.value != "ERROR" for info in resource.infos if info.name == "QUERY_STATUS"), answer.text[:500]
    return document.get_first_table().array


def states(instance, session):
    """How many points each service has of VY UMi in i, asked one after the other."""
    (object_id,) = instance.query("SELECT id FROM objects WHERE id_arch = 77")[0]
    url, did = instance.url, f"ivo://{instance.settings.authority}/~?kolonica/lightcurves/{object_id}/i_sdss"

    def tap(adql):
        return rows(session.get(f"{url}tap/sync", params={"LANG": "ADQL", "QUERY": adql}, timeout=60))

    return {
        "SSA": int(rows(session.get(f"{url}kolonica/lightcurves/ssa/ssap.xml", timeout=60, params={
            "REQUEST": "queryData", "POS": "260.5,76.7", "SIZE": "0.1"}))["npoints"][0]),
        "TAP": int(tap(f"SELECT COUNT(*) AS n FROM kolonica.photometry WHERE object_id = {object_id}")["n"][0]),
        "ObsCore": int(tap(f"SELECT t_xel FROM ivoa.obscore WHERE obs_publisher_did = '{did}'")["t_xel"][0]),
        "light curve": len(rows(session.get(f"{url}kolonica/lightcurves/sdl/dlget", params={"ID": did}, timeout=60))),
    }  # fmt: skip


def test_every_service_answers_with_the_state_before_or_after(living):
    before, oids = 10, living.query(OIDS, role="admin")
    put(living, "big.csv", points(*run(ROWS, start=2459600.5, step=0.0005)))
    with requests.Session() as session:
        assert set(states(living, session).values()) == {before}
        ingester = subprocess.Popen([TOP / "bin" / "photvo", "ingest"], env=living.env, stderr=subprocess.PIPE, text=True)
        seen = []
        while ingester.poll() is None:
            seen.append(states(living, session))
        said = ingester.communicate()[1]
        assert ingester.returncode == 0, said
        after = before + ROWS
        assert {n for state in seen for n in state.values()} <= {before, after} and seen
        assert set(states(living, session).values()) == {after}
    # no view and no table was made anew
    assert living.query(OIDS, role="admin") == oids


def test_a_file_that_has_not_changed_is_not_even_opened(living):
    living.run("ingest")
    before = living.query("SELECT xmin::text, * FROM ingest_log ORDER BY id")
    path = living.inputs / "lightcurves" / "n0.csv"
    os.utime(path, ns=(1, path.stat().st_mtime_ns))
    assert living.run("ingest").returncode == 0
    assert living.query("SELECT xmin::text, * FROM ingest_log ORDER BY id") == before
    assert path.stat().st_atime_ns == 1


def test_rejects_are_listed_and_retried_by_command(living):
    text = points(*run(3, start=2459800.5), {"object_id_arch": "4711", "jd": "2459801.5"})
    put(living, "rejects.csv", text)
    assert living.run("ingest").returncode == 2
    listed = living.run("rejects", "list")
    assert listed.returncode == 0 and "rejects.csv, line 5: object 4711 is not in the archive" in listed.stdout
    put(living, "rejects.csv", text.replace(",4711,", ",77,"))
    assert living.run("rejects", "retry").returncode == 0
    assert living.run("rejects", "list").stdout == ""
    assert living.query("SELECT rows_accepted, status FROM ingest_log WHERE path LIKE '%rejects.csv'") == [(4, "complete")]


def on_a_terminal(instance, *arguments):
    """What `photvo` writes on a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([TOP / "bin" / "photvo", *arguments], env={**instance.env, "TERM": "xterm"}, stderr=theirs, stdout=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError:  # how a terminal ends
            break
        if not more:
            break
        said += more
    os.close(ours)
    return process.wait(), said.decode()


def test_a_bar_on_a_terminal_and_plain_lines_elsewhere(living):
    for name in ("bar1.csv", "bar2.csv"):
        put(living, name, points(*run(10_000, start=2459000.5 if name == "bar1.csv" else 2459200.5, step=0.0005)))
    status, said = on_a_terminal(living, "ingest", "--dry-run")
    assert status == 0
    percents = [int(n) for n in re.findall(r"\[[=> ]+\] +(\d+) %", said)]
    assert percents == sorted(percents) and percents[0] < percents[-1] == 100
    assert all(len(re.sub(r"\x1b\[K", "", line)) <= 80 for line in re.split(r"[\r\n]", said) if "%" in line)
    assert re.search(r"bar1.csv: 10,000 of 10,000 rows taken", said) and "a dry run: nothing of this was kept" in said
    begun = time.monotonic()
    plain = living.run("ingest")
    assert plain.returncode == 0 and time.monotonic() > begun
    assert "\r" not in plain.stderr and "\x1b" not in plain.stderr and "%" not in plain.stderr
    assert re.search(r"^lightcurves/bar1.csv: 10,000 of 10,000 rows taken \(", plain.stderr, re.M)
    assert re.search(r"^2 files taken, \d+ unchanged, 0 not taken; rows: 20,000 taken", plain.stderr, re.M)


def test_the_log_is_in_tap_for_the_operator_only(living):
    put(living, "rejects.csv", points(*run(3, start=2459800.5), {"object_id_arch": "4711", "jd": "2459801.5"}))
    living.run("ingest")
    ours, everyones = f"{living.url}kolonica/operator/tap/sync", f"{living.url}tap/sync"
    env = read_env(living.state / "operator.env")
    operator = env["OPERATOR_USER"], env["OPERATOR_PASS"]
    assert (living.state / "operator.env").stat().st_mode & 0o777 == 0o600

    def ask(url, adql, auth=None):
        return requests.get(url, params={"LANG": "ADQL", "QUERY": adql}, auth=auth, timeout=60)

    adql = """SELECT l.path, l.status, r.line, r.reason FROM kolonica_log.ingest_log AS l
        JOIN kolonica_log.ingest_rejects AS r ON r.file_id = l.id"""
    for auth in (None, ("operator", "guessed"), ("nobody", env["OPERATOR_PASS"])):
        assert ask(ours, adql, auth).status_code == 401
    (row,) = rows(ask(ours, adql, operator))
    assert [str(item) for item in row] == [
        "lightcurves/rejects.csv", "with rejects", "5",
        "object 4711 is not in the archive (objects.id_arch); take in its object file first"]  # fmt: skip
    files = rows(ask(ours, "SELECT path, rows_accepted, taken FROM kolonica_log.ingest_log WHERE seconds >= 0", operator))
    assert [tuple(row)[:2] for row in files.tolist()].count(("lightcurves/rejects.csv", 3)) == 1
    # and everyone's neither shows them nor reads them, whoever asks
    for auth in (None, operator):
        for table in ("kolonica_log.ingest_log", "kolonica_log.ingest_rejects", "kolonica_db.ingest_log"):
            answer = ask(everyones, f"SELECT * FROM {table}", auth)
            assert answer.status_code >= 400 and "ERROR" in answer.text and "lightcurves/" not in answer.text
    assert len(rows(ask(everyones, "SELECT table_name FROM tap_schema.tables WHERE table_name LIKE '%ingest%'"))) == 0
    assert "ingest_" not in requests.get(f"{living.url}tap/tables", timeout=60).text
