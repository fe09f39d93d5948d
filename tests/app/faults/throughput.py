"""How many jobs a second one process does: the worker's handler, alone or behind the in-process queue."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from uuid import uuid4

from app.adapters import Stores
from app.queues.in_process import InProcessQueue
from app.roles.worker import handler_of
from app.settings import Local
from app.stores.accounts import Accounts
from app.stores.jobs import Jobs


async def jobs_per_second(variables: dict[str, str], jobs: int, *, at_once: int, queued: bool) -> float:
    """With the embedded assistant behind its guard. `queued`: through the in-process queue, as `local` does them.

    The jobs are stored beforehand; their transcripts are written to a folder.
    """
    settings = Local.model_validate(variables)
    async with AsyncExitStack() as stack:
        stores = Stores.of(settings, permission="", hear=False)
        await stack.enter_async_context(stores.database)
        handler = handler_of(settings, stores, activity=None)
        store, queue = stores.jobs, InProcessQueue(handler, at_once=at_once)
        owner = await Accounts(stores.database).register(
            email=f"{uuid4().hex}@example.com", name="", password_hash=""
        )
        assert owner
        ids = [
            (await store.submit(owner_id=owner.id, text=f"one {n}", audio=None, key=None, request_hash=""))[0].id
            for n in range(jobs)
        ]
        waiting = iter(ids)

        async def work() -> None:
            for job_id in waiting:
                assert await handler(job_id)

        began = time.perf_counter()
        if queued:
            for job_id in ids:
                await queue.submit(job_id)
            while await _open(store, ids):
                await asyncio.sleep(0.02)
        else:
            await asyncio.gather(*(work() for _ in range(at_once)))
        seconds = time.perf_counter() - began
        assert not await _open(store, ids)
        return jobs / seconds


async def _open(store: Jobs, ids: list[str]) -> bool:
    last = await store.find(ids[-1])
    return last is None or last.due_at is not None
