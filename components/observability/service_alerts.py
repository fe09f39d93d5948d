"""What is watched of a Cloud Run service: errors, latency, instances near the maximum, memory near the limit.

Two policies a service, one an urgency: a PromQL policy has one condition only, so symptoms share a query. Not
here: whether the service answers at all (`UptimeCheck`), whether it keeps its promise over weeks (`ServiceLevel`).
"""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_gcp import monitoring

from components.component import Component
from components.errors import ComponentError
from components.observability import run_series
from components.observability.alert import AlertRouting, Urgency, alert, any_of

ERROR_SHARE = 0.05
"""Of all answers, those of class 5xx."""
FULL_SHARE = 0.8
"""Of the maximum number of instances."""
MEMORY_SHARE = 0.9
"""Of a container's memory limit; above it the next request may end the instance."""


@dataclass(frozen=True, kw_only=True)
class LatencyLimits:
    """Seconds within which 95 % and 99 % of the requests are answered."""

    p95_s: float = 1.0
    p99_s: float = 5.0


INTERACTIVE = LatencyLimits()
"""What a person who waits for the answer bears."""


def service_alerts(
    owner: Component,
    *,
    routing: AlertRouting,
    service_name: str,
    max_instances: int,
    memory_limit_mib: int,
    latency: LatencyLimits | None = INTERACTIVE,
) -> list[monitoring.AlertPolicy]:
    """The alerts of the Cloud Run service `service_name` (its physical name).

    `latency` is None for a service whose requests are long work (a push consumer): how long it takes says
    nothing about its health, its backlog does. Instances are watched from a maximum of 2 on: with one, running
    and being full are the same.

    Raises ComponentError for p95 above p99.
    """
    if latency is not None and not 0 < latency.p95_s <= latency.p99_s:
        raise ComponentError(
            f"'{owner.name}' may take {latency.p95_s} s for 95 % and {latency.p99_s} s for 99 % of its requests",
            why="99 % cannot be faster than 95 %",
            fix="raise p99_s or lower p95_s",
        )
    services = (service_name,)
    errors = alert(
        f"{owner.name}-errors",
        owner=owner,
        routing=routing,
        title=f"{owner.name}: more than {ERROR_SHARE:.0%} of the requests fail",
        # Two-minute rates: one failed request in a quiet hour does not last the five minutes.
        query=f"{run_series.error_share(services, '2m')} > {ERROR_SHARE}",
        duration_s=300,
        urgency=Urgency.PAGE,
        advice=(
            f"More than {ERROR_SHARE:.0%} of the answers of `{service_name}` were 5xx in each of five minutes.\n\n"
            "1. Was a revision released within the hour? Send the traffic back to the one before it.\n"
            "2. Error Reporting and the dashboard 'Error Analysis' show what fails since when.\n"
            "3. Timeouts of the database or the model's provider look like this too: see their alerts."
        ),
    )
    problems = {}
    if latency is not None:
        problems["p95 latency"] = f"{run_series.latency_ms(services, 0.95, '5m')} > {latency.p95_s * 1000:g}"
        problems["p99 latency"] = f"{run_series.latency_ms(services, 0.99, '5m')} > {latency.p99_s * 1000:g}"
    if max_instances > 1:
        problems["instances"] = f"{run_series.active_instances(services)} > {FULL_SHARE * max_instances:g}"
    problems["memory"] = f"{run_series.utilization(services, 'memory', '5m')} > {MEMORY_SHARE}"
    strain = alert(
        f"{owner.name}-strain",
        owner=owner,
        routing=routing,
        title=f"{owner.name}: slow, or near its limits",
        query=any_of(problems),
        duration_s=600,
        urgency=Urgency.NOTIFY,
        advice=(
            f"For ten minutes `{service_name}` was beyond one of its limits; the label `problem` says which.\n\n"
            + (
                f"- latency: {latency.p95_s:g} s for 95 %, {latency.p99_s:g} s for 99 % of the requests. Look for "
                "cold starts, slow queries, the model's provider.\n"
                if latency is not None
                else ""
            )
            + f"- instances: {FULL_SHARE:.0%} of at most {max_instances}. Raise the maximum (and check the "
            "database's connections), or find the load.\n"
            f"- memory: {MEMORY_SHARE:.0%} of {memory_limit_mib} MiB. Raise the limit or lower the concurrency."
        ),
    )
    return [errors, strain]
