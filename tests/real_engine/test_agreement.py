"""The embedded engine and the real one plan the same thing (what that means: docs/verification.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan.sources import preview_json
from plan.sources.agreement import differences
from tests.real_engine.rehearsal import needs_real_engine, project_copy, real_preview
from tests.stacks.planned import STACKS, planned


@needs_real_engine
@pytest.mark.parametrize("stack", STACKS)
def test_the_real_engine_plans_what_the_embedded_one_plans(stack: str, tmp_path: Path) -> None:
    real = preview_json.read(real_preview(project_copy(tmp_path), stack))
    found = differences(planned(stack), real)
    assert not found, f"{len(found)} differences:\n" + "\n".join(found[:40])
