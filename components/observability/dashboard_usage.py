"""The dashboard "Usage Analytics": who is asked for how much, and what waits."""

from __future__ import annotations

from collections.abc import Sequence

from components.component import Environment
from components.observability import run_series
from components.observability.application_metrics import ApplicationMetrics
from components.observability.dashboard import Dashboard
from components.observability.run_series import CHART_WINDOW
from components.observability.widgets import chart

JOBS = (
    "sum by (job_name, result) (increase(run_googleapis_com:job_completed_execution_count"
    f'{{monitored_resource="cloud_run_job"}}[{CHART_WINDOW}]))'
)
BACKLOG = (
    "sum by (subscription_id) (pubsub_googleapis_com:subscription_num_undelivered_messages"
    '{monitored_resource="pubsub_subscription"})'
)
QUEUES = 'sum by (queue_id) (cloudtasks_googleapis_com:queue_depth{monitored_resource="cloud_tasks_queue"})'


def usage_analytics(
    env: Environment,
    *,
    services: Sequence[str],
    metrics: ApplicationMetrics,
    name: str = "usage-analytics",
) -> Dashboard:
    """Requests of `services` (physical names), tokens, jobs, and the depth of every queue."""
    return Dashboard(
        name,
        env=env,
        title="Usage Analytics",
        widgets=[
            chart(
                "Requests by service",
                run_series.request_rate(services, CHART_WINDOW),
                unit="1/s",
                stacked=True,
            ),
            chart(
                "Tokens of language models",
                metrics.tokens.increase(CHART_WINDOW, "service", "model"),
                stacked=True,
            ),
            chart("Jobs run", JOBS, stacked=True),
            chart("Messages waiting, by subscription", BACKLOG),
            chart("Tasks waiting, by queue", QUEUES),
        ],
    )
