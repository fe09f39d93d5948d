"""Jobs: what is asked, where answers are kept, who does them. The in-process adapters live here."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from typing import Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field

from app.logs import log

LONGEST_TEXT = 4000
"""Characters of a question."""
MOST_WAITING = 1000
MOST_KEPT = 10_000
DRAIN_S = 3.0


class Job(BaseModel):
    """One question; also the message on the topic."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class Result(BaseModel):
    """Where a job stands."""

    id: str
    status: Literal["queued", "done"]
    answer: str | None = None


class QueueError(Exception):
    """Jobs cannot be taken now, for a reason without personal data; asking again later may help."""


class Queue(Protocol):
    """Takes jobs; an async context that lasts as long as the process serves."""

    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *_: object) -> None: ...
    async def submit(self, job: Job) -> None:
        """Returns once the job is safe; QueueError otherwise."""

    async def check(self) -> None:
        """QueueError if a job could not be submitted now."""


class Store(OrderedDict[str, Result]):
    """The latest results by job id, in memory; the oldest go first."""

    def put(self, result: Result) -> None:
        """Keeps `result` in the place of an earlier one of the same id."""
        self[result.id] = result
        if len(self) > MOST_KEPT:
            self.popitem(last=False)


def work(job: Job, store: Store) -> None:
    """Does the job once: a duplicate delivery finds the answer and leaves it."""
    known = store.get(job.id)
    if known and known.status == "done":
        log(logging.INFO, "job was already done", job_id=job.id)
        return
    words = len(job.text.split())
    answer = f"You said {words} {'word' if words == 1 else 'words'}: {job.text}"
    store.put(Result(id=job.id, status="done", answer=answer))
    log(logging.INFO, "job done", job_id=job.id, words=words)


class InProcessQueue:
    """Does the jobs in this process; what is waiting at a stop is still done."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._waiting:
            await asyncio.wait(self._waiting, timeout=DRAIN_S)

    async def submit(self, job: Job) -> None:
        await self.check()
        task = asyncio.create_task(asyncio.to_thread(work, job, self._store))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def check(self) -> None:
        if len(self._waiting) >= MOST_WAITING:
            raise QueueError("too many jobs are waiting")
