"""The public edge of a system, as its settings have it: domain, Armor tier, zone, load tests, canary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.network.edge import Edge
from components.network.route import Canary, Route
from components.network.waf import Attack, Tuning
from stacks.foundation import Foundation
from stacks.settings import SystemSettings


def way_in(base: Foundation, *, routes: Sequence[Route], tuning: Mapping[Attack, Tuning] | None = None) -> Edge:
    """The load balancer that leads the settings' domain to `routes`; `tuning`: see `ArmorPolicy`."""
    settings = base.settings
    return Edge(
        "edge",
        env=base.env,
        domain=settings.domain,
        routes=routes,
        armor_tier=settings.armor_tier,
        tuning=tuning,
        load_test_ranges=settings.load_test_ranges,
        canary=_canary(settings, tuple(route.name for route in routes)),
        dns_zone=settings.dns_zone,
        alerts=base.alerts,
    )


def _canary(settings: SystemSettings, routes: tuple[str, ...]) -> Canary | None:
    """The guarded way to revisions that have no traffic yet; None where nobody is let in."""
    if not settings.canary_ranges and not settings.canary_people:
        return None
    return Canary(routes=routes, source_ranges=settings.canary_ranges, people=settings.canary_people)
