"""Stacks with and without a budget."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.cost_and_operations.billing.budget import budget_exists
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


def _budget(name: str, rules: Any) -> None:
    gcp.billing.Budget(
        name,
        billing_account="000000-000000-000000",
        amount=gcp.billing.BudgetAmountArgs(
            specified_amount=gcp.billing.BudgetAmountSpecifiedAmountArgs(units="100")
        ),
        threshold_rules=rules,
    )


HALF = [gcp.billing.BudgetThresholdRuleArgs(threshold_percent=0.5)]


@judged(budget_exists, {"good-budget": PASSED, "stack": PASSED})
def good() -> None:
    _budget("good-budget", HALF)


@judged(
    budget_exists,
    {"absent-rules": VIOLATED, "unknown-rules": NOT_EVALUATED, "secret-rules": NOT_EVALUATED},
)
def budgets_in_doubt() -> None:
    _budget("absent-rules", None)
    _budget("unknown-rules", unknown().apply(lambda _: HALF))
    _budget("secret-rules", pulumi.Output.secret(HALF))


@judged(budget_exists, {"stack": VIOLATED})
def bad_without_any() -> None:
    gcp.pubsub.Topic("another", name="another")
