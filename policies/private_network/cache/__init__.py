"""The caches' ways in."""

from policies.private_network.cache.encryption_in_transit import cache_tls
from policies.private_network.cache.redis_network import redis_network

POLICIES = (redis_network, cache_tls)
