"""What every role answers: health, readiness, metrics, headers, cross-origin rules; and how a process stops."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from app.caches import memory
from app.frame import HEADERS, LARGEST_BODY
from app.roles import serving as roles
from app.roles.serving import create_app
from app.settings import Api, Frontend, Local
from app.stores.sqlite import Sqlite
from app.telemetry import metrics
from tests.app.api.surroundings import PASSWORD, World, is_problem, lines_of, with_schema, world_of
from tests.app.harness import client_of, serving
from tests.app.patience import FOR_EVER_S, PATIENCE_S, until
from tests.app.servers.loopback import free_port

HISTORY, ORIGIN = "/api/voice/history", "https://voice.example.com"
MESSAGE = "mallory"
NOWHERE = {"DATABASE_URL": "postgresql://somebody:secret-password@127.0.0.1:1/voice"}


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return with_schema({"DATA_DIR": str(tmp_path_factory.mktemp("data"))})


def test_every_response_says_what_browsers_must_not_do(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError(MESSAGE)

    async def told() -> None:
        person = await world.person()
        with monkeypatch.context() as patch:
            patch.setattr(world.app.state.access, "principal", broken)
            failed = await world.client.get(HISTORY)
        responses = {
            200: await world.client.get("/health"),
            202: await world.client.post("/api/voice/process", json={"text": "a"}, headers=person.headers),
            401: await world.client.get(HISTORY),
            403: await world.client.get("/api/users", headers=person.headers),
            404: await world.client.get("/nothing"),
            405: await world.client.patch("/api/keys"),
            413: await world.client.post("/api/voice/process", content=b"a" * (LARGEST_BODY + 1)),
            422: await world.client.post("/api/auth/login", json={}),
            500: failed,
        }
        for status, response in responses.items():
            assert response.status_code == status
            assert HEADERS.items() <= dict(response.headers).items()
            assert len(response.headers.get_list("content-security-policy")) == 1
            assert "server" not in response.headers
            api = response.url.path.startswith("/api/")
            assert response.headers.get("cache-control") == ("no-store" if api else None)
        assert MESSAGE not in failed.text

    world.run(told())


def test_nobody_is_sent_to_an_address_that_the_request_named() -> None:
    app = create_app(Api.model_validate({"TOPIC_JOBS": "projects/acme-1/topics/jobs"}))

    async def told() -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://evil.example.com") as client:
            for path in ("/api/keys/", "/health/", "//api/keys", "/api/voice/history/"):
                is_problem(await client.get(path), 404)

    asyncio.run(told())


def test_a_bug_is_a_500_whose_line_names_the_error_and_not_its_message(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError(MESSAGE)

    monkeypatch.setattr(world.app.state.access, "principal", broken)
    with caplog.at_level(logging.INFO):
        is_problem(world.run(world.client.get(HISTORY)), 500)
    # The sweep of the same process may have something to say, too.
    failed, request = (line for line in lines_of(caplog) if line["message"].startswith("request"))
    assert (failed["severity"], failed["exception"], request["status"]) == ("ERROR", "RuntimeError", 500)
    assert MESSAGE not in json.dumps([failed, request])


def test_it_is_ready_when_all_it_needs_answers(world: World) -> None:
    async def told() -> None:
        assert (await world.client.get("/health")).json() == {"status": "alive", "role": "local"}
        ready = await world.client.get("/ready")
        assert (ready.status_code, ready.json()) == (200, {"status": "ready", "role": "local", "without": []})

    world.run(told())


def test_without_its_database_it_lives_and_is_not_ready_and_asks_to_come_back(
    variables: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    async def told() -> None:
        settings = Local.model_validate(variables | NOWHERE)
        async with client_of(create_app(settings)) as client:
            assert (await client.get("/health")).status_code == 200
            not_ready = await client.get("/ready")
            is_problem(not_ready, 503)
            assert "Postgres" in not_ready.json()["detail"]
            key = {"x-api-key": f"vsk_{'0' * 32}.{'a' * 43}"}
            refused = await client.get(HISTORY, headers=key)
            is_problem(refused, 503)
            assert int(refused.headers["retry-after"]) > 0
            is_problem(await client.get(HISTORY), 401)
            for response in (not_ready, refused):
                assert "secret-password" not in response.text
                assert "127.0.0.1" not in response.text

    with caplog.at_level(logging.INFO):
        asyncio.run(told())
    assert "secret-password" not in caplog.text


def test_a_dependency_that_hangs_is_one_that_is_gone(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(_: Sqlite) -> None:
        await asyncio.sleep(FOR_EVER_S)

    monkeypatch.setattr(Sqlite, "check", hangs)
    monkeypatch.setattr(roles, "READY_S", 0.05)
    with world_of(variables) as world:
        not_ready = world.run(world.client.get("/ready"))
        is_problem(not_ready, 503)
        assert "Sqlite: TimeoutError" in not_ready.json()["detail"]


def test_without_its_cache_it_is_ready_says_so_and_still_limits(variables: dict[str, str]) -> None:
    cache = {"CACHE_HOST": "127.0.0.1", "CACHE_PORT": str(free_port()), "RATE_LIMIT_USER": "2"}
    with world_of(variables | cache) as world:

        async def told() -> None:
            ready = await world.client.get("/ready")
            assert ready.status_code == 200
            assert [one.partition(":")[0] for one in ready.json()["without"]] == ["valkey"]
            person = await world.person()
            codes = [(await world.client.get(HISTORY, headers=person.headers)).status_code for _ in range(5)]
            assert codes[:2] == [200, 200]
            assert 429 in codes

        world.run(told())


def test_metrics_count_routes_and_name_nobody(world: World) -> None:
    metrics.configure(world.settings)

    async def told() -> None:
        person = await world.person()
        job = await world.job(person)
        await world.client.get(f"/api/voice/status/{job}?q=mallory", headers=person.headers)
        await world.client.get("/mallory")
        await world.client.request("MALLORY", "/health")
        await world.client.get(f"/api/users/{person.id}", headers=person.headers)
        scraped = await world.client.get("/metrics")
        assert scraped.headers["content-type"].startswith("text/plain")
        assert 'http_route="/api/voice/status/{job_id}"' in scraped.text
        for secret in (
            "mallory",
            "MALLORY",
            job,
            person.id,
            person.email,
            person.token,
            world.settings.signing_key,
        ):
            assert secret not in scraped.text

    world.run(told())


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        ("", ORIGIN, False),
        (ORIGIN, ORIGIN, True),
        (f"https://a.example.com, {ORIGIN}", ORIGIN, True),
        (ORIGIN, "https://evil.example.com", False),
        (ORIGIN, f"{ORIGIN}.evil.example.com", False),
        (ORIGIN, ORIGIN.replace("https", "http"), False),
        (ORIGIN, "null", False),
    ],
)
def test_only_configured_origins_may_read(
    variables: dict[str, str], origins: str, origin: str, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "time", SimpleNamespace(time=lambda: 6000.0))  # no new window begins
    with world_of(variables | {"CORS_ORIGINS": origins, "RATE_LIMIT_USER": "2"}) as world:

        async def told() -> None:
            person = await world.person()
            asked = {"origin": origin, **person.headers}
            codes = [await world.client.get(HISTORY, headers=asked) for _ in range(3)]
            assert [response.status_code for response in codes] == [200, 200, 429]
            wanted = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
            preflight = await world.client.options("/api/voice/process", headers={"origin": origin} | wanted)
            for response in (*codes, preflight, await world.client.get(HISTORY, headers={"origin": origin})):
                given = response.headers.get("access-control-allow-origin")
                assert given == (origin if allowed else None)
                assert "access-control-allow-credentials" not in response.headers
                assert not allowed or "origin" in response.headers["vary"].lower()
            assert preflight.status_code == (200 if allowed else 400 if origins else 405)

        world.run(told())


def test_on_cloud_run_where_the_page_takes_every_path_nobody_reads_metrics() -> None:
    async def told(settings: Frontend, status: int) -> None:
        async with client_of(create_app(settings)) as client:
            assert (await client.get("/metrics")).status_code == status

    asyncio.run(told(Frontend.model_validate({}), 200))
    asyncio.run(told(Frontend.model_validate({"K_SERVICE": "frontend"}), 404))


def test_the_frontend_has_the_page_and_no_api() -> None:
    async def told() -> None:
        async with client_of(create_app(Frontend.model_validate({}))) as client:
            page = await client.get("/")
            assert page.status_code == 200
            assert page.headers["content-type"].startswith("text/html")
            assert "script-src 'self'" in page.headers["content-security-policy"]
            assert "unsafe" not in page.headers["content-security-policy"]
            again = await client.get(
                "/page.js", headers={"if-none-match": (await client.get("/page.js")).headers["etag"]}
            )
            assert again.status_code == 304
            for answer in (page, again):
                assert answer.headers["cache-control"] == "public, max-age=60, stale-while-revalidate=0"
            for path in (
                "/nothing",
                "/api/voice/history",
                "/..%2f__main__.py",
                "/.git/config",
                "/%00",
            ):
                is_problem(await client.get(path), 404)
            is_problem(await client.post("/api/voice/process", json={"text": "a"}), 404, 405)
            assert (await client.get("/ready")).json()["role"] == "frontend"

    asyncio.run(told())


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real process."""
    with serving("local", DATA_DIR=str(tmp_path_factory.mktemp("process"))) as (address, _):
        yield address


def signed_in(client: httpx.Client, email: str) -> dict[str, str]:
    who = {"email": email, "password": PASSWORD}
    assert client.post("/api/auth/register", json=who).status_code == 201
    token: str = client.post("/api/auth/login", json=who).json()["access_token"]
    return {"authorization": f"Bearer {token}"}


def test_over_the_wire_a_job_is_followed_to_its_answer(process: str) -> None:
    with httpx.Client(base_url=process, timeout=PATIENCE_S) as client:
        headers = signed_in(client, "ada@example.com")
        job = client.post("/api/v1/voice/process", json={"text": "good morning"}, headers=headers).json()["id"]
    for version in ("api", "api/v1"):
        with connect(f"{process.replace('http', 'ws')}/{version}/voice/live/{job}") as live:
            live.send(json.dumps({"token": headers["authorization"].removeprefix("Bearer ")}))
            told = [json.loads(message) for message in live]
        assert told[-1]["answer"] == "You said 2 words: good morning"
        assert live.close_code == 1000


@pytest.mark.parametrize(("message", "code"), [("a" * 20_000, 1009), (b"\0" * 10, 4401), ("[" * 16_000, 4401)])
def test_over_the_wire_a_huge_or_strange_first_message_closes(
    process: str, message: str | bytes, code: int
) -> None:
    with connect(f"{process.replace('http', 'ws')}/api/voice/live/{'0' * 32}") as live:
        live.send(message)
        with pytest.raises(ConnectionClosed) as end:
            live.recv(timeout=PATIENCE_S)
        assert end.value.rcvd
        assert end.value.rcvd.code == code


@pytest.mark.parametrize(
    "request_text",
    [
        "GET /health HTTP/1.1\r\nhost: a\r\nx-request-id: a\r\n b\r\n\r\n",
        "GET /health HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /health HTTP/1.1\r\nhost: a\r\nx-\0: a\r\n\r\n",
        "POST /api/auth/login HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
        "GET  /health HTTP/9.9\r\n\r\n",
        "\x16\x03\x01",
    ],
)
def test_over_the_wire_what_is_no_http_is_refused_and_the_process_goes_on(process: str, request_text: str) -> None:
    with closing(connected(int(process.rpartition(":")[2]))) as raw:
        raw.sendall(request_text.encode("latin-1") + b"\r\n\r\n")
        raw.shutdown(socket.SHUT_WR)
        answer = raw.recv(1000)
    assert b" 500 " not in answer
    assert httpx.get(f"{process}/health", timeout=PATIENCE_S).status_code == 200


def test_over_the_wire_a_made_up_address_counts_for_the_one_that_called(tmp_path: Path) -> None:
    codes = list[int]()
    with serving("local", DATA_DIR=str(tmp_path), RATE_LIMIT_SIGN_IN="10") as (address, _):
        for at in range(21):  # of two minutes' windows one has more than ten of them
            who = {"email": f"{at}@example.com", "password": "x" * 12}
            headers = {"x-forwarded-for": f"192.0.2.{at}", "forwarded": f"for=192.0.2.{at}"}
            answer = httpx.post(f"{address}/api/auth/login", json=who, headers=headers, timeout=PATIENCE_S)
            codes.append(answer.status_code)
    assert 429 in codes, "no proxy is trusted here, so nobody's header is"


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)


def refuses(port: int) -> bool:
    try:
        connected(port).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("finishes", [True, False], ids=["finishes", "never finishes"])
def test_a_stop_lets_open_requests_finish_and_waits_for_none_that_never_does(
    tmp_path: Path, finishes: bool
) -> None:
    deadlines = {"app.__main__.DRAIN_S": FOR_EVER_S if finishes else 0.5}
    with serving("local", deadlines, DATA_DIR=str(tmp_path)) as (address, process):
        with httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
            headers = signed_in(client, "ada@example.com")
            wanted = {"content_type": "audio/wav", "size": 6}
            path = client.post("/api/voice/uploads", json=wanted, headers=headers).json()["url"]
            token = headers["authorization"]
            jobs = [
                client.post("/api/voice/process", json={"text": "a"}, headers=headers).json()["id"]
                for _ in range(20)
            ]
        port = int(address.rpartition(":")[2])
        live = connect(f"ws://127.0.0.1:{port}/api/voice/live/{jobs[0]}")
        with live, closing(connected(port)) as slow:
            head = f"PUT {path} HTTP/1.1\r\nhost: a\r\nauthorization: {token}\r\ncontent-type: audio/wav\r\n"
            slow.sendall(f"{head}content-length: 6\r\nexpect: 100-continue\r\n\r\n".encode())
            assert b" 100 " in slow.recv(1000), "its body is waited for"
            slow.sendall(b"abc")
            process.send_signal(signal.SIGTERM)
            asyncio.run(until(lambda: refuses(port)))
            if finishes:
                slow.sendall(b"def")
                assert b" 204 " in slow.recv(1000)
            out, _ = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0
        lines = [json.loads(line) for line in out.splitlines()]
        assert [line for line in lines if line["severity"] == "ERROR"] == [] or not finishes
        assert {"started", "stopping"} <= {line["message"] for line in lines}
