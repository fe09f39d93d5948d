"""Does one job, whose id a message brought: exactly one result, however often the message comes.

claim -> answer -> complete -> transcript and activity -> settle; only then the message is finished with. A process
that dies between two steps leaves a job that the next delivery, or the sweep of what is overdue, takes up where it
stands: before `complete` it is claimed again once the lease ends, after it only the last steps are done again, and
these are the same twice as once (the warehouse may get an activity twice).
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from uuid import uuid4

from app.ports import (
    LARGEST_AUDIO,
    Activity,
    Assistant,
    Files,
    Prompt,
    Refused,
    Transcript,
    Transcripts,
    Unavailable,
    Updates,
)
from app.stores.jobs import EXHAUSTED, MOST_ATTEMPTS, Job, Jobs
from app.telemetry import metrics
from app.telemetry.logs import log
from app.telemetry.traces import span

AFTER_S = 30.0
"""A lease outlives the answer by this: for the recording and the results."""
AGAIN_S = 5.0
"""Before a job is looked at again after its first failed attempt; doubled with each."""


@dataclass(frozen=True, kw_only=True)
class Handler:
    """Does jobs with these; `answer_s`: the longest that an answer takes."""

    jobs: Jobs
    assistant: Assistant
    files: Files
    transcripts: Transcripts
    activity: Activity | None
    updates: Updates
    answer_s: float

    async def __call__(self, job_id: str) -> bool:
        """True when the message is finished with; False if it should come again. Raises nothing."""
        began = time.monotonic()
        with span("job", job_id=job_id):
            try:
                outcome, finished = await self._do(job_id)
            except Unavailable as error:
                log(logging.ERROR, "job put off", job_id=job_id, reason=str(error))
                outcome, finished = "put-off", False
            except Exception as error:  # noqa: BLE001, RUF100  # a bug: the message becomes a dead letter
                log(logging.ERROR, "job failed", error=error, job_id=job_id)
                outcome, finished = "bug", False
        seconds = time.monotonic() - began
        metrics.job(outcome, seconds)
        log(
            logging.INFO, "job", event="job", job_id=job_id, outcome=outcome, milliseconds=round(seconds * 1000, 1)
        )
        return finished

    async def _do(self, job_id: str) -> tuple[str, bool]:
        lease = uuid4().hex
        job = await self.jobs.claim(job_id, lease=lease, seconds=self.answer_s + AFTER_S)
        if job is None:
            return await self._not_to_be_had(job_id)
        await self.updates.changed(job_id)
        try:
            answer = await self.assistant.answer(Prompt(job.text, await self._audio(job)))
        except Refused as refusal:
            return await self._failed(job, lease, str(refusal)), True
        except (Unavailable, asyncio.CancelledError) as error:
            return await self._attempt_failed(job, lease, error), False
        done = await self.jobs.complete(
            job_id, lease=lease, answer=answer.text, model=answer.model, tokens=answer.tokens
        )
        if done is None:
            return "lost-lease", True
        await self.updates.changed(job_id)
        await self._settle(done)
        return "done", True

    async def _not_to_be_had(self, job_id: str) -> tuple[str, bool]:
        job = await self.jobs.find(job_id)
        if job is None:
            return "gone", True  # with its owner
        if job.status == "done" and job.due_at:
            await self._settle(job)
        elif job.status == "running":
            return "busy", False  # with somebody who may yet die
        return "duplicate", True

    async def _audio(self, job: Job) -> tuple[str, bytes] | None:
        if job.audio is None:
            return None
        try:
            found = await self.files.read(job.audio, at_most=LARGEST_AUDIO)
        except ValueError:
            raise Refused("audio size") from None
        if found is None:
            raise Refused("no audio")
        return found

    async def _failed(self, job: Job, lease: str, failure: str) -> str:
        if await self.jobs.fail(job.id, lease=lease, failure=failure):
            await self.updates.changed(job.id)
        return failure

    async def _attempt_failed(self, job: Job, lease: str, error: BaseException) -> str:
        if isinstance(error, asyncio.CancelledError):  # this process stops: no fault of the job's
            await self.jobs.release(job.id, lease=lease, seconds=0, attempted=False)
            return "stopped"
        log(logging.WARNING, "attempt failed", job_id=job.id, attempt=job.attempts, reason=str(error))
        if job.attempts >= MOST_ATTEMPTS:
            return await self._failed(job, lease, EXHAUSTED)
        await self.jobs.release(job.id, lease=lease, seconds=AGAIN_S * 2 ** (job.attempts - 1))
        await self.updates.changed(job.id)
        return "again"

    async def _settle(self, job: Job) -> None:
        assert job.answer is not None and job.model is not None and job.finished_at is not None  # noqa: S101, PT018  # it is done
        await self.transcripts.put(
            Transcript(job.id, job.owner_id, job.text, job.answer, job.model, job.tokens, job.finished_at)
        )
        if self.activity:
            await self.activity.publish("job_done", user_id=job.owner_id, occurred_at=job.finished_at)
        await self.jobs.settle(job.id)
