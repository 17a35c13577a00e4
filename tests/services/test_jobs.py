"""Asynchronous TAP: what a job is told and asked gets the status that HTTP has for it."""

import re

import pytest
import requests
from answers import dali_error, get, post

from photvo.machine import process

QUERY = "SELECT TOP 3 id FROM kolonica.objects ORDER BY id"


@pytest.fixture
def job(instance):
    """The address of a job that waits to be started; it is gone after the test."""
    url = post(f"{instance.url}tap/async", LANG="ADQL", QUERY=QUERY, RESPONSEFORMAT="csv").url
    yield url
    requests.delete(url, timeout=60)


@pytest.mark.parametrize(("what", "status"), [
    ("results/result", 404), ("results/nonsense", 404), ("nonsense", 404), ("phase/further", 404),
])  # fmt: skip
def test_what_a_job_does_not_have_is_not_found(job, what, status):
    dali_error(get(f"{job}/{what}", status=status))


def described(job):
    "all that is said of a job, but for when it would end if it began now"
    return re.sub(b"<uws:quote>.*?</uws:quote>", b"", get(job).content)


@pytest.mark.parametrize(("what", "told"), [
    ("phase", {"PHASE": "FLY"}), ("phase", {}), ("destruction", {"DESTRUCTION": "tomorrow"}),
    ("executionduration", {"EXECUTIONDURATION": "long"}), ("executionduration", {"EXECUTIONDURATION": "-5"}),
    ("executionduration", {"EXECUTIONDURATION": "nan"}), ("executionduration", {"EXECUTIONDURATION": "1e300"}),
    ("parameters", {"MAXREC": "many"}),
])  # fmt: skip
def test_what_a_job_cannot_be_told_is_refused_and_changes_nothing(job, what, told):
    before = described(job)
    text = dali_error(post(f"{job}/{what}", status=400, **told))
    assert all(value in text for value in told.values()) and "None" not in text
    assert described(job) == before


def test_a_wait_that_is_no_number_is_refused(job):
    assert "WAIT=soon" in dali_error(get(job, status=400, WAIT="soon"))


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_method_that_there_is_not_is_named(instance, job, method):
    for url in (f"{instance.url}tap/async", f"{job}/phase"):
        answer = requests.request(method, url, timeout=60)
        assert answer.status_code == 405
        assert method in dali_error(answer) and "b'" not in answer.text


def test_a_job_that_is_made_with_phase_run_runs(instance):
    job = post(f"{instance.url}tap/async", LANG="ADQL", QUERY=QUERY, RESPONSEFORMAT="csv", PHASE="RUN").url
    post(f"{job}/phase", PHASE="RUN")  # as clients do that do not know
    ended = process.wait_until(lambda: get(f"{job}/phase").text not in ("QUEUED", "EXECUTING"), 60)
    post(f"{job}/phase", PHASE="ABORT")  # too late
    assert ended and get(f"{job}/phase").text == "COMPLETED"
    assert len(get(f"{job}/results/result").text.split()) == 4
    requests.delete(job, timeout=60)
