"""The sweep: submits again what is overdue, so that no job is lost with a message or a process."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import Self

from app.background import end
from app.ports import Queue, Unavailable, Updates
from app.stores.jobs import Jobs
from app.telemetry.logs import log

AT_ONCE = 100


class Sweep:
    """Looks at the jobs every `every_s` or so, as long as the process serves. Several at once do no harm.

    `recover`: for a process whose queue is its own memory: what an earlier one left undone is done first.
    """

    def __init__(self, jobs: Jobs, queue: Queue, updates: Updates, *, every_s: float, recover: bool) -> None:
        self._jobs, self._queue, self._updates = jobs, queue, updates
        self._every_s, self._recover = every_s, recover
        self._task: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        await end(self._task)

    async def _run(self) -> None:
        while True:
            try:
                if self._recover:
                    undone, self._recover = await self._jobs.undone(), False
                    await self._submit(undone)
                await self.once()
            except Unavailable as error:
                log(logging.WARNING, "nothing was swept", reason=str(error))
            except Exception as error:  # noqa: BLE001, RUF100  # a bug: later jobs are swept all the same
                log(logging.ERROR, "sweep failed", error=error)
            await asyncio.sleep(self._every_s * random.uniform(0.5, 1.5))  # noqa: S311  # so that instances spread

    async def once(self) -> None:
        """Gives up what has no attempts left, and submits again what is overdue."""
        for job_id in await self._jobs.given_up():
            log(logging.ERROR, "job given up", job_id=job_id)
            await self._updates.changed(job_id)
        while overdue := await self._jobs.overdue(AT_ONCE):
            await self._submit(overdue)

    async def _submit(self, job_ids: list[str]) -> None:
        if job_ids:
            log(logging.WARNING, "jobs submitted again", jobs=len(job_ids))
        for at, job_id in enumerate(job_ids):
            try:
                await self._queue.submit(job_id)
            except Unavailable:
                for left in job_ids[at:]:
                    await self._jobs.hurry(left, seconds=self._every_s)
                raise
