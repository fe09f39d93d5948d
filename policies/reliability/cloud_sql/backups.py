"""What a Cloud SQL instance lost can be had back: from backups, to a moment, and after the instance is gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, Engine, engine_of, primaries
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy

_ASSOCIATION: Final = "gcp:backupdisasterrecovery/backupPlanAssociation:BackupPlanAssociation"


class BackupSettings(Settings):
    """How many backups must be kept."""

    kept: int = Field(default=7, ge=1, le=365)
    """Daily backups that are kept at least."""


@resource_policy(
    id="sql-backups",
    title="A Cloud SQL instance that keeps data is backed up every day",
    severity=Severity.CRITICAL,
    why="""Without backups one wrong statement, or one faulty release, is the end of the data. An instance that
    is made by the API has none unless they are switched on.""",
    fix="Use the `Postgres` component and give its `PostgresSize` enough `backups`.",
    fix_raw="""Set `settings.backupConfiguration.enabled` to true, and `retainedBackups` to a week or more, or
    associate the instance with a plan of Backup and DR.""",
    rows=(55,),
    cis_4=("6.7",),
    cis_5=("6.8",),
    settings=BackupSettings,
    types=[INSTANCE],
    elements=primaries,
)
def backups(instance: Value, stack: Stack, settings: BackupSettings) -> Iterator[str]:
    if stack.disposable:
        return
    if instance.resource.urn in stack.once(_in_vaults):
        return
    configuration = instance.at("settings.backupConfiguration")
    # Off by default: https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1/instances#backupconfiguration
    enabled = configuration["enabled"]
    if not enabled.flag(False):
        said = "is false" if enabled.present else "is left out, which means false"
        yield f"{enabled.path} {said}: there is no backup"
        return
    # 7 by default (15 with Enterprise Plus): https://cloud.google.com/sql/docs/postgres/backup-recovery/backups
    kept = configuration["backupRetentionSettings"]["retainedBackups"]
    if kept.number(7) < settings.kept:
        yield f"{kept.path} is less than {settings.kept}: a loss that is noticed late stays lost"


def _in_vaults(stack: Stack) -> set[str]:
    """The instances of which a plan of Backup and DR makes the backups, and keeps them in a vault.

    `backupTier` says so of an instance that is there, and cannot be set.
    https://cloud.google.com/sql/docs/postgres/backup-recovery/backup-options,
    https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1/instances#backupconfiguration
    """
    return {
        one.urn
        for association in stack.of_type(_ASSOCIATION)
        for one in stack.referred(association["resource"], INSTANCE)
    }


class RecoverySettings(Settings):
    """How far back a moment must be recoverable."""

    days: int = Field(default=1, ge=1, le=35)
    """Days of logs that are kept at least; 7 are the most with the Enterprise edition."""


@resource_policy(
    id="sql-point-in-time-recovery",
    title="A Cloud SQL instance that keeps data can be restored to any moment of the last days",
    severity=Severity.HIGH,
    why="""A backup is last night's: without point-in-time recovery all calls and payments of the day before a
    faulty statement go with it. A standby does not help, it has the same statement.""",
    fix="Use the `Postgres` component and give its `PostgresSize` enough `log_days`.",
    fix_raw="""Set `pointInTimeRecoveryEnabled` in `settings.backupConfiguration` to true (MySQL:
    `binaryLogEnabled`).""",
    rows=(56,),
    settings=RecoverySettings,
    types=[INSTANCE],
    elements=primaries,
)
def point_in_time_recovery(instance: Value, stack: Stack, settings: RecoverySettings) -> Iterator[str]:
    if stack.disposable:
        return
    configuration = instance.at("settings.backupConfiguration")
    mysql = engine_of(instance) is Engine.MYSQL
    enabled = configuration["binaryLogEnabled" if mysql else "pointInTimeRecoveryEnabled"]
    if not enabled.flag(not mysql and _enterprise_plus(instance)):
        said = "is false" if enabled.present else "is left out, which means false"
        yield f"{enabled.path} {said}: everything since the last backup is lost with it"
        return
    # 7 by default (14 with Enterprise Plus): https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr
    days = configuration["transactionLogRetentionDays"]
    if days.number(7) < settings.days:
        yield f"{days.path} is less than {settings.days}: moments before that cannot be restored"


def _enterprise_plus(instance: Value) -> bool:
    """Whether the edition is the one that has point-in-time recovery on by default.

    https://www.pulumi.com/registry/packages/gcp/api-docs/sql/databaseinstance/
    """
    configured = instance["settings"]
    edition = configured["edition"].text()
    if edition is not None:
        return edition == "ENTERPRISE_PLUS"
    # Only this edition has these machines, and it needs them.
    return configured["tier"].text("").startswith("db-perf-optimized-")


@resource_policy(
    id="sql-backups-outlive-instance",
    title="The backups of a Cloud SQL instance outlive it",
    severity=Severity.HIGH,
    why="""Google deletes an instance's backups with the instance: the one accident against which backups are
    kept takes them along, unless they are told to stay.""",
    fix="""Let the environment's profile keep `protect`: `Postgres` keeps its backups, and makes a last one,
    from it.""",
    fix_raw="Set `settings.retainBackupsOnDelete` to true, or `settings.finalBackupConfig` with `enabled`.",
    rows=(55,),
    # Deletion guards stand before this; some export elsewhere instead.
    enforcement=Enforcement.ADVISORY,
    types=[INSTANCE],
    elements=primaries,
)
def backups_outlive_instance(instance: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    # Both off by default: https://cloud.google.com/sql/docs/postgres/backup-recovery/backups#retained-backups
    configured = instance["settings"]
    retained = configured["retainBackupsOnDelete"]
    if not retained.flag(False) and not configured["finalBackupConfig"]["enabled"].flag(False):
        yield f"{retained.path} is not true and there is no final backup: with the instance its backups go too"
