"""Edits after which the Postgres instance does not outlive an accident."""

from __future__ import annotations

from typing import Any

from tests.policies.mutation import Draft, mutant

SQL = "sql/databaseInstance:DatabaseInstance"


def _settings(draft: Draft, name: str = "postgres") -> dict[str, Any]:
    found: dict[str, Any] = draft.inputs(SQL, name)["settings"]
    return found


@mutant("sql-backups")
def backups_are_off(draft: Draft) -> None:
    _settings(draft)["backupConfiguration"]["enabled"] = False


@mutant("sql-backups")
def two_backups_are_kept(draft: Draft) -> None:
    _settings(draft)["backupConfiguration"]["backupRetentionSettings"]["retainedBackups"] = 2


@mutant("sql-backups", also=("sql-point-in-time-recovery",))
def the_backup_configuration_is_removed(draft: Draft) -> None:
    del _settings(draft)["backupConfiguration"]


@mutant("sql-point-in-time-recovery")
def moments_cannot_be_restored(draft: Draft) -> None:
    _settings(draft)["backupConfiguration"]["pointInTimeRecoveryEnabled"] = False


@mutant("sql-point-in-time-recovery")
def logs_are_kept_no_day(draft: Draft) -> None:
    _settings(draft)["backupConfiguration"]["transactionLogRetentionDays"] = 0


@mutant("sql-point-in-time-recovery")
def recovery_is_left_to_the_default(draft: Draft) -> None:
    del _settings(draft)["backupConfiguration"]["pointInTimeRecoveryEnabled"]


@mutant("sql-backups-outlive-instance")
def backups_go_with_the_instance(draft: Draft) -> None:
    settings = _settings(draft)
    del settings["retainBackupsOnDelete"], settings["finalBackupConfig"]


@mutant("sql-high-availability")
def the_database_is_in_one_zone(draft: Draft) -> None:
    _settings(draft)["availabilityType"] = "ZONAL"


@mutant("sql-high-availability")
def the_availability_is_left_out(draft: Draft) -> None:
    del _settings(draft)["availabilityType"]


@mutant("sql-deletion-guards")
def googles_guard_is_off(draft: Draft) -> None:
    _settings(draft)["deletionProtectionEnabled"] = False


@mutant("sql-deletion-guards")
def the_providers_guard_is_off(draft: Draft) -> None:
    draft.inputs(SQL, "postgres")["deletionProtection"] = False


@mutant("sql-deletion-guards")
def pulumis_guard_is_off(draft: Draft) -> None:
    draft.options(SQL, "postgres", protect=False)


@mutant("sql-deletion-guards")
def the_replica_is_not_guarded(draft: Draft) -> None:
    del _settings(draft, "postgres-read-1")["deletionProtectionEnabled"]


@mutant("sql-supported-version")
def the_version_has_ended(draft: Draft) -> None:
    draft.inputs(SQL, "postgres")["databaseVersion"] = "POSTGRES_12"


@mutant("sql-supported-version")
def the_replicas_version_has_ended(draft: Draft) -> None:
    draft.inputs(SQL, "postgres-read-1")["databaseVersion"] = "POSTGRES_13"


@mutant("sql-supported-version", stack="staging")
def the_version_in_staging_has_ended(draft: Draft) -> None:
    draft.inputs(SQL, "postgres")["databaseVersion"] = "POSTGRES_13"
