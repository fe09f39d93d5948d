"""Settings of a Cloud SQL Postgres instance: sizes in, the secure form of everything else out.

It makes no resource. What it sets without an argument is what no environment may have otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import pulumi
from pulumi_gcp import sql

from components.database.maintenance import EARLY_SUNDAY, MaintenanceWindow
from components.errors import ComponentError

# https://cloud.google.com/sql/docs/postgres/flags#postgres-m
CONNECTIONS = range(14, 262_144)
# https://cloud.google.com/sql/docs/postgres/instance-settings#storage-capacity-2ndgen (GB; shared-core: 3,062)
DISK_GB = range(10, 65_537)
# https://cloud.google.com/sql/docs/postgres/create-instance#machine-types
OPTIMIZED = r"db-perf-optimized-N-(2|4|8|16|32|48|64|80|96|128)"
CUSTOM_CPUS = frozenset({1, *range(2, 97, 2)})
CUSTOM_MIB = range(3840, 638_977, 256)
SHARED_CORE = ("db-f1-micro", "db-g1-small")

FLAGS = {
    "cloudsql.iam_authentication": "on",
    # pgAudit logs once migrations CREATE EXTENSION pgaudit; these classes are changes of schema and of rights.
    # https://cloud.google.com/sql/docs/postgres/pg-audit
    "cloudsql.enable_pgaudit": "on",
    "pgaudit.log": "ddl,role",
    "log_checkpoints": "on",
    "log_connections": "on",
    "log_disconnections": "on",
    # Statements' durations are in Query Insights; a log line for each statement would cost more than the database.
    "log_duration": "off",
    "log_error_verbosity": "default",
    "log_executor_stats": "off",
    # The clients have no reverse DNS: looking for it would delay every connection.
    "log_hostname": "off",
    "log_lock_waits": "on",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "error",
    "log_min_messages": "warning",
    "log_parser_stats": "off",
    "log_planner_stats": "off",
    "log_statement": "ddl",
    "log_statement_stats": "off",
    "log_temp_files": "0",
}
"""The flags that CIS (Google Cloud 6.2) and its readers ask for; `max_connections` comes with the size."""


class Version(Enum):
    """Major versions: https://cloud.google.com/sql/docs/postgres/db-versions."""

    V17 = "POSTGRES_17"
    V18 = "POSTGRES_18"


class Availability(Enum):
    """ZONAL: one zone. REGIONAL: a standby in another zone takes over by itself."""

    ZONAL = "ZONAL"
    REGIONAL = "REGIONAL"


class DiskType(Enum):
    """SSD for what serves requests."""

    SSD = "PD_SSD"
    HDD = "PD_HDD"


@dataclass(frozen=True, kw_only=True)
class PostgresSize:
    """Sizes of an instance; ComponentError for what Google would refuse.

    `tier`: `db-f1-micro`, `db-g1-small`, `db-custom-<vCPUs>-<MiB>` or `db-perf-optimized-N-<vCPUs>` (edition
    Enterprise Plus, which follows from it). `disk_gb` grows by itself up to `disk_limit_gb`. `backups`: daily
    backups kept. `log_days`: days back to which any moment can be restored (at most 7, Enterprise Plus 35).
    """

    tier: str
    disk_limit_gb: int
    max_connections: int
    backups: int
    log_days: int
    disk_gb: int = 10
    disk_type: DiskType = DiskType.SSD
    maintenance: MaintenanceWindow = field(default=EARLY_SUNDAY)

    @property
    def edition(self) -> str:
        """The edition that has this tier."""
        return "ENTERPRISE_PLUS" if self.tier.startswith("db-perf-optimized-") else "ENTERPRISE"

    def __post_init__(self) -> None:
        self._check_tier()
        # https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr (log retention by edition)
        longest = 35 if self.edition == "ENTERPRISE_PLUS" else 7
        self._check("disk_gb", self.disk_gb, DISK_GB)
        self._check("disk_limit_gb", self.disk_limit_gb, range(self.disk_gb, DISK_GB.stop))
        self._check("max_connections", self.max_connections, CONNECTIONS)
        # Logs are kept as long as the backups that they continue: one backup a day.
        self._check("log_days", self.log_days, range(1, longest + 1))
        # https://cloud.google.com/sql/docs/postgres/backup-recovery/backups (at most 365)
        self._check("backups", self.backups, range(self.log_days, 366))

    def _check(self, field_name: str, value: int, allowed: range) -> None:
        if value not in allowed:
            raise ComponentError(
                f"{field_name} is {value}",
                why=f"with the tier {self.tier} it can be {allowed.start} to {allowed.stop - 1}",
                fix=f"set `{field_name}` within it",
            )

    def _check_tier(self) -> None:
        if self.tier in SHARED_CORE or re.fullmatch(OPTIMIZED, self.tier):
            return
        custom = re.fullmatch(r"db-custom-(\d+)-(\d+)", self.tier)
        if custom and int(custom[1]) in CUSTOM_CPUS and int(custom[2]) in CUSTOM_MIB:
            cpus, mib = int(custom[1]), int(custom[2])
            if 0.9 <= mib / 1024 / cpus <= 6.5:  # noqa: PLR2004 (the limits that the error below tells)
                return
        raise ComponentError(
            f"Cloud SQL has no tier '{self.tier}'",
            why="a custom tier has 1 or an even number of vCPUs up to 96, and 0.9 to 6.5 GiB for each of them, at "
            "least 3840 MiB, in steps of 256",
            fix="use e.g. db-custom-2-7680, db-f1-micro, or db-perf-optimized-N-2",
        )


def settings(
    size: PostgresSize,
    *,
    availability: Availability,
    replica: bool,
    network: pulumi.Input[str],
    region: str,
    protect: bool,
    disposable: bool,
    labels: dict[str, str],
) -> sql.DatabaseInstanceSettingsArgs:
    """What the API takes. A replica has no backups, window or password policy of its own."""
    primary = None if replica else _primary(size, region=region, disposable=disposable)
    return sql.DatabaseInstanceSettingsArgs(
        tier=size.tier,
        edition=size.edition,
        availability_type=availability.value,
        disk_type=size.disk_type.value,
        disk_size=size.disk_gb,
        disk_autoresize=True,
        disk_autoresize_limit=size.disk_limit_gb,
        deletion_protection_enabled=protect,
        retain_backups_on_delete=not disposable,
        # Every connection comes through a connector: mutual TLS with a short-lived certificate that IAM gave.
        # https://cloud.google.com/sql/docs/postgres/connect-connectors#enforce
        connector_enforcement="REQUIRED",
        ip_configuration=sql.DatabaseInstanceSettingsIpConfigurationArgs(
            ipv4_enabled=False,
            private_network=network,
            ssl_mode="ENCRYPTED_ONLY",
            server_ca_mode="GOOGLE_MANAGED_CAS_CA",
            server_certificate_rotation_mode="AUTOMATIC_ROTATION_DURING_MAINTENANCE",
        ),
        insights_config=sql.DatabaseInstanceSettingsInsightsConfigArgs(
            query_insights_enabled=True,
            query_string_length=1024,
            query_plans_per_minute=5,
            record_application_tags=True,
            record_client_address=False,
        ),
        database_flags=[
            sql.DatabaseInstanceSettingsDatabaseFlagArgs(name=name, value=value)
            for name, value in sorted({**FLAGS, "max_connections": str(size.max_connections)}.items())
        ],
        user_labels=labels,
        **(primary or {}),
    )


def _primary(size: PostgresSize, *, region: str, disposable: bool) -> dict[str, Any]:
    return {
        "backup_configuration": sql.DatabaseInstanceSettingsBackupConfigurationArgs(
            enabled=True,
            start_time=f"{(size.maintenance.hour + 21) % 24:02d}:00",
            location=region,
            point_in_time_recovery_enabled=True,
            transaction_log_retention_days=size.log_days,
            backup_retention_settings=(
                sql.DatabaseInstanceSettingsBackupConfigurationBackupRetentionSettingsArgs(
                    retained_backups=size.backups, retention_unit="COUNT"
                )
            ),
        ),
        "final_backup_config": sql.DatabaseInstanceSettingsFinalBackupConfigArgs(
            enabled=not disposable, retention_days=None if disposable else 30
        ),
        "maintenance_window": sql.DatabaseInstanceSettingsMaintenanceWindowArgs(
            day=size.maintenance.day.value, hour=size.maintenance.hour, update_track="stable"
        ),
        # No user of ours has a password; whoever makes one by hand meets this.
        "password_validation_policy": sql.DatabaseInstanceSettingsPasswordValidationPolicyArgs(
            enable_password_policy=True,
            min_length=16,
            complexity="COMPLEXITY_DEFAULT",
            disallow_username_substring=True,
            reuse_interval=5,
        ),
    }
