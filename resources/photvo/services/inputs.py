"""What DaCHS 2.11 gets wrong of what it is sent, put right. Importing this module is enough.

As in patches.py, each piece names what is seen without it.
"""

import math

from gavo import base
from gavo.formal import twistedpatch
from gavo.svcs import customwidgets, inputdef
from gavo.votable import BadVOTableLiteral
from gavo.web import BinaryItem

# Without it: a body that is neither a form nor what its boundary says closes the connection without a word.
_received = twistedpatch.MPRequest.requestReceived


def _received_or_refused(request, *what):
    try:
        _received(request, *what)
    except Exception as error:
        if not request.channel or not request.channel.transport.disconnecting:
            raise
        base.ui.notifyError(f"A request's body cannot be read: {error}")  # HTTP 400 is on its way


twistedpatch.MPRequest.requestReceived = _received_or_refused

# Without it: COMPRESS=maybe is refused as "'maybe'", RA=%FF as "must be real number, not BinaryItem", BAND=1 2 3 with a
# list as Python writes it; and TARGETNAME=%FF looks for a star called "<A piece of data that is no utf-8 …".
_value = inputdef.InputKey.computeCoreArgValue


def _value_or_reason(key, given, *options, **more):
    if key.type in ("real[2]", "double precision[2]"):
        given = _intervals(key.name, given)
    last = given[-1] if isinstance(given, list) and given else given
    if isinstance(last, BinaryItem) and key.type not in ("raw", "file", "pql-upload"):
        raise base.ValidationError(f"The value of {key.name} is no text in UTF-8", key.name)
    try:
        return _value(key, given, *options, **more)
    except (KeyError, BadVOTableLiteral):
        raise base.ValidationError(f"{last!r} is not a valid literal for {key.name}", key.name) from None
    except ValueError as error:
        raise base.ValidationError(f"{last}: {error}", key.name) from None


# Without it: an interval in a form ends in an exception, one whose ends are the wrong way round (BAND=6e-7 5e-7) finds
# something, and a single value (BAND=5.5e-7, both ends at once) is refused.
def _intervals(name, given):
    "the values of an interval as texts; a form gives the two numbers of one, None where it is open"
    if given and not any(isinstance(end, (str, BinaryItem)) for end in given):
        low, high = given
        given = [] if low is high is None else [f"{-math.inf if low is None else low!r} {math.inf if high is None else high!r}"]
    found = []
    for text in given or ():
        words = text.split() if isinstance(text, str) else []
        found.append(" ".join(words * 2) if len(words) == 1 else text)
        try:
            low, high = map(float, found[-1].split())
        except (AttributeError, ValueError):
            continue  # which is told later
        if not low <= high:
            raise base.ValidationError(f"{text!r}: an interval wants its lower end first", name)
    return found


inputdef.InputKey.computeCoreArgValue = _value_or_reason
# Without it: a form's address that does not name both ends of each interval ends in an exception.
_interval = customwidgets.Interval.processInput
customwidgets.Interval.processInput = lambda widget, request, key, given, default=(b"", b""): _interval(
    widget, request, key, given, default)
