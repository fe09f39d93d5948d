"""Builds: from where their machines are reached and what they reach."""

from policies.private_network.cloud_build.pools import pool_no_public_address

POLICIES = (pool_no_public_address,)
