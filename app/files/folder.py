"""FolderFiles: files in DATA_DIR, for one machine. Clients send their bytes to the api, which calls `write`."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Self

from app.ports import Unavailable, Upload
from app.settings import Recordings

ID = "[0-9a-f]{32}"


class Folder:
    """Files that are whole or not there. `names` is the form of their names: none leads out of the folder."""

    def __init__(self, folder: Path, names: str) -> None:
        self._folder, self._names = folder, re.compile(names)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is held open."""

    async def check(self) -> None:
        await _done(lambda: _write(self._folder / "check", b"written", once=False))

    async def store(self, name: str, data: bytes, *, once: bool = False) -> None:
        """Returns when all is on the disk; with `once`, ValueError if something was there."""
        await _done(lambda: _write(self._path(name), data, once=once))

    async def load(self, name: str) -> bytes | None:
        """None if there is no such file."""
        path = self._path(name)
        return await _done(lambda: path.read_bytes() if path.exists() else None)

    def _path(self, name: str) -> Path:
        if not self._names.fullmatch(name):
            raise ValueError("not a name in this folder")
        return self._folder / name


class FolderFiles(Folder):
    """Under `recordings`; beside an upload's bytes lies as JSON what was declared: type and size."""

    def __init__(self, settings: Recordings) -> None:
        super().__init__(settings.data / "recordings", rf"{ID}/{ID}(\.json)?")

    async def upload(self, name: str, *, content_type: str, size: int, origin: str | None) -> Upload:  # noqa: ARG002
        """A path of the api; ValueError if the name was given before."""
        await self.store(f"{name}.json", json.dumps([content_type, size]).encode(), once=True)
        return Upload(f"/api/voice/uploads/{name.partition('/')[2]}", {"Content-Type": content_type})

    async def write(self, name: str, content_type: str, chunks: AsyncIterator[bytes], size: int) -> None:
        """LookupError: no such upload. ValueError: not what was declared, or there already; nothing is stored."""
        declared, data = await self.load(f"{name}.json"), bytearray()
        if declared is None:
            raise LookupError("no such upload")
        if json.loads(declared) != [content_type, size]:
            raise ValueError("another content type or size than declared")
        async for chunk in chunks:
            data += chunk
            if len(data) > size:
                break
        if len(data) != size:
            raise ValueError("more or fewer bytes than declared")
        await self.store(name, bytes(data), once=True)

    async def read(self, name: str, *, at_most: int) -> tuple[str, bytes] | None:
        declared, data = await self.load(f"{name}.json"), await self.load(name)
        if declared is None or data is None:
            return None
        if len(data) > at_most:
            raise ValueError("the file is too large")
        return json.loads(declared)[0], data


def _write(path: Path, data: bytes, *, once: bool) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            (os.link if once else os.replace)(file.name, path)  # a link replaces nothing: one writer wins
        except FileExistsError:
            raise ValueError("written before") from None
        finally:
            Path(file.name).unlink(missing_ok=True)


async def _done(function: Callable[[], bytes | None]) -> bytes | None:
    try:
        return await asyncio.to_thread(function)
    except OSError as error:
        raise Unavailable(f"disk: {error.strerror}") from error
