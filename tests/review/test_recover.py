"""`voicestack recover` as its users run it: it reads, prints, and does nothing else."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from review.command import main
from tests.analysis.recovery.states import resource, state
from tests.stacks.planned import ROOT

ACCOUNT = resource("gcp:serviceaccount/account:Account", {"accountId": "api"})
STAGING = ("recover", "--root", str(ROOT), "--stack", "staging")


def written(folder: Path, raw: Any) -> str:
    file = folder / "state.json"
    file.write_text(raw if isinstance(raw, str) else json.dumps(raw))
    return str(file)


def test_a_clean_state_has_nothing_pending_and_exits_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*STAGING, "--state", written(tmp_path, state())]) == 0
    assert capsys.readouterr().out == "voicestack · staging: nothing is pending\n"


def test_what_is_pending_is_told_in_steps_and_exits_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*STAGING, "--state", written(tmp_path, state(ACCOUNT))]) == 1
    told = capsys.readouterr().out
    assert told.startswith("voicestack · staging: 1 operation was cut off\n\n1. Take into the state")
    assert "\n2. Read the state again" in told


def test_a_state_is_read_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content = io.TextIOWrapper(io.BytesIO(json.dumps(state(ACCOUNT)).encode()))
    monkeypatch.setattr(sys, "stdin", content)
    assert main([*STAGING, "--state", "-", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(one["urn"], one["need"]) for one in told["creates"]] == [(ACCOUNT["urn"], "import")]


def test_a_stack_may_be_named_with_its_organisation(tmp_path: Path) -> None:
    arguments = ["recover", "--root", str(ROOT), "--stack", "acme/voicestack/staging"]
    assert main([*arguments, "--state", written(tmp_path, state())]) == 0


def test_the_file_for_an_import_is_all_that_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*STAGING, "--state", written(tmp_path, state(ACCOUNT)), "--format", "import"]) == 1
    file = json.loads(capsys.readouterr().out)
    assert file["resources"][0]["id"] == "projects/acme/serviceAccounts/api@acme.iam.gserviceaccount.com"


def test_nothing_is_run_and_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = written(tmp_path, state(ACCOUNT))

    def run(*_: Any, **__: Any) -> None:
        raise AssertionError("it prints commands, and runs none")

    for runner in ("run", "Popen", "check_output", "call"):
        monkeypatch.setattr(subprocess, runner, run)
    monkeypatch.chdir(tmp_path)
    for format_ in ("text", "json", "import"):
        assert main([*STAGING, "--state", name, "--format", format_]) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["state.json"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "it is not whole, or not JSON"),
        ('{"version": 3, "deployment": {', "it is not whole, or not JSON"),
        ("{}", "is not the state of staging of voicestack"),
        (json.dumps({"resources": []}), "its version is not 3 or 4"),
        (
            json.dumps(state(ACCOUNT)).replace("urn:pulumi:staging", "urn:pulumi:prod"),
            "belongs to prod of voicestack",
        ),
        (json.dumps(state(ACCOUNT)).replace("::voicestack::", "::leadgen::"), "belongs to staging of leadgen"),
    ],
    ids=["empty", "cut", "another thing", "a plan", "another stack's", "another project's"],
)
def test_a_file_that_is_not_this_stacks_state_is_refused_in_one_message(
    content: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*STAGING, "--state", written(tmp_path, content)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert printed.err.count("error: ") == printed.err.count("\n  why: ") == printed.err.count("\n  fix: ") == 1


@pytest.mark.parametrize("more", [[], ["--state", "nowhere.json"]], ids=["no state", "no such file"])
def test_a_missing_state_is_refused_with_the_command_that_writes_it(
    more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*STAGING, *more]) == 2
    assert ("pulumi stack export --stack staging |" in capsys.readouterr().err) is (not more)


def test_an_answer_to_what_nobody_asked_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*STAGING, "--state", written(tmp_path, state()), "--absent", ACCOUNT["urn"]]) == 2
    assert "no create that was cut off" in capsys.readouterr().err
