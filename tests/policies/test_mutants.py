"""Unsafe edits of our own stacks are caught, each by the policy it names and by no unrelated one."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from functools import cache

import pytest

from plan.plan import Plan
from policies.engine.pack import packs
from policies.engine.policy import Policy
from policies.engine.run import evaluate
from tests.policies import mutants
from tests.policies.mutation import ALL, Mutant
from tests.policies.surroundings import TODAY
from tests.stacks.planned import planned

for module in pkgutil.walk_packages(mutants.__path__, f"{mutants.__name__}."):
    importlib.import_module(module.name)

POLICIES = [policy for pack in packs() for policy in pack.policies]


def told(plan: Plan) -> Counter[tuple[str, str, str]]:
    """(policy, resource, message) of every finding."""
    return Counter(
        (one.policy.id, one.resource.urn, one.message) for one in evaluate(plan, POLICIES, today=TODAY).findings
    )


@cache
def before(stack: str) -> Counter[tuple[str, str, str]]:
    return told(planned(stack))


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one.policy}-{one.name}")
def test_an_unsafe_edit_is_caught_by_its_policy_and_no_unrelated_one(one: Mutant) -> None:
    new = told(one.plan) - before(one.stack)
    caught = {policy for policy, _, _ in new}
    assert one.policy in caught, f"{one.policy} does not see it; seen by {sorted(caught)}"
    unrelated = caught - {one.policy} - one.also
    assert not unrelated, f"also seen by {[line for line in new if line[0] in unrelated]}"


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_every_policy_has_a_mutant_that_it_must_catch(policy: Policy) -> None:
    assert any(one.policy == policy.id for one in ALL), (
        f"no edit of the reference stacks is caught by {policy.id}: add one in tests/policies/mutants/"
    )


def test_every_mutant_has_a_name_of_its_own() -> None:
    twice = [key for key, n in Counter((one.policy, one.name) for one in ALL).items() if n > 1]
    assert not twice
