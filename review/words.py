"""Families and counts in words, for people. Nothing here decides anything."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from plan.plan import Plan, Resource

_GRANT = re.compile(r"I[Aa][Mm](Member|Binding|Policy)$")
OTHER = "other"


def is_grant(resource: Resource) -> bool:
    """Whether a resource gives somebody a role."""
    return _GRANT.search(resource.type) is not None


def family(plan: Plan, resource: Resource) -> str:
    """The family of the component that a resource belongs to."""
    here: Resource | None = resource
    while here is not None:
        if here.is_component:
            return here.type.split(":")[1]
        here = plan.by_urn.get(here.parent) if here.parent else None
    return OTHER


def counted(items: Iterable[str]) -> list[tuple[str, int]]:
    """Each text with how often it comes, the most frequent first."""
    return sorted(Counter(items).items(), key=lambda pair: (-pair[1], pair[0]))


def plural(number: int, noun: str, more: str | None = None) -> str:
    """`1 grant`, `2 grants`."""
    return f"{number} {noun if number == 1 else more or noun + 's'}"
