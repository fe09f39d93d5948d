"""What stands behind the load balancer has no second way in."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.templates import Ingress, find, having, ingress_of, place_of
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="run-default-url-off",
    title="A service behind the load balancer has no run.app URL",
    severity=Severity.MEDIUM,
    why="""Ingress for the load balancer also admits what comes from inside the project and its networks. Over
    the run.app URL that traffic reaches the service without meeting Cloud Armor or IAP; every traffic tag adds
    one more such URL.""",
    fix="""Use the `Service` component: PUBLIC and IAP turn the URL off. What other services must call is a
    service of its own with exposure INTERNAL.""",
    fix_raw="""Set `defaultUriDisabled` to true (in the v1 API the annotation
    run.googleapis.com/default-url-disabled to "true"). A service that is called from inside instead has ingress
    INGRESS_TRAFFIC_INTERNAL_ONLY.""",
    rows=(32,),
    types=having("default_url_off"),
)
def default_url_off(service: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if ingress_of(service) is not Ingress.LOAD_BALANCER:
        return
    # The URL is on unless disabled: https://cloud.google.com/run/docs/securing/ingress#disable-url
    off = find(service, "default_url_off")
    if not off.flag(False):
        said = "is false" if off.present else "is left out, which means false"
        yield (
            f"{place_of(service, 'default_url_off')} {said} while ingress is for the load balancer: whoever is "
            "inside the network calls the run.app URL and gets around it"
        )
