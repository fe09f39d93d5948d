"""What life-cycle rules leave of a bucket, against a calendar that is lived through day by day."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from analysis.stores.buckets import BUCKET, live_days, old_versions_go, version_days
from analysis.value import Value
from plan.plan import Resource

DAYS = 40
few = st.integers(1, 12)
conditions = st.fixed_dictionaries(
    {},
    optional={
        "age": few,
        "withState": st.sampled_from(["LIVE", "ARCHIVED", "ANY"]),
        "daysSinceNoncurrentTime": few,
        "numNewerVersions": st.integers(1, 3),
        "matchesPrefixes": st.just(["tmp/"]),
    },
)
rules = st.lists(
    st.fixed_dictionaries(
        {"action": st.sampled_from([{"type": "Delete"}, {"type": "SetStorageClass"}]), "condition": conditions}
    ),
    max_size=4,
)


def _bucket(lifecycle: list[dict[str, Any]]) -> Value:
    inputs = {"versioning": {"enabled": True}, "lifecycleRules": lifecycle}
    one = Resource(
        urn=f"urn:pulumi:s::p::{BUCKET}::b", type=BUCKET, name="b", custom=True, parent=None, inputs=inputs
    )
    return Value.of(one)


def _takes(rule: dict[str, Any], *, age: int, old: int | None, newer: int) -> bool:
    """Whether the rule deletes an object of `recordings/`, `age` days old and noncurrent for `old` days."""
    condition = rule["condition"]
    state = condition.get("withState", "ANY")
    return (
        rule["action"]["type"] == "Delete"
        and bool(condition)
        and (state == "ANY" or (state == "LIVE") is (old is None))
        and age >= condition.get("age", 0)
        and (old is not None or "daysSinceNoncurrentTime" not in condition)
        and (old or 0) >= condition.get("daysSinceNoncurrentTime", 0)
        and newer >= condition.get("numNewerVersions", 0)
        and "matchesPrefixes" not in condition
    )


@given(rules)
def test_a_replaced_version_stays_as_long_as_it_is_said(lifecycle: list[dict[str, Any]]) -> None:
    # Rules that take live objects too shorten nothing: what they take was due.
    archived = [rule for rule in lifecycle if rule["condition"].get("withState") == "ARCHIVED"]

    def stays(replaced_at: int) -> float:
        for day in range(DAYS):
            if any(_takes(rule, age=replaced_at + day, old=day, newer=1) for rule in archived):
                return day
        return math.inf

    assert version_days(_bucket(lifecycle)) == min(stays(age) for age in range(DAYS))


@given(rules)
def test_an_object_that_nobody_touches_is_gone_when_it_is_said(lifecycle: list[dict[str, Any]]) -> None:
    # A rule without an age takes what was written just now; nobody writes one, and it is not relied on.
    aged = [rule for rule in lifecycle if "age" in rule["condition"]]
    gone = [day for day in range(DAYS) if any(_takes(rule, age=day, old=None, newer=0) for rule in aged)]
    assert live_days(_bucket(lifecycle)) == (gone[0] if gone else math.inf)


@given(rules)
def test_old_versions_go_where_a_rule_takes_one_some_day(lifecycle: list[dict[str, Any]]) -> None:
    written = [rule for rule in lifecycle if rule["condition"]]
    taken = any(_takes(rule, age=DAYS, old=DAYS, newer=DAYS) for rule in written)
    assert old_versions_go(_bucket(written)) is taken
