"""What Cloud Run measures of services, as PromQL: the words that alerts and dashboards share.

Metrics and units: https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-run; names in PromQL:
https://cloud.google.com/monitoring/promql/promql-mapping. Each function takes the physical names of the services
and yields one series a service, or a single one where a single service is named.
"""

from __future__ import annotations

from collections.abc import Sequence

CHART_WINDOW = "${__interval}"
"""The step of the chart that shows the query, which Cloud Monitoring fills in."""


def request_rate(services: Sequence[str], window: str, *, where: str = "", by: str = "") -> str:
    """Requests a second; `where` and `by` are labels such as `response_code_class`."""
    return f"{_sum(services, by)} (rate(run_googleapis_com:request_count{{{_of(services, where)}}}[{window}]))"


def error_share(services: Sequence[str], window: str) -> str:
    """Answers of class 5xx, of all (0 to 1); nothing while there are no requests."""
    failed = request_rate(services, window, where='response_code_class="5xx"')
    return f"{failed} / {request_rate(services, window)}"


def latency_ms(services: Sequence[str], share: float, window: str) -> str:
    """Milliseconds within which `share` of the requests is answered.

    Upgraded connections (101) are left out: a WebSocket's latency is how long the conversation was.
    """
    return _quantile(services, share, "request_latencies", window, where='response_code_class!="1xx"')


def utilization(services: Sequence[str], resource: str, window: str) -> str:
    """What the fullest twentieth of the instances uses of its `cpu` or `memory` limit (0 to 1)."""
    return _quantile(services, 0.95, f"container_{resource}_utilizations", window)


def concurrency(services: Sequence[str], window: str) -> str:
    """Connections that the busiest twentieth of the instances serves at once, WebSockets included."""
    return _quantile(services, 0.95, "container_max_request_concurrencies", window)


def active_instances(services: Sequence[str]) -> str:
    """Instances that serve requests now; idle ones are kept by Google and are no strain."""
    where = 'state="active"'
    return f"{_sum(services)} (run_googleapis_com:container_instance_count{{{_of(services, where)}}})"


def cold_starts(services: Sequence[str], window: str) -> str:
    """Instances started within `window`."""
    series = f"run_googleapis_com:container_startup_latencies_count{{{_of(services)}}}"
    return f"{_sum(services)} (increase({series}[{window}]))"


def _quantile(services: Sequence[str], share: float, metric: str, window: str, where: str = "") -> str:
    series = f"run_googleapis_com:{metric}_bucket{{{_of(services, where)}}}"
    return f"histogram_quantile({share:g}, {_sum(services, 'le')} (rate({series}[{window}])))"


def _of(services: Sequence[str], where: str = "") -> str:
    named = f'="{services[0]}"' if len(services) == 1 else f'=~"{"|".join(services)}"'
    return f'monitored_resource="cloud_run_revision",service_name{named}{"," if where else ""}{where}'


def _sum(services: Sequence[str], by: str = "") -> str:
    labels = [*(["service_name"] if len(services) > 1 else []), *([by] if by else [])]
    return f"sum by ({', '.join(labels)})" if labels else "sum"
