"""Postgres by asyncpg: a pool on a URL, or on a Cloud SQL instance, privately and with an IAM token."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Self

import asyncpg  # type: ignore[import-untyped]

from app.ports import Conflict, Unavailable
from app.settings import Database as Settings

CONNECT_S = 10
ANSWER_S = 5
IDLE_S = 300


async def connect(stack: AsyncExitStack, settings: Settings) -> Any:
    """Makes connections, one at each call; the Cloud SQL connector closes with `stack`."""
    if settings.url:

        async def by_url(*_: object, **options: Any) -> Any:
            return await asyncpg.connect(settings.url, timeout=CONNECT_S, **options)

        return by_url
    from google.cloud.sql.connector import Connector  # noqa: PLC0415  # heavy, and only for Cloud SQL

    # "lazy": on Cloud Run no background task could refresh a certificate between requests.
    connector = Connector(loop=asyncio.get_running_loop(), refresh_strategy="lazy", timeout=CONNECT_S)
    await stack.enter_async_context(connector)

    async def by_instance(*_: object, **options: Any) -> Any:
        try:
            return await connector.connect_async(
                settings.instance,
                "asyncpg",
                user=settings.user,
                db=settings.database,
                enable_iam_auth=True,
                ip_type="private",
                **options,
            )
        except Exception as error:  # noqa: BLE001, RUF100  # it asks for tokens and certificates by three libraries
            raise Unavailable(f"Cloud SQL: {type(error).__name__}") from error

    return by_instance


class Postgres:
    """At most DATABASE_POOL connections, made when they are needed: the server may come later, go and come back.

    Not asyncpg's own pool: that costs a statement 55 µs where the statement itself takes 35 (`make bench`).
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self._slots = asyncio.Semaphore(settings.pool)
        self._idle: list[tuple[float, Any]] = []
        self._connect: Any = None

    async def __aenter__(self) -> Self:
        self._connect = await connect(self._stack, self._settings)
        return self

    async def __aexit__(self, *_: object) -> None:
        while self._idle:
            self._idle.pop()[1].terminate()
        await self._stack.aclose()

    async def fetch(self, sql: str, *values: object) -> Sequence[Mapping[str, Any]]:
        rows: Sequence[Mapping[str, Any]] = await self._run("fetch", sql, values)
        return rows

    async def fetchrow(self, sql: str, *values: object) -> Mapping[str, Any] | None:
        row: Mapping[str, Any] | None = await self._run("fetchrow", sql, values)
        return row

    async def _run(self, method: str, sql: str, values: Sequence[object]) -> Any:
        with _translated():
            connection = await self._taken()
            try:
                found = await getattr(connection, method)(sql, *values)
            except asyncpg.PostgresError:
                self._idle.append((time.monotonic(), connection))
                raise
            except BaseException:
                connection.terminate()  # nobody knows what it is in the middle of
                raise
            else:
                self._idle.append((time.monotonic(), connection))
                return found
            finally:
                self._slots.release()

    async def _taken(self) -> Any:
        if self._slots.locked():
            async with asyncio.timeout(ANSWER_S):
                await self._slots.acquire()
        else:
            await self._slots.acquire()
        while self._idle:
            used, connection = self._idle.pop()
            if not connection.is_closed():
                # One that was idle for long may be dead without knowing it.
                if time.monotonic() - used < IDLE_S:
                    return connection
                connection.terminate()
        try:
            return await self._connect(command_timeout=ANSWER_S)
        except BaseException:
            self._slots.release()
            raise

    async def check(self) -> None:
        await self.fetchrow("SELECT id FROM jobs LIMIT 1")

    @asynccontextmanager
    async def listening(self, channel: str) -> AsyncIterator[asyncio.Queue[str | None]]:
        """What is notified on `channel`, by a connection of its own; None once that connection is gone."""
        heard: asyncio.Queue[str | None] = asyncio.Queue()
        with _translated():
            connection = await self._connect()
        try:
            with _translated():
                connection.add_termination_listener(lambda _: heard.put_nowait(None))
                await connection.add_listener(channel, lambda *told: heard.put_nowait(str(told[-1])))
            yield heard
        finally:
            connection.terminate()


class _translated:  # noqa: N801  # a context manager; as a generator it would cost three times as much
    """Drivers' errors become Unavailable; the reason is a class name, never a message with data."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, asyncpg.IntegrityConstraintViolationError):
            raise Conflict(f"Postgres: {type(error).__name__}") from error
        if isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError | OSError | TimeoutError):
            raise Unavailable(f"Postgres: {type(error).__name__}") from error
