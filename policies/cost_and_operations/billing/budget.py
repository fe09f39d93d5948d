"""Somebody is told before a month's cost runs away."""

from __future__ import annotations

from collections.abc import Iterator

from policies.engine.policy import Looked, Problem, Result, Settings, Severity, each, stack_policy
from policies.engine.stack import Stack
from policies.engine.value import Value

BUDGET = "gcp:billing/budget:Budget"


@stack_policy(
    id="budget-exists",
    title="The stack has a budget with thresholds",
    severity=Severity.MEDIUM,
    why="A runaway loop of model calls can spend a month's money overnight; without a budget the invoice tells.",
    fix="Make a `Budget` component in the stack (`stacks/watch.py` does).",
    fix_raw="Add a `gcp.billing.Budget` for the project with `thresholdRules`.",
    rows=(183,),
)
def budget_exists(stack: Stack, settings: Settings) -> Iterator[Result]:
    budgets = stack.of_type(BUDGET)
    yield Looked(stack.root)
    if not budgets:
        yield Problem(stack.root, "no budget watches what the project spends")
    yield from each(budgets, _has_thresholds)


def _has_thresholds(budget: Value) -> Iterator[str]:
    if not list(budget["thresholdRules"].items()):
        yield "the budget has no thresholdRules: nobody is told when it is spent"
