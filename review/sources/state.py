"""A plan from `pulumi stack export`: what exists, in the shape of what will exist.

Ciphertext is dropped like any secret's value. Resources that wait for their deletion are left out. What a state
does not say (aliases, sources) is None in the plan.
"""

from __future__ import annotations

import json
from typing import Any

from review.errors import PlanFileError
from review.plan import Plan, Resource
from review.sources.wire import resource


def read(text: str, *, system: str | None = None, origin: str = "the state") -> Plan:
    """The plan in an exported state; PlanFileError where `text` is not one."""
    try:
        raw: dict[str, Any] = json.loads(text)
        found: dict[str, Resource] = {}
        for item in raw["deployment"]["resources"]:
            if not item.get("delete"):
                made = resource(item)
                found[made.urn] = made
        if not found:
            raise ValueError("it holds no resources")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise PlanFileError(
            f"{origin} is not a stack's state",
            why=f"it lacks {error}" if isinstance(error, KeyError) else str(error),
            fix="write one with `pulumi stack export --file FILE`",
        ) from error
    head, project, _ = next(iter(found)).split("::", 2)
    outputs = next((made.outputs for made in found.values() if made.is_stack), None)
    return Plan.of(
        found.values(),
        project=project,
        stack=head.removeprefix("urn:pulumi:"),
        system=system or project,
        outputs=outputs or {},
    )
