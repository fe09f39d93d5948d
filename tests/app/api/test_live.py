"""The WebSocket: who may listen, that updates arrive, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from app.api import live
from app.api.live import AGAIN, NO_JOB, NO_TOKEN, NORMAL, TOO_MANY
from app.assistants.embedded import EmbeddedAssistant
from app.ports import Unavailable
from app.stores import notify
from app.stores.jobs import Jobs
from app.stores.updates import LocalUpdates
from app.telemetry import metrics
from tests.app.api.surroundings import Person, World, lines_of
from tests.app.harness import Closed, Socket, socket_of
from tests.app.patience import FOR_EVER_S, PATIENCE_S
from tests.app.servers.postgres import Server

NOBODY = "0" * 32
LISTENING = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%' AND state = 'idle'"


@pytest.fixture
def never_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only an update tells that a job changed."""
    monkeypatch.setattr(live, "LOOK_S", FOR_EVER_S)


@asynccontextmanager
async def following(world: World, person: Person, job: str, app: FastAPI | None = None) -> AsyncIterator[Socket]:
    async with socket_of(app or world.app, f"/api/voice/live/{job}") as socket:
        await socket.send(json.dumps({"token": person.token}))
        yield socket


async def heard_by(world: World, request: pytest.FixtureRequest, instances: int) -> None:
    """Returns once so many instances listen to the database."""
    if world.settings.postgres:
        server: Server = request.getfixturevalue("server")
        async with asyncio.timeout(PATIENCE_S):
            while len(await server.run(f"SELECT pid {LISTENING}", database=name_of(world))) < instances:
                await asyncio.sleep(0.02)


def name_of(world: World) -> str:
    return world.settings.url.rpartition("/")[2]


async def closed(world: World, path: str, *messages: str | bytes) -> int:
    async with socket_of(world.app, path) as socket:
        for message in messages:
            await socket.send(message)
        with pytest.raises(Closed) as end:
            await socket.receive()
        return end.value.code


@pytest.mark.parametrize(
    "message",
    [
        "",
        "nonsense",
        "[]",
        "null",
        "1",
        "{}",
        '{"token": null}',
        '{"token": 1}',
        '{"token": ["a"]}',
        '{"token": ""}',
        '{"token": "nonsense"}',
        '{"token": "\\ud800"}',
        '{"token": "\\u0000"}',
        '{"token": "vsk_\\u0000.a"}',
        '{"token": "' + "a" * 16_000 + '"}',
        "[" * 16_000,
        '{"token":' * 1_500,
        b"",
        b'{"token": "a"}',
        b"\xff" * 16_000,
    ],
)
def test_a_first_message_without_a_good_token_closes(
    world: World, caplog: pytest.LogCaptureFixture, message: str | bytes
) -> None:
    async def told() -> None:
        job = await world.job(await world.person())
        assert await closed(world, f"/api/voice/live/{job}", message) == NO_TOKEN

    world.run(told())
    assert [line for line in lines_of(caplog) if line["severity"] in ("WARNING", "ERROR")] == []


@pytest.mark.parametrize("leaves", [False, True])
def test_a_socket_leaves_one_line_which_tells_how_it_ended_and_of_nobody(
    world: World, caplog: pytest.LogCaptureFixture, leaves: bool
) -> None:
    async def told() -> Person:
        person = await world.person()
        job = await world.job(person)
        with caplog.at_level(logging.INFO):
            async with socket_of(world.app, f"/api/v1/voice/live/{job}") as socket:
                if not leaves:
                    await socket.send('{"token": "nonsense"}')
                    with pytest.raises(Closed):
                        await socket.receive()
        return person

    caplog.clear()
    person = world.run(told())
    (line,) = lines_of(caplog)
    assert (line["event"], line["endpoint"]) == ("socket", "/api/voice/live/{job_id}")
    assert line.get("code") == (None if leaves else NO_TOKEN)
    assert line["request_id"]
    assert not [one for one in (person.id, person.email, "nonsense") if one in caplog.text]


def test_who_does_not_say_who_they_are_in_time_is_closed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "TOKEN_S", 0.05)
    assert world.run(closed(world, f"/api/voice/live/{NOBODY}")) == NO_TOKEN


@pytest.mark.parametrize(
    "job", [NOBODY, "x", "\0", "0" * 31, "0" * 33, NOBODY + "\n", "\ud800", "é" * 32, "A" * 32]
)
def test_a_job_that_is_not_there_closes(world: World, job: str) -> None:
    async def told() -> None:
        person = await world.person()
        said = json.dumps({"token": person.token})
        assert await closed(world, f"/api/voice/live/{job}", said) == NO_JOB

    world.run(told())


def test_nobody_follows_somebody_elses_job_nor_by_a_key_without_the_scope(world: World) -> None:
    async def told() -> None:
        person, other, admin = await world.person(), await world.person(), await world.person("admin")
        path = f"/api/voice/live/{await world.job(person)}"
        for who in (other, admin):
            assert await closed(world, path, json.dumps({"token": who.token})) == NO_JOB
        write = (await world.key(person, "voice:write"))["x-api-key"]
        assert await closed(world, path, json.dumps({"token": write})) == NO_TOKEN
        assert await closed(world, path, json.dumps({"token": write[:36] + ".\0"})) == NO_TOKEN
        assert await closed(world, path, json.dumps({"token": f"{write[:37]}\ud800"})) == NO_TOKEN
        async with socket_of(world.app, path) as socket:
            await socket.send(json.dumps({"token": (await world.key(person, "voice:read"))["x-api-key"]}))
            assert (await socket.receive())["status"] == "queued"

    world.run(told())


def test_a_finished_job_is_told_at_once_and_the_server_closes(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        asked = await world.client.post("/api/voice/process", json={"text": "a"}, headers=person.headers)
        done = await world.finished(asked.json()["id"], person)
        for version in ("/api", "/api/v1"):
            async with socket_of(world.app, f"{version}/voice/live/{done['id']}") as socket:
                await socket.send(json.dumps({"token": person.token}))
                assert await socket.receive() == done
                with pytest.raises(Closed) as end:
                    await socket.receive()
                assert end.value.code == NORMAL

    world.run(told())


@pytest.mark.usefixtures("never_looking")
@pytest.mark.parametrize(
    ("database", "elsewhere"),
    [("SQLite", False), ("Postgres", False), ("Postgres", True)],  # SQLite is for one process
    indirect=["database"],
    ids=["SQLite, here", "Postgres, here", "Postgres, elsewhere"],
)
def test_updates_arrive_as_they_happen_also_from_another_instance(
    world: World, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, elsewhere: bool
) -> None:
    answering, answer = asyncio.Event(), EmbeddedAssistant.answer
    words = f"only {uuid4().hex}"

    async def slow(self: EmbeddedAssistant, prompt: Any) -> Any:
        if prompt.text == words:  # other jobs, which the sweep found, would hold all workers
            await answering.wait()
        return await answer(self, prompt)

    monkeypatch.setattr(EmbeddedAssistant, "answer", slow)

    async def told() -> None:
        person = await world.person()
        listening, _ = await world.another() if elsewhere else (world.app, world.client)
        await heard_by(world, request, 2 if elsewhere else 1)
        asked = await world.client.post("/api/voice/process", json={"text": words}, headers=person.headers)
        async with following(world, person, asked.json()["id"], listening) as socket:
            told = [await socket.receive()]
            while told[-1]["status"] != "running":
                told.append(await socket.receive())
            answering.set()
            done = await socket.receive()
            assert (done["status"], done["answer"]) == ("done", f"You said 2 words: {words}")
            with pytest.raises(Closed) as end:
                await socket.receive()
            assert end.value.code == NORMAL

    world.run(told())


def test_what_no_update_tells_is_found_by_looking(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOOK_S", 0.05)

    async def told() -> None:
        person = await world.person()
        job = await world.job(person)
        async with following(world, person, job) as socket:
            assert (await socket.receive())["status"] == "queued"
            assert await world.jobs.claim(job, lease="a", seconds=60)
            assert (await socket.receive())["status"] == "running"
            assert await world.jobs.fail(job, lease="a", failure="no audio")
            told = await socket.receive()
            assert (told["status"], told["failure"]) == ("failed", "no audio")

    world.run(told())


def test_a_job_that_is_deleted_meanwhile_closes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOOK_S", 0.05)

    async def told() -> None:
        person = await world.person()
        async with following(world, person, await world.job(person)) as socket:
            await socket.receive()
            await world.accounts.delete(person.id)
            with pytest.raises(Closed) as end:
                await socket.receive()
            assert end.value.code == NO_JOB

    world.run(told())


@pytest.mark.usefixtures("never_looking")
@pytest.mark.parametrize("when", ["before the token", "after the token", "while it follows", "talking"])
def test_who_leaves_leaves_nothing_behind(world: World, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    listeners, open_now, listen = list[str](), [0], LocalUpdates.listen

    @asynccontextmanager
    async def counted(self: LocalUpdates, job_id: str) -> AsyncIterator[asyncio.Event]:
        async with listen(self, job_id) as event:
            listeners.append(job_id)
            try:
                yield event
            finally:
                listeners.remove(job_id)

    def gauge(delta: int) -> None:
        open_now[0] += delta

    monkeypatch.setattr(LocalUpdates, "listen", counted)
    monkeypatch.setattr(metrics, "live_connections", gauge)

    async def told() -> None:
        person = await world.person()
        job = await world.job(person)
        before = asyncio.all_tasks()
        for _ in range(5):
            async with socket_of(world.app, f"/api/voice/live/{job}") as socket:
                assert open_now == [1]
                if when != "before the token":
                    await socket.send(json.dumps({"token": person.token}))
                if when in ("while it follows", "talking"):
                    await socket.receive()
                    assert listeners == [job]
                for _ in range(100 if when == "talking" else 0):
                    await socket.send("more")
        assert (listeners, open_now) == ([], [0])
        assert {task for task in asyncio.all_tasks() - before if "live" in repr(task)} == set()

    world.run(told())


@pytest.mark.usefixtures("never_looking")
def test_a_server_that_stops_takes_its_followers_with_it(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        path, before = f"/api/voice/live/{await world.job(person)}", asyncio.all_tasks()
        client = Socket()
        client.sent.put_nowait({"type": "websocket.connect"})
        await client.send(json.dumps({"token": person.token}))
        scope = {"type": "websocket", "path": path, "headers": [], "query_string": b"", "client": ("127.0.0.1", 1)}
        served = asyncio.create_task(world.app(scope, client.sent.get, client.received.put))
        assert (await client.received.get())["type"] == "websocket.accept"
        assert (await client.receive())["status"] == "queued"
        served.cancel()
        with pytest.raises(asyncio.CancelledError):
            await served
        assert {task for task in asyncio.all_tasks() - before if "live" in repr(task)} == set()

    world.run(told())


def test_one_address_has_only_so_many_connections_and_gets_them_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_OF_ONE", 2)
    path = f"/api/voice/live/{NOBODY}"

    async def told() -> None:
        async with socket_of(world.app, path), socket_of(world.app, path):
            assert await closed(world, path) == TOO_MANY
            async with socket_of(world.app, path, "198.51.100.7") as elsewhere:
                await elsewhere.send("nonsense")
                with pytest.raises(Closed) as end:
                    await elsewhere.receive()
                assert end.value.code == NO_TOKEN
        for _ in range(3):
            assert await closed(world, path, "nonsense") == NO_TOKEN
        with monkeypatch.context() as patch:
            patch.setattr(live, "MOST_OPEN", 0)
            assert await closed(world, path, "nonsense") == TOO_MANY

    world.run(told())


@pytest.mark.parametrize("at", ["the first question", "a later one"])
def test_while_the_database_is_gone_the_client_is_told_to_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    monkeypatch.setattr(live, "LOOK_S", 0.01)
    own, asked = Jobs.own, [0]

    async def broken(self: Jobs, job_id: str, owner_id: str) -> Any:
        asked[0] += 1
        if asked[0] > (0 if at == "the first question" else 2):
            raise Unavailable("Postgres: ConnectionRefusedError")
        return await own(self, job_id, owner_id)

    async def told() -> None:
        person = await world.person()
        job = await world.job(person)
        monkeypatch.setattr(Jobs, "own", broken)
        async with following(world, person, job) as socket:
            if at == "a later one":
                assert (await socket.receive())["status"] == "queued"
            with pytest.raises(Closed) as end:
                await socket.receive()
            assert end.value.code == AGAIN

    world.run(told())


@pytest.mark.parametrize("database", ["Postgres"], indirect=True)
def test_after_its_listening_connection_is_killed_a_server_looks_then_listens_again(
    world: World, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue("server")
    monkeypatch.setattr(notify, "RECONNECT_S", 0.5)
    monkeypatch.setattr(live, "LOOK_S", 0.05)

    async def told() -> None:
        person = await world.person()
        job = await world.job(person)
        await heard_by(world, request, 1)
        async with following(world, person, job) as socket:
            assert (await socket.receive())["status"] == "queued"
            killed = await server.run(f"SELECT pg_terminate_backend(pid) {LISTENING}", database=name_of(world))
            assert killed
            assert await world.jobs.claim(job, lease="a", seconds=60)
            assert (await socket.receive())["status"] == "running"
            monkeypatch.setattr(live, "LOOK_S", FOR_EVER_S)
            await asyncio.sleep(0.1)  # the last look of the quick ones
            await heard_by(world, request, len(killed))
            assert await world.jobs.fail(job, lease="a", failure="no audio")
            await world.database.fetchrow("SELECT pg_notify('jobs', $1)", job)
            assert (await socket.receive())["status"] == "failed"

    world.run(told())


def test_an_unknown_live_route_closes_before_it_opens(world: World) -> None:
    async def told() -> Any:
        client = Socket()
        client.sent.put_nowait({"type": "websocket.connect"})
        scope = {"type": "websocket", "path": f"/api/nothing/{uuid4().hex}", "headers": [], "query_string": b""}
        await world.app(scope | {"client": None}, client.sent.get, client.received.put)
        return await client.received.get()

    assert world.run(told())["type"] == "websocket.close"
