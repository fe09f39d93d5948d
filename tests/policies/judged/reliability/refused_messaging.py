"""Numbers of messaging that Google refuses, and schedules that it cannot read."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.reliability.refused_by_google.messaging import messaging_within_limits
from policies.reliability.refused_by_google.schedules import schedule_readable
from tests.policies.calls import plain_queue
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.messages import subscription, topic
from tests.policies.unknowns import unknown
from tests.policies.workloads import PLACE

DAY = 86_400
CALLED: Any = {"uri": "https://example.com/"}


@judged(
    messaging_within_limits,
    {
        "good-subscription": PASSED,
        "good-at-its-limits": PASSED,
        "good-zero-is-googles-default": PASSED,
        "good-queue": PASSED,
        "good-topic": PASSED,
        "good-job": PASSED,
        "good-job-of-app-engine": PASSED,
        "good-job-that-publishes": PASSED,
        "absent-all": PASSED,
        "bad-deadline": VIOLATED,
        "bad-deadline-too-short": VIOLATED,
        "bad-retention": VIOLATED,
        "bad-attempts": VIOLATED,
        "bad-backoff": VIOLATED,
        "bad-backoffs-the-wrong-way-round": VIOLATED,
        "bad-maximum-below-the-default-minimum": VIOLATED,
        "bad-expiry-within-a-day": VIOLATED,
        "bad-expiry-before-messages-go": VIOLATED,
        "bad-expiry-before-the-default-retention": VIOLATED,
        "bad-beside-unknown": VIOLATED,
        "bad-queue": VIOLATED,
        "bad-topic": VIOLATED,
        "bad-job": VIOLATED,
        "bad-job-of-app-engine": VIOLATED,
        "bad-job-tried-too-often": VIOLATED,
        "unknown-deadline": NOT_EVALUATED,
        "unknown-policy": NOT_EVALUATED,
        "secret-retention": NOT_EVALUATED,
    },
)
def limits() -> None:
    subscription("good-subscription", ack_deadline_seconds=60, expiration_policy={"ttl": ""})
    letters = {"dead_letter_topic": "letters", "max_delivery_attempts": 100}
    subscription(
        "good-at-its-limits",
        ack_deadline_seconds=600,
        message_retention_duration=f"{31 * DAY}s",
        expiration_policy={"ttl": f"{31 * DAY}s"},
        retry_policy={"minimum_backoff": "0s", "maximum_backoff": "600s"},
        dead_letter_policy=letters,
    )
    subscription("good-zero-is-googles-default", ack_deadline_seconds=0)
    plain_queue("good-queue", rate_limits={"max_dispatches_per_second": 500, "max_concurrent_dispatches": 5000})
    topic("good-topic", message_retention_duration="600s")
    _deadline("good-job", "1800s", http_target=CALLED)
    _deadline("good-job-of-app-engine", "86415s", app_engine_http_target={"relative_uri": "/"})
    _deadline("good-job-that-publishes", "3600s", pubsub_target={"topic_name": "t", "data": "e30="})
    subscription("absent-all")
    subscription("bad-deadline", ack_deadline_seconds=601)
    subscription("bad-deadline-too-short", ack_deadline_seconds=9)
    subscription("bad-retention", message_retention_duration=f"{32 * DAY}s")
    subscription("bad-attempts", dead_letter_policy={**letters, "max_delivery_attempts": 3})
    subscription("bad-backoff", retry_policy={"maximum_backoff": "601s"})
    subscription(
        "bad-backoffs-the-wrong-way-round", retry_policy={"minimum_backoff": "60s", "maximum_backoff": "30s"}
    )
    subscription("bad-maximum-below-the-default-minimum", retry_policy={"maximum_backoff": "5s"})
    short = {"message_retention_duration": "600s"}
    subscription("bad-expiry-within-a-day", **short, expiration_policy={"ttl": "3600s"})
    long = {"message_retention_duration": f"{9 * DAY}s"}
    subscription("bad-expiry-before-messages-go", **long, expiration_policy={"ttl": f"{8 * DAY}s"})
    subscription("bad-expiry-before-the-default-retention", expiration_policy={"ttl": f"{2 * DAY}s"})
    policy = unknown("policy").apply(lambda _: letters)
    subscription("bad-beside-unknown", dead_letter_policy=policy, ack_deadline_seconds=700)
    plain_queue("bad-queue", rate_limits={"max_dispatches_per_second": 501})
    topic("bad-topic", message_retention_duration="60s")
    _deadline("bad-job", "3600s", http_target=CALLED)
    _deadline("bad-job-of-app-engine", "86416s", app_engine_http_target={"relative_uri": "/"})
    gcp.cloudscheduler.Job("bad-job-tried-too-often", region=PLACE, retry_config={"retry_count": 6})
    subscription("unknown-deadline", ack_deadline_seconds=unknown("deadline").apply(int))
    subscription("unknown-policy", dead_letter_policy=policy)
    subscription("secret-retention", message_retention_duration=pulumi.Output.secret("600s"))


def _deadline(name: str, deadline: str, **target: Any) -> None:
    gcp.cloudscheduler.Job(
        name, name=name, region=PLACE, schedule="0 3 * * *", attempt_deadline=deadline, **target
    )


@judged(
    schedule_readable,
    {
        "good-nightly": PASSED,
        "good-lists-and-steps": PASSED,
        "good-words": PASSED,
        "good-older-form": PASSED,
        "good-zone": PASSED,
        "good-zone-of-one-word": PASSED,
        "good-zone-as-google-writes-it": PASSED,
        "absent-zone-and-schedule": PASSED,
        "bad-seconds": VIOLATED,
        "bad-hour": VIOLATED,
        "bad-day": VIOLATED,
        "bad-step": VIOLATED,
        "bad-zone-without-area": VIOLATED,
        "bad-zone-as-offset": VIOLATED,
        "bad-zone-beside-unknown": VIOLATED,
        "unknown-schedule": NOT_EVALUATED,
        "secret-zone": NOT_EVALUATED,
    },
)
def schedules() -> None:
    def timed(name: str, schedule: Any = "0 3 * * *", zone: Any = None) -> None:
        gcp.cloudscheduler.Job(name, name=name, region=PLACE, schedule=schedule, time_zone=zone)

    timed("good-nightly")
    timed("good-lists-and-steps", "*/5,59 0-23/2 1,15 * 1-5")
    timed("good-words", "0 9 * jan,JUL mon-fri")
    timed("good-older-form", "every 5 minutes")
    timed("good-zone", zone="America/Argentina/Buenos_Aires")
    timed("good-zone-of-one-word", zone="UTC")
    timed("good-zone-as-google-writes-it", zone="utc")
    timed("absent-zone-and-schedule", None)
    timed("bad-seconds", "0 0 3 * * *")
    timed("bad-hour", "0 24 * * *")
    timed("bad-day", "0 3 0 * *")
    timed("bad-step", "*/0 3 * * *")
    timed("bad-zone-without-area", zone="Berlin")
    timed("bad-zone-as-offset", zone="UTC+2")
    timed("bad-zone-beside-unknown", unknown("times"), "CEST")
    timed("unknown-schedule", unknown("schedule"))
    timed("secret-zone", zone=pulumi.Output.secret("UTC"))
