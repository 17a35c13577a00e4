"""TAP for the operator: synchronous, and as the database's user of DaCHS itself, who may read what /tap does not show.

DaCHS' own TAP has one user of the database for all its services.
"""

import io

from gavo import base, formats
from gavo.protocols import adqlglue, tap, taprunner


class Core(tap.TAPCore):
    """What answers a query; the service that has it says who may ask."""

    def run(self, service, inputTable, queryMeta):  # noqa: N803  DaCHS' names
        """The result as a stream, and its media type."""
        given = inputTable.getParamDict()
        wanted = given.get("responseformat") or "votable"
        kind = formats.getKeyFor(wanted)
        query, maxrec = taprunner._parseTAPParameters(None, given)
        connection = base.getDBConnection("trustedquery")
        try:
            table = adqlglue.runTAPQuery(query, base.getConfig("async", "defaultExecTimeSync"), connection, [], maxrec, False)
            out = io.BytesIO()
            taprunner.writeResultTo(kind, taprunner._makeDataFor(table), out)
        finally:
            connection.close()
        out.seek(0)
        return out, formats.getMIMEFor(kind, wanted)
