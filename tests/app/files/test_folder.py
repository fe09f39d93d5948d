"""Files in a folder: names that lead elsewhere, uploads that nobody declared, and a disk that is full."""

from __future__ import annotations

import asyncio
import resource
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.files.folder import FolderFiles
from app.ports import Unavailable
from app.settings import Recordings
from tests.app.patience import FOR_EVER_S, PATIENCE_S
from tests.needed import Needed

NAME = f"{'a' * 32}/{'b' * 32}"


@pytest.fixture
def files(tmp_path: Path) -> FolderFiles:
    return FolderFiles(Recordings(DATA_DIR=tmp_path / "data"))


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def kept(folder: Path) -> set[str]:
    """Everything in `folder`, hidden files too."""
    return {path.name for path in folder.rglob("*") if path.is_file()}


@contextmanager
def no_room(bytes_left: int) -> Iterator[None]:
    """No file of this process gets longer than that: the kernel refuses in the middle of a write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        "../" + "a" * 32,
        f"{'a' * 32}/../{'b' * 32}",
        f"/{NAME}",
        f"{NAME}\n",
        f"{NAME}/x",
        f"{'A' * 32}/{'b' * 32}",
        f"{'a' * 32}/{'b' * 31}\0",
        f"{'٣' * 32}/{'b' * 32}",
    ],
)
def test_no_name_leads_out_of_the_folder(files: FolderFiles, name: str, tmp_path: Path) -> None:
    async def refused() -> None:
        with pytest.raises(ValueError, match="not a name"):
            await files.upload(name, content_type="audio/webm", size=1, origin=None)
        with pytest.raises(ValueError, match="not a name"):
            await files.read(name, at_most=1)
        with pytest.raises(ValueError, match="not a name"):
            await files.write(name, "audio/webm", chunks(b"1"), 1)

    asyncio.run(refused())
    assert kept(tmp_path) == set()


def test_an_upload_that_nobody_declared_is_not_taken(files: FolderFiles, tmp_path: Path) -> None:
    with pytest.raises(LookupError):
        asyncio.run(files.write(NAME, "audio/webm", chunks(b"1"), 1))
    assert kept(tmp_path) == set()


@pytest.mark.parametrize(("content_type", "size"), [("audio/webm", 2), ("text/html", 1)])
def test_a_declaration_is_held_to_before_a_byte_is_taken(
    files: FolderFiles, tmp_path: Path, content_type: str, size: int
) -> None:
    async def unread() -> AsyncIterator[bytes]:
        pytest.fail("the body was read")
        yield b""

    async def refused() -> None:
        await files.upload(NAME, content_type="audio/webm", size=1, origin=None)
        with pytest.raises(ValueError, match="declared"):
            await files.write(NAME, content_type, unread(), size)

    asyncio.run(refused())
    assert kept(tmp_path) == {"b" * 32 + ".json"}


def test_an_endless_body_is_left_at_its_declared_size(files: FolderFiles) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1000
            yield b"x" * 1000

    async def refused() -> None:
        await files.upload(NAME, content_type="audio/webm", size=10_000, origin=None)
        with pytest.raises(ValueError, match="more or fewer"):
            await files.write(NAME, "audio/webm", endless(), 10_000)

    asyncio.run(refused())
    assert taken == 11_000


def test_a_name_is_declared_once(files: FolderFiles) -> None:
    async def twice() -> None:
        await files.upload(NAME, content_type="audio/webm", size=1, origin=None)
        with pytest.raises(ValueError, match="before"):
            await files.upload(NAME, content_type="audio/ogg", size=2, origin=None)
        await files.write(NAME, "audio/webm", chunks(b"1"), 1)

    asyncio.run(twice())


def test_a_client_that_goes_away_leaves_nothing_and_may_come_again(files: FolderFiles, tmp_path: Path) -> None:
    async def gone() -> AsyncIterator[bytes]:
        yield b"12"
        await asyncio.sleep(FOR_EVER_S)

    async def again() -> None:
        await files.upload(NAME, content_type="audio/webm", size=4, origin=None)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(files.write(NAME, "audio/webm", gone(), 4), 0.05)
        assert kept(tmp_path) == {"b" * 32 + ".json"}
        await files.write(NAME, "audio/webm", chunks(b"12", b"34"), 4)
        assert await files.read(NAME, at_most=4) == ("audio/webm", b"1234")

    asyncio.run(again())


def test_a_write_that_breaks_off_leaves_nothing_and_may_come_again(files: FolderFiles, tmp_path: Path) -> None:
    async def again() -> None:
        await files.upload(NAME, content_type="audio/webm", size=100_000, origin=None)
        with no_room(50_000), pytest.raises(Unavailable, match=r"^disk: File too large$"):
            await files.write(NAME, "audio/webm", chunks(b"x" * 100_000), 100_000)
        assert kept(tmp_path) == {"b" * 32 + ".json"}
        assert await files.read(NAME, at_most=100_000) is None
        await files.write(NAME, "audio/webm", chunks(b"x" * 100_000), 100_000)

    asyncio.run(again())


FULL = """
import asyncio, errno, os, sys
from pathlib import Path
from app.files.folder import FolderFiles
from app.ports import Unavailable
from app.settings import Recordings

async def chunks():
    yield b"x" * 100_000

async def main():
    folder, name = Path(sys.argv[1]), "a" * 32 + "/" + "b" * 32
    files = FolderFiles(Recordings(DATA_DIR=folder))
    await files.check()
    await files.upload(name, content_type="audio/webm", size=100_000, origin=None)
    for call in (lambda: files.write(name, "audio/webm", chunks(), 100_000), fill(folder, files)):
        try:
            await call()
        except Unavailable as error:
            print(error)
    print(sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != "ballast"))

def fill(folder, files):
    async def call():
        with (folder / "ballast").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError as error:
                assert error.errno == errno.ENOSPC
        await files.check()
    return call

asyncio.run(main())
"""


def test_a_full_disk_is_unavailable_and_nothing_half_written_stays(tmp_path: Path) -> None:
    inside = f'mount -t tmpfs -o size=64k none "{tmp_path}" && exec "{sys.executable}" -c "$0" "{tmp_path}"'
    unshare = shutil.which("unshare")
    if not unshare or subprocess.run([unshare, "-rm", "true"], check=False, capture_output=True).returncode:
        Needed.NAMESPACES.skip()
    done = subprocess.run(
        [unshare, "-rm", "sh", "-c", inside, FULL], check=False, capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert done.stdout.splitlines() == [
        "disk: No space left on device",
        "disk: No space left on device",
        f"['{'b' * 32}.json', 'check']",
    ], done.stderr


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")

    async def refused() -> None:
        async with FolderFiles(Recordings(DATA_DIR=tmp_path / "data")) as files:
            with pytest.raises(Unavailable, match=r"^disk: "):
                await files.check()
            with pytest.raises(Unavailable, match=r"^disk: "):
                await files.upload(NAME, content_type="audio/webm", size=1, origin=None)
            assert await files.read(NAME, at_most=1) is None

    asyncio.run(refused())


def test_only_the_owner_of_the_process_reads_the_files(files: FolderFiles, tmp_path: Path) -> None:
    asyncio.run(files.upload(NAME, content_type="audio/webm", size=1, origin=None))
    (declaration,) = tmp_path.rglob("*.json")
    assert declaration.stat().st_mode & 0o777 == 0o600
