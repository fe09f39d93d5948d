"""Work beside the requests ends when it is told to."""

from __future__ import annotations

import asyncio

import pytest

from app import background
from app.caches import valkey
from app.caches.valkey import ValkeyLimiter
from app.settings import Cache
from tests.app.patience import PATIENCE_S


def test_a_task_whose_library_loses_a_cancellation_ends_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "AGAIN_S", 0.01)
    lost = 0

    async def loop() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(PATIENCE_S)
            except asyncio.CancelledError:
                if lost == 2:
                    raise
                lost += 1

    async def ask() -> bool:
        task = asyncio.create_task(loop())
        await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE_S):
            await background.end(task)
        return task.cancelled()

    assert asyncio.run(ask())
    assert lost == 2


def test_a_task_that_failed_before_is_over() -> None:
    async def fail() -> None:
        raise RuntimeError

    async def ask() -> BaseException | None:
        task = asyncio.create_task(fail())
        await asyncio.wait([task])
        await background.end(task)
        return task.exception()

    assert isinstance(asyncio.run(ask()), RuntimeError)


class Losing:
    """A client of Valkey that loses one cancellation, as redis-py may."""

    def __init__(self) -> None:
        self.asked, self.lost = asyncio.Event(), False

    async def ping(self) -> None:
        self.asked.set()
        try:
            await asyncio.sleep(PATIENCE_S)
        except asyncio.CancelledError:
            self.lost = True

    async def aclose(self) -> None: ...


def test_a_limiter_ends_although_its_client_loses_a_cancellation(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Losing()
    monkeypatch.setattr(ValkeyLimiter, "_connection", lambda _: client)
    monkeypatch.setattr(valkey, "ANSWER_S", 0)
    monkeypatch.setattr(valkey, "AGAIN_S", PATIENCE_S)
    monkeypatch.setattr(background, "AGAIN_S", 0.01)

    async def ask() -> None:
        async with asyncio.timeout(PATIENCE_S), ValkeyLimiter(Cache(CACHE_HOST="127.0.0.1")) as limiter:
            limiter._down = True  # so its keeper connects anew, and asks
            await client.asked.wait()

    asyncio.run(ask())
    assert client.lost
