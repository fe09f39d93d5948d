"""Fixtures of policies: real resources with the verdict that each must get.

A fixture is a function that registers resources; `@judged(policy, {...})` says the verdict of each by its logical
name (`stack` for the stack's own). The beginning of a name says what kind of case it is: good, bad, absent (the
property is left out), unknown, secret; a fixture of a whole stack says it by the function's own name.
`test_judged.py` plans and judges them all, and holds that every policy has each kind.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from plan.plan import STACK_TYPE, Plan
from policies.engine.policy import Policy
from policies.engine.run import evaluate
from tests.policies.surroundings import TODAY

KINDS = ("good", "bad", "absent", "unknown", "secret")


class Verdict(enum.Enum):
    """What a policy says of one resource."""

    PASSED = "passed"
    VIOLATED = "violated"
    NOT_EVALUATED = "not evaluated"


PASSED, VIOLATED, NOT_EVALUATED = Verdict

Program = Callable[[], None]


@dataclass(frozen=True)
class Judged:
    """One policy on one fixture; `without` names the kinds that cannot be, each with the reason."""

    policy: Policy
    program: Program
    expected: Mapping[str, Verdict]
    without: Mapping[str, str]

    @property
    def name(self) -> str:
        """What a test's name says."""
        return f"{self.policy.id}-{self.program.__module__.rsplit('.', 1)[1]}.{self.program.__name__}"

    @property
    def kinds(self) -> set[str]:
        """The kinds of case that the fixture has."""
        named = {re.split("[-_]", name)[0] for name in (*self.expected, self.program.__name__)}
        return (named & set(KINDS)) | set(self.without)


ALL: list[Judged] = []


def judged(policy: Policy, expected: Mapping[str, Verdict], **without: str) -> Callable[[Program], Program]:
    """Registers a fixture: the verdict of `policy` on each resource that the function makes.

    `without`: a kind of case that this policy cannot have, with the reason (`secret="a list of enums"`).
    """
    unknown = set(without) - set(KINDS)
    assert not unknown, f"no such kind of case: {unknown}"

    def registered(program: Program) -> Program:
        ALL.append(Judged(policy, program, expected, without))
        return program

    return registered


def verdicts(policy: Policy, plan: Plan) -> dict[str, Verdict]:
    """The verdict of `policy` on every resource that it said anything about, by logical name.

    What is both violated and partly not evaluated is violated.
    """
    found = evaluate(plan, [policy], today=TODAY)
    said: dict[str, Verdict] = {}
    for unseen in found.not_evaluated:
        said[_name(unseen.resource.type, unseen.resource.name)] = NOT_EVALUATED
    for finding in found.findings:
        said[_name(finding.resource.type, finding.resource.name)] = VIOLATED
    return said


def _name(type_: str, name: str) -> str:
    return "stack" if type_ == STACK_TYPE else name
