"""The limits on messaging, each with Google's page it comes from, and the error for what is outside one.

A value that Google would refuse, or silently change, is refused here first, before any resource is registered.
"""

from __future__ import annotations

from dataclasses import dataclass

from components.errors import ComponentError


@dataclass(frozen=True)
class Limit:
    """The least and the most of something. Google's own, or a stricter one where that says so."""

    least: float
    most: float
    unit: str
    page: str

    def check(self, argument: str, value: float) -> None:
        """ComponentError if `value`, given as `argument`, is outside."""
        if not self.least <= value <= self.most:
            raise ComponentError(
                f"{argument} is {value:.10g} {self.unit}",
                why=f"{self.least:.10g} to {self.most:.10g} are allowed ({self.page})",
                fix=f"choose {argument} in that range",
            )


_SUBSCRIPTION = "https://cloud.google.com/pubsub/docs/subscription-properties"
_DEAD_LETTER = "https://cloud.google.com/pubsub/docs/handling-failures"
_QUEUE = "https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues#Queue"
_JOB = "https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs"

DAY_S = 86_400

TOPIC_RETENTION = Limit(
    600, 31 * DAY_S, "seconds", "https://cloud.google.com/pubsub/docs/topic-properties#message_retention"
)
SUBSCRIPTION_RETENTION = Limit(600, 31 * DAY_S, "seconds", f"{_SUBSCRIPTION}#message_retention_duration")
ACK_DEADLINE = Limit(10, 600, "seconds", f"{_SUBSCRIPTION}#ack_deadline")
DELIVERY_ATTEMPTS = Limit(5, 100, "attempts", _DEAD_LETTER)
DELIVERY_BACKOFF = Limit(0, 600, "seconds", f"{_DEAD_LETTER}#exponential_backoff")

DISPATCHES_PER_SECOND = Limit(0.1, 500, "dispatches a second", f"{_QUEUE}.RateLimits")
"""Stricter: Google has no least; below one task in ten seconds it is a schedule, not a queue."""
CONCURRENT_DISPATCHES = Limit(1, 5_000, "tasks", f"{_QUEUE}.RateLimits")
TASK_ATTEMPTS = Limit(1, 100, "attempts", f"{_QUEUE}.RetryConfig")
"""Stricter: Google allows any number, and -1 for ever; a task that always fails would then live for 31 days."""
TASK_BACKOFF = Limit(0.1, 3_600, "seconds", f"{_QUEUE}.RetryConfig")
"""Stricter: up to Google's default of an hour, so that a mended handler gets its tasks again the same day."""
LOGGED_SHARE = Limit(0, 1, "of the operations", f"{_QUEUE}.StackdriverLoggingConfig")

ATTEMPT_TIMEOUT = Limit(15, 1_800, "seconds", _JOB)
SCHEDULE_RETRIES = Limit(0, 5, "retries", f"{_JOB}#RetryConfig")
SCHEDULE_BACKOFF = Limit(1, 3_600, "seconds", f"{_JOB}#RetryConfig")
"""Stricter: up to Google's default of an hour."""


def ordered(least_name: str, least: float, most_name: str, most: float) -> None:
    """ComponentError if a minimum is above its maximum."""
    if least > most:
        raise ComponentError(
            f"{least_name} is {least:.10g} and {most_name} is {most:.10g}",
            why="a wait cannot begin above its own maximum",
            fix=f"lower {least_name} or raise {most_name}",
        )
