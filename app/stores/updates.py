"""Updates of jobs within one process (`ports.Updates`); between instances: notify.py."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self


class LocalUpdates:
    """Tells the listeners of this process."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Event]] = defaultdict(set)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def check(self) -> None: ...

    async def changed(self, job_id: str) -> None:
        for event in self._listeners.get(job_id, ()):
            event.set()

    @asynccontextmanager
    async def listen(self, job_id: str) -> AsyncIterator[asyncio.Event]:
        event = asyncio.Event()
        self._listeners[job_id].add(event)
        try:
            yield event
        finally:
            self._listeners[job_id].discard(event)
            if not self._listeners[job_id]:
                del self._listeners[job_id]
