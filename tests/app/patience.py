"""What tests wait with. None of them measures how long something takes: a machine that does other things may pause
for seconds, in whatever step."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

PATIENCE_S = 60.0
"""Only ends a test that hangs."""
FOR_EVER_S = 600.0
"""Whoever waits for this has not given up, which no pause can be taken for."""


async def until(condition: Callable[[], object]) -> None:
    """Waits for it to be true."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "this did not become true"
        await asyncio.sleep(0.01)
