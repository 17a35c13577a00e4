"""The page that answers dlget: light curves and batches of them, with what caches need to know."""

import math
import threading
import time

from gavo import base
from gavo.svcs import streaming
from gavo.web import root, vodal
from twisted.internet import reactor, threads
from twisted.web import http, resource, server

from photvo.products import batch, forms, ids
from photvo.products.request import BadRequest, Context, NotHere, Request, answer

#: Threads for light curves by their access URLs; None: those that the server has. machine/serve.py sets it.
small = None


def context():
    """The data centre as products state it."""
    publisher, contact = (str(base.getGlobalMeta(name) or "") for name in ("publisher", "contact.email"))
    return Context(str(base.getConfig("ivoa", "authority")), str(base.getConfig("web", "serverURL")), publisher, contact)


#: Ending of the ETag of an answer that is sent packed.
PACKED = "-gzip"
METHODS = b"GET", b"HEAD", b"POST"


class ProductResource(resource.Resource):
    """Sends a Product with what a cache needs to know to ask again; its `render` does not return before all is written."""

    isLeaf = True

    def __init__(self, product):
        super().__init__()
        self.product = product

    def render(self, request):
        product = self.product
        # packed, the answer has other bytes
        request.setHeader("vary", "accept-encoding")
        packed = PACKED if request.responseHeaders.hasHeader("content-encoding") else ""
        request.setETag(f'"{product.tag}{packed}"'.encode())
        revision = product.revision.timestamp()
        # HTTP's dates are whole seconds: one that is sent at once would also fit a change in the same second
        if request.code != http.NOT_MODIFIED and time.time() - revision > 2:
            if not request.getHeader("if-none-match"):
                request.setLastModified(math.ceil(revision))
            else:
                request.setHeader("last-modified", http.datetimeToString(math.ceil(revision)))
        # whoever keeps a copy asks whether it still holds before showing it
        request.setHeader("cache-control", "no-cache")
        if product.body is None or request.code == http.NOT_MODIFIED:
            request.setResponseCode(http.NOT_MODIFIED)
        else:
            request.setHeader("content-type", product.media_type)
            kind = "inline" if product.media_type.startswith("image/") else "attachment"
            request.setHeader("content-disposition", f'{kind}; filename="{product.filename}"')
            request.setHeader("content-length", str(len(product.body)))
            if request.method != b"HEAD":
                request.write(product.body)
        request.finish()
        return server.NOT_DONE_YET


class Stream(streaming.DataStreamer):
    """As DaCHS sends what is made meanwhile. DaCHS copies the rest of what is written for each 50 kB of it, and looks ten
    times a second whether a client that was too slow takes more."""

    PIECE = 200_000  # bytes

    def __init__(self, write, request):
        self.taken = threading.Event()
        self.taken.set()
        super().__init__(write, request)

    def pauseProducing(self):  # noqa: N802  Twisted's names
        self.taken.clear()

    def resumeProducing(self):  # noqa: N802
        self.taken.set()

    def write(self, data):
        for at in range(0, len(data), self.PIECE):
            while not self.exceptionToRaise and not self.taken.wait(1):
                pass
            if self.exceptionToRaise:
                raise self.exceptionToRaise
            reactor.callFromThread(self._writeToConsumer, data[at : at + self.PIECE])


class Page(resource.Resource):
    """dlget of the light curves, without DaCHS' cores between: a third of the time, and batches.

    Several IDs, or a table of them in an uploaded file, give one flat table, or with PACKAGE=tar a tar; both streamed.
    """

    isLeaf = True

    def __init__(self, request, service):
        super().__init__()
        self.collection = service.rd.schema

    @classmethod
    def isBrowseable(cls, service):
        return False

    def render(self, request):
        if request.method not in METHODS:
            request.setResponseCode(405)
            request.setHeader("allow", b", ".join(METHODS))
            request.setHeader("content-type", "text/plain; charset=utf-8")
            return b"UsageFault: a light curve is asked for by GET, HEAD or POST"
        plain = list(request.strargs) == ["ID"] and len(request.strargs["ID"]) == 1 and not request.files
        pool = small if plain and small else reactor.getThreadPool()
        prepared = threads.deferToThreadPool(reactor, pool, self._prepare, request)
        prepared.addCallback(self._send, request).addErrback(self._refuse, request)
        return server.NOT_DONE_YET

    def _prepare(self, request):
        """A Product, or for several light curves a function that writes them to a stream."""
        arguments = {name.upper(): list(values) for name, values in request.strargs.items()}
        for uploads in request.files.values():
            for upload in uploads:
                arguments.setdefault("ID", []).extend(ids.identifiers(upload.file_object.read(), self.collection))
        package = (arguments.get("PACKAGE") or [None])[0]
        asked = Request.parse(arguments)
        if len(asked.identifiers) == 1 and not package:
            known = (request.getHeader("if-none-match") or "").strip().removeprefix("W/").strip('"').removesuffix(PACKED)
            with base.getTableConn() as connection:
                return answer(connection.cursor(), asked, context(), known)
        batch.check(asked, package)
        with base.getTableConn() as connection:
            wanted = batch.resolve(connection.cursor(), asked)

        def stream(sink):
            with base.getTableConn() as connection:
                batch.write(sink, connection.cursor(), asked, package, context(), wanted)

        form = forms.FORMS[asked.form]
        kind, ending = ("application/x-tar", "tar") if package else (form.media_type, form.extension)
        request.setHeader("content-type", kind)
        request.setHeader("content-disposition", f'attachment; filename="lightcurves.{ending}"')
        return stream

    def _send(self, prepared, request):
        if not request.channel:  # the client has gone away meanwhile
            return
        if callable(prepared):
            Stream(prepared, request).start()
        else:
            ProductResource(prepared).render(request)

    def _refuse(self, failure, request):
        """DALI's error document: plain text that begins with the kind of fault."""
        if failure.check(BadRequest):
            status, text = 400, f"UsageFault: {failure.value}"
        elif failure.check(NotHere):
            status, text = 404, f"NotFoundFault: {failure.value}"
        else:
            base.ui.notifyFailure(failure)
            status, text = 500, "Fault: the light curve could not be made; the operator's log says why"
        if not request.channel:
            return
        request.setResponseCode(status)
        request.setHeader("content-type", "text/plain; charset=utf-8")
        request.write(text.encode())
        request.finish()


#: Path of a request → service and Page that answer it: DaCHS has found them once and lets everyone have them.
_found = {}
MOST_FOUND = 100

# A DataLink service that names a page of its own (customPage) leaves dlget to it.
_dlget = vodal.DatalinkGetDataRenderer.render


def _dlget_by_page(renderer, request):
    service = renderer.service
    page = service.customPage and service.customPageCode[0]
    if not page:
        return _dlget(renderer, request)
    if not service.limitTo and len(_found) < MOST_FOUND:
        _found[request.path] = service, page
    return page(request, service).render(request)


vodal.DatalinkGetDataRenderer.render = _dlget_by_page

# To look for it again, and to make DaCHS' own page first, takes an eighth of the time of a light curve.
_locate = root.ArchiveService._locateResourceBasedChild


def _locate_once(archive, request, segments):
    if request.path in _found:
        service, page = _found[request.path]
        return page(request, service), []
    return _locate(archive, request, segments)


root.ArchiveService._locateResourceBasedChild = _locate_once
