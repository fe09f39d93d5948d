"""What is spent."""

from policies.cost_and_operations.billing.budget import budget_exists

POLICIES = (budget_exists,)
