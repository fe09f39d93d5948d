"""The page that teaches to add a system is a program that works."""

from __future__ import annotations

import re
from pathlib import Path

from plan.engine.run import plan_stack
from tests.stacks.planned import ROOT


def test_the_system_on_the_page_can_be_planned_as_written(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "new-system.md").read_text(encoding="utf-8")
    (project,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    stack = (ROOT / "Pulumi.staging.yaml").read_text(encoding="utf-8").replace("voicestack:", "demo:")
    folder = tmp_path / "stacks" / "demo"
    folder.mkdir(parents=True)
    (tmp_path / "app").symlink_to(ROOT / "app")
    (tmp_path / "stacks" / "voicestack").symlink_to(ROOT / "stacks" / "voicestack")
    (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    (folder / "Pulumi.yaml").write_text(project)
    (folder / "Pulumi.staging.yaml").write_text(stack)
    (folder / "__main__.py").write_text(program)
    plan = plan_stack(tmp_path, "staging", system="demo")
    assert plan.of_type("gcp:cloudrunv2/service:Service")
    assert "url" in plan.outputs
