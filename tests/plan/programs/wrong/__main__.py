"""One mistake at a time, named by the setting `case`."""

import sys
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_gcp as gcp

provider = gcp.Provider("google", project="wrong-project", region="europe-west1")
options = pulumi.ResourceOptions(provider=provider)


def subscription(name: str = "sub", **inputs: Any) -> gcp.pubsub.Subscription:
    """A subscription with whatever is wrong about it."""
    return gcp.pubsub.Subscription(name, **{"name": "sub", "topic": "projects/p/topics/t", **inputs}, opts=options)


def duplicate() -> None:
    """Two of one name."""
    subscription()
    subscription(labels={"second": "true"})


def in_apply() -> None:
    """An exception in an apply that nothing awaits."""
    pulumi.Output.from_input("text").apply(lambda value: int(value) + 1)


def never() -> None:
    """A wrong import."""
    import nowhere_to_be_found  # type: ignore[import-not-found]  # noqa: F401, PLC0415


CASES: dict[str, Callable[[], object]] = {
    "unknown-property": lambda: subscription(dead_letter_policy={"dead_leter_topic": "x"}),
    "unknown-argument": lambda: subscription(colour="red"),
    "wrong-type": lambda: subscription(ack_deadline_seconds="sixty"),
    "hole-in-list": lambda: gcp.pubsub.Topic(  # type: ignore[call-overload]
        "topic",
        name="topic",
        message_storage_policy={"allowed_persistence_regions": ["europe-west1", None]},
        opts=options,
    ),
    "wrong-kind": lambda: subscription(labels="text"),
    "list-for-object": lambda: subscription(push_config=[{"push_endpoint": "https://push.example.com"}]),
    "missing-input": lambda: subscription(push_config={}),
    "missing-argument": lambda: gcp.pubsub.Subscription("sub", name="sub", opts=options),
    "duplicate": duplicate,
    "default-provider": lambda: gcp.pubsub.Topic("topic", name="topic"),
    "read": lambda: gcp.pubsub.Topic.get("topic", "projects/p/topics/t", opts=options),
    "invoke": lambda: gcp.organizations.get_project(project_id="p"),
    "exit": lambda: sys.exit(3),
    "raise": lambda: dict[str, str]()["missing-key"],
    "apply": in_apply,
    "import": never,
    "time-out": lambda: gcp.pubsub.Topic(
        "topic",
        name="topic",
        opts=pulumi.ResourceOptions(provider=provider, custom_timeouts=pulumi.CustomTimeouts(create="soon")),
    ),
    "unset": lambda: pulumi.Config().require("not-there"),
}
CASES[pulumi.Config().require("case")]()
