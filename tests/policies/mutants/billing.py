"""Edits after which nobody notices what is spent."""

from __future__ import annotations

from tests.policies.mutation import Draft, mutant

CHANNEL = "monitoring/notificationChannel:NotificationChannel"


@mutant("budget-exists")
def the_budget_is_removed(draft: Draft) -> None:
    draft.drop("Budget", "monthly")


@mutant("budget-exists", stack="staging")
def staging_spends_unwatched(draft: Draft) -> None:
    draft.drop("Budget", "monthly")


@mutant("budget-warns-in-time")
def the_thresholds_are_removed(draft: Draft) -> None:
    del draft.inputs("Budget", "monthly")["thresholdRules"]


@mutant("budget-warns-in-time", stack="staging")
def the_thresholds_are_written_in_percent(draft: Draft) -> None:
    for rule in draft.inputs("Budget", "monthly")["thresholdRules"]:
        rule["thresholdPercent"] *= 100


@mutant("budget-warns-in-time")
def the_budget_tells_when_it_is_spent(draft: Draft) -> None:
    budget = draft.inputs("Budget", "monthly")
    budget["thresholdRules"] = [rule for rule in budget["thresholdRules"] if rule["thresholdPercent"] == 1]


@mutant("budget-tells-somebody")
def the_budget_tells_nobody(draft: Draft) -> None:
    budget = draft.find("Budget", "monthly")
    del budget.inputs["allUpdatesRule"]["monitoringNotificationChannels"]
    del budget.propertyDependencies["allUpdatesRule"]


@mutant("budget-tells-somebody", stack="staging")
def the_budget_tells_finance_alone(draft: Draft) -> None:
    del draft.inputs("Budget", "monthly")["allUpdatesRule"]


@mutant("budget-tells-somebody")
def the_budget_writes_to_a_pager(draft: Draft) -> None:
    budget = draft.find("Budget", "monthly")
    pager = draft.add(CHANNEL, "pager", {"type": "pagerduty"})
    budget.propertyDependencies["allUpdatesRule"] = [pager.urn]
