"""Edits after which queues and schedules overload, give up or say nothing."""

from typing import Any

from tests.policies.mutation import Draft, mutant

QUEUE = "cloudtasks/queue:Queue"
JOB = "cloudscheduler/job:Job"


@mutant("queue-limits-set", also=("queue-within-capacity", "queue-within-capacity"))
def the_rate_is_left_to_google(draft: Draft) -> None:
    del draft.inputs(QUEUE, "webhooks")["rateLimits"]


@mutant("queue-limits-set", stack="staging")
def tasks_are_tried_for_ever(draft: Draft) -> None:
    draft.inputs(QUEUE, "webhooks")["retryConfig"]["maxAttempts"] = -1


@mutant("queue-limits-set")
def the_attempts_are_left_to_google(draft: Draft) -> None:
    del draft.inputs(QUEUE, "webhooks")["retryConfig"]["maxAttempts"]


@mutant("queue-limits-set", also=("queue-within-capacity", "queue-within-capacity"))
def concurrency_is_left_to_google(draft: Draft) -> None:
    del draft.inputs(QUEUE, "webhooks")["rateLimits"]["maxConcurrentDispatches"]


@mutant("queue-logged")
def the_queue_logs_nothing(draft: Draft) -> None:
    del draft.inputs(QUEUE, "webhooks")["stackdriverLoggingConfig"]


@mutant("queue-logged", stack="staging")
def the_queue_logs_none_of_its_tasks(draft: Draft) -> None:
    draft.inputs(QUEUE, "webhooks")["stackdriverLoggingConfig"]["samplingRatio"] = 0


@mutant("queue-logged")
def the_logged_share_is_emptied(draft: Draft) -> None:
    draft.inputs(QUEUE, "webhooks")["stackdriverLoggingConfig"] = {}


def _job(draft: Draft, schedule: str, **more: Any) -> None:
    target = {"topicName": "projects/acme-voice-prod/topics/voicestack-prod-jobs", "data": "e30="}
    draft.add(JOB, "nightly", {"name": "nightly", "schedule": schedule, "pubsubTarget": target, **more})


@mutant("schedule-retried")
def a_nightly_job_is_tried_once(draft: Draft) -> None:
    _job(draft, "0 3 * * *")


@mutant("schedule-retried", stack="staging")
def an_hourly_job_is_tried_once(draft: Draft) -> None:
    _job(draft, "0 * * * *", retryConfig={"retryCount": 0})


@mutant("schedule-retried")
def a_job_of_every_weekday_is_tried_once(draft: Draft) -> None:
    _job(draft, "*/5 * * * 1-5", retryConfig={"minBackoffDuration": "10s"})
