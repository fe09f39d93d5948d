"""Makes the local stack's topics and subscriptions in the Pub/Sub emulator (compose.yaml); it may run again."""

from __future__ import annotations

from contextlib import suppress

from google.api_core.exceptions import AlreadyExists
from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient  # type: ignore[import-untyped]

PROJECT = "projects/local"
TOPICS = ("jobs", "jobs-dead-letter", "activity")
TRIES = 5
ACK_S = 60


def main() -> None:
    """What nobody could do after five tries waits in `jobs-dead-letter`, as in the cloud."""
    publisher, subscriber = PublisherClient(), SubscriberClient()
    for name in TOPICS:
        with suppress(AlreadyExists):
            publisher.create_topic(name=f"{PROJECT}/topics/{name}")
    dead_letter = {"dead_letter_topic": f"{PROJECT}/topics/jobs-dead-letter", "max_delivery_attempts": TRIES}
    for name, more in (("jobs", {"dead_letter_policy": dead_letter}), ("jobs-dead-letter", {})):
        wanted = {
            "name": f"{PROJECT}/subscriptions/{name}",
            "topic": f"{PROJECT}/topics/{name}",
            "ack_deadline_seconds": ACK_S,
            **more,
        }
        with suppress(AlreadyExists):
            subscriber.create_subscription(wanted)


if __name__ == "__main__":
    main()
