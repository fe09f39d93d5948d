"""What Cloud Run refuses is found at the preview, not half-way through an `up`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.templates import (
    FUNCTION,
    FUNCTION_V1,
    JOB,
    PLACES,
    SERVICE,
    SERVICE_V1,
    What,
    find,
    having,
    place_of,
)
from policies.engine.doubts import Doubts
from policies.engine.policy import Settings, Severity, resource_policy

_HOUR, _DAY = 3600, 86_400
_LONGEST: Final[Mapping[str, int]] = {
    # https://cloud.google.com/run/docs/configuring/request-timeout, …/task-timeout and
    # https://cloud.google.com/functions/quotas#time_limits
    SERVICE: _HOUR,
    SERVICE_V1: _HOUR,
    JOB: 7 * _DAY,
    FUNCTION: _HOUR,
    FUNCTION_V1: 540,
}
_LEAST: Final[tuple[What, ...]] = ("least_instances", "least_instances_of_revision")
_MOST: Final[tuple[What, ...]] = ("most_instances", "most_instances_of_service")
_APART: Final[tuple[What, What]] = ("least_instances_of_revision", "most_instances_of_service")
"""A service may have several revisions, each with a minimum of its own: these two are not held to each other."""


@resource_policy(
    id="run-within-limits",
    title="Time-outs and instance counts are such that Cloud Run takes them",
    severity=Severity.MEDIUM,
    why="""A preview accepts any number. Cloud Run refuses it only during `up`, when other resources are changed
    already and the release stops half-way.""",
    fix="""The `Service` component's `Scaling` refuses these before anything is registered: a request lasts at
    most 3600 s, the minimum of instances is not above the maximum.""",
    fix_raw="""Set the time-out to what the type allows and the minimum of instances to no more than the maximum;
    work that takes longer belongs into a job or a worker pool.""",
    types=having("timeout", *_LEAST, *_MOST),
)
def within_limits(workload: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    doubts = Doubts()
    with doubts:
        yield from _time_out(workload)
    for least, most in product(_LEAST, _MOST):
        places = PLACES[workload.resource.type]
        if least in places and most in places and (least, most) != _APART:
            with doubts:
                yield from _instances(workload, least, most)
    doubts.tell()


def _time_out(workload: Value) -> Iterator[str]:
    longest = _LONGEST.get(workload.resource.type)
    seconds = find(workload, "timeout").seconds()
    if longest is not None and seconds is not None and not 0 < seconds <= longest:
        yield f"{place_of(workload, 'timeout')} is {seconds:g} s: Cloud Run takes 1 to {longest} s"


def _instances(workload: Value, least: What, most: What) -> Iterator[str]:
    """The minimum is at most the maximum, in one block as across two.

    https://cloud.google.com/run/docs/configuring/min-instances and
    https://cloud.google.com/run/docs/configuring/max-instances: each is set on the service or on the revision.
    """
    minimum, maximum = find(workload, least).number(), find(workload, most).number()
    if minimum is not None and maximum is not None and minimum > maximum:
        yield (
            f"{place_of(workload, least)} is {minimum:g} and {place_of(workload, most)} {maximum:g}: "
            "Cloud Run refuses a minimum above the maximum"
        )
