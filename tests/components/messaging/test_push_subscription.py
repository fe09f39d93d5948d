"""Push subscriptions: one service, one identity, a token for it, and every right of Pub/Sub's agent in time."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.errors import ComponentError, NamingError
from components.messaging.delivery import Delivery
from components.messaging.push_subscription import Payload, PushSubscription
from components.messaging.topic import Topic
from tests.components.harness import NUMBER, PROJECT, Registered, of_type, only, plan_of
from tests.components.messaging.parts import (
    ACCOUNT,
    ACCOUNT_GRANT,
    AGENT,
    ALERT,
    PUBSUB_AGENT,
    SERVICE_GRANT,
    SUBSCRIPTION,
    SUBSCRIPTION_GRANT,
    TOPIC_GRANT,
    duration_of,
    is_refused,
    named,
    query_of,
    routing,
    urgency_of,
    waits_for,
    with_agents,
    worker,
)

URL = f"https://voicestack-prod-worker-{NUMBER}.europe-west1.run.app"
REQUESTS = (
    "pubsub_googleapis_com:subscription_push_request_count"
    '{monitored_resource="pubsub_subscription",subscription_id="voicestack-prod-jobs-worker"'
)
PUSHER = f"voicestack-jobs-worker-push@{PROJECT}.iam.gserviceaccount.com"


def pushed(env: Environment, **changes: Any) -> PushSubscription:
    env = with_agents(env)
    given: dict[str, Any] = {
        "topic": Topic("jobs", env=env),
        "endpoint": worker(env),
        "handler_timeout_s": 60,
        "service": "voicestack-prod-worker",
    }
    return PushSubscription("jobs-worker", env=env, **(given | changes))


def subscription(found: list[Registered]) -> Registered:
    return named(found, SUBSCRIPTION, "jobs-worker")


def test_messages_are_pushed_to_the_services_own_address_with_a_token_for_it() -> None:
    config = subscription(plan_of(pushed)).inputs["pushConfig"]
    assert config == {
        "pushEndpoint": f"{URL}/pubsub/push",
        "oidcToken": {"audience": "voicestack-prod-worker", "serviceAccountEmail": PUSHER},
    }


def test_the_push_identity_may_invoke_that_one_service_and_nothing_else() -> None:
    found = plan_of(pushed)
    grant = only(found, SERVICE_GRANT)
    assert grant.inputs["name"] == "voicestack-prod-worker"
    assert grant.inputs["role"] == "roles/run.invoker"
    assert grant.inputs["member"] == f"serviceAccount:{PUSHER}"
    elsewhere = [one.name for one in found if one.inputs.get("member") == f"serviceAccount:{PUSHER}"]
    assert elsewhere == [grant.name]


def test_two_subscriptions_never_share_an_identity() -> None:
    def program(env: Environment) -> None:
        topic = Topic("jobs", env=env)
        for name in ("first", "second"):
            PushSubscription(name, env=env, topic=topic, endpoint=worker(env), handler_timeout_s=60)

    accounts = {one.inputs["accountId"] for one in of_type(plan_of(program), ACCOUNT)}
    assert accounts == {"voicestack-first-push", "voicestack-second-push"}


def test_pubsubs_agent_signs_the_identitys_tokens_and_may_move_dead_letters() -> None:
    found = plan_of(pushed)
    signs = only(found, ACCOUNT_GRANT)
    assert signs.inputs["role"] == "roles/iam.serviceAccountTokenCreator"
    assert signs.inputs["serviceAccountId"] == f"projects/{PROJECT}/serviceAccounts/{PUSHER}"
    forwards = only(found, SUBSCRIPTION_GRANT)
    assert forwards.inputs["role"] == "roles/pubsub.subscriber"
    assert forwards.inputs["subscription"] == "voicestack-prod-jobs-worker"
    arrives = only(found, TOPIC_GRANT)
    assert arrives.inputs["role"] == "roles/pubsub.publisher"
    assert arrives.inputs["topic"] == "voicestack-prod-jobs-dead-letter"
    agent = named(found, AGENT, "pubsub")
    for grant in (signs, forwards, arrives):
        assert grant.inputs["member"] == PUBSUB_AGENT
        assert waits_for(found, grant, agent), f"{grant.name}: the agent may not exist before its first use"


def test_every_grant_that_a_push_needs_is_made_before_the_subscription() -> None:
    found = plan_of(pushed)
    last = subscription(found)
    for needed in (only(found, ACCOUNT_GRANT), only(found, SERVICE_GRANT), only(found, TOPIC_GRANT)):
        assert waits_for(found, last, needed), f"without {needed.name} the first messages fail"
    kept = named(found, SUBSCRIPTION, "jobs-dead-letter")
    assert waits_for(found, last, kept), "a dead letter that arrives before its subscription is lost"
    assert waits_for(found, only(found, SUBSCRIPTION_GRANT), last), "it is granted on the subscription"


def test_a_message_that_always_fails_becomes_a_dead_letter_after_growing_pauses() -> None:
    inputs = subscription(plan_of(lambda env: pushed(env, delivery=Delivery(attempts=7)))).inputs
    assert inputs["deadLetterPolicy"] == {
        "deadLetterTopic": f"projects/{PROJECT}/topics/voicestack-prod-jobs-dead-letter",
        "maxDeliveryAttempts": 7,
    }
    assert inputs["retryPolicy"] == {"minimumBackoff": "10s", "maximumBackoff": "600s"}


def test_a_quiet_subscription_never_expires_and_is_protected() -> None:
    one = subscription(plan_of(pushed))
    assert one.inputs["expirationPolicy"] == {"ttl": ""}
    assert one.protect
    assert one.inputs["deletionPolicy"] == "PREVENT"


def test_exactly_once_is_not_asked_of_a_push() -> None:
    assert "enableExactlyOnceDelivery" not in subscription(plan_of(pushed)).inputs


@pytest.mark.parametrize(("handler", "deadline"), [(1, 11), (60, 70), (595, 600), (600, 600)])
def test_pubsub_waits_longer_than_the_handler_takes(handler: int, deadline: int) -> None:
    found = plan_of(lambda env: pushed(env, handler_timeout_s=handler))
    assert subscription(found).inputs["ackDeadlineSeconds"] == deadline


@pytest.mark.parametrize("handler", [0, 601, 3600])
def test_a_handler_that_outlasts_pubsub_is_told_to_claim_and_work_elsewhere(handler: int) -> None:
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: pushed(env, handler_timeout_s=handler))
    is_refused(error, f"{handler} s", "600 s", "claim", "worker pool")


def test_the_handler_gets_the_message_itself_where_it_wants_no_envelope() -> None:
    found = plan_of(lambda env: pushed(env, payload=Payload.RAW))
    assert subscription(found).inputs["pushConfig"]["noWrapper"] == {"writeMetadata": True}


@pytest.mark.parametrize("path", ["pubsub/push", "/push?x=1", "/a b"])
def test_a_path_that_does_not_follow_an_address_is_refused(path: str) -> None:
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: pushed(env, path=path))
    is_refused(error, path)


def test_a_topic_without_dead_letters_takes_no_subscription() -> None:
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: pushed(env, topic=Topic("events", env=env, dead_letters=False)))
    is_refused(error, "jobs-worker", "events", "dead_letters")


def test_an_identity_name_that_google_refuses_can_be_shortened() -> None:
    def program(env: Environment, **purpose: Any) -> None:
        topic = Topic("jobs", env=env)
        PushSubscription(
            "webhook-delivery-worker", env=env, topic=topic, endpoint=worker(env), handler_timeout_s=9, **purpose
        )

    with pytest.raises(NamingError):
        plan_of(program)
    found = plan_of(lambda env: program(env, identity_purpose="webhook-push"))
    assert only(found, ACCOUNT).inputs["accountId"] == "voicestack-webhook-push"


def test_the_declared_use_names_the_service() -> None:
    found = plan_of(pushed)
    component = only(found, "voicestack:messaging:PushSubscription")
    assert component.inputs["uses"] == [
        {
            "access": "invoke",
            "roles": ["roles/run.invoker"],
            "target": "urn:pulumi:prod::voicestack::voicestack:service:Service::worker",
        }
    ]


def test_alerts_follow_from_attempts_and_retention() -> None:
    found = plan_of(lambda env: pushed(env, alerts=routing()))
    alerts = {one.name: one for one in of_type(found, ALERT)}
    assert set(alerts) == {"jobs-worker-stuck", "jobs-worker-strain"}
    # Deadline 70 s, five attempts, pauses of 150 s in all.
    assert query_of(alerts["jobs-worker-stuck"]).endswith("> 500")
    assert urgency_of(alerts["jobs-worker-stuck"]) == "CRITICAL"
    strain = alerts["jobs-worker-strain"]
    assert urgency_of(strain) == "WARNING"
    assert '> 302400, "problem", "backlog"' in query_of(strain), "half of the retention"
    assert '> 0.25, "problem", "failing"' in query_of(strain)
    assert query_of(strain).count('"problem"') == 2
    assert f'{REQUESTS},response_class="ack"}}[15m]' in query_of(strain), "what is worked off"
    assert f'{REQUESTS},response_class!="ack"}}[5m]' in query_of(strain), "what fails"
    assert duration_of(strain) == "300s"
    assert '"voicestack-prod-jobs-worker"}[10m]' in query_of(strain), "a backlog must last a quarter of an hour"
    for one in alerts.values():
        assert 'subscription_id="voicestack-prod-jobs-worker"' in query_of(one), one.name


def test_removing_a_subscription_removes_exactly_what_it_brought() -> None:
    def program(env: Environment, *names: str) -> None:
        topic = Topic("jobs", env=env)
        for name in names:
            PushSubscription(name, env=env, topic=topic, endpoint=worker(env), handler_timeout_s=60)

    both = {one.urn for one in plan_of(lambda env: program(env, "first", "second"))}
    first = {one.urn for one in plan_of(lambda env: program(env, "first"))}
    assert not first - both
    assert {urn.rpartition("::")[2] for urn in both - first} == {
        "second",
        "second-invoker",
        "second-worker-invoke",
        "second-sign",
        "second-forward",
    }
