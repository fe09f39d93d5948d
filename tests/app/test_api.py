"""The api, the page and what every request passes, inside this process."""

from __future__ import annotations

import asyncio
import json
import logging

import httpx
import pytest

from app.jobs import MOST_KEPT, MOST_WAITING, InProcessQueue, Job, QueueError, Result, Store
from app.logs import JsonLines
from app.settings import Api, Frontend
from app.web import LARGEST_BODY, create_app
from tests.app.harness import client_of

PROCESS, STATUS = "/api/voice/process", "/api/voice/status"


async def answer(client: httpx.AsyncClient, job: str) -> dict[str, str]:
    for _ in range(200):
        found: dict[str, str] = (await client.get(f"{STATUS}/{job}")).json()
        if found["status"] == "done":
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("the job was not done in 2 s")


def test_a_text_is_answered_end_to_end() -> None:
    async def told() -> None:
        async with client_of(create_app(Api())) as client:
            taken = await client.post(PROCESS, json={"text": "good morning"})
            assert taken.status_code == 202
            assert taken.json()["status"] == "queued"
            done = await answer(client, taken.json()["id"])
            assert done["answer"] == "You said 2 words: good morning"

    asyncio.run(told())


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": 1}, {"text": "x" * 4001}, {"text": "a", "b": 1}, []])
def test_a_wrong_body_is_refused(body: object) -> None:
    async def told() -> None:
        async with client_of(create_app(Api())) as client:
            assert (await client.post(PROCESS, json=body)).status_code == 422

    asyncio.run(told())


def test_a_huge_body_is_refused_even_if_its_length_is_not_said() -> None:
    async def endless() -> object:
        for _ in range(3):
            yield b"x" * (LARGEST_BODY // 2)

    async def told() -> None:
        async with client_of(create_app(Api())) as client:
            headers = {"content-type": "application/json"}
            assert (await client.post(PROCESS, content=endless(), headers=headers)).status_code == 413  # type: ignore[arg-type]

    asyncio.run(told())


def test_an_unknown_job_is_404() -> None:
    async def told() -> None:
        async with client_of(create_app(Api())) as client:
            for job in ("0" * 32, "nonsense"):
                assert (await client.get(f"{STATUS}/{job}")).status_code == 404

    asyncio.run(told())


def test_a_request_keeps_a_good_id_and_loses_a_bad_one() -> None:
    async def told() -> None:
        async with client_of(create_app(Api())) as client:
            kept = await client.get("/health", headers={"x-request-id": "abc-1"})
            assert kept.headers["x-request-id"] == "abc-1"
            for bad in ('a"b', "x" * 65, "a b"):
                made = await client.get("/health", headers={"x-request-id": bad})
                assert len(made.headers["x-request-id"]) == 32

    asyncio.run(told())


def test_logs_hold_no_text_of_a_user(caplog: pytest.LogCaptureFixture) -> None:
    async def told() -> None:
        async with client_of(create_app(Api())) as client:
            taken = await client.post(f"{PROCESS}?who=mallory", json={"text": "my number is 12345"})
            await answer(client, taken.json()["id"])
            await client.get("/mallory")

    with caplog.at_level(logging.INFO, "app"):
        asyncio.run(told())
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "app"]
    assert {"job taken", "job done", "request"} <= {json.loads(line)["message"] for line in lines}
    assert not [line for line in lines if "12345" in line or "mallory" in line]


def test_an_exception_is_logged_without_its_message_and_answered_with_500(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = create_app(Frontend())

    async def broken() -> None:
        raise RuntimeError("mallory")

    app.router.routes.clear()
    app.add_api_route("/broken", broken)

    async def told() -> httpx.Response:
        async with client_of(app) as client:
            return await client.get("/broken")

    response = asyncio.run(told())
    assert (response.status_code, "mallory" in response.text) == (500, False)
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "app"]
    assert any(json.loads(line).get("exception") == "RuntimeError" for line in lines)
    assert not [line for line in lines if "mallory" in json.loads(line).get("message", "")]


def test_the_frontend_has_the_page_and_no_api() -> None:
    async def told() -> None:
        async with client_of(create_app(Frontend())) as client:
            page = await client.get("/")
            assert page.status_code == 200
            assert "<form" in page.text
            assert "script-src 'self'" in page.headers["content-security-policy"]
            for part in ("page.js", "page.css"):
                assert part in page.text
                assert (await client.get(f"/{part}")).status_code == 200
            assert (await client.post(PROCESS, json={"text": "a"})).status_code in (404, 405)
            assert (await client.get("/ready")).json() == {"status": "ready", "role": "frontend"}

    asyncio.run(told())


def test_the_page_holds_no_inline_script_or_style() -> None:
    async def told() -> str:
        async with client_of(create_app(Frontend())) as client:
            return (await client.get("/")).text

    page = asyncio.run(told())
    assert "<style" not in page
    assert "<script>" not in page, "the content security policy would not run it"


def test_too_many_waiting_jobs_are_refused_and_the_taken_ones_are_done_at_a_stop() -> None:
    store = Store()
    jobs = [Job(id=f"{number:032x}", text="a") for number in range(MOST_WAITING)]

    async def told() -> None:
        async with InProcessQueue(store) as queue:
            for job in jobs:
                await queue.submit(job)
            with pytest.raises(QueueError):
                await queue.check()
            with pytest.raises(QueueError):
                await queue.submit(jobs[0])

    asyncio.run(told())
    assert [store[job.id].status for job in jobs] == ["done"] * MOST_WAITING


def test_the_store_does_not_grow_without_end() -> None:
    store = Store()
    for number in range(MOST_KEPT + 5):
        store.put(Result(id=str(number), status="queued"))
    assert len(store) == MOST_KEPT
    assert "0" not in store
