"""The reference stacks keep every policy, and all of it could be looked at or is told as not looked at."""

from __future__ import annotations

import pytest

from policies.engine.pack import packs
from policies.engine.run import evaluate
from tests.policies.surroundings import TODAY
from tests.stacks.planned import STACKS, planned

POLICIES = [policy for pack in packs() for policy in pack.policies]


@pytest.mark.parametrize("stack", STACKS)
def test_a_reference_stack_violates_nothing(stack: str) -> None:
    found = evaluate(planned(stack), POLICIES, today=TODAY).findings
    assert not found, "\n".join(f"{one.policy.id}: {one.resource.name}: {one.message}" for one in found)
