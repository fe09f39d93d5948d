"""Requests come through the load balancer or from inside, never from the internet directly."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.templates import Ingress, find, having, ingress_of, place_of
from policies.engine.policy import Settings, Severity, resource_policy


class IngressSettings(Settings):
    """What else than a load balancer may stand before a service."""

    iap_is_enough: bool = False
    """Whether a service that asks IAP itself (iapEnabled) may take requests from the internet."""


@resource_policy(
    id="run-no-public-ingress",
    title="A Cloud Run service or function takes no requests from the internet directly",
    severity=Severity.HIGH,
    why="""Behind a load balancer requests meet Cloud Armor, its rate limits and IAP first. With open ingress
    everybody can call the service's own address and get around all of that. Google opens it unless told
    otherwise: to leave ingress out is to open it.""",
    fix="""Use the `Service` component with an `exposure`: PUBLIC and IAP are behind the load balancer, INTERNAL
    is reached from inside the project only.""",
    fix_raw="""Set `ingress` to INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER or INGRESS_TRAFFIC_INTERNAL_ONLY (in the
    v1 API the annotation run.googleapis.com/ingress to internal-and-cloud-load-balancing or internal, for a
    function `ingressSettings` to ALLOW_INTERNAL_AND_GCLB or ALLOW_INTERNAL_ONLY).""",
    rows=(31,),
    settings=IngressSettings,
    types=having("ingress"),
)
def no_public_ingress(workload: Value, stack: Stack, settings: IngressSettings) -> Iterator[str]:
    # What is absent means all: https://cloud.google.com/run/docs/securing/ingress#settings and
    # https://cloud.google.com/functions/docs/networking/network-settings#ingress_settings
    if ingress_of(workload) is Ingress.ALL and not (settings.iap_is_enough and find(workload, "iap").flag(False)):
        said = find(workload, "ingress").text()
        found = f"is {said}" if said else "is left out, which means all traffic"
        yield f"{place_of(workload, 'ingress')} {found}: anybody on the internet reaches its own address"
