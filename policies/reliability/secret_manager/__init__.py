"""What keeps secrets from going by accident."""

from policies.reliability.secret_manager.deletion import secret_deletion_protected, secret_versions_restorable

POLICIES = (secret_versions_restorable, secret_deletion_protected)
