"""Nat: the one way out to the internet, from addresses that partners can put on their allow-lists.

Only the listed subnets go out, and only through the firewall's egress allows. It lets nothing in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi
from pulumi_gcp import compute

from components.component import Component, Environment
from components.errors import ComponentError
from components.naming import Kind
from components.observability.alert import AlertRouting, Urgency, alert

# https://cloud.google.com/nat/docs/ports-and-addresses
PORTS_AN_ADDRESS = 64512
FEWEST_PORTS, MOST_PORTS = 32, 65536
FULL_SHARE = 0.8
"""Of all ports, those allocated to instances: above it the next instances may get none."""


@dataclass(frozen=True, kw_only=True)
class NatSize:
    """Reserved addresses (count) and ports of each that one instance has at least and at most.

    An instance needs a port for each connection it holds to one destination address and port. Both counts must be
    powers of two from 32 to 65536 (https://cloud.google.com/nat/docs/ports-and-addresses#dynamic-port).
    """

    addresses: int = 1
    least_ports: int = 64
    most_ports: int = 4096

    def __post_init__(self) -> None:
        if self.addresses < 1:
            raise ComponentError(
                f"NAT with {self.addresses} addresses",
                why="without a reserved address Google would pick changing ones",
                fix="reserve at least one",
            )
        for ports in (self.least_ports, self.most_ports):
            if not FEWEST_PORTS <= ports <= MOST_PORTS or ports & (ports - 1):
                raise ComponentError(
                    f"NAT gives an instance {ports} ports",
                    why=f"dynamic allocation takes powers of two from {FEWEST_PORTS} to {MOST_PORTS}",
                    fix="choose e.g. 64 at least and 4096 at most",
                )
        if self.least_ports >= self.most_ports:
            raise ComponentError(
                f"NAT gives an instance {self.least_ports} ports at least and {self.most_ports} at most",
                why="Google wants the maximum above the minimum",
                fix="raise most_ports or lower least_ports",
            )

    @property
    def ports(self) -> int:
        """Ports of all addresses together."""
        return self.addresses * PORTS_AN_ADDRESS

    @property
    def instances(self) -> int:
        """Instances that can have their least ports at the same time."""
        return self.ports // self.least_ports


class Nat(Component):
    """A router, its NAT gateway, the reserved addresses and the route to the internet."""

    family: ClassVar[str] = "network"

    addresses: tuple[pulumi.Output[str], ...]
    """What the outside sees."""
    ready: tuple[pulumi.Resource, ...]
    """The gateway and the route: who goes out waits for them."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        vpc: pulumi.Input[str],
        subnets: Sequence[pulumi.Input[str]],
        size: NatSize,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, env=env, opts=opts)
        physical = env.naming.name(Kind.COMPUTE, name)
        # The VPC is made without default routes, so that this one shows in every plan.
        route = compute.Route(
            name,
            name=physical,
            project=env.project,
            network=vpc,
            dest_range="0.0.0.0/0",
            next_hop_gateway="default-internet-gateway",
            description="The way out, for NAT; the firewall denies whatever is not allowed.",
            opts=self.guarded(),
        )
        reserved = [self._address(number) for number in range(1, size.addresses + 1)]
        router = compute.Router(
            name,
            name=physical,
            project=env.project,
            region=env.region,
            network=vpc,
            description="Carries the NAT gateway.",
            opts=self.guarded(),
        )
        gateway = compute.RouterNat(
            name,
            name=physical,
            project=env.project,
            region=env.region,
            router=router.name,
            nat_ip_allocate_option="MANUAL_ONLY",
            nat_ips=[address.self_link for address in reserved],
            source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
            subnetworks=[
                compute.RouterNatSubnetworkArgs(name=subnet, source_ip_ranges_to_nats=["PRIMARY_IP_RANGE"])
                for subnet in subnets
            ],
            enable_endpoint_independent_mapping=False,
            enable_dynamic_port_allocation=True,
            min_ports_per_vm=size.least_ports,
            max_ports_per_vm=size.most_ports,
            # Flow logs do not name Cloud Run instances, so this is the record of who was called.
            log_config=compute.RouterNatLogConfigArgs(enable=True, filter="ALL"),
            opts=self.guarded(),
        )
        self.addresses = tuple(address.address for address in reserved)
        self.ready = (gateway, route)
        if alerts is not None:
            self._alerts(alerts, physical, size)
        self.register_outputs({"addresses": list(self.addresses)})

    def _address(self, number: int) -> compute.Address:
        purpose = f"{self.name}-{number}"
        # Partners have it on their allow-lists and a released address does not come back: guarded like data.
        return compute.Address(
            purpose,
            name=self.env.naming.name(Kind.COMPUTE, purpose),
            project=self.env.project,
            region=self.env.region,
            address_type="EXTERNAL",
            description="The system's address outside.",
            labels=self.labels(),
            opts=self.guarded(depends_on=list(self.env.apis)),
        )

    def _alerts(self, routing: AlertRouting, gateway: str, size: NatSize) -> None:
        # https://cloud.google.com/nat/docs/monitoring
        of = f'monitored_resource="nat_gateway",gateway_name="{gateway}"'
        dropped = f"increase(router_googleapis_com:nat_dropped_sent_packets_count{{{of}}}[5m])"
        alert(
            f"{self.name}-dropped",
            owner=self,
            routing=routing,
            title="NAT drops outgoing packets",
            query=f"sum by (reason) ({dropped}) > 0",
            duration_s=300,
            urgency=Urgency.PAGE,
            advice=(
                "Calls to outside services (speech, language models, LiveKit) fail.\n\n"
                "1. Reason `OUT_OF_RESOURCES`: an instance holds more connections to one destination than its "
                f"{size.most_ports} ports, or all {size.ports} ports are given out. Add a NAT address.\n"
                "2. Look for a client that opens a connection for each request instead of keeping it."
            ),
        )
        allocated = f"sum(router_googleapis_com:nat_allocated_ports{{{of}}})"
        limit = int(FULL_SHARE * size.ports)
        alert(
            f"{self.name}-ports",
            owner=self,
            routing=routing,
            title=f"NAT has given out {FULL_SHARE:.0%} of its ports",
            query=f"{allocated} > {limit}",
            duration_s=600,
            urgency=Urgency.NOTIFY,
            advice=(
                f"Of {size.ports} ports ({size.addresses} addresses) more than {limit} are given out. A new "
                f"instance gets at least {size.least_ports} or cannot go out.\n\n"
                "Add a NAT address in the profile, and tell the partners who have the addresses on a list."
            ),
        )
