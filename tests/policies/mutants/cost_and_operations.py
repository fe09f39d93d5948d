"""Edits after which nobody notices cost or failure."""

from tests.policies.mutation import Draft, mutant


@mutant("budget-exists")
def the_budget_is_removed(draft: Draft) -> None:
    draft.drop("Budget", "monthly")
