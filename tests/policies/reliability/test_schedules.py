"""How soon a schedule comes round, against the minutes of two days."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.reliability.tasks.schedules import is_soon_again

HOURS, MINUTES = 48, 60


def _due(field: str, value: int) -> bool:
    start, _, step = field.partition("/")
    if start == "*":
        return value % int(step or 1) == 0
    return value in {int(one) for one in start.split(",")}


steps = st.integers(1, 59).map(lambda step: f"*/{step}")
minutes = st.just("*") | steps | st.lists(st.integers(0, 59).map(str), min_size=1, max_size=4).map(",".join)
hours = st.just("*") | st.integers(1, 23).map(lambda step: f"*/{step}") | st.integers(0, 23).map(str)


@given(minutes, hours)
def test_what_is_said_to_come_soon_comes_soon(minute: str, hour: str) -> None:
    times = [60 * h + m for h in range(HOURS) for m in range(MINUTES) if _due(hour, h % 24) and _due(minute, m)]
    longest = max((after - before for before, after in pairwise(times)), default=10**6)
    if is_soon_again(f"{minute} {hour} * * *"):
        assert longest <= 15
    # Lists of minutes are not looked into: they are taken for seldom.
    elif minute.startswith("*") and hour == "*":
        assert longest > 15


@pytest.mark.parametrize(
    "schedule", ["*/5 * * * 1-5", "*/5 * 1 * *", "* * * 6 *", "every 16 minutes", "", "*", "x"]
)
def test_what_rests_on_some_days_is_not_soon(schedule: str) -> None:
    assert not is_soon_again(schedule)
