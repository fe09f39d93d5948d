"""What every subscription has in common: dead letters, the service agent's rights, retention, alerts.

A function, not an entity: `PushSubscription`, `PullSubscription` and `BigQuerySubscription` each own the
subscription that it makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_gcp import pubsub

from components.component import Component
from components.errors import ComponentError
from components.messaging.delivery import Delivery, tolerable_failures
from components.messaging.topic import Topic
from components.naming import Kind
from components.observability.alert import AlertRouting, Urgency, alert, any_of
from components.security.service_agents import Agent


def require_dead_letters(name: str, topic: Topic) -> pubsub.Topic:
    """Where `topic` keeps the messages that subscription `name` cannot handle; ComponentError if nowhere."""
    if topic.dead_letter_topic is None:
        raise ComponentError(
            f"'{name}' subscribes to '{topic.name}', which keeps no dead letters",
            why="a message that always fails would be tried until it is too old, and then be lost",
            fix=f"make the topic '{topic.name}' without dead_letters=False",
        )
    return topic.dead_letter_topic


def subscribe(
    owner: Component,
    topic: Topic,
    *,
    dead_letters: pubsub.Topic,
    delivery: Delivery,
    ack_deadline_s: int,
    waits_for: Sequence[pulumi.Resource] = (),
    **kind: Any,
) -> pubsub.Subscription:
    """The subscription of `owner` to `topic`; `kind` are the fields of its kind (push, BigQuery …). It waits for
    `waits_for` and for the way to `dead_letters`."""
    env = owner.env
    subscription = pubsub.Subscription(
        owner.name,
        name=subscription_name(owner),
        project=env.project,
        topic=topic.path,
        labels=owner.labels(),
        ack_deadline_seconds=ack_deadline_s,
        message_retention_duration=f"{delivery.retention_s}s",
        # An empty time to live means never: the default removes a subscription after 31 quiet days.
        expiration_policy=pubsub.SubscriptionExpirationPolicyArgs(ttl=""),
        retry_policy=pubsub.SubscriptionRetryPolicyArgs(
            minimum_backoff=f"{delivery.min_backoff_s}s", maximum_backoff=f"{delivery.max_backoff_s}s"
        ),
        dead_letter_policy=pubsub.SubscriptionDeadLetterPolicyArgs(
            dead_letter_topic=pulumi.Output.concat("projects/", env.project, "/topics/", dead_letters.name),
            max_delivery_attempts=delivery.attempts,
        ),
        deletion_policy="PREVENT" if env.protect else None,
        opts=owner.guarded(depends_on=[*waits_for, *topic.forwarding]),
        **kind,
    )
    # Pub/Sub acknowledges a message here when it has forwarded it; without this right it forwards it again
    # and again (https://cloud.google.com/pubsub/docs/handling-failures#grant_forwarding_permissions).
    pubsub.SubscriptionIAMMember(
        f"{owner.name}-forward",
        project=env.project,
        subscription=subscription.name,
        role="roles/pubsub.subscriber",
        member=Agent.PUBSUB.member(env),
        opts=owner.guarded(depends_on=list(Agent.PUBSUB.made(env))),
    )
    return subscription


def subscription_name(owner: Component) -> str:
    """The physical name of `owner`'s subscription."""
    return owner.env.naming.name(Kind.PUBSUB, owner.name)


def watch(
    owner: Component, routing: AlertRouting, *, delivery: Delivery, ack_deadline_s: int, pushed: bool
) -> None:
    """The alerts of `owner`'s subscription: a message that is stuck, a backlog that would be lost and, where
    Pub/Sub delivers by itself (`pushed`), deliveries that fail."""
    which = f'monitored_resource="pubsub_subscription",subscription_id="{subscription_name(owner)}"'
    stuck_s = delivery.stuck_after_s(ack_deadline_s)
    alert(
        f"{owner.name}-stuck",
        owner=owner,
        routing=routing,
        title=f"{owner.name}: oldest message is older than every retry",
        query=f"max(pubsub_googleapis_com:subscription_oldest_unacked_message_age{{{which}}}) > {stuck_s}",
        duration_s=300,
        urgency=Urgency.PAGE,
        advice=(
            f"{delivery.attempts} attempts take at most {stuck_s} s, yet a message of **{owner.name}** is older: "
            "nobody consumes, or consumers are too slow. Look at the consumer's errors and instances first."
        ),
    )
    acknowledged = (
        f'subscription_push_request_count{{{which},response_class="ack"}}'
        if pushed
        else f"subscription_ack_message_count{{{which}}}"
    )
    problems = {
        # The least of ten minutes, for another five: a burst has a quarter of an hour, and its rate is over that
        # long. A thousandth of a message a second keeps the quotient finite when nothing is acknowledged.
        "backlog": (
            f"sum(min_over_time(pubsub_googleapis_com:subscription_num_undelivered_messages{{{which}}}[10m])) / "
            f"clamp_min(sum(rate(pubsub_googleapis_com:{acknowledged}[15m])) or vector(0), 0.001) "
            f"> {delivery.retention_s // 2}"
        )
    }
    title = f"{owner.name}: backlog outgrows its consumers"
    advice = (
        f"**{owner.name}** is under strain; the label `problem` says which.\n\n"
        "- backlog: at its present rate it needs more than half of its retention "
        f"({delivery.retention_s} s) to work it off; what is older than the retention is lost. "
        "Raise the consumer's instances, or find what slows it."
    )
    if pushed:
        share = tolerable_failures(delivery.attempts)
        requests = f"pubsub_googleapis_com:subscription_push_request_count{{{which}"
        problems["failing"] = (
            f'sum(rate({requests},response_class!="ack"}}[5m])) / sum(rate({requests}}}[5m])) > {share}'
        )
        title += ", or deliveries fail"
        advice += (
            f"\n- failing: more than {share:.0%} of the deliveries fail: with {delivery.attempts} attempts one "
            "message in a thousand becomes a dead letter. `response_class` says whether the handler refuses "
            "(4xx), breaks (5xx) or takes too long (deadline)."
        )
    alert(
        f"{owner.name}-strain",
        owner=owner,
        routing=routing,
        title=title,
        query=any_of(problems),
        duration_s=300,
        urgency=Urgency.NOTIFY,
        advice=advice,
    )
