"""A cache that makes its own private endpoints has the policy that lets it, and that exists first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.stores.caches import CLUSTER, VALKEY
from analysis.value import NotKnown, Value
from policies.engine.policy import Result, Settings, Severity, Unseen, resource_policy

POLICY: Final = "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy"
_NETWORK: Final = "gcp:compute/network:Network"
# https://cloud.google.com/memorystore/docs/valkey/networking,
# https://cloud.google.com/memorystore/docs/cluster/networking
_CLASS: Final = {VALKEY: "gcp-memorystore", CLUSTER: "gcp-memorystore-redis"}
_ENDPOINTS: Final = {
    VALKEY: ("desiredAutoCreatedEndpoints", "desiredPscAutoConnections"),
    CLUSTER: ("pscConfigs",),
}
_PLACE: Final = {VALKEY: "location", CLUSTER: "region"}


@resource_policy(
    id="cache-connection-policy-first",
    title="A cache that makes its own endpoints has a service connection policy for it, made before it",
    severity=Severity.MEDIUM,
    why="""Memorystore refuses an instance in a network and region without such a policy. A preview does not see
    it: the first `up` stops after minutes, or passes or fails as it happens to be ordered.""",
    fix="Make the `Network` component with its private services; `Valkey` waits for its policy.",
    fix_raw="""Add a `networkconnectivity.ServiceConnectionPolicy` with `serviceClass` gcp-memorystore (for Redis
    Cluster gcp-memorystore-redis) for the same network and region, and `dependsOn` it.""",
    types=tuple(_CLASS),
)
def cache_connection_policy_first(cache: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    kind = cache.resource.type
    endpoints = [one for key in _ENDPOINTS[kind] for one in cache[key].items()]
    region = cache[_PLACE[kind]].text("")
    for endpoint in endpoints:
        network = _network(stack, endpoint["network"])
        fitting, unknown = _policies(stack, _CLASS[kind], region, network)
        if not fitting:
            if unknown:
                raise unknown
            if not any(name.startswith("urn:") for name in network):
                yield Unseen(cache.resource, f"{endpoint['network'].path} is a network that is not in this plan")
                return
            yield (
                f"{endpoint.path} wants an endpoint in '{region}', and no ServiceConnectionPolicy of "
                f"class {_CLASS[kind]} allows one there: Memorystore refuses the cache"
            )
        elif not fitting & stack.waits_for(cache.resource):
            yield (
                f"{endpoint.path} needs the ServiceConnectionPolicy, and the cache does not wait for it: whether "
                "the first `up` works is a matter of order"
            )


def _policies(stack: Stack, wanted: str, region: str, network: frozenset[str]) -> tuple[set[str], NotKnown | None]:
    """The URNs of the policies that fit, and why another cannot be read."""
    found: set[str] = set()
    unknown: NotKnown | None = None
    for policy in stack.of_type(POLICY):
        try:
            if policy["serviceClass"].text("") != wanted or policy["location"].text("") != region:
                continue
            if _network(stack, policy["network"]) & network:
                found.add(policy.resource.urn)
        except NotKnown as reason:
            unknown = reason
    return found, unknown


def _network(stack: Stack, value: Value) -> frozenset[str]:
    """The network at `value`: by URN where it is of this plan, else by the end of its name."""
    found = stack.referred(value, _NETWORK)
    if found:
        return frozenset(one.urn for one in found)
    return frozenset({value.text("").rsplit("/", 1)[-1]})
