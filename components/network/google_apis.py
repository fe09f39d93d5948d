"""GoogleApis: one private address in the VPC behind which all of Google's APIs answer.

A Private Service Connect endpoint and the private DNS zones that send `*.googleapis.com` and `*.run.app` there, so
neither an API call nor a call from one Cloud Run service to another leaves the VPC. Regional endpoints
(`*.rep.googleapis.com`) are not behind it.
https://cloud.google.com/vpc/docs/about-accessing-google-apis-endpoints
"""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import ClassVar

import pulumi
from pulumi_gcp import compute, dns

from components.component import Component, Environment
from components.naming import Kind

DOMAINS = ("googleapis.com", "run.app")
"""What workloads call. Images (`pkg.dev`) are pulled by Cloud Run itself, outside the VPC."""
TTL_S = 300


class GoogleApis(Component):
    """The endpoint and its names."""

    family: ClassVar[str] = "network"

    address: IPv4Address
    ready: tuple[pulumi.Resource, ...]
    """The endpoint and its names: who calls an API waits for them."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        vpc: pulumi.Input[str],
        address: IPv4Address,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, env=env, opts=opts)
        self.address = address
        reserved = compute.GlobalAddress(
            name,
            name=env.naming.name(Kind.COMPUTE, name),
            project=env.project,
            network=vpc,
            purpose="PRIVATE_SERVICE_CONNECT",
            address_type="INTERNAL",
            address=str(address),
            description="Where Google's APIs answer inside the VPC.",
            labels=self.labels(),
            opts=self.guarded(),
        )
        endpoint = compute.GlobalForwardingRule(
            name,
            name=env.naming.endpoint("apis"),
            project=env.project,
            network=vpc,
            ip_address=reserved.id,
            target="all-apis",
            # An endpoint is no load balancer: the empty string keeps the provider from making it one.
            load_balancing_scheme="",
            labels=self.labels(),
            opts=self.guarded(),
        )
        self.ready = (endpoint, *(self._names(domain, vpc) for domain in DOMAINS))
        self.register_outputs({"address": str(address)})

    def _names(self, domain: str, vpc: pulumi.Input[str]) -> dns.RecordSet:
        purpose = f"{self.name}-{domain.replace('.', '-')}"
        zone = dns.ManagedZone(
            purpose,
            name=self.env.naming.name(Kind.DNS_ZONE, purpose),
            project=self.env.project,
            dns_name=f"{domain}.",
            visibility="private",
            private_visibility_config=dns.ManagedZonePrivateVisibilityConfigArgs(
                networks=[dns.ManagedZonePrivateVisibilityConfigNetworkArgs(network_url=vpc)]
            ),
            description=f"{domain} at the private endpoint.",
            labels=self.labels(),
            opts=self.guarded(),
        )
        return dns.RecordSet(
            purpose,
            project=self.env.project,
            managed_zone=zone.name,
            name=f"*.{domain}.",
            type="A",
            ttl=TTL_S,
            rrdatas=[str(self.address)],
            opts=self.guarded(),
        )
