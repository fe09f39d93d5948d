"""Topics and subscriptions for fixtures: what a case says nothing about is left out."""

from typing import Any

import pulumi
import pulumi_gcp as gcp


def topic(name: str, **more: Any) -> gcp.pubsub.Topic:
    """A topic that Google knows by its logical name."""
    return gcp.pubsub.Topic(name, **{"name": name, **more})


def subscription(name: str, of: pulumi.Input[str] = "jobs", **more: Any) -> gcp.pubsub.Subscription:
    """A subscription to the topic `of`."""
    return gcp.pubsub.Subscription(name, **{"name": name, "topic": of, **more})
