"""Listener: where the edge is reached, the address with HTTPS on 443 and a redirect to it on 80.

It decides about TLS and nothing else: what answers is the URL map's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pulumi
from pulumi_gcp import compute

from components.component import Component, Environment
from components.naming import Kind


class Listener(Component):
    """The public address, its proxies and forwarding rules."""

    family: ClassVar[str] = "network"

    address: pulumi.Output[str]
    """IPv4."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        url_map: pulumi.Input[str],
        certificate_map: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Nothing is reached before `open`."""
        super().__init__(name, env=env, opts=opts)
        # DNS outside points at it and a released address does not come back: guarded like data.
        self._reserved = compute.GlobalAddress(
            name,
            name=env.naming.name(Kind.COMPUTE, name),
            project=env.project,
            address_type="EXTERNAL",
            ip_version="IPV4",
            description="The system's public address.",
            labels=self.labels(),
            opts=self.guarded(depends_on=list(env.apis)),
        )
        self.address = self._reserved.address
        self._targets = {
            "443": (name, self._https(url_map, certificate_map)),
            "80": (f"{name}-redirect", self._redirect()),
        }

    def open(self, *, after: Sequence[pulumi.Resource]) -> None:
        """Makes the forwarding rules, after `after`: all that a client needs to be served.

        Being last, they are what a destroy meets first: where they are protected, nothing behind them goes.
        """
        for port, (purpose, target) in self._targets.items():
            compute.GlobalForwardingRule(
                purpose,
                name=self.env.naming.name(Kind.COMPUTE, purpose),
                project=self.env.project,
                description=f"Port {port}.",
                load_balancing_scheme="EXTERNAL_MANAGED",
                ip_protocol="TCP",
                ip_address=self._reserved.id,
                port_range=port,
                target=target,
                labels=self.labels(),
                opts=self.guarded(depends_on=list(after)),
            )
        self.register_outputs({"address": self.address})

    def _https(self, url_map: pulumi.Input[str], certificate_map: pulumi.Input[str]) -> pulumi.Output[str]:
        env = self.env
        physical = env.naming.name(Kind.COMPUTE, self.name)
        # https://cloud.google.com/load-balancing/docs/ssl-policies-concepts#features
        ssl_policy = compute.SSLPolicy(
            self.name,
            name=physical,
            project=env.project,
            description="TLS 1.2 and up, forward secrecy only.",
            profile="RESTRICTED",
            min_tls_version="TLS_1_2",
            opts=self.guarded(depends_on=list(env.apis)),
        )
        return compute.TargetHttpsProxy(
            self.name,
            name=physical,
            project=env.project,
            description="Ends TLS.",
            url_map=url_map,
            certificate_map=pulumi.Output.concat("//certificatemanager.googleapis.com/", certificate_map),
            ssl_policy=ssl_policy.id,
            opts=self.guarded(),
        ).id

    def _redirect(self) -> pulumi.Output[str]:
        """On a URL map of its own, which has no backend."""
        env = self.env
        purpose = f"{self.name}-redirect"
        physical = env.naming.name(Kind.COMPUTE, purpose)
        url_map = compute.URLMap(
            purpose,
            name=physical,
            project=env.project,
            description="HTTP to HTTPS.",
            default_url_redirect=compute.URLMapDefaultUrlRedirectArgs(
                https_redirect=True, strip_query=False, redirect_response_code="MOVED_PERMANENTLY_DEFAULT"
            ),
            opts=self.guarded(depends_on=list(env.apis)),
        )
        return compute.TargetHttpProxy(
            purpose,
            name=physical,
            project=env.project,
            description="Redirects to HTTPS.",
            url_map=url_map.id,
            opts=self.guarded(),
        ).id
