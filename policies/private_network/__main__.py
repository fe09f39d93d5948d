"""What `pulumi preview --policy-pack policies/private_network` runs."""

from policies.engine.analyzer import serve

serve("private_network")
