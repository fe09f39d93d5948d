"""API keys: what a lost one is good for."""

from policies.data_protection.api_keys.restrictions import names_its_apis, names_its_callers

POLICIES = (names_its_apis, names_its_callers)
