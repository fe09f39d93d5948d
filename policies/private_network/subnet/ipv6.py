"""No subnet gives its machines addresses on the internet."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy
from policies.private_network.subnet.purposes import SUBNET, has_ipv6


@resource_policy(
    id="subnet-no-external-ipv6",
    title="A subnet gives no public IPv6 addresses",
    severity=Severity.HIGH,
    why="""External IPv6 gives every machine of the subnet an address that the whole internet can reach and that
    goes out without NAT. Rules written for IPv4 do not hold for it.""",
    fix="Use the `Network` component: its subnets have IPv4 only.",
    fix_raw="Set `ipv6AccessType` to INTERNAL, or `stackType` to IPV4_ONLY; leave out `externalIpv6Prefix`.",
    rows=(8,),
    types=[SUBNET],
)
def no_external_ipv6(subnet: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # With IPv6 the API wants the type said; without IPv6 it means nothing.
    # https://cloud.google.com/compute/docs/reference/rest/v1/subnetworks
    if not has_ipv6(subnet):
        return
    access = subnet["ipv6AccessType"]
    if access.text("") == "EXTERNAL":
        yield f"{access.path} is EXTERNAL: every machine of the subnet gets an address on the internet"
    elif subnet["externalIpv6Prefix"].present:
        yield "externalIpv6Prefix is set: the subnet has addresses on the internet"
