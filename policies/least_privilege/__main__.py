"""What `pulumi preview --policy-pack policies/least_privilege` runs."""

from policies.engine.analyzer import serve

serve("least_privilege")
