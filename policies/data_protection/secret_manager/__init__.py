"""Who may read the values in Secret Manager, where they are, when they change and that they are nowhere else."""

from policies.data_protection.secret_manager.clear_text import secret_value_not_in_clear
from policies.data_protection.secret_manager.own_key import secret_own_key
from policies.data_protection.secret_manager.project_access import secrets_granted_one_by_one
from policies.data_protection.secret_manager.regions import secret_keeps_to_regions
from policies.data_protection.secret_manager.rotation import secret_rotation_complete, secret_rotation_due

POLICIES = (
    secrets_granted_one_by_one,
    secret_value_not_in_clear,
    secret_rotation_due,
    secret_rotation_complete,
    secret_keeps_to_regions,
    secret_own_key,
)
