"""What every limiter promises: in memory, in a server, in a cluster."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

import pytest

from app.caches.memory import MemoryLimiter
from app.caches.valkey import ValkeyLimiter
from app.ports import Limiter, Verdict
from tests.app.caches.surroundings import ENDLESS_S, a_key, one_node_cluster, settings, valkey
from tests.app.patience import PATIENCE_S
from tests.app.servers import redis

Make = Callable[[], Limiter]


@pytest.fixture(scope="module", params=["memory", "server", "cluster"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Makes limiters, all on the same server."""
    if request.param == "memory":
        yield MemoryLimiter
    elif request.param == "server":
        with redis.running() as server:
            yield lambda: valkey(server)
    else:
        with one_node_cluster() as server:
            yield lambda: ValkeyLimiter(settings(server, cluster=True))


def taken(make: Make, *keys: str, limit: int, period_s: int = ENDLESS_S) -> list[Verdict]:
    """What one limiter says to these requests, one after the other."""

    async def ask() -> list[Verdict]:
        async with make() as limiter:
            return [await limiter.take(key, limit=limit, period_s=period_s) for key in keys]

    return asyncio.run(ask())


@pytest.mark.parametrize("limit", [1, 10, 19, 45, 600])
def test_exactly_the_limit_is_allowed_in_a_window(make: Make, limit: int) -> None:
    verdicts = taken(make, *[a_key()] * (limit + 5), limit=limit)
    assert [verdict.allowed for verdict in verdicts] == [True] * limit + [False] * 5


def test_what_remains_counts_down_to_nothing(make: Make) -> None:
    verdicts = taken(make, *[a_key()] * 102, limit=100)
    assert [verdict.remaining for verdict in verdicts] == [*range(99, -1, -1), 0, 0]


def test_who_is_denied_hears_when_to_come_back(make: Make) -> None:
    key = a_key()
    allowed, denied = taken(make, key, key, limit=1, period_s=ENDLESS_S)
    assert allowed.retry_after_s == 0
    assert denied.retry_after_s == pytest.approx(ENDLESS_S - time.time() % ENDLESS_S, abs=60)


def test_keys_do_not_count_for_each_other(make: Make) -> None:
    one, other = a_key(), a_key()
    verdicts = taken(make, one, one, other, limit=1)
    assert [verdict.allowed for verdict in verdicts] == [True, False, True]


def test_a_new_window_starts_from_zero(make: Make) -> None:
    async def ask() -> None:
        key = a_key()
        async with make() as limiter:
            while (await limiter.take(key, limit=3, period_s=1)).allowed:
                pass
            denied = await limiter.take(key, limit=3, period_s=1)
            if not denied.allowed:
                assert denied.retry_after_s == 1
                await asyncio.sleep(1.01)
            assert (await limiter.take(key, limit=3, period_s=1)).allowed

    asyncio.run(ask())


@pytest.mark.parametrize("odd", ["", "{a}", "\n\0", "\udcff", "é" * 90, "x" * 5000])
def test_a_key_may_hold_anything(make: Make, odd: str) -> None:
    key = odd + a_key()
    verdicts = taken(make, key, key, key + "'", limit=1)
    assert [verdict.allowed for verdict in verdicts] == [True, False, True]


def test_a_limit_of_zero_allows_nothing(make: Make) -> None:
    assert not taken(make, a_key(), limit=0)[0].allowed


def test_requests_at_the_same_time_count_like_others(make: Make) -> None:
    async def ask() -> list[Verdict]:
        key = a_key()
        async with make() as limiter:
            return await asyncio.gather(*(limiter.take(key, limit=100, period_s=ENDLESS_S) for _ in range(300)))

    assert sum(verdict.allowed for verdict in asyncio.run(ask())) == 100


def test_requests_given_up_do_not_hold_up_or_widen_the_limit(make: Make) -> None:
    async def ask() -> int:
        key = a_key()
        async with make() as limiter:
            for wait in range(30):
                given_up = [
                    asyncio.create_task(limiter.take(key, limit=1000, period_s=ENDLESS_S)) for _ in range(3)
                ]
                await asyncio.sleep(wait / 100_000)
                for task in given_up:
                    task.cancel()
            async with asyncio.timeout(PATIENCE_S):
                verdicts = [await limiter.take(key, limit=1000, period_s=ENDLESS_S) for _ in range(1001)]
            return sum(verdict.allowed for verdict in verdicts)

    assert 1000 - 90 <= asyncio.run(ask()) <= 1000


def test_a_check_that_is_answered_says_nothing(make: Make) -> None:
    async def ask() -> None:
        async with make() as limiter:
            await limiter.check()

    asyncio.run(ask())


def test_memory_keeps_a_bounded_number_of_keys_and_forgets_the_oldest() -> None:
    keys = ["first", "second", "third", "first", "third"]
    verdicts = taken(lambda: MemoryLimiter(most=2), *keys, limit=1)
    assert [verdict.allowed for verdict in verdicts] == [True, True, True, True, False]
