"""The way out is there for named subnets only, keeps strangers out and leaves a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

_NAT: Final = "gcp:compute/routerNat:RouterNat"


@resource_policy(
    id="nat-logs",
    title="A NAT gateway logs the connections that it makes",
    severity=Severity.MEDIUM,
    why="""The gateway is where data leaves for the internet, and for Cloud Run its log is the only record of who
    called whom. Without it nobody can say afterwards where the data went.""",
    fix="Use the `Network` component: its gateway logs everything.",
    fix_raw="Set `logConfig.enable` to true and `logConfig.filter` to ALL.",
    rows=(24,),
    types=[_NAT],
)
def logs(nat: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # Off by default: https://cloud.google.com/compute/docs/reference/rest/v1/routers (nats[].logConfig)
    enabled = nat["logConfig"]["enable"]
    if not enabled.flag(False):
        said = "is false" if enabled.present else "is left out, which means false"
        yield f"{enabled.path} {said}: nobody can tell who was called"
        return
    chosen = nat["logConfig"]["filter"]
    if chosen.text("ALL") == "ERRORS_ONLY":
        yield f"{chosen.path} is ERRORS_ONLY: only what failed is logged, not where data went"


@resource_policy(
    id="nat-named-subnets",
    title="A NAT gateway serves the subnets that it names",
    severity=Severity.MEDIUM,
    why="""A gateway for all subnets is a way to the internet for those of data stores too, and for each subnet
    that somebody makes later.""",
    fix="Use the `Network` component: its gateway serves the subnets that workloads run in.",
    fix_raw="Set `sourceSubnetworkIpRangesToNat` to LIST_OF_SUBNETWORKS and list them in `subnetworks`.",
    rows=(24,),
    types=[_NAT],
)
def named_subnets(nat: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    for key, only in (
        ("sourceSubnetworkIpRangesToNat", "LIST_OF_SUBNETWORKS"),
        ("sourceSubnetworkIpRangesToNat64", "LIST_OF_IPV6_SUBNETWORKS"),
    ):
        chosen = nat[key]
        if chosen.text(only) != only:
            yield f"{chosen.path} is {chosen.text()}: every subnet, each later one too, can call the internet"


@resource_policy(
    id="nat-no-endpoint-independent-mapping",
    title="A NAT gateway maps each connection by its destination",
    severity=Severity.LOW,
    why="""With endpoint-independent mapping, what one destination was called from is the same for all: outsiders
    can learn the mapping and use it for hole punching, and far fewer connections fit on an address.""",
    fix="Use the `Network` component: its gateway has it off.",
    fix_raw="Set `enableEndpointIndependentMapping` to false.",
    rows=(24,),
    types=[_NAT],
)
def no_endpoint_independent_mapping(nat: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # Off by default since 2023: https://cloud.google.com/nat/docs/public-nat#specs-rfcs
    mapping = nat["enableEndpointIndependentMapping"]
    if mapping.flag(False):
        yield f"{mapping.path} is true: one mapping serves every destination, and outsiders can use it"
