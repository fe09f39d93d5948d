"""Whoever calls a service waits for its answer, and calls no more at once than it takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.network.calls import JOB, QUEUE, called, calls
from analysis.quantities import finite
from analysis.stack import Stack
from analysis.stores.subscriptions import SUBSCRIPTION
from analysis.value import NotKnown, Value
from analysis.workloads.templates import SERVICE, place_of
from policies.engine.policy import Result, Settings, Severity, Unseen, each, resource_policy, stack_policy
from policies.reliability.arithmetic.instances import concurrency, most_instances, timeout_s
from policies.reliability.arithmetic.sums import Sum

# https://cloud.google.com/pubsub/docs/subscription-properties#ack_deadline
_ACK_S: Final = 10
# https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs (attemptDeadline, HTTP targets)
_ATTEMPT_S: Final = 180
# A task says its own deadline, at most this: https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler
_TASK_S: Final = 1800
# https://cloud.google.com/tasks/docs/configuring-queues#rate: what a queue has where nothing is said.
_DISPATCHES: Final = 500
_AT_ONCE: Final = 1000


@resource_policy(
    id="call-outlasts-handler",
    title="Pub/Sub, Cloud Tasks and Cloud Scheduler wait at least as long as the service that they call may work",
    severity=Severity.HIGH,
    why="""When the caller gives up first, the handler goes on all the same and the call is made again: work is
    done twice at the same time, and a message whose work is too long ends as a dead letter though it was done.""",
    fix="""Set the `PushSubscription`'s `handler_timeout_s` (the `Schedule`'s deadline) to the service's
    `timeout_s` or more, or lower that. Work beyond ten minutes belongs into a worker pool that pulls.""",
    fix_raw="""Raise `ackDeadlineSeconds` (`attemptDeadline`), or lower `template.timeout` of the service.""",
    types=(SUBSCRIPTION, QUEUE, JOB),
    elements=calls,
)
def call_outlasts_handler(call: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    service = called(stack, call)
    if service is None:
        return
    caller, handler = Value.of(call.resource), Value.of(service)
    if call.resource.type == QUEUE:
        waited, how = float(_TASK_S), f"a task waits {_TASK_S} s at most"
    elif call.resource.type == JOB:
        deadline = caller["attemptDeadline"]
        waited = deadline.seconds(_ATTEMPT_S) or _ATTEMPT_S
        how = f"{deadline.path} is {'' if deadline.present else 'left out, which means '}{waited:g} s"
    else:
        deadline = caller["ackDeadlineSeconds"]
        waited = deadline.number(_ACK_S) or _ACK_S
        how = f"{deadline.path} is {'' if deadline.present else 'left out, which means '}{waited:g} s"
    works = timeout_s(handler)
    if waited < works:
        yield (
            f"{how}, and '{service.name}' may work for {works:g} s ({place_of(handler, 'timeout')}): "
            f"{waited:g} < {works:g}, so the call is made again while the first is at work"
        )


@stack_policy(
    id="queue-within-capacity",
    title="The queues that call a service send it no more tasks at once than its instances take",
    severity=Severity.MEDIUM,
    why="""What is beyond the capacity of all instances gets 429. Cloud Tasks counts that as an attempt: under load
    tasks use up their attempts without ever having been tried, and queues keep no dead letters.""",
    fix="Lower `concurrent` of the `Queue`, or raise the maximum of instances in the service's `Scaling`.",
    fix_raw="""Lower `rateLimits.maxConcurrentDispatches`, or raise `template.scaling.maxInstanceCount` or
    `template.maxInstanceRequestConcurrency` of the service.""",
)
def queue_within_capacity(stack: Stack, settings: Settings) -> Iterator[Result]:
    callers: dict[str, list[Value]] = {}
    for queue in stack.of_type(QUEUE):
        try:
            for call in calls(queue):
                service = called(stack, call)
                if service is not None:
                    callers.setdefault(service.urn, []).append(queue)
        except NotKnown as reason:
            yield Unseen(queue.resource, str(reason))

    def fits(service: Value) -> Iterator[Result]:
        queues = callers.get(service.resource.urn)
        if not queues:
            return
        instances, requests = most_instances(service), concurrency(service)
        capacity = instances * requests
        asked = Sum()
        for queue in queues:
            try:
                asked.add(*_at_once(queue, timeout_s(service)))
            except NotKnown as reason:
                asked.miss(queue.resource, reason)
        message = (
            f"its queues may send it {asked.told} tasks at once, and {instances:g} instances * {requests:g} "
            f"requests take {capacity:g}: the others get 429 and lose an attempt"
        )
        yield from asked.against(capacity, service, message)

    yield from each(stack.of_type(SERVICE), fits)


def _at_once(queue: Value, worst_s: float) -> tuple[float, str]:
    """The most tasks of a queue that are at work at the same time, where each takes the longest it may."""
    rates = queue["rateLimits"]
    at_once = finite(rates["maxConcurrentDispatches"], _AT_ONCE)
    rate = finite(rates["maxDispatchesPerSecond"], _DISPATCHES)
    if rate * worst_s < at_once:
        return rate * worst_s, f"'{queue.resource.name}' {rate:g} a second * {worst_s:g} s"
    return at_once, f"'{queue.resource.name}' {at_once:g}"
