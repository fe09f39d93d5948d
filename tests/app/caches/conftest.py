"""Limiters that wait for Valkey as long as it takes, unless a test says how long."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from app.caches import valkey as module
from app.caches.valkey import ValkeyLimiter
from tests.app.caches.surroundings import Patience


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> Patience:
    """A limiter gives Valkey a quarter of a second, and counts by itself then: less than a machine that does other
    things may pause."""
    patience, connection, answered = Patience(), ValkeyLimiter._connection, module._answered

    def patient(limiter: ValkeyLimiter) -> Any:
        patience.connections += 1
        with monkeypatch.context() as patch:
            patch.setattr(module, "CONNECT_S", patience.seconds)
            patch.setattr(module, "ANSWER_S", patience.seconds)
            return connection(limiter)

    def noted(within_s: float) -> AbstractAsyncContextManager[None]:
        patience.waits[within_s] += 1
        return answered(within_s and patience.seconds)

    monkeypatch.setattr(ValkeyLimiter, "_connection", patient)
    monkeypatch.setattr(module, "_answered", noted)
    return patience
