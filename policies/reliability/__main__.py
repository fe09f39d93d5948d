"""What `pulumi preview --policy-pack policies/reliability` runs."""

from policies.engine.analyzer import serve

serve("reliability")
