"""Projects and files as other commands of Pulumi write them: read, or refused with the command that writes one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from plan.engine.project import find_root, load_project, stacks_of
from plan.engine.run import plan_stack
from plan.errors import PlanFileError, ReviewError
from plan.sources.plan_file import read_plan
from review.command import main
from tests.plan.small_program import write

URN = "urn:pulumi:dev::demo::pulumi:pulumi:Stack::demo-dev"
STATE = {"version": 3, "deployment": {"resources": [{"urn": URN, "type": "pulumi:pulumi:Stack", "custom": False}]}}


@pytest.mark.parametrize("ending", ["yml", "json"])
def test_a_project_file_of_any_name_that_pulumi_knows_is_read_with_its_stacks(tmp_path: Path, ending: str) -> None:
    write(tmp_path, "pulumi.export('a', pulumi.Config().require('a'))\n")
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        (tmp_path / name).unlink()
    (tmp_path / f"Pulumi.{ending}").write_text(json.dumps({"name": "demo", "runtime": "python"}))
    (tmp_path / f"Pulumi.dev.{ending}").write_text(json.dumps({"config": {"demo:a": "b"}}))
    assert find_root(tmp_path) == tmp_path
    assert stacks_of(tmp_path) == ["dev"]
    assert plan_stack(tmp_path, "dev").outputs == {"a": "b"}


def test_where_no_stack_has_a_settings_file_any_stack_is_planned_without(tmp_path: Path) -> None:
    write(tmp_path, "pulumi.export('a', pulumi.Config().get('a') or pulumi.get_stack())\n")
    (tmp_path / "Pulumi.dev.yaml").unlink()
    assert plan_stack(tmp_path, "anything").outputs == {"a": "anything"}
    assert plan_stack(tmp_path, "anything", config={"a": "set"}).outputs == {"a": "set"}
    with pytest.raises(ReviewError, match=r"no stack '\.\./up'"):
        plan_stack(tmp_path, "../up")


def test_where_stacks_have_settings_files_a_name_without_one_is_taken_for_a_slip(tmp_path: Path) -> None:
    write(tmp_path, "")
    with pytest.raises(ReviewError, match="no stack 'dve'") as refusal:
        plan_stack(tmp_path, "dve")
    assert "dev" in refusal.value.fix
    assert "empty file" in refusal.value.fix


@pytest.mark.parametrize(
    "deployment",
    [None, {}, {"manifest": {"time": "0001-01-01T00:00:00Z"}}, {"resources": []}],
)
def test_the_state_of_an_empty_stack_is_a_plan_of_nothing(
    tmp_path: Path, deployment: object, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"version": 3, "deployment": deployment}))
    assert len(read_plan(file)) == 0
    assert main(["access", "--plan", str(file), "--root", str(tmp_path)]) == 0
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
def test_a_file_that_powershell_wrote_is_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps(STATE), encoding=encoding)
    assert [one.urn for one in read_plan(file)] == [URN]


def test_a_settings_file_that_powershell_wrote_is_read(tmp_path: Path) -> None:
    write(tmp_path, "pulumi.export('a', pulumi.Config().require('a'))\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  demo:a: é\n", encoding="utf-16")
    assert plan_stack(tmp_path, "dev").outputs == {"a": "é"}


EVENT = {"sequence": 0, "timestamp": 1, "preludeEvent": {"config": {}}}
REFUSED = [
    ("a saved plan", json.dumps({"manifest": {}, "resourcePlans": {URN: {}}}), "pulumi preview --json"),
    ("streamed events", f"{json.dumps(EVENT)}\n{json.dumps(EVENT)}\n", "pulumi stack export"),
    ("one event", json.dumps(EVENT), "pulumi preview --json"),
    ("an event that leads with its kind", '{"resourcePreEvent": {}}\n{"summaryEvent": {}}', "pulumi stack export"),
    ("a stream that was cut off", json.dumps(EVENT) + '\n{"seq', "pulumi preview --json"),
]


@pytest.mark.parametrize(("text", "told"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_is_no_source_of_a_plan_is_refused_with_the_command_that_writes_one(
    tmp_path: Path, text: str, told: str, encoding: str
) -> None:
    file = tmp_path / "file.json"
    file.write_text(text, encoding=encoding)
    with pytest.raises(PlanFileError) as refusal:
        read_plan(file)
    assert told in refusal.value.fix


def test_a_project_has_one_file_whatever_else_lies_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "")
    (tmp_path / "Pulumi.yml").write_text("name: other\n")
    assert load_project(tmp_path).name == "demo"
