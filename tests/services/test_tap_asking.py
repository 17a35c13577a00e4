"""Ways to ask TAP: sync, async by pyvo and by hand, uploads, limits."""

import re
import time
from xml.etree import ElementTree

import pytest
from answers import ask, csv_rows, dali_error, get, post, rows, same, status, table
from astropy.coordinates import SkyCoord
from astropy.table import Table

QUERY = "SELECT id, vsx_name, ra FROM kolonica.objects WHERE id < 40 ORDER BY id"
SQL = "select id, vsx_name, ra from objects where id < 40 order by id"


def test_sync_answers_get_and_post_alike(instance, sync):
    expected = instance.query(SQL)
    same(table(ask(sync, QUERY)), expected)
    same(table(post(sync, LANG="ADQL", QUERY=QUERY)), expected)


def test_an_async_job_runs_in_the_hands_of_pyvo(instance, tap):
    job = tap.submit_job(QUERY, maxrec=1000)
    assert job.phase == "PENDING"
    job.run().wait(phases=["COMPLETED", "ERROR", "ABORTED"], timeout=60)
    assert job.phase == "COMPLETED"
    same(job.fetch_result().to_table(), instance.query(SQL))
    job.delete()


def test_an_async_job_runs_by_hand(instance):
    jobs = f"{instance.url}tap/async"
    made = post(jobs, LANG="ADQL", QUERY=QUERY, RESPONSEFORMAT="csv")  # requests follows the 303
    job = made.url.rstrip("/")
    assert made.history[0].status_code == 303 and re.fullmatch(r".*/async/\w+", job)
    assert get(f"{job}/phase").text.strip() == "PENDING"
    assert post(f"{job}/phase", PHASE="RUN").history[0].status_code == 303
    until = time.monotonic() + 60
    while get(f"{job}/phase").text.strip() in ("QUEUED", "EXECUTING") and time.monotonic() < until:
        time.sleep(0.2)
    assert get(f"{job}/phase").text.strip() == "COMPLETED"
    found = csv_rows(get(f"{job}/results/result"))[1:]
    assert [(int(id), name or None, float(ra)) for id, name, ra in found] == instance.query(SQL)
    assert get(f"{job}/executionduration").text.strip().isdigit()
    document = ElementTree.fromstring(get(job).content)
    assert document.tag == "{http://www.ivoa.net/xml/UWS/v1.0}job"
    assert post(job, ACTION="DELETE").status_code == 200
    get(job, status=404)


def test_a_wrong_async_job_ends_in_error_and_says_why(instance, tap):
    job = tap.submit_job("SELECT nonsense FROM kolonica.objects")
    job.run().wait(phases=["COMPLETED", "ERROR", "ABORTED"], timeout=60)
    assert job.phase == "ERROR"
    error = get(f"{job.url}/error")
    assert "nonsense" in dali_error(error)
    job.delete()


def test_an_aborted_job_is_aborted(tap):
    job = tap.submit_job(QUERY)
    job.abort()
    assert job.phase == "ABORTED"
    job.delete()


def test_a_table_of_ones_own_joins_by_upload(instance, tap):
    names = ["SS Cyg", "RR Lyr", "no such star"]
    mine = Table({"star": names, "weight": [0.5, 2.25, 7.0], "number": [1, 2, 3]})
    ours = tap.run_sync(
        "SELECT m.star, m.weight, m.number, o.id FROM TAP_UPLOAD.mine AS m"
        " JOIN kolonica.objects AS o ON o.vsx_name = m.star ORDER BY m.number",
        uploads={"mine": mine},
    )
    theirs = [
        (*mine[names.index(name)], id)
        for name, id in instance.query("select vsx_name, id from objects where vsx_name = any(%s)", [names])
    ]
    assert len(ours) == 2
    same(ours.to_table(), sorted(theirs, key=lambda row: row[2]))


def test_positions_match_by_upload(instance, tap):
    mine = Table({"my_ra": [325.6791, 10.0], "my_dec": [43.5861, -80.0]})
    ours = tap.run_sync(
        "SELECT o.vsx_name, DISTANCE(POINT(o.ra, o.dec), POINT(m.my_ra, m.my_dec)) AS dist FROM"
        " kolonica.objects AS o"
        " JOIN TAP_UPLOAD.mine AS m ON 1 = CONTAINS(POINT(o.ra, o.dec), CIRCLE(m.my_ra, m.my_dec, 5e0 /"
        " 3600))",
        uploads={"mine": mine},
    )
    [[name, dist]] = rows(ours.to_table())
    separation = (
        SkyCoord(325.679, 43.5862, unit="deg").separation(SkyCoord(325.6791, 43.5861, unit="deg")).deg
    )
    assert (name, dist) == ("SS Cyg", pytest.approx(separation, abs=1e-9))


def test_maxrec_cuts_and_says_so(sync):
    answer = ask(sync, "SELECT id FROM kolonica.lightcurves", MAXREC=7)
    assert len(table(answer)) == 7
    assert status(answer)[0] == "OVERFLOW"


def test_nothing_is_said_of_overflow_where_all_rows_came(sync):
    answer = ask(sync, "SELECT TOP 7 id FROM kolonica.lightcurves", MAXREC=8)
    assert len(table(answer)) == 7 and status(answer)[0] == "OK"


def test_maxrec_0_gives_the_columns_alone(sync):
    answer = ask(sync, "SELECT id, mag FROM kolonica.photometry", MAXREC=0)
    assert (len(table(answer)), table(answer).colnames) == (0, ["id", "mag"])


def test_offset_order_union_and_with_work(instance, tap):
    ours = tap.run_sync(
        "WITH named AS (SELECT id, vsx_name FROM kolonica.objects WHERE vsx_name IS NOT NULL)"
        " SELECT id FROM named WHERE id < 50 UNION SELECT id FROM kolonica.objects WHERE id > 85 ORDER BY"
        " id OFFSET 3"
    )
    theirs = instance.query(
        "select id from objects where id < 50 and vsx_name is not null or id > 85 order by id offset 3"
    )
    same(ours.to_table(), theirs)
