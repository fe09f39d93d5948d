"""Cloud Run knows when an instance is ready, and when it no longer is."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from analysis.stack import Stack
from analysis.value import NotKnown, Value
from analysis.workloads.containers import containers
from analysis.workloads.templates import SERVICE, SERVICE_V1, is_set
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy
from policies.reliability.cloud_run.reserved_path import is_reserved

_SERVICES = (SERVICE, SERVICE_V1)


def serving(service: Value) -> Iterator[Value]:
    """The containers that take a service's requests: those with a port, or the only one.

    What cannot be read is there as it is.
    """
    found = list(containers(service, sandboxes=False))
    for one in found:
        try:
            if len(found) > 1 and not is_set(one["ports"]):
                continue
        except NotKnown:
            pass
        yield one


class StartSettings(Settings):
    """What a start may take."""

    least_seconds: int = Field(default=30, ge=1, le=240)
    """What a start must be allowed at least; through Cloud NAT the network alone may take half a minute."""


@resource_policy(
    id="run-startup-probe",
    title="A service gets requests when it answers a start-up probe, and has the time to start",
    severity=Severity.LOW,
    why="""Without an HTTP or gRPC probe an instance counts as ready when its port is open, long before it can
    answer: the first clients of every new instance get errors. A probe that gives up too early instead kills
    slow starts, again and again, just when more instances are needed.""",
    fix="Use the `Service` component, which asks /health each second for a minute.",
    fix_raw="""Set the container's `startupProbe.httpGet` (or `grpc`), with `periodSeconds` times
    `failureThreshold` of 30 or more.""",
    enforcement=Enforcement.ADVISORY,
    settings=StartSettings,
    types=_SERVICES,
    elements=serving,
)
def startup_probe(container: Value, stack: Stack, settings: StartSettings) -> Iterator[str]:
    probe = container["startupProbe"]
    http = probe["httpGet"]
    # Absent means that a TCP connection is enough: https://cloud.google.com/run/docs/configuring/healthchecks
    if not http.present and not probe["grpc"].present:
        found = "only opens a connection" if probe["tcpSocket"].present else "is left out"
        yield f"{probe.path} {found}: an instance counts as ready before it can answer"
        return
    path = http["path"].text("")
    if is_reserved(path):
        yield f"{http.path}.path is {path}, which nothing outside can ask: Google's front end keeps such paths"
    # The defaults: no delay, each 10 s, given up at the third failure.
    seconds = probe["initialDelaySeconds"].number(0) + (
        probe["periodSeconds"].number(10) * probe["failureThreshold"].number(3)
    )
    if seconds < settings.least_seconds:
        yield f"{probe.path} gives up after {seconds:g} s: a start that takes longer is stopped, and tried again"


@resource_policy(
    id="run-liveness-probe",
    title="A service that hangs is restarted",
    severity=Severity.LOW,
    why="""An instance whose process hangs goes on taking its share of the requests, and each of them times out,
    until somebody notices.""",
    fix="Use the `Service` component, which asks /health every half minute.",
    fix_raw="Set the container's `livenessProbe.httpGet` (or `grpc`).",
    enforcement=Enforcement.ADVISORY,
    types=_SERVICES,
    elements=serving,
)
def liveness_probe(container: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # None unless set: https://cloud.google.com/run/docs/configuring/healthchecks
    probe = container["livenessProbe"]
    if not is_set(probe):
        yield f"{probe.path} is left out: an instance that hangs keeps taking requests"


@resource_policy(
    id="run-health-checked",
    title="Instances of a new revision are checked before they get requests",
    severity=Severity.MEDIUM,
    why="A revision whose containers never become ready is then released as if they were.",
    fix="Remove it: the `Service` component never turns the check off.",
    fix_raw="Leave `template.healthCheckDisabled` out.",
    types=_SERVICES,
)
def health_checked(service: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # On unless disabled: https://www.pulumi.com/registry/packages/gcp/api-docs/cloudrunv2/service/
    if service.resource.type == SERVICE:
        disabled = service["template"]["healthCheckDisabled"]
    else:
        disabled = service["template"]["metadata"]["annotations"]["run.googleapis.com/health-check-disabled"]
    if disabled.flag(False):
        yield f"{disabled.path} is true: a revision that does not start is released all the same"
