"""What `pulumi preview --policy-pack policies/data_protection` runs."""

from policies.engine.analyzer import serve

serve("data_protection")
