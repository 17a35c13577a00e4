"""The door for DaCHS: `dachs imp` of a data element with this customGrammar goes the way of `photvo ingest`.

A grammar whose iterator has no getParameters is called with the Data instance by DaCHS, and may do as it likes
with its tables. This one leaves them alone: the file is committed on a connection of its own, as writer_user.
"""

from pathlib import Path

from gavo import base

from photvo.archive.ingest import ingest
from photvo.settings import PhotvoError, Settings


def RowIterator(grammar, sourceToken, sourceRow=None):  # noqa: N802  the name that DaCHS asks for
    """What DaCHS calls for each source: a function that takes the file in."""

    settings = Settings.load()

    def run(data):
        base.ui.notifyNewSource(sourceToken)
        try:
            summary = ingest(settings, [_path(settings, sourceToken)])
        except PhotvoError as error:
            raise base.SourceParseError(str(error), source=sourceToken) from None
        finally:
            base.ui.notifySourceFinished()
        for name, reason in summary.refused.items():
            raise base.SourceParseError(f"{name}: {reason}", source=sourceToken)
        if summary.stopped:
            raise base.SourceParseError(summary.stopped, source=sourceToken)
        base.ui.totalRead += summary.total("accepted")

    return run


def _path(settings, source):
    """A source as `photvo ingest` knows it: DaCHS sees the inputs through a link, inputsDir/COLLECTION/data."""
    path = Path(source)
    try:
        collection, data, *rest = path.relative_to(base.getConfig("inputsDir")).parts
    except ValueError:
        return path
    return settings.inputs.joinpath(collection, *rest) if data == "data" else path
