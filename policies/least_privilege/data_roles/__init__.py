"""What workloads may do to databases."""

from policies.least_privilege.data_roles.administration import database_administration

POLICIES = (database_administration,)
