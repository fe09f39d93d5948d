"""Queues and schedules: how fast, how often, and what they tell."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.reliability.tasks.queues import queue_limits_set, queue_logged
from policies.reliability.tasks.schedules import schedule_retried
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

RATES: Any = {"max_dispatches_per_second": 10, "max_concurrent_dispatches": 5}
RETRIES: Any = {"max_attempts": 5}


def _queue(name: str, **more: Any) -> None:
    gcp.cloudtasks.Queue(name, name=name, location="europe-west1", **more)


@judged(
    queue_limits_set,
    {
        "good-limited": PASSED,
        "good-unlimited-for-an-hour": PASSED,
        "bad-without-concurrency": VIOLATED,
        "bad-for-ever": VIOLATED,
        "bad-retries-beside-unknown-rates": VIOLATED,
        "absent-blocks": VIOLATED,
        "absent-attempts": VIOLATED,
        "unknown-rate": NOT_EVALUATED,
        "unknown-attempts": NOT_EVALUATED,
        "secret-retries": NOT_EVALUATED,
    },
)
def limited() -> None:
    _queue("good-limited", rate_limits=RATES, retry_config=RETRIES)
    hour = {"max_attempts": -1, "max_retry_duration": "3600s"}
    _queue("good-unlimited-for-an-hour", rate_limits=RATES, retry_config=hour)
    _queue("bad-without-concurrency", rate_limits={"max_dispatches_per_second": 10}, retry_config=RETRIES)
    _queue("bad-for-ever", rate_limits=RATES, retry_config={"max_attempts": -1})
    rates = unknown("rates").apply(lambda _: RATES)
    _queue("bad-retries-beside-unknown-rates", rate_limits=rates, retry_config={"min_backoff": "1s"})
    _queue("absent-blocks")
    _queue("absent-attempts", rate_limits=RATES, retry_config={"max_backoff": "600s"})
    rate = {**RATES, "max_dispatches_per_second": unknown("rate").apply(float)}
    _queue("unknown-rate", rate_limits=rate, retry_config=RETRIES)
    _queue("unknown-attempts", rate_limits=RATES, retry_config={"max_attempts": unknown("n").apply(int)})
    _queue("secret-retries", rate_limits=RATES, retry_config=pulumi.Output.secret(RETRIES))


def _logged(name: str, share: Any) -> None:
    _queue(name, stackdriver_logging_config={"sampling_ratio": share})


@judged(
    queue_logged,
    {
        "good-tenth": PASSED,
        "bad-nothing": VIOLATED,
        "absent-block": VIOLATED,
        "unknown-share": NOT_EVALUATED,
        "secret-share": NOT_EVALUATED,
    },
)
def logged() -> None:
    _logged("good-tenth", 0.1)
    _logged("bad-nothing", 0)
    _queue("absent-block")
    _logged("unknown-share", unknown().apply(float))
    _logged("secret-share", pulumi.Output.secret(0.1))


def _job(name: str, retries: Any = None, schedule: Any = "0 3 * * *") -> None:
    retry: Any = None if retries is None else {"retry_count": retries}
    gcp.cloudscheduler.Job(name, name=name, region="europe-west1", schedule=schedule, retry_config=retry)


@judged(
    schedule_retried,
    {
        "good-tried-again": PASSED,
        "good-every-five-minutes": PASSED,
        "good-every-minute": PASSED,
        "good-in-words": PASSED,
        "bad-once": VIOLATED,
        "bad-every-half-hour": VIOLATED,
        "bad-every-five-minutes-of-one-hour": VIOLATED,
        "absent-block": VIOLATED,
        "unknown-count": NOT_EVALUATED,
        "unknown-schedule": NOT_EVALUATED,
        "secret-count": NOT_EVALUATED,
    },
)
def retried() -> None:
    _job("good-tried-again", 3)
    _job("good-every-five-minutes", schedule="*/5 * * * *")
    _job("good-every-minute", 0, schedule="* * * * *")
    _job("good-in-words", schedule="every 10 minutes")
    _job("bad-once", 0)
    _job("bad-every-half-hour", schedule="*/30 * * * *")
    _job("bad-every-five-minutes-of-one-hour", schedule="*/5 3 * * *")
    _job("absent-block")
    _job("unknown-count", unknown("count").apply(int))
    _job("unknown-schedule", schedule=unknown("schedule"))
    _job("secret-count", pulumi.Output.secret(3))
