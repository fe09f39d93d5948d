"""What every queue does, in the process or through Pub/Sub (its emulator)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from app.ports import Queue
from app.queues import Handle, in_process, pull
from app.queues.in_process import InProcessQueue
from app.queues.pubsub import TopicQueue
from app.queues.pull import Puller
from tests.app.patience import PATIENCE_S, until
from tests.app.queues.harness import QUIET_S, Handler, line, new_id
from tests.app.servers.pubsub import running

Carried = Callable[[Handle], AbstractAsyncContextManager[Queue]]
AT_ONCE = 4


@pytest.fixture(scope="module")
def emulator() -> Iterator[None]:
    with running() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUBSUB_EMULATOR_HOST", address)
        yield


@asynccontextmanager
async def within(handle: Handle) -> AsyncIterator[Queue]:
    async with InProcessQueue(handle, at_once=AT_ONCE) as queue:
        yield queue


@asynccontextmanager
async def through_pubsub(handle: Handle) -> AsyncIterator[Queue]:
    made = line()
    async with TopicQueue(made.topic) as queue, Puller(made.subscription, handle, AT_ONCE) as puller:
        yield queue
        await puller.check()


@pytest.fixture(params=["in-process", "pubsub"])
def carried(request: pytest.FixtureRequest) -> Carried:
    if request.param == "in-process":
        return within
    request.getfixturevalue("emulator")
    return through_pubsub


def test_a_thousand_submitted_jobs_are_all_handled(carried: Carried) -> None:
    async def told() -> None:
        ids, handler = [new_id() for _ in range(1_000)], Handler()
        async with carried(handler) as queue:
            await queue.check()
            await asyncio.gather(*(queue.submit(one) for one in ids))
            await until(lambda: set(handler.done) == set(ids))

    asyncio.run(told())


def test_no_more_jobs_are_in_hand_than_allowed_and_as_many_as_allowed(carried: Carried) -> None:
    async def told() -> None:
        ids, handler = [new_id() for _ in range(40)], Handler(released=(released := asyncio.Event()))
        async with carried(handler) as queue:
            for one in ids:
                await queue.submit(one)
            await until(lambda: handler.at_once >= AT_ONCE)
            await asyncio.sleep(QUIET_S)
            released.set()
            await until(lambda: set(handler.done) == set(ids))
        assert handler.most_at_once == AT_ONCE

    asyncio.run(told())


def test_a_job_that_fails_holds_up_no_other(carried: Carried, caplog: pytest.LogCaptureFixture) -> None:
    async def told() -> None:
        ids, bad, handler = [new_id() for _ in range(20)], [new_id() for _ in range(5)], Handler()

        async def handle(job_id: str) -> bool:
            if job_id in bad and handler.began[job_id] == 0:
                handler.began[job_id] += 1
                raise RuntimeError("a secret")
            return await handler(job_id)

        async with carried(handle) as queue:
            for one in [*bad, *ids]:
                await queue.submit(one)
            await until(lambda: set(ids) <= set(handler.done))

    asyncio.run(told())
    told_of = [record for record in caplog.records if record.name == "app" and record.exc_info]
    assert len(told_of) == 5
    assert "a secret" not in " ".join(record.getMessage() + str(vars(record).get("fields")) for record in told_of)


def test_the_same_id_submitted_twice_is_handled(carried: Carried) -> None:
    async def told() -> None:
        one, handler = new_id(), Handler()
        async with carried(handler) as queue:
            await queue.submit(one)
            await until(lambda: handler.done[one])
            before = handler.done[one]
            await queue.submit(one)
            await until(lambda: handler.done[one] > before)

    asyncio.run(told())


def test_at_the_end_what_is_in_hand_is_finished_and_no_more_is_begun(
    carried: Carried, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (in_process, pull):
        monkeypatch.setattr(module, "DRAIN_S", PATIENCE_S)

    async def told() -> None:
        ids, handler = [new_id() for _ in range(20)], Handler(released=(released := asyncio.Event()))
        async with carried(handler) as queue:
            for one in ids:
                await queue.submit(one)
            await until(lambda: handler.at_once == AT_ONCE)
            # The end begins before the loop's next turn.
            asyncio.get_running_loop().call_later(QUIET_S, released.set)
        assert handler.at_once == 0
        assert handler.done == handler.began
        assert len(handler.began) == AT_ONCE
        assert handler.cancelled == Counter()

    asyncio.run(told())
