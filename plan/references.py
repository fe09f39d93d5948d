"""What an input of one resource refers to among the others of its plan, known value or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plan.plan import Plan, Resource
from plan.sentinels import UNKNOWN


def referred(plan: Plan, resource: Resource, key: str, type_: str) -> list[Resource]:
    """The resources of `type_` that the input `key` comes from.

    Told by the dependencies of the property; where a source of plans lacks them, by name: a reference is a name
    or a path that ends in one.
    """
    found = [one for one in plan.resolve(resource, key) if one.type == type_]
    if found:
        return found
    names = {text.rsplit("/", 1)[-1] for text in texts_in(resource.inputs.get(key))}
    return [one for one in plan.of_type(type_) if one.inputs.get("name") in names]


def is_named(value: Any, resource: Resource) -> bool:
    """Whether a known `value` is the name of `resource`, or a path that ends in it."""
    return isinstance(value, str) and value != UNKNOWN and value.rsplit("/", 1)[-1] == resource.inputs.get("name")


def owner_of(plan: Plan, resource: Resource) -> Resource | None:
    """The component that made `resource`; None where no component did."""
    parent = plan.by_urn.get(resource.parent) if resource.parent else None
    return parent if parent is not None and parent.is_component else None


def made_by(plan: Plan, component: Resource, type_: str) -> list[Resource]:
    """The resources of `type_` below `component`, however deep."""
    found: list[Resource] = []
    for child in plan.children.get(component.urn, []):
        if child.type == type_:
            found.append(child)
        found.extend(made_by(plan, child, type_))
    return found


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a value, at any depth; keys are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)
