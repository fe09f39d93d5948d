"""The uptime check: public address, valid certificate, from three places or more, each minute."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.errors import ComponentError
from components.observability.alerting import Alerting
from components.observability.uptime import UptimeCheck
from tests.components.harness import only, plan_of


def _plan(path: str = "/health", contains: str | None = None) -> list[Any]:
    def program(env: Environment) -> None:
        alerting = Alerting("alerting", env=env, emails=["oncall@acme.example"])
        UptimeCheck(
            "public",
            env=env,
            host="voice.acme.example",
            path=path,
            contains=contains,
            alerts=alerting.routing,
        )

    return plan_of(program)


def test_the_check_asks_over_https_each_minute_and_validates_the_certificate() -> None:
    check = only(_plan(), "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig").inputs
    assert check["period"] == "60s"
    assert check["httpCheck"]["useSsl"] is True
    assert check["httpCheck"]["validateSsl"] is True
    assert check["httpCheck"]["acceptedResponseStatusCodes"] == [{"statusClass": "STATUS_CLASS_2XX"}]
    assert len(check["selectedRegions"]) >= 3, "Google wants three locations at least"
    assert "contentMatchers" not in check


def test_the_answer_may_have_to_contain_a_text() -> None:
    check = only(_plan(contains='"ok"'), "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig").inputs
    assert check["contentMatchers"] == [{"content": '"ok"', "matcher": "CONTAINS_STRING"}]


def test_two_failing_locations_for_two_minutes_wake_somebody() -> None:
    policy = only(_plan(), "gcp:monitoring/alertPolicy:AlertPolicy")
    (condition,) = policy.inputs["conditions"]
    threshold = condition["conditionThreshold"]
    assert policy.inputs["severity"] == "CRITICAL"
    assert threshold["aggregations"][0]["crossSeriesReducer"] == "REDUCE_COUNT_FALSE"
    assert (threshold["comparison"], threshold["thresholdValue"]) == ("COMPARISON_GT", 1)
    assert threshold["duration"] == "120s"


def test_a_path_without_a_slash_is_refused() -> None:
    with pytest.raises(ComponentError, match="asks for 'health'"):
        _plan(path="health")
