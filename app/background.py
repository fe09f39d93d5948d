"""How work beside the requests ends."""

from __future__ import annotations

import asyncio
from typing import Any

AGAIN_S = 0.5


async def end(task: asyncio.Task[Any]) -> None:
    """Cancels it, and returns when it is over.

    A cancellation can get lost, and a loop goes on: `asyncio.wait_for`, by which redis-py sends, swallows one that
    comes just when it is done (before Python 3.12: https://github.com/python/cpython/issues/86296).
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN_S)
