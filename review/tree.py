"""A plan as a tree for a terminal: components are groups, what they make is listed below them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from plan.plan import Plan, Resource
from plan.sentinels import UNKNOWN, holds_unknown, is_secret
from plan.short_type import short_type
from review.words import counted, family, is_grant, plural

_WIDEST = 44
_LONGEST = 76


def tree(plan: Plan) -> Iterator[str]:
    """The lines of the tree, then the counts, then the outputs."""
    cloud = [resource for resource in plan if resource.is_cloud]
    groups = sum(resource.is_component for resource in plan)
    yield (
        f"{plan.system} · {plan.stack}: {plural(len(cloud), 'cloud resource')} in {plural(groups, 'component')}"
    )
    yield ""
    tops = [resource for root in plan.children.get(None, []) for resource in _below(plan, root)]
    yield from _level(plan, tops, "")
    yield ""
    yield from _table("by family", counted(family(plan, resource) for resource in cloud))
    yield ""
    yield from _table("by type", counted(short_type(resource.type) for resource in cloud))
    if plan.outputs:
        yield ""
        yield "outputs"
        widest = max(map(len, plan.outputs))
        for key, value in sorted(plan.outputs.items()):
            yield f"  {key.ljust(widest)}  {shown(value)}"


def _below(plan: Plan, root: Resource) -> list[Resource]:
    return plan.children.get(root.urn, []) if root.is_stack else [root]


def _level(plan: Plan, resources: list[Resource], indent: str) -> Iterator[str]:
    ordered = sorted(resources, key=lambda it: (not it.is_provider, it.is_component, it.type, it.name))
    widest = min(_WIDEST, max((len(short_type(it.type)) for it in ordered if not it.is_component), default=0))
    for position, resource in enumerate(ordered):
        last = position == len(ordered) - 1
        branch, below = ("└─ ", "   ") if last else ("├─ ", "│  ")
        if resource.is_component:
            yield f"{indent}{branch}{short_type(resource.type)} {resource.name}"
        else:
            line = f"{indent}{branch}{short_type(resource.type).ljust(widest)}  {resource.name}"
            yield (line + _detail(resource)).rstrip()
        yield from _level(plan, plan.children.get(resource.urn, []), indent + below)


def _detail(resource: Resource) -> str:
    notes = []
    if is_grant(resource):
        notes.append(f"{shown(resource.inputs.get('role'))} to {_holder(resource.inputs.get('member'))}")
    if resource.options.protect:
        notes.append("protected")
    return f"  ({', '.join(notes)})" if notes else ""


def _holder(member: Any) -> str:
    text = shown(member)
    return text.split(":", 1)[-1].split("@", 1)[0] if ":" in text else text


def _table(title: str, rows: list[tuple[str, int]]) -> Iterator[str]:
    yield title
    widest = max((len(name) for name, _ in rows), default=0)
    for name, number in rows:
        yield f"  {name.ljust(widest)}  {number:>4}"


def shown(value: Any) -> str:
    """A value as a line has room for it."""
    if is_secret(value):
        return "(secret)"
    if isinstance(value, str):
        if value == UNKNOWN:
            return "(known after creation)"
        # A text that was put together from unknown parts holds the mark inside.
        return value.replace(UNKNOWN, "…") if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
    if holds_unknown(value):
        return "(partly known after creation)"
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
