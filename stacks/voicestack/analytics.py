"""What the reference system's warehouse holds and computes: its tables, and the queries that sum them up.

The tables are those of the Virtuoso seed (E4). Raw events arrive through a BigQuery subscription.
"""

from __future__ import annotations

from components.database.scheduled_queries import ScheduledQuery
from components.database.table import PUBSUB_METADATA, Column, Every, Table, Type

_RAW_DAYS = 400
"""A year of raw rows, and what a comparison with last year's same month needs."""

TABLES = {
    "command_executions": Table(
        description="One row a command that the assistant carried out.",
        partition_by="occurred_at",
        cluster_by=("command", "user_id"),
        keep_days=_RAW_DAYS,
        columns=(
            Column("occurred_at", Type.TIMESTAMP, required=True),
            Column("command", Type.STRING, required=True),
            Column("user_id", Type.STRING, "The user's opaque number; no name."),
            Column("succeeded", Type.BOOLEAN, required=True),
            Column("duration_ms", Type.INTEGER),
            Column("tokens", Type.INTEGER, "Tokens that the model was paid for."),
        ),
    ),
    "test_runs": Table(
        description="One row a run of a customer's test suite.",
        partition_by="started_at",
        cluster_by=("suite",),
        keep_days=_RAW_DAYS,
        columns=(
            Column("started_at", Type.TIMESTAMP, required=True),
            Column("suite", Type.STRING, required=True),
            Column("passed", Type.INTEGER, required=True),
            Column("failed", Type.INTEGER, required=True),
            Column("duration_ms", Type.INTEGER),
        ),
    ),
    "user_activity": Table(
        description="One row a thing that a user did.",
        partition_by="occurred_at",
        cluster_by=("activity", "user_id"),
        keep_days=_RAW_DAYS,
        columns=(
            Column("occurred_at", Type.TIMESTAMP, required=True),
            Column("activity", Type.STRING, required=True),
            Column("user_id", Type.STRING, "The user's opaque number; no name."),
            *PUBSUB_METADATA,
        ),
    ),
    "performance_metrics": Table(
        description="Sums by day, written by the scheduled queries.",
        partition_by="day",
        partition=Every.MONTH,
        cluster_by=("metric",),
        columns=(
            Column("day", Type.DATE, required=True),
            Column("metric", Type.STRING, required=True),
            Column("value", Type.FLOAT, required=True),
        ),
    ),
}


# A run that comes twice (a retry, a second transfer after a lost answer) changes nothing. The day in the condition
# is the filter that the table demands:
# https://cloud.google.com/bigquery/docs/using-dml-with-partitioned-tables#pruning_partitions_when_using_a_merge_statement
_KEEP = """
MERGE `{dataset}.performance_metrics` AS kept
USING (<sums>) AS summed
ON kept.day = <day> AND kept.metric = summed.metric
WHEN MATCHED THEN UPDATE SET value = summed.value
WHEN NOT MATCHED THEN INSERT (day, metric, value) VALUES (<day>, summed.metric, summed.value)
""".strip()


def _kept(day: str, sums: str) -> str:
    """Keeps what `sums` selects (metric, value) as the sums of `day`, which is one for a whole run."""
    return _KEEP.replace("<sums>", sums).replace("<day>", day)


QUERIES = (
    ScheduledQuery(
        name="daily-commands",
        schedule="every day 03:00",
        reads=("command_executions",),
        writes=("performance_metrics",),
        sql=_kept(
            "DATE_SUB(DATE(@run_time), INTERVAL 1 DAY)",
            """
SELECT CONCAT('commands/', command) AS metric, COUNT(*) AS value
FROM `{dataset}.command_executions`
WHERE DATE(occurred_at) = DATE_SUB(DATE(@run_time), INTERVAL 1 DAY)
GROUP BY 1
""",
        ),
    ),
    ScheduledQuery(
        name="weekly-performance",
        schedule="every monday 04:00",
        reads=("command_executions",),
        writes=("performance_metrics",),
        sql=_kept(
            "DATE(@run_time)",
            """
SELECT CONCAT('weekly-p95-ms/', command) AS metric, APPROX_QUANTILES(duration_ms, 100)[OFFSET(95)] AS value
FROM `{dataset}.command_executions`
WHERE DATE(occurred_at) >= DATE_SUB(DATE(@run_time), INTERVAL 7 DAY) AND duration_ms IS NOT NULL
GROUP BY command
""",
        ),
    ),
    ScheduledQuery(
        name="monthly-usage",
        schedule="1 of month 05:00",
        reads=("user_activity",),
        writes=("performance_metrics",),
        sql=_kept(
            "DATE(@run_time)",
            """
SELECT 'monthly-active-users' AS metric, COUNT(DISTINCT user_id) AS value
FROM `{dataset}.user_activity`
WHERE DATE(occurred_at) >= DATE_SUB(DATE(@run_time), INTERVAL 1 MONTH)
""",
        ),
    ),
)
