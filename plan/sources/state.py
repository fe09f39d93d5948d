"""A plan from `pulumi stack export`: what exists, in the shape of what will exist.

Ciphertext is dropped like any secret's value. Resources that wait for their deletion are left out. What a state
does not say (aliases, sources) is None in the plan.
"""

from __future__ import annotations

from typing import Any, Final

from plan.errors import PlanFileError
from plan.json_text import parsed
from plan.plan import Plan, Resource
from plan.sources.recorded import plan_of, recorded

_VERSIONS: Final = (3, 4)
"""Of the deployment schema. 4 has the same resources, and names features that older engines lack:
https://github.com/pulumi/pulumi/blob/master/sdk/go/common/apitype/deployments.json
"""
NOBODYS: Final = "(empty)"
"""The stack and the project of a state without resources."""
_EMPTY: Final = frozenset({"manifest", "secrets_providers", "metadata", "pending_operations"})
"""What the state of a stack has that has no resources: it does not list them then."""


def read(text: str, *, origin: str = "the state") -> Plan:
    """The plan in an exported state; PlanFileError where `text` is not one."""
    return of_data(parsed(text, origin=origin), origin=origin)


def of_data(raw: Any, *, origin: str = "the state") -> Plan:
    """The same from JSON that is read already."""
    try:
        found = _resources(_deployment(raw))
        if not found:
            # Before the first `up`, and after `destroy`. It does not say whose it is.
            return Plan.of((), project=NOBODYS, stack=NOBODYS, system=NOBODYS, outputs={})
        outputs = next((made.outputs for made in found.values() if made.is_stack), None)
        return plan_of(found, outputs=outputs or {})
    except ValueError as error:
        raise PlanFileError(
            f"{origin} is not a stack's state",
            why=str(error),
            fix="write one with `pulumi stack export --file FILE`",
        ) from error


def _deployment(raw: Any) -> dict[str, Any]:
    deployment = raw.get("deployment") if isinstance(raw, dict) else None
    if isinstance(raw, dict) and "deployment" in raw and deployment is None:
        deployment = {}
    if not isinstance(deployment, dict):
        raise ValueError("it has no 'deployment'")
    version = raw.get("version")
    if version not in _VERSIONS or isinstance(version, bool):
        raise ValueError(f"its version is {version!r}, and only 3 and 4 are known")
    pending = deployment.get("pending_operations") or []
    if not isinstance(pending, list):
        raise ValueError("'pending_operations' is not a list")
    if pending:
        # What was being made may exist, what was being changed may be either: nothing can be said to have passed.
        raise ValueError(
            f"{len(pending)} operations were cut off, and nobody knows what they left: `voicestack recover` "
            "tells the way back; then export again"
        )
    return deployment


def _resources(deployment: dict[str, Any]) -> dict[str, Resource]:
    listed = deployment.get("resources")
    if deployment.keys() <= _EMPTY:
        listed = []
    if not isinstance(listed, list):
        raise ValueError("it has no list of resources")
    found: dict[str, Resource] = {}
    for item in listed:
        made = recorded(item)
        if item.get("delete"):
            continue
        if made.urn in found:
            raise ValueError(f"two resources have the URN '{made.urn}'")
        found[made.urn] = made
    return found
