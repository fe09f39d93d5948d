"""`voicestack compare` with files: of every kind that `check` reads, in any folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from plan.plan import Plan, Resource
from review.command import main

TOPIC = "gcp:pubsub/topic:Topic"


def plan(*names: str, size: int = 1) -> Plan:
    made = [
        Resource(
            urn=f"urn:pulumi:prod::demo::{TOPIC}::{name}",
            type=TOPIC,
            name=name,
            custom=True,
            parent=None,
            inputs={"name": name, "size": size},
        )
        for name in names
    ]
    return Plan.of(made, project="demo", stack="prod", system="demo", outputs={})


def _plan(made: Plan) -> str:
    return made.to_json()


def _preview(made: Plan) -> str:
    return json.dumps({"steps": [{"op": "create", "newState": one.as_json()} for one in made]})


def _state(made: Plan) -> str:
    return json.dumps({"version": 3, "deployment": {"resources": [one.as_json() for one in made]}})


SHAPES = {"plan": _plan, "preview": _preview, "state": _state}


@pytest.fixture(autouse=True)
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a project, here or above."""
    monkeypatch.chdir(tmp_path)


def compared(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["compare", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.mark.parametrize("before", sorted(SHAPES))
@pytest.mark.parametrize("after", sorted(SHAPES))
def test_files_of_every_kind_are_compared_outside_a_project(
    before: str, after: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.json").write_text(SHAPES[before](plan("jobs", "gone")))
    Path("b.json").write_text(SHAPES[after](plan("jobs", "new")))
    code, text, _ = compared(capsys, "a.json", "b.json", "--exit-code")
    assert code == 1
    assert "### prod: 1 added, 0 changed, 1 removed" in text
    Path("b.json").write_text(SHAPES[after](plan("jobs", "gone")))
    code, text, _ = compared(capsys, "a.json", "b.json", "--exit-code")
    assert (code, "### prod: no change" in text) == (0, True)


def test_a_preview_that_found_an_older_resource_by_an_alias_tells_a_move(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before, after = plan("old"), plan("new")
    Path("a.json").write_text(_state(before))
    step: dict[str, Any] = {
        "op": "update",
        "oldState": before.resources[0].as_json(),
        "newState": after.resources[0].as_json(),
    }
    Path("b.json").write_text(json.dumps({"steps": [step]}))
    _, text, _ = compared(capsys, "a.json", "b.json")
    assert "### prod: 0 added, 1 changed, 0 removed, 1 moved" in text


def test_default_providers_that_only_a_state_shows_are_no_difference(capsys: pytest.CaptureFixture[str]) -> None:
    provider = Resource(
        urn="urn:pulumi:prod::demo::pulumi:providers:gcp::default_10_2_0",
        type="pulumi:providers:gcp",
        name="default_10_2_0",
        custom=True,
        parent=None,
        inputs={},
    )
    made = plan("jobs")
    shown = Plan.of([*made, provider], project="demo", stack="prod", system="demo", outputs={})
    Path("a.json").write_text(_state(shown))
    Path("b.json").write_text(_preview(made))
    assert "no change" in compared(capsys, "a.json", "b.json")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.json", "nowhere.json"], "'nowhere.json' is no file, and there is no project to plan it from"),
        (["main", "a.json"], "'main' is no file, and there is no project to plan it from"),
        (["a.json", "other.json"], "other.json is JSON of something else"),
        (["a.json", "broken.json"], "broken.json"),
        (["a.json", "failed.json"], "failed.json is what a failed preview wrote"),
        (["a.json", "a.json", "--stack", "prod"], "two files are compared as they are"),
        (["a.json", "a.json", "--system", "other"], "two files are compared as they are"),
        (["a.json", "main", "--root", "nowhere"], "--root nowhere is no folder"),
    ],
)
def test_bad_input_is_one_message_with_what_why_and_fix(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.json").write_text(_plan(plan("jobs")))
    Path("other.json").write_text("{}")
    Path("broken.json").write_text("{")
    failed = {"steps": [], "diagnostics": [{"severity": "error", "message": "it failed"}]}
    Path("failed.json").write_text(json.dumps(failed))
    code, out, err = compared(capsys, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "why:" in err
    assert "fix:" in err
