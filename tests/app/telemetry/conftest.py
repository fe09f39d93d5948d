"""Stops that send all that is left, however long it takes, unless a test says how long."""

from __future__ import annotations

import pytest

from app import telemetry
from tests.app.patience import PATIENCE_S


@pytest.fixture(autouse=True)
def _stops_take_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "STOP_S", PATIENCE_S)
