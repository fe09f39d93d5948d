"""A message that fails on every attempt is put aside, and what is put aside is kept.

That Google's agent may forward it is another policy's question; without that right all of this does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.subscriptions import (
    DEAD_LETTERS,
    SUBSCRIPTION,
    TOPIC,
    dead_letter_topics,
    subscribed_topics,
    topics_of,
)
from analysis.value import Value
from policies.engine.policy import Result, Settings, Severity, Unseen, resource_policy


@resource_policy(
    id="subscription-dead-letters",
    title="A subscription puts aside what it cannot deliver",
    severity=Severity.HIGH,
    why="""A message that its handler cannot take is delivered again and again, holds up those behind it, and is
    deleted when it is too old: a caller's job is gone, and nothing says so.""",
    fix="""Use `PushSubscription`, `PullSubscription` or `BigQuerySubscription`: each keeps its topic's dead
    letters.""",
    fix_raw="Set `deadLetterPolicy.deadLetterTopic` to another topic, to which something subscribes.",
    rows=(108,),
    types=[SUBSCRIPTION],
)
def subscription_dead_letters(subscription: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    target = subscription.at(DEAD_LETTERS)
    if stack.is_given(target, TOPIC):
        if topics_of(stack, target) & topics_of(stack, subscription["topic"]):
            yield f"{target.path} is the subscription's own topic: what cannot be delivered comes back for ever"
        return
    # Whoever reads dead letters has nowhere further to put them.
    if not topics_of(stack, subscription["topic"]) & stack.once(dead_letter_topics):
        yield f"{target.path} is left out: a message that always fails is tried until it is too old, then lost"


@resource_policy(
    id="dead-letters-kept",
    title="A topic for dead letters has a subscription that keeps them",
    severity=Severity.HIGH,
    why="""Pub/Sub keeps a message for its subscriptions. On a topic without one, every dead letter is lost the
    moment it arrives, and the queue it came from looks healthy.""",
    fix="Use the `Topic` component, which makes the topic for dead letters with its subscription.",
    fix_raw="Add a `Subscription` to the topic that `deadLetterPolicy` names.",
    rows=(108,),
    types=[SUBSCRIPTION],
)
def dead_letters_kept(subscription: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    target = subscription.at(DEAD_LETTERS)
    topics = topics_of(stack, target)
    # https://cloud.google.com/pubsub/docs/handling-failures#dead_letter_topic
    if not topics or topics & stack.once(subscribed_topics):
        return
    if stack.referred(target, TOPIC):
        yield f"{target.path} is a topic that nothing subscribes to: dead letters are lost when they arrive"
    else:
        yield Unseen(subscription.resource, f"{target.path} is a topic that is not in this plan")
