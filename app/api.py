"""The public API: a text becomes a job; the job's status can be asked for."""

from __future__ import annotations

import logging
from uuid import uuid4

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from app.jobs import LONGEST_TEXT, Job, Queue, QueueError, Result, Store
from app.logs import log


class Question(BaseModel, extra="forbid"):
    """What a user asks."""

    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


def api_router(queue: Queue, store: Store) -> APIRouter:
    """The routes under /api/voice."""
    router = APIRouter(prefix="/api/voice")

    @router.post("/process", status_code=202, response_model_exclude_none=True)
    async def process(question: Question) -> Result:
        """Takes a job; its answer comes later."""
        job = Job(id=uuid4().hex, text=question.text)
        queued = Result(id=job.id, status="queued")
        store.put(queued)  # before submitting: the job may be done by the time submit returns
        try:
            await queue.submit(job)
        except QueueError as error:
            store.pop(job.id, None)
            log(logging.ERROR, "job not taken", reason=str(error), job_id=job.id)
            raise HTTPException(503, "The job was not taken; try again later") from error
        log(logging.INFO, "job taken", job_id=job.id, characters=len(job.text))
        return queued

    @router.get("/status/{job}", response_model_exclude_none=True)
    async def status(job: str) -> Result:
        """Where the job stands, as far as this instance knows."""
        if job not in store:
            raise HTTPException(404, "No such job is known here")
        return store[job]

    return router
