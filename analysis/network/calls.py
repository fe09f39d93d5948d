"""The calls that Google's services make by themselves: Pub/Sub pushes, Cloud Tasks, Cloud Scheduler.

The three say alike whom they call and as whom. A queue may leave the address to each task.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import SplitResult, urlsplit

from analysis.stack import Stack
from analysis.stores.subscriptions import SUBSCRIPTION
from analysis.value import Value
from analysis.workloads.templates import SERVICE, SERVICE_V1
from plan.plan import Resource

QUEUE: Final = "gcp:cloudtasks/queue:Queue"
JOB: Final = "gcp:cloudscheduler/job:Job"
CALLERS: Final = (SUBSCRIPTION, QUEUE, JOB)
LONGEST_HOST: Final = 253
# https://cloud.google.com/run/docs/triggering/https-request#deterministic and the older form beside it, each with
# the tag of a revision before it.
_RUN: Final = (
    re.compile(r"(?:[a-z0-9-]+---)?(?P<service>[a-z][a-z0-9-]*)-\d+\.[a-z0-9-]+\.run\.app"),
    re.compile(r"(?:[a-z0-9-]+---)?(?P<service>[a-z][a-z0-9-]*)-[a-z0-9]{10}-[a-z]{2,3}\.a\.run\.app"),
)


def calls(caller: Value) -> Iterator[Value]:
    """The block of a subscription, a queue or a job that describes the call; none where there is no such call."""
    if caller.resource.type == SUBSCRIPTION:
        block = caller["pushConfig"]
        # An empty endpoint turns a subscription back into one to pull from.
        if block.present and (block["pushEndpoint"].is_unknown or block["pushEndpoint"].text("")):
            yield block
    elif caller["httpTarget"].present:
        yield caller["httpTarget"]


def address(block: Value) -> Value:
    """The input that says where the call goes: a whole address, for a queue the host alone."""
    match block.resource.type:
        case "gcp:pubsub/subscription:Subscription":
            return block["pushEndpoint"]
        case "gcp:cloudtasks/queue:Queue":
            return block.at("uriOverride.host")
    return block["uri"]


def parts(text: str) -> SplitResult:
    """The parts of an address; of a host alone too. Nothing is in them where the text is no address."""
    try:
        found = urlsplit(text if "//" in text else f"//{text}")
        _ = found.hostname, found.query
    except ValueError:
        return SplitResult("", "", "", "", "")
    return found


def host_of(block: Value) -> str:
    """The host that is called, '' where each task says it; NotKnown where only creation tells."""
    return (parts(address(block).text("")).hostname or "").lower()


def called_service(host: str) -> str | None:
    """The Cloud Run service whose own address this is."""
    for form in _RUN:
        found = form.fullmatch(host) if len(host) <= LONGEST_HOST else None
        if found is not None:
            return found["service"]
    return None


def called(stack: Stack, call: Value) -> Resource | None:
    """The Cloud Run service of this plan that a call goes to; None for any other target.

    NotKnown where only creation tells and no one service of the plan is behind it.
    """
    target = address(call)
    if target.is_unknown:
        found = stack.yielding(target, SERVICE, SERVICE_V1)
        if len(found) == 1:
            return found[0]
    name = called_service(host_of(call))
    found = [one for type_ in (SERVICE, SERVICE_V1) for one in stack.named(type_, name)] if name else []
    return found[0] if len(found) == 1 else None
