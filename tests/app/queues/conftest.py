"""Queues that Pub/Sub may answer as late as it likes, unless a test says how late."""

from __future__ import annotations

import pytest

from app.queues import pubsub
from tests.app.patience import PATIENCE_S


@pytest.fixture(autouse=True)
def _pubsub_may_be_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubsub, "ANSWER_S", PATIENCE_S)
