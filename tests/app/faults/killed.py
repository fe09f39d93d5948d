"""Workers killed by SIGKILL at a step of a job: `python -m tests.app.faults.killed STEP` is one that dies."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import uuid4

from app.adapters import Stores
from app.ports import Answer, Prompt, Transcript
from app.settings import Local
from app.stores.jobs import Job, Jobs
from app.stores.updates import LocalUpdates
from app.transcripts.folder import FolderTranscripts
from app.worker.handler import Handler
from app.worker.sweep import Sweep
from tests.app.faults.surroundings import answers, asker, losses

STEPS = ("claimed", "answered", "completed", "written", "settled")
"""What was just done when it dies."""
Reached = Callable[[str], None]


def killed_at(step: str, variables: dict[str, str], jobs: int) -> list[str]:
    """Has a process killed at this step of one of so many jobs, and another go on when the leases are over; what
    was lost."""

    async def submitted() -> list[str]:
        owner, _ = await asker(variables)
        stores = Stores.of(Local.model_validate(variables), permission="", hear=False)
        async with stores.database:
            return [await _ask(stores.jobs, owner, n) for n in range(jobs)]

    async def recovered() -> list[str]:
        later = datetime.now(UTC) + timedelta(hours=1)
        known = await answers(variables)
        await _work(variables, lambda _: None, lambda: later)
        changed = known.items() - (await answers(variables)).items()
        return [f"another answer: {job_id}" for job_id, _ in changed] + await losses(variables, ids)

    ids = asyncio.run(submitted())
    worker = subprocess.run(
        [sys.executable, "-m", "tests.app.faults.killed", step, *ids],
        env={"PATH": os.environ["PATH"], **variables},
        check=False,
        capture_output=True,
        text=True,
    )
    assert worker.returncode == -signal.SIGKILL, worker.stderr
    return asyncio.run(recovered())


async def _ask(jobs: Jobs, owner: str, n: int) -> str:
    return (await jobs.submit(owner_id=owner, text=f"number {n}", audio=None, key=None, request_hash=""))[0].id


async def _work(variables: dict[str, str], reached: Reached, now: Callable[[], datetime], *ids: str) -> None:
    """Does these jobs at once, or else all that are overdue `now`."""
    settings = Local.model_validate(variables)
    stores = Stores.of(settings, permission="", hear=False)
    async with stores.database:
        jobs, assistant, transcripts = _Jobs(stores, now, reached), _Assistant(reached), _Kept(settings, reached)
        handler = Handler(
            jobs=jobs,
            assistant=assistant,
            files=stores.files,
            transcripts=transcripts,
            activity=None,
            updates=LocalUpdates(),
            answer_s=60,
        )
        if ids:
            await asyncio.gather(*(handler(job_id) for job_id in ids))
        else:
            await Sweep(jobs, _Now(handler), LocalUpdates(), every_s=1, recover=False).once()


class _Nothing:
    """What all adapters have in common."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...
    async def check(self) -> None: ...


class _Now(_Nothing):
    """A queue whose messages are handled at once."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    async def submit(self, job_id: str) -> None:
        assert await self._handler(job_id)


class _Assistant(_Nothing):
    """Says each time something else."""

    def __init__(self, reached: Reached) -> None:
        self._reached = reached

    async def answer(self, prompt: Prompt) -> Answer:
        answer = Answer(uuid4().hex, "m", 1)
        self._reached("answered")
        return answer


class _Kept(FolderTranscripts):
    def __init__(self, settings: Local, reached: Reached) -> None:
        super().__init__(settings)
        self._reached = reached

    async def put(self, transcript: Transcript) -> None:
        await super().put(transcript)
        self._reached("written")


class _Jobs(Jobs):
    def __init__(self, stores: Stores, now: Callable[[], datetime], reached: Reached) -> None:
        super().__init__(stores.database, now)
        self._reached = reached

    async def claim(self, job_id: str, *, lease: str, seconds: float) -> Job | None:
        job = await super().claim(job_id, lease=lease, seconds=seconds)
        self._reached("claimed")
        return job

    async def complete(self, job_id: str, *, lease: str, answer: str, model: str, tokens: int) -> Job | None:
        job = await super().complete(job_id, lease=lease, answer=answer, model=model, tokens=tokens)
        self._reached("completed")
        return job

    async def settle(self, job_id: str) -> None:
        await super().settle(job_id)
        self._reached("settled")


def main(step: str, *ids: str) -> None:
    """Does these jobs, and dies."""

    def reached(now: str) -> None:
        if now == step:
            os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(_work(dict(os.environ), reached, lambda: datetime.now(UTC), *ids))


if __name__ == "__main__":
    main(*sys.argv[1:])
