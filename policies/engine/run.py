"""Runs policies over a plan and collects what they found. Waivers come afterwards (`policies.engine.waivers`)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from analysis.stack import Stack
from plan.plan import Plan, Resource
from policies.engine.configuration import Configuration
from policies.engine.policy import Enforcement, Looked, Policy, Unseen

COMPONENT = "voicestack:"
"""How the type tokens of this project's components begin."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation, told in full."""

    policy: Policy
    enforcement: Enforcement
    resource: Resource
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A policy that could not look at one resource, and why."""

    policy: Policy
    resource: Resource
    why: str


@dataclass(frozen=True)
class Evaluation:
    """What a run of policies over one plan found.

    `looked` counts the resources that each policy looked at, those that it could not evaluate included; policies
    that are switched off are in `disabled` instead. `disposable`: whether the stack says that its data may be
    thrown away, so that nothing durable is asked of it.
    """

    plan: Plan
    findings: list[Finding] = field(default_factory=list)
    not_evaluated: list[NotEvaluated] = field(default_factory=list)
    looked: dict[str, int] = field(default_factory=dict)
    disabled: list[str] = field(default_factory=list)
    disposable: bool = False

    @property
    def passed(self) -> dict[str, int]:
        """The policies that looked at something, found nothing wrong and could look at all of it: resources
        looked at."""
        failed = {one.policy.id for one in self.findings} | {one.policy.id for one in self.not_evaluated}
        return {id_: number for id_, number in self.looked.items() if number and id_ not in failed}


def evaluate(
    plan: Plan,
    policies: Iterable[Policy],
    configuration: Configuration | None = None,
    *,
    today: datetime.date | None = None,
) -> Evaluation:
    """Looks at `plan` with each of `policies`, as on the day `today` (this day where it is left out)."""
    chosen = configuration or Configuration()
    stack = Stack(plan, today)
    found = Evaluation(plan, disposable=stack.disposable)
    for policy in policies:
        level = chosen.enforcement_of(policy)
        if level is Enforcement.DISABLED:
            found.disabled.append(policy.id)
            continue
        looked: set[str] = set()
        for result in policy.look(stack, chosen.of(policy)):
            if isinstance(result, Looked):
                looked.add(result.on.urn)
            elif isinstance(result, Unseen):
                found.not_evaluated.append(NotEvaluated(policy, result.on, result.why))
            else:
                fix = result.fix or _fix(policy, stack, result.on)
                found.findings.append(Finding(policy, level, result.on, result.message, fix))
        found.looked[policy.id] = len(looked)
    return found


def _fix(policy: Policy, stack: Stack, resource: Resource) -> str:
    """The fix in the words of what the reader has: a component of this project, or the resource itself."""
    if resource.is_stack:
        # What the whole stack lacks is told by our components only to a program that has some.
        return policy.fix if stack.once(_has_components) else policy.fix_raw
    ours = any(owner.type.startswith(COMPONENT) for owner in stack.owners(resource))
    return policy.fix if ours else policy.fix_raw


def _has_components(stack: Stack) -> bool:
    return any(type_.startswith(COMPONENT) for type_ in stack.types)
