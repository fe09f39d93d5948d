"""A budget is made at the expense of a project's quota, which the provider must say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Result, Settings, Severity, Unseen, resource_policy

BUDGET: Final = "gcp:billing/budget:Budget"


@resource_policy(
    id="budget-provider-names-quota-project",
    title="The provider of a budget sends requests for the project's quota",
    severity=Severity.LOW,
    why="""A budget belongs to a billing account, which has no quota of its own. Without a quota project Google
    refuses the request of whoever is logged in as themselves (403), after everything else is made.""",
    fix="Make resources with the provider of `stacks/foundation.py`, which sets it.",
    fix_raw="Set `userProjectOverride` to true and `billingProject` on the provider of the budget.",
    types=[BUDGET],
)
def budget_provider_names_quota_project(budget: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    # https://www.pulumi.com/registry/packages/gcp/api-docs/billing/budget/ (the note on user credentials)
    provider = stack.plan.by_urn.get(budget.resource.provider or "")
    if provider is None or provider.is_default_provider:
        yield Unseen(budget.resource, "the default provider's settings are not in this plan")
        return
    values = Value.of(provider)
    override = values["userProjectOverride"]
    if not override.flag(False):
        yield f"{override.path} of the provider '{provider.name}' is not true: Google refuses the budget"
    elif not (values["billingProject"].is_unknown or values["billingProject"].has_text):
        yield f"billingProject of the provider '{provider.name}' is left out: Google knows no project to charge"
