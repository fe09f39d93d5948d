"""Subscriptions and what becomes of messages that nobody could handle."""

from typing import Any

import pulumi

from policies.reliability.pubsub.dead_letters import dead_letters_kept, subscription_dead_letters
from policies.reliability.pubsub.delivery import (
    subscription_backs_off,
    subscription_never_expires,
    subscription_schema_exists,
)
from tests.policies.databases import disposable
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.messages import subscription, topic
from tests.policies.unknowns import unknown

PUSH: Any = {"push_config": {"push_endpoint": "https://worker.example.com/push"}}
TABLE: Any = {"bigquery_config": {"table": "p.d.t"}}


def _dead(target: pulumi.Input[str], **more: Any) -> dict[str, Any]:
    return {"dead_letter_policy": {"dead_letter_topic": target, **more}}


@judged(
    subscription_dead_letters,
    {
        "good-pull": PASSED,
        "good-push-by-reference": PASSED,
        "good-into-a-table": PASSED,
        "good-topic-elsewhere": PASSED,
        # These have nowhere further to put a dead letter: other tools ask them for a dead-letter topic too.
        "good-reads-dead-letters": PASSED,
        "good-reads-dead-letters-by-reference": PASSED,
        "good-reads-dead-letters-of-elsewhere": PASSED,
        "bad-pull": VIOLATED,
        "bad-push": VIOLATED,
        "bad-into-a-table": VIOLATED,
        "bad-own-topic": VIOLATED,
        "bad-own-topic-by-reference": VIOLATED,
        "absent-policy": VIOLATED,
        "absent-topic-in-policy": VIOLATED,
        "unknown-policy": NOT_EVALUATED,
        "unknown-topic": NOT_EVALUATED,
        "secret-target": NOT_EVALUATED,
    },
)
def subscriptions() -> None:
    jobs, dead = topic("jobs"), topic("jobs-dead")
    path = "projects/p/topics/jobs-dead"
    subscription("good-pull", **_dead(path))
    subscription("good-push-by-reference", jobs.id, **PUSH, **_dead(dead.id))
    subscription("good-into-a-table", **TABLE, **_dead(path))
    subscription("good-topic-elsewhere", **_dead("projects/other/topics/all-dead"))
    subscription("good-reads-dead-letters", "projects/p/topics/jobs-dead")
    subscription("good-reads-dead-letters-by-reference", dead.id)
    subscription("good-reads-dead-letters-of-elsewhere", "projects/other/topics/all-dead")
    subscription("bad-pull")
    subscription("bad-push", jobs.id, **PUSH)
    subscription("bad-into-a-table", **TABLE)
    subscription("bad-own-topic", **_dead("projects/p/topics/jobs"))
    subscription("bad-own-topic-by-reference", jobs.id, **_dead(jobs.id))
    subscription("absent-policy")
    subscription("absent-topic-in-policy", dead_letter_policy={"max_delivery_attempts": 5})
    policy = unknown("policy").apply(lambda _: {"dead_letter_topic": path})
    subscription("unknown-policy", dead_letter_policy=policy)
    subscription("unknown-topic", unknown("topic"))
    subscription("secret-target", **_dead(pulumi.Output.secret(path)))


@judged(
    dead_letters_kept,
    {
        "good-kept": PASSED,
        "good-kept-by-reference": PASSED,
        "good-elsewhere-and-kept-here": PASSED,
        "bad-lost": VIOLATED,
        "bad-lost-by-reference": VIOLATED,
        "absent-policy": PASSED,
        "unknown-elsewhere": NOT_EVALUATED,
        "unknown-target": NOT_EVALUATED,
        "secret-target": NOT_EVALUATED,
    },
)
def kept() -> None:
    first, second, lost = topic("first-dead"), topic("second-dead"), topic("lost")
    subscription("reads-first", first.name)
    subscription("reads-second", second.id)
    subscription("reads-elsewhere", "projects/other/topics/all-dead")
    subscription("good-kept", **_dead("projects/p/topics/first-dead"))
    subscription("good-kept-by-reference", **_dead(second.id))
    subscription("good-elsewhere-and-kept-here", **_dead("projects/other/topics/all-dead"))
    subscription("bad-lost", **_dead("projects/p/topics/lost"))
    subscription("bad-lost-by-reference", **_dead(lost.id))
    subscription("absent-policy")
    subscription("unknown-elsewhere", **_dead("projects/other/topics/of-another-team"))
    subscription("unknown-target", **_dead(unknown("target")))
    subscription("secret-target", **_dead(pulumi.Output.secret("projects/p/topics/lost")))


@judged(
    subscription_never_expires,
    {
        "good-never": PASSED,
        "bad-after-a-month": VIOLATED,
        "absent-policy": VIOLATED,
        "unknown-ttl": NOT_EVALUATED,
        "unknown-policy": NOT_EVALUATED,
        "secret-ttl": NOT_EVALUATED,
    },
)
def expiring() -> None:
    subscription("good-never", expiration_policy={"ttl": ""})
    subscription("bad-after-a-month", expiration_policy={"ttl": "2678400s"})
    subscription("absent-policy")
    subscription("unknown-ttl", expiration_policy={"ttl": unknown("ttl")})
    subscription("unknown-policy", expiration_policy=unknown("policy").apply(lambda _: {"ttl": ""}))
    subscription("secret-ttl", expiration_policy={"ttl": pulumi.Output.secret("")})


@judged(subscription_never_expires, {"absent-but-disposable": PASSED})
def expiring_where_it_may() -> None:
    disposable()
    subscription("absent-but-disposable")


DEAD = _dead("projects/p/topics/jobs-dead")


def _retried(name: str, least: Any, most: Any = None) -> None:
    subscription(name, retry_policy={"minimum_backoff": least, "maximum_backoff": most}, **DEAD)


@judged(
    subscription_backs_off,
    {
        "good-pauses": PASSED,
        "good-defaults": PASSED,
        # Nothing is given up there, so nothing is used up.
        "good-for-dead-letters": PASSED,
        "bad-at-once": VIOLATED,
        "bad-at-most-nothing": VIOLATED,
        "absent-policy": VIOLATED,
        "unknown-pause": NOT_EVALUATED,
        "secret-pause": NOT_EVALUATED,
    },
)
def retried() -> None:
    _retried("good-pauses", "10s", "600s")
    _retried("good-defaults", None)
    subscription("good-for-dead-letters")
    _retried("bad-at-once", "0s")
    _retried("bad-at-most-nothing", "10s", "0s")
    subscription("absent-policy", **DEAD)
    _retried("unknown-pause", unknown())
    _retried("secret-pause", pulumi.Output.secret("10s"))


def _written(name: str, of: pulumi.Input[str], by_topic: Any = True) -> None:
    subscription(name, of, bigquery_config={"table": "p.d.t", "use_topic_schema": by_topic})


@judged(
    subscription_schema_exists,
    {
        "good-with-schema": PASSED,
        "good-by-the-table": PASSED,
        "good-pull": PASSED,
        "bad-without-schema": VIOLATED,
        "bad-without-schema-by-reference": VIOLATED,
        "absent-flag": PASSED,
        "unknown-flag": NOT_EVALUATED,
        "unknown-topic-elsewhere": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def written() -> None:
    topic("with", schema_settings={"schema": "projects/p/schemas/s", "encoding": "JSON"})
    without = topic("without")
    _written("good-with-schema", "projects/p/topics/with")
    _written("good-by-the-table", "projects/p/topics/without", by_topic=False)
    subscription("good-pull", without.id)
    _written("bad-without-schema", "projects/p/topics/without")
    _written("bad-without-schema-by-reference", without.id)
    _written("absent-flag", without.id, by_topic=None)
    _written("unknown-flag", without.id, by_topic=unknown().apply(bool))
    _written("unknown-topic-elsewhere", "projects/other/topics/theirs")
    _written("secret-flag", without.id, by_topic=pulumi.Output.secret(True))
