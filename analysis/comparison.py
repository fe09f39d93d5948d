"""What differs between two plans: resources added, removed, moved and changed, and access gained and lost.

It compares what is planned; it does not know what exists in the cloud.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.exposure import exposed
from analysis.grant_rows import GrantRow, grants_in
from analysis.moves import Move, moved, moves
from components.naming import stable_suffix
from plan.plan import Plan, Resource


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """One property that differs, None where a side lacks it; `path` is like `template.scaling.timeout`."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """One resource that is in both plans and not the same."""

    resource: Resource
    changes: tuple[PropertyChange, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs, each part in the order of URNs."""

    stack: str
    added: tuple[Resource, ...]
    removed: tuple[Resource, ...]
    changed: tuple[ResourceChange, ...]
    gained: tuple[GrantRow, ...]
    lost: tuple[GrantRow, ...]
    opened: tuple[str, ...] = ()
    """What is newly reachable from the internet."""
    closed: tuple[str, ...] = ()
    moved: tuple[Move, ...] = ()
    """What is in both under different URNs, as aliases say; what else differs of it is among the changes."""

    @property
    def empty(self) -> bool:
        """Whether the two plans are the same in all that it compares."""
        return not (self.added or self.removed or self.moved or self.changed or self.gained or self.lost)


def compare(before: Plan, after: Plan) -> Comparison:
    """What `after` has that `before` has not, and the other way round."""
    found = moves(before, after)
    before = moved(before, found)
    aliased = {move.resource.urn for move in found}
    old, new = _comparable(before, after)
    open_before, open_after = exposed(before), exposed(after)
    granted_before, granted_after = grants_in(before), grants_in(after)
    changed = []
    for urn in sorted(old.keys() & new.keys()):
        changes = tuple(
            change
            for change in _resource_changes(old[urn], new[urn])
            # That it moved says so already.
            if not (urn in aliased and change.path == "options.aliases")
        )
        if changes:
            changed.append(ResourceChange(new[urn], changes))
    return Comparison(
        stack=after.stack,
        added=tuple(new[urn] for urn in sorted(new.keys() - old.keys())),
        removed=tuple(old[urn] for urn in sorted(old.keys() - new.keys())),
        changed=tuple(changed),
        gained=tuple(sorted(granted_after - granted_before)),
        lost=tuple(sorted(granted_before - granted_after)),
        opened=tuple(sorted(open_after - open_before)),
        closed=tuple(sorted(open_before - open_after)),
        moved=tuple(found),
    )


def _comparable(*plans: Plan) -> list[Mapping[str, Resource]]:
    """The resources of each plan by their URNs.

    The default providers are left out where one of the plans has none: previews do not show them, states do.
    """
    if all(any(one.is_default_provider for one in plan) for plan in plans):
        return [plan.by_urn for plan in plans]
    return [{one.urn: one for one in plan if not one.is_default_provider} for plan in plans]


def as_if(plan: Plan, other: Plan) -> Plan:
    """`plan` with the names of `other`'s stack and Google project, so that two stacks can be compared.

    What then still differs is what the two really differ in.
    """
    text = plan.to_json()
    for old, new in zip(_names(plan), _names(other), strict=True):
        if old and new:
            text = text.replace(old, new)
    return Plan.from_json(text)


def nothing_like(plan: Plan) -> Plan:
    """An empty plan of the same stack, for one that is new or gone."""
    return Plan.of([], project=plan.project, stack=plan.stack, system=plan.system, outputs={})


def _names(plan: Plan) -> tuple[str, ...]:
    project, stack = plan.project, plan.stack
    google = next((one.inputs.get("project", "") for one in plan.of_type("pulumi:providers:gcp")), "")
    number = re.search(r"serviceAccount:service-(\d+)@", plan.to_json())
    return (
        f"urn:pulumi:{stack}::",
        f"{project}-{stack}",
        f"{project}_{stack}",
        f"{project} {stack}",
        google,
        number[1] if number else "",
        f'"stack": "{stack}"',
        f'"environment": "{stack}"',
        stable_suffix(google) if google else "",
    )


def _resource_changes(before: Resource, after: Resource) -> Iterator[PropertyChange]:
    yield from _changes("", before.inputs, after.inputs)
    old, new = before.as_json()["options"], after.as_json()["options"]
    for name in sorted(old):
        # A source that cannot tell an option has null there: that is no change.
        if old[name] is not None and new[name] is not None and old[name] != new[name]:
            yield PropertyChange(f"options.{name}", old[name], new[name])


def _changes(path: str, before: Any, after: Any) -> Iterator[PropertyChange]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from _changes(f"{path}.{key}" if path else key, before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _changes(f"{path}[{index}]", one, other)
    else:
        yield PropertyChange(path, before, after)
