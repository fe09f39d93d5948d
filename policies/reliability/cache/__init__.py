"""The caches outlive accidents and failures."""

from policies.reliability.cache.durability import cache_availability, cache_guard, cache_persistence
from policies.reliability.cache.supported_version import cache_version

POLICIES = (cache_guard, cache_availability, cache_persistence, cache_version)
