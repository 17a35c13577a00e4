"""What DaCHS 2.11 gets wrong of what it is sent, put right. Importing this module is enough.

As in patches.py, each piece names what is seen without it.
"""

import math
import re
from urllib.parse import unquote

from gavo import base
from gavo.formal import twistedpatch
from gavo.protocols import dali
from gavo.svcs import customwidgets, inputdef
from gavo.votable import BadVOTableLiteral
from gavo.web import Request

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

# Without it: RA=%FF is refused as "must be real number, not BinaryItem", TARGETNAME=%FF looks for a star called "<A piece of
# data that is no utf-8 …", and these end in an exception: VERB=%FF, a character 0 in a form, ".." in an address, an empty
# RESPONSEFORMAT or UPLOAD, what DaCHS' own parameters cannot be, and its _SET, of which there is none here.
_process = Request.process
_OWN = {"_DBOPTIONS_DIR": "ASC|DESC", "__nevow_form__": "genForm", "_TIMEOUT": r"\d{1,5}(\.\d*)?"}
_MAY_BE_EMPTY = {"RESPONSEFORMAT", "UPLOAD", *map(str.upper, _OWN)}


def _process_text(request):
    for raw, values in list(request.args.items()):
        name = raw.decode("ascii", "replace")
        if name == "_SET" or name.upper() in _MAY_BE_EMPTY and not any(values):
            del request.args[raw]
            continue
        for value in values:
            if wrong := _wrong(name, value):
                return _refuse(request, name, wrong)
    if ".." in unquote(request.path.decode("latin-1")).split("/"):
        request.setResponseCode(404)
        request.setHeader("content-type", "text/plain")
        request.write("There is nothing at this address.\n")
        return request.finish()
    return _process(request)


def _refuse(request, name, wrong):
    "the error document of the protocol; DataLink's is plain text"
    if not request.path.endswith((b"/dlget", b"/dlmeta")):
        return dali.serveDALIError(request, base.ValidationError(wrong, name), httpStatus=400)
    request.setResponseCode(400)
    request.setHeader("content-type", "text/plain; charset=utf-8")
    request.write(f"UsageFault: {name}: {wrong}\n")
    return request.finish()


def _wrong(name, value):
    "what is wrong with the bytes of a parameter, or None"
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return "it is not UTF-8"
    if "\0" in text:
        return "it has a character 0"
    if name in _OWN and not re.fullmatch(_OWN[name], text):
        return f"{text[:60]!r} is not a valid literal"
    return None


Request.process = _process_text

# Without it: COMPRESS=maybe is refused as "'maybe'", and BAND=1 2 3 with a list as Python writes it.
_value = inputdef.InputKey.computeCoreArgValue


def _value_or_reason(key, given, *options, **more):
    if key.type in ("real[2]", "double precision[2]"):
        given = _intervals(key.name, given)
    last = given[-1] if isinstance(given, list) and given else given
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
    if given and not any(isinstance(end, str) for end in given):
        low, high = given
        given = [] if low is high is None else [f"{-math.inf if low is None else low!r} {math.inf if high is None else high!r}"]
    found = []
    for text in given or ():
        words = text.split()
        found.append(" ".join(words * 2) if len(words) == 1 else text)
        try:
            low, high = map(float, found[-1].split())
        except ValueError:
            continue  # which is told later
        if not low <= high:
            raise base.ValidationError(f"{text!r}: an interval wants its lower end first", name)
    return found


inputdef.InputKey.computeCoreArgValue = _value_or_reason
# Without it: a form's address that does not name both ends of each interval ends in an exception.
_interval = customwidgets.Interval.processInput
customwidgets.Interval.processInput = lambda widget, request, key, given, default=(b"", b""): _interval(
    widget, request, key, given, default)
