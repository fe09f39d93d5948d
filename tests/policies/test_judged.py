"""Every policy on fixtures: what is good passes, what is bad is told, what is not known is told as that."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import pytest

from plan.plan import Plan
from policies.engine.pack import packs
from policies.engine.policy import Policy
from tests.policies import judged
from tests.policies.judgement import ALL, KINDS, PASSED, Judged, Program, verdicts
from tests.policies.surroundings import plan_of

for module in pkgutil.walk_packages(judged.__path__, f"{judged.__name__}."):
    importlib.import_module(module.name)

POLICIES = [policy for pack in packs() for policy in pack.policies]


@cache
def planned(program: Program) -> Plan:
    return plan_of(program)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_policy_judges_its_fixture_as_expected(case: Judged) -> None:
    plan = planned(case.program)
    known = {one.name for one in plan} | {"stack"}
    assert case.expected.keys() <= known, f"the fixture makes no {set(case.expected) - known}"
    said = verdicts(case.policy, plan)
    for name, verdict in case.expected.items():
        assert said.get(name, PASSED) is verdict, f"{case.policy.id} on '{name}': {said.get(name, PASSED).value}"
    unexpected = {name: verdict.value for name, verdict in said.items() if name not in case.expected}
    assert not unexpected, f"say what these must get: {unexpected}"


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_every_policy_has_a_case_of_each_kind(policy: Policy) -> None:
    found = {kind for case in ALL if case.policy is policy for kind in case.kinds}
    missing = set(KINDS) - found
    assert not missing, (
        f"{policy.id} ({policy.module}) has no case named {sorted(missing)}: add one in tests/policies/judged/, "
        f"or say why there can be none: @judged(policy, {{…}}, {next(iter(sorted(missing)))}='…')"
    )
