"""What a check of one or several stacks has to say, and its JSON. No words for people here, no SARIF."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from plan.plan import Plan
from policies.engine.configuration import Configuration
from policies.engine.policy import Enforcement, Policy, Severity
from policies.engine.run import Evaluation, Finding, NotEvaluated, evaluate
from policies.engine.waivers import Waived, Waivers, apply

_WORST_FIRST = {level: position for position, level in enumerate(Severity)}


@dataclass(frozen=True)
class Checked:
    """One stack that was checked: what is left after the waivers, the worst first."""

    evaluation: Evaluation
    findings: list[Finding]
    waived: list[Waived]

    @property
    def plan(self) -> Plan:
        """What was checked."""
        return self.evaluation.plan

    @property
    def not_evaluated(self) -> list[NotEvaluated]:
        """What could not be looked at."""
        return self.evaluation.not_evaluated

    @property
    def is_clean(self) -> bool:
        """Whether no mandatory policy is violated."""
        return not any(one.enforcement is Enforcement.MANDATORY for one in self.findings)

    @property
    def passed(self) -> dict[str, int]:
        """The policies that found nothing, waived or not, and could look at everything: resources looked at."""
        return self.evaluation.passed


def check(
    plan: Plan,
    policies: Sequence[Policy],
    *,
    today: datetime.date,
    configuration: Configuration | None = None,
    waivers: Waivers | None = None,
) -> Checked:
    """Looks at `plan` with `policies` and takes out what `waivers` excuse on `today`."""
    evaluation = evaluate(plan, policies, configuration, today=today)
    findings, waived = apply(evaluation, waivers or Waivers(), today=today, policies=policies)
    findings.sort(
        key=lambda one: (_WORST_FIRST[one.policy.severity], one.policy.id, one.resource.urn, one.message)
    )
    return Checked(evaluation, findings, waived)


def as_json(checked: Iterable[Checked], *, today: datetime.date) -> dict[str, Any]:
    """The checks as JSON has them; a policy passed where it passed in every stack, and the resources add up."""
    every = list(checked)
    return {
        "today": today.isoformat(),
        "stacks": [_named(one) for one in every],
        "disposable": [_named(one) for one in every if one.evaluation.disposable],
        "disabled": sorted({id_ for one in every for id_ in one.evaluation.disabled}),
        "findings": [_finding(finding) for one in every for finding in one.findings],
        "notEvaluated": [
            {"policy": unseen.policy.id, "urn": unseen.resource.urn, "why": unseen.why}
            for one in every
            for unseen in one.not_evaluated
        ],
        "waived": [
            {
                **_finding(waived.finding),
                "owner": waived.waiver.owner,
                "reason": waived.waiver.reason,
                "ticket": waived.waiver.ticket,
                "expires": waived.waiver.expires.isoformat(),
                "daysLeft": waived.days_left,
            }
            for one in every
            for waived in one.waived
        ],
        "passed": dict(sorted(_passed(every).items())),
    }


def _named(one: Checked) -> str:
    return f"{one.plan.project}/{one.plan.stack}"


def _passed(every: Sequence[Checked]) -> dict[str, int]:
    """The policies that passed in every stack where they had something to look at: resources looked at."""
    passed: Counter[str] = Counter()
    failed: set[str] = set()
    for one in every:
        here = one.passed
        passed.update(here)
        failed |= {id_ for id_, number in one.evaluation.looked.items() if number and id_ not in here}
    return {id_: number for id_, number in passed.items() if id_ not in failed}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "policy": finding.policy.id,
        "title": finding.policy.title,
        "severity": finding.policy.severity.value,
        "enforcement": finding.enforcement.value,
        "urn": finding.resource.urn,
        "message": finding.message,
        "fix": finding.fix,
        "why": finding.policy.why,
        "source": finding.resource.source[0] if finding.resource.source else None,
    }
