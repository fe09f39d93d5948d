"""What a stack may take for its own."""

from __future__ import annotations

import pytest

from plan.plan import Plan
from tests.stacks.planned import planned


@pytest.mark.parametrize("plan", [planned("staging"), planned("prod")], ids=["staging", "prod"])
def test_nothing_adopts_what_a_stranger_made(plan: Plan) -> None:
    """An account that somebody made before comes with that somebody's keys."""
    for one in plan:
        assert not one.get("createIgnoreAlreadyExists"), f"{one.urn}: `voicestack recover` tells how to take it in"
