"""What a process outlives: its own death, a database or cache that is gone, a full disk; and what was lost."""

from __future__ import annotations

import asyncio
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from app.stores.jobs import SETTLE_S
from tests.app.faults.surroundings import Process, asker, losses, process, settled, submit
from tests.app.patience import PATIENCE_S
from tests.app.servers import redis
from tests.app.servers.postgres import Server

DISK = 8 << 20


def killed_twice(variables: dict[str, str], folder: Path, *, jobs: int) -> list[str]:
    """The local role, SQLite and all, killed when a third and when two thirds of the jobs were accepted."""

    async def told() -> list[str]:
        _, headers = await asker(variables)
        accepted: list[str] = []
        submitting = asyncio.create_task(submit(local.address, headers, jobs, accepted))
        for part in (jobs // 3, 2 * jobs // 3):
            while len(accepted) < part:
                await asyncio.sleep(0.005)
            await asyncio.to_thread(local.kill)
            await asyncio.to_thread(local.start)
        await submitting
        await settled(variables, PATIENCE_S + jobs / 100)
        return await losses(variables, accepted)

    with process("local", folder, **variables) as local:
        return asyncio.run(told())


def database_gone(
    server: Server, variables: dict[str, str], folder: Path, *, jobs: int, seconds: float, patience_s: float
) -> list[str]:
    """Postgres stopped in the middle, for so long. What was being answered just then is somebody's until the lease
    ends; without that patience the process is killed and started again instead."""

    async def told() -> list[str]:
        _, headers = await asker(variables)
        accepted: list[str] = []
        submitting = asyncio.create_task(submit(local.address, headers, jobs, accepted))
        while len(accepted) < jobs // 3:
            await asyncio.sleep(0.005)
        server.stop()
        async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
            assert (await client.get(f"{local.address}/health")).status_code == 200
            assert (await client.get(f"{local.address}/ready")).status_code == 503
        await asyncio.sleep(seconds)
        assert not submitting.done(), "it was in the middle"
        await asyncio.to_thread(server.start)
        await submitting
        if not patience_s:
            await asyncio.to_thread(local.kill)
            await asyncio.to_thread(local.start)
        await settled(variables, PATIENCE_S + patience_s + jobs / 100)
        return await losses(variables, accepted)

    with process("local", folder, **variables) as local:
        return asyncio.run(told())


def cache_gone(cache: redis.Server, variables: dict[str, str], folder: Path, *, jobs: int) -> list[str]:
    """Redis killed when a third of the jobs were accepted, and back at two thirds."""

    async def told() -> list[str]:
        _, headers = await asker(variables)
        accepted: list[str] = []
        submitting = asyncio.create_task(submit(local.address, headers, jobs, accepted))
        async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
            for part, change, gone in ((jobs // 3, cache.stop, True), (2 * jobs // 3, cache.start, False)):
                while len(accepted) < part:
                    await asyncio.sleep(0.005)
                assert not (gone and submitting.done()), "it was in the middle"
                await asyncio.to_thread(change)
                async with asyncio.timeout(PATIENCE_S):
                    while bool((ready := await client.get(f"{local.address}/ready")).json()["without"]) != gone:
                        await asyncio.sleep(0.05)
                assert ready.status_code == 200
        await submitting
        await settled(variables, PATIENCE_S + jobs / 100)
        return await losses(variables, accepted)

    cached = {"CACHE_HOST": cache.host, "CACHE_PORT": str(cache.port)}
    with process("local", folder, **variables, **cached) as local:
        return asyncio.run(told())


def disk_full(
    variables: dict[str, str], folder: Path, full: Callable[[Process], Iterator[None]], *, jobs: int
) -> list[str]:
    """The local role while nothing can be written."""

    async def told() -> list[str]:
        _, headers = await asker(variables)
        accepted = await submit(local.address, headers, jobs, [])
        async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
            with contextmanager(full)(local):
                refused = 0
                while refused < jobs:
                    answer = await client.post(
                        f"{local.address}/api/voice/process", headers=headers, json={"text": "x" * 4000}
                    )
                    assert answer.status_code in (202, 503), answer.text
                    accepted += [answer.json()["id"]] if answer.status_code == 202 else []
                    refused += answer.status_code == 503
                assert (await client.get(f"{local.address}/health")).status_code == 200
                assert (await client.get(f"{local.address}/ready")).status_code == 503
            assert (await client.get(f"{local.address}/ready")).status_code == 200
        await submit(local.address, headers, jobs, accepted)
        await settled(variables, SETTLE_S + PATIENCE_S)  # where a transcript could not be written
        return await losses(variables, accepted)

    with process("local", folder, **variables) as local:
        return asyncio.run(told())


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of its own, of DISK bytes; only root mounts one."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def filled(folder: Path) -> Callable[[Process], Iterator[None]]:
    """Fills the file system of `folder`."""

    def full(_: Process) -> Iterator[None]:
        ballast = folder / "ballast"
        for size in (1 << 16, 1):
            with suppress(OSError), ballast.open("ab", buffering=0) as file:
                while True:
                    file.write(b"x" * size)
        yield
        ballast.unlink()

    return full


def limited(process: Process) -> Iterator[None]:
    """The same for whoever is not root: no file of the process may grow."""
    _, most = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, most))
    yield
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, most))
