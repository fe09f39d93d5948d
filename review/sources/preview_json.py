"""A plan from `pulumi preview --json`.

A failed preview writes a file that looks whole but is not: look at its exit code first. What a preview does not
say (outputs, aliases, sources) is None in the plan.
"""

from __future__ import annotations

import json
from typing import Any

from review.errors import PlanFileError
from review.plan import Plan, Resource
from review.sources.wire import resource

_GONE = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace"})
"""Steps after which the resource does not exist, or exists through another step."""


def read(text: str, *, system: str | None = None, origin: str = "the preview") -> Plan:
    """The plan in a preview's JSON; PlanFileError where `text` is not one."""
    try:
        raw: dict[str, Any] = json.loads(text)
        found: dict[str, Resource] = {}
        for step in raw["steps"]:
            if step["op"] not in _GONE and step.get("newState"):
                made = resource(step["newState"])
                found[made.urn] = made
        if not found:
            raise ValueError("it has no step that leaves a resource")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise PlanFileError(
            f"{origin} is not a preview",
            why=f"it lacks {error}" if isinstance(error, KeyError) else str(error),
            fix="write one with `pulumi preview --json`, and check that it succeeded",
        ) from error
    head, project, _ = next(iter(found)).split("::", 2)
    return Plan.of(
        found.values(),
        project=project,
        stack=head.removeprefix("urn:pulumi:"),
        system=system or project,
        outputs={},
    )
