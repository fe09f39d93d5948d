"""Pull subscriptions: a consumer's right is one grant on the subscription."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.errors import ComponentError
from components.messaging.pull_subscription import PullSubscription
from components.messaging.topic import Topic
from tests.components.harness import PROJECT, of_type, only, plan_of
from tests.components.messaging.parts import (
    ALERT,
    PUBSUB_AGENT,
    SUBSCRIPTION,
    SUBSCRIPTION_GRANT,
    TOPIC_GRANT,
    is_refused,
    named,
    query_of,
    routing,
    use,
    waits_for,
    with_agents,
)


def pulled(env: Environment, **changes: Any) -> PullSubscription:
    env = with_agents(env)
    return PullSubscription("analytics", env=env, topic=Topic("events", env=env), **changes)


def test_ordering_and_exactly_once_are_choices_and_off_by_default() -> None:
    inputs = named(plan_of(pulled), SUBSCRIPTION, "analytics").inputs
    assert inputs["enableExactlyOnceDelivery"] is False
    assert inputs["enableMessageOrdering"] is False
    inputs = named(
        plan_of(lambda env: pulled(env, ordered=True, exactly_once=True)), SUBSCRIPTION, "analytics"
    ).inputs
    assert inputs["enableExactlyOnceDelivery"] is True
    assert inputs["enableMessageOrdering"] is True


def test_dead_letters_arrive_and_are_acknowledged_by_pubsubs_agent() -> None:
    found = plan_of(pulled)
    subscription = named(found, SUBSCRIPTION, "analytics")
    assert subscription.inputs["deadLetterPolicy"]["deadLetterTopic"].endswith(
        "voicestack-prod-events-dead-letter"
    )
    assert waits_for(found, subscription, only(found, TOPIC_GRANT))
    forwards = only(found, SUBSCRIPTION_GRANT)
    assert (forwards.inputs["member"], forwards.inputs["role"]) == (PUBSUB_AGENT, "roles/pubsub.subscriber")
    assert waits_for(found, forwards, subscription)


def test_consuming_is_one_grant_on_the_subscription_and_removing_the_use_removes_it() -> None:
    def program(env: Environment, *, consumes: bool) -> None:
        subscription = pulled(env)
        use(env, "worker", *([subscription.consume()] if consumes else []))

    found = plan_of(lambda env: program(env, consumes=True))
    grant = named(found, SUBSCRIPTION_GRANT, "worker-analytics-consume")
    assert grant.inputs["role"] == "roles/pubsub.subscriber"
    assert grant.inputs["subscription"] == "voicestack-prod-analytics"
    assert grant.inputs["member"] == f"serviceAccount:voicestack-worker@{PROJECT}.iam.gserviceaccount.com"
    without = {one.urn for one in plan_of(lambda env: program(env, consumes=False))}
    assert {one.urn for one in found} - without == {grant.urn}


def test_the_consumer_learns_the_subscriptions_path() -> None:
    seen: list[str] = []
    plan_of(lambda env: pulled(env).path.apply(seen.append))
    assert seen == [f"projects/{PROJECT}/subscriptions/voicestack-prod-analytics"]
    names: list[str] = []
    plan_of(lambda env: names.extend(pulled(env).consume().variables))
    assert names == ["SUBSCRIPTION_ANALYTICS"]


def test_nothing_is_said_of_pushes_where_nothing_is_pushed() -> None:
    found = plan_of(lambda env: pulled(env, alerts=routing()))
    alerts = {one.name: query_of(one) for one in of_type(found, ALERT)}
    assert set(alerts) == {"analytics-stuck", "analytics-strain"}
    assert '> 302400, "problem", "backlog"' in alerts["analytics-strain"]
    assert alerts["analytics-strain"].count('"problem"') == 1
    assert "subscription_ack_message_count" in alerts["analytics-strain"]
    assert not any("push" in query for query in alerts.values())


@pytest.mark.parametrize("seconds", [9, 601])
def test_an_ack_deadline_outside_googles_limits_is_refused(seconds: int) -> None:
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: pulled(env, ack_deadline_s=seconds))
    is_refused(error, "ack_deadline_s", "10 to 600")
