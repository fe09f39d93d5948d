"""Cloud Run asks who calls, unless only the load balancer can."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.templates import Ingress, find, having, ingress_of, place_of
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="run-invoker-check-on",
    title="The check of who invokes a service is off only where nothing but the load balancer reaches it",
    severity=Severity.CRITICAL,
    why="""Without the check a service is as open as with allUsers as its invoker: whoever reaches it, calls it.
    That is right only for a public service whose sole way in is a load balancer that has rules of its own. With
    open or internal ingress, or with its run.app URL on, there is another way.""",
    fix="Use the `Service` component: it turns the check off for exposure PUBLIC alone, whose run.app URL is off.",
    fix_raw="""Set `invokerIamDisabled` to false and grant roles/run.invoker to those who call; or, for a public
    service behind a load balancer, set `ingress` to INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER and
    `defaultUriDisabled` to true.""",
    rows=(34,),
    types=having("invoker_check_off"),
)
def invoker_check_on(service: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # The check is on unless disabled: https://cloud.google.com/run/docs/securing/managing-access#invoker_check
    if not find(service, "invoker_check_off").flag(False):
        return
    ingress = ingress_of(service)
    place = place_of(service, "invoker_check_off")
    if ingress is Ingress.ALL:
        yield f"{place} is true and ingress is open: anybody on the internet calls the service"
    elif ingress is Ingress.INTERNAL:
        yield f"{place} is true and ingress is internal: everything in the project and its networks may call it"
    elif ingress is Ingress.LOAD_BALANCER and not find(service, "default_url_off").flag(False):
        yield f"{place} is true and the run.app URL is on: everything inside may call it past the load balancer"
