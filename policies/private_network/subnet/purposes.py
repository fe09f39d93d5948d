"""Which subnets workloads live in."""

from __future__ import annotations

from typing import Final

from analysis.value import Value

SUBNET: Final = "gcp:compute/subnetwork:Subnetwork"
# What Google's own proxies and translators use. They have neither flow logs nor Private Google Access:
# https://cloud.google.com/load-balancing/docs/proxy-only-subnets,
# https://cloud.google.com/vpc/docs/about-vpc-hosted-services#psc-subnets
_GOOGLES: Final = frozenset(
    {
        "REGIONAL_MANAGED_PROXY",
        "GLOBAL_MANAGED_PROXY",
        "INTERNAL_HTTPS_LOAD_BALANCER",
        "PRIVATE_SERVICE_CONNECT",
        "PRIVATE_NAT",
        "PEER_MIGRATION",
    }
)


def holds_workloads(subnet: Value) -> bool:
    """Whether machines or services can have addresses in a subnet; NotKnown where its purpose is not known."""
    return subnet["purpose"].text("PRIVATE") not in _GOOGLES


def has_ipv6(subnet: Value) -> bool:
    """Whether a subnet has IPv6 addresses; IPV4_ONLY is the API's default."""
    return subnet["stackType"].text("IPV4_ONLY") in ("IPV4_IPV6", "IPV6_ONLY")
