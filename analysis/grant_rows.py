"""The grants in a plan: who has which role on what, read from the IAM member resources.

Only what the plan grants; it does not expand roles into permissions and does not follow impersonation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from plan.plan import Plan, Resource
from plan.sentinels import holds_unknown

_MEMBER = re.compile(r"I[aA][mM](Audit)?(Member|Binding|Policy)$")
# What an IAM member resource says besides the entity it is on.
_NOT_THE_ENTITY = frozenset(
    {"role", "member", "members", "policyData", "condition", "project", "location", "region"}
)


@dataclass(frozen=True, order=True, slots=True)
class GrantRow:
    """`member` has `role` on `entity`; `condition` is the CEL expression that narrows it, or empty."""

    member: str
    role: str
    entity: str
    condition: str = ""


def is_grant(resource: Resource) -> bool:
    """Whether the resource grants a role."""
    return bool(_MEMBER.search(resource.type))


def grants_in(plan: Plan) -> set[GrantRow]:
    """Every grant of the plan; what is unknown is told by the resource that will yield it."""
    rows: set[GrantRow] = set()
    for resource in plan:
        if not is_grant(resource):
            continue
        entities = [_text(plan, resource, key) for key in sorted(resource.inputs) if key not in _NOT_THE_ENTITY]
        entity = "/".join(entities) or f"project {_text(plan, resource, 'project')}"
        # `topicIAMMember` grants on a topic; a plain `iamMember` on what its inputs name.
        kind = re.sub(r"(?i)iam.*$", "", resource.type.split("/")[-1].split(":")[0])
        condition = resource.inputs.get("condition")
        members = resource.inputs.get("members") or [resource.inputs.get("member")]
        for member in members:
            rows.add(
                GrantRow(
                    member=_value(plan, resource, "member", member),
                    role=_text(plan, resource, "role"),
                    entity=f"{kind} {entity}" if kind else entity,
                    condition=str(condition.get("expression", "")) if isinstance(condition, dict) else "",
                )
            )
    return rows


def _text(plan: Plan, resource: Resource, key: str) -> str:
    return _value(plan, resource, key, resource.inputs.get(key))


def _value(plan: Plan, resource: Resource, key: str, value: Any) -> str:
    if not holds_unknown(value):
        return str(value)
    yielding = plan.resolve(resource, key)
    return " + ".join(f"{one.type.split(':')[-1]} '{one.name}'" for one in yielding) or "(known after up)"
