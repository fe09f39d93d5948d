"""PrivateServices: the private ways to the data stores that Google runs.

Cloud SQL by private services access (a peering with a range lent to Google), Valkey by Private Service Connect (a
policy under which Google makes endpoints in the data subnet). It makes no data store.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import ClassVar

import pulumi
from pulumi_gcp import compute, networkconnectivity, servicenetworking

from components.component import Component, Environment
from components.naming import Kind


class PrivateServices(Component):
    """The range lent to Google, the peering, and the connection policy for Valkey."""

    family: ClassVar[str] = "network"

    connection: servicenetworking.Connection
    """Cloud SQL instances wait for it."""
    connection_policy: networkconnectivity.ServiceConnectionPolicy
    """Valkey instances wait for it."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        vpc: pulumi.Input[str],
        range_: IPv4Network,
        endpoints_subnet: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`range_`: the range lent to Google; Cloud SQL takes it by /24.
        https://cloud.google.com/vpc/docs/configure-private-services-access
        """
        super().__init__(name, env=env, opts=opts)
        lent = compute.GlobalAddress(
            name,
            name=env.naming.name(Kind.COMPUTE, name),
            project=env.project,
            network=vpc,
            purpose="VPC_PEERING",
            address_type="INTERNAL",
            address=str(range_.network_address),
            prefix_length=range_.prefixlen,
            description="Lent to Google for services with private addresses, such as Cloud SQL.",
            labels=self.labels(),
            opts=self.guarded(),
        )
        self.connection = servicenetworking.Connection(
            name,
            network=vpc,
            service="servicenetworking.googleapis.com",
            reserved_peering_ranges=[lent.name],
            # Google refuses to delete the peering while a deleted instance lingers (days): a destroy would hang.
            deletion_policy="ABANDON",
            opts=self.guarded(),
        )
        self.connection_policy = networkconnectivity.ServiceConnectionPolicy(
            name,
            name=env.naming.name(Kind.COMPUTE, f"{name}-valkey"),
            project=env.project,
            location=env.region,
            network=vpc,
            service_class="gcp-memorystore",
            description="Lets Memorystore make endpoints in the data subnet.",
            psc_config=networkconnectivity.ServiceConnectionPolicyPscConfigArgs(subnetworks=[endpoints_subnet]),
            labels=self.labels(),
            opts=self.guarded(),
        )
        self.register_outputs({"range": str(range_)})
