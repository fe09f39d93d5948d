"""What Cloud Run refuses is found at the preview, not half-way through an `up`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
_INSTANCES: Final[tuple[What, ...]] = ("least_instances", "most_instances")


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
    types=having("timeout", *_INSTANCES),
)
def within_limits(workload: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    doubts = Doubts()
    for check in (_time_out, _instances):
        with doubts:
            yield from check(workload)
    doubts.tell()


def _time_out(workload: Value) -> Iterator[str]:
    longest = _LONGEST.get(workload.resource.type)
    seconds = find(workload, "timeout").seconds()
    if longest is not None and seconds is not None and not 0 < seconds <= longest:
        yield f"{place_of(workload, 'timeout')} is {seconds:g} s: Cloud Run takes 1 to {longest} s"


def _instances(workload: Value) -> Iterator[str]:
    if not all(what in PLACES[workload.resource.type] for what in _INSTANCES):
        return
    least, most = (find(workload, what).number() for what in _INSTANCES)
    if least is not None and most is not None and least > most:
        first, second = (place_of(workload, what) for what in _INSTANCES)
        yield f"{first} is {least:g} and {second} {most:g}: Cloud Run refuses a minimum above the maximum"
