"""What DaCHS 2.11 gets wrong about jobs (UWS, asynchronous TAP), put right. Importing this module is enough.

As in patches.py, each piece names what is seen without it.
"""

import math

from gavo import base, svcs
from gavo.protocols import dali, uws, uwsactions
from gavo.web import asyncrender
from twisted.web.error import UnsupportedMethod

# Without it: what a job does not have, and what it cannot be told, is answered with HTTP 200.
_deliver = asyncrender.UWSResource._deliverError


def _deliver_with_status(resource, failure, request, httpStatus=None):  # noqa: N803  DaCHS' name
    error = failure.value
    if isinstance(error, (svcs.Authenticate, svcs.SeeOther)):
        return _deliver(resource, failure, request)
    if isinstance(error, (svcs.BadMethod, UnsupportedMethod)):
        error = svcs.BadMethod(request.method.decode("ascii", "replace"))  # else it shows bytes as Python writes them
    elif not isinstance(error, (base.Error, base.ExecutiveAction)):
        base.ui.notifyFailure(failure)
        error = base.ReportableError("the server could not do this; the operator's log says why")
        error.httpCode = 500
    status = 404 if isinstance(error, uws.JobNotFound) else 400 if isinstance(error, uws.UWSError) else error.httpCode
    return dali.serveDALIError(request, error, httpStatus=status)


asyncrender.UWSResource._deliverError = _deliver_with_status


# Without it: a duration of -5 s is taken, and one of NaN ends in an error of the database.
def _duration(text):
    seconds = float(text)
    if not 0 <= seconds <= 10**9:
        raise ValueError(text)
    return math.ceil(seconds)


uwsactions.ExecDAction.deserializeValue = staticmethod(_duration)

# Without it: a job that is told a second time to run ends in error, one that has ended may do so when it is aborted, and
# a phase that is not given is called None.
_change = uwsactions.PhaseAction.doPOST
_POSSIBLE = {"RUN": {uws.PENDING}, "ABORT": {uws.PENDING, uws.QUEUED, uws.EXECUTING}}


def _change_where_possible(action, job, request):
    wanted = request.uwsArgs.get("phase")
    if wanted is None:
        raise base.ValidationError("PHASE is missing: expected RUN or ABORT", "PHASE")
    if wanted in _POSSIBLE and job.phase not in _POSSIBLE[wanted]:
        raise svcs.SeeOther(job.jobId)
    return _change(action, job, request)


uwsactions.PhaseAction.doPOST = _change_where_possible

# Without it: WAIT=abc says what Python says of int("abc").
_delay = uwsactions.RootAction._delayIfWAIT


def _delay_checked(action, job, request):
    wait = request.uwsArgs.get("wait")
    try:
        int(wait or 0)
    except ValueError:
        raise base.ValidationError(f"WAIT={wait}: expected a number of seconds, or -1", "WAIT") from None
    return _delay(action, job, request)


uwsactions.RootAction._delayIfWAIT = _delay_checked


# Without it: a job that is made with PHASE=RUN waits to be told so again. (UWS 1.1, section 2.2.3.1)
def _make_job(resource, request):
    number = resource.workerSystem.getNewIdFromRequest(request)
    if request.uwsArgs.get("phase") == "RUN":
        resource.workerSystem.changeToPhase(number, uws.QUEUED)
    asyncrender.redirectUWS(resource.service.getURL(resource.renderer), str(number))


asyncrender.JoblistResource.render_POST = _make_job
