"""What is for staff only asks Identity-Aware Proxy who is there."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from analysis.stack import Stack, name_of
from analysis.value import NotKnown, Value
from analysis.workloads.templates import Ingress, find, having, ingress_of
from policies.engine.doubts import Doubts
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy
from policies.engine.settings_kinds import Words

_GROUPS: Final = (
    "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup",
    "gcp:compute/globalNetworkEndpointGroup:GlobalNetworkEndpointGroup",
)
_BACKENDS: Final = (
    "gcp:compute/backendService:BackendService",
    "gcp:compute/regionBackendService:RegionBackendService",
)
_SERVICES: Final = having("iap")


class StaffSettings(Settings):
    """Which services are for staff."""

    names: Words = ("*admin*", "*backoffice*", "*back-office*", "*grafana*")
    """Names of services (* stands for anything) that only staff may open."""


@resource_policy(
    id="run-staff-behind-iap",
    title="A service that is for staff only is behind Identity-Aware Proxy",
    severity=Severity.MEDIUM,
    why="""An admin page is the shortest way to everybody's data, and its own login is the only thing in front of
    it. IAP asks for an account of the organisation, and for its second factor, before a request reaches the
    service.""",
    fix="Give the `Service` the exposure IAP.",
    fix_raw="""Set `iapEnabled` to true, or `iap.enabled` on the backend service that leads to it, and grant
    roles/iap.httpsResourceAccessor to a group.""",
    rows=(45,),
    cis_4=("3.10",),
    cis_5=("3.12",),
    enforcement=Enforcement.ADVISORY,
    settings=StaffSettings,
    types=_SERVICES,
)
def staff_behind_iap(service: Value, stack: Stack, settings: StaffSettings) -> Iterator[str]:
    names = {service.resource.name, name_of(service.resource) or ""}
    if not any(fnmatchcase(name, pattern) for name in names for pattern in settings.names):
        return
    ingress = ingress_of(service)
    if ingress in (Ingress.INTERNAL, Ingress.NONE) or find(service, "iap").flag(False):
        return
    ways = stack.once(_ways).get(service.resource.urn, [])
    if not ways and ingress is Ingress.ALL:
        yield "ingress is open and iapEnabled is not true: its own login is all that stands before everybody"
    doubts = Doubts()
    for backend in ways:
        with doubts:
            if not backend["iap"]["enabled"].flag(False):
                name = backend.resource.name
                yield f"the backend service '{name}' leads to it without iap.enabled: its login is all there is"
    doubts.tell()


def _ways(stack: Stack) -> dict[str, list[Value]]:
    """The backend services that lead to each service, by its URN."""
    groups: dict[str, list[str]] = {}
    for group in stack.of_type(*_GROUPS):
        try:
            led_to = stack.referred(group["cloudRun"]["service"], *_SERVICES)
        except NotKnown:
            continue
        groups[group.resource.urn] = [service.urn for service in led_to]
    found: dict[str, list[Value]] = {}
    for backend in stack.of_type(*_BACKENDS):
        for urn in backend.resource.propertyDependencies.get("backends", ()):
            for service in groups.get(urn, ()):
                found.setdefault(service, []).append(backend)
    return found
