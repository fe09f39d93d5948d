"""A Memorystore for Redis instance is in the stack's own network, by private services access."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.stores.caches import REDIS
from analysis.value import Value
from policies.engine.policy import Result, Settings, Severity, each, resource_policy

NETWORK: Final = "gcp:compute/network:Network"


@resource_policy(
    id="redis-private-network",
    title="A Redis instance is in a named network, by private services access",
    severity=Severity.MEDIUM,
    why="""Left out, the network is `default`, whose firewall lets every machine of the project in. A direct
    peering takes addresses that nobody planned and that collide with others as the network grows.""",
    fix="Use the `Valkey` component, which is reached by Private Service Connect in the stack's `network`.",
    fix_raw="Set `authorizedNetwork` to the VPC and `connectMode` to PRIVATE_SERVICE_ACCESS.",
    rows=(77,),
    types=[REDIS],
)
def redis_network(instance: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    # Both defaults: https://www.pulumi.com/registry/packages/gcp/api-docs/redis/instance/
    def peered(mode: Value) -> Iterator[str]:
        said = mode.text()
        if said != "PRIVATE_SERVICE_ACCESS":
            told = "is left out, which means DIRECT_PEERING" if said is None else f"is {said[:40]}"
            yield f"{mode.path} {told}: the instance takes addresses outside the range for Google's services"

    def unnamed(network: Value) -> Iterator[str]:
        if not stack.is_given(network, NETWORK):
            yield f"{network.path} is left out: the instance is in the network `default`"

    yield from each((instance["connectMode"],), peered)
    yield from each((instance["authorizedNetwork"],), unnamed)
