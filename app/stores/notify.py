"""Updates of jobs between instances, by Postgres' LISTEN and NOTIFY (`ports.Updates`).

They need a session of their own: a connection pooler between app and server must not share it.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Self

from app.background import end
from app.ports import Unavailable
from app.stores.postgres import Postgres
from app.stores.updates import LocalUpdates
from app.telemetry.logs import log

CHANNEL = "jobs"
RECONNECT_S = 5.0


class PostgresUpdates(LocalUpdates):
    """Also hears what other instances tell, by one connection; while it is lost, they are not heard."""

    def __init__(self, database: Postgres, *, hear: bool) -> None:
        super().__init__()
        self._database, self._hear = database, hear
        self._ear: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._hear:
            self._ear = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._ear:
            await end(self._ear)

    async def changed(self, job_id: str) -> None:
        with suppress(Unavailable):
            await self._database.fetchrow("SELECT pg_notify($1, $2)", CHANNEL, job_id)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._database.listening(CHANNEL) as heard:
                    while (job_id := await heard.get()) is not None:
                        await super().changed(job_id)
            except Unavailable as error:
                log(logging.WARNING, "updates are not heard", reason=str(error))
            await asyncio.sleep(RECONNECT_S)
