"""Schedules: what they call, they call as an identity of their own; cron and time zone are checked first."""

from __future__ import annotations

import base64
from typing import Any

import pulumi
import pytest
from pulumi_gcp import cloudrunv2

from components.component import Environment
from components.errors import ComponentError
from components.links import Access, Grant
from components.messaging.cron import checked_cron, checked_timezone
from components.messaging.schedule import CallService, PublishTo, RunJob, Schedule
from components.messaging.topic import Topic
from components.security.identity import Identity
from tests.components.harness import NUMBER, PROJECT, of_type, only, plan_of
from tests.components.messaging.parts import (
    ACCOUNT,
    AGENT,
    ALERT,
    SERVICE_GRANT,
    is_refused,
    named,
    query_of,
    routing,
    waits_for,
    with_agents,
    worker,
)

JOB = "gcp:cloudscheduler/job:Job"
JOB_GRANT = "gcp:cloudrunv2/jobIamMember:JobIamMember"
CALLER = f"voicestack-cleanup-cron@{PROJECT}.iam.gserviceaccount.com"


def calling(env: Environment, **changes: Any) -> Schedule:
    env = with_agents(env)
    given: dict[str, Any] = {
        "cron": "0 3 * * *",
        "description": "Removes what is too old.",
        "target": CallService(endpoint=worker(env), path="/internal/cleanup", body={"days": 30}),
    }
    return Schedule("cleanup", env=env, **(given | changes))


def run_access() -> Access:
    def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
        return cloudrunv2.JobIamMember(
            name,
            name="voicestack-prod-report",
            location="europe-west1",
            role="roles/run.invoker",
            member=identity.member,
            opts=opts,
        )

    return Access(
        verb="run", target="report", grants=(Grant(key="report-run", role="roles/run.invoker", make=make),)
    )


def test_a_service_is_called_with_an_identity_token_of_the_schedules_own_account() -> None:
    found = plan_of(calling)
    target = only(found, JOB).inputs["httpTarget"]
    assert target["uri"] == f"https://voicestack-prod-worker-{NUMBER}.europe-west1.run.app/internal/cleanup"
    assert target["oidcToken"] == {"serviceAccountEmail": CALLER, "audience": "voicestack-prod-worker"}
    assert base64.b64decode(target["body"]) == b'{"days": 30}'
    grant = only(found, SERVICE_GRANT)
    assert (grant.inputs["role"], grant.inputs["member"]) == ("roles/run.invoker", f"serviceAccount:{CALLER}")


def test_grants_and_agent_are_there_before_the_first_execution() -> None:
    found = plan_of(calling)
    job = only(found, JOB)
    assert waits_for(found, job, only(found, SERVICE_GRANT))
    assert waits_for(found, job, named(found, AGENT, "cloud_scheduler"))


def test_a_job_is_run_with_an_access_token_and_a_grant_on_that_job() -> None:
    target = RunJob(job="voicestack-prod-report", use=run_access())
    found = plan_of(lambda env: calling(env, target=target))
    http = only(found, JOB).inputs["httpTarget"]
    assert http["uri"] == (
        f"https://run.googleapis.com/v2/projects/{PROJECT}/locations/europe-west1/jobs/voicestack-prod-report:run"
    )
    assert http["oauthToken"]["serviceAccountEmail"] == CALLER
    assert "oidcToken" not in http
    grant = only(found, JOB_GRANT)
    assert grant.inputs["member"] == f"serviceAccount:{CALLER}"
    assert waits_for(found, only(found, JOB), grant)


def test_publishing_needs_no_identity_of_ours() -> None:
    def program(env: Environment) -> None:
        topic = Topic("ticks", env=env)
        calling(env, target=PublishTo(topic=topic, message="tick", attributes={"kind": "hourly"}))

    found = plan_of(program)
    job = only(found, JOB)
    assert job.inputs["pubsubTarget"] == {
        "topicName": f"projects/{PROJECT}/topics/voicestack-prod-ticks",
        "data": base64.b64encode(b"tick").decode(),
        "attributes": {"kind": "hourly"},
    }
    assert "attemptDeadline" not in job.inputs, "on a Pub/Sub target it makes a difference that never goes away"
    assert not of_type(found, ACCOUNT)


def test_a_message_without_content_is_refused() -> None:
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: calling(env, target=PublishTo(topic=Topic("ticks", env=env), message="")))
    is_refused(error, "cleanup", "message")


def test_time_place_and_retries_are_as_asked() -> None:
    inputs = only(plan_of(lambda env: calling(env, timezone="Europe/Berlin")), JOB).inputs
    assert (inputs["schedule"], inputs["timeZone"]) == ("0 3 * * *", "Europe/Berlin")
    assert (inputs["name"], inputs["region"]) == ("voicestack-prod-cleanup", "europe-west1")
    assert inputs["attemptDeadline"] == "180s"
    assert inputs["retryConfig"] == {
        "retryCount": 3,
        "minBackoffDuration": "10s",
        "maxBackoffDuration": "600s",
        "maxDoublings": 6,
    }


def test_an_execution_that_used_up_its_retries_raises_an_alert() -> None:
    query = query_of(only(plan_of(lambda env: calling(env, alerts=routing())), ALERT))
    # Four attempts of 180 s and three pauses of 600 s; more than three failures.
    assert 'job_id="voicestack-prod-cleanup"' in query
    assert "[2520s]" in query
    assert query.endswith("> 3.5")


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("attempt_timeout_s", 14),
        ("attempt_timeout_s", 1_801),
        ("retries", 6),
        ("retries", -1),
        ("max_backoff_s", 3_601),
        ("min_backoff_s", 0),
    ],
)
def test_a_value_outside_googles_limits_is_refused_by_name(argument: str, value: int) -> None:
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: calling(env, **{argument: value}))
    is_refused(error, argument, f"{value}", "https://cloud.google.com/scheduler")


@pytest.mark.parametrize(
    "schedule",
    [
        "* * * * *",
        "*/15 * * * *",
        "0 9-17 * * MON-FRI",
        "0 0 1,15 JAN-MAR,DEC *",
        "5/20 0 * * 7",
        "0 0 29 2 *",
        "0 0 31 2 SUN",
    ],
)
def test_a_schedule_that_google_takes_passes(schedule: str) -> None:
    assert checked_cron(schedule) == schedule


@pytest.mark.parametrize(
    ("schedule", "word"),
    [
        ("0 3 * *", "4 fields"),
        ("0 0 3 * * *", "6 fields"),
        ("every 5 minutes", "3 fields"),
        ("60 * * * *", "minute"),
        ("* 24 * * *", "hour"),
        ("* * 0 * *", "day of the month"),
        ("* * L * *", "day of the month"),
        ("* * * 13 *", "month"),
        ("* * * * 8", "day of the week"),
        ("* * * * mon", "day of the week"),
        ("5-1 * * * *", "5 is after 1"),
        ("*/0 * * * *", "step"),
        ("1,,2 * * * *", "minute"),
        ("0 0 30 2 *", "never runs"),
        ("0 0 31 4,6 *", "never runs"),
    ],
)
def test_a_schedule_that_google_refuses_is_refused_with_the_field_that_is_wrong(schedule: str, word: str) -> None:
    with pytest.raises(ComponentError) as error:
        checked_cron(schedule)
    is_refused(error, schedule, word)


@pytest.mark.parametrize("name", ["Europe/Atlantis", "", "../etc", "Europe"])
def test_a_time_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(ComponentError) as error:
        checked_timezone(name)
    is_refused(error, f"'{name}'", "Europe/Berlin")


def test_a_wrong_schedule_is_refused_before_anything_is_registered() -> None:
    with pytest.raises(ComponentError):
        plan_of(lambda env: calling(env, cron="0 3 * *"))
    with pytest.raises(ComponentError):
        plan_of(lambda env: calling(env, timezone="Mars/Olympus"))
