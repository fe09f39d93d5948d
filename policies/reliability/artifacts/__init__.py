"""Which images stay, and that the others go."""

from policies.reliability.artifacts.cleanup import registry_cleaned_up, registry_keeps_releases

POLICIES = (registry_keeps_releases, registry_cleaned_up)
