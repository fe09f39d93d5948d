"""Databases that no system of ours uses."""

from policies.reliability.databases.deletion_guards import database_guards

POLICIES = (database_guards,)
