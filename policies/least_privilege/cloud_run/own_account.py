"""What runs code runs as a service account that was made for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from analysis.grants import ACCOUNT
from analysis.stack import Stack
from analysis.value import MISSING, Value
from analysis.workloads.templates import FUNCTION_V1, KINDS, PLACES, WORKLOADS, What, find, is_set, place_of
from policies.engine.doubts import Doubts
from policies.engine.policy import Settings, Severity, resource_policy

DEFAULT: Final = re.compile(
    # https://cloud.google.com/iam/docs/service-account-types#default
    r"(^|[/:])(\d+-compute@developer\.gserviceaccount\.com|[^/:@]+@appspot\.gserviceaccount\.com)$",
    re.IGNORECASE,
)
"""The e-mails of the accounts that Google makes in every project: Compute Engine's and App Engine's."""
_ACTING: Final[Mapping[What, str]] = {
    "account": "runs",
    "build_account": "is built",
    "trigger_account": "is called with its events",
}


@resource_policy(
    id="run-own-service-account",
    title="""A service, job, worker pool or function runs and is built as a service account that is not a default
    one""",
    severity=Severity.HIGH,
    why="""The default service accounts belong to everything in the project that names no other, and often have
    the role Editor: whoever gets into this workload can read and change nearly all of the project. Without an
    account Google takes the default one.""",
    fix="Use the `Service`, `Job` or `WorkerPool` component: each makes an identity of its own.",
    fix_raw="""Make a `gcp.serviceaccount.Account` for it and set `serviceAccount` in the template to its e-mail;
    for what Google builds also `buildConfig.serviceAccount`, for a function with events
    `eventTrigger.serviceAccountEmail`.""",
    rows=(35, 46),
    types=WORKLOADS,
)
def own_service_account(workload: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    doubts = Doubts()
    for what, does in _ACTING.items():
        with doubts:
            if what == "account" or is_set(_around(workload, what)):
                yield from _default(stack, workload, what, does)
    doubts.tell()


def _default(stack: Stack, workload: Value, what: What, does: str) -> Iterator[str]:
    given = find(workload, what)
    if given.is_unknown and stack.yielding(given, ACCOUNT):
        return
    email = given.text("")
    place, kind = place_of(workload, what), KINDS[workload.resource.type]
    if not email:
        # https://cloud.google.com/run/docs/securing/service-identity#default_service_account,
        # https://cloud.google.com/functions/docs/securing/function-identity#runtime-sa and
        # https://cloud.google.com/build/docs/cloud-build-service-account-updates
        whose = "App Engine's" if workload.resource.type == FUNCTION_V1 else "Compute Engine's"
        yield f"{place} is left out: the {kind} {does} as {whose} default service account"
    elif DEFAULT.search(email):
        yield f"{place} is {email}: the {kind} {does} as a default service account, which is not its alone"


def _around(workload: Value, what: What) -> Value:
    """The block in which an account is named: without it there is no build, or no trigger."""
    place = PLACES[workload.resource.type].get(what, ())
    return workload[place[0]] if len(place) > 1 else Value(workload.resource, MISSING, what)
