"""What only the application knows: tokens by model with a limit an hour, failures by endpoint."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.errors import ComponentError
from components.observability.alerting import Alerting
from components.observability.application_metrics import ApplicationMetrics
from components.observability.log_archive import Lock, LogArchive
from tests.components.harness import Registered, of_type, only, plan_of


def _plan(**changes: Any) -> list[Registered]:
    def program(env: Environment) -> None:
        alerting = Alerting("alerting", env=env, emails=["oncall@acme.example"])
        archive = LogArchive("logs", env=env, retention_days=30, lock=Lock.OPEN)
        ApplicationMetrics("application", env=env, archive=archive, alerts=alerting.routing, **changes)

    return plan_of(program)


def test_a_million_tokens_within_an_hour_are_told() -> None:
    policy = only(_plan(), "gcp:monitoring/alertPolicy:AlertPolicy")
    query = policy.inputs["conditions"][0]["conditionPrometheusQueryLanguage"]["query"]
    assert query == (
        "sum (increase(logging_googleapis_com:user_voicestack_prod_llm_tokens_sum"
        '{monitored_resource="logging_bucket"}[1h])) > 1000000'
    )
    assert any("llm-tokens" in urn for urn in policy.dependencies)


def test_tokens_are_summed_and_failures_counted_by_endpoint() -> None:
    metrics = {one.name: one.inputs for one in of_type(_plan(), "gcp:logging/metric:Metric")}
    assert set(metrics) == {"llm-tokens", "failed-requests"}, "what Google measures itself is not counted again"
    assert metrics["llm-tokens"]["valueExtractor"] == "EXTRACT(jsonPayload.tokens)"
    assert metrics["llm-tokens"]["metricDescriptor"]["valueType"] == "DISTRIBUTION"
    assert metrics["failed-requests"]["labelExtractors"]["endpoint"] == "EXTRACT(jsonPayload.endpoint)"


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ComponentError, match="0 tokens"):
        _plan(tokens_an_hour=0)
