"""Requests counted in this process alone; also the windows in which app/caches/valkey.py spends its leases."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Self

from app.ports import Verdict

MOST_KEYS = 50_000
"""Some 20 MB. Whoever makes more keys than that in one window makes the oldest start again from zero."""
LONGEST_KEY = 100


@dataclass(slots=True)
class Window:
    """What one key may still do until `ends`: `left` in this process, `elsewhere` in a shared count."""

    ends: float
    left: int
    elsewhere: int
    asking: asyncio.Task[None] | None = None

    def spend(self) -> Verdict:
        """Counts one request."""
        if self.left > 0:
            self.left -= 1
            return Verdict(True, self.left + self.elsewhere)
        return Verdict(False, 0, max(1, math.ceil(self.ends - time.time())))


class MemoryLimiter:
    """`ports.Limiter` for one process. A window begins when the clock's seconds are a multiple of the period."""

    def __init__(self, most: int = MOST_KEYS) -> None:
        self._most = most
        self._windows: OrderedDict[str, Window] = OrderedDict()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def check(self) -> None:
        """Memory always answers."""

    async def take(self, key: str, *, limit: int, period_s: int) -> Verdict:
        """Counts one request; a key always comes with the same limit and period."""
        return self.window(key, period_s, left=limit).spend()

    def window(self, key: str, period_s: int, *, left: int = 0, elsewhere: int = 0) -> Window:
        """The key's current window; a new one begins with `left` and `elsewhere`."""
        key = key if len(key) <= LONGEST_KEY else digest(key)
        now = time.time()
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            self._windows.pop(key, None)
            if len(self._windows) >= self._most:
                self._windows.popitem(last=False)
            window = self._windows[key] = Window((now // period_s + 1) * period_s, left, elsewhere)
        return window


def digest(key: str) -> str:
    """Stands for a key of any length and characters, and tells nothing about it."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
