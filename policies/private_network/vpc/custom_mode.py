"""A network has the subnets that somebody planned."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy
from policies.private_network.networks import NETWORK


@resource_policy(
    id="network-custom-mode",
    title="A network has only the subnets that are made for it",
    severity=Severity.HIGH,
    why="""In auto mode Google makes a subnet in every region, now and in each region to come, all from
    10.128.0.0/9: ranges that nobody chose, that overlap with every other such network, and without flow logs.""",
    fix="Use the `Network` component and give it `ranges`: it makes those subnets and no others.",
    fix_raw="Set `autoCreateSubnetworks` to false and make each `Subnetwork` yourself.",
    rows=(1, 3),
    cis_4=("3.2",),
    cis_5=("3.2",),
    types=[NETWORK],
)
def custom_mode(network: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # The provider no longer knows the property of a legacy network, a state that an older one wrote still may.
    legacy = network["ipv4Range"]
    if legacy.present:
        yield f"{legacy.path} makes this a legacy network: one range for all, without subnets or private access"
        return
    # The provider's default is true: https://www.pulumi.com/registry/packages/gcp/api-docs/compute/network/
    automatic = network["autoCreateSubnetworks"]
    if automatic.flag(True):
        said = "is true" if automatic.present else "is left out, which means true"
        yield f"{automatic.path} {said}: Google makes a subnet in every region"
