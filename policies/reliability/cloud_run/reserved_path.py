"""Nobody calls a Cloud Run service on a path that Google's front end keeps for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.templates import FUNCTION, SERVICE, SERVICE_V1
from policies.engine.policy import Settings, Severity, resource_policy

_UPTIME: Final = "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig"
_CALLED: Final[Mapping[str, tuple[str, ...]]] = {
    # What calls by a whole address; Cloud Run's are known by their host.
    "gcp:pubsub/subscription:Subscription": ("pushConfig", "pushEndpoint"),
    "gcp:cloudscheduler/job:Job": ("httpTarget", "uri"),
    _UPTIME: ("httpCheck", "path"),
    "gcp:eventarc/trigger:Trigger": ("destination", "cloudRunService", "path"),
}
_HOST: Final = ".run.app"
_RESERVED: Final = re.compile(r"^/(?:eventlog|_ah(?:/.*)?|[^/]*z)$", re.DOTALL)


def is_reserved(path: str) -> bool:
    """Whether Cloud Run may never see a request for `path`.

    https://cloud.google.com/run/docs/known-issues#ah: /eventlog, what is below /_ah/, and some that end in z, of
    which Google names none and advises against all.
    """
    return _RESERVED.match(path.partition("?")[0].rstrip("/")) is not None


@resource_policy(
    id="run-no-reserved-path",
    title="No check, push or schedule calls Cloud Run on a path that Google's front end answers itself",
    severity=Severity.MEDIUM,
    why="""Google's front end answers /eventlog, /_ah/… and paths that end in z, /healthz above all, with an
    error of its own. The request never reaches the service: a check on it fails for ever, a message pushed there
    is never taken.""",
    fix="Use the app's own paths: /health and /ready.",
    fix_raw="Rename the route, for instance /healthz to /health, and call that.",
    types=tuple(_CALLED),
)
def no_reserved_path(caller: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    here = caller
    for key in _CALLED[caller.resource.type]:
        here = here[key]
    text = here.text("")
    if "://" in text:
        try:
            address = urlsplit(text)
            host, path = address.hostname or "", address.path
        except ValueError:
            return
        if not host.endswith(_HOST):
            return
    else:
        # A check on a domain asks Cloud Run only where the stack has some.
        path = text if stack.of_type(SERVICE, SERVICE_V1, FUNCTION) else ""
    if is_reserved(path):
        yield f"{here.path} asks for {path}: Google's front end answers it, and the service never sees it"
