"""A queue of Cloud Tasks works at a chosen rate, gives up some time, and tells what it did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

QUEUE: Final = "gcp:cloudtasks/queue:Queue"
# https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues, and what `gcloud tasks queues
# describe` tells of a new queue.
_RATES: Final = {
    "maxDispatchesPerSecond": "500 tasks a second",
    "maxConcurrentDispatches": "1000 tasks at once",
}


def limits(queue: Value) -> tuple[Value, ...]:
    """The blocks that hold the limits."""
    return queue["rateLimits"], queue["retryConfig"]


@resource_policy(
    id="queue-limits-set",
    title="A queue's rate and its attempts are chosen",
    severity=Severity.MEDIUM,
    why="""Left alone, a queue sends a thousand tasks at once and tries each a hundred times, a tenth of a
    second apart at first: a handler that is in trouble gets more of it, and the database behind it too.""",
    fix="Use the `Queue` component, which asks for `per_second` and `concurrent` and tries five times.",
    fix_raw="""Set `rateLimits.maxDispatchesPerSecond`, `rateLimits.maxConcurrentDispatches` and
    `retryConfig.maxAttempts`.""",
    rows=(113,),
    types=[QUEUE],
    elements=limits,
)
def queue_limits_set(block: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if block.path == "rateLimits":
        for key, meaning in _RATES.items():
            if not block[key].present:
                yield f"{block[key].path} is left out, which means {meaning}"
        return
    attempts = block["maxAttempts"].number()
    if attempts is None:
        yield f"{block['maxAttempts'].path} is left out, which means a hundred attempts"
    # -1 is unlimited; then only a duration ends it, or the longest that Cloud Tasks keeps a task:
    # https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues#RetryConfig
    elif attempts < 0 and block["maxRetryDuration"].seconds(0) <= 0:
        yield f"{block['maxAttempts'].path} is -1: a task that always fails is tried for weeks"


@resource_policy(
    id="queue-logged",
    title="A queue logs a part of what it does",
    severity=Severity.LOW,
    why="""Cloud Tasks deletes a task that failed on every attempt and keeps no dead letters. Its log is the
    only trace of which ones failed and why.""",
    fix="Use the `Queue` component, which logs a tenth (`logged_share`).",
    fix_raw="Set `stackdriverLoggingConfig.samplingRatio` above 0.",
    rows=(113,),
    types=[QUEUE],
)
def queue_logged(queue: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # The default is 0: https://cloud.google.com/tasks/docs/logging
    share = queue.at("stackdriverLoggingConfig.samplingRatio")
    if not share.number(0) > 0:
        said = "is 0" if share.present else "is left out, which means 0"
        yield f"{share.path} {said}: nothing tells which tasks were given up"
