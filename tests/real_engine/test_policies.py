"""The packs find in a real preview what they find in the plan that was made without an account."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from plan.plan import Plan
from policies.engine.analyzer import NOT_EVALUATED
from policies.engine.pack import NAMES, packs
from policies.engine.run import evaluate
from tests.policies.open_databases import databases
from tests.policies.surroundings import plan_of
from tests.real_engine.rehearsal import needs_real_engine, project_copy, real_policy_events
from tests.stacks.planned import ROOT, planned

pytestmark = needs_real_engine
PACKS = [ROOT / "policies" / name for name in NAMES]
POLICIES = [policy for pack in packs() for policy in pack.policies]
Said = set[tuple[str, str, str]]


def in_process(plan: Plan) -> Said:
    found = evaluate(plan, POLICIES)
    said = {(one.policy.id, one.resource.urn, one.message) for one in found.findings}
    return said | {(one.policy.id, one.resource.urn, f"{NOT_EVALUATED}: {one.why}") for one in found.not_evaluated}


def in_the_engine(events: Iterable[dict[str, Any]]) -> Said:
    return {
        (one["policyName"], one["resourceUrn"], one["message"].partition("\nwhy: ")[0].strip()) for one in events
    }


@pytest.mark.parametrize("stack", ["prod", "staging"])
def test_a_real_preview_of_a_reference_stack_gets_the_same_findings(stack: str, tmp_path: Path) -> None:
    events = real_policy_events(project_copy(tmp_path), stack, PACKS, codes=(0,))
    assert in_the_engine(events) == in_process(planned(stack))


def test_a_real_preview_of_an_open_stack_fails_with_the_same_findings(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(
        f"name: demo\nruntime:\n  name: python\n  options:\n    virtualenv: {ROOT / '.venv'}\n"
    )
    (tmp_path / "Pulumi.prod.yaml").write_text("config:\n  gcp:project: demo\n  gcp:region: europe-west1\n")
    (tmp_path / "__main__.py").write_text("from tests.policies.open_databases import databases\n\ndatabases()\n")
    # A mandatory policy is violated.
    events = real_policy_events(tmp_path, "prod", PACKS, codes=(1, 255))
    expected = in_process(plan_of(databases))
    assert expected
    # What the provider adds is there in the engine: "is true" in the place of "is left out, which means true".
    assert {said[:2] for said in in_the_engine(events)} == {said[:2] for said in expected}
