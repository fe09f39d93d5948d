"""Metrics: counted in the process, scraped by Prometheus, and sent each minute to where traces are sent.

Names and units are OpenTelemetry's where it has them (https://opentelemetry.io/docs/specs/semconv/http/http-metrics).
Labels are words of a small set, a route's template and never a path; beyond 2,000 combinations the SDK counts the
rest as one. Before `configure` nothing is counted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from app.settings import Telemetry

HTTP_S = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)  # as they advise
JOB_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
POINTS = 200
"""That Google takes in one request (https://docs.cloud.google.com/stackdriver/docs/otlp-metrics/use-sdks)."""
STATM = Path("/proc/self/statm")


class _Metrics:
    """The instruments, and who reads them."""

    def __init__(self, resource: Resource, readers: Sequence[MetricReader] = ()) -> None:
        self.provider = MeterProvider(readers, resource, AlwaysOffExemplarFilter(), shutdown_on_exit=False)
        meter = self.provider.get_meter("app")
        histogram, counter = meter.create_histogram, meter.create_counter
        self.requests = histogram("http.server.request.duration", "s", explicit_bucket_boundaries_advisory=HTTP_S)
        self.jobs = histogram("voicestack.job.duration", "s", explicit_bucket_boundaries_advisory=JOB_S)
        self.tokens = counter("voicestack.assistant.tokens", "{token}")
        self.failures = counter("voicestack.assistant.failures", "{failure}")
        self.limited = counter("voicestack.rate_limited", "{request}")
        self.live = meter.create_up_down_counter("voicestack.live.connections", "{connection}")
        if STATM.exists():
            meter.create_observable_up_down_counter("process.memory.usage", [_resident], "By")


def _resident(_: CallbackOptions) -> Iterable[Observation]:
    yield Observation(int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))


_registry = CollectorRegistry()
_now = _Metrics(Resource.get_empty())


def configure(settings: Telemetry) -> None:
    """Starts anew, at zero. The provider is not made the global one."""
    global _now, _registry  # noqa: PLW0603
    _registry, resource = CollectorRegistry(), Resource.get_empty()
    readers: list[MetricReader] = [PrometheusMetricReader(True, scope_info_enabled=False, registry=_registry)]
    if settings.exporter != "off":
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415

        from app.telemetry import exporters  # noqa: PLC0415

        resource = exporters.resource(settings)
        sender = OTLPMetricExporter(**exporters.destination(settings, "metrics"), max_export_batch_size=POINTS)
        readers.append(PeriodicExportingMetricReader(sender))
    _now = _Metrics(resource, readers)


def stop() -> None:
    """Sends what is left, however long it takes: see `app.telemetry.shutdown`."""
    _now.provider.shutdown()


def scrape() -> tuple[bytes, str]:
    """Body and content type of /metrics."""
    return generate_latest(_registry), CONTENT_TYPE_LATEST


def request(route: str, method: str, status: int, seconds: float) -> dict[str, str | int]:
    """One request served; `route` is the template, or a word where there is none. Returns its labels."""
    known = method if method in METHODS else "_OTHER"
    labels: dict[str, str | int] = {"http.route": route, "http.request.method": known}
    labels["http.response.status_code"] = status
    _now.requests.record(seconds, labels)
    return labels


def job(outcome: str, seconds: float) -> None:
    """One job worked on, whatever became of it."""
    _now.jobs.record(seconds, {"outcome": outcome})


def tokens(model: str, n: int) -> None:
    """What one answer took."""
    _now.tokens.add(n, {"model": model})


def assistant_failure(kind: str) -> None:
    """One call of the assistant that failed."""
    _now.failures.add(1, {"kind": kind})


def rate_limited(kind: str) -> None:
    """One request refused; `kind` is the limit, never whose."""
    _now.limited.add(1, {"kind": kind})


def live_connections(delta: int) -> None:
    """1 when a WebSocket opens, -1 when it closes."""
    _now.live.add(delta)
