"""Jobs: a text or an uploaded recording goes in, the answer comes later (app/api/live.py tells when)."""

from __future__ import annotations

import hashlib
import json
import logging
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response
from pydantic import BaseModel, Field, model_validator

from app.api.access import Reader, Writer
from app.api.problems import NOT_FOUND, refusals
from app.api.texts import AudioType, Id, Text
from app.ports import LARGEST_AUDIO, Files, Queue, Transcripts, Unavailable, Upload
from app.stores.jobs import LAST, Job, Jobs, KeyReused, Status
from app.telemetry.logs import log

HURRY_S = 5.0
"""How soon a job is submitted again whose message did not go out."""
KEY = r"^[\x21-\x7e]{1,64}$"


class Question(BaseModel, extra="forbid"):
    """What a user asks: a text, a recording, or both."""

    text: Text = ""
    audio: Id | None = None
    """The id of an upload of one's own."""

    @model_validator(mode="after")
    def _something(self) -> Question:
        if not (self.text.strip() or self.audio):
            raise ValueError("text and audio are both missing")
        return self


class JobView(BaseModel):
    """Where a job stands."""

    id: str
    status: Status
    text: str
    answer: str | None
    failure: str | None
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> JobView:
        """What is shown of a job. Nothing is checked again: it comes from our own table."""
        return cls.model_construct(
            id=job.id,
            status=job.status,
            text=job.text,
            answer=job.answer,
            failure=job.failure,
            created_at=job.created_at,
            finished_at=job.finished_at,
        )


class History(BaseModel):
    """A page of one's jobs, newest first."""

    items: list[JobView]
    next: str | None
    """The cursor of the next page, if there is one."""


class TranscriptView(BaseModel):
    """What was asked and answered."""

    job_id: str
    question: str
    answer: str
    model: str
    tokens: int
    finished_at: datetime


class Recording(BaseModel, extra="forbid"):
    """A recording that somebody wants to upload."""

    content_type: AudioType
    size: int = Field(ge=1, le=LARGEST_AUDIO)
    """Bytes."""


class UploadView(BaseModel):
    """Where the bytes go, by PUT with these headers; `id` is what a question then names."""

    id: Id
    url: str
    headers: dict[str, str]


def voice_router(jobs: Jobs, queue: Queue, files: Files, transcripts: Transcripts) -> APIRouter:
    """The routes under /api/voice."""
    router = APIRouter(prefix="/api/voice", tags=["voice"])

    @router.get("/status/{job_id}", response_model=JobView, responses=refusals(401, 403, 404))
    async def status(job_id: Id, who: Reader) -> Response:
        """Where one's job stands."""
        job = await jobs.own(job_id, who.user_id)
        if job is None:
            raise NOT_FOUND
        return _json(JobView.of(job))

    @router.post("/process", status_code=202, responses=refusals(401, 403))
    async def process(
        question: Question,
        who: Writer,
        response: Response,
        idempotency_key: Annotated[str | None, Header(pattern=KEY)] = None,
    ) -> JobView:
        """Takes a job. The same idempotency key with the same question is the same job."""
        asked = json.dumps([question.text, question.audio]).encode()
        try:
            job, new = await jobs.submit(
                owner_id=who.user_id,
                text=question.text,
                audio=question.audio and f"{who.user_id}/{question.audio}",
                key=idempotency_key,
                request_hash=hashlib.sha256(asked).hexdigest(),
            )
        except KeyReused:
            raise HTTPException(422, "The idempotency key was used for another question") from None
        if new:
            try:
                await queue.submit(job.id)
            except Unavailable as error:
                # The job is safe in the database, from where it is submitted again.
                log(logging.WARNING, "job not queued yet", job_id=job.id, reason=str(error))
                await jobs.hurry(job.id, seconds=HURRY_S)
        response.headers["location"] = f"/api/voice/status/{job.id}"
        return JobView.of(job)

    @router.get("/history", response_model=History, responses=refusals(401, 403))
    async def history(
        who: Reader,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(max_length=120)] = None,
    ) -> Response:
        """One's jobs, newest first."""
        before = _before(cursor) if cursor else LAST
        found = await jobs.history(who.user_id, before=before, limit=limit + 1)
        following = _cursor(found[limit - 1]) if len(found) > limit else None
        return _json(History.model_construct(items=[JobView.of(job) for job in found[:limit]], next=following))

    @router.get("/transcript/{job_id}", responses=refusals(401, 403, 404))
    async def transcript(job_id: Id, who: Reader) -> TranscriptView:
        """What was asked and answered in one's job."""
        found = await transcripts.get(job_id)
        if found is None or found.owner_id != who.user_id:
            raise NOT_FOUND
        shown = {name: getattr(found, name) for name in TranscriptView.model_fields}
        return TranscriptView(**shown)

    @router.post("/uploads", status_code=201, responses=refusals(401, 403))
    async def upload(recording: Recording, who: Writer, request: Request) -> UploadView:
        """Where to send a recording."""
        upload_id = uuid4().hex
        made: Upload = await files.upload(
            f"{who.user_id}/{upload_id}",
            content_type=recording.content_type,
            size=recording.size,
            origin=request.headers.get("origin"),
        )
        return UploadView(id=upload_id, url=made.url, headers=made.headers)

    return router


def _json(view: BaseModel) -> Response:
    """The hot routes' answers, written once: FastAPI would check them again first."""
    return Response(view.__pydantic_serializer__.to_json(view), media_type="application/json")


def _cursor(job: Job) -> str:
    return urlsafe_b64encode(f"{job.created_at.isoformat()} {job.id}".encode()).decode().rstrip("=")


def _before(cursor: str) -> tuple[datetime, str]:
    try:
        moment, job_id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(hex=job_id).hex
    except (ValueError, OverflowError):
        raise HTTPException(422, "The cursor is none that a page of history gave") from None
