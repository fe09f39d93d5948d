"""The queue within a process: its bounds and its end."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from app.ports import Unavailable
from app.queues import in_process
from app.queues.in_process import InProcessQueue
from tests.app.patience import FOR_EVER_S, PATIENCE_S, until
from tests.app.queues.harness import Handler, new_id


def test_a_full_queue_says_so_at_once_and_recovers() -> None:
    async def told() -> None:
        handler = Handler(released=(released := asyncio.Event()))
        async with InProcessQueue(handler, at_once=1, most_waiting=3) as queue:
            await queue.submit(new_id())
            await until(lambda: handler.at_once == 1)
            for _ in range(3):
                await queue.submit(new_id())
            with pytest.raises(Unavailable, match="full"):
                await queue.check()
            with pytest.raises(Unavailable, match="full"):
                await queue.submit(new_id())
            released.set()
            await until(lambda: len(handler.done) == 4)
            await queue.check()
            await queue.submit(new_id())
            await until(lambda: len(handler.done) == 5)

    asyncio.run(told())


def test_an_id_that_waits_twice_is_done_once() -> None:
    async def told() -> None:
        first, one, handler = new_id(), new_id(), Handler(takes_s=0.02)
        async with InProcessQueue(handler, at_once=1) as queue:
            for job_id in (first, one, one, one):
                await queue.submit(job_id)
            await until(lambda: handler.done[one])
            await asyncio.sleep(0.1)
        assert handler.done == {first: 1, one: 1}

    asyncio.run(told())


def test_jobs_are_begun_in_the_order_in_which_they_came() -> None:
    async def told() -> None:
        ids, handler = [new_id() for _ in range(100)], Handler()
        async with InProcessQueue(handler, at_once=1) as queue:
            for one in ids:
                await queue.submit(one)
            await until(lambda: len(handler.done) == 100)
        assert list(handler.began) == ids

    asyncio.run(told())


def test_a_job_submitted_as_the_last_worker_ends_is_done() -> None:
    async def told() -> None:
        handler = Handler()
        async with InProcessQueue(handler, at_once=1) as queue:
            for number in range(200):
                for _ in range(number % 7):
                    await asyncio.sleep(0)
                await queue.submit(new_id())
            await until(lambda: len(handler.done) == 200)

    asyncio.run(told())


def test_a_job_that_does_not_end_in_time_is_cancelled_and_may_clean_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_process, "DRAIN_S", 0.2)
    monkeypatch.setattr(in_process, "GIVE_BACK_S", FOR_EVER_S)

    async def told() -> None:
        ids, handler = [new_id(), new_id()], Handler(takes_s=FOR_EVER_S)
        async with asyncio.timeout(PATIENCE_S), InProcessQueue(handler) as queue:
            for one in ids:
                await queue.submit(one)
            await until(lambda: handler.at_once == 2)
        assert set(handler.cancelled) == set(ids)

    asyncio.run(told())


def test_a_job_whose_cancellation_gets_lost_holds_up_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_process, "DRAIN_S", 0.05)
    monkeypatch.setattr(in_process, "GIVE_BACK_S", 0.05)
    lost = 0

    async def losing(_: str) -> bool:
        nonlocal lost
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(FOR_EVER_S)
        lost += 1
        await asyncio.sleep(FOR_EVER_S)
        return True

    async def told() -> None:
        async with asyncio.timeout(PATIENCE_S), InProcessQueue(losing) as queue:
            await queue.submit(new_id())
            await asyncio.sleep(0)

    asyncio.run(told())
    assert lost == 1


def test_twenty_thousand_jobs_wait_and_are_done() -> None:
    async def told() -> None:
        ids, handler = [new_id() for _ in range(20_000)], Handler()
        async with InProcessQueue(handler) as queue:
            for one in ids:
                await queue.submit(one)
            await until(lambda: len(handler.done) == len(ids))

    asyncio.run(told())
