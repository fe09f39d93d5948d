"""A worker that stops lets each job that was cancelled be given back before its database closes."""

from __future__ import annotations

import asyncio

import pytest

from app.worker import push
from app.worker.push import InHand
from tests.app.patience import FOR_EVER_S, PATIENCE_S

JOB_ID = "0" * 32


async def stopped(in_hand: InHand, gives_back_s: float) -> list[str]:
    """What happened, in order, when a job was cancelled and the process ended."""
    told: list[str] = []

    async def handle(_: str) -> bool:
        try:
            await asyncio.sleep(FOR_EVER_S)
        except asyncio.CancelledError:
            await asyncio.sleep(gives_back_s)
            told.append("given back")
        return False

    in_hand._handle = handle
    async with in_hand:
        task = asyncio.create_task(in_hand(JOB_ID))
        await asyncio.sleep(0.01)
        task.cancel()
    told.append("closed")
    return told


async def nothing(_: str) -> bool:
    return True


def test_what_was_cancelled_is_given_back_before_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "GIVE_BACK_S", FOR_EVER_S)
    assert asyncio.run(stopped(InHand(nothing), 0.05)) == ["given back", "closed"]


def test_the_end_waits_no_longer_than_a_stop_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "GIVE_BACK_S", 0.05)
    assert asyncio.run(asyncio.wait_for(stopped(InHand(nothing), FOR_EVER_S), PATIENCE_S)) == ["closed"]


def test_without_jobs_the_end_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "GIVE_BACK_S", FOR_EVER_S)

    async def told() -> None:
        async with InHand(nothing) as in_hand:
            assert await in_hand(JOB_ID)

    asyncio.run(asyncio.wait_for(told(), PATIENCE_S))
