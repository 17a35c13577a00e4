"""What DaCHS 2.11 gets wrong for our users, put right. Importing this module is enough.

Each piece names what is seen without it. When DaCHS mends one, delete it here; the tests in
tests/services tell which.
"""

import copy
import math
from urllib.parse import quote, unquote, urlencode

import numpy
from gavo import base, svcs, utils
from gavo.base import sqlsupport
from gavo.formal import twistedpatch
from gavo.formats import fitstable
from gavo.protocols import datalink, siap, taprunner, uws
from gavo.svcs import standardcores, streaming
from gavo.utils import typeconversions
from gavo.votable import V
from gavo.web import vodal
from psycopg2 import extensions
from twisted.web import static

# Without it: a mistake in ADQL, or a parameter that cannot be, answers HTTP 500, as if we had failed.
base.Error.httpCode = 400
uws.UWSError.httpCode = 500


# Without it: a negative MAXREC ends in "list assignment index out of range", a very large one in "bigint out of range".
_limits = svcs.QueryMeta.asSQL


def _limits_checked(meta):
    if (meta["dbLimit"] or 0) < 0:
        raise base.ValidationError(f"MAXREC={meta['dbLimit']}: expected 0 or more rows", "MAXREC")
    if meta["dbLimit"]:
        meta["dbLimit"] = min(meta["dbLimit"], 10**9)
    return _limits(meta)


svcs.QueryMeta.asSQL = _limits_checked


# Without it: POS=1,2;GALACTIC is cut at the semicolon, and answered as if it were ICRS; it separates no parameters today.
_parameters = twistedpatch.parse_qs
twistedpatch.parse_qs = lambda query, *options: _parameters(query.replace(b";", b"%3B"), *options)

# Without it: SIA2 answers a parameter that cannot be with HTTP 200. (DALI 1.1, section 4.2)
vodal.SIAP2Renderer._handleInputErrors = lambda renderer, failure, request: renderer._writeErrorTable(
    request, f"UsageFault: {failure.getErrorMessage()}", httpStatus=400
)

# Without it: SIA2's TARGET=δ Cep ends in "'latin-1' codec can't encode".
def _quoted_set(adapter):
    items = [extensions.adapt(value) for value in adapter._seq]
    for item in items:
        if isinstance(item, extensions.QuotedString):
            item.encoding = "utf-8"
    return b"(%s)" % b", ".join(item.getquoted() for item in items)


sqlsupport.SqlSetAdapter.getquoted = _quoted_set

# Without it: each answer of SCS, SSA and SIA2 shows the SQL that DaCHS made, and the values in it as Python writes them.
_run_query = standardcores.DBCore._runQuery


def _run_query_discreetly(core, definition, *arguments, **more):
    add = definition.addMeta
    definition.addMeta = lambda key, value, **names: None if names.get("infoName") == "queryPars" else add(key, value, **names)
    try:
        return _run_query(core, definition, *arguments, **more)
    finally:
        del definition.addMeta


standardcores.DBCore._runQuery = _run_query_discreetly

# Without it: what goes wrong while an answer is written is told by a stack trace at its end.
_stream = streaming.DataStreamer.run


def _stream_discreetly(streamer):
    write = streamer.writeStreamTo

    def write_or_say(sink):
        try:
            write(sink)
        except (streaming.StopWriting, OSError):
            raise
        except Exception:
            base.ui.notifyError("Exception while streaming")
            sink.write(b"\nThe answer ends here: the server failed; the operator's log says why.\n")

    streamer.writeStreamTo = write_or_say
    _stream(streamer)


streaming.DataStreamer.run = _stream_discreetly

# Without it: DataLink answers one with HTTP 422 and a kind of error that no standard knows.
base.ValidationError.responseCode = 400
vodal._DatalinkRendererBase.failureNameMap = dict.fromkeys(("ValidationError", "MultiplicityError"), "UsageFault")

# Without it: SIA2's POS takes a declination of 143 degrees, and says "parsing: syntax error" of an open range, which the
# standard has (RANGE 0 360 89 +Inf), of a negative radius, and of NaN.
_geometry = siap.parseSIAP2Geometry


def _geometry_on_the_sky(text, fieldName="POS"):  # noqa: N803  DaCHS' name
    kind, *words = text.split() or [""]
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return _geometry(text, fieldName)  # which says what is wrong
    if kind == "RANGE" and len(numbers) == 4:
        ends = (0, 360, -90, 90)
        numbers = [end if number == math.copysign(math.inf, place % 2 - 0.5) else number
                   for place, (number, end) in enumerate(zip(numbers, ends))]  # fmt: skip
        ra, dec = numbers[:2], numbers[2:]
    else:
        ra, dec = (numbers[:1], numbers[1:2]) if kind == "CIRCLE" else (numbers[::2], numbers[1::2])
    for name, values, low, high in (("right ascension", ra, 0, 360), ("declination", dec, -90, 90),
                                    ("radius", numbers[2:3] if kind == "CIRCLE" else (), 0, 90)):  # fmt: skip
        for value in values:
            if not low <= value <= high:
                raise base.ValidationError(f"{text[:60]!r}: a {name} of {value:g} is not within {low} to {high} degrees", fieldName)
    return _geometry(" ".join((kind, *map(repr, numbers))), fieldName)


siap.parseSIAP2Geometry = _geometry_on_the_sky

# Without it: a compressed image (.fz) is sent as text/html, and the others as something else than SIA says.
static.File.contentTypes.update(dict.fromkeys((".fits", ".fit", ".fts", ".fz"), "image/fits"))

# Without it: timestamps are declared to have 19 characters, which is less than they have with a fraction of a second.
typeconversions.ToVOTableConverter.simpleMap["timestamp"] = ("char", "*", "timestamp")

# Without it: FITS of a table with an array column ends in "module 'numpy' has no attribute 'object'".
_fits_column = fitstable._makeValueArray


def _fits_column_of_arrays(rows, index, column):
    length, code = fitstable._computeTypeCode(column)
    if length is not None:
        return _fits_column(rows, index, column)
    arrays = numpy.empty(len(rows), object)
    for number, row in enumerate(rows):
        arrays[number] = list(row[index] or ())
    return code, arrays


fitstable._makeValueArray = _fits_column_of_arrays

# Without it: an upload that is no VOTable, or that is a file of ours, tells where the server keeps its files.
_ingest_uploads = taprunner._ingestUploads


def _ingest_uploads_discreetly(job, uploads, connection):
    try:
        return _ingest_uploads(job, uploads, connection)
    except OSError:
        raise base.ValidationError("there is no such upload", "UPLOAD") from None
    except base.ReportableError as error:
        raise base.ValidationError(str(error).replace(f"{job.getWD()}/", ""), "UPLOAD") from None


taprunner._ingestUploads = _ingest_uploads_discreetly

# Without it: errors of the database show the SQL that DaCHS made, and where in it the database stumbled.
_map_errors = standardcores.mapDBErrors


def _map_errors_without_sql(kind, error, traceback):
    if isinstance(error, base.DBError) and not isinstance(error, base.QueryCanceledError):
        base.ui.notifyError(f"Database: {error}")
        diagnosis = getattr(error, "diag", None)
        text = (diagnosis and diagnosis.message_primary) or "the database cannot answer this now"
        raise base.ValidationError(text, "query") from None
    _map_errors(kind, error, traceback)


standardcores.mapDBErrors = svcs.mapDBErrors = _map_errors_without_sql

# Without it: DataLink rows of several IDs are not together (all links, then all services, then all faults), and
# service descriptors of several IDs have one name and no example (DataLink 1.1, sections 3.1 and 4.1); and clients do not
# know that a service sends tables.
_links_resource = datalink.DatalinkCore.getDatalinksResource


def _links_together(core, ctx, service):
    rows = [
        *core.datalinkLinks,
        *(
            datalink.LinkDef(item.pubDID, None, serviceType=ctx.getOrMakeIdFor(item), description=item.description, semantics="#proc",
                             contentType="application/x-votable+xml")
            for item in core.datalinkEndpoints
        ),
        *core.errors,
    ]
    first = {}
    for place, row in enumerate(rows):
        first.setdefault(row.asDict()["ID"], place)
    core = copy.copy(core)
    core.datalinkLinks = sorted(rows, key=lambda row: first[row.asDict()["ID"]])
    core.datalinkEndpoints, core.errors = [], []
    return _links_resource(core, ctx, service)


datalink.DatalinkCore.getDatalinksResource = _links_together

_descriptor_votable = datalink._ServiceDescriptor.asVOT


def _descriptor_with_example(descriptor, ctx, linkIdTo=None):
    if not descriptor.pubDID:
        return _descriptor_votable(descriptor, ctx, linkIdTo)
    descriptor.name = f"{descriptor.dlSvc.id} {descriptor.pubDID}"
    return _descriptor_votable(descriptor, ctx, linkIdTo)[
        V.PARAM(name="exampleURL", datatype="char", arraysize="*", value=f"{descriptor.accessURL}?ID={quote(descriptor.pubDID)}")
    ]


datalink._ServiceDescriptor.asVOT = _descriptor_with_example
datalink._ServiceDescriptor.description = property(
    lambda descriptor: f"Retrieval of {descriptor.pubDID or 'a dataset'} in several forms, as a whole or in parts"
)

# Without it: ivoa.obscore's links of several IDs are those of the first alone, as DaCHS redirects to the links of its collection.
_adapt_links = datalink.DatalinkCore.adaptForRenderer


def _adapt_links_of_all(core, renderer, metadata):
    try:
        return _adapt_links(core, renderer, metadata)
    except svcs.Found as found:
        address, first = found.rawDest.split("?ID=")
        kind = unquote(first).rpartition("?")[2].split("/")[:2]
        ids = core._getPubDIDs(utils.CaseSemisensitiveDict(utils.stealVar("args")))
        ids = [did for did in ids if did.rpartition("?")[2].split("/")[:2] == kind][:100]  # an address has its limits
        raise svcs.Found(f"{address}?{urlencode({'ID': ids}, doseq=True)}") from None


datalink.DatalinkCore.adaptForRenderer = _adapt_links_of_all
