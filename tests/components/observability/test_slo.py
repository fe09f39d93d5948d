"""Service levels: goals within Google's range, and burn rates derived from the period."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.errors import ComponentError
from components.observability.alerting import Alerting
from components.observability.slo import LatencyGoal, ServiceLevel
from tests.components.harness import Registered, of_type, only, plan_of


def _plan(**changes: Any) -> list[Registered]:
    def program(env: Environment) -> None:
        alerting = Alerting("alerting", env=env, emails=["oncall@acme.example"], pagerduty_key="k")
        ServiceLevel("api-level", env=env, service_name="voicestack-prod-api", alerts=alerting.routing, **changes)

    return plan_of(program)


def _policies(plan: list[Registered]) -> dict[str, Registered]:
    return {one.name: one for one in of_type(plan, "gcp:monitoring/alertPolicy:AlertPolicy")}


def test_a_service_promises_availability_and_latency() -> None:
    plan = _plan()
    service = only(plan, "gcp:monitoring/genericService:GenericService").inputs
    assert service["basicService"] == {
        "serviceType": "CLOUD_RUN",
        "serviceLabels": {"service_name": "voicestack-prod-api", "location": "europe-west1"},
    }
    objectives = {one.name: one.inputs for one in of_type(plan, "gcp:monitoring/slo:Slo")}
    assert objectives["api-level-availability"]["goal"] == 0.995
    latency = objectives["api-level-latency"]["requestBasedSli"]["distributionCut"]
    assert latency["range"] == {"max": 1000}
    assert 'response_code_class!="1xx"' in latency["distributionFilter"], "a WebSocket is not a slow request"


@pytest.mark.parametrize(("days", "fast", "slow"), [(30, 14.4, 6), (28, 13.44, 5.6), (7, 3.36, 1.4)])
def test_burn_rates_follow_from_the_period(days: int, fast: float, slow: float) -> None:
    policies = _policies(_plan(period_days=days, latency=LatencyGoal(share=0.99)))
    for name, rate in (("fast", fast), ("slow", slow)):
        conditions = policies[f"api-level-availability-{name}"].inputs["conditions"]
        assert [one["conditionThreshold"]["thresholdValue"] for one in conditions] == [rate, rate]


def test_a_fast_burn_must_hold_over_an_hour_and_over_five_minutes() -> None:
    policy = _policies(_plan())["api-level-availability-fast"]
    assert policy.inputs["combiner"] == "AND"
    assert policy.inputs["severity"] == "CRITICAL"
    filters = [one["conditionThreshold"]["filter"] for one in policy.inputs["conditions"]]
    objective = (
        "projects/acme-voice-prod/services/voicestack-prod-api-level"
        "/serviceLevelObjectives/voicestack-prod-api-level-availability"
    )
    assert filters == [f'select_slo_burn_rate("{objective}", "{s}s")' for s in (3600, 300)]
    assert any("slo:Slo" in urn for urn in policy.dependencies), "the objective comes first"


def test_a_slow_burn_is_told_not_paged() -> None:
    assert _policies(_plan())["api-level-latency-slow"].inputs["severity"] == "WARNING"


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"availability": 0.9999}, "0.9999 of availability"),
        ({"availability": 0.9}, "only 0.9 of availability"),
        ({"period_days": 31}, "31 days"),
    ],
)
def test_a_promise_that_cannot_be_kept_or_watched_is_refused(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(ComponentError, match=what):
        _plan(**changes)
