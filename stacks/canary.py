"""Who may look at a revision that has none of the traffic yet, from settings."""

from __future__ import annotations

from components.network.route import Canary
from stacks.settings import SystemSettings


def canary_of(settings: SystemSettings, routes: tuple[str, ...]) -> Canary | None:
    """The guarded way to the tagged revisions behind `routes`; None where nobody is let in."""
    if not settings.canary_ranges and not settings.canary_people:
        return None
    return Canary(routes=routes, source_ranges=settings.canary_ranges, people=settings.canary_people)
