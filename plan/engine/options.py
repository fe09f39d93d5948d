"""Resource options as a registration carries them, in the plan's words."""

from __future__ import annotations

import re
from typing import Any

from plan.engine import urn as urns
from plan.errors import EngineError
from plan.plan import Options, Resource

_NONE = Options()


def options_of(request: Any, urn: str, parent: Resource | None) -> Options:
    """The options of one registration; aliases as URNs, the way the engine stores them.

    Like the engine, a child takes `protect`, `retainOnDelete` and `deletedWith` from its parent unless it says
    otherwise.
    """
    above = parent.options if parent else _NONE
    return Options(
        protect=request.protect if request.HasField("protect") else bool(above.protect),
        ignoreChanges=list(request.ignoreChanges),
        deleteBeforeReplace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        replaceOnChanges=list(request.replaceOnChanges),
        retainOnDelete=request.retainOnDelete
        if request.HasField("retainOnDelete")
        else bool(above.retainOnDelete),
        deletedWith=request.deletedWith or above.deletedWith,
        aliases=_aliases(request, urn),
        customTimeouts={
            key: seconds(value)
            for key in ("create", "update", "delete", "read")
            if (value := getattr(request.customTimeouts, key))
        }
        if request.HasField("customTimeouts")
        else None,
        additionalSecretOutputs=list(request.additionalSecretOutputs),
    )


_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(h|ms|us|µs|ns|m|s)")


def seconds(text: str) -> int | float:
    """A duration such as `1h30m` in seconds; EngineError where the engine would not take it."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise EngineError(
            f"the time-out '{text}' is no duration",
            why="it needs numbers with units",
            fix="write it like 10m or 1h30m",
        )
    total: float = sum(float(number) * _UNITS[unit] for number, unit in parts)
    return int(total) if total.is_integer() else total


def _aliases(request: Any, urn: str) -> list[str]:
    """The URNs a resource was known by. Unset parts of an alias are the resource's own."""
    head, project, _ = urn.split("::", 2)
    stack = head.removeprefix("urn:pulumi:")
    found = set(request.aliasURNs)
    for alias in request.aliases:
        if alias.WhichOneof("alias") == "urn":
            found.add(alias.urn)
            continue
        spec = alias.spec
        parent = None if spec.noParent else spec.parentUrn or request.parent
        found.add(
            urns.make(
                stack=spec.stack or stack,
                project=spec.project or project,
                parent=parent,
                type_=spec.type or request.type,
                name=spec.name or request.name,
            )
        )
    found.discard(urn)
    return sorted(found)
