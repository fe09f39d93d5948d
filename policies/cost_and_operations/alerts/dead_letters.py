"""Somebody is told when messages end as dead letters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.stores.subscriptions import DEAD_LETTERS, SUBSCRIPTION, TOPIC, topics_of
from analysis.telemetry.alerts import Alerts
from analysis.telemetry.log_entry import Answer, any_of
from analysis.value import NotKnown, Value
from plan.plan import Resource
from policies.engine.policy import Result, Settings, Severity, Unseen, resource_policy

# What tells of a dead letter: at its source, on its way, or where it lies.
# https://cloud.google.com/pubsub/docs/monitoring#monitor_forwarded_undeliverable_messages
_AT_SOURCE: Final = ("pubsub.googleapis.com/subscription/dead_letter_message_count",)
_ON_TOPIC: Final = (
    "pubsub.googleapis.com/topic/send_message_operation_count",
    "pubsub.googleapis.com/topic/send_request_count",
    "pubsub.googleapis.com/topic/message_sizes",
)
_WHERE_THEY_LIE: Final = (
    "pubsub.googleapis.com/subscription/num_undelivered_messages",
    "pubsub.googleapis.com/subscription/num_unacked_messages_by_region",
    "pubsub.googleapis.com/subscription/oldest_unacked_message_age",
)


@resource_policy(
    id="dead-letters-told",
    title="An alert tells when a subscription's messages become dead letters",
    severity=Severity.HIGH,
    why="""A dead letter is a call that was not transcribed, a payment that was not booked. It lies on its topic
    until its retention ends, and nobody reads there unasked.""",
    fix="Give the `Topic` its `alerts`: it watches the backlog of its dead letters.",
    fix_raw="""Add an alert policy on `pubsub.googleapis.com/subscription/num_undelivered_messages` of the
    dead-letter topic's subscription, or on `subscription/dead_letter_message_count` of this one.""",
    types=[SUBSCRIPTION],
)
def dead_letters_told(subscription: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    target = subscription.at(DEAD_LETTERS)
    topics = topics_of(stack, target)
    if not topics:
        return
    alerts = stack.once(Alerts)
    watched: list[Answer] = [_watched(alerts, _AT_SOURCE, "subscription_id", subscription.resource)]
    for topic in stack.referred(target, TOPIC):
        watched.append(_watched(alerts, _ON_TOPIC, "topic_id", topic))
    readers = [one for topic in topics for one in stack.once(_subscribed).get(topic, ())]
    watched += [_watched(alerts, _WHERE_THEY_LIE, "subscription_id", reader) for reader in readers]
    answer = any_of(watched)
    if answer is False:
        where = f"the backlog of '{readers[0].name}'" if readers else "a topic without any subscription"
        yield f"{target.path} leads to {where}, which no alert watches: dead letters lie there unseen"
    elif answer is None:
        yield Unseen(subscription.resource, "a condition that may watch its dead letters is not known")


def _watched(alerts: Alerts, metrics: tuple[str, ...], label: str, one: Resource) -> Answer:
    """Whether an alert watches one of `metrics` of one subscription or topic."""
    try:
        name = Value.of(one)["name"].text("")
    except NotKnown:
        name = ""
    if name:
        return alerts.watch(metrics, {label: name}, about=one)
    # Without a name only an alert on all of them is certain.
    return any_of(
        None if any(key == label for key, _ in series.labels) else True for series in alerts.reading(*metrics)
    )


def _subscribed(stack: Stack) -> dict[str, list[Resource]]:
    """The subscriptions of each topic."""
    found: dict[str, list[Resource]] = {}
    for subscription in stack.of_type(SUBSCRIPTION):
        try:
            topics = topics_of(stack, subscription["topic"])
        except NotKnown:
            continue
        for topic in topics:
            found.setdefault(topic, []).append(subscription.resource)
    return found
