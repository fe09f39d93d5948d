"""What is spent."""

from policies.cost_and_operations.billing.budget import budget_exists, tells_somebody, warns_in_time

POLICIES = (budget_exists, warns_in_time, tells_somebody)
