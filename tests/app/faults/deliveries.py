"""A worker's push endpoint as Pub/Sub uses it: at least once, in any order, again until it is acknowledged."""

from __future__ import annotations

import asyncio
import random
from base64 import b64encode
from pathlib import Path

import httpx

from app.adapters import Stores
from app.queues import encode
from app.settings import Local
from app.stores.jobs import Job
from tests.app.faults.surroundings import asker, losses, process
from tests.app.patience import PATIENCE_S

AGAIN_S = 0.05


def envelope(job_id: str) -> dict[str, object]:
    """The body of a push."""
    message = {"data": b64encode(encode(job_id)).decode(), "messageId": "1"}
    return {"message": message, "subscription": "projects/acme/subscriptions/jobs", "deliveryAttempt": 1}


async def stored(variables: dict[str, str], jobs: int) -> list[str]:
    """The ids of so many new jobs of somebody new."""
    owner, _ = await asker(variables)
    stores = Stores.of(Local.model_validate(variables), permission="", hear=False)
    async with stores.database:
        asked = {"owner_id": owner, "audio": None, "key": None, "request_hash": ""}
        made = [await stores.jobs.submit(text=f"number {n}", **asked) for n in range(jobs)]  # type: ignore[arg-type]
    return [job.id for job, _ in made]


async def found(variables: dict[str, str], job_id: str) -> Job:
    """The job as it stands."""
    stores = Stores.of(Local.model_validate(variables), permission="", hear=False)
    async with stores.database:
        job = await stores.jobs.find(job_id)
    assert job
    return job


async def push(client: httpx.AsyncClient, address: str, job_id: str) -> int:
    """One delivery's status; 0 if the worker went away."""
    try:
        return (await client.post(f"{address}/pubsub/push", json=envelope(job_id), timeout=PATIENCE_S)).status_code
    except httpx.TransportError:
        return 0


def delivered_often(variables: dict[str, str], folder: Path, *, jobs: int, times: int, at_once: int) -> list[str]:
    """Each message so often, in any order; what was lost."""

    async def told() -> list[str]:
        ids = await stored(variables, jobs)
        messages = ids * times
        random.Random(jobs).shuffle(messages)  # noqa: S311  # nothing is secret about it
        waiting = iter(messages)

        async def deliver(client: httpx.AsyncClient) -> None:
            for job_id in waiting:
                while (status := await push(client, worker.address, job_id)) != 204:
                    assert status == 503
                    await asyncio.sleep(AGAIN_S)

        async with httpx.AsyncClient() as client:
            await asyncio.gather(*(deliver(client) for _ in range(at_once)))
        return await losses(variables, ids)

    with process("worker", folder, WORKER_AUTH="off", **variables) as worker:
        return asyncio.run(told())
