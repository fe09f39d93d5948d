"""How the caches keep what is in them."""

from policies.data_protection.cache.authentication import cache_authentication, protected_mode
from policies.data_protection.cache.own_key import cache_own_key

POLICIES = (cache_authentication, protected_mode, cache_own_key)
