"""The dashboard "Error Analysis": what fails, where, since when, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence

from components.component import Environment
from components.observability import run_series
from components.observability.application_metrics import ApplicationMetrics
from components.observability.dashboard import Dashboard
from components.observability.run_series import CHART_WINDOW
from components.observability.service_alerts import ERROR_SHARE
from components.observability.widgets import chart, logs

EDGE_REFUSALS = (
    "sum by (response_code) (rate(loadbalancing_googleapis_com:https_request_count"
    f'{{monitored_resource="https_lb_rule",response_code=~"403|429"}}[{CHART_WINDOW}]))'
)


def error_analysis(
    env: Environment,
    *,
    services: Sequence[str],
    metrics: ApplicationMetrics,
    name: str = "error-analysis",
) -> Dashboard:
    """Errors of `services` (physical names) by service, code and endpoint; rate limits; the entries themselves."""
    return Dashboard(
        name,
        env=env,
        title="Error Analysis",
        widgets=[
            chart(
                "Failed, of all requests",
                run_series.error_share(services, CHART_WINDOW),
                unit="10^2.%",
                limits={"alert": ERROR_SHARE},
            ),
            chart(
                "Failed requests by endpoint",
                metrics.failures.increase(CHART_WINDOW, "endpoint", "status"),
                stacked=True,
            ),
            chart(
                "Answers by code",
                run_series.request_rate(
                    services, CHART_WINDOW, where='response_code_class=~"4xx|5xx"', by="response_code"
                ),
                unit="1/s",
                stacked=True,
            ),
            chart(
                "Rate limited by the application",
                run_series.request_rate(services, CHART_WINDOW, where='response_code="429"'),
                unit="1/s",
            ),
            chart("Refused by Cloud Armor or rate limited at the edge", EDGE_REFUSALS, unit="1/s"),
            logs(
                "Errors",
                'resource.type=("cloud_run_revision" OR "cloud_run_job" OR "cloud_run_worker_pool") '
                "AND severity>=ERROR",
                project=env.project,
            ),
        ],
    )
