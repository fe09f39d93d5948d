"""Jobs: idempotency keys, pages of history, recordings, transcripts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.ports import LARGEST_AUDIO, Unavailable
from app.queues.in_process import InProcessQueue
from tests.app.api.surroundings import Person, World, is_problem, lines_of
from tests.app.patience import PATIENCE_S

PROCESS, HISTORY, UPLOADS = "/api/voice/process", "/api/voice/history", "/api/voice/uploads"


async def asked(world: World, person: Person, key: str | None = None, **question: str) -> Any:
    headers = person.headers | ({"idempotency-key": key} if key else {})
    return await world.client.post(PROCESS, json=question, headers=headers)


def test_a_text_is_answered_and_its_transcript_kept(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        taken = await asked(world, person, text="good morning")
        job = taken.json()
        assert (taken.status_code, job["status"]) == (202, "queued")
        assert taken.headers["location"] == f"/api/voice/status/{job['id']}"
        done = await world.finished(job["id"], person)
        assert done["answer"] == "You said 2 words: good morning"
        async with asyncio.timeout(PATIENCE_S):
            path = f"/api/voice/transcript/{job['id']}"
            while (kept := await world.client.get(path, headers=person.headers)).status_code == 404:
                await asyncio.sleep(0.01)
        transcript = kept.json()
        assert (transcript["question"], transcript["answer"]) == ("good morning", done["answer"])
        assert transcript["job_id"] == job["id"]

    world.run(told())


def test_the_alias_of_version_1_is_the_same(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        taken = await world.client.post("/api/v1/voice/process", json={"text": "a"}, headers=person.headers)
        for version in ("/api", "/api/v1"):
            found = await world.client.get(f"{version}/voice/status/{taken.json()['id']}", headers=person.headers)
            assert found.status_code == 200
            is_problem(await world.client.get(f"{version}/voice/history"), 401)
            is_problem(await world.client.get(f"{version}/users", headers=person.headers), 403)

    world.run(told())


def test_the_same_key_with_the_same_question_is_the_same_job(world: World) -> None:
    async def told() -> None:
        person, other = await world.person(), await world.person()
        first, again = [(await asked(world, person, "key-1", text="a")).json()["id"] for _ in range(2)]
        assert first == again
        for different in ({"text": "b"}, {"text": "a", "audio": "0" * 32}, {"audio": "0" * 32}):
            is_problem(await asked(world, person, "key-1", **different), 422)
        assert (await asked(world, other, "key-1", text="b")).json()["id"] != first, "keys are a user's own"
        assert (await asked(world, person, "KEY-1", text="a")).json()["id"] != first
        assert (await asked(world, person, text="a")).json()["id"] != first
        await world.finished(first, person)
        assert (await asked(world, person, "key-1", text="a")).json()["status"] == "done"

    world.run(told())


def test_of_twenty_at_once_with_one_key_one_makes_the_job(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        before = (await world.rows())["jobs"]
        answers = await asyncio.gather(*(asked(world, person, "key-2", text="a") for _ in range(20)))
        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert (await world.rows())["jobs"] == before + 1
        mixed = await asyncio.gather(*(asked(world, person, "key-3", text=str(at % 2)) for at in range(20)))
        assert sorted(answer.status_code for answer in mixed) == [202] * 10 + [422] * 10

    world.run(told())


def test_a_job_whose_message_did_not_go_out_is_taken_and_done_soon(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise Unavailable("queue: full")

    async def told() -> None:
        person = await world.person()
        with monkeypatch.context() as patch:
            patch.setattr(InProcessQueue, "submit", broken)
            taken = await asked(world, person, text="a")
            job = await world.jobs.find(taken.json()["id"])
        assert taken.status_code == 202
        assert job
        assert job.due_at
        assert job.due_at < datetime.now(UTC) + timedelta(seconds=10)
        await world.jobs.hurry(job.id, seconds=-1)
        assert (await world.finished(job.id, person))["status"] == "done"

    with caplog.at_level(logging.INFO):
        world.run(told())
    assert [line["message"] for line in lines_of(caplog)].count("job not queued yet") == 1


async def pages(world: World, person: Person, limit: int) -> AsyncIterator[list[str]]:
    given: dict[str, Any] = {"limit": limit}
    while True:
        page = (await world.client.get(HISTORY, params=given, headers=person.headers)).json()
        yield [job["id"] for job in page["items"]]
        if page["next"] is None:
            return
        assert len(page["items"]) == limit
        given["cursor"] = page["next"]


@pytest.mark.parametrize("limit", [1, 7, 20, 100])
def test_the_pages_of_history_hold_every_job_once_newest_first(world: World, limit: int) -> None:
    async def told() -> None:
        person, other = await world.person(), await world.person()
        made = []
        for at in range(20):
            made.append(await world.job(person, str(at)))
            await world.job(other)
        seen = [job async for page in pages(world, person, limit) for job in page]
        assert seen == made[::-1]

    world.run(told())


def test_pages_stay_as_they_are_while_new_jobs_arrive(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        made = [await world.job(person, str(at)) for at in range(10)]
        seen: list[str] = []
        async for page in pages(world, person, 3):
            seen += page
            await world.job(person, "new")
        assert seen == made[::-1]

    world.run(told())


def test_jobs_of_the_same_moment_are_all_listed_once(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        made = [await world.job(person, str(at)) for at in range(12)]
        for at, job in enumerate(made):
            moment = datetime(2026, 1, 2, microsecond=at % 2, tzinfo=UTC)
            await world.database.fetch("UPDATE jobs SET created_at = $1 WHERE id = $2 RETURNING id", moment, job)
        for limit in (1, 2, 5):
            seen = [job async for page in pages(world, person, limit) for job in page]
            assert len(seen) == 12
            assert set(seen) == set(made)

    world.run(told())


def test_a_history_without_jobs_is_one_empty_page(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        found = await world.client.get(HISTORY, headers=person.headers)
        assert found.json() == {"items": [], "next": None}

    world.run(told())


async def upload(world: World, person: Person, size: int = 5) -> Any:
    wanted = {"content_type": "audio/wav", "size": size}
    made = await world.client.post(UPLOADS, json=wanted, headers=person.headers)
    assert made.status_code == 201
    return made.json()


async def sent(world: World, person: Person, made: Any, content: Any, **headers: str) -> Any:
    return await world.client.put(made["url"], content=content, headers=person.headers | made["headers"] | headers)


def test_a_recording_is_uploaded_and_answered(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        made = await upload(world, person)
        assert (await sent(world, person, made, b"abcde")).status_code == 204
        job = (await asked(world, person, audio=made["id"])).json()["id"]
        assert (await world.finished(job, person))["status"] == "done"

    world.run(told())


def test_an_upload_takes_exactly_what_was_declared_and_once(world: World) -> None:
    async def chunked(*chunks: bytes) -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    async def told() -> None:
        person = await world.person()
        made = await upload(world, person)
        said = {"content-length": "5"}
        for wrong in (b"", b"abcd", b"abcdef"):
            is_problem(await sent(world, person, made, wrong), 422)
            is_problem(await sent(world, person, made, chunked(wrong), **said), 422)
        is_problem(await sent(world, person, made, chunked(b"abc", b"de")), 422)
        is_problem(await sent(world, person, made, b"abcde", **{"Content-Type": "audio/mp3"}), 422)
        for length in ("-5", "5.0", "9" * 5000):
            is_problem(await sent(world, person, made, b"abcde", **{"content-length": length}), 422)
        assert (await sent(world, person, made, chunked(b"abc", b"de"), **said)).status_code == 204
        for again in (b"abcde", b"edcba"):
            is_problem(await sent(world, person, made, again), 422)

    world.run(told())


def test_a_recording_is_at_most_eight_mebibytes(world: World) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_AUDIO // (1 << 20) + 2):
            yield b"a" * (1 << 20)

    async def told() -> None:
        person = await world.person()
        for size in (0, -1, LARGEST_AUDIO + 1):
            wanted = {"content_type": "audio/wav", "size": size}
            is_problem(await world.client.post(UPLOADS, json=wanted, headers=person.headers), 422)
        made = await upload(world, person, LARGEST_AUDIO)
        is_problem(await sent(world, person, made, endless(), **{"content-length": str(LARGEST_AUDIO)}), 413)
        assert (await sent(world, person, made, b"a" * LARGEST_AUDIO)).status_code == 204

    world.run(told())


@pytest.mark.parametrize(
    "content_type", ["text/html", "audio/", "audio/wav\r\nx-evil: 1", "audio/wav; a=b", "AUDIO/WAV"]
)
def test_only_audio_is_uploaded(world: World, content_type: str) -> None:
    async def told() -> None:
        person = await world.person()
        wanted = {"content_type": content_type, "size": 1}
        is_problem(await world.client.post(UPLOADS, json=wanted, headers=person.headers), 422)

    world.run(told())


def test_somebody_elses_upload_is_neither_written_nor_heard(world: World) -> None:
    async def told() -> None:
        person, other = await world.person(), await world.person()
        made = await upload(world, person)
        is_problem(await sent(world, other, made, b"abcde"), 404)
        assert (await sent(world, person, made, b"abcde")).status_code == 204
        job = (await asked(world, other, audio=made["id"])).json()["id"]
        done = await world.finished(job, other)
        assert (done["status"], done["failure"]) == ("failed", "no audio")

    world.run(told())


@pytest.mark.parametrize("text", ["", "what is this?"])
def test_a_job_whose_recording_never_came_fails_and_says_so(world: World, text: str) -> None:
    async def told() -> None:
        person = await world.person()
        made = await upload(world, person)
        for audio in (made["id"], uuid4().hex):
            job = (await asked(world, person, text=text, audio=audio)).json()["id"]
            done = await world.finished(job, person)
            assert (done["status"], done["failure"], done["answer"]) == ("failed", "no audio", None)
        path = f"/api/voice/transcript/{job}"
        is_problem(await world.client.get(path, headers=person.headers), 404)

    world.run(told())
