"""Edge: the system's one public entrance, a global external application load balancer.

One address, a certificate for each host, TLS 1.2 and up, plain HTTP only as a redirect, each path to one Cloud Run
service behind Cloud Armor. A host that no route names reaches no backend: its client gets no certificate, and a
forged Host header a redirect to the front page. It holds no service and lies outside the VPC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import pulumi
from pulumi_gcp import compute, dns

from components.component import Component, Environment
from components.errors import ComponentError
from components.naming import Kind
from components.network.armor import ArmorPolicy, ArmorTier
from components.network.backend import Backend
from components.network.certificate import TTL_S, Certificate
from components.network.listener import Listener
from components.network.route import (
    Canary,
    Route,
    checked_host,
    elsewhere,
    matcher_name,
    needs_iap,
    path_matcher,
    routes_by_host,
)
from components.network.waf import Attack, RateLimit, Tuning
from components.observability.alert import AlertRouting, Urgency, alert
from components.security.service_agents import Agent

__all__ = ["ArmorTier", "Edge"]

ERROR_SHARE = 0.05
"""Of all answers, those of class 5xx."""


class Edge(Component):
    """The load balancer with its certificate, its policies and a backend for each route."""

    family: ClassVar[str] = "network"

    address: pulumi.Output[str]
    """The public IPv4 address that the hosts must point to."""
    url: str
    hosts: tuple[str, ...]
    records: pulumi.Output[list[dict[str, str]]]
    """What DNS must hold (name, type, data); made here if `dns_zone` was given."""
    backends: Mapping[str, Backend]
    """By the route's name."""
    policy: ArmorPolicy

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        domain: str,
        routes: Sequence[Route],
        armor_tier: ArmorTier = ArmorTier.STANDARD,
        tuning: Mapping[Attack, Tuning] | None = None,
        limit: RateLimit | None = None,
        load_test_ranges: Sequence[str] = (),
        canary: Canary | None = None,
        dns_zone: pulumi.Input[str] | None = None,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`domain`: the host that routes have by default. `tuning`, `limit`, `load_test_ranges`: see
        `ArmorPolicy`. `dns_zone`: the name of the Cloud DNS zone in this project that holds all the hosts.

        Raises ComponentError for hosts, paths or names that are malformed, claimed twice or lead nowhere, and for
        people to admit where the project's baseline makes no agent for Identity-Aware Proxy (see `needs_iap`).
        """
        checked_host(f"the edge '{name}'", domain)
        by_host = routes_by_host(routes, domain=domain)
        tried = _tried(canary, routes, by_host, domain=domain)
        _require_iap(env, routes, canary)
        super().__init__(name, env=env, opts=opts)
        self.url = f"https://{domain}"
        canary_host = f"canary.{domain}"
        self.hosts = (*by_host, *([canary_host] if canary else []))
        self.policy = ArmorPolicy(
            name,
            env=env,
            tier=armor_tier,
            tuning=tuning,
            limit=limit,
            load_test_ranges=load_test_ranges,
            alerts=alerts,
            opts=self.child(),
        )
        self.backends = {
            route.name: Backend(
                f"{name}-{route.name}",
                env=env,
                service=route.service,
                policy=self.policy.policy.id,
                caching=route.caching,
                people=route.people,
                opts=self.child(),
            )
            for route in routes
        }
        ids = {route: backend.service.id for route, backend in self.backends.items()}
        matchers = [path_matcher(host, found, ids, domain=domain) for host, found in by_host.items()]
        tagged: dict[str, Backend] = {}
        if canary is not None:
            tagged = self._canary(canary, tried, armor_tier=armor_tier, tuning=tuning, limit=limit)
            ids = {route: backend.service.id for route, backend in tagged.items()}
            matchers.append(path_matcher(canary_host, tried, ids, domain=domain))
        self._url_map_name = env.naming.name(Kind.COMPUTE, name)
        url_map = compute.URLMap(
            name,
            name=self._url_map_name,
            project=env.project,
            description="Host and path to backend.",
            default_url_redirect=compute.URLMapDefaultUrlRedirectArgs(**elsewhere(domain)),
            host_rules=[
                compute.URLMapHostRuleArgs(hosts=[host], path_matcher=matcher_name(host)) for host in self.hosts
            ],
            path_matchers=matchers,
            opts=self.guarded(),
        )
        certificate = Certificate(
            name, env=env, hosts=self.hosts, dns_zone=dns_zone, alerts=alerts, opts=self.child()
        )
        listener = Listener(
            name, env=env, url_map=url_map.id, certificate_map=certificate.map.id, opts=self.child()
        )
        self.address = listener.address
        listener.open(
            after=[
                *certificate.entries,
                *(member for backend in (*self.backends.values(), *tagged.values()) for member in backend.members),
                *(self._point(dns_zone) if dns_zone is not None else ()),
            ]
        )
        self.records = pulumi.Output.all(
            *certificate.records, *(_pointer(host, self.address) for host in self.hosts)
        )
        if alerts is not None:
            self._alert(alerts)
        self.register_outputs({"address": self.address, "url": self.url, "records": self.records})

    def _canary(
        self,
        canary: Canary,
        routes: Sequence[Route],
        *,
        armor_tier: ArmorTier,
        tuning: Mapping[Attack, Tuning] | None,
        limit: RateLimit | None,
    ) -> dict[str, Backend]:
        """Backends of the tagged revisions. The guard hangs on them, not on the host: however a request gets to
        one, it has passed."""
        policy = self.policy
        if canary.source_ranges:
            policy = ArmorPolicy(
                f"{self.name}-canary",
                env=self.env,
                tier=armor_tier,
                tuning=tuning,
                limit=limit,
                admitted=canary.source_ranges,
                opts=self.child(),
            )
        return {
            route.name: Backend(
                f"{self.name}-{route.name}-canary",
                env=self.env,
                service=route.service,
                policy=policy.policy.id,
                tag=canary.tag,
                people=canary.people or route.people,
                opts=self.child(),
            )
            for route in routes
        }

    def _point(self, dns_zone: pulumi.Input[str]) -> list[pulumi.Resource]:
        return [
            dns.RecordSet(
                f"{self.name}-{host.replace('.', '-')}-address",
                project=self.env.project,
                managed_zone=dns_zone,
                name=f"{host}.",
                type="A",
                ttl=TTL_S,
                rrdatas=[self.address],
                opts=self.child(),
            )
            for host in self.hosts
        ]

    def _alert(self, routing: AlertRouting) -> None:
        # https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring#monitoring_metrics
        of = f'monitored_resource="https_lb_rule",url_map_name="{self._url_map_name}"'
        rate = "sum(rate(loadbalancing_googleapis_com:https_request_count{%s}[2m]))"
        failed = rate % f'{of},response_code_class="500"'
        alert(
            f"{self.name}-errors",
            owner=self,
            routing=routing,
            title=f"{self.name}: more than {ERROR_SHARE:.0%} of the public requests fail",
            # Two-minute rates: one failed request in a quiet hour does not last the five minutes.
            query=f"{failed} / {rate % of} > {ERROR_SHARE}",
            duration_s=300,
            urgency=Urgency.PAGE,
            advice=(
                f"More than {ERROR_SHARE:.0%} of what {self.url} answered was 5xx in each of five minutes.\n\n"
                '1. Logs Explorer: `resource.type="http_load_balancer" httpRequest.status>=500`, by '
                "`jsonPayload.statusDetails`.\n"
                "2. `response_sent_by_backend`: the service failed, its own alert says more.\n"
                "3. Anything else: the load balancer found no service. Was one renamed, or a canary's tag removed?"
            ),
        )


def _require_iap(env: Environment, routes: Sequence[Route], canary: Canary | None) -> None:
    # An environment without any agents has no baseline: somebody else prepares its project.
    if needs_iap(routes, canary) and env.agents and Agent.IAP not in env.agents:
        raise ComponentError(
            "the edge admits people by Identity-Aware Proxy, and the project has no agent for it",
            why="IAP answers every request with an error until its API is on and its agent exists",
            fix="give ProjectBaseline Agent.IAP among its agents (where needs_iap(routes, canary))",
        )


def _pointer(host: str, address: pulumi.Output[str]) -> pulumi.Output[dict[str, str]]:
    return address.apply(lambda known: {"name": f"{host}.", "type": "A", "data": known})


def _tried(
    canary: Canary | None, routes: Sequence[Route], by_host: Mapping[str, Sequence[Route]], *, domain: str
) -> list[Route]:
    """The routes that the canary leads to; ComponentError for one that is unknown or on another host."""
    if canary is None:
        return []
    if f"canary.{domain}" in by_host:
        raise ComponentError(
            f"a route has the host canary.{domain}",
            why="the canary has it, guarded",
            fix="give the route another host",
        )
    here = {route.name for route in by_host[domain]}
    for name in canary.routes:
        if name not in here:
            raise ComponentError(
                f"the canary names the route '{name}'",
                why=f"it leads to routes of {domain} only: {', '.join(sorted(here))}",
                fix="name one of them",
            )
    return [route for route in routes if route.name in canary.routes]
