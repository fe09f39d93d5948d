"""Which resources of a plan are resources of an earlier one under another URN, as their aliases say.

The engine's rules: what has its own URN in the earlier plan has not moved; a URN that somebody still has is
nobody's alias; and the children of what moved are looked for below the older parent too
(https://www.pulumi.com/docs/iac/concepts/options/aliases/). A way back without an alias is no move: the engine
would delete and create.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from plan.engine import urn as urns
from plan.plan import Plan, Resource


@dataclass(frozen=True, slots=True)
class Move:
    """A resource, and the URN that it had."""

    resource: Resource
    before: str


def moves(before: Plan, after: Plan) -> list[Move]:
    """What moved between two plans of one stack, in the order of the new URNs."""
    old, new = before.by_urn, after.by_urn
    found: dict[str, Move] = {}
    taken: set[str] = set()
    for one in _parents_first(after):
        if one.urn in old:
            continue
        parent = found.get(one.parent or "")
        for alias in _aliases(one, parent):
            if alias in old and alias not in new and alias not in taken:
                found[one.urn] = Move(one, alias)
                taken.add(alias)
                break
    return [found[urn] for urn in sorted(found)]


def moved(before: Plan, found: Sequence[Move]) -> Plan:
    """`before` as if what moved had always been called what it is called now."""
    now = {move.before: move.resource for move in found}
    if not now:
        return before
    names = {urn: one.urn for urn, one in now.items()}
    return Plan.of(
        (_renamed(one, now.get(one.urn), names) for one in before),
        project=before.project,
        stack=before.stack,
        system=before.system,
        outputs=before.outputs,
    )


def _renamed(one: Resource, now: Resource | None, names: Mapping[str, str]) -> Resource:
    above = one.options.deletedWith
    return replace(
        one,
        urn=now.urn if now else one.urn,
        name=now.name if now else one.name,
        type=now.type if now else one.type,
        parent=now.parent if now else one.parent and names.get(one.parent, one.parent),
        dependencies=[names.get(urn, urn) for urn in one.dependencies],
        propertyDependencies={
            key: [names.get(urn, urn) for urn in listed] for key, listed in one.propertyDependencies.items()
        },
        provider=one.provider and names.get(one.provider, one.provider),
        options=replace(one.options, deletedWith=names.get(above, above)) if above else one.options,
    )


def _parents_first(plan: Plan) -> Iterator[Resource]:
    """Every resource after its parent; none of those whose parents go round in a circle."""
    left = [one for one in plan if one.parent not in plan.by_urn]
    for one in left:
        yield one
        left += plan.children.get(one.urn, ())


def _aliases(one: Resource, parent: Move | None) -> Iterator[str]:
    """The URNs that a resource may have had: what it says, and below the older parent the same names."""
    own = one.options.aliases or []
    yield from own
    if parent is None:
        return
    for type_, name in [(one.type, one.name), *((urns.type_of(urn), _name(urn)) for urn in own)]:
        # A name that begins with the parent's is taken to be made of it, as the engine does.
        rest = name.removeprefix(parent.resource.name)
        named = name if rest == name else f"{_name(parent.before)}{rest}"
        # The older parent may be of another project than what it is now.
        for place in (parent.before, one.urn):
            head, project, _ = place.split("::", 2)
            yield urns.make(
                stack=head.removeprefix("urn:pulumi:"),
                project=project,
                parent=parent.before,
                type_=type_,
                name=named,
            )


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]
