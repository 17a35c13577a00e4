"""A server process of an instance: DaCHS in the foreground, tuned.
Run as `python -m photvo.machine.serve SOCKET COUNTS NUMBER RD…`, for each NUMBER from 1 with the same open files.

Measured on DaCHS 2.11: as it comes it answers 65 to 90 requests a second whatever they are. What is changed here and
why stands with each function.
"""

import contextlib
import functools
import gc
import mmap
import os
import signal
import socket
import sys
import types

# one interpreter: more threads only wait for each other, unless one of them waits for the database
THREADS = 3
# with eight clients, one gives 610 light curves a second, two 510, three 480, five 465
CURVE_THREADS = 1
# queries by TAP mostly wait for the database, some of them long: they have threads of their own, so that a light curve
# or a cone search never waits behind them
TAP_THREADS = 6
# s, that the other server processes have to accept a connection before one that has more of them does
FIRST_REFUSAL = 0.005
TAP_SERVICES = ("__system__/tap", "__system__/adql")


def listen(descriptor, number, counts):
    """All server processes accept connections of one socket, the one first that has the fewest.

    `counts` is the file of a table of how many each has. Whoever has more than another leaves a new one to it for a
    moment; without this, eight clients are often served by one process.
    """
    from twisted.internet import reactor, tcp
    from twisted.web import http

    table = memoryview(mmap.mmap(counts, 0)).cast("i")
    mine = number - 1

    class Port(tcp.Port):
        numberAccepts = property(lambda port: 1, lambda port, number: None)  # noqa: N815  Twisted's name
        left = False

        def doRead(self):  # noqa: N802
            if self.left or table[mine] <= min(table):
                self.left = False
                super().doRead()
            else:
                self.left = True
                self.stopReading()
                reactor.callLater(FIRST_REFUSAL, self.startReading)

    def counted(method, change):
        def count(channel, *reason):
            table[mine] += change
            method(channel, *reason)

        return count

    channel = http.HTTPChannel
    channel.connectionMade = counted(channel.connectionMade, 1)
    channel.connectionLost = counted(channel.connectionLost, -1)
    reactor.listenTCP = lambda _, site, interface: Port._fromListeningDescriptor(
        reactor, descriptor, socket.AF_INET, site).startListening()  # fmt: skip


def stand_aside(number):
    """A server process that is not the first writes logs of its own, which are rotated, and leaves regular work to the
    first. Returns the ending of the logs' names."""
    from gavo.user import serve

    if number == 1:
        return ""
    log_file, set_up = serve.getLogFile, serve.setupServer
    serve.getLogFile = lambda name: log_file(f"{name}-{number}")
    serve.setupServer = functools.partial(set_up, runIntervalJobs=False)
    return f"-{number}"


def log_at_once():
    """Requests are written to web.log as they are: through Twisted's log it is a twentieth of the time of a light curve.

    Ten of these logs are kept, of 1 MB each; DaCHS keeps all.
    """
    from gavo.user import serve
    from gavo.web import root

    class LogFile(serve.logfile.LogFile):
        def __init__(self, *args):
            super().__init__(*args, maxRotatedFiles=9)
            root.site.logFile = self

    serve.logfile = types.SimpleNamespace(LogFile=LogFile)


def answer_at_once():
    """No 40 ms of waiting on connections that are kept alive (Nagle's algorithm against delayed acknowledgements)."""
    from twisted.web import http

    made = http.HTTPChannel.connectionMade

    def connection_made(channel):
        made(channel)
        channel.transport.setTcpNoDelay(True)

    http.HTTPChannel.connectionMade = connection_made


def keep_apart():
    """Synchronous TAP queries, and those of the ADQL form, run in threads of their own, and so do light curves by
    their access URLs."""
    from gavo.web import grend
    from twisted.internet import reactor, threads
    from twisted.python.threadpool import ThreadPool

    from photvo.services import page

    queries, page.small = ThreadPool(0, TAP_THREADS, "tap"), ThreadPool(0, CURVE_THREADS, "light curves")
    for pool in (queries, page.small):
        reactor.callWhenRunning(pool.start)
        reactor.addSystemEventTrigger("during", "shutdown", pool.stop)

    def run_async(page, data):
        apart = page.service.rd.sourceId in TAP_SERVICES
        pool = queries if apart else reactor.getThreadPool()
        return threads.deferToThreadPool(reactor, pool, page.runSync, data)

    grend.ServiceBasedPage.runAsync = run_async


def compile_once():
    """What DaCHS writes to encode the rows of a table is compiled once, not for each answer: a quarter of the time of SSA."""
    from gavo.utils import codetricks

    compiled = functools.lru_cache(1000)(compile)
    # a name of the module goes before the builtin one; DaCHS numbers what has no name of its own
    codetricks.compile = lambda source, name, mode: compiled(source, name.rstrip("0123456789>"), mode)


def keep_connections():
    """A connection of a pool is closed after errors of the database only.

    DaCHS closes it after any exception. It looks for a table of the name of each alias in a query, and where there is
    none it has to log in to the database anew: 7 ms each, seven times for the join of three tables.
    """
    import psycopg2
    from gavo.base import sqlsupport

    discard = sqlsupport._cleanupAfterDBError

    def clean_up(error, connection, pool, lock):
        if pool and not isinstance(error, psycopg2.Error) and not connection.closed:
            pool[0].putconn(connection)  # rolls back
        else:
            discard(error, connection, pool, lock)

    sqlsupport._cleanupAfterDBError = clean_up


def reuse_connections():
    """TAP queries take the connections of earlier ones, emptied of all that those have left.

    DaCHS opens one for each query and closes it after: 5 ms to log in, and as much again until PostgreSQL knows the
    tables (8 ms for ObsCore).
    """
    import psycopg2
    from gavo import base
    from gavo.base import sqlsupport

    fresh, idle = base.getDBConnection, []

    class Returning(sqlsupport.GAVOConnection):
        def close(self):
            with contextlib.suppress(psycopg2.Error):
                self.rollback()
                self.autocommit = True
                with self.cursor() as cursor:
                    cursor.execute("DISCARD ALL")
                self.autocommit = False
                if len(idle) < TAP_THREADS:
                    idle.append(self)
                    return
            super().close()

    def connect(profile, *args, **keywords):
        if profile != "untrustedquery" or args or keywords:
            return fresh(profile, *args, **keywords)
        with contextlib.suppress(IndexError):
            while True:
                connection = idle.pop()
                # the database may have been started anew meanwhile
                with contextlib.suppress(psycopg2.Error), connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
                    return connection
        connection = fresh(profile)
        connection.__class__ = Returning
        return connection

    base.getDBConnection = connect


def configure_at_once():
    """Settings of a connection are read and written in one statement.

    DaCHS takes two for each setting, and a query by TAP has some twenty of them: 3 ms.
    """
    from gavo.base import sqlsupport

    def configure(connection, settings, cursor=None):
        if not settings:
            return []
        names = [name for name, _ in settings]
        cursor = cursor or connection.cursor()
        cursor.execute(
            f"WITH before AS MATERIALIZED (SELECT {', '.join(['current_setting(%s)'] * len(names))})"
            f" SELECT before.*, {', '.join(['set_config(%s, %s, false)'] * len(names))} FROM before",
            [*names, *(text for name, value in settings for text in (name, str(value)))],
        )
        return list(zip(names, cursor.fetchone()))

    sqlsupport.GAVOConnection.configure = configure


def keep_pages_alone():
    """Pages that DaCHS keeps (capabilities, tables, examples) are kept without the headers of whoever asked first.

    With them they are sent as packed to those who cannot unpack them and are not, on Debian 13 as in chunks that are
    none, and to scripts of one web page as allowed for another's.
    """
    from gavo.web import caching

    keep = caching.CachedPage.__init__

    def keep_alone(page, content, headers, changed):
        for name in ("content-encoding", "content-length", "transfer-encoding", "access-control-allow-origin"):
            headers.removeHeader(name)
        keep(page, content, headers, changed)

    caching.CachedPage.__init__ = keep_alone


def preload(names):
    """Load the descriptors before the first request, and take them out of garbage collection.

    DaCHS collects all garbage every eleven requests, more than 100 ms each time with the descriptors loaded, nearly
    all of it spent in looking at what never is garbage. (A descriptor that changes needs a new start after this.)
    Beside that, Python's own collections in the middle of a request, a tenth of its time, need not be so frequent; and
    they are enough.
    """
    from gavo import adql, base
    from gavo.web import root

    for name in names:
        try:
            base.caches.getRD(name)
        except Exception as error:
            base.ui.notifyError(f"{name} cannot be loaded: {error}")
    adql.getGrammar()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    root.gc = types.SimpleNamespace(collect=lambda: None)


def main(descriptor, counts, number, names):
    """Serve the listening socket `descriptor` until SIGTERM or SIGINT, as the process `number` of those that do."""
    os.umask(0o002)
    # what the server writes are the states of asynchronous TAP jobs, ten times each: none is worth waiting for the disc
    os.environ["PGOPTIONS"] = "-c synchronous_commit=off"
    from gavo import base, rscdesc  # noqa: F401  (registers the cache of descriptors)
    from gavo.user import logui, plainui, serve
    from twisted.internet import reactor

    from photvo import services  # noqa: F401  (our ADQL functions and corrections)
    from photvo.machine import coverage
    from photvo.products import preview  # noqa: F401  (so that the first picture does not wait for it)
    from photvo.services import grammar, memo, sync  # noqa: F401  (they make DaCHS faster)

    ending = stand_aside(number)
    logui.LoggingUI(base.ui, errorName=f"dcErrors{ending}", infoName=f"dcInfos{ending}")
    plainui.SemiStingyPlainUI(base.ui)
    base.IS_DACHS_SERVER = True
    listen(descriptor, number, counts)
    log_at_once()
    answer_at_once()
    reactor.suggestThreadPoolSize(THREADS)
    keep_apart()
    compile_once()
    keep_connections()
    reuse_connections()
    configure_at_once()
    keep_pages_alone()
    preload([*names, "//tap", "//services", "//obscore", "//datalink", "//products", "//adql"])
    reactor.callWhenRunning(coverage.keep_fresh, names)
    # asynchronous jobs are processes in our group and end with us
    reactor.addSystemEventTrigger("after", "shutdown", end_jobs)

    class Arguments:
        foreground = True

    serve.start(Arguments)


def end_jobs():
    """End the asynchronous jobs that still run."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]), sys.argv[4:])
