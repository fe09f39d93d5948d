"""What the handler makes of each answer, each failure and each delivery, over SQLite and Postgres alike."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

import pytest

from app.ports import Answer, Prompt, Refused, Transcript, Unavailable
from app.stores.database import Database
from app.stores.jobs import EXHAUSTED, MOST_ATTEMPTS, Job, Jobs
from app.stores.updates import LocalUpdates
from app.worker.handler import AFTER_S, AGAIN_S, Handler
from tests.app.stores.surroundings import Clock, asked, over_each_database, person

ANSWER_S = 60.0


@dataclass
class Outside:
    """Assistant, files, transcripts and activity; `fails`: what the next answers and writes raise."""

    fails: list[BaseException] = field(default_factory=list)
    unwritten: list[BaseException] = field(default_factory=list)
    recording: tuple[str, bytes] | None = None
    too_large: bool = False
    asked: list[Prompt] = field(default_factory=list)
    kept: dict[str, Transcript] = field(default_factory=dict)
    written: Counter[str] = field(default_factory=Counter)
    done: list[tuple[str, str, datetime]] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...
    async def check(self) -> None: ...

    async def answer(self, prompt: Prompt) -> Answer:
        self.asked.append(prompt)
        if self.fails:
            raise self.fails.pop(0)
        return Answer(f"answer {len(self.asked)}", "m", 7)

    async def read(self, name: str, *, at_most: int) -> tuple[str, bytes] | None:
        if self.too_large:
            raise ValueError("too large")
        return self.recording

    async def upload(self, *_: object, **__: object) -> Any:
        raise NotImplementedError

    async def put(self, transcript: Transcript) -> None:
        if self.unwritten:
            raise self.unwritten.pop(0)
        self.kept[transcript.job_id] = transcript
        self.written[transcript.job_id] += 1

    async def get(self, job_id: str) -> Transcript | None:
        return self.kept.get(job_id)

    async def publish(self, activity: str, *, user_id: str, occurred_at: datetime) -> None:
        self.done.append((activity, user_id, occurred_at))


def handler(jobs: Jobs, outside: Outside) -> Handler:
    return Handler(
        jobs=jobs,
        assistant=outside,
        files=outside,
        transcripts=outside,
        activity=outside,
        updates=LocalUpdates(),
        answer_s=ANSWER_S,
    )


async def found(jobs: Jobs, job: Job) -> Job:
    now = await jobs.find(job.id)
    assert now
    return now


@over_each_database
async def test_a_job_is_answered_written_and_told_once_however_often_its_message_comes(database: Database) -> None:
    jobs, outside, owner = Jobs(database), Outside(), await person(database)
    job = await asked(jobs, owner, "why?")
    handle = handler(jobs, outside)
    deliveries = await asyncio.gather(*(handle(job.id) for _ in range(10)))
    assert any(deliveries)
    assert all([await handle(job.id) for _ in range(3)]), "later ones are finished with"
    now = await found(jobs, job)
    assert (now.status, now.answer, now.model, now.tokens, now.due_at) == ("done", "answer 1", "m", 7, None)
    assert now.finished_at
    assert outside.asked == [Prompt("why?", None)]
    assert outside.kept[job.id] == Transcript(job.id, owner, "why?", "answer 1", "m", 7, now.finished_at)
    assert outside.done
    assert set(outside.done) == {("job_done", owner, now.finished_at)}, "the warehouse may get it twice"


@over_each_database
async def test_a_message_of_no_job_is_finished_with(database: Database) -> None:
    assert await handler(Jobs(database), Outside())("0" * 32)


@over_each_database
async def test_failed_attempts_are_repeated_ever_later_until_they_are_exhausted(database: Database) -> None:
    clock, outside = Clock(), Outside([Unavailable("assistant: HTTP 500")] * MOST_ATTEMPTS)
    jobs = Jobs(database, clock)
    job, handle = await asked(jobs, await person(database)), handler(jobs, outside)
    for attempt in range(1, MOST_ATTEMPTS):
        assert not await handle(job.id), "the message comes again"
        now = await found(jobs, job)
        wait = timedelta(seconds=AGAIN_S * 2 ** (attempt - 1))
        assert (now.status, now.attempts, now.due_at) == ("queued", attempt, clock() + wait)
        clock.now += wait
        assert await jobs.overdue(10) == []
        clock.ahead(0.001)
        assert await jobs.given_up() == []
        assert await jobs.overdue(10) == [job.id], "also if the message were lost"
    assert not await handle(job.id), "the message becomes a dead letter"
    now = await found(jobs, job)
    assert (now.status, now.failure, now.due_at) == ("failed", EXHAUSTED, None)
    assert outside.kept == {}
    assert await handle(job.id), "replayed from the dead letters, it is tried again"
    now = await found(jobs, job)
    assert (now.status, now.failure, now.attempts) == ("done", None, MOST_ATTEMPTS + 1)
    assert now.answer == outside.kept[job.id].answer


@over_each_database
async def test_a_replayed_job_that_fails_again_is_exhausted_again(database: Database) -> None:
    outside = Outside([Unavailable("assistant: HTTP 500")] * (MOST_ATTEMPTS + 1))
    jobs = Jobs(database)
    job, handle = await asked(jobs, await person(database)), handler(jobs, outside)
    for _ in range(MOST_ATTEMPTS + 1):
        assert not await handle(job.id)
    now = await found(jobs, job)
    assert (now.status, now.failure, now.due_at) == ("failed", EXHAUSTED, None)


@over_each_database
async def test_a_refusal_ends_the_job_for_good(database: Database) -> None:
    outside, jobs = Outside([Refused("blocked")]), Jobs(database)
    job, handle = await asked(jobs, await person(database)), handler(jobs, outside)
    assert await handle(job.id)
    assert await handle(job.id)
    now = await found(jobs, job)
    assert (now.status, now.failure, now.due_at, len(outside.asked)) == ("failed", "blocked", None, 1)
    assert (outside.kept, outside.done) == ({}, [])


@over_each_database
async def test_a_recording_is_heard_and_without_it_the_job_fails(database: Database) -> None:
    jobs, owner = Jobs(database), await person(database)

    async def made() -> Job:
        audio = f"{owner}/{'a' * 32}"
        return (await jobs.submit(owner_id=owner, text="", audio=audio, key=None, request_hash=""))[0]

    outside, job = Outside(recording=("audio/wav", b"RIFF")), await made()
    assert await handler(jobs, outside)(job.id)
    assert outside.asked == [Prompt("", ("audio/wav", b"RIFF"))]
    for outside, failure in ((Outside(), "no audio"), (Outside(too_large=True), "audio size")):
        job = await made()
        assert await handler(jobs, outside)(job.id)
        assert ((await found(jobs, job)).failure, outside.asked) == (failure, [])


@over_each_database
async def test_a_transcript_that_could_not_be_written_is_written_by_the_next_delivery(database: Database) -> None:
    outside, jobs = Outside(unwritten=[Unavailable("disk: full"), RuntimeError("bug")]), Jobs(database)
    job, handle = await asked(jobs, await person(database)), handler(jobs, outside)
    for _ in range(2):
        assert not await handle(job.id)
        now = await found(jobs, job)
        assert now.status == "done", "who asked has the answer all the same"
        assert now.due_at
    assert await handle(job.id)
    now = await found(jobs, job)
    assert (now.due_at, outside.kept[job.id].answer, len(outside.asked)) == (None, "answer 1", 1)


@over_each_database
async def test_a_stop_in_the_middle_gives_the_job_back_at_once_and_is_no_attempt(database: Database) -> None:
    clock, outside = Clock(), Outside()
    jobs = Jobs(database, clock)
    job, handle = await asked(jobs, await person(database)), handler(jobs, outside)
    for _ in range(MOST_ATTEMPTS + 1):
        outside.fails = [asyncio.CancelledError()]
        assert not await handle(job.id)
        now = await found(jobs, job)
        assert (now.status, now.attempts, now.due_at) == ("queued", 0, clock())
    clock.ahead(1)
    assert await jobs.given_up() == [], "stops alone never exhaust a job"
    assert await handle(job.id)


@over_each_database
async def test_a_bug_loses_no_job(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    clock, outside = Clock(), Outside([RuntimeError("what the user said")])
    jobs = Jobs(database, clock)
    job, handle = await asked(jobs, await person(database)), handler(jobs, outside)
    assert not await handle(job.id)
    assert "what the user said" not in [record.getMessage() for record in caplog.records]
    assert not await handle(job.id), "it is somebody's until the lease ends"
    clock.ahead(ANSWER_S + AFTER_S + 1)
    assert await jobs.overdue(10) == [job.id]
    assert await handle(job.id)


@over_each_database
async def test_a_late_answer_is_dropped_and_its_message_is_finished_with(database: Database) -> None:
    clock, outside = Clock(), Outside()
    jobs = Jobs(database, clock)
    job = await asked(jobs, await person(database))

    class Late(Outside):
        async def answer(self, prompt: Prompt) -> Answer:
            clock.ahead(ANSWER_S + AFTER_S + 1)
            assert await handler(jobs, outside)(job.id)
            return Answer("late", "m", 1)

    late = Late()
    assert await handler(jobs, late)(job.id)
    now = await found(jobs, job)
    assert (now.answer, outside.kept[job.id].answer, late.kept) == ("answer 1", "answer 1", {})


def test_without_the_database_a_message_comes_again() -> None:
    class Gone:
        async def fetchrow(self, *_: object) -> None:
            raise Unavailable("Postgres: ConnectionRefusedError")

    jobs = Jobs(Gone())  # type: ignore[arg-type]  # all that is called
    assert asyncio.run(handler(jobs, Outside())("0" * 32)) is False
