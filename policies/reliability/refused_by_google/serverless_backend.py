"""A backend that leads to Cloud Run is told nothing that only backends with machines know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.network.ways_in import BACKENDS, SERVERLESS_GROUP
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from analysis.workloads.templates import is_set
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, resource_policy

# What the API says when it refuses one of these stands in the issues; `sessionAffinity` it takes:
# https://github.com/terraform-google-modules/terraform-google-lb-http/pull/319
_REFUSED: Final = {
    # https://github.com/terraform-google-modules/terraform-google-lb-http/pull/358
    "timeoutSec": "a request lasts as long as Cloud Run's own time-out says",
    # https://cloud.google.com/compute/docs/reference/rest/v1/backendServices
    "healthChecks": "Cloud Run checks its instances itself",
    # https://github.com/terraform-google-modules/terraform-google-lb-http/issues/448
    "portName": "there are no ports to name",
}
# https://github.com/hashicorp/terraform-provider-google/issues/7167
_UTILIZATION: Final = "maxUtilization"


@resource_policy(
    id="lb-serverless-backend-plain",
    title="A backend service that leads to Cloud Run sets no time-out, health check, port name or utilisation",
    severity=Severity.MEDIUM,
    why="""A preview accepts these; Compute Engine then refuses the backend service, and the public way in is not
    made or not changed while everything behind it is.""",
    fix="Use the `Backend` component for a service. How long a request lives is the service's `timeout_s`.",
    fix_raw="""Remove the property from the backend service; set `template.timeout` on the Cloud Run service
    instead.""",
    types=BACKENDS,
)
def serverless_backend_plain(backend: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    if not _is_serverless(backend, stack):
        return
    refused = [(backend, key, reason) for key, reason in _REFUSED.items()]
    refused += [(one, _UTILIZATION, "Cloud Run scales by itself") for one in backend["backends"].items()]
    for block, key, reason in refused:
        try:
            value = block[key]
            # The provider leaves a 0 out.
            if is_set(value) and value.raw != 0:
                message = (
                    f"{value.path} is set on a backend with a serverless endpoint group: Google refuses it, for "
                    f"{reason}"
                )
                yield Problem(backend.resource, message, key=value.path)
        except NotKnown as unknown:
            yield Unseen(backend.resource, str(unknown))


def _is_serverless(backend: Value, stack: Stack) -> bool:
    unknown: NotKnown | None = None
    for one in backend["backends"].items():
        try:
            for group in stack.referred(one["group"], SERVERLESS_GROUP):
                # SERVERLESS is the provider's default:
                # https://www.pulumi.com/registry/packages/gcp/api-docs/compute/regionnetworkendpointgroup/
                if Value.of(group)["networkEndpointType"].text("SERVERLESS") == "SERVERLESS":
                    return True
        except NotKnown as reason:
            unknown = reason
    if unknown:
        raise unknown
    return False
