"""The operations that were cut off, read from a state: `pulumi stack export`, or a checkpoint of the file backend.

Only what the state says. Nothing is asked of Google, and no secret is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from plan.errors import PlanFileError
from plan.plan import Resource
from plan.sources.recorded import recorded

_VERSIONS: Final = (3, 4)
"""Of the deployment schema: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/apitype/core.go"""
_OPERATIONS: Final = ("creating", "updating", "deleting", "reading", "importing")
"""https://github.com/pulumi/pulumi/blob/master/pkg/resource/operation.go"""


@dataclass(frozen=True, slots=True)
class Pending:
    """One operation that was cut off: what was done to which resource."""

    operation: str
    resource: Resource


@dataclass(frozen=True, slots=True)
class CutOff:
    """Of one stack: the operations that were cut off, and what the state holds (URN to resource and ID)."""

    stack: str
    project: str
    pending: tuple[Pending, ...]
    held: Mapping[str, tuple[Resource, str]]


def read_state(raw: Any, *, origin: str, stack: str, project: str) -> CutOff:
    """What was cut off in `stack` of `project`; PlanFileError where `raw` is no state, or another stack's."""
    try:
        return _read(raw, stack, project)
    except ValueError as error:
        raise PlanFileError(
            f"{origin} is not the state of {stack} of {project}",
            why=str(error),
            fix=f"write it with `pulumi stack export --stack {stack} --file FILE`, in the folder of {project}",
        ) from error


def _read(raw: Any, stack: str, project: str) -> CutOff:
    deployment = _deployment(raw, stack, project)
    held: dict[str, tuple[Resource, str]] = {}
    for item in _list(deployment, "resources"):
        made = recorded(item)
        # What waits for its deletion is not what the program means by this URN.
        if not item.get("delete"):
            held[made.urn] = (made, _text(item, "id"))
    pending: dict[tuple[str, str], Pending] = {}
    for item in _list(deployment, "pending_operations"):
        operation = _text(item, "type")
        if operation not in _OPERATIONS:
            raise ValueError("a pending operation has a type that is not known")
        made = recorded(item.get("resource"))
        # Of several of one kind on one resource, the last was begun with what the program says now.
        pending[operation, made.urn] = Pending(operation, made)
    for urn in [*held, *(one.resource.urn for one in pending.values())]:
        found = urn.removeprefix("urn:pulumi:").split("::", 2)[:2]
        if found != [stack, project]:
            raise ValueError(f"it holds what belongs to {found[0]} of {found[1]}")
    return CutOff(stack=stack, project=project, pending=tuple(pending.values()), held=held)


def _deployment(raw: Any, stack: str, project: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ValueError("it holds no object")
    version = raw.get("version")
    if version not in _VERSIONS or isinstance(version, bool):
        raise ValueError("its version is not 3 or 4, the only ones that are known")
    found = raw.get("deployment")
    checkpoint = raw.get("checkpoint")
    if found is None and isinstance(checkpoint, dict):
        owner = _text(checkpoint, "stack").split("/")
        if owner[-1] not in ("", stack) or (len(owner) > 2 and owner[-2] != project):  # noqa: PLR2004 - ORG/PROJECT/STACK
            raise ValueError(f"it is a checkpoint of {'/'.join(owner)}")
        # A stack that nothing was ever done to has no latest deployment.
        found = {} if checkpoint.get("latest") is None else checkpoint["latest"]
    if not isinstance(found, dict):
        raise ValueError("it has neither a 'deployment' nor a 'checkpoint'")
    return found


def _list(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = [] if holder.get(key) is None else holder[key]
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ValueError(f"'{key}' is no list of objects")
    return found


def _text(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"'{key}' is no text")
    return value or ""
