"""What the tests of queues share: a handler that remembers, and topics with subscriptions on an emulator."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from uuid import uuid4

import pytest
from google.api_core.exceptions import GoogleAPIError
from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient  # type: ignore[import-untyped]

from app.ports import Unavailable
from app.queues.pubsub import TopicQueue
from tests.app.patience import PATIENCE_S

ROOT = Path(__file__).parents[3]
QUIET_S = 0.5


def new_id() -> str:
    return uuid4().hex


@dataclass
class Handler:
    """Counts what it is given, and takes so long, or until it is `released`; `refuse` answers False that often for
    each id, `fail` raises instead."""

    takes_s: float = 0
    released: asyncio.Event | None = None
    refuse: int = 0
    fail: bool = False
    began: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    cancelled: Counter[str] = field(default_factory=Counter)
    at_once: int = 0
    most_at_once: int = 0

    async def __call__(self, job_id: str) -> bool:
        self.began[job_id] += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await (self.released.wait() if self.released else asyncio.sleep(self.takes_s))
        except asyncio.CancelledError:
            await asyncio.sleep(0.05)  # as a handler gives up its lease
            self.cancelled[job_id] += 1
            raise
        finally:
            self.at_once -= 1
        if self.began[job_id] <= self.refuse:
            if self.fail:
                raise RuntimeError("a secret")
            return False
        self.done[job_id] += 1
        return True


@dataclass(frozen=True)
class Line:
    """A topic, a subscription to it, and one to its dead letters."""

    topic: str
    subscription: str
    dead_letters: str


def line(*, attempts: int = 0) -> Line:
    """A new one on the emulator of PUBSUB_EMULATOR_HOST; after `attempts` deliveries messages are dead letters."""
    name = f"t{new_id()}"
    made = Line(
        f"projects/acme/topics/{name}",
        f"projects/acme/subscriptions/{name}",
        f"projects/acme/subscriptions/{name}-dead",
    )
    with PublisherClient() as publisher, SubscriberClient() as subscriber:
        publisher.create_topic(name=made.topic)
        request: dict[str, object] = {"name": made.subscription, "topic": made.topic, "ack_deadline_seconds": 10}
        if attempts:
            publisher.create_topic(name=f"{made.topic}-dead")
            subscriber.create_subscription(name=made.dead_letters, topic=f"{made.topic}-dead")
            policy = {"dead_letter_topic": f"{made.topic}-dead", "max_delivery_attempts": attempts}
            request["dead_letter_policy"] = policy
        subscriber.create_subscription(request=request)
    return made


def sent(topic: str, *messages: bytes, **attributes: str) -> None:
    """Publishes them by the library's own client."""
    with PublisherClient() as publisher:
        for message in messages:
            publisher.publish(topic, message, **attributes).result(PATIENCE_S)


def waiting(subscription: str, *, least: int = 0) -> list[bytes]:
    """What a plain pull gets: `least` messages, and those of the QUIET_S afterwards; none is acknowledged."""
    found = list[bytes]()
    with SubscriberClient() as subscriber:
        end = time.monotonic() + (PATIENCE_S if least else QUIET_S)
        while (left := end - time.monotonic()) > 0:
            request = {"subscription": subscription, "max_messages": 100}
            try:
                answer = subscriber.pull(request=request, timeout=left, retry=None)
            except GoogleAPIError:  # the time is over
                break
            before = len(found)
            found += [one.message.data for one in answer.received_messages]
            if before < least <= len(found):
                end = time.monotonic() + QUIET_S
            time.sleep(0.05)
    return found


@contextmanager
def pulling(subscription: str, *, seconds: float, at_once: int, drain_s: float) -> Iterator[subprocess.Popen[str]]:
    """Another process that pulls, see pulling.py; killed at the end if it still runs."""
    numbers = map(str, (seconds, at_once, drain_s))
    command = [sys.executable, "-m", "tests.app.queues.pulling", subscription, *numbers]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        try:
            yield worker
        finally:
            worker.kill()


def told_next(stream: IO[str] | None) -> tuple[str, str]:
    """The next that a pulling process tells: what it did, and the job's id."""
    assert stream
    did, job_id = stream.readline().split()
    return did, job_id


async def refused(queue: TopicQueue) -> str:
    """What a submit is refused with; before the library gives up by itself, after a minute."""
    async with asyncio.timeout(PATIENCE_S / 2):
        with pytest.raises(Unavailable) as refusal:
            await queue.submit(new_id())
    return str(refusal.value)
