"""The ranges of a network: private, no wider than a system needs, and none twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from pydantic import Field

from analysis.network.addresses import PRIVATE, Addresses, addresses_at
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from plan.plan import Resource
from policies.engine.policy import (
    Looked,
    Problem,
    Result,
    Settings,
    Severity,
    Unseen,
    resource_policy,
    stack_policy,
)
from policies.private_network.networks import network_at
from policies.private_network.subnet.purposes import SUBNET

_ADDRESS: Final = "gcp:compute/globalAddress:GlobalAddress"
# Google takes these for subnets too; nothing routes them on the internet.
# https://cloud.google.com/vpc/docs/subnets#valid-ranges
_PRIVATE_USE: Final = PRIVATE | Addresses.of("240.0.0.0/4")


class RangeSettings(Settings):
    """How wide a range may be."""

    widest: int = Field(
        default=16, ge=8, le=29, description="The shortest prefix that a subnet may have; 16 means up to a /16."
    )
    widest_secondary: int = Field(
        default=14, ge=8, le=29, description="The same for secondary ranges, out of which a cluster's pods live."
    )


def _ranges(subnet: Value) -> Iterator[Value]:
    yield subnet["ipCidrRange"]
    for secondary in subnet["secondaryIpRanges"].items():
        yield secondary["ipCidrRange"]


@resource_policy(
    id="subnet-private-range",
    title="A subnet has a private range that is no wider than a system needs",
    severity=Severity.MEDIUM,
    why="""A subnet of public addresses hides whoever owns them on the internet, and rules that trust private
    ranges do not know it. One that takes half of 10.0.0.0/8 collides with the next network that is to be peered,
    and makes every rule that names it a rule for anybody.""",
    fix="Give the `Network` component private `ranges`, a /16 at most.",
    fix_raw="""Set `ipCidrRange` to a part of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10, up to a
    /16.""",
    rows=(9,),
    types=[SUBNET],
    elements=_ranges,
    settings=RangeSettings,
)
def private_range(value: Value, stack: Stack, settings: RangeSettings) -> Iterator[str]:
    found = addresses_at(value).v4
    if not found:
        return
    if not _PRIVATE_USE.v4.covers(found):
        yield f"{value.path} is {value.text()}, which is not private"
    widest = settings.widest_secondary if value.path.startswith("secondary") else settings.widest
    if found.size > 2 ** (32 - widest):
        yield f"{value.path} is {value.text()}: {found.size:,} addresses, wider than a /{widest}"


class _Range(NamedTuple):
    first: int
    last: int
    path: str
    resource: Resource


@stack_policy(
    id="network-ranges-disjoint",
    title="No two ranges of a network overlap",
    severity=Severity.MEDIUM,
    why="""Google refuses the second of two ranges that overlap, in the middle of an update that a preview called
    fine; and a range lent to Google that overlaps makes a database unreachable.""",
    fix="Give the `Network` component ranges that do not overlap: it refuses others before anything is made.",
    fix_raw="Choose subnets, secondary ranges and reserved internal addresses of one network that do not meet.",
    rows=(9, 25),
)
def disjoint(stack: Stack, settings: Settings) -> Iterator[Result]:
    by_network: dict[str, list[_Range]] = defaultdict(list)
    for value in stack.of_type(SUBNET, _ADDRESS):
        yield Looked(value.resource)
        try:
            network = network_at(value["network"], stack)
            listed = _ranges(value) if value.resource.type == SUBNET else _reserved(value)
            for one in listed:
                for first, last in addresses_at(one).v4 if network else ():
                    by_network[network].append(_Range(first, last, one.path, value.resource))
        except NotKnown as reason:
            yield Unseen(value.resource, str(reason))
    for ranges in by_network.values():
        yield from _overlaps(ranges)


def _reserved(address: Value) -> Iterator[Value]:
    """The range of an address that is reserved inside a network; Google chooses one where none is named."""
    if address["addressType"].text("EXTERNAL") != "INTERNAL":
        return
    first = address["address"]
    text = first.text("")
    prefix = address["prefixLength"].text("")
    if text:
        yield Value(address.resource, f"{text}/{prefix}" if prefix else text, first.path)


def _overlaps(ranges: list[_Range]) -> Iterator[Problem]:
    ranges.sort(key=lambda one: (one.first, one.last, one.resource.urn, one.path))
    furthest: _Range | None = None
    for one in ranges:
        if furthest is not None and one.first <= furthest.last:
            other = f"'{furthest.resource.name}' ({furthest.path})"
            yield Problem(
                one.resource,
                f"{one.path} meets the range of {other}: Google refuses it, or traffic goes astray",
                key=f"{one.path} {furthest.resource.urn} {furthest.path}",
            )
        if furthest is None or one.last > furthest.last:
            furthest = one
