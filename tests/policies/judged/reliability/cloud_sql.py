"""Cloud SQL instances by what becomes of them and their data after an accident."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.reliability.cloud_sql.availability import high_availability
from policies.reliability.cloud_sql.backups import backups, backups_outlive_instance, point_in_time_recovery
from policies.reliability.cloud_sql.deletion_guards import deletion_guards
from policies.reliability.cloud_sql.supported_version import supported_version
from tests.policies.databases import disposable, instance, replica
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

MYSQL = "MYSQL_8_4"


def _kept(name: str, version: str = "POSTGRES_17", **configuration: Any) -> None:
    instance(name, {"backup_configuration": configuration}, version=version)


def _retained(number: pulumi.Input[int]) -> dict[str, Any]:
    return {"enabled": True, "backup_retention_settings": {"retained_backups": number}}


def _in_a_vault(name: str, database: pulumi.Input[str]) -> None:
    gcp.backupdisasterrecovery.BackupPlanAssociation(
        name,
        backup_plan="projects/acme/locations/europe-west1/backupPlans/databases",
        backup_plan_association_id=name,
        location="europe-west1",
        resource=database,
        resource_type="sqladmin.googleapis.com/Instance",
    )


@judged(
    backups,
    {
        "good-by-default-a-week": PASSED,
        "good-a-month": PASSED,
        "good-in-a-vault": PASSED,
        "good-in-a-vault-by-name": PASSED,
        "good-replica-has-none": PASSED,
        "good-only-stands-for-a-database-elsewhere": PASSED,
        "bad-off": VIOLATED,
        "bad-two-days": VIOLATED,
        "bad-tier-that-google-alone-sets": VIOLATED,
        "absent-flag": VIOLATED,
        "absent-block": VIOLATED,
        "absent-settings": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "unknown-number": NOT_EVALUATED,
        "unknown-whether-replica": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def backed_up() -> None:
    _kept("good-by-default-a-week", enabled=True)
    _kept("good-a-month", **_retained(30))
    _in_a_vault("by-id", instance("good-in-a-vault").id)
    instance("good-in-a-vault-by-name")
    _in_a_vault("by-name", "projects/acme/instances/good-in-a-vault-by-name")
    _kept("bad-tier-that-google-alone-sets", backup_tier="ENHANCED")
    replica("good-replica-has-none", "good-a-month")
    instance("good-only-stands-for-a-database-elsewhere", instance_type="ON_PREMISES_INSTANCE")
    _kept("bad-off", enabled=False)
    _kept("bad-two-days", **_retained(2))
    _kept("absent-flag", start_time="01:00")
    instance("absent-block", {})
    instance("absent-settings")
    _kept("unknown-flag", enabled=unknown("a").apply(bool))
    _kept("unknown-number", **_retained(unknown("b").apply(len)))
    instance("unknown-whether-replica", {}, instance_type=unknown("c"))
    _kept("secret-flag", enabled=pulumi.Output.secret(True))


@judged(
    point_in_time_recovery,
    {
        "good-postgres": PASSED,
        "good-mysql": PASSED,
        "good-on-by-default-with-enterprise-plus": PASSED,
        "good-on-by-default-with-a-machine-of-enterprise-plus": PASSED,
        "good-replica-has-none": PASSED,
        "bad-off": VIOLATED,
        "bad-off-with-enterprise-plus": VIOLATED,
        "bad-mysql-with-the-flag-of-postgres": VIOLATED,
        "bad-no-days": VIOLATED,
        "absent-flag": VIOLATED,
        "absent-settings": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "unknown-engine": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def recoverable() -> None:
    _kept("good-postgres", point_in_time_recovery_enabled=True)
    _kept("good-mysql", MYSQL, binary_log_enabled=True)
    instance("good-on-by-default-with-enterprise-plus", {"edition": "ENTERPRISE_PLUS"})
    instance("good-on-by-default-with-a-machine-of-enterprise-plus", {"tier": "db-perf-optimized-N-2"})
    replica("good-replica-has-none", "good-postgres")
    _kept("bad-off", point_in_time_recovery_enabled=False)
    instance(
        "bad-off-with-enterprise-plus",
        {"edition": "ENTERPRISE_PLUS", "backup_configuration": {"point_in_time_recovery_enabled": False}},
    )
    _kept("bad-mysql-with-the-flag-of-postgres", MYSQL, point_in_time_recovery_enabled=True)
    _kept("bad-no-days", point_in_time_recovery_enabled=True, transaction_log_retention_days=0)
    _kept("absent-flag", enabled=True)
    instance("absent-settings")
    _kept("unknown-flag", point_in_time_recovery_enabled=unknown("a").apply(bool))
    instance(
        "unknown-engine",
        {"backup_configuration": {"point_in_time_recovery_enabled": True}},
        version=unknown("b"),
    )
    _kept("secret-flag", point_in_time_recovery_enabled=pulumi.Output.secret(True))


@judged(
    backups_outlive_instance,
    {
        "good-retained": PASSED,
        "good-final-backup": PASSED,
        "good-replica-has-none": PASSED,
        "bad-neither": VIOLATED,
        "absent": VIOLATED,
        "unknown": NOT_EVALUATED,
        "secret": NOT_EVALUATED,
    },
)
def outlived() -> None:
    instance("good-retained", {"retain_backups_on_delete": True})
    instance("good-final-backup", {"final_backup_config": {"enabled": True}})
    replica("good-replica-has-none", "good-retained")
    instance("bad-neither", {"retain_backups_on_delete": False, "final_backup_config": {"enabled": False}})
    instance("absent", {})
    instance("unknown", {"retain_backups_on_delete": unknown("other").apply(bool)})
    instance("secret", {"final_backup_config": {"enabled": pulumi.Output.secret(True)}})


@judged(
    high_availability,
    {
        "good-regional": PASSED,
        "good-replica-in-one-zone": PASSED,
        "good-read-pool": PASSED,
        "bad-one-zone": VIOLATED,
        "absent-type": VIOLATED,
        "absent-settings": VIOLATED,
        "unknown": NOT_EVALUATED,
        "secret": NOT_EVALUATED,
    },
)
def available() -> None:
    instance("good-regional", {"availability_type": "REGIONAL"})
    replica("good-replica-in-one-zone", "good-regional", {"availability_type": "ZONAL"})
    instance("good-read-pool", {}, instance_type="READ_POOL_INSTANCE")
    instance("bad-one-zone", {"availability_type": "ZONAL"})
    instance("absent-type", {})
    instance("absent-settings")
    instance("unknown", {"availability_type": unknown("other")})
    instance("secret", {"availability_type": pulumi.Output.secret("REGIONAL")})


GUARDED: dict[str, Any] = {"deletion_protection_enabled": True}


@judged(
    deletion_guards,
    {
        "good-all-three": PASSED,
        "good-providers-by-default": PASSED,
        "good-replica": PASSED,
        "bad-googles-off": VIOLATED,
        "bad-providers-off": VIOLATED,
        "bad-pulumis-off": VIOLATED,
        "bad-replica": VIOLATED,
        "bad-providers-off-beside-an-unknown-one": VIOLATED,
        "absent-googles": VIOLATED,
        "unknown-googles": NOT_EVALUATED,
        "unknown-providers": NOT_EVALUATED,
        "secret-googles": NOT_EVALUATED,
    },
)
def guarded() -> None:
    instance("good-all-three", GUARDED, deletion_protection=True, protect=True)
    instance("good-providers-by-default", GUARDED, protect=True)
    replica("good-replica", "good-all-three", GUARDED, protect=True)
    instance("bad-googles-off", {"deletion_protection_enabled": False}, protect=True)
    instance("bad-providers-off", GUARDED, deletion_protection=False, protect=True)
    instance("bad-pulumis-off", GUARDED, deletion_protection=True)
    replica("bad-replica", "good-all-three", {}, deletion_protection=False)
    instance(
        "bad-providers-off-beside-an-unknown-one",
        {"deletion_protection_enabled": unknown("a").apply(bool)},
        deletion_protection=False,
        protect=True,
    )
    instance("absent-googles", {}, protect=True)
    instance("unknown-googles", {"deletion_protection_enabled": unknown("b").apply(bool)}, protect=True)
    instance("unknown-providers", GUARDED, deletion_protection=unknown("c").apply(bool), protect=True)
    instance("secret-googles", {"deletion_protection_enabled": pulumi.Output.secret(True)}, protect=True)


@judged(
    supported_version,
    {
        "good-postgres-16-though-not-the-newest": PASSED,
        "good-postgres-17-though-not-the-newest": PASSED,
        "good-postgres-18": PASSED,
        "good-mysql": PASSED,
        "good-mysql-9": PASSED,
        "good-sqlserver": PASSED,
        "bad-postgres-9": VIOLATED,
        "bad-postgres-13": VIOLATED,
        "bad-mysql-8-0-with-a-minor-version": VIOLATED,
        "bad-replica": VIOLATED,
        "unknown-version": NOT_EVALUATED,
        "unknown-to-the-table": NOT_EVALUATED,
        "secret-version": NOT_EVALUATED,
    },
    absent="the provider refuses an instance without a version",
)
def versions() -> None:
    instance("good-postgres-16-though-not-the-newest", version="POSTGRES_16")
    instance("good-postgres-17-though-not-the-newest", version="POSTGRES_17")
    instance("good-postgres-18", version="POSTGRES_18")
    instance("good-mysql", version="MYSQL_8_4")
    instance("good-mysql-9", version="MYSQL_9_7")
    instance("good-sqlserver", version="SQLSERVER_2022_ENTERPRISE")
    instance("bad-postgres-9", version="POSTGRES_9_6")
    instance("bad-postgres-13", version="POSTGRES_13")
    instance("bad-mysql-8-0-with-a-minor-version", version="MYSQL_8_0_36")
    replica("bad-replica", "good-postgres-18", {}, version="POSTGRES_12")
    instance("unknown-version", version=unknown())
    instance("unknown-to-the-table", version="POSTGRES_99")
    instance("secret-version", version=pulumi.Output.secret("POSTGRES_18"))


@judged(backups, {"good-without": PASSED})
@judged(point_in_time_recovery, {"good-without": PASSED})
@judged(backups_outlive_instance, {"good-without": PASSED})
@judged(high_availability, {"good-without": PASSED})
@judged(deletion_guards, {"good-without": PASSED})
def good_disposable() -> None:
    disposable()
    instance("good-without", deletion_protection=False)
