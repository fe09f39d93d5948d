"""Delivery: Google's ranges, and thresholds that follow from attempts, pauses and retention."""

from __future__ import annotations

from typing import Any

import pytest

from components.errors import ComponentError
from components.messaging.delivery import STANDARD, Delivery, tolerable_failures
from tests.components.messaging.parts import is_refused


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("attempts", 4),
        ("attempts", 101),
        ("min_backoff_s", -1),
        ("max_backoff_s", 601),
        ("retention_s", 599),
        ("retention_s", 2_678_401),
    ],
)
def test_a_value_that_google_refuses_is_refused_by_name(argument: str, value: int) -> None:
    given: dict[str, Any] = {argument: value}
    with pytest.raises(ComponentError) as error:
        Delivery(**given)
    is_refused(error, argument, str(value), "https://cloud.google.com/pubsub")


def test_a_pause_cannot_begin_above_its_maximum() -> None:
    with pytest.raises(ComponentError) as error:
        Delivery(min_backoff_s=60, max_backoff_s=30)
    is_refused(error, "min_backoff_s", "max_backoff_s")


def test_a_message_is_stuck_when_every_attempt_would_have_run_out() -> None:
    # Five attempts of 60 s, and pauses of 10, 20, 40 and 80 s between them.
    assert STANDARD.stuck_after_s(60) == 5 * 60 + 150


def test_a_message_is_stuck_at_half_of_its_retention_at_the_latest() -> None:
    assert Delivery(attempts=100, retention_s=600).stuck_after_s(600) == 300


@pytest.mark.parametrize("attempts", [5, 10, 20, 100])
def test_a_tolerable_share_of_failures_loses_at_most_one_message_in_a_thousand(attempts: int) -> None:
    share = tolerable_failures(attempts)
    assert share <= 0.5
    assert share**attempts <= 0.0012
