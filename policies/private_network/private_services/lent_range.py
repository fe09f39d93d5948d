"""What is lent to Google for managed services is a private range of a fitting size, reserved for that alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pydantic import Field

from analysis.network.addresses import PRIVATE, addresses_at
from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Result, Settings, Severity, each, stack_policy

_ADDRESS: Final = "gcp:compute/globalAddress:GlobalAddress"
_CONNECTION: Final = "gcp:servicenetworking/connection:Connection"


class LentSettings(Settings):
    """How large the range is."""

    widest: int = Field(default=16, ge=8, le=24, description="The shortest prefix of a range lent to Google.")
    narrowest: int = Field(
        default=24, ge=16, le=29, description="The longest; Cloud SQL takes a /24 for each region it is in."
    )


@stack_policy(
    id="private-services-range",
    title="The range lent to Google's managed services is private, internal and of a fitting size",
    severity=Severity.MEDIUM,
    why="""Databases get their addresses from this range, and the whole network can reach it. Too wide, it
    collides with networks that are to be peered and makes rules that name it rules for anybody; too narrow, the
    next instance cannot be made; and without the reservation for it the peering fails.""",
    fix="Give the `Network` component a private `private_services_range`, from a /24 to a /16.",
    fix_raw="""Make a `GlobalAddress` with `purpose` VPC_PEERING, `addressType` INTERNAL, `address` and
    `prefixLength` (16 to 24), and name it in the `Connection`'s `reservedPeeringRanges`.""",
    rows=(25,),
    settings=LentSettings,
)
def lent_range(stack: Stack, settings: LentSettings) -> Iterator[Result]:
    def fits(address: Value) -> Iterable[str]:
        return _fits(address, settings)

    def lends(connection: Value) -> Iterable[str]:
        return _lends(connection, stack)

    yield from each(stack.of_type(_ADDRESS), fits)
    yield from each(stack.of_type(_CONNECTION), lends)


def _fits(address: Value, settings: LentSettings) -> Iterator[str]:
    if address["purpose"].text("") != "VPC_PEERING":
        return
    # EXTERNAL is the default, and no prefix means one address:
    # https://www.pulumi.com/registry/packages/gcp/api-docs/compute/globaladdress/
    kind = address["addressType"]
    if kind.text("EXTERNAL") != "INTERNAL":
        said = "is EXTERNAL" if kind.present else "is left out, which means EXTERNAL"
        yield f"{kind.path} {said}: a public address cannot be lent to a private service"
    prefix = address["prefixLength"]
    length = prefix.number(32)
    if not settings.widest <= length <= settings.narrowest:
        said = f"is {length:g}" if prefix.present else "is left out, which means a single address"
        yield f"{prefix.path} {said}: it must be from {settings.widest} to {settings.narrowest}"
    first = address["address"]
    if not PRIVATE.covers(addresses_at(first)):
        yield f"{first.path} is {first.text()}, which is not private"


def _lends(connection: Value, stack: Stack) -> Iterator[str]:
    ranges = connection["reservedPeeringRanges"]
    listed = list(ranges.items())
    if not listed:
        yield f"{ranges.path} is empty: no range is lent, so no managed service gets a private address"
    for one in listed:
        for address in stack.referred(one, _ADDRESS):
            purpose = Value.of(address)["purpose"]
            if purpose.text("") != "VPC_PEERING":
                yield f"{one.path} names '{address.name}', whose purpose is not VPC_PEERING: it is not lent"
