"""A server process of an instance: DaCHS in the foreground, tuned.
Run as `python -m photvo.machine.serve SOCKET COUNTS NUMBER RD…`, for each NUMBER from 1 with the same open files.

Measured on DaCHS 2.11: as it comes it answers 65 to 90 requests a second whatever they are. What is changed here and
why stands with each function.
"""

import functools
import gc
import os
import signal
import sys
import types

# one interpreter: more threads only wait for each other, unless one of them waits for the database
THREADS = 3
# with eight clients, one gives 610 light curves a second, two 510, three 480, five 465
CURVE_THREADS = 1
# queries by TAP mostly wait for the database, some of them long: they have threads of their own, so that a light curve
# or a cone search never waits behind them
TAP_THREADS = 6
TAP_SERVICES = ("__system__/tap", "__system__/adql")


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
    from photvo.machine import connections, coverage, sharing
    from photvo.products import preview  # noqa: F401  (so that the first picture does not wait for it)
    from photvo.services import grammar, memo, sync  # noqa: F401  (they make DaCHS faster)

    ending = sharing.stand_aside(number)
    logui.LoggingUI(base.ui, errorName=f"dcErrors{ending}", infoName=f"dcInfos{ending}")
    plainui.SemiStingyPlainUI(base.ui)
    base.IS_DACHS_SERVER = True
    sharing.listen(descriptor, number, counts)
    log_at_once()
    answer_at_once()
    reactor.suggestThreadPoolSize(THREADS)
    keep_apart()
    compile_once()
    connections.keep()
    connections.reuse(TAP_THREADS)
    connections.configure_at_once()
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
