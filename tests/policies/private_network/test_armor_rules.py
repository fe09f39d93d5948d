"""Who gets through a Cloud Armor policy, compared with walking its rules for one address of each part of IPv4."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.value import NotKnown, Value
from plan.plan import Resource
from policies.private_network.load_balancer.armor_rules import admission, admits_everybody, refused_attacks

PARTS = [f"{first}.0.0.0/3" for first in range(0, 256, 32)]
"""Eighths of IPv4."""
RANGES = {
    "*": set(range(8)),
    "0.0.0.0/0": set(range(8)),
    "0.0.0.0/1": set(range(4)),
    "128.0.0.0/1": set(range(4, 8)),
    "64.0.0.0/2": {2, 3},
    **{text: {number} for number, text in enumerate(PARTS)},
    # Less than a part is nothing here.
    "192.0.2.0/24": set(),
}


def rules_as(given_rules: list[dict[str, Any]]) -> list[Value]:
    resource = Resource(urn="urn:x", type="t", name="x", custom=True, parent=None, inputs={"rules": given_rules})
    return list(Value.of(resource)["rules"].items())


def _rule(priority: int, action: str, preview: bool, ranges: list[str]) -> dict[str, Any]:
    return {
        "priority": priority,
        "action": action,
        "preview": preview,
        "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ranges}},
    }


rule_lists = st.lists(
    st.builds(
        _rule,
        st.integers(0, 50),
        st.sampled_from(["allow", "allow", "deny(403)", "throttle"]),
        st.booleans(),
        st.lists(st.sampled_from(sorted(RANGES)), min_size=1, max_size=4),
    ),
    max_size=8,
    unique_by=lambda one: one["priority"],
)


def _walked(found: list[dict[str, Any]], *, counted_is_open: bool) -> bool:
    """Whether every part of IPv4 comes to be allowed before a rule that ends the walk."""
    allowed: set[int] = set()
    for one in sorted((one for one in found if not one["preview"]), key=lambda one: one["priority"]):
        ranges = one["match"]["config"]["srcIpRanges"]
        parts = set().union(*(RANGES[text] for text in ranges))
        if one["action"] == "throttle" and not counted_is_open:
            return False
        if one["action"] in ("allow", "throttle"):
            allowed |= parts
            if len(allowed) == len(PARTS):
                return True
        elif "*" in ranges:
            return False
    return True


@given(rule_lists)
def test_admission_is_what_walking_the_rules_says(found: list[dict[str, Any]]) -> None:
    assert admission(rules_as(found)).is_open is _walked(found, counted_is_open=False)
    assert admits_everybody(rules_as(found)) is _walked(found, counted_is_open=True)


def attacks(expression: str, **more: Any) -> set[str]:
    (rule,) = rules_as([{"action": "deny(403)", "match": {"expr": {"expression": expression}}, **more}])
    return set(refused_attacks(rule))


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("evaluatePreconfiguredWaf('sqli-v33-stable')", {"sqli"}),
        ("evaluatePreconfiguredExpr('xss-stable', ['owasp-crs-v030001-id941150-xss'])", {"xss"}),
        (
            "evaluatePreconfiguredWaf('sqli-v33-stable') || evaluatePreconfiguredWaf('xss-v33-stable')",
            {"sqli", "xss"},
        ),
        ("evaluatePreconfiguredWaf('sqli-v33-stable') && evaluatePreconfiguredWaf('xss-v33-stable')", set()),
        (
            "(evaluatePreconfiguredWaf('sqli-a') || evaluatePreconfiguredWaf('xss-a')) && request.path != '/x'",
            {"sqli", "xss"},
        ),
        ("evaluatePreconfiguredWaf('sqli-a') && request.headers['host'] == 'a.example.com'", set()),
        ("evaluatePreconfiguredWaf('sqli-a') && !request.path.matches('/upload/.*')", {"sqli"}),
        ("!evaluatePreconfiguredWaf('sqli-a')", set()),
        ("evaluatePreconfiguredWaf('sqli-a', {'sensitivity': 0})", set()),
        ("evaluatePreconfiguredWaf('sqli-a', {'sensitivity': 0, 'opt_in_rule_ids': ['x']})", {"sqli"}),
        ("evaluatePreconfiguredWaf('cve-canary', {'sensitivity': 3})", {"cve"}),
        ("origin.region_code == 'XX'", set()),
    ],
)
def test_the_attacks_that_an_expression_refuses_everywhere(expression: str, found: set[str]) -> None:
    assert attacks(expression) == found
    assert attacks(expression, preview=True) == set()
    assert attacks(expression, action="allow") == set()


@given(st.text(max_size=60))
def test_no_expression_raises_anything_but_not_known(expression: str) -> None:
    with contextlib.suppress(NotKnown):
        attacks(expression)
