"""Light curves in VOTable: the IVOA Time Series Note, photvo's own, Gaia's, IRSA's.

Each TABLE with a time and a magnitude or flux is a light curve. The frame of its times is that of the TIMESYS
which the FIELD refers to (an empty or wrong `timeorigin` says nothing); the passband is filterIdentifier of
the PHOTCAL group that the magnitude refers to or that refers to it, where the options' bands know it, else
the PARAM or FIELD with UCD instr.bandpass, else the identifier; the object is the PARAM with UCD
`meta.id;src` or one of the usual names. The lines of its rows are their numbers, over all TABLEs.
"""

import io
import re
import sys
import warnings

import pyarrow as pa
from astropy.io import votable
from astropy.io.votable import exceptions, tree

from ..model.batch import ReadError, Stated
from . import gaia, source
from .arrays import arrow
from .cells import Cells, Field
from .csv_block import MISSING
from .described import batches
from .frames import Frame, place, scale

FORMAT = "votable-series"
VERSION = 1
LIMIT = 1 << 30  # bytes: a VOTable is read as a whole
_MISSING = {word.lower() for word in MISSING}


def recognises(head, path):
    """True for an XML document; whether it is a VOTable is seen when it is read."""
    return root(head) is not None


def root(head):
    """The name of the first element of an XML document, as bytes; None where it is none."""
    text = re.sub(
        rb"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>\[]*(\[.*?\])?\s*>",
        b"",
        head.removeprefix(b"\xef\xbb\xbf"),
        flags=re.S,
    )
    found = re.match(rb"\s*<(?:\w+:)?(\w+)", text)
    return found and found[1]


def read(path, options):
    """Yield PointBatch. Raises ReadError."""
    content = _content(path)
    if (name := root(content[:65536])) != b"VOTABLE":
        raise ReadError(
            path,
            f"XML of another kind ({(name or b'').decode('latin-1')[:40]}), no VOTable; save it as VOTable",
        )
    document = parse(content, path)
    number, series, refusal = 1, 0, None
    for table, resource in _tables(document):
        rows = cells(table, resource, document, number, options, path)
        number += len(table.array)
        try:
            for batch in batches(rows, path, options) if rows else ():
                yield batch
                series += 1
        except ReadError as error:
            refusal = refusal or error  # a table beside the light curve need not be one
    if not series:
        raise refusal or ReadError(path, _empty(document))


def _empty(document):
    "the reason why there is nothing: a service says it in its QUERY_STATUS"
    for resource in _resources(document.resources):
        for info in resource.infos:
            if info.name == "QUERY_STATUS" and str(info.value).upper() == "ERROR":
                return f"the service that sent it says: {' '.join(str(info.content or 'ERROR').split())[:200]}"
    return "no TABLE in it has rows"


def _content(path):
    with source.unpacked(path) as stream:
        content = stream.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise ReadError(path, f"a VOTable of more than {LIMIT >> 30} GB; split it")
    return content


def parse(content, path):
    """The astropy VOTableFile of a document (bytes). Raises ReadError."""
    if b"<!ENTITY" in content:
        raise ReadError(path, "it defines entities (<!ENTITY), as no VOTable does; save it without them")
    if re.search(rb"<(\w+:)?STREAM[^>]*\shref\s*=", content):
        raise ReadError(path, "its data are elsewhere (STREAM with href); save the table with its data in it")
    try:
        with warnings.catch_warnings(), exceptions.conf.set_temp("max_warnings", sys.maxsize):
            warnings.simplefilter("always")
            warnings.showwarning = _strict
            return votable.parse(io.BytesIO(content), verify="warn")
    except MemoryError:
        raise
    except Exception as error:  # astropy raises many kinds on a document that is none
        reason = " ".join(str(error).replace("?:", "line ").split())
        raise ReadError(path, f"the VOTable is damaged: {reason or type(error).__name__}") from None


def _strict(message, category, *_):
    "astropy's warnings are ignored, but for those that a number in the table was made another one or none"
    word = re.search(r"for float '(.*)'", str(message), re.S)
    if issubclass(category, (exceptions.W30, exceptions.W51)) and not (
        word and word[1].strip().lower() in _MISSING
    ):
        raise message


def _tables(document):
    "pairs of TABLE and its RESOURCEs, innermost first"

    def walk(resource, outer):
        chain = [resource, *outer]
        for table in resource.tables:
            yield table, chain
        for inner in resource.resources:
            yield from walk(inner, chain)

    for resource in document.resources:
        yield from walk(resource, [])


def cells(table, resources, document, number, options, path):
    """The Cells of a TABLE, its rows counted from `number`; None where it has no rows or no columns of single
    values.
    """
    columns = {}
    gaia.refuse_raw(_named(table), path)
    for name, item in _named(table).items():
        column = arrow(table.array[item.ID])
        if column is not None:
            columns[name] = column
    n = len(next(iter(columns.values()), ()))
    if not n:
        return None
    fields = fields_of(document, table)
    return Cells(
        pa.table(columns), range(number, number + n), fields, _facts(table, resources, fields, options)
    )


def fields_of(document, table):
    """Name → Field of a TABLE's columns."""
    groups = _photcals(document)
    systems = {system.ID: system for system in document.iter_timesys()}
    return {
        name: Field(
            str(item.unit or ""), item.ucd or "", " ".join((item.description or "").split()),
            frame(systems.get(item.ref)), groups.get(item.ref) or groups.get(item.ID), item.datatype == "float",
        )
        for name, item in _named(table).items()
    }  # fmt: skip


def _named(table):
    "name → FIELD; of several with one name the first"
    found = {}
    for place, item in enumerate(table.fields, 1):
        found.setdefault(item.name or item.ID or f"column {place}", item)
    return found


def frame(system):
    """The Frame that a TIMESYS states, None where there is none."""
    if system is None:
        return None
    return Frame(_kind(system.timeorigin), Stated(scale(system.timescale), place(system.refposition)))


def _kind(origin):
    "what times count from by a timeorigin: a Julian date, or the words for 0 and 2400000.5"
    words = {"jd-origin": "JD", "mjd-origin": "MJD", "0": "JD", "0.0": "JD", "2400000.5": "MJD"}
    text = str(origin if origin is not None else "").strip().lower()
    if text in words:
        return words[text]
    found = re.fullmatch(r"(\d{1,7})(?:\.(\d{1,9}))?", text)
    if not found or not text:
        return None
    return f"JD-{found[1]}" + (f".{found[2]}" if (found[2] or "").strip("0") else "")


def _photcals(document):
    "ID of a group, and of the FIELDs in it → its filterIdentifier"
    found = {}
    holders = [*_resources(document.resources), *document.iter_tables()]
    for group in _nested([group for holder in holders for group in holder.groups]):
        identifier = None
        for entry in group.entries:
            name = (getattr(entry, "name", None) or "").lower()
            if isinstance(entry, tree.Param) and (
                name == "filteridentifier" or "filter.identifier" in (entry.utype or "").lower()
            ):
                identifier = _word(entry.value)
        if identifier:
            for entry in (group, *(entry for entry in group.entries if isinstance(entry, tree.FieldRef))):
                found.setdefault(entry.ID if entry is group else entry.ref, identifier)
    found.pop(None, None)
    return found


def _resources(resources):
    for resource in resources:
        yield resource
        yield from _resources(resource.resources)


def _nested(groups):
    for group in groups:
        yield group
        yield from _nested([entry for entry in group.entries if isinstance(entry, tree.Group)])


def _word(value):
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    text = str(value).strip() if value is not None else ""
    return text if text not in ("--", "nan", "masked", "") else None


def _facts(table, resources, fields, options):
    "object and band, where they hold for the whole TABLE"
    params = [*table.params, *(param for resource in resources for param in resource.params)]
    facts = {}
    for param in params:
        name, ucd = re.sub("[^a-z]", "", (param.name or "").lower()), (param.ucd or "").lower()
        if ucd == "meta.id;src" or name in ("targetname", "target", "objectname", "sourceid", "ssatargname"):
            facts.setdefault("object", _word(param.value))
        if ucd in ("instr.bandpass", "instr.filter") or name in ("band", "ssabandpass"):
            facts.setdefault("band", _word(param.value))
    filters = {field.filter for field in fields.values() if field.filter}
    if len(filters) == 1:
        (identifier,) = filters
        if identifier in options.bands or not facts.get("band"):
            facts["band"] = identifier
    return {key: value for key, value in facts.items() if value}
