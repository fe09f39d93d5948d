"""Somebody is told when what the public calls fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.running import running
from analysis.stack import Stack
from analysis.telemetry.alerts import Alerts
from analysis.telemetry.log_entry import Answer, any_of
from analysis.telemetry.series import Series
from analysis.value import AFTER_CREATION, NotKnown, Value
from analysis.workloads.templates import SERVICE, SERVICE_V1
from policies.engine.policy import Result, Settings, Severity, Unseen, resource_policy

_REQUESTS: Final = ("run.googleapis.com/request_count",)
_AT_THE_EDGE: Final = (
    "loadbalancing.googleapis.com/https/request_count",
    "loadbalancing.googleapis.com/https/backend_request_count",
)
_FAILED: Final = {"response_code_class": "5xx", "response_code": "500"}
_FAILED_AT_THE_EDGE: Final = {"response_code_class": "500", "response_code": "500"}
_ANSWERED: Final = (("response_code_class", "2xx"), ("response_code_class", "200"), ("response_code", "200"))
_SLO: Final = "gcp:monitoring/slo:Slo"
_PROMISERS: Final = (
    "gcp:monitoring/genericService:GenericService",
    "gcp:monitoring/customService:CustomService",
)


@resource_policy(
    id="public-service-errors-told",
    title="An alert tells when a public service fails",
    severity=Severity.HIGH,
    why="""A release that answers every second call with an error is up, for whoever only asks whether it is.
    Without an alert on the share of errors of each service callers tell first.""",
    fix="Give the `Service` its `alerts` (`service_alerts`), or promise its availability with `ServiceLevel`.",
    fix_raw="""Add an alert policy on `run.googleapis.com/request_count` with `response_code_class="5xx"` and the
    service's name, or on the burn rate of an availability objective of it.""",
    types=[SERVICE, SERVICE_V1],
)
def errors_told(service: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    public = stack.once(_public)
    if service.resource.urn not in public:
        return
    name = service["name"].text()
    if name is None:
        raise NotKnown("name", AFTER_CREATION)
    alerts = stack.once(Alerts)
    answers: list[Answer] = [name in stack.once(_promised)]
    wanted = {"service_name": name, **_FAILED}
    answers += [_on_errors(series, wanted) for series in alerts.reading(*_REQUESTS, near=wanted)]
    if len(public) == 1:
        # With several behind one load balancer the errors of the small one drown in those of the large one.
        answers += [_on_errors(series, _FAILED_AT_THE_EDGE) for series in alerts.reading(*_AT_THE_EDGE)]
    answers.append(alerts.watch((), {}, about=service.resource))
    answer = any_of(answers)
    if answer is False:
        yield f"no alert reads the errors of '{name}': callers are the first to know that it fails"
    elif answer is None:
        yield Unseen(service.resource, "a condition that may read its errors is not known")


def _on_errors(series: Series, wanted: dict[str, str]) -> Answer:
    """Whether a condition picks failed answers, and leaves others out."""
    if not any(series.tells_apart(label, value) for label, value in _ANSWERED):
        return False
    return series.picks(wanted)


def _public(stack: Stack) -> frozenset[str]:
    """The URNs of the Cloud Run services that requests from the internet reach."""
    return frozenset(
        one.resource.urn
        for one in stack.once(running)
        if one.faces_internet and one.resource.type in (SERVICE, SERVICE_V1)
    )


def _promised(stack: Stack) -> frozenset[str]:
    """The Cloud Run services whose availability is promised by an objective that an alert reads."""
    read = {tuple(path.split("/")[-3::2]) for path in stack.once(Alerts).objectives}
    services: dict[str, str] = {}
    for one in stack.of_type(*_PROMISERS):
        try:
            id_, name = one["serviceId"].text(""), one.at("basicService.serviceLabels.service_name").text("")
        except NotKnown:
            continue
        services[id_] = name
    found: set[str] = set()
    for slo in stack.of_type(_SLO):
        try:
            key = (slo["service"].text(""), slo["sloId"].text(""))
            about_errors = (
                slo.at("requestBasedSli.goodTotalRatio").present or slo.at("basicSli.availability").present
            )
        except NotKnown:
            continue
        if about_errors and key in read and services.get(key[0]):
            found.add(services[key[0]])
    return frozenset(found)
