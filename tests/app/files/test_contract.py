"""What every home of files keeps: a file is exactly what was declared, whole, and written once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from app.files.cloud_storage import CloudStorageFiles
from app.files.folder import FolderFiles
from app.ports import Files, Upload
from app.settings import Recordings
from tests.app.patience import PATIENCE_S
from tests.app.servers import storage

WEBM = "audio/webm;codecs=opus"
Sent = Callable[[Files, Upload, str, bytes, int], Awaitable[bool]]


@dataclass(frozen=True)
class Home:
    """A home of files, and how a client sends bytes there: whether they were taken."""

    files: Callable[[], Files]
    send: Sent


async def chunked(data: bytes, size: int = 64_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def _to_folder(files: Files, upload: Upload, name: str, data: bytes, declared: int) -> bool:
    assert isinstance(files, FolderFiles)
    assert upload.url == f"/api/voice/uploads/{name[33:]}"
    try:
        await files.write(name, upload.headers["Content-Type"], chunked(data), declared)
    except ValueError:
        return False
    return True


async def _to_bucket(files: Files, upload: Upload, name: str, data: bytes, declared: int) -> bool:
    async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
        answer = await client.put(upload.url, content=data, headers=upload.headers)
    return answer.is_success


@pytest.fixture(params=["folder", "cloud storage", "cloud storage that takes any size"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    if request.param == "folder":
        settings = Recordings(DATA_DIR=tmp_path)
        yield Home(lambda: FolderFiles(settings), _to_folder)
        return
    with storage.running() as server:
        server.sizes_matter = request.param == "cloud storage"
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.address)
        settings = Recordings(BUCKET_RECORDINGS=storage.BUCKET)
        yield Home(lambda: CloudStorageFiles(settings, permission=storage.GET), _to_bucket)


def new_name() -> str:
    return f"{uuid4().hex}/{uuid4().hex}"


def during(home: Home, check: Callable[[Files], Coroutine[None, None, None]]) -> None:
    async def whole() -> None:
        async with home.files() as files:
            await check(files)

    asyncio.run(whole())


@pytest.mark.parametrize("data", [b"\x00\xff\r\n\r\n{}", os.urandom(3_000_000)], ids=["bytes", "3 MB"])
def test_a_file_is_read_as_it_was_sent_with_its_declared_type(home: Home, data: bytes) -> None:
    async def check(files: Files) -> None:
        name = new_name()
        upload = await files.upload(name, content_type=WEBM, size=len(data), origin="https://app.example.com")
        assert await files.read(name, at_most=len(data)) is None, "nothing was sent yet"
        assert await home.send(files, upload, name, data, len(data))
        assert await files.read(name, at_most=len(data)) == (WEBM, data)

    during(home, check)


@pytest.mark.parametrize("sent", [b"", b"123456789", b"12345678901", b"1" * 5_000_000])
def test_other_sizes_than_declared_are_never_read(home: Home, sent: bytes) -> None:
    async def check(files: Files) -> None:
        name = new_name()
        upload = await files.upload(name, content_type=WEBM, size=10, origin=None)
        await home.send(files, upload, name, sent, 10)
        assert await files.read(name, at_most=10_000_000) is None

    during(home, check)


def test_a_file_is_written_once(home: Home) -> None:
    async def check(files: Files) -> None:
        name = new_name()
        upload = await files.upload(name, content_type=WEBM, size=5, origin=None)
        assert await home.send(files, upload, name, b"first", 5)
        assert not await home.send(files, upload, name, b"other", 5)
        assert await files.read(name, at_most=5) == (WEBM, b"first")

    during(home, check)


def test_of_several_writers_of_one_file_one_wins_and_is_stored_whole(home: Home) -> None:
    async def check(files: Files) -> None:
        name = new_name()
        upload = await files.upload(name, content_type=WEBM, size=200_000, origin=None)
        texts = [bytes([byte]) * 200_000 for byte in range(8)]
        taken = await asyncio.gather(*(home.send(files, upload, name, text, 200_000) for text in texts))
        assert taken.count(True) == 1
        assert await files.read(name, at_most=200_000) == (WEBM, texts[taken.index(True)])

    during(home, check)


def test_what_is_not_there_is_none(home: Home) -> None:
    async def check(files: Files) -> None:
        assert await files.read(new_name(), at_most=10) is None

    during(home, check)


def test_more_than_the_reader_takes_is_refused(home: Home) -> None:
    async def check(files: Files) -> None:
        name = new_name()
        upload = await files.upload(name, content_type=WEBM, size=11, origin=None)
        assert await home.send(files, upload, name, b"12345678901", 11)
        with pytest.raises(ValueError, match="too large"):
            await files.read(name, at_most=10)
        assert await files.read(name, at_most=11) == (WEBM, b"12345678901")

    during(home, check)


def test_another_process_takes_and_reads_what_one_declared(home: Home) -> None:
    async def whole() -> None:
        name = new_name()
        async with home.files() as api:
            upload = await api.upload(name, content_type=WEBM, size=4, origin=None)
        async with home.files() as other:
            assert await home.send(other, upload, name, b"data", 4)
        async with home.files() as worker:
            assert await worker.read(name, at_most=4) == (WEBM, b"data")

    asyncio.run(whole())


def test_a_home_that_works_says_so(home: Home) -> None:
    async def check(files: Files) -> None:
        await files.check()

    during(home, check)
