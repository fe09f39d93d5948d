"""Where images come from: that they are scanned, stay what they were, and with which keys they are encrypted."""

from policies.data_protection.artifacts.container_registry import no_container_registry
from policies.data_protection.artifacts.images import registry_scanned, registry_tags_immutable
from policies.data_protection.artifacts.own_key import registry_own_key

POLICIES = (registry_scanned, registry_tags_immutable, no_container_registry, registry_own_key)
