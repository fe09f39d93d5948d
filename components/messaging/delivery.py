"""Delivery: how often and how long Pub/Sub tries to deliver a message, and when it gives up.

It decides nothing about where messages go; `subscribe` (subscription.py) turns it into a subscription's fields.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from components.messaging import limits

_ONE_IN_A_THOUSAND = 0.001


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Attempts, back-off and retention of one subscription.

    `attempts`: 5 to 100, after which the message goes to the topic's dead letters
    (https://cloud.google.com/pubsub/docs/handling-failures). `min_backoff_s`, `max_backoff_s`: seconds between
    attempts, doubling from one to the other, 0 to 600. `retention_s`: how long an unacknowledged message is
    kept, ten minutes to 31 days (https://cloud.google.com/pubsub/docs/subscription-properties).

    ComponentError for a value outside these.
    """

    attempts: int = 5
    min_backoff_s: int = 10
    max_backoff_s: int = 600
    retention_s: int = 7 * limits.DAY_S

    def __post_init__(self) -> None:
        limits.DELIVERY_ATTEMPTS.check("attempts", self.attempts)
        limits.DELIVERY_BACKOFF.check("min_backoff_s", self.min_backoff_s)
        limits.DELIVERY_BACKOFF.check("max_backoff_s", self.max_backoff_s)
        limits.ordered("min_backoff_s", self.min_backoff_s, "max_backoff_s", self.max_backoff_s)
        limits.SUBSCRIPTION_RETENTION.check("retention_s", self.retention_s)

    def stuck_after_s(self, ack_deadline_s: int) -> int:
        """Seconds after which no retry explains that a message is still there: the time in which every attempt
        would have run out, but at most half of the retention, while the message can still be saved."""
        waits = [min(self.min_backoff_s << retry, self.max_backoff_s) for retry in range(self.attempts - 1)]
        return min(self.attempts * ack_deadline_s + sum(waits), self.retention_s // 2)


STANDARD = Delivery()
"""Five attempts within about eight minutes, kept for a week."""


def tolerable_failures(attempts: int) -> float:
    """The share of failing attempts at which one message in a thousand fails all of its `attempts`; at most
    half, since more than that is an outage however often it is tried."""
    return min(0.5, round(math.pow(_ONE_IN_A_THOUSAND, 1 / attempts), 2))
