"""What `pulumi preview --policy-pack policies/cost_and_operations` runs."""

from policies.engine.analyzer import serve

serve("cost_and_operations")
