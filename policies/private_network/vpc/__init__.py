"""Networks as a whole."""

from policies.private_network.vpc.custom_mode import custom_mode
from policies.private_network.vpc.default_network import not_default
from policies.private_network.vpc.peering import no_foreign_routes

POLICIES = (custom_mode, not_default, no_foreign_routes)
