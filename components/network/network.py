"""Network: a system's VPC, with its subnets, its ways out, its private ways to Google and its firewall.

It starts closed: no default routes, nothing in, nothing out. What a workload may call follows from its uses
(`allow_egress`). It holds no workload, and the public edge is elsewhere (`Edge`): the global load balancer reaches
Cloud Run at Google's edge, not through the VPC, so there is no public subnet to guard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network
from typing import ClassVar

import pulumi
from pulumi_gcp import compute, dns, networkconnectivity, servicenetworking

from components.component import Component, Environment
from components.errors import ComponentError
from components.naming import Kind
from components.network.destination import GOOGLE_APIS, Destination, Place
from components.network.firewall import Firewall
from components.network.google_apis import GoogleApis
from components.network.nat import Nat, NatSize
from components.network.private_services import PrivateServices
from components.network.ranges import private_address, require_disjoint
from components.network.subnets import WORKLOADS, Subnets, Tier, checked_range, checked_ranges, make_subnet
from components.observability.alert import AlertRouting
from components.security.identity import Identity

SMALLEST_SERVICES = 24
"""Prefix length: what one Cloud SQL instance in one region takes.
https://cloud.google.com/sql/docs/postgres/configure-private-services-access"""


class Network(Component):
    """A custom-mode VPC in one region."""

    family: ClassVar[str] = "network"

    vpc: compute.Network
    subnets: Subnets
    ranges: Mapping[Tier, IPv4Network]
    private_services: servicenetworking.Connection
    """Cloud SQL instances wait for it."""
    connection_policy: networkconnectivity.ServiceConnectionPolicy
    """Valkey instances wait for it."""
    firewall: Firewall
    nat_addresses: tuple[pulumi.Output[str], ...]
    """What outside services see; for their allow-lists."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        ranges: Mapping[Tier, str],
        private_services_range: str,
        google_apis_address: str = "10.255.255.254",
        nat: NatSize | None = None,
        flow_sampling: float = 1.0,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`ranges`: a private range for each tier (APP and DATA at least). `private_services_range`: lent to
        Google for Cloud SQL, a /24 or wider. `google_apis_address`: one private address outside all of them.
        `flow_sampling`: share of the flows that is logged, above 0 and up to 1.

        Raises ComponentError for a missing tier, and for ranges that are malformed, public, too small or overlap.
        """
        tiers = checked_ranges(name, ranges)
        lent = checked_range("the private-services range", private_services_range, smallest=SMALLEST_SERVICES)
        try:
            apis_address = private_address(google_apis_address)
        except ValueError as error:
            raise ComponentError(
                f"the address of Google's APIs is {google_apis_address}",
                why=str(error),
                fix="give one private address that no range of the network holds",
            ) from None
        require_disjoint(
            {
                **{f"the {tier.value} subnet": range_ for tier, range_ in tiers.items()},
                "the private-services range": lent,
                "the address of Google's APIs": IPv4Network(apis_address),
            }
        )
        if not 0 < flow_sampling <= 1:
            raise ComponentError(
                f"the network '{name}' logs {flow_sampling} of its flows",
                why="the share must be above 0 (flow logs are always on) and at most 1",
                fix="choose e.g. 0.5, or leave it at 1.0",
            )
        super().__init__(name, env=env, opts=opts)
        self.vpc = compute.Network(
            name,
            name=env.naming.name(Kind.COMPUTE, name),
            project=env.project,
            description="The system's network.",
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            # `Nat` makes the one route out, where a plan shows it.
            delete_default_routes_on_create=True,
            opts=self.guarded(depends_on=list(env.apis)),
        )
        self.ranges = tiers
        self.subnets = Subnets(
            {
                tier: make_subnet(tier, range_, owner=self, vpc=self.vpc.id, flow_sampling=flow_sampling)
                for tier, range_ in tiers.items()
            }
        )
        services = PrivateServices(
            f"{name}-services",
            env=env,
            vpc=self.vpc.id,
            range_=lent,
            endpoints_subnet=self.subnets[Tier.DATA].id,
            opts=self.child(),
        )
        self.private_services = services.connection
        self.connection_policy = services.connection_policy
        apis = GoogleApis(f"{name}-apis", env=env, vpc=self.vpc.id, address=apis_address, opts=self.child())
        gateway = Nat(
            f"{name}-nat",
            env=env,
            vpc=self.vpc.id,
            subnets=[self.subnets[tier].id for tier in WORKLOADS if tier in tiers],
            size=nat or NatSize(),
            alerts=alerts,
            opts=self.child(),
        )
        self.nat_addresses = gateway.addresses
        self.firewall = Firewall(
            name,
            env=env,
            vpc=self.vpc.id,
            tiers=tiers,
            places={
                Place.GOOGLE_APIS: IPv4Network(apis_address),
                Place.PRIVATE_SERVICES: lent,
                Place.DATA: tiers[Tier.DATA],
            },
            ready={Place.GOOGLE_APIS: apis.ready, Place.INTERNET: gateway.ready},
            opts=self.child(),
        )
        # Queries are logged: a name that is looked up is the first trace of data going somewhere.
        dns.Policy(
            name,
            name=env.naming.name(Kind.COMPUTE, f"{name}-dns"),
            project=env.project,
            description="Logs the queries.",
            enable_logging=True,
            enable_inbound_forwarding=False,
            networks=[dns.PolicyNetworkArgs(network_url=self.vpc.id)],
            opts=self.child(),
        )
        self.register_outputs({"vpc": self.vpc.id, "natAddresses": list(self.nat_addresses)})

    def allow_egress(
        self,
        name: str,
        identity: Identity,
        *,
        needs: Iterable[Destination | None] = (),
        opts: pulumi.ResourceOptions,
    ) -> list[pulumi.Resource]:
        """Lets what runs as `identity` call Google's APIs and what its uses need; the rules made, to wait for.

        `name` is the workload's, `opts` holds its parent. A need of None (an access by API only) adds nothing, and
        two equal needs are one rule. Raises ComponentError for two destinations with one purpose.
        """
        wanted: dict[str, Destination] = {}
        for need in (GOOGLE_APIS, *needs):
            if need is None:
                continue
            if wanted.setdefault(need.purpose, need) != need:
                raise ComponentError(
                    f"'{name}' needs two destinations called '{need.purpose}'",
                    why="their firewall rules would have one name",
                    fix="give one of them another purpose",
                )
        return [
            self.firewall.allow_egress(name, identity, destination, opts=opts) for destination in wanted.values()
        ]
