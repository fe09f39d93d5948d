"""Private services access: the range lent to Google for managed services, and the peering."""

from policies.private_network.private_services.lent_range import lent_range

POLICIES = (lent_range,)
