"""Firewall: nothing in, nothing out, but for what is allowed by name.

Two rules deny everything at the lowest priority. Egress is allowed by the workload's service account, one rule a
destination; ingress by subnet range, since Direct VPC egress knows neither tags nor service accounts in ingress
rules (https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#limitations). Rules are logged, but Google logs
none for Cloud Run's traffic (same page): NAT and flow logs record that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from typing import ClassVar

import pulumi
from pulumi_gcp import compute

from components.component import Component, Environment
from components.errors import ComponentError
from components.naming import Kind
from components.network.destination import Destination, Place
from components.network.ranges import require_disjoint
from components.network.subnets import Tier
from components.security.identity import Identity

# The last number before 65535, which Google's own implied rules have:
# https://cloud.google.com/firewall/docs/firewalls#default_firewall_rules
DENY_PRIORITY = 65534
ALLOW_PRIORITY = 1000
ANYWHERE = "0.0.0.0/0"


class Firewall(Component):
    """The rules of one VPC."""

    family: ClassVar[str] = "network"

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        vpc: pulumi.Input[str],
        tiers: Mapping[Tier, IPv4Network],
        places: Mapping[Place, IPv4Network],
        ready: Mapping[Place, Sequence[pulumi.Resource]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`places`: where each place but the internet lies. `ready`: what makes a place reachable; an allow to it
        waits for that, and so does the workload that waits for the allow."""
        super().__init__(name, env=env, opts=opts)
        self._vpc = vpc
        self._tiers = tiers
        self._places = places
        self._ready = ready
        self._deny("ingress", "Denies whatever comes in and is not allowed.", source_ranges=[ANYWHERE])
        self._deny("egress", "Denies whatever goes out and is not allowed.", destination_ranges=[ANYWHERE])
        self.register_outputs({})

    def _deny(
        self,
        direction: str,
        description: str,
        *,
        source_ranges: list[str] | None = None,
        destination_ranges: list[str] | None = None,
    ) -> None:
        purpose = f"{self.name}-deny-{direction}"
        compute.Firewall(
            purpose,
            name=self.env.naming.name(Kind.COMPUTE, purpose),
            project=self.env.project,
            network=self._vpc,
            description=description,
            direction=direction.upper(),
            priority=DENY_PRIORITY,
            denies=[compute.FirewallDenyArgs(protocol="all")],
            source_ranges=source_ranges,
            destination_ranges=destination_ranges,
            log_config=_logged(),
            opts=self.guarded(),
        )

    def allow_egress(
        self, name: str, identity: Identity, destination: Destination, *, opts: pulumi.ResourceOptions
    ) -> compute.Firewall:
        """Lets what runs as `identity` open connections to `destination`; `name` is the workload's.

        Raises ComponentError for a peered range that overlaps the network's own.
        """
        place = destination.place
        ready = self._ready.get(place, ()) if isinstance(place, Place) else ()
        purpose = f"{name}-to-{destination.purpose}"
        return compute.Firewall(
            purpose,
            name=self.env.naming.name(Kind.COMPUTE, purpose),
            project=self.env.project,
            network=self._vpc,
            description=f"{name} may call {destination.purpose}.",
            direction="EGRESS",
            priority=ALLOW_PRIORITY,
            allows=[compute.FirewallAllowArgs(protocol="tcp", ports=list(destination.ports))],
            destination_ranges=[self._range_of(destination)],
            target_service_accounts=[identity.email],
            log_config=_logged(),
            opts=pulumi.ResourceOptions.merge(
                opts,
                pulumi.ResourceOptions(depends_on=list(ready)),
            ),
        )

    def _range_of(self, destination: Destination) -> str:
        if destination.place is Place.INTERNET:
            return ANYWHERE
        if isinstance(destination.place, Place):
            return str(self._places[destination.place])
        require_disjoint(
            {
                **{f"the {tier.value} subnet": range_ for tier, range_ in self._tiers.items()},
                **{place.value: range_ for place, range_ in self._places.items() if place is not Place.DATA},
                f"the destination '{destination.purpose}'": IPv4Network(destination.place),
            }
        )
        return destination.place

    def allow_ingress(
        self,
        name: str,
        *,
        source: Tier,
        destination: Tier,
        ports: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> compute.Firewall:
        """Lets the `source` subnet open TCP connections to `ports` of the `destination` subnet.

        For what listens in a subnet (a model server, an internal load balancer's backends); Cloud Run services and
        the managed data stores need none. Raises ComponentError for a tier without a subnet, or no ports.
        """
        for tier in (source, destination):
            if tier not in self._tiers:
                raise ComponentError(
                    f"the ingress allow '{name}' names the {tier.value} tier",
                    why="the network has no subnet for it",
                    fix=f"give the network a range for Tier.{tier.name}",
                )
        if not ports:
            raise ComponentError(
                f"the ingress allow '{name}' names no ports",
                why="Google would take that for all of them",
                fix='name the ports that are listened on, e.g. ["8080"]',
            )
        purpose = f"{self.name}-{name}"
        return compute.Firewall(
            purpose,
            name=self.env.naming.name(Kind.COMPUTE, purpose),
            project=self.env.project,
            network=self._vpc,
            description=f"The {source.value} subnet may call the {destination.value} subnet.",
            direction="INGRESS",
            priority=ALLOW_PRIORITY,
            allows=[compute.FirewallAllowArgs(protocol="tcp", ports=list(ports))],
            source_ranges=[str(self._tiers[source])],
            destination_ranges=[str(self._tiers[destination])],
            log_config=_logged(),
            opts=pulumi.ResourceOptions.merge(self.child(), opts),
        )


def _logged() -> compute.FirewallLogConfigArgs:
    return compute.FirewallLogConfigArgs(metadata="INCLUDE_ALL_METADATA")
