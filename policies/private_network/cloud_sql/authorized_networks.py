"""Which addresses of the internet an instance lets in: few, and none at all where it is private.

Ranges are added up first: two halves of the internet are the internet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.network.addresses import Addresses, addresses_at, union
from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, hosted
from analysis.value import NotKnown, Value
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, resource_policy

IPV4_BITS: Final = 32
IPV6_BITS: Final = 128


class AuthorizedNetworksSettings(Settings):
    """How much of the internet a public instance may let in."""

    widest_ipv4: int = Field(default=16, ge=1, le=IPV4_BITS)
    """All IPv4 ranges together have no more addresses than one of this prefix length."""
    widest_ipv6: int = Field(default=48, ge=1, le=IPV6_BITS)
    """The same for IPv6."""


@resource_policy(
    id="sql-authorized-networks",
    title="A Cloud SQL instance authorises no wide range of addresses, and none where it is private",
    severity=Severity.CRITICAL,
    why="""An authorised range is the only thing between a public instance and the internet; 0.0.0.0/0, or the same
    in pieces, lets everybody try passwords. On a private instance it does nothing until somebody switches the
    public address on, and then it is already there.""",
    fix="Use the `Postgres` component, which authorises no range: workloads come through the VPC.",
    fix_raw="Remove `settings.ipConfiguration.authorizedNetworks`, or keep a few narrow ranges.",
    rows=(49,),
    cis_4=("6.5",),
    cis_5=("6.5",),
    settings=AuthorizedNetworksSettings,
    types=[INSTANCE],
    elements=hosted,
)
def authorized_networks(
    instance: Value, stack: Stack, settings: AuthorizedNetworksSettings
) -> Iterator[Result | str]:
    configuration = instance.at("settings.ipConfiguration")
    networks = configuration["authorizedNetworks"]
    listed = list(networks.items())
    known: list[Addresses] = []
    for one in listed:
        try:
            known.append(addresses_at(one["value"]))
        except NotKnown as reason:
            yield Unseen(instance.resource, str(reason))
    together = union(known)
    for name, size, bits, prefix in (
        ("IPv4", together.v4.size, IPV4_BITS, settings.widest_ipv4),
        ("IPv6", together.v6.size, IPV6_BITS, settings.widest_ipv6),
    ):
        if size > 2 ** (bits - prefix):
            message = f"{networks.path} lets in {together.cidrs()}: more {name} addresses than a /{prefix} has"
            yield Problem(instance.resource, message, key=name)
    # The provider's default is true: https://www.pulumi.com/registry/packages/gcp/api-docs/sql/databaseinstance/
    if listed and not configuration["ipv4Enabled"].flag(True):
        yield f"{networks.path} is set on a private instance: it opens the day that ipv4Enabled becomes true"
