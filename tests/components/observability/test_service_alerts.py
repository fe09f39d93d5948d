"""A service's alerts: two policies, each threshold derived from the service."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.errors import ComponentError
from components.observability.alerting import Alerting
from components.observability.service_alerts import INTERACTIVE, LatencyLimits, service_alerts
from tests.components.harness import of_type, plan_of


def _policies(max_instances: int = 50, latency: LatencyLimits | None = INTERACTIVE) -> dict[str, Any]:
    def program(env: Environment) -> None:
        owner = Alerting("api", env=env, emails=["oncall@acme.example"])
        service_alerts(
            owner,
            routing=owner.routing,
            service_name="voicestack-prod-api",
            max_instances=max_instances,
            memory_limit_mib=1024,
            latency=latency,
        )

    return {one.name: one.inputs for one in of_type(plan_of(program), "gcp:monitoring/alertPolicy:AlertPolicy")}


def _promql(policy: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = policy["conditions"][0]["conditionPrometheusQueryLanguage"]
    return found


def test_a_twentieth_of_failing_requests_for_five_minutes_pages() -> None:
    policy = _policies()["api-errors"]
    promql = _promql(policy)
    assert policy["severity"] == "CRITICAL"
    assert promql["duration"] == "300s"
    assert promql["query"].endswith("> 0.05")
    assert 'response_code_class="5xx"' in promql["query"]
    assert 'service_name="voicestack-prod-api"' in promql["query"]


def test_latency_instances_and_memory_are_told_after_ten_minutes() -> None:
    policy = _policies()["api-strain"]
    promql = _promql(policy)
    assert policy["severity"] == "WARNING"
    assert promql["duration"] == "600s"
    for expected in ("> 1000,", "> 5000,", "> 40,", "> 0.9,"):
        assert expected in promql["query"], f"'{expected}' is gone from {promql['query']}"


@pytest.mark.parametrize(("most", "threshold"), [(100, "> 80,"), (10, "> 8,"), (2, "> 1.6,")])
def test_the_instance_threshold_is_four_fifths_of_the_maximum(most: int, threshold: str) -> None:
    assert threshold in _promql(_policies(most)["api-strain"])["query"]


def test_a_service_of_one_instance_is_not_called_full_when_it_runs() -> None:
    assert "instance_count" not in _promql(_policies(1)["api-strain"])["query"]


def test_a_service_of_long_work_has_no_latency_alert() -> None:
    policy = _policies(latency=None)["api-strain"]
    assert "request_latencies" not in _promql(policy)["query"]
    assert "latency" not in policy["documentation"]["content"]


def test_a_websocket_does_not_count_as_a_slow_request() -> None:
    query = _promql(_policies()["api-strain"])["query"]
    assert query.count('response_code_class!="1xx"') == query.count("request_latencies_bucket")


def test_a_p95_slower_than_p99_is_refused() -> None:
    with pytest.raises(ComponentError, match="99 %"):
        _policies(latency=LatencyLimits(p95_s=6, p99_s=5))
