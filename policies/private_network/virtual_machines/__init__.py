"""Virtual machines: no address on the internet, no packets of others."""

from policies.private_network.virtual_machines.addresses import no_public_address
from policies.private_network.virtual_machines.forwarding import forwards_nothing

POLICIES = (no_public_address, forwards_nothing)
