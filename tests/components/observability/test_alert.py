"""Alert policies: one PromQL condition, accepted before any data, always with somebody to tell."""

from __future__ import annotations

import pytest

from components.component import Environment
from components.errors import ComponentError
from components.observability.alert import AlertRouting, Urgency, alert, any_of
from components.observability.alerting import Alerting
from tests.components.harness import only, plan_of

POLICY = "gcp:monitoring/alertPolicy:AlertPolicy"


def _one(env: Environment, *, duration_s: int = 300, advice: str = "Look.", nobody: bool = False) -> None:
    owner = Alerting("alerting", env=env, emails=["oncall@acme.example"])
    alert(
        "queue-old",
        owner=owner,
        routing=AlertRouting(page=(), notify=()) if nobody else owner.routing,
        title="queue: old",
        query="queue_age > 60",
        duration_s=duration_s,
        urgency=Urgency.PAGE,
        advice=advice,
    )


def test_an_alert_is_accepted_before_its_metric_has_data() -> None:
    policy = only(plan_of(_one), POLICY)
    (condition,) = policy.inputs["conditions"]
    promql = condition["conditionPrometheusQueryLanguage"]
    assert promql["disableMetricValidation"] is True, "without it the first `up` ends with a 404"
    assert promql["evaluationInterval"] == "60s"
    assert promql["duration"] == "300s"


def test_an_alert_has_a_severity_a_channel_labels_and_advice() -> None:
    policy = only(plan_of(_one), POLICY).inputs
    assert policy["severity"] == "CRITICAL"
    assert policy["notificationChannels"]
    assert policy["userLabels"]["system"] == "voicestack"
    assert policy["documentation"]["content"] == "Look."
    assert policy["displayName"] == "voicestack prod: queue: old"


@pytest.mark.parametrize("duration_s", [-60, 90])
def test_an_alert_waits_whole_minutes(duration_s: int) -> None:
    with pytest.raises(ComponentError, match="waits"):
        plan_of(lambda env: _one(env, duration_s=duration_s))


def test_an_alert_that_reaches_nobody_is_refused() -> None:
    with pytest.raises(ComponentError, match="nobody to tell"):
        plan_of(lambda env: _one(env, nobody=True))


def test_advice_longer_than_google_sends_is_refused() -> None:
    with pytest.raises(ComponentError, match="8193 characters"):
        plan_of(lambda env: _one(env, advice="x" * 8193))


def test_problems_that_share_a_query_are_told_apart_by_a_label() -> None:
    assert any_of({"slow": "a > 1", "full": "b > 2"}) == (
        'label_replace(a > 1, "problem", "slow", "", "") or label_replace(b > 2, "problem", "full", "", "")'
    )
