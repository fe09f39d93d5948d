"""Subnets: one for each tier of the system, in one region.

Flow logs and Private Google Access are always on where Google has them. No subnet has IPv6, secondary ranges or an
external address. The global load balancer lives at Google's edge and needs no subnet: the proxy tier is for
regional or internal load balancers only and is made only when it is given a range.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from ipaddress import IPv4Network

import pulumi
from pulumi_gcp import compute

from components.component import Component
from components.errors import ComponentError
from components.naming import Kind
from components.network.ranges import private_range


class Tier(Enum):
    """What a subnet is for; the value is part of its name."""

    APP = "app"
    DATA = "data"
    ML = "ml"
    PROXY = "proxy"


REQUIRED = (Tier.APP, Tier.DATA)
"""Services need the one, Valkey's endpoints the other; the rest only where something lives there."""
WORKLOADS = (Tier.APP, Tier.ML)
"""The tiers that workloads run in: only they go out through NAT."""

RELEASED = "3h"
"""How long the deletion of a subnet that workloads ran in may take: Cloud Run lets go of its addresses one to two
hours after the last of them. https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#direct-vpc-ip-allocation"""

# Prefix length of the smallest subnet. Direct VPC egress wants a /26 (it takes addresses by sixteen, and twice as
# many as there are instances): https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#direct-vpc-ip-allocation
# Proxy-only too: https://cloud.google.com/load-balancing/docs/proxy-only-subnets
# Any subnet at all: https://cloud.google.com/vpc/docs/subnets
SMALLEST = {Tier.APP: 26, Tier.ML: 26, Tier.PROXY: 26, Tier.DATA: 29}


class Subnets(dict[Tier, compute.Subnetwork]):
    """The subnets by tier; a tier without one is a ComponentError rather than a KeyError."""

    def __missing__(self, tier: Tier) -> compute.Subnetwork:
        raise ComponentError(
            f"the network has no {tier.value} subnet",
            why="a subnet is made for each tier that is given a range",
            fix=f"give the network a range for Tier.{tier.name}",
        )


def checked_ranges(name: str, ranges: Mapping[Tier, str]) -> dict[Tier, IPv4Network]:
    """`ranges` as ranges that the tiers can have; ComponentError for a missing tier or an unfit range."""
    for tier in REQUIRED:
        if tier not in ranges:
            raise ComponentError(
                f"the network '{name}' has no range for its {tier.value} subnet",
                why="every system has services and private endpoints of data stores",
                fix=f'add e.g. {{Tier.{tier.name}: "10.0.1.0/24"}} to its ranges',
            )
    found = {}
    for tier, text in ranges.items():
        found[tier] = checked_range(f"the {tier.value} subnet", text, smallest=SMALLEST[tier])
    return found


def checked_range(what: str, text: str, *, smallest: int) -> IPv4Network:
    """`text` as the private range of `what`, at least a /`smallest`; ComponentError otherwise."""
    try:
        found = private_range(text)
    except ValueError as error:
        raise ComponentError(
            f"{what} has the range {text}",
            why=str(error),
            fix="give a private range in CIDR form, e.g. 10.0.1.0/24",
        ) from None
    if found.prefixlen > smallest:
        raise ComponentError(
            f"{what} has the range {text}, {found.num_addresses} addresses",
            why=f"Google needs at least a /{smallest} there",
            fix=f"give a /{smallest} or wider",
        )
    return found


def make_subnet(
    tier: Tier, range_: IPv4Network, *, owner: Component, vpc: pulumi.Input[str], flow_sampling: float
) -> compute.Subnetwork:
    """The subnet of `tier`."""
    env = owner.env
    proxy_only = tier is Tier.PROXY
    return compute.Subnetwork(
        f"{owner.name}-{tier.value}",
        name=env.naming.name(Kind.COMPUTE, f"{owner.name}-{tier.value}"),
        project=env.project,
        region=env.region,
        network=vpc,
        ip_cidr_range=str(range_),
        stack_type="IPV4_ONLY",
        description=f"Subnet of the {tier.value} tier.",
        purpose="REGIONAL_MANAGED_PROXY" if proxy_only else "PRIVATE",
        role="ACTIVE" if proxy_only else None,
        # A proxy-only subnet takes neither: https://cloud.google.com/load-balancing/docs/proxy-only-subnets
        private_ip_google_access=None if proxy_only else True,
        log_config=None if proxy_only else _flow_logs(flow_sampling),
        opts=owner.guarded(custom_timeouts=pulumi.CustomTimeouts(delete=RELEASED) if tier in WORKLOADS else None),
    )


def _flow_logs(sampling: float) -> compute.SubnetworkLogConfigArgs:
    # CIS Google Cloud 3.8 (v4): five seconds, all metadata.
    return compute.SubnetworkLogConfigArgs(
        aggregation_interval="INTERVAL_5_SEC", flow_sampling=sampling, metadata="INCLUDE_ALL_METADATA"
    )
