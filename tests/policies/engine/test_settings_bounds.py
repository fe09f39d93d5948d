"""Every setting of every policy has bounds: no absurd value is taken for one that was meant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from policies.engine.configuration import Configuration, PolicyConfigError
from policies.engine.pack import packs
from policies.engine.policy import Policy
from policies.engine.settings_schema import properties_of

POLICIES = [policy for pack in packs() for policy in pack.policies]
SETTINGS = [
    (policy, key, schema)
    for policy in POLICIES
    for key, schema in properties_of(policy.settings).items()
    if key != "enforcementLevel"
]
settings = pytest.mark.parametrize(
    ("policy", "key", "schema"), SETTINGS, ids=[f"{policy.id}.{key}" for policy, key, _ in SETTINGS]
)


def configured(policy: Policy, key: str, value: Any) -> Configuration:
    return Configuration.of_json({policy.id: {key: value}}, POLICIES)


def _least(schema: dict[str, Any]) -> Any:
    return schema.get("minimum", schema.get("exclusiveMinimum"))


def _outside(schema: dict[str, Any]) -> Iterator[Any]:
    """Values that no setting of this kind may have."""
    yield from (None, {"a": 1}, [[1]])
    match schema["type"]:
        case "integer" | "number":
            least, most = _least(schema), schema["maximum"]
            yield from (least - 1, most + 1, -(10**30), 10**30, "5", True, float("nan"), float("inf"))
            if "exclusiveMinimum" in schema:
                yield schema["exclusiveMinimum"]
        case "boolean":
            yield from (0, 1, "yes", "")
        case "string":
            yield from ("", "x" * 10_000, 5)
        case "array":
            yield from ([""], [5], [None], ["x" * 10_000], [str(number) for number in range(100_000)], "x")


@settings
def test_a_number_has_a_least_and_a_most(policy: Policy, key: str, schema: dict[str, Any]) -> None:
    assert schema["type"] in {"integer", "number", "boolean", "string", "array"}
    if schema["type"] in {"integer", "number"}:
        least = _least(schema)
        assert least is not None, f"{policy.id}.{key} has no least"
        assert least >= 0
        assert least <= schema["default"] <= schema["maximum"] <= 100_000


@settings
def test_a_text_has_a_longest(policy: Policy, key: str, schema: dict[str, Any]) -> None:
    text = schema["items"] if schema["type"] == "array" else schema
    if text.get("type") == "string" and "enum" not in text:
        assert text["minLength"] >= 1
        assert text["maxLength"] <= 1000
    if schema["type"] == "array" and "enum" not in text:
        assert schema["maxItems"] <= 1000


@settings
def test_a_value_out_of_bounds_is_refused(policy: Policy, key: str, schema: dict[str, Any]) -> None:
    for value in _outside(schema):
        with pytest.raises(PolicyConfigError):
            configured(policy, key, value)


@settings
def test_the_default_may_be_written_out(policy: Policy, key: str, schema: dict[str, Any]) -> None:
    written = json.loads(json.dumps(schema["default"]))
    assert configured(policy, key, written).of(policy) == policy.settings()


@pytest.mark.parametrize(
    "policy", [policy for policy, key, _ in SETTINGS if key == "flags"], ids=lambda one: one.id
)
@pytest.mark.parametrize("flags", [[], ["log_conections"], ["pgaudit.log", "x"]])
def test_a_name_that_a_policy_does_not_know_switches_nothing_off(policy: Policy, flags: list[str]) -> None:
    with pytest.raises(PolicyConfigError, match="flags is refused"):
        configured(policy, "flags", flags)
