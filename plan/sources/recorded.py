"""What the engine recorded about one stack, as previews and states list it: strictly read, or refused.

A value of the wrong kind is refused here before it can be taken for one that is left out: `"delete": "no"` must
not hide a resource.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from plan.plan import Plan, Resource
from plan.sources.wire import resource

_URN: Final = re.compile(r"urn:pulumi:(?P<place>[^:]+::[^:]+)::(?P<type>.+?)::(?P<name>.+)", re.DOTALL)
_KINDS: Final[Mapping[str, type]] = {
    "urn": str,
    "type": str,
    "custom": bool,
    "delete": bool,
    "external": bool,
    "protect": bool,
    "retainOnDelete": bool,
    "parent": str,
    "provider": str,
    "deletedWith": str,
    "inputs": dict,
    "outputs": dict,
    "propertyDependencies": dict,
    "customTimeouts": dict,
    "dependencies": list,
    "ignoreChanges": list,
    "replaceOnChanges": list,
    "additionalSecretOutputs": list,
}
_NAMES: Final = {str: "a text", bool: "true or false", dict: "an object", list: "a list"}


def recorded(raw: Any) -> Resource:
    """One resource; ValueError where it is none.

    What was only read from the cloud (`external`) may have no inputs: then its outputs stand in for them, as they
    do where the engine itself runs the policies.
    """
    if not isinstance(raw, dict):
        raise ValueError("a resource is no object")
    urn = raw.get("urn")
    said = f"'{urn}'" if isinstance(urn, str) else "a resource"
    for key, kind in _KINDS.items():
        value = raw.get(key)
        if value is None:
            if key in ("urn", "type", "custom"):
                raise ValueError(f"{said} lacks '{key}'")
        elif not isinstance(value, kind):
            raise ValueError(f"'{key}' of {said} is not {_NAMES[kind]}")
    match = _URN.fullmatch(raw["urn"])
    if match is None:
        raise ValueError(f"{said} is no URN (urn:pulumi:STACK::PROJECT::TYPE::NAME)")
    if match["type"].rsplit("$", 1)[-1] != raw["type"]:
        raise ValueError(f"{said} says that it is of the type '{raw['type']}'")
    inputs = raw.get("inputs") or {}
    if raw.get("external") and inputs.keys() <= {"__defaults"}:
        raw = {**raw, "inputs": raw.get("outputs")}
    try:
        return resource(raw)
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{said}: {error}") from error


def plan_of(found: Mapping[str, Resource], *, outputs: dict[str, Any]) -> Plan:
    """The plan of these resources, which are all of one stack; ValueError where they are not."""
    places = {urn.split("::", 2)[0] + "::" + urn.split("::", 2)[1] for urn in found}
    if len(places) > 1:
        raise ValueError(f"it holds resources of several stacks: {', '.join(sorted(places))}")
    head, project = places.pop().split("::")
    return Plan.of(
        found.values(),
        project=project,
        stack=head.removeprefix("urn:pulumi:"),
        system=project,
        outputs=outputs,
    )
