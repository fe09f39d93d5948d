"""A plan from `pulumi preview --json`.

A failed preview writes a file that looks whole but is not: look at its exit code first. What a preview does not
say (outputs, sources, aliases that nothing was found by) is None in the plan.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from plan.errors import PlanFileError
from plan.json_text import parsed
from plan.plan import Plan, Resource
from plan.sources.recorded import plan_of, recorded

_GONE: Final = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace"})
"""Steps after which the resource does not exist, or exists through another step."""
_REFRESH: Final = "refresh"
"""The step that tells what exists; another step of the same resource tells what will exist."""


def read(text: str, *, origin: str = "the preview") -> Plan:
    """The plan in a preview's JSON; PlanFileError where `text` is not one."""
    return of_data(parsed(text, origin=origin), origin=origin)


def of_data(raw: Any, *, origin: str = "the preview") -> Plan:
    """The same from JSON that is read already."""
    try:
        if not isinstance(raw, dict) or not isinstance(raw.get("steps"), list):
            raise ValueError("it has no list of steps")
        _refuse_parts(raw)
        found = _resources(raw["steps"])
        if not found:
            raise ValueError("it has no step that leaves a resource")
        return plan_of(found, outputs={})
    except ValueError as error:
        raise PlanFileError(
            f"{origin} is not a preview",
            why=str(error),
            fix="write one with `pulumi preview --json --show-sames --show-reads`, and check that it succeeded",
        ) from error


def _resources(steps: list[Any]) -> dict[str, Resource]:
    found: dict[str, Resource] = {}
    refreshed: set[str] = set()
    for step in steps:
        if not isinstance(step, dict) or not isinstance(step.get("op"), str):
            raise ValueError("a step does not say what it does ('op')")
        op, state = step["op"], step.get("newState")
        if op in _GONE:
            if op == "delete" and step.get("urn") in refreshed:
                # Refreshed, and deleted after that.
                del found[step["urn"]]
                refreshed.remove(step["urn"])
            continue
        if state is None and op == _REFRESH:
            continue
        if state is None:
            raise ValueError(f"the step '{op}' of '{step.get('urn')}' tells no 'newState'")
        made = _moved(recorded(state), step.get("oldState"))
        former = found.get(made.urn)
        if former is not None and op == _REFRESH:
            continue
        if former is not None and made.urn not in refreshed and former.inputs != made.inputs:
            raise ValueError(f"two steps leave '{made.urn}' with different inputs")
        found[made.urn] = made
        (refreshed.add if op == _REFRESH else refreshed.discard)(made.urn)
    return found


def _moved(made: Resource, old: Any) -> Resource:
    """The resource with the URN by which an alias found it in the state, which only the step tells."""
    before = old.get("urn") if isinstance(old, dict) else None
    if not isinstance(before, str) or before == made.urn:
        return made
    return replace(made, options=replace(made.options, aliases=[before]))


def _refuse_parts(raw: dict[str, Any]) -> None:
    """ValueError where the preview is of a part of the stack only.

    The engine leaves out what stays as it is unless it is asked not to, but counts it:
    https://github.com/pulumi/pulumi/blob/master/pkg/backend/display/json.go (`shouldShow`). A resource that was
    read and is the same as before is counted as such, too.
    """
    if raw.get("maybeCorrupt"):
        raise ValueError("the engine says of it that the state may be corrupt")
    summary = raw.get("changeSummary")
    counted = summary.get("same", 0) if isinstance(summary, dict) else 0
    shown = sum(isinstance(step, dict) and step.get("op") in ("same", "read") for step in raw["steps"])
    if isinstance(counted, int) and counted > shown:
        raise ValueError(f"it leaves out {counted - shown} resources that stay as they are")
