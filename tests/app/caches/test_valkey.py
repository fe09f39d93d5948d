"""Leases, and a server that is slow, gone, or back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from app.caches import valkey as module
from app.caches.valkey import ValkeyLimiter
from app.ports import Unavailable, Verdict
from app.settings import Cache
from tests.app.caches.surroundings import ENDLESS_S, Patience, a_key, asking, settings, valkey
from tests.app.patience import PATIENCE_S, until
from tests.app.servers import redis

SOON_S = 0.1
ALONE, TOGETHER = "each instance counts requests by itself", "requests are counted together again"


@pytest.fixture(scope="module")
def server() -> Iterator[redis.Server]:
    with redis.running() as running:
        yield running


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limiters ask often whether Valkey is back."""
    monkeypatch.setattr(module, "AGAIN_S", SOON_S)


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> Patience:
    """No limiter gives Valkey up, unless a test says so."""
    return Patience(monkeypatch)


def at_once(take: Coroutine[None, None, Verdict]) -> Verdict:
    """What it gives without waiting for anything."""
    try:
        take.send(None)
    except StopIteration as given:
        verdict: Verdict = given.value
        return verdict
    raise AssertionError("it waits")


async def allowed(limiter: ValkeyLimiter, key: str, *, limit: int, asked: int) -> int:
    """How many of `asked` requests, one after the other, are allowed."""
    return sum([(await limiter.take(key, limit=limit, period_s=ENDLESS_S)).allowed for _ in range(asked)])


@asynccontextmanager
async def instances(server: redis.Server, number: int) -> AsyncIterator[list[ValkeyLimiter]]:
    """So many instances of the app, as far as the limit goes."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(valkey(server)) for _ in range(number)]


@examples(max_examples=40, deadline=None)
@given(
    limit=st.integers(1, 120),
    asked=st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=4), min_size=2, max_size=4),
)
def test_instances_together_never_allow_more_than_the_limit(
    server: redis.Server, limit: int, asked: list[list[int]]
) -> None:
    async def ask() -> tuple[int, int]:
        key = a_key()
        async with instances(server, len(asked)) as limiters:
            takers = [
                allowed(limiter, key, limit=limit, asked=number)
                for limiter, numbers in zip(limiters, asked, strict=True)
                for number in numbers
            ]
            together = sum(await asyncio.gather(*takers))
            rest = [await allowed(limiter, key, limit=limit, asked=limit + 1) for limiter in limiters]
            return together, together + sum(rest)

    together, in_the_end = asyncio.run(ask())
    assert together <= min(limit, sum(map(sum, asked)))
    assert in_the_end == limit  # all leases spent: not one fewer either


def test_a_lease_spares_the_server_nineteen_of_twenty_requests_at_least(server: redis.Server) -> None:
    async def ask() -> None:
        key = a_key()
        async with valkey(server) as limiter:
            takes = [limiter.take(key, limit=600, period_s=ENDLESS_S) for _ in range(700)]
            assert sum(verdict.allowed for verdict in await asyncio.gather(*takes)) == 600

    with asking(server) as client:
        client.config_resetstat()
        asyncio.run(ask())
        assert client.info("commandstats")["cmdstat_eval"]["calls"] == module.LEASES


def test_the_server_forgets_windows_and_never_hears_whose_they_are(server: redis.Server) -> None:
    async def ask() -> None:
        async with valkey(server) as limiter:
            await limiter.take("sign-in:ada@example.com", limit=10, period_s=7)

    with asking(server) as client:
        client.flushall()
        asyncio.run(ask())
        (name,) = client.keys("*")
        assert "ada" not in name
        assert 0 < client.ttl(name) <= 14


def test_many_keys_at_once_share_a_few_connections(server: redis.Server) -> None:
    async def ask() -> bool:
        async with valkey(server) as limiter:
            takes = [limiter.take(a_key(), limit=100, period_s=ENDLESS_S) for _ in range(500)]
            return all(verdict.allowed for verdict in await asyncio.gather(*takes))

    with asking(server) as client:
        before = client.info("stats")["total_connections_received"]
        assert asyncio.run(ask())
        assert client.info("stats")["total_connections_received"] - before <= module.AT_ONCE


@pytest.mark.usefixtures("impatient", "patience")
def test_a_killed_server_is_stood_in_for_and_joined_again(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def noted(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("redis.asyncio.retry.sleep", noted)

    async def ask(server: redis.Server) -> None:
        async with instances(server, 2) as (one, other):
            assert await allowed(one, a_key(), limit=5, asked=7) == 5
            server.stop()
            keys = [a_key() for _ in range(300)]
            async with asyncio.timeout(PATIENCE_S / 2):  # no wait for an answer fits into this
                counted = await asyncio.gather(*(allowed(one, key, limit=5, asked=7) for key in keys))
            assert set(counted) == {5}
            assert slept == [], "nor does anybody wait before another try"
            with pytest.raises(Unavailable, match=r"^valkey: ConnectionError$"):
                await one.check()
            await asyncio.to_thread(server.start)
            await until(lambda: TOGETHER in caplog.messages)
            key = a_key()
            assert await allowed(one, key, limit=40, asked=40) == 40
            assert await allowed(other, key, limit=40, asked=40) == 0

    with redis.running() as server, caplog.at_level(logging.INFO, "app"):
        asyncio.run(ask(server))
    told = [record.getMessage() for record in caplog.records if record.name == "app"]
    assert told == [ALONE, TOGETHER]


@pytest.mark.usefixtures("impatient")
def test_a_server_that_does_not_answer_costs_one_wait_and_no_request(
    caplog: pytest.LogCaptureFixture, patience: Patience
) -> None:
    async def ask(server: redis.Server) -> None:
        async with valkey(server) as limiter:
            await limiter.check()
            server.freeze()
            patience.seconds = 3 * SOON_S
            patience.waits.clear()
            async with asyncio.timeout(PATIENCE_S / 2):  # the connection itself would wait for longer
                firsts = await asyncio.gather(*(allowed(limiter, a_key(), limit=2, asked=3) for _ in range(50)))
            assert set(firsts) == {2}
            assert patience.waits[module.CONNECT_S + module.ANSWER_S] == module.AT_ONCE, "those that came first"
            with pytest.raises(Unavailable):
                await limiter.check()
            enough = patience.clients + 3
            async with asyncio.timeout(PATIENCE_S):
                while patience.clients < enough:  # also while the limiter tries again
                    assert at_once(limiter.take(a_key(), limit=2, period_s=ENDLESS_S)).allowed
                    await asyncio.sleep(0.003)
            patience.seconds = PATIENCE_S
            await until(lambda: patience.clients > enough)  # this try has the time that it takes
            server.thaw()
            await until(lambda: TOGETHER in caplog.messages)
            key = a_key()
            await limiter.take(key, limit=20, period_s=ENDLESS_S)
            async with valkey(server) as other:
                assert await allowed(other, key, limit=20, asked=20) == 19

    with redis.running() as server, caplog.at_level(logging.INFO, "app"):
        asyncio.run(ask(server))


def test_without_a_server_from_the_start_requests_are_counted_all_the_same() -> None:
    async def ask(gone: Cache) -> None:
        async with ValkeyLimiter(gone) as limiter:
            assert await allowed(limiter, a_key(), limit=30, asked=40) == 30
            with pytest.raises(Unavailable):
                await limiter.check()

    with redis.running() as server:
        gone = settings(server)
    asyncio.run(ask(gone))


def test_what_was_left_when_the_server_went_is_all_that_is_allowed_here() -> None:
    async def ask(server: redis.Server) -> None:
        key = a_key()
        async with instances(server, 2) as (one, other):
            assert await allowed(one, key, limit=100, asked=60) == 60
            assert await allowed(other, key, limit=100, asked=5) == 5
            server.stop()
            assert await allowed(other, key, limit=100, asked=100) == 35

    with redis.running() as server:
        asyncio.run(ask(server))


def test_a_server_that_answers_nonsense_does_not_refuse_requests(server: redis.Server) -> None:
    async def ask() -> None:
        async with ValkeyLimiter(settings(server, cluster=True)) as limiter:  # which the server is not
            assert await allowed(limiter, a_key(), limit=3, asked=5) == 3
            with pytest.raises(Unavailable):
                await limiter.check()

    asyncio.run(ask())
