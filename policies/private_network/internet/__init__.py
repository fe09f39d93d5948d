"""The whole way from the internet to what answers."""

from policies.private_network.internet.guarded import guarded_way_in

POLICIES = (guarded_way_in,)
