"""The dashboard "API Performance": how fast the services answer and what it takes."""

from __future__ import annotations

from collections.abc import Sequence

from components.component import Environment
from components.observability import run_series
from components.observability.dashboard import Dashboard
from components.observability.run_series import CHART_WINDOW
from components.observability.widgets import chart


def api_performance(env: Environment, *, services: Sequence[str], name: str = "api-performance") -> Dashboard:
    """Latency, rate, connections, instances, CPU and memory of `services` (physical names)."""
    return Dashboard(
        name,
        env=env,
        title="API Performance",
        widgets=[
            *(
                chart(
                    f"Latency, p{share * 100:g}",
                    run_series.latency_ms(services, share, CHART_WINDOW),
                    unit="ms",
                )
                for share in (0.5, 0.95, 0.99)
            ),
            chart("Requests a second", run_series.request_rate(services, CHART_WINDOW), unit="1/s"),
            chart("Connections at once, of an instance", run_series.concurrency(services, CHART_WINDOW)),
            chart("Active instances", run_series.active_instances(services), stacked=True),
            chart("CPU of its limit", run_series.utilization(services, "cpu", CHART_WINDOW), unit="10^2.%"),
            chart(
                "Memory of its limit",
                run_series.utilization(services, "memory", CHART_WINDOW),
                unit="10^2.%",
            ),
            chart("Cold starts", run_series.cold_starts(services, CHART_WINDOW)),
        ],
    )
