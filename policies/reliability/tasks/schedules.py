"""A job of Cloud Scheduler that fails is tried again, unless its next time is near anyway."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy

JOB: Final = "gcp:cloudscheduler/job:Job"
_SOON_MINUTES: Final = 15
_EVERY: Final = re.compile(r"\*(?:/0*([1-9][0-9]?))?")
_IN_WORDS: Final = re.compile(r"every 0*([1-9][0-9]?) min(?:ute)?s")


@resource_policy(
    id="schedule-retried",
    title="A scheduled job that fails is tried again",
    severity=Severity.LOW,
    # A job that must not run twice in a row has its reason.
    enforcement=Enforcement.ADVISORY,
    why="""Scheduler tries once, unless it is told more. A nightly job that meets a service in the middle of its
    deployment then does not run until tomorrow.""",
    fix="Use the `Schedule` component, which tries three times more (`retries`).",
    fix_raw="Set `retryConfig.retryCount` to 1 or more, 5 at most.",
    rows=(113,),
    types=[JOB],
)
def schedule_retried(job: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # The default is 0: https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs#RetryConfig
    count = job.at("retryConfig.retryCount")
    if count.number(0) < 1 and not is_soon_again(job["schedule"].text("")):
        said = "is 0" if count.present else "is left out, which means 0"
        yield f"{count.path} {said}: a run that fails is lost until the next one is due"


def is_soon_again(schedule: str) -> bool:
    """Whether a schedule comes round within a quarter of an hour, all day and every day.

    In cron's five fields, or in the older words: `every 5 minutes`.
    """
    minute, *others = schedule.split() or [""]
    found = _EVERY.fullmatch(minute) if others == ["*"] * 4 else _IN_WORDS.fullmatch(schedule.strip())
    return found is not None and int(found[1] or 1) <= _SOON_MINUTES
