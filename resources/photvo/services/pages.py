"""What DaCHS 2.11 gets wrong on its pages for people, put right. Importing this module is enough.

As in patches.py, each piece names what is seen without it.
"""

from gavo import base
from gavo.utils import pgsphere
from gavo.web import metarender
from twisted.internet import reactor, threads
from twisted.web import server

# Without it: the map of the sky on each page of information is a broken picture (No module named 'healpy', HTTP 500),
# and would be the one of the first request for ever.
_coverage = metarender.CoverageRenderer.render


def _coverage_without_healpy(renderer, request):
    text = renderer.service.getMeta("coverage.spatial")
    if text is None or not renderer.returnAPNG(request):
        return _coverage(renderer, request)

    def draw():
        from photvo.products import sky_map  # brings matplotlib, which an import or a job does not need

        cells = sorted(pgsphere.SMoc.fromASCII(text.getContent()).asSMoc(sky_map.ORDER).moc.flattened(sky_map.ORDER))
        with base.getTableConn() as connection:
            places = list(connection.query(sky_map.PLACES, {"order": sky_map.ORDER, "cells": cells}))
        return sky_map.picture(places)

    def send(picture):
        if not request.channel:  # the client has gone away meanwhile
            return
        request.setHeader("content-type", "image/png")
        request.setHeader("content-length", str(len(picture)))
        request.write(picture)
        request.finish()

    def refuse(failure):
        base.ui.notifyFailure(failure)
        if request.channel:
            request.setResponseCode(500)
            request.finish()

    threads.deferToThread(draw).addCallback(send).addErrback(refuse)
    return server.NOT_DONE_YET


metarender.CoverageRenderer.render = _coverage_without_healpy
metarender.CoverageRenderer.isCacheable = classmethod(lambda renderer, segments, request: False)


# Without it: /tap looks for its map at /coverage, and its "local examples" where there is nothing.
def _mend_links():
    from gavo.web.root import ArchiveService

    ArchiveService.addRedirect("coverage", "/tap/coverage")
    ArchiveService.addRedirect("__system__/tap/run/tap/examples", "/tap/examples")


reactor.callWhenRunning(_mend_links)
