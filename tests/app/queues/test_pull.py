"""Pulling by Google's client from the emulator: what is refused, what is left, what comes back."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from google.cloud.pubsub_v1 import SubscriberClient  # type: ignore[import-untyped]

from app.ports import Unavailable
from app.queues import encode, pull
from app.queues.pull import Puller
from app.telemetry.traces import traceparent
from tests.app.patience import FOR_EVER_S, PATIENCE_S, until
from tests.app.queues.harness import QUIET_S, Handler, line, new_id, pulling, sent, told_next, waiting
from tests.app.servers.pubsub import running

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running() as found:
        yield found


@pytest.fixture
def emulator(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", address)


@pytest.mark.parametrize("fail", [False, True])
def test_what_is_not_done_comes_again(emulator: None, fail: bool) -> None:
    made, ids, handler = line(), [new_id() for _ in range(10)], Handler(refuse=2, fail=fail)
    sent(made.topic, *map(encode, ids))

    async def told() -> None:
        async with Puller(made.subscription, handler, 4):
            await until(lambda: len(handler.done) == 10)

    asyncio.run(told())
    assert set(handler.began.values()) == {3}
    assert waiting(made.subscription) == []


def test_a_malformed_message_becomes_a_dead_letter_and_holds_up_no_other(
    emulator: None, caplog: pytest.LogCaptureFixture
) -> None:
    made, job_id, handler = line(attempts=5), new_id(), Handler()
    bad = b'{"id": "a secret"}'
    sent(made.topic, bad, encode(job_id))

    async def told() -> list[bytes]:
        async with Puller(made.subscription, handler, 1):
            await until(lambda: handler.done[job_id])
            return await asyncio.to_thread(waiting, made.dead_letters, least=1)

    assert asyncio.run(told()) == [bad]
    lines = [record for record in caplog.records if record.getMessage() == "malformed message"]
    assert [vars(one)["fields"]["attempt"] for one in lines] == [1, 2, 3, 4, 5]
    assert "a secret" not in str([vars(one) for one in lines])
    assert waiting(made.subscription) == []


def test_without_dead_letters_a_malformed_message_is_told_of_and_let_go(
    emulator: None, caplog: pytest.LogCaptureFixture
) -> None:
    made, job_id, handler = line(), new_id(), Handler()
    sent(made.topic, b"{}", b"\xff" * 1_000_000, encode(job_id))

    async def told() -> None:
        async with Puller(made.subscription, handler, 1):
            await until(lambda: handler.done[job_id] and caplog.text.count("malformed message") == 2)

    asyncio.run(told())
    assert waiting(made.subscription) == []
    assert caplog.text.count("malformed message") == 2


def test_a_job_is_handled_within_the_trace_of_its_message(emulator: None) -> None:
    made, seen = line(), []

    async def handle(_: str) -> bool:
        seen.append(traceparent())
        return True

    sent(made.topic, encode(new_id()), traceparent=TRACE)
    sent(made.topic, encode(new_id()), traceparent="\x00 malformed")
    sent(made.topic, encode(new_id()))

    async def told() -> None:
        async with Puller(made.subscription, handle, 1):
            await until(lambda: len(seen) == 3)

    asyncio.run(told())
    assert sorted(map(str, seen)) == [TRACE, "None", "None"]


def test_what_is_in_hand_too_long_at_the_end_is_cancelled_and_given_back(
    emulator: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "DRAIN_S", 0.3)
    monkeypatch.setattr(pull, "GIVE_BACK_S", FOR_EVER_S)
    made, slow, given_back = line(), Handler(takes_s=FOR_EVER_S), []
    sent(made.topic, *(encode(new_id()) for _ in range(6)))
    extend = SubscriberClient.modify_ack_deadline

    def spy(client: SubscriberClient, **request: Any) -> None:
        if request["ack_deadline_seconds"] == 0:
            given_back.extend([*request["ack_ids"]])
        extend(client, **request)

    monkeypatch.setattr(SubscriberClient, "modify_ack_deadline", spy)

    async def told() -> None:
        async with asyncio.timeout(PATIENCE_S), Puller(made.subscription, slow, 3):
            await until(lambda: slow.at_once == 3)
        assert sum(slow.cancelled.values()) == 3, "and each could give up its lease before"
        assert len(slow.began) == 3
        assert len(given_back) in range(3, 7), "with those that the library holds ready"

    asyncio.run(told())


@asynccontextmanager
async def others(subscription: str, handler: Handler) -> AsyncIterator[None]:
    """Eight that pull. The emulator does not see that a process's stream has ended, and delivers to it as well;
    that comes again after the ten seconds of a lease, and hardly ever to that one stream among nine."""
    async with AsyncExitStack() as stack:
        for _ in range(8):
            await stack.enter_async_context(Puller(subscription, handler, 2))
        yield


async def after_sigkill() -> None:
    """What a killed process had is done by another."""
    made, job_id, other = line(), new_id(), Handler()
    sent(made.topic, encode(job_id))
    with pulling(made.subscription, seconds=FOR_EVER_S, at_once=2, drain_s=0) as worker:
        assert await asyncio.to_thread(told_next, worker.stdout) == ("began", job_id)
        worker.kill()
    async with others(made.subscription, other):
        await until(lambda: other.done[job_id])


async def after_sigterm() -> None:
    """A process that is told to stop finishes what it has; another does the rest, and only that."""
    made, ids, other = line(), {new_id() for _ in range(8)}, Handler()
    sent(made.topic, *map(encode, ids))
    with pulling(made.subscription, seconds=0.5, at_once=2, drain_s=FOR_EVER_S) as worker:
        began = {(await asyncio.to_thread(told_next, worker.stdout))[1] for _ in range(2)}
        worker.send_signal(signal.SIGTERM)
        out, _ = await asyncio.to_thread(worker.communicate, None, PATIENCE_S)
    assert worker.returncode == 0
    assert sorted(out.split()) == sorted([*began, "done", "done"])
    async with others(made.subscription, other):
        await until(lambda: set(other.done) == ids - began)
        await asyncio.sleep(QUIET_S)
    assert set(other.began) == ids - began


async def after_long() -> None:
    """What takes longer than the subscription's deadline of ten seconds is done once: its lease is extended."""
    made, job_id, slow = line(), new_id(), Handler(takes_s=13)
    sent(made.topic, encode(job_id))
    async with Puller(made.subscription, slow, 2):
        await until(lambda: slow.done[job_id])
    assert slow.began == {job_id: 1}


def test_each_job_is_done_however_a_process_ends_and_however_long_it_takes(emulator: None) -> None:
    async def told() -> None:
        await asyncio.gather(after_sigkill(), after_sigterm(), after_long())

    asyncio.run(told())


def test_a_subscription_that_does_not_exist_is_told_of_and_pulled_from_once_it_does(
    emulator: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "AGAIN_S", 0.5)
    made, job_id, handler = line(), new_id(), Handler()
    name = made.subscription + "-later"

    async def told() -> None:
        async with Puller(name, handler, 2) as puller:
            await until(lambda: not puller.running)
            with pytest.raises(Unavailable, match=r"^Pub/Sub: NotFound$"):
                await puller.check()
            with SubscriberClient() as subscriber:
                subscriber.create_subscription(name=name, topic=made.topic)
            sent(made.topic, encode(job_id))
            await until(lambda: handler.done[job_id])
            await puller.check()

    asyncio.run(told())


def test_it_stops_at_once_while_the_stream_is_gone(emulator: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DRAIN_S", "GIVE_BACK_S"):
        monkeypatch.setattr(pull, name, FOR_EVER_S)
    stopped, held_up, closed = threading.Event(), list[bool](), threading.Event()
    close = SubscriberClient.close

    def slow(client: SubscriberClient) -> None:
        """Takes until the stop is over, as it does for seconds without a connection."""
        held_up.append(not stopped.wait(PATIENCE_S))
        close(client)
        closed.set()

    monkeypatch.setattr(SubscriberClient, "close", slow)

    async def told() -> None:
        async with asyncio.timeout(PATIENCE_S):
            async with Puller("projects/acme/subscriptions/gone", Handler(), 2) as puller:
                await until(lambda: not puller.running)
            stopped.set()
            await until(closed.is_set)

    asyncio.run(told())
    assert held_up == [False]
