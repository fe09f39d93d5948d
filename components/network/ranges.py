"""Address ranges: what a range must be to have a place in the network, and that no two of them overlap.

Only arithmetic: it knows nothing of subnets, reserves nothing and asks no cloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, ip_network
from itertools import combinations

from components.errors import ComponentError

# RFC 1918 and RFC 6598: https://cloud.google.com/vpc/docs/subnets#valid-ranges
PRIVATE = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))

# Cloud SQL keeps it for its own bridge and cannot answer to it:
# https://cloud.google.com/sql/docs/postgres/private-ip
DOCKER_BRIDGE = IPv4Network("172.17.0.0/16")

WIDEST = 16
"""Prefix length: a wider range is a plan for a company, not for one system."""
WIDEST_PUBLIC = 20
"""Prefix length: an allow-list of more than 4096 public addresses guards nothing."""


def private_range(text: str) -> IPv4Network:
    """`text` as a private range of at most a /16; ValueError, in one line, if it is anything else."""
    found = _ipv4(text)
    if not any(found.subnet_of(range_) for range_ in PRIVATE):
        allowed = ", ".join(map(str, PRIVATE))
        raise ValueError(f"{text} is not private; it must lie in one of {allowed}")
    if found.prefixlen < WIDEST:
        raise ValueError(f"{text} is wider than a /{WIDEST}")
    if found.overlaps(DOCKER_BRIDGE):
        raise ValueError(f"{text} overlaps {DOCKER_BRIDGE}, which Cloud SQL keeps for itself")
    return found


def public_range(text: str) -> IPv4Network:
    """`text` as a public range of at most a /20; ValueError, in one line, if it is anything else."""
    found = _ipv4(text)
    if found.prefixlen < WIDEST_PUBLIC:
        raise ValueError(f"{text} is wider than a /{WIDEST_PUBLIC}: it would let in nearly anybody")
    if any(found.overlaps(range_) for range_ in PRIVATE) or found.is_loopback or found.is_link_local:
        raise ValueError(f"{text} is not a range of the public internet")
    return found


def private_address(text: str) -> IPv4Address:
    """`text` as one private address; ValueError, in one line, if it is anything else."""
    if "/" in text:
        raise ValueError(f"{text} is a range; one address is wanted")
    return private_range(text).network_address


def require_disjoint(ranges: Mapping[str, IPv4Network]) -> None:
    """ComponentError that names both ranges if any two of `ranges` (what for, to range) overlap."""
    for (one, first), (other, second) in combinations(ranges.items(), 2):
        if first.overlaps(second):
            raise ComponentError(
                f"{one} {first} and {other} {second} overlap",
                why="an address would have two places, and Google refuses the second",
                fix=f"choose a range for {other} that does not meet {first}",
            )


def _ipv4(text: str) -> IPv4Network:
    try:
        found = ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"{text} is not an address range such as 10.0.1.0/24") from None
    if not isinstance(found, IPv4Network):
        raise ValueError(f"{text} is IPv6; the network is IPv4 only")
    if "/" in text and str(found) != text:
        raise ValueError(f"{text} does not begin at a network's address; {found} does")
    return found
