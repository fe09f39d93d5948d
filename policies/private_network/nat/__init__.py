"""NAT, the way out to the internet."""

from policies.private_network.nat.nat import logs, named_subnets, no_endpoint_independent_mapping

POLICIES = (logs, named_subnets, no_endpoint_independent_mapping)
