"""Numbers of topics, subscriptions, queues and schedules that Google refuses only during `up`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from analysis.network.calls import JOB, QUEUE
from analysis.stack import Stack
from analysis.stores.subscriptions import SUBSCRIPTION, TOPIC
from analysis.value import NotKnown, Value
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, resource_policy
from policies.reliability.refused_by_google.limits import Limit, beyond

_DAY: Final = 86_400
_WEEK: Final = 7 * _DAY
_LIMITS: Final[Mapping[str, tuple[Limit, ...]]] = {
    # https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics
    TOPIC: (Limit("messageRetentionDuration", 600, 31 * _DAY, " s"),),
    # https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions,
    # https://cloud.google.com/pubsub/docs/subscription-properties#message_retention_duration
    SUBSCRIPTION: (
        Limit("ackDeadlineSeconds", 10, 600, " s", zero=True),
        Limit("messageRetentionDuration", 600, 31 * _DAY, " s"),
        Limit("deadLetterPolicy.maxDeliveryAttempts", 5, 100, zero=True),
        Limit("retryPolicy.minimumBackoff", 0, 600, " s"),
        Limit("retryPolicy.maximumBackoff", 0, 600, " s"),
    ),
    # https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues#RateLimits
    QUEUE: (
        Limit("rateLimits.maxDispatchesPerSecond", 0, 500),
        Limit("rateLimits.maxConcurrentDispatches", 0, 5000),
        Limit("stackdriverLoggingConfig.samplingRatio", 0, 1),
    ),
    # https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs
    JOB: (Limit("retryConfig.retryCount", 0, 5),),
}
# Same page: the longest deadline by target; with Pub/Sub as the target it is ignored.
_DEADLINE: Final = {"httpTarget": 1800, "appEngineHttpTarget": _DAY + 15}


@resource_policy(
    id="messaging-within-limits",
    title="Deadlines, retention, attempts and rates of messaging are such that Google takes them",
    severity=Severity.MEDIUM,
    why="""A preview accepts any number here. Pub/Sub, Cloud Tasks and Cloud Scheduler refuse those beyond their
    limits during `up`, when half of the change is made already.""",
    fix="""The messaging components refuse such numbers before anything is registered: use `Delivery`, `Queue` and
    `Schedule` with a value within the limits that the message names.""",
    fix_raw="Set the property to a value within the limits that the message names.",
    types=tuple(_LIMITS),
)
def messaging_within_limits(resource: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    yield from beyond(resource, _LIMITS[resource.resource.type])
    for check in _CHECKS.get(resource.resource.type, ()):
        try:
            yield from check(resource)
        except NotKnown as reason:
            yield Unseen(resource.resource, str(reason))


def _deadline(job: Value) -> Iterator[Result]:
    for target, most in _DEADLINE.items():
        if job[target].present:
            yield from beyond(job, (Limit("attemptDeadline", 15, most, " s", zero=True),))


def _backoff(subscription: Value) -> Iterator[Result]:
    # Within a policy, ten seconds and ten minutes are the defaults.
    policy = subscription["retryPolicy"]
    least, most = policy["minimumBackoff"].seconds(10), policy["maximumBackoff"].seconds(600)
    if least > most:
        path = policy["minimumBackoff"].path
        message = f"{path} is {least:g} s, more than the maximum of {most:g} s: Pub/Sub refuses it"
        yield Problem(subscription.resource, message, key=f"{path} above maximum")


def _expiry(subscription: Value) -> Iterator[Result]:
    # https://cloud.google.com/pubsub/docs/subscription-properties#expiration_period: at least a day, and longer
    # than messages are kept, which is a week where nothing is said. Empty means never.
    ttl = subscription["expirationPolicy"]["ttl"]
    if not ttl.text(""):
        return
    seconds, kept = ttl.seconds(0), subscription["messageRetentionDuration"].seconds(_WEEK)
    if seconds < _DAY or seconds < kept:
        message = (
            f"{ttl.path} is {seconds:g} s: Pub/Sub takes a day or more ({_DAY} s), and no less than messages are "
            f"kept ({kept:g} s)"
        )
        yield Problem(subscription.resource, message, key=ttl.path)


_CHECKS: Final = {SUBSCRIPTION: (_backoff, _expiry), JOB: (_deadline,)}
