"""What DaCHS 2.11 gets wrong of what it tells harvesters and TAP clients about us, put right. Importing this module is enough.

As in patches.py, each piece names what is seen without it.
"""

from gavo import base
from gavo.protocols import tap
from gavo.registry import builders, common, oaiinter, tableset
from gavo.registry.model import OAI
from gavo.web import vodal

from photvo.machine import dachs

COLLECTIONS = {folder.name for folder in dachs.collections()}


# Without it: a schema has the title and the description of whichever of its descriptors was imported last (the images).
def _main(descriptor):
    "the descriptor that tells what a schema as a whole is, also where somebody else's puts a table there"
    return base.caches.getRD(f"{descriptor.schema}/db") if descriptor.schema in COLLECTIONS else descriptor


_tableset = tableset.getTablesetForSchemaCollection
tableset.getTablesetForSchemaCollection = lambda schemas, *options, **more: _tableset(
    [(_main(descriptor), tables) for descriptor, tables in schemas], *options, **more
)
_publish = tap.publishToTAP


def _publish_with_description(descriptor, connection):
    _publish(descriptor, connection)
    connection.execute(
        "UPDATE tap_schema.schemas SET description = %(text)s WHERE schema_name = %(schema)s",
        {"text": base.getMetaText(_main(descriptor), "description"), "schema": descriptor.schema},
    )


tap.publishToTAP = _publish_with_description

# Without it: a request without verb, or with two, is told that it has a bad argument (OAI-PMH 2.0, section 3.6), and there
# is an argument maxRecords, whose value may end in an exception.
_answer = oaiinter.RegistryCore.runWithPMHDict


def _answer_to_one_verb(core, arguments):
    if len(arguments.get("verb", ())) != 1:
        raise common.BadVerb("verb is missing, or there are several")
    if "maxRecords" in arguments:
        raise common.BadArgument("maxRecords")
    return _answer(core, arguments)


oaiinter.RegistryCore.runWithPMHDict = _answer_to_one_verb


# Without it: answers do not say to which address the request went, and errors not always what it was. (section 3.2)
def _headers(arguments, complete=True):
    "responseDate and request; with the arguments only where they are known to be right"
    told = {name: arguments.get(name) for name in ("verb", "metadataPrefix")} if complete else {}
    address = builders._getOAIURL(base.caches.getRD("//services").getById("registry"))
    date, _ = _response_headers({"verb": None})
    return [date, OAI.request(**told)[address]]


_response_headers = oaiinter.getResponseHeaders
oaiinter.getResponseHeaders = _headers
_error_tree = vodal.RegistryRenderer._getErrorTree


def _error_with_request(renderer, error, arguments):
    [problem] = _error_tree(renderer, error, {}).iterChildrenOfType(OAI.error)
    complete = not isinstance(error, (common.BadVerb, common.BadArgument))
    return OAI.PMH[_headers({name: values[0] for name, values in arguments.items()}, complete), problem]


vodal.RegistryRenderer._getErrorTree = _error_with_request
