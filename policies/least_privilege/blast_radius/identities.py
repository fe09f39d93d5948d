"""No identity reaches more of the system's data than one part of the system needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.access.blast_radius import PROJECT_WIDE, Radius, Reach, radii
from analysis.access.members import Kind
from analysis.access.permissions import holdings
from analysis.access.powers import shown
from analysis.stack import Stack
from plan.plan import Resource
from plan.short_type import short_type
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy

_NOT_ASKED: Final = frozenset({Kind.AGENT, Kind.PUBLIC, Kind.DELETED})
"""Google's own services serve all of a kind; what is public is others' to tell."""


class Ceilings(Settings):
    """How much an identity may reach."""

    itself: int = Field(default=16, ge=0, le=10_000)
    """How many entities that keep data an identity may read or write by its own grants. All of a project count as
    20 for each kind of entity."""
    altogether: int = Field(default=40, ge=0, le=10_000)
    """The same, with what it reaches as whom it can become: a pipeline that releases every service reaches what
    all of them do."""


@stack_policy(
    id="identity-blast-radius",
    title="No identity reaches more data than the ceiling says",
    severity=Severity.HIGH,
    why="""The number is what is lost with one stolen token: how many buckets, databases, topics, datasets,
    queues and secrets it reads or writes. A grant on the whole project reaches what other systems keep there,
    and what is to come.""",
    fix="""Replace the grant on the project by the entity's access (`uses=[bucket.read()]`); split a service
    that uses this many entities; raise the setting `itself` or `altogether` if that is how the system is.""",
    fix_raw="""Grant the role on each entity that is used, or hold the project's grant to them by a condition on
    `resource.name`; or raise the setting `itself` or `altogether`.""",
    settings=Ceilings,
)
def identities(stack: Stack, settings: Ceilings) -> Iterator[Result]:
    found = stack.once(holdings)
    over = {one.identity.key for one in stack.once(radii) if one.itself.number > settings.itself}
    for one in stack.once(radii):
        if one.identity.kind in _NOT_ASKED:
            continue
        on = _resource(stack, one)
        yield Looked(on)
        if over & found.within.get(one.identity.key, {}).keys():
            # It reaches what its group reaches, and that is told of the group.
            continue
        if one.identity.key in over:
            yield Problem(on, f"{_told(one, one.itself)}; the ceiling is {settings.itself}", key=one.identity.key)
        elif one.altogether.number > settings.altogether and not any(two.key in over for two in one.through):
            through = shown([f"'{two.name}'" for two in one.through])
            told = f"{_told(one, one.altogether)}, as whom it can become ({through})"
            yield Problem(on, f"{told}; the ceiling is {settings.altogether}", key=one.identity.key)
    for by, reason in found.unread:
        yield Unseen(by, reason)
    for identity, held in found:
        for holding in held if identity.kind not in _NOT_ASKED else ():
            if holding.hidden:
                yield Unseen(holding.grant.by, holding.doubt)


def _resource(stack: Stack, one: Radius) -> Resource:
    """What a finding about an identity is on: the grant that reaches farthest, its account, or any grant of it."""
    if one.itself.everywhere:
        return next(iter(one.itself.everywhere.values())).by
    if one.identity.account is not None:
        return one.identity.account
    held = stack.once(holdings).held[one.identity.key]
    return held[0].grant.by if held else stack.root


def _told(one: Radius, reach: Reach) -> str:
    names = [f"{short_type(entity.type)} '{entity.name}'" for entity in reach.entities.values()]
    told = f"'{one.identity.name}' has a blast radius of {reach.number}: {shown(names) or 'nothing of this stack'}"
    if not reach.everywhere:
        return told
    grant = next(iter(reach.everywhere.values()))
    kinds = shown([short_type(type_) for type_ in reach.everywhere])
    count = f"{PROJECT_WIDE} for each kind that it reaches all over the project"
    return f"{told}, and {count} ({kinds}), by {grant.role_name} on {grant.entity_name}"
