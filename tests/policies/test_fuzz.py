"""No policy raises, whatever the values in a plan: the worst is 'not evaluated'."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plan.plan import Plan, Resource
from plan.sentinels import UNKNOWN, secret
from policies.engine.pack import packs
from policies.engine.run import evaluate
from tests.policies.judgement import ALL
from tests.policies.surroundings import plan_of
from tests.policies.test_judged import POLICIES as _JUDGED
from tests.stacks.planned import planned

POLICIES = [policy for pack in packs() for policy in pack.policies]
assert _JUDGED, "importing it registers every fixture"

texts = st.text(max_size=8) | st.sampled_from(
    [
        UNKNOWN,
        f"projects/{UNKNOWN}",
        "",
        "*",
        "0.0.0.0/0",
        "::/0",
        "300.1.1.1/99",
        "10.0.0.1/8",
        "allUsers",
        "user:",
        "serviceAccount:@",
        "roles/",
        "roles/owner",
        "-1s",
        "1e999s",
        "nan",
        "99999999999999999999",
        "{",
        '{"bindings": [{"members": 3}]}',
        "true",
        "2026-99-99T00:00:00Z",
        "${",
        "a/b/c/d/e/f",
        "/",
        "@",
        "latest",
    ]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
anything: st.SearchStrategy[Any] = st.recursive(
    scalars | st.just(secret()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@cache
def samples() -> tuple[Resource, ...]:
    """Up to three resources of each type that a stack of ours, or a fixture, has."""
    found: dict[str, list[Resource]] = {}
    plans = [planned("prod"), *(plan_of(case.program) for case in {case.program: case for case in ALL}.values())]
    for plan in plans:
        for one in plan:
            kept = found.setdefault(one.type, [])
            if len(kept) < 3 and one.urn not in {other.urn for other in kept}:
                kept.append(one)
    return tuple(one for kept in found.values() for one in kept)


def changed(value: Any, draw: Any) -> Any:
    """`value` with one place, at any depth, holding anything."""
    if isinstance(value, dict) and value and draw(st.integers(0, 3)):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: changed(value[key], draw)}
    if isinstance(value, list) and value and draw(st.integers(0, 3)):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], changed(value[place], draw), *value[place + 1 :]]
    return draw(anything)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_value_makes_a_policy_raise(data: st.DataObject) -> None:
    resources = list(samples())
    for place in data.draw(st.lists(st.integers(0, len(resources) - 1), min_size=5, max_size=40)):
        one = resources[place]
        inputs = changed(one.inputs, data.draw)
        resources[place] = dataclasses.replace(one, inputs=inputs if isinstance(inputs, dict) else {})
    plan = Plan.of(resources, project="demo", stack="prod", system="demo", outputs={})
    evaluate(plan, POLICIES)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_missing_resource_or_edge_makes_a_policy_raise(data: st.DataObject) -> None:
    kept = [
        dataclasses.replace(one, dependencies=[], propertyDependencies={}) if data.draw(st.booleans()) else one
        for one in samples()
        if data.draw(st.integers(0, 4))
    ]
    evaluate(Plan.of(kept, project="demo", stack="prod", system="demo", outputs={}), POLICIES)
