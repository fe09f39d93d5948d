"""Requests through a load balancer are logged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

_GLOBAL: Final = "gcp:compute/backendService:BackendService"
_REGIONAL: Final = "gcp:compute/regionBackendService:RegionBackendService"
_APPLICATION: Final = frozenset({"HTTP", "HTTPS", "HTTP2", "H2C", "GRPC"})
# https://www.pulumi.com/registry/packages/gcp/api-docs/compute/backendservice/ and …/regionbackendservice/
_SCHEMES: Final = {_GLOBAL: "EXTERNAL_MANAGED", _REGIONAL: "INTERNAL"}
_PROXIES: Final = frozenset({"EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_MANAGED"})


class LoggedShare(Settings):
    """What may be set."""

    least_sample_rate: float = Field(
        default=0.0, ge=0, le=1, description="The share of requests that is logged at least; 0: any but none."
    )


@resource_policy(
    id="lb-requests-logged",
    title="An application load balancer logs the requests to each backend",
    severity=Severity.MEDIUM,
    settings=LoggedShare,
    why="""Who came from where, and what Cloud Armor said to it, is in the load balancer's log alone. It is off
    unless it is switched on, and after an attack it cannot be had any more.""",
    fix="Route to the service by the `Edge` component: each `Backend` of it logs every request.",
    fix_raw="Set `logConfig.enable` to true and `sampleRate` to the share that you want.",
    rows=(130,),
    cis_4=("2.16",),
    cis_5=("2.17",),
    types=_SCHEMES,
)
def requests_logged(backend: Value, stack: Stack, settings: LoggedShare) -> Iterator[str]:
    scheme = backend["loadBalancingScheme"].text(_SCHEMES[backend.resource.type])
    # A regional backend service that is EXTERNAL passes packets through, and knows no requests.
    passed_through = backend.resource.type == _REGIONAL and scheme == "EXTERNAL"
    # https://www.pulumi.com/registry/packages/gcp/api-docs/compute/backendservice/ ("The default is HTTP")
    if scheme not in _PROXIES or passed_through or backend["protocol"].text("HTTP") not in _APPLICATION:
        return
    enabled = backend.at("logConfig.enable")
    if not enabled.flag(False):
        yield f"{enabled.path} {'is false' if enabled.present else 'is left out'}: requests leave no trace"
        return
    # All, where it is left out: same page, "sampleRate".
    rate = backend.at("logConfig.sampleRate")
    share = rate.number(1.0)
    if not share > 0 or share < settings.least_sample_rate:
        yield f"{rate.path} is {share:g}: {'no' if not share > 0 else 'not every'} request leaves a trace"
