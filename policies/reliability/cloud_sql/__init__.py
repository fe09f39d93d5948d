"""Cloud SQL's data outlives accidents, failures and its own version."""

from policies.reliability.cloud_sql.availability import high_availability
from policies.reliability.cloud_sql.backups import backups, backups_outlive_instance, point_in_time_recovery
from policies.reliability.cloud_sql.deletion_guards import deletion_guards
from policies.reliability.cloud_sql.supported_version import supported_version

POLICIES = (
    backups,
    point_in_time_recovery,
    backups_outlive_instance,
    high_availability,
    deletion_guards,
    supported_version,
)
