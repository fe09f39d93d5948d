"""The front of a load balancer: forwarding rules, the proxies they lead to, and which of it faces the internet.

A forwarding rule alone says whether its load balancer is external; a proxy does not. A proxy that no forwarding
rule of the stack leads to counts as external, since nothing says that it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import NotKnown, Value
from plan.plan import Resource

GLOBAL_RULE: Final = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
REGIONAL_RULE: Final = "gcp:compute/forwardingRule:ForwardingRule"
HTTP_PROXIES: Final = (
    "gcp:compute/targetHttpProxy:TargetHttpProxy",
    "gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy",
)
HTTPS_PROXIES: Final = (
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
    "gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy",
)
SSL_PROXY: Final = "gcp:compute/targetSSLProxy:TargetSSLProxy"
TARGETS: Final = (
    *HTTP_PROXIES,
    *HTTPS_PROXIES,
    SSL_PROXY,
    "gcp:compute/targetTCPProxy:TargetTCPProxy",
    "gcp:compute/regionTargetTcpProxy:RegionTargetTcpProxy",
    "gcp:compute/targetGrpcProxy:TargetGrpcProxy",
    "gcp:compute/targetInstance:TargetInstance",
    "gcp:compute/targetPool:TargetPool",
    "gcp:compute/vPNGateway:VPNGateway",
    "gcp:compute/serviceAttachment:ServiceAttachment",
)
"""What a forwarding rule's `target` may be."""
URL_MAPS: Final = ("gcp:compute/uRLMap:URLMap", "gcp:compute/regionUrlMap:RegionUrlMap")
BACKEND_SERVICE: Final = "gcp:compute/backendService:BackendService"
REGION_BACKEND_SERVICE: Final = "gcp:compute/regionBackendService:RegionBackendService"
BACKEND_BUCKET: Final = "gcp:compute/backendBucket:BackendBucket"
EXTERNAL: Final = frozenset({"EXTERNAL", "EXTERNAL_MANAGED"})
_DEFAULTS: Final = {
    # https://www.pulumi.com/registry/packages/gcp/api-docs/compute/globalforwardingrule/ and …/forwardingrule/
    GLOBAL_RULE: "EXTERNAL_MANAGED",
    REGIONAL_RULE: "EXTERNAL",
    # …/backendservice/ and …/regionbackendservice/
    BACKEND_SERVICE: "EXTERNAL_MANAGED",
    REGION_BACKEND_SERVICE: "INTERNAL",
    # …/backendbucket/: without a scheme it serves external load balancers.
    BACKEND_BUCKET: "EXTERNAL_MANAGED",
}


def scheme_of(value: Value) -> str:
    """The load-balancing scheme of a forwarding rule or a backend, the provider's default where it is left out.

    '' is Private Service Connect: no load balancer at all.
    """
    return value["loadBalancingScheme"].text(_DEFAULTS.get(value.resource.type, "EXTERNAL"))


def is_external_backend(backend: Value) -> bool:
    """Whether a backend may be reached through a proxy on the internet.

    A regional backend with the scheme EXTERNAL passes packets through: no proxy, no Cloud Armor for requests.
    """
    wanted = {"EXTERNAL_MANAGED"} if backend.resource.type == REGION_BACKEND_SERVICE else EXTERNAL
    return scheme_of(backend) in wanted


def is_external_proxy(stack: Stack, proxy: Resource) -> bool:
    """Whether the internet may reach a proxy; NotKnown where only creation tells the scheme of a rule before
    it."""
    rules = stack.once(_rules_before).get(proxy.urn, [])
    unread: NotKnown | None = None
    for rule in rules:
        try:
            if scheme_of(rule) in EXTERNAL:
                return True
        except NotKnown as reason:
            unread = reason
    if unread is not None:
        raise unread
    return not rules


def _rules_before(stack: Stack) -> dict[str, list[Value]]:
    """The forwarding rules that lead to each proxy, by the proxy's URN."""
    found: dict[str, list[Value]] = {}
    for rule in stack.of_type(GLOBAL_RULE, REGIONAL_RULE):
        for proxy in _targets(stack, rule):
            found.setdefault(proxy.urn, []).append(rule)
    return found


def _targets(stack: Stack, rule: Value) -> Iterator[Resource]:
    try:
        yield from stack.referred(rule["target"], *HTTP_PROXIES, *HTTPS_PROXIES, SSL_PROXY)
    except NotKnown:
        return
