"""The dashboard of one service: everything Cloud Run measures of it, with its alerts' thresholds drawn in."""

from __future__ import annotations

from components.component import Environment
from components.observability import run_series
from components.observability.dashboard import Dashboard
from components.observability.run_series import CHART_WINDOW
from components.observability.service_alerts import (
    ERROR_SHARE,
    FULL_SHARE,
    INTERACTIVE,
    MEMORY_SHARE,
    LatencyLimits,
)
from components.observability.widgets import chart, logs


def service_dashboard(
    env: Environment,
    *,
    purpose: str,
    service_name: str,
    max_instances: int,
    latency: LatencyLimits | None = INTERACTIVE,
) -> Dashboard:
    """The dashboard of the service `purpose` whose physical name is `service_name`; `latency` as in its alerts."""
    services = (service_name,)
    limits = {"p95": latency.p95_s * 1000, "p99": latency.p99_s * 1000} if latency else {}
    return Dashboard(
        f"{purpose}-service",
        env=env,
        title=f"service {purpose}",
        widgets=[
            chart(
                "Requests a second, by class of answer",
                run_series.request_rate(services, CHART_WINDOW, by="response_code_class"),
                unit="1/s",
                stacked=True,
            ),
            chart(
                "Failed, of all requests",
                run_series.error_share(services, CHART_WINDOW),
                unit="10^2.%",
                limits={"alert": ERROR_SHARE},
            ),
            chart(
                "Latency",
                {
                    f"p{share * 100:g}": run_series.latency_ms(services, share, CHART_WINDOW)
                    for share in (0.5, 0.95, 0.99)
                },
                unit="ms",
                limits=limits,
            ),
            chart(
                "Active instances",
                run_series.active_instances(services),
                limits={"alert": FULL_SHARE * max_instances, "maximum": max_instances},
            ),
            chart(
                "CPU and memory of their limits",
                {
                    "CPU": run_series.utilization(services, "cpu", CHART_WINDOW),
                    "memory": run_series.utilization(services, "memory", CHART_WINDOW),
                },
                unit="10^2.%",
                limits={"memory alert": MEMORY_SHARE},
            ),
            chart(
                "Connections at once, of an instance; cold starts",
                {
                    "connections": run_series.concurrency(services, CHART_WINDOW),
                    "cold starts": run_series.cold_starts(services, CHART_WINDOW),
                },
            ),
            logs(
                "Warnings and errors",
                f'resource.type="cloud_run_revision" AND resource.labels.service_name="{service_name}" '
                "AND severity>=WARNING",
                project=env.project,
            ),
        ],
    )
