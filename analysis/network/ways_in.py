"""How requests from the internet reach what runs.

A forwarding rule leads to a proxy, that by a URL map to backends, those by an endpoint group to a service.

Only what this stack says: a load balancer of another stack is not seen. What a service reads with its identity is
told by `analysis.access.permissions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from analysis.access.paths import Step, path, reached
from analysis.network.front import (
    BACKEND_BUCKET,
    BACKEND_SERVICE,
    EXTERNAL,
    GLOBAL_RULE,
    HTTP_PROXIES,
    HTTPS_PROXIES,
    REGION_BACKEND_SERVICE,
    REGIONAL_RULE,
    SSL_PROXY,
    URL_MAPS,
    scheme_of,
)
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from analysis.workloads.templates import FUNCTION, FUNCTION_V1, SERVICE, SERVICE_V1
from plan.plan import Resource
from plan.references import texts_in

INTERNET: Final = "the internet"
SERVERLESS_GROUP: Final = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup"
GROUPS: Final = (
    SERVERLESS_GROUP,
    "gcp:compute/globalNetworkEndpointGroup:GlobalNetworkEndpointGroup",
)
PROXIES: Final = (*HTTP_PROXIES, *HTTPS_PROXIES, SSL_PROXY, "gcp:compute/targetTCPProxy:TargetTCPProxy")
BACKENDS: Final = (BACKEND_SERVICE, REGION_BACKEND_SERVICE)
_NEXT: Final[dict[str, tuple[str, ...]]] = {
    GLOBAL_RULE: (*PROXIES, *BACKENDS),
    REGIONAL_RULE: (*PROXIES, *BACKENDS),
    **dict.fromkeys(PROXIES, (*URL_MAPS, *BACKENDS)),
    **dict.fromkeys(URL_MAPS, (*BACKENDS, BACKEND_BUCKET)),
    **dict.fromkeys(BACKENDS, GROUPS),
}
"""What the inputs of each kind of thing may lead to."""
SERVED: Final = {
    "cloudRun": ("service", (SERVICE, SERVICE_V1)),
    "cloudFunction": ("function", (FUNCTION, FUNCTION_V1)),
}
_WORDS: Final = {
    GLOBAL_RULE: "forwarding rule",
    REGIONAL_RULE: "forwarding rule",
    **dict.fromkeys(PROXIES, "proxy"),
    **dict.fromkeys(URL_MAPS, "URL map"),
    **dict.fromkeys(BACKENDS, "backend"),
    **dict.fromkeys(GROUPS, "endpoint group"),
}
Way = list[Step[Resource]]
Steps = dict[str, list[Step[Resource]]]


@dataclass(frozen=True)
class WaysIn:
    """The graph from the internet inwards. Nodes are URNs."""

    steps: dict[str, list[Step[Resource]]]
    backends: dict[str, list[Resource]]
    """By the URN of what they send requests to: the backends that the internet reaches."""

    def backends_of(self, service: Resource) -> list[Resource]:
        """The backends that the internet reaches and that send requests on to `service`."""
        return self.backends.get(service.urn, [])

    def through(self, backend: Resource, service: Resource) -> Way:
        """A shortest way from the internet through `backend` to `service`; empty where there is none."""
        before = path(reached(self.steps, INTERNET), backend.urn)
        after = path(reached(self.steps, backend.urn), service.urn)
        return [*before, *after] if before and after else []


def ways_in(stack: Stack) -> WaysIn:
    """The ways in of `stack`; ask with `stack.once(ways_in)`."""
    steps: Steps = {}
    for type_, ends in _NEXT.items():
        for one in stack.of_type(type_):
            if type_ in (GLOBAL_RULE, REGIONAL_RULE) and _is_external(one):
                _lead(steps, INTERNET, [one.resource])
            _lead(steps, one.resource.urn, _mentioned(stack, one, ends))
    for group in stack.of_type(*GROUPS):
        _lead(steps, group.resource.urn, _served(stack, group))
    backends: dict[str, list[Resource]] = {}
    for step in reached(steps, INTERNET).values():
        if step.by.type in BACKENDS:
            for end in reached(steps, step.by.urn):
                backends.setdefault(end, []).append(step.by)
    return WaysIn(steps, backends)


def told(way: Iterable[Step[Resource]]) -> str:
    """A way in words: `the internet → forwarding rule 'edge' → … → service 'api'`."""
    return " → ".join([INTERNET, *(f"{_WORDS.get(step.by.type, 'service')} '{step.by.name}'" for step in way)])


def _is_external(rule: Value) -> bool:
    """Whether a forwarding rule listens on the internet; one of which only creation tells counts as if it did."""
    try:
        return scheme_of(rule) in EXTERNAL
    except NotKnown:
        return True


def _lead(steps: Steps, start: str, ends: Iterable[Resource]) -> None:
    for end in ends:
        steps.setdefault(start, []).append(Step(start, end.urn, "leads to", end))


def _mentioned(stack: Stack, one: Value, types: tuple[str, ...]) -> list[Resource]:
    """What of `types` any input of `one` names: by a path or a link, or by what will yield it."""
    named = {
        resource.urn: resource
        for text in texts_in(one.raw)
        # A bare word may be a name of anything.
        if "/" in text
        for type_ in types
        for resource in stack.named(type_, text)
    }
    by_urn = stack.plan.by_urn
    for urns in one.resource.propertyDependencies.values():
        for urn in urns:
            before = by_urn.get(urn)
            if before is not None and before.type in types:
                named[urn] = before
    return list(named.values())


def _served(stack: Stack, group: Value) -> list[Resource]:
    """The services that an endpoint group sends requests to; where its block is not known, none."""
    found: list[Resource] = []
    for key, (name, types) in SERVED.items():
        try:
            found += stack.referred(group[key][name], *types)
            if group[key]["urlMask"].present:
                # A mask takes the service from the request: every service of that kind may be meant.
                found += [one.resource for one in stack.of_type(*types)]
        except NotKnown:
            found += stack.yielding(group[key], *types)
    return found
