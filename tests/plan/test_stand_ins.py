"""What a program looks up outside its stack: from the stack's stand-ins and told, or refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan.engine.run import plan_stack
from plan.errors import ConfigError, EngineError
from tests.plan.small_program import write

PROGRAM = """
import pulumi_gcp as gcp
other = pulumi.StackReference("acme/network/prod")
pulumi.export("vpc", other.require_output("vpc"))
pulumi.export("none", other.get_output("none").apply(str))
project = gcp.organizations.get_project(project_id="acme-one")
pulumi.export("number", project.number)
later = gcp.organizations.get_project_output(project_id=other.require_output("project"))
pulumi.export("other", later.number)
google = gcp.Provider("google", project="p", region="europe-west1")
network = gcp.compute.Network.get("network", "projects/p/global/networks/n", opts=pulumi.ResourceOptions(
    provider=google))
pulumi.export("mtu", network.mtu)
"""
FILE = """
stacks:
  acme/network/prod: { vpc: projects/p/global/networks/n, project: acme-two }
functions:
  - function: gcp:organizations/getProject:getProject
    arguments: { projectId: acme-two }
    result: { number: "22" }
  - function: gcp:organizations/getProject:getProject
    result: { number: "11" }
resources:
  - type: gcp:compute/network:Network
    id: projects/p/global/networks/n
    properties: { name: n, mtu: 1460 }
"""
STAND_INS = "stand-ins.dev.yaml"


def test_look_ups_are_answered_by_the_stand_ins_of_the_stack_and_told(tmp_path: Path) -> None:
    write(tmp_path, PROGRAM)
    (tmp_path / STAND_INS).write_text(FILE)
    told: list[str] = []
    plan = plan_stack(tmp_path, "dev", warn=told.append)
    assert plan.outputs == {
        "vpc": "projects/p/global/networks/n",
        "none": "None",
        "number": "11",
        "other": "22",
        "mtu": 1460,
    }
    assert len(told) == 3
    assert all(line.startswith(f"{STAND_INS} stands in for ") for line in told)
    for asked in ("acme/network/prod", "getProject", "projects/p/global/networks/n"):
        assert any(asked in line for line in told)
    reference = next(one for one in plan if one.name == "acme/network/prod")
    assert (reference.type, reference.inputs) == ("pulumi:pulumi:StackReference", {"name": "acme/network/prod"})


@pytest.mark.parametrize(
    ("program", "named"),
    [
        ("pulumi.StackReference('acme/network/prod')\n", "acme/network/prod"),
        ("import pulumi_gcp as gcp\ngcp.organizations.get_project()\n", "organizations/getProject"),
        ("import pulumi_gcp as gcp\ngcp.compute.Network.get('n', 'the-id')\n", "the-id"),
    ],
)
@pytest.mark.parametrize("of", [None, "prod"])
def test_a_look_up_without_a_stand_in_of_its_stack_is_refused_by_name(
    tmp_path: Path, program: str, named: str, of: str | None
) -> None:
    write(tmp_path, program)
    if of:
        (tmp_path / f"stand-ins.{of}.yaml").write_text(FILE)
    with pytest.raises(EngineError) as refusal:
        plan_stack(tmp_path, "dev")
    assert named in str(refusal.value)
    assert STAND_INS in refusal.value.fix


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "text",
        "stack: {}",
        "stacks: []",
        "stacks: {a: text}",
        "functions: {}",
        "functions: [text]",
        "functions:\n  - function: a",
        "functions:\n  - {function: a, result: []}",
        "functions:\n  - {function: a, result: {}, more: 1}",
        "resources:\n  - {type: a, id: 1, properties: {}}",
        "stacks:\n  a: {secret: {secure: AAAB}}",
        "stacks:\n  a: {number: 0123}",
        "stacks: {a: 1",
    ],
)
def test_a_malformed_file_of_stand_ins_is_refused_with_its_place(tmp_path: Path, content: str) -> None:
    write(tmp_path, "")
    (tmp_path / STAND_INS).write_text(content)
    with pytest.raises(ConfigError, match=STAND_INS) as refusal:
        plan_stack(tmp_path, "dev")
    assert refusal.value.why
    assert refusal.value.fix
    assert "AAAB" not in str(refusal.value)
