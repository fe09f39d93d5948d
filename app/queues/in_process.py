"""InProcessQueue: the process does its own jobs. It keeps nothing: the sweeper submits again what is overdue."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from typing import Self

from app.ports import Unavailable
from app.queues import Handle
from app.telemetry.logs import log

DRAIN_S, GIVE_BACK_S = 5.0, 1.5


class InProcessQueue:
    """Handles at most `at_once` jobs at the same time."""

    def __init__(self, handle: Handle, at_once: int = 8, most_waiting: int = 20_000) -> None:
        self._handle = handle
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._workers: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._waiting.clear()
        if workers := list(self._workers):
            await asyncio.wait(workers, timeout=DRAIN_S)
            for worker in workers:
                worker.cancel()
            await asyncio.wait(workers, timeout=GIVE_BACK_S)

    async def check(self) -> None:
        """Unavailable if no more may wait."""
        if len(self._waiting) >= self._most_waiting:
            raise Unavailable("queue: full")

    async def submit(self, job_id: str) -> None:
        """Lets it wait; once, if it waits already."""
        await self.check()
        self._waiting[job_id] = None
        if len(self._workers) < self._at_once:
            self._workers.add(asyncio.create_task(self._work()))

    async def _work(self) -> None:
        while self._waiting:
            job_id, _ = self._waiting.popitem(last=False)
            try:
                await self._handle(job_id)
            except Exception as error:
                log(logging.ERROR, "not handled", job_id=job_id, error=error)
        self._workers.discard(asyncio.current_task())  # at once, for `submit` to see
