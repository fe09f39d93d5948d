"""Valkey as Memorystore offers it: an authority of its own, a password that changes every hour."""

from __future__ import annotations

import asyncio
import datetime
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import Credentials

from app.caches import valkey as module
from app.caches.valkey import ValkeyLimiter
from app.ports import Unavailable
from app.settings import Cache
from tests.app.caches.surroundings import (
    ENDLESS_S,
    Authority,
    Patience,
    a_key,
    asking,
    authority,
    one_node_cluster,
    settings,
)
from tests.app.patience import PATIENCE_S, until
from tests.app.servers import redis

FIRST, SECOND = "first-token", "second-token"


class Token:
    """Stands in for Google's access tokens; `asked` counts who wanted one."""

    def __init__(self, value: str = FIRST) -> None:
        self.value, self.asked = value, 0

    def __call__(self) -> str:
        self.asked += 1
        return self.value


@pytest.fixture(autouse=True)
def _nobody_is_in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    Patience(monkeypatch)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("own"), "own")


@pytest.fixture(scope="module", params=["server", "cluster"])
def cluster(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "cluster")


@pytest.fixture(scope="module")
def started(own: Authority, cluster: bool) -> Iterator[redis.Server]:
    users = "--user tester on nopass ~* &* +@all --user default on nopass ~* &* +@all"
    options = (*own.options, *users.split())
    start = one_node_cluster if cluster else redis.running
    with start(*options, tls=True) as running:
        yield running


@pytest.fixture
def server(started: redis.Server) -> redis.Server:
    """Takes the first token."""
    with inside(started) as client:
        client.execute_command("ACL SETUSER", "default", "on", "resetpass", f">{FIRST}")
        client.config_resetstat()
    return started


def inside(server: redis.Server) -> AbstractContextManager[Any]:
    return asking(server, ssl=True, ssl_cert_reqs="none", username="tester", password="any")


def check(cache: Cache, token: Token) -> None:
    async def ask() -> None:
        async with ValkeyLimiter(cache, token=token) as limiter:
            await limiter.check()

    asyncio.run(ask())


def test_the_instances_own_authority_is_enough(server: redis.Server, own: Authority, cluster: bool) -> None:
    check(settings(server, ca=own.pem, cluster=cluster), Token())


def test_of_several_authorities_one_must_fit(
    server: redis.Server, own: Authority, cluster: bool, tmp_path: Path
) -> None:
    older = authority(tmp_path, "older")
    check(settings(server, ca=older.pem + own.pem, cluster=cluster), Token())


def test_an_authority_that_only_the_system_trusts_is_refused(
    server: redis.Server, own: Authority, cluster: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = tmp_path / "system.pem"
    system.write_text(own.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(system))
    token = Token()
    with pytest.raises(Unavailable, match=r"^valkey: \w+$"):
        check(settings(server, ca=authority(tmp_path, "other").pem, cluster=cluster), token)
    with inside(server) as client:
        assert "cmdstat_auth" not in client.info("commandstats")  # the token went nowhere


def test_a_wrong_password_is_told_without_the_password(
    server: redis.Server, own: Authority, cluster: bool
) -> None:
    with pytest.raises(Unavailable) as told:
        check(settings(server, ca=own.pem, cluster=cluster), Token("wrong-token"))
    assert "token" not in str(told.value)


def test_connections_are_made_anew_before_their_token_expires(
    server: redis.Server,
    own: Authority,
    cluster: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.1)
    token, key = Token(), a_key()

    async def ask() -> None:
        async with ValkeyLimiter(settings(server, ca=own.pem, cluster=cluster), token=token) as limiter:
            await limiter.check()
            # Nobody connects now: the limiter asks, the second time with the first token in its memory.
            asked = token.asked
            await until(lambda: token.asked >= asked + 2)
            with inside(server) as client:
                before = {one["id"] for one in client.client_list()} - {str(client.client_id())}
                assert before
                client.execute_command("ACL SETUSER", "default", f">{SECOND}")
                token.value = SECOND
                end = time.monotonic() + PATIENCE_S
                while before & {one["id"] for one in client.client_list()}:
                    assert time.monotonic() < end, "some connections still have the first token"
                    assert (await limiter.take(key, limit=10**6, period_s=ENDLESS_S)).allowed
                    await limiter.take(a_key(), limit=10, period_s=ENDLESS_S)
                    await asyncio.sleep(0.001)
                client.execute_command("ACL SETUSER", "default", f"<{FIRST}")
                await limiter.check()
                await limiter.take(a_key(), limit=10, period_s=ENDLESS_S)
                assert not before & {one["id"] for one in client.client_list()}

    asyncio.run(ask())
    assert [one for one in caplog.messages if "by itself" in one] == [], "meanwhile somebody was not counted"


def test_a_new_connection_takes_the_newest_token(server: redis.Server, own: Authority, cluster: bool) -> None:
    token = Token()

    async def ask() -> None:
        async with ValkeyLimiter(settings(server, ca=own.pem, cluster=cluster), token=token) as limiter:
            await limiter.check()
            with inside(server) as client:
                client.execute_command("ACL SETUSER", "default", "resetpass", f">{SECOND}")
                token.value = SECOND
                client.client_kill_filter(_type="normal", skipme=True)
            await asyncio.sleep(0.05)
            await limiter.check()

    asyncio.run(ask())


def test_a_slow_token_does_not_hold_up_the_process(server: redis.Server, own: Authority, cluster: bool) -> None:
    asked, gone_on, came = threading.Event(), threading.Event(), list[bool]()

    def slow() -> str:
        """Comes once the process has gone on."""
        asked.set()
        came.append(gone_on.wait(PATIENCE_S))
        return FIRST

    async def ask() -> None:
        async with ValkeyLimiter(settings(server, ca=own.pem, cluster=cluster), token=slow) as limiter:
            take = asyncio.create_task(limiter.take(a_key(), limit=10, period_s=ENDLESS_S))
            await until(asked.is_set)
            for _ in range(100):
                await asyncio.sleep(0)
            assert not take.done()
            gone_on.set()
            assert (await take).allowed

    asyncio.run(ask())
    assert all(came), "the process waited for the token"


def test_without_any_token_requests_are_counted_all_the_same(
    server: redis.Server, own: Authority, cluster: bool
) -> None:
    def none() -> str:
        raise OSError("no metadata server")

    async def ask() -> None:
        async with ValkeyLimiter(settings(server, ca=own.pem, cluster=cluster), token=none) as limiter:
            key = a_key()
            verdicts = [await limiter.take(key, limit=3, period_s=ENDLESS_S) for _ in range(5)]
            assert [verdict.allowed for verdict in verdicts] == [True] * 3 + [False] * 2

    asyncio.run(ask())


def test_googles_token_is_fetched_once_and_renewed_when_it_grows_old(
    server: redis.Server, own: Authority, cluster: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Identity(Credentials):
        refreshed = 0
        life = datetime.timedelta(hours=1)

        def refresh(self, request: object) -> None:
            self.refreshed += 1
            self.token, self.expiry = FIRST, datetime.datetime.now(datetime.UTC).replace(tzinfo=None) + self.life

    identity = Identity()  # type: ignore[no-untyped-call]
    monkeypatch.setattr("google.auth.default", lambda scopes: (identity, "a-project"))

    async def ask() -> None:
        async with ValkeyLimiter(settings(server, ca=own.pem, cluster=cluster)) as limiter:
            for _ in range(3):
                await limiter.check()
                with inside(server) as client:
                    client.client_kill_filter(_type="normal", skipme=True)
                await asyncio.sleep(0.05)

    asyncio.run(ask())
    assert identity.refreshed == 1
    identity.life, identity.token = datetime.timedelta(minutes=3), None
    asyncio.run(ask())
    assert identity.refreshed >= 4
