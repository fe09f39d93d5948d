"""Pub/Sub gone, and back: the emulator is killed and started again."""

from __future__ import annotations

import asyncio
import signal
from contextlib import ExitStack, suppress

import pytest
from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient  # type: ignore[import-untyped]

from app.ports import Unavailable
from app.queues import encode, pubsub, pull
from app.queues.pubsub import TopicQueue
from app.queues.pull import Puller
from tests.app.patience import FOR_EVER_S, PATIENCE_S, until
from tests.app.queues.harness import Handler, line, new_id, pulling, refused, sent, told_next
from tests.app.servers.loopback import free_port
from tests.app.servers.pubsub import process


def test_a_killed_server_is_told_of_in_time_and_used_again_once_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = free_port()
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{port}")

    async def told() -> None:
        with process(port) as emulator:
            made = line()
            async with TopicQueue(made.topic) as queue:
                await queue.submit(new_id())
                await queue.check()
                emulator.kill()
                emulator.wait()
                with pytest.raises(Unavailable, match="ServiceUnavailable"):
                    await queue.check()
                monkeypatch.setattr(pubsub, "ANSWER_S", 0.5)
                for _ in range(2):
                    assert (await refused(queue)).startswith("Pub/Sub: ")
                with process(port):
                    with PublisherClient() as publisher:
                        publisher.create_topic(name=made.topic)
                    async with asyncio.timeout(PATIENCE_S):
                        while True:
                            with suppress(Unavailable):
                                return await queue.submit(new_id())

    asyncio.run(told())


def test_a_restarted_server_is_pulled_from_again_and_a_lost_one_holds_up_no_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pull, "AGAIN_S", 0.5)
    port = free_port()
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{port}")

    async def told(stack: ExitStack) -> None:
        handler, one, two = Handler(), new_id(), new_id()
        with process(port):
            made = line()
            puller = await Puller(made.subscription, handler, 2).__aenter__()
            sent(made.topic, encode(one))
            await until(lambda: handler.done[one])
        with process(port):
            with PublisherClient() as publisher, SubscriberClient() as subscriber:
                publisher.create_topic(name=made.topic)
                subscriber.create_subscription(name=made.subscription, topic=made.topic)
            sent(made.topic, encode(two))
            await until(lambda: handler.done[two])
            other = line()
            sent(other.topic, encode(one))
            worker = stack.enter_context(pulling(other.subscription, seconds=FOR_EVER_S, at_once=2, drain_s=0.5))
            await asyncio.to_thread(told_next, worker.stdout)
        worker.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_S / 2):
            await puller.__aexit__()
        # With a job in hand; to give it back, the library would try for longer.
        await asyncio.to_thread(worker.communicate, None, PATIENCE_S / 2)
        assert worker.returncode == 0

    with ExitStack() as stack:
        asyncio.run(told(stack))
