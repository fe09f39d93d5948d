"""Queues: where tasks go and as whom is the queue's, not the task's; rates and retries within Google's limits."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.errors import ComponentError
from components.messaging.queue import Queue
from components.naming import Naming
from tests.components.harness import NUMBER, PROJECT, of_type, only, plan_of
from tests.components.messaging.parts import (
    ACCOUNT_GRANT,
    AGENT,
    ALERT,
    SERVICE_GRANT,
    is_refused,
    named,
    query_of,
    routing,
    urgency_of,
    use,
    waits_for,
    with_agents,
    worker,
)

QUEUE = "gcp:cloudtasks/queue:Queue"
QUEUE_GRANT = "gcp:cloudtasks/queueIamMember:QueueIamMember"
HOST = f"voicestack-prod-worker-{NUMBER}.europe-west1.run.app"
INVOKER = f"voicestack-webhooks-task@{PROJECT}.iam.gserviceaccount.com"


def webhooks(env: Environment, **changes: Any) -> Queue:
    env = with_agents(env)
    given: dict[str, Any] = {"endpoint": worker(env), "per_second": 100, "concurrent": 50}
    return Queue("webhooks", env=env, **(given | changes))


def test_rate_concurrency_and_retries_are_as_asked() -> None:
    inputs = only(plan_of(webhooks), QUEUE).inputs
    assert inputs["rateLimits"] == {"maxDispatchesPerSecond": 100, "maxConcurrentDispatches": 50}
    assert inputs["retryConfig"] == {
        "maxAttempts": 5,
        "minBackoff": "10s",
        "maxBackoff": "600s",
        "maxDoublings": 6,
    }
    assert inputs["stackdriverLoggingConfig"] == {"samplingRatio": 0.1}


def test_every_task_goes_to_the_one_handler_as_the_queues_own_identity() -> None:
    target = only(plan_of(webhooks), QUEUE).inputs["httpTarget"]
    assert target == {
        "httpMethod": "POST",
        "uriOverride": {
            "scheme": "HTTPS",
            "host": HOST,
            "pathOverride": {"path": "/tasks/webhooks"},
            "uriOverrideEnforceMode": "ALWAYS",
        },
        "oidcToken": {"serviceAccountEmail": INVOKER, "audience": "voicestack-prod-worker"},
    }


def test_the_invoker_may_call_that_one_service_before_the_queue_sends_anything() -> None:
    found = plan_of(webhooks)
    grant, queue = only(found, SERVICE_GRANT), only(found, QUEUE)
    assert (grant.inputs["role"], grant.inputs["member"]) == ("roles/run.invoker", f"serviceAccount:{INVOKER}")
    assert waits_for(found, queue, grant)
    assert waits_for(found, queue, named(found, AGENT, "cloud_tasks"))


def test_a_queue_is_protected_and_named_by_generation() -> None:
    naming = Naming("voicestack", "prod", PROJECT, generation=2)
    queue = only(plan_of(webhooks, naming=naming), QUEUE)
    assert queue.inputs["name"] == "voicestack-prod-webhooks-g2", "Google keeps the name of a deleted queue"
    assert queue.protect
    assert queue.inputs["location"] == "europe-west1"


def test_enqueuing_is_adding_tasks_and_acting_as_the_queues_invoker() -> None:
    def program(env: Environment) -> None:
        use(env, "backend", webhooks(env).enqueue())

    found = plan_of(program)
    member = f"serviceAccount:voicestack-backend@{PROJECT}.iam.gserviceaccount.com"
    adds, acts = only(found, QUEUE_GRANT), only(found, ACCOUNT_GRANT)
    assert adds.inputs["role"] == "roles/cloudtasks.enqueuer"
    assert adds.inputs["name"] == "voicestack-prod-webhooks"
    assert acts.inputs["role"] == "roles/iam.serviceAccountUser"
    assert acts.inputs["serviceAccountId"] == f"projects/{PROJECT}/serviceAccounts/{INVOKER}"
    assert adds.inputs["member"] == acts.inputs["member"] == member


def test_removing_the_use_removes_exactly_its_grants() -> None:
    def program(env: Environment, *, enqueues: bool) -> None:
        queue = webhooks(env)
        use(env, "backend", *([queue.enqueue()] if enqueues else []))

    before = {one.urn for one in plan_of(lambda env: program(env, enqueues=True))}
    after = {one.urn for one in plan_of(lambda env: program(env, enqueues=False))}
    assert not after - before
    assert {urn.rpartition("::")[2] for urn in before - after} == {
        "backend-webhooks-enqueue",
        "backend-webhooks-enqueue-as",
    }


def test_who_enqueues_learns_queue_target_and_identity() -> None:
    variables: dict[str, Any] = {}
    seen: list[str] = []

    def program(env: Environment) -> None:
        variables.update(webhooks(env).enqueue().variables)
        variables["QUEUE_WEBHOOKS"].apply(seen.append)
        variables["QUEUE_WEBHOOKS_IDENTITY"].apply(seen.append)

    plan_of(program)
    assert variables["QUEUE_WEBHOOKS_TARGET"] == f"https://{HOST}/tasks/webhooks"
    assert set(seen) == {f"projects/{PROJECT}/locations/europe-west1/queues/voicestack-prod-webhooks", INVOKER}


def test_alerts_follow_from_rate_and_attempts() -> None:
    found = plan_of(lambda env: webhooks(env, alerts=routing()))
    alerts = {one.name: one for one in of_type(found, ALERT)}
    assert query_of(alerts["webhooks-depth"]).endswith("> 60000"), "100 a second for 600 s"
    assert query_of(alerts["webhooks-failing"]).endswith("> 0.25")
    assert urgency_of(alerts["webhooks-failing"]) == "CRITICAL", "tasks that fail are lost"


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("per_second", 0),
        ("per_second", 501),
        ("concurrent", 0),
        ("concurrent", 5_001),
        ("attempts", 0),
        ("attempts", -1),
        ("min_backoff_s", 0),
        ("max_backoff_s", 3_601),
        ("logged_share", 1.1),
    ],
)
def test_a_value_outside_googles_limits_is_refused_by_name(argument: str, value: float) -> None:
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: webhooks(env, **{argument: value}))
    is_refused(error, argument, f"{value}", "https://cloud.google.com/tasks")


def test_a_pause_cannot_begin_above_its_maximum() -> None:
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: webhooks(env, min_backoff_s=30, max_backoff_s=10))
    is_refused(error, "min_backoff_s", "max_backoff_s")
