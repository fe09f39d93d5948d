"""Pub/Sub's topics and subscriptions: which of them are for dead letters."""

from __future__ import annotations

from typing import Final

from analysis.stack import Stack
from analysis.value import NotKnown, Value

TOPIC: Final = "gcp:pubsub/topic:Topic"
SUBSCRIPTION: Final = "gcp:pubsub/subscription:Subscription"
DEAD_LETTERS: Final = "deadLetterPolicy.deadLetterTopic"
"""The input of a subscription that names where its dead letters go."""


def topics_of(stack: Stack, value: Value) -> frozenset[str]:
    """The topics that an input names: those of the stack by URN, others by the last part of their name.

    NotKnown where only creation tells and no topic of the stack is behind it.
    """
    found = stack.referred(value, TOPIC)
    if found:
        return frozenset(one.urn for one in found)
    text = value.text("")
    return frozenset({text.rsplit("/", 1)[-1]}) if text else frozenset()


def dead_letter_topics(stack: Stack) -> frozenset[str]:
    """Every topic that a subscription to another topic sends its dead letters to; for `stack.once`."""
    found: set[str] = set()
    for subscription in stack.of_type(SUBSCRIPTION):
        targets = _known(stack, subscription, DEAD_LETTERS)
        if targets and not targets & _known(stack, subscription, "topic"):
            found |= targets
    return frozenset(found)


def subscribed_topics(stack: Stack) -> frozenset[str]:
    """Every topic that something subscribes to; for `stack.once`."""
    every = (_known(stack, subscription, "topic") for subscription in stack.of_type(SUBSCRIPTION))
    return frozenset[str]().union(*every)


def _known(stack: Stack, subscription: Value, path: str) -> frozenset[str]:
    """`topics_of` of one input, and none where it is not known."""
    try:
        return topics_of(stack, subscription.at(path))
    except NotKnown:
        return frozenset()
