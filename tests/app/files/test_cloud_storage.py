"""Files in a bucket: the rights each role needs, what Google is asked, and Google failing."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest

from app.files import cloud_storage
from app.files.cloud_storage import CloudStorageFiles
from app.ports import Unavailable
from app.settings import Recordings
from tests.app.patience import PATIENCE_S, until
from tests.app.servers import storage
from tests.app.servers.storage import BUCKET, CREATE, GET, Storage

ORIGIN = "https://app.example.com"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    with storage.running() as server:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.address)
        yield server


@contextmanager
def waiting(seconds: float) -> Iterator[None]:
    """That long, what takes ten seconds."""
    retry = cast("Any", cloud_storage.BOUNDS["retry"]).with_delay(initial=0.05).with_timeout(0.8 * seconds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cloud_storage, "BOUNDS", {"timeout": 0.8 * seconds, "retry": retry})
        patch.setattr(cloud_storage, "CALL_S", seconds)
        yield


@pytest.fixture(autouse=True)
def _google_may_be_slow() -> Iterator[None]:
    with waiting(PATIENCE_S):
        yield


def name() -> str:
    return f"{uuid4().hex}/{uuid4().hex}"


def with_files(check: Callable[[CloudStorageFiles], Coroutine[Any, Any, None]], permission: str = GET) -> None:
    async def whole() -> None:
        async with CloudStorageFiles(Recordings(BUCKET_RECORDINGS=BUCKET), permission=permission) as files:
            await check(files)

    asyncio.run(whole())


async def _sent(files: CloudStorageFiles, data: bytes) -> str:
    one = name()
    upload = await files.upload(one, content_type="audio/webm", size=len(data), origin=ORIGIN)
    async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
        (await client.put(upload.url, content=data, headers=upload.headers)).raise_for_status()
    return one


def test_the_api_needs_no_more_than_to_create_objects(server: Storage) -> None:
    server.permissions = {CREATE}

    async def check(files: CloudStorageFiles) -> None:
        await files.check()
        await _sent(files, b"audio")

    with_files(check, CREATE)
    assert [one.partition(" ")[0] for one in server.asked] == ["GET", "POST", "PUT"], "nothing else was asked"


def test_the_worker_needs_no_more_than_to_read_objects(server: Storage) -> None:
    async def check(files: CloudStorageFiles) -> None:
        one = await _sent(files, b"audio")
        server.permissions = {GET}
        await files.check()
        assert await files.read(one, at_most=5) == ("audio/webm", b"audio")

    with_files(check)


@pytest.mark.parametrize("needed", [CREATE, GET])
def test_a_missing_right_is_found_before_it_is_needed(server: Storage, needed: str) -> None:
    server.permissions -= {needed}

    async def check(files: CloudStorageFiles) -> None:
        with pytest.raises(Unavailable, match=f"^Cloud Storage: no {needed}$"):
            await files.check()

    with_files(check, needed)


def test_a_refusal_is_unavailable_not_an_absent_file(server: Storage) -> None:
    async def check(files: CloudStorageFiles) -> None:
        one = await _sent(files, b"audio")
        server.permissions = set()
        with pytest.raises(Unavailable, match=r"^Cloud Storage: Forbidden$"):
            await files.read(one, at_most=5)
        with pytest.raises(Unavailable, match=r"^Cloud Storage: Forbidden$"):
            await files.upload(name(), content_type="audio/webm", size=5, origin=None)

    with_files(check)


def test_a_session_is_started_for_one_object_one_size_and_one_page(server: Storage) -> None:
    async def check(files: CloudStorageFiles) -> None:
        one = name()
        upload = await files.upload(one, content_type="audio/webm", size=5, origin=ORIGIN)
        (session,) = server.sessions.values()
        assert session["resource"]["name"] == one
        assert (session["type"], session["size"], session["origin"]) == ("audio/webm", 5, ORIGIN)
        assert session["absent"], "an object that is there is never replaced"
        assert upload.headers == {"Content-Type": "audio/webm"}, "the client needs no token of Google's"
        async with httpx.AsyncClient(timeout=PATIENCE_S) as page:
            asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT"}
            answer = await page.options(upload.url, headers=asked)
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN

    with_files(check)


def test_a_file_that_is_too_large_is_not_fetched(server: Storage) -> None:
    async def check(files: CloudStorageFiles) -> None:
        one = await _sent(files, b"x" * 1001)
        with pytest.raises(ValueError, match="too large"):
            await files.read(one, at_most=1000)

    with_files(check)
    assert not [one for one in server.asked if "/download/" in one]


def test_a_short_failure_of_google_is_not_noticed(server: Storage) -> None:
    async def check(files: CloudStorageFiles) -> None:
        server.refusals = [503]
        one = await _sent(files, b"audio")
        server.refusals = [503, 429]
        assert await files.read(one, at_most=5) == ("audio/webm", b"audio")

    with_files(check)


def test_a_lasting_failure_of_google_is_unavailable(server: Storage) -> None:
    async def check(files: CloudStorageFiles) -> None:
        one = await _sent(files, b"audio")
        server.refusals = [503] * 1000
        await _all_unavailable(files, one)
        server.refusals = []
        assert await files.read(one, at_most=5) == ("audio/webm", b"audio"), "it recovers"

    with_files(check)


def test_a_google_that_does_not_answer_is_unavailable_in_time(server: Storage) -> None:
    async def check(files: CloudStorageFiles) -> None:
        one = await _sent(files, b"audio")
        server.slow = True
        await _all_unavailable(files, one)
        server.released.set()

    with_files(check)


def test_a_google_that_is_gone_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{free.getsockname()[1]}")

        async def check(files: CloudStorageFiles) -> None:
            await _all_unavailable(files, name())

        with_files(check)


async def _all_unavailable(files: CloudStorageFiles, one: str) -> None:
    for call in (
        files.read(one, at_most=5),
        files.upload(name(), content_type="audio/webm", size=5, origin=None),
        files.check(),
    ):
        async with asyncio.timeout(PATIENCE_S / 2):  # the library by itself gives up after a minute at least
            with waiting(0.5), pytest.raises(Unavailable, match=r"^Cloud Storage: \w+$"):
                await call


def test_bytes_that_changed_on_their_way_are_not_taken(server: Storage) -> None:
    async def check(files: CloudStorageFiles) -> None:
        one = await _sent(files, b"audio")
        server.corrupt = True
        with pytest.raises(Unavailable, match=r"^Cloud Storage: DataCorruption$"):
            await files.read(one, at_most=5)

    with_files(check)


def test_who_is_cancelled_is_free_at_once(server: Storage) -> None:
    async def check(files: CloudStorageFiles) -> None:
        server.slow = True
        reading = asyncio.create_task(files.read(name(), at_most=5))
        await until(lambda: server.asked)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        server.released.set()

    with_files(check)


def test_without_credentials_the_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")

    async def check(files: CloudStorageFiles) -> None:
        pytest.fail("it started")

    with pytest.raises(Unavailable, match=r"^Cloud Storage: DefaultCredentialsError$"):
        with_files(check)
