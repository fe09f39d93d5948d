"""The project itself: what an incident finds prepared."""

from policies.cost_and_operations.project.readiness import asset_inventory_on, security_contact_named

POLICIES = (asset_inventory_on, security_contact_named)
