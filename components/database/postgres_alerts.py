"""Alerts of a Postgres instance: each threshold is a part of a size that the instance was given.

What is measured shares a policy by urgency; missing backups are found in the logs, which cannot share one.

Metrics: https://cloud.google.com/monitoring/api/metrics_gcp_c#gcp-cloudsql.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi_gcp import monitoring

from components.component import Component
from components.observability.alert import AlertRouting, Urgency, alert, any_of, policy

BUSY = 0.8
"""The part of CPU, connections and disk from which on somebody should look (D10)."""
FULL_MEMORY = 0.9
LAG_S = 60
METRIC = "cloudsql_googleapis_com:database"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """The instances that the alerts are about, and the sizes that they are held to (GB, count)."""

    instance: str
    replicas: Sequence[str]
    disk_limit_gb: int
    max_connections: int


def postgres_alerts(owner: Component, watched: Watched, routing: AlertRouting) -> None:
    """Registers them under `owner`."""
    project = owner.env.project
    only = f'{{database_id="{project}:{watched.instance}"}}'
    disk = int(watched.disk_limit_gb * 1024**3 * BUSY)
    connections = int(watched.max_connections * BUSY)
    alert(
        f"{owner.name}-limits",
        owner=owner,
        routing=routing,
        title=f"{owner.name}: CPU, disk or connections over {BUSY:.0%}",
        query=any_of(
            {
                "cpu": f"avg_over_time({METRIC}_cpu_utilization{only}[5m]) > {BUSY}",
                # Ten minutes in all: a large sort's temporary files come and go.
                "disk": f"min_over_time({METRIC}_disk_bytes_used{only}[5m]) > {disk}",
                # One series a database.
                "connections": f"sum({METRIC}_postgresql_num_backends{only}) > {connections}",
            }
        ),
        duration_s=300,
        urgency=Urgency.PAGE,
        advice=(
            f"`{watched.instance}` nears one of its limits; the label `problem` says which.\n\n"
            "- cpu: Query Insights names the queries that cost most. If all are needed, choose a larger tier.\n"
            f"- disk: it grows by itself up to {watched.disk_limit_gb} GB, then writes fail. Delete data, or "
            "raise the limit.\n"
            f"- connections: instances times pool size is near `max_connections` ({watched.max_connections}). "
            "Lower one of them, or raise it and the tier."
        ),
    )
    # Ten minutes in all: memory is given back after a heavy query.
    problems = {"memory": f"min_over_time({METRIC}_memory_utilization{only}[5m]) > {FULL_MEMORY}"}
    for number, replica in enumerate(watched.replicas, start=1):
        behind = f'{METRIC}_replication_replica_lag{{database_id="{project}:{replica}"}}'
        problems[f"replica {number} lag"] = f"{behind} > {LAG_S}"
    alert(
        f"{owner.name}-strain",
        owner=owner,
        routing=routing,
        title=f"{owner.name}: memory over {FULL_MEMORY:.0%}"
        + (", or a replica behind" if watched.replicas else ""),
        query=any_of(problems),
        duration_s=300,
        urgency=Urgency.NOTIFY,
        advice=(
            f"`{watched.instance}` is under strain; the label `problem` says which.\n\n"
            "- memory: fewer connections, or a larger tier: when memory runs out, Postgres restarts."
            + (
                f"\n- replica lag: it is {LAG_S} s behind and readers see old data. Look for long transactions on "
                "the replica and for its load."
                if watched.replicas
                else ""
            )
        ),
    )
    _backup_alert(owner, watched.instance, routing)


def _backup_alert(owner: Component, instance: str, routing: AlertRouting) -> None:
    # Cloud SQL has no metric of backups; it writes one system event for each window, skipped ones too.
    # https://cloud.google.com/sql/docs/postgres/backup-recovery/view-audit-logs-for-automated-backups
    title = f"{owner.name}: no daily backup"
    entries = (
        'log_id("cloudaudit.googleapis.com/system_event")',
        'resource.type="cloudsql_database"',
        f'resource.labels.database_id="{owner.env.project}:{instance}"',
        'protoPayload.methodName="cloudsql.instances.automatedBackup"',
        'NOT protoPayload.metadata.windowStatus="STATUS_SUCCEEDED"',
    )
    policy(
        f"{owner.name}-backup",
        owner=owner,
        routing=routing,
        title=title,
        conditions=[
            monitoring.AlertPolicyConditionArgs(
                display_name=title,
                condition_matched_log=monitoring.AlertPolicyConditionConditionMatchedLogArgs(
                    filter=" AND ".join(entries)
                ),
            )
        ],
        urgency=Urgency.PAGE,
        advice="Make one by hand (`gcloud sql backups create`), then read why in the instance's operations.",
        # A condition on logs is refused without a limit on its notifications.
        strategy=monitoring.AlertPolicyAlertStrategyArgs(
            auto_close="86400s",
            notification_rate_limit=monitoring.AlertPolicyAlertStrategyNotificationRateLimitArgs(period="3600s"),
        ),
    )
