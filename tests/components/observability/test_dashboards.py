"""Dashboards: the four pages the requirements name, always the same bytes, nothing overlapping."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.component import Environment
from components.errors import ComponentError
from components.observability.application_metrics import ApplicationMetrics
from components.observability.dashboard import Dashboard
from components.observability.dashboard_errors import error_analysis
from components.observability.dashboard_performance import api_performance
from components.observability.dashboard_service import service_dashboard
from components.observability.dashboard_usage import usage_analytics
from components.observability.log_archive import Lock, LogArchive
from tests.components.harness import Registered, of_type, plan_of

SERVICES = ("voicestack-prod-api", "voicestack-prod-worker")


def _program(env: Environment) -> None:
    archive = LogArchive("logs", env=env, retention_days=30, lock=Lock.OPEN)
    metrics = ApplicationMetrics("application", env=env, archive=archive, alerts=None)
    api_performance(env, services=SERVICES)
    error_analysis(env, services=SERVICES, metrics=metrics)
    usage_analytics(env, services=SERVICES, metrics=metrics)
    service_dashboard(env, purpose="api", service_name="voicestack-prod-api", max_instances=50)


def _texts(plan: list[Registered]) -> dict[str, str]:
    return {one.name: one.inputs["dashboardJson"] for one in of_type(plan, "gcp:monitoring/dashboard:Dashboard")}


@pytest.fixture(scope="module")
def pages() -> dict[str, Any]:
    return {name: json.loads(text) for name, text in _texts(plan_of(_program)).items()}


def test_the_pages_that_the_requirements_name_exist(pages: dict[str, Any]) -> None:
    assert {page["displayName"] for page in pages.values()} == {
        "voicestack prod: API Performance",
        "voicestack prod: Error Analysis",
        "voicestack prod: Usage Analytics",
        "voicestack prod: service api",
    }


def test_two_plans_show_the_same_bytes() -> None:
    assert _texts(plan_of(_program)) == _texts(plan_of(_program))


def test_no_two_widgets_overlap_and_none_leaves_the_page(pages: dict[str, Any]) -> None:
    for name, page in pages.items():
        layout = page["mosaicLayout"]
        taken: set[tuple[int, int]] = set()
        for tile in layout["tiles"]:
            assert tile["xPos"] + tile["width"] <= layout["columns"], name
            cells = {
                (x, y)
                for x in range(tile["xPos"], tile["xPos"] + tile["width"])
                for y in range(tile["yPos"], tile["yPos"] + tile["height"])
            }
            assert not cells & taken, f"'{tile['widget']['title']}' lies on another widget of {name}"
            taken |= cells


@pytest.mark.parametrize(
    ("page", "needed"),
    [
        ("api-performance", "histogram_quantile(0.5,"),
        ("api-performance", "histogram_quantile(0.95,"),
        ("api-performance", "histogram_quantile(0.99,"),
        ("api-performance", "container_max_request_concurrencies"),
        ("api-performance", "container_cpu_utilizations"),
        ("api-performance", "container_memory_utilizations"),
        ("api-performance", "container_startup_latencies_count"),
        ("error-analysis", "user_voicestack_prod_failed_requests"),
        ("error-analysis", "by (endpoint, status)"),
        ("error-analysis", "logsPanel"),
        ("error-analysis", 'response_code=\\"429\\"'),
        ("usage-analytics", "user_voicestack_prod_llm_tokens_sum"),
        ("usage-analytics", "job_completed_execution_count"),
        ("usage-analytics", "subscription_num_undelivered_messages"),
        ("usage-analytics", "cloudtasks_googleapis_com:queue_depth"),
    ],
)
def test_a_page_shows_what_was_asked_of_it(pages: dict[str, Any], page: str, needed: str) -> None:
    assert needed in json.dumps(pages[page]), f"{page} no longer shows {needed}"


def test_a_services_page_draws_its_alerts_thresholds(pages: dict[str, Any]) -> None:
    drawn = {
        (threshold["label"], threshold["value"])
        for tile in pages["api-service"]["mosaicLayout"]["tiles"]
        for threshold in tile["widget"].get("xyChart", {}).get("thresholds", [])
    }
    assert {("alert", 40), ("maximum", 50), ("p95", 1000), ("p99", 5000), ("alert", 0.05)} <= drawn


def test_an_empty_page_is_refused() -> None:
    with pytest.raises(ComponentError, match="0 widgets"):
        plan_of(lambda env: Dashboard("empty", env=env, title="Empty", widgets=[]))
