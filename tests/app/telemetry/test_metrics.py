"""Metrics as Prometheus scrapes them and an OTLP receiver gets them; the dashboard asks for the same names."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

import app
from app import telemetry
from app.settings import Telemetry
from app.telemetry import metrics
from tests.app.telemetry.receiver import receiving, restored

LOCAL = Path(app.__file__).parent / "local"
WORDS = {"by", "sum", "max", "rate", "increase", "histogram_quantile"}
OF_PROMETHEUS = {"job", "le"}
"""Labels that are not ours."""


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    with restored():
        yield


def record_all() -> None:
    """One of each."""
    metrics.request("/api/voice/status/{job_id}", "GET", 200, 0.02)
    metrics.job("done", 1.5)
    metrics.tokens("gemini", 42)
    metrics.assistant_failure("timeout")
    metrics.rate_limited("user")
    metrics.live_connections(1)


def scraped() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Each sample by name and labels."""
    body, content_type = metrics.scrape()
    assert content_type.startswith("text/plain")
    families = text_string_to_metric_families(body.decode())
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def value(name: str, **labels: str) -> float | None:
    """One sample."""
    return scraped().get((name, frozenset(labels.items())))


def test_each_instrument_is_scraped() -> None:
    metrics.configure(Telemetry())
    record_all()
    metrics.live_connections(1)
    metrics.live_connections(-1)
    labels = {
        "http_route": "/api/voice/status/{job_id}",
        "http_request_method": "GET",
        "http_response_status_code": "200",
    }
    assert value("http_server_request_duration_seconds_count", **labels) == 1
    assert value("http_server_request_duration_seconds_bucket", **labels, le="0.01") == 0
    assert value("http_server_request_duration_seconds_bucket", **labels, le="0.025") == 1
    assert value("voicestack_job_duration_seconds_sum", outcome="done") == 1.5
    assert value("voicestack_assistant_tokens_total", model="gemini") == 42
    assert value("voicestack_assistant_failures_total", kind="timeout") == 1
    assert value("voicestack_rate_limited_total", kind="user") == 1
    assert value("voicestack_live_connections") == 1
    assert (value("process_memory_usage_bytes") or 1 << 24) > 1 << 20


def test_a_made_up_method_makes_no_new_series() -> None:
    metrics.configure(Telemetry())
    for n in range(50):
        metrics.request("/health", f"X{n}", 405, 0.001)
    methods = {dict(labels).get("http_request_method") for _, labels in scraped()}
    assert methods == {"_OTHER", None}


def test_a_flood_of_labels_is_bounded() -> None:
    metrics.configure(Telemetry())
    for n in range(3000):
        metrics.rate_limited(str(n))
    assert len([name for name, _ in scraped() if name == "voicestack_rate_limited_total"]) <= 2001


def test_configured_again_it_starts_at_zero() -> None:
    for _ in range(2):
        metrics.configure(Telemetry())
        assert value("voicestack_rate_limited_total", kind="user") is None
        metrics.rate_limited("user")
        assert value("voicestack_rate_limited_total", kind="user") == 1


def test_a_receiver_gets_the_same_at_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        telemetry.configure(Telemetry(TELEMETRY="otlp"))
        record_all()
        asyncio.run(telemetry.shutdown())
    arrived = receiver.metrics()
    assert {name: metric.unit for name, metric in arrived.items()} == {
        "http.server.request.duration": "s",
        "voicestack.job.duration": "s",
        "voicestack.assistant.tokens": "{token}",
        "voicestack.assistant.failures": "{failure}",
        "voicestack.rate_limited": "{request}",
        "voicestack.live.connections": "{connection}",
        "process.memory.usage": "By",
    }
    (point,) = arrived["http.server.request.duration"].histogram.data_points
    assert (point.count, tuple(point.explicit_bounds)) == (1, metrics.HTTP_S)
    # https://docs.cloud.google.com/stackdriver/docs/otlp-metrics/overview
    assert all(re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_:./]*", name) for name in arrived)


def test_the_dashboard_shows_each_metric_that_is_scraped_and_no_other() -> None:
    metrics.configure(Telemetry())
    record_all()
    samples = scraped()
    ours = {name for name, _ in samples if not name.endswith(("_sum", "_created"))}
    labels = {key for _, found in samples for key, _ in found} | OF_PROMETHEUS
    dashboard = json.loads((LOCAL / "grafana/dashboards/voicestack.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked, grouped = set(), set()
    for query in queries:
        grouped |= {label.strip() for by in re.findall(r"by \(([^)]*)\)", query) for label in by.split(",")}
        grouped |= set(re.findall(r"(\w+)=~?\"", query))
        bare = re.sub(r"by \([^)]*\)|\{[^}]*\}|\[[^]]*\]", "", query)
        asked |= set(re.findall(r"[a-z_]{2,}", bare)) - WORDS
    # A histogram's count is there for the rate, its buckets for the quantiles.
    assert asked == ours
    assert grouped <= labels
    legends = {
        name
        for panel in dashboard["panels"]
        for one in panel["targets"]
        for name in re.findall(r"\{\{(\w+)\}\}", one["legendFormat"])
    }
    assert legends <= grouped


def test_the_dashboard_finds_its_data_source() -> None:
    dashboard = json.loads((LOCAL / "grafana/dashboards/voicestack.json").read_text())
    provisioned = yaml.safe_load((LOCAL / "grafana/provisioning/datasources/prometheus.yml").read_text())
    assert {panel["datasource"]["uid"] for panel in dashboard["panels"]} == {provisioned["datasources"][0]["uid"]}
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    scrape = yaml.safe_load((LOCAL / "prometheus.yml").read_text())
    assert {one["job_name"] for one in scrape["scrape_configs"]} == {"api", "worker", "frontend"}
