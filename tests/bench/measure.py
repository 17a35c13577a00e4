"""The measurements themselves: answers one after another beside their SQL, and under load beside the stock server."""

import http.client
import io
import re
import statistics
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from astropy.io import votable
from running import descendants

from photvo.machine import process
from photvo.settings import PhotvoError

from . import load, questions

BUDGET = 10  # s a question


@dataclass
class Times:
    """Of one question: times in ms, by HTTP and by SQL, and what an answer is made of."""

    name: str
    best: float
    median: float
    p95: float
    sql_median: float
    sql_p95: float
    rows: float  # of the SQL, median
    size: float  # bytes of the answer, median
    target: float | None


def latency(instance, question):
    """Ask a question of one object after another, by HTTP and by SQL in turn."""
    with closing(psycopg2.connect(**instance.settings.dsn(question.role))) as connection:
        connection.autocommit = True
        cursor, client = connection.cursor(), load.Client(instance.port)
        try:
            for path, sql, parameters in question.asked[:3]:  # what is only done once, is done here
                body, _ = client.get(path)
                cursor.execute(sql, parameters)
                if question.same_rows and rows_of(body) != cursor.rowcount:
                    raise PhotvoError(f"{path} answers with {rows_of(body)} rows, SQL with {cursor.rowcount}")
            web, base, rows, sizes = [], [], [], []
            limit = time.monotonic() + BUDGET
            while len(web) < question.times and time.monotonic() < limit:
                path, sql, parameters = question.asked[len(web) % len(question.asked)]
                body, seconds = client.get(path)
                web.append(seconds * 1000)
                begun = time.perf_counter()
                cursor.execute(sql, parameters)
                rows.append(len(cursor.fetchall()))
                base.append((time.perf_counter() - begun) * 1000)
                sizes.append(len(body))
        finally:
            client.close()
    middle = statistics.median
    return Times(question.name, min(web), middle(web), p95(web), middle(base), p95(base), middle(rows), middle(sizes),
                 question.target)  # fmt: skip


def rows_of(document):
    """The number of rows of a VOTable."""
    return len(votable.parse_single_table(io.BytesIO(document)).array)


def p95(values):
    """The value that 95 of 100 do not exceed."""
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def plan(instance, sql, role="readonly"):
    """The lines of PostgreSQL's plan for a statement, each scan with its index."""
    return [line.strip() for (line,) in instance.query(f"EXPLAIN {sql}", role=role) if "Scan" in line]


def memory(instance):
    """Resident memory of all server processes together, MB."""
    servers = [pid for pid in descendants(instance.process.pid) if "photvo.machine.serve" in process.command_line(pid)]
    if not servers:
        raise PhotvoError("the server is not there any more")
    return sum(int(re.search(r"VmRSS:\s*(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) for pid in servers) / 1024


#: Synchronous TAP queries that run: DaCHS runs what strangers ask as this role.
RUNNING = "FROM pg_stat_activity WHERE usename = 'untrusted' AND state = 'active'"


def beside_long_queries(instance, question, queries=2):
    """Median and largest time (ms) of a question while so many long synchronous TAP queries run, which is made sure of."""
    # billions of pairs: it would run for hours
    path = questions.tap("SELECT COUNT(*) AS n FROM kolonica.lightcurves AS a JOIN kolonica.lightcurves AS b ON a.jd < b.jd")
    connections = []
    client, times = load.Client(instance.port), []
    try:
        for _ in range(queries):
            connections.append(http.client.HTTPConnection(load.HOST, instance.port, timeout=60))
            connections[-1].request("GET", path)
        if not process.wait_until(lambda: _running(instance) >= queries, 10):
            raise PhotvoError("the long TAP queries do not run")
        limit = time.monotonic() + BUDGET
        while len(times) < 100 and time.monotonic() < limit:
            times.append(client.get(question.paths[len(times) % len(question.paths)])[1] * 1000)
        if _running(instance) < queries:
            raise PhotvoError("the long TAP queries ended too soon")
    finally:
        client.close()
        instance.query(f"SELECT pg_cancel_backend(pid) {RUNNING}", role="admin")
        for connection in connections:
            connection.getresponse().read()
            connection.close()
    return statistics.median(times), max(times)


def _running(instance):
    return instance.query(f"SELECT count(*) {RUNNING}", role="admin")[0][0]
