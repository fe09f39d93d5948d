"""Requests counted in Valkey, for all instances together.

A round trip would cost more than most requests do, so an instance takes a lease, a twentieth of the limit at once,
and spends it by itself; what it does not spend lapses with the window. All together never allow more than the
limit, except while Valkey does not answer: then each counts by itself what was left.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Self

import google.auth
from google.auth.credentials import TokenState
from google.auth.transport.requests import Request
from redis.asyncio import Connection, Redis, RedisCluster, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.credentials import CredentialProvider

from app.background import end
from app.caches.memory import MemoryLimiter, Window, digest
from app.ports import Unavailable, Verdict
from app.settings import Cache
from app.telemetry.logs import log

LEASES = 20
AT_ONCE = 8  # leases asked for at the same time, and so connections
CONNECT_S, ANSWER_S, AGAIN_S = 1.0, 0.25, 3.0
TWICE = Retry(NoBackoff(), 1)
COUNT = "local n = redis.call('INCRBY', KEYS[1], ARGV[1]) redis.call('EXPIRE', KEYS[1], ARGV[2]) return n"


class ValkeyLimiter:
    """`ports.Limiter` in Valkey or Redis; `token` is asked for Memorystore's password, in a thread."""

    def __init__(self, settings: Cache, *, token: Callable[[], str] | None = None) -> None:
        self._settings = settings
        self._tokens = _Tokens(token) if settings.cache_ca else None
        self._client = self._connection()
        self._leases = MemoryLimiter()
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._down = False

    async def __aenter__(self) -> Self:
        self._keeper = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *_: object) -> None:
        await end(self._keeper)
        await self._client.aclose()

    async def check(self) -> None:
        """A ping."""
        async with _answered(CONNECT_S + ANSWER_S):
            await self._client.ping()

    async def take(self, key: str, *, limit: int, period_s: int) -> Verdict:
        """Counts one request; a key always comes with the same limit and period."""
        window = self._leases.window(key, period_s, elsewhere=limit)
        while window.left <= 0 < window.elsewhere:
            if self._down:
                window.left, window.elsewhere = window.elsewhere, 0
                break
            window.asking = window.asking or asyncio.create_task(self._ask(window, key, limit, period_s))
            await asyncio.wait([window.asking])  # who is cancelled here leaves the lease to the others
        return window.spend()

    async def _ask(self, window: Window, key: str, limit: int, period_s: int) -> None:
        name, wanted = f"limit:{digest(key)}:{window.ends:.0f}", max(1, limit // LEASES)
        try:
            async with self._at_once, _answered(0 if self._down else CONNECT_S + ANSWER_S):
                counted = int(await self._client.eval(COUNT, 1, name, wanted, 2 * period_s))
            window.left = max(0, min(wanted, limit - counted + wanted))
            window.elsewhere = max(0, limit - counted)
        except Unavailable as error:
            if not self._down:
                log(logging.WARNING, "each instance counts requests by itself", reason=str(error))
            self._down = True
        finally:
            window.asking = None

    async def _keep(self) -> None:
        """Connects anew while Valkey is down, and with each new token, so that no connection outlives its own."""
        used = None
        while True:
            with suppress(Unavailable):
                async with _answered(3 * AGAIN_S):
                    token = await self._tokens.get_credentials_async() if self._tokens else None
                    if self._down or (used and token != used):
                        old, self._client = self._client, self._connection()
                        await asyncio.sleep(ANSWER_S)  # the old one's last answers
                        await old.aclose()
                        await self._client.ping()
                        if self._down:
                            log(logging.INFO, "requests are counted together again")
                        self._down = False
                    used = token
            await asyncio.sleep(AGAIN_S)

    def _connection(self) -> Redis | RedisCluster:
        at, ca = self._settings, self._settings.cache_ca
        options: dict[str, Any] = {"host": at.cache_host, "port": at.cache_port, "protocol": 2}
        options |= {"socket_connect_timeout": CONNECT_S, "socket_timeout": ANSWER_S, "retry": TWICE}
        options |= {"ssl": bool(ca), "ssl_ca_data": ca or None, "credential_provider": self._tokens}
        if not at.cache_cluster:
            client = Redis(**options)
            client.connection_pool.connection_class = _OneAuthority if ca else Connection
            return client
        cluster = RedisCluster(**options)
        for node in cluster.startup_nodes if ca else ():
            node.connection_class = cluster.connection_kwargs["connection_class"] = _OneAuthority
        return cluster


class _OneAuthority(SSLConnection):
    """Trusts `ssl_ca_data` alone, where redis-py would add the system's authorities.

    Memorystore's certificates need not name the address: the authority is the instance's own, and so identifies it
    (https://cloud.google.com/memorystore/docs/valkey/about-in-transit-encryption).
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.ssl_context.context = ssl.create_default_context(cadata=self.ca_data)
        self.ssl_context.context.check_hostname = False


class _Tokens(CredentialProvider):
    """The password of each new connection."""

    def __init__(self, token: Callable[[], str] | None) -> None:
        self._token = token or self._google_token
        self._google: Any = None

    async def get_credentials_async(self) -> tuple[str]:
        return (await asyncio.to_thread(self._token),)

    def _google_token(self) -> str:
        if self._google is None:
            self._google, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
        if self._google.token_state is not TokenState.FRESH:  # fresh ones are good for some minutes at least
            self._google.refresh(Request())
        return str(self._google.token)


@asynccontextmanager
async def _answered(within_s: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(within_s):
            yield
    except Exception as error:  # of any kind: a driver's mistake must not refuse requests either
        raise Unavailable(f"valkey: {type(error).__name__}") from None
