"""Puller: has the messages of a Pub/Sub subscription handled on the event loop.

Google's library streams messages, extends their leases and calls back in threads. A thread waits until its message
is handled: so the library knows what is in hand, takes no more than that, and waits for it before it stops.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import Any, Self

from google.cloud.pubsub_v1 import SubscriberClient  # type: ignore[import-untyped]  # shipped without types
from google.cloud.pubsub_v1.subscriber.scheduler import ThreadScheduler  # type: ignore[import-untyped]
from google.cloud.pubsub_v1.types import FlowControl  # type: ignore[import-untyped]

from app.ports import Unavailable
from app.queues import Handle, decode
from app.telemetry.logs import log
from app.telemetry.traces import span

LEASE_S = 600  # for which a message is kept from others,
EXTENSION_S = 60  # by this at a time: it comes again so long after the process has died
DRAIN_S, GIVE_BACK_S = 6.0, 1.5  # of ten (https://cloud.google.com/run/docs/container-contract#instance-shutdown)
AGAIN_S = 10.0


class Puller:
    """Handles at most `at_once` messages of `projects/…/subscriptions/…` at the same time."""

    def __init__(self, subscription: str, handle: Handle, at_once: int) -> None:
        self._subscription = subscription
        self._handle = handle
        self._at_once = at_once
        self._in_hand: set[Any] = set()
        self._again: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._client = SubscriberClient()
        self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._again:
            self._again.cancel()
        self._stream.cancel()
        await asyncio.wait({self._over}, timeout=DRAIN_S if self._in_hand else GIVE_BACK_S)
        for task in self._in_hand:
            task.cancel()
        await asyncio.wait({self._over, *self._in_hand}, timeout=GIVE_BACK_S)
        threading.Thread(target=self._client.close, daemon=True).start()  # takes 7 s without a connection

    @property
    def running(self) -> bool:
        """Whether messages can come."""
        return not self._over.done()

    async def check(self) -> None:
        """Unavailable if the stream has ended."""
        if not self.running:
            raise Unavailable(f"Pub/Sub: {type(self._over.exception()).__name__}")

    def _open(self) -> None:
        self._stream = self._client.subscribe(
            self._subscription,
            self._receive,
            FlowControl(
                max_messages=self._at_once,
                max_lease_duration=LEASE_S,
                max_duration_per_lease_extension=EXTENSION_S,
            ),
            ThreadScheduler(ThreadPoolExecutor(self._at_once)),
            await_callbacks_on_shutdown=True,
        )
        self._over = asyncio.wrap_future(self._stream)
        self._over.add_done_callback(self._ended)

    def _ended(self, over: asyncio.Future[Any]) -> None:
        if not over.cancelled():  # not by us: the library was refused, or got no answer to an ack for a minute
            log(logging.ERROR, "pulling has ended", error=over.exception())
            self._again = self._loop.call_later(AGAIN_S, self._open)

    def _receive(self, message: Any) -> None:
        """Runs in a thread of the library's."""
        try:
            done = asyncio.run_coroutine_threadsafe(self._handled(message), self._loop).result()
        except CancelledError:  # at the end
            done = False
        except Exception as error:
            log(logging.ERROR, "not handled", message_id=message.message_id, error=error)
            done = False
        (message.ack if done else message.nack)()

    async def _handled(self, message: Any) -> bool:
        try:
            job_id = decode(message.data)
        except ValueError:
            attempt = message.delivery_attempt
            log(logging.ERROR, "malformed message", message_id=message.message_id, attempt=attempt)
            return attempt is None  # then no dead-letter policy would ever take it away
        task = asyncio.current_task()
        self._in_hand.add(task)
        try:
            with span("pull", parent=message.attributes.get("traceparent")):
                return await self._handle(job_id)
        finally:
            self._in_hand.discard(task)
