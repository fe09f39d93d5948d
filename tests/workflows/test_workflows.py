"""The workflows: pinned, without credentials where the pull request's code runs, and one comment kept."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from review.markdown import MARKER
from tests.needed import Needed
from tests.stacks.planned import ROOT

FOLDER = ROOT / ".github" / "workflows"
every = pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.name)


def read(name: str) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return found


@every
def test_actions_are_pinned_by_commit(path: Path) -> None:
    for used in re.findall(r"uses:\s*(\S+)", path.read_text(encoding="utf-8")):
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used), f"{used} can change tomorrow: name a commit"


@every
def test_no_text_of_a_pull_request_is_pasted_into_a_script(path: Path) -> None:
    for job in read(path.name)["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), "pass it by env: an author chooses branch names and titles"


@pytest.mark.parametrize("name", ["preview.yml", "test.yml"])
def test_what_runs_a_pull_requests_code_can_only_read(name: str) -> None:
    workflow = read(name)
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets." not in (FOLDER / name).read_text(encoding="utf-8")
    triggers = workflow[True]  # YAML 1.1 reads the key `on` as true
    assert "pull_request_target" not in triggers


def test_the_locks_are_tried_with_the_oldest_and_the_newest_pip_apart_from_the_tests() -> None:
    job = read("test.yml")["jobs"]["locks"]
    assert job["steps"][-1]["run"] == "make try-locks"
    # Python 3.11 is the last on which the oldest pip runs.
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.x"]
    assert "try-locks" not in (ROOT / ".ci" / "run").read_text(encoding="utf-8"), "it takes minutes and the index"


def test_what_may_comment_runs_nothing_of_the_pull_request() -> None:
    text = (FOLDER / "comment.yml").read_text(encoding="utf-8")
    assert "checkout" not in text
    assert read("comment.yml")["permissions"] == {}
    assert read("comment.yml")["jobs"]["comment"]["permissions"] == {"actions": "read", "pull-requests": "write"}
    assert MARKER in text, "the two ends of the preview must look for the same comment"


GH = """#!/bin/sh
echo "$@" >> "$LOG"
case "$*" in
  *pulls*) echo '[{"number": 7, "head": {"sha": "abc"}}]' ;;
  *PATCH*|*POST*) cat body.json >> "$LOG" ;;
  *comments*) cat "$COMMENTS" ;;
esac
"""


def post(folder: Path, body: str, comments: str = "[]", **more: str) -> tuple[int, str]:
    """Runs the comment script with a `gh` that only writes down what it was asked."""
    tools = folder / "tools"
    tools.mkdir()
    (tools / "gh").write_text(GH)
    (tools / "gh").chmod(0o755)
    (folder / "preview").mkdir()
    (folder / "preview" / "comment.md").write_text(body)
    (folder / "comments.json").write_text(comments)
    (step,) = [one for one in read("comment.yml")["jobs"]["comment"]["steps"] if "run" in one]
    surroundings = {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "LOG": str(folder / "log"),
        "COMMENTS": str(folder / "comments.json"),
        "MARKER": step["env"]["MARKER"],
        "REPO": "acme/voice",
        "HEAD": "someone:branch",
        "SHA": "abc",
        **more,
    }
    done = subprocess.run(
        ["bash", "-c", step["run"]], cwd=folder, env=surroundings, capture_output=True, text=True, check=False
    )
    log = folder / "log"
    return done.returncode, log.read_text() if log.exists() else ""


needs_jq = Needed.JQ.unless(shutil.which("jq"))
MINE = json.dumps([{"id": 5, "user": {"login": "github-actions[bot]"}, "body": f"{MARKER} old"}])


@needs_jq
def test_the_first_preview_makes_a_comment_and_the_next_ones_edit_it(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    assert "POST repos/acme/voice/issues/7/comments" in post(tmp_path / "one", f"{MARKER}\nnew")[1]
    edited = post(tmp_path / "two", f"{MARKER}\nnew", MINE)[1]
    assert "PATCH repos/acme/voice/issues/comments/5" in edited
    assert "POST" not in edited


@needs_jq
def test_a_comment_of_somebody_else_is_never_edited(tmp_path: Path) -> None:
    theirs = MINE.replace("github-actions[bot]", "someone")
    assert "PATCH" not in post(tmp_path, f"{MARKER}\nnew", theirs)[1]


@needs_jq
def test_an_artifact_without_the_marker_is_not_posted(tmp_path: Path) -> None:
    code, log = post(tmp_path, "buy now")
    assert code != 0
    assert not log


@needs_jq
def test_a_preview_of_an_older_commit_is_not_posted(tmp_path: Path) -> None:
    code, log = post(tmp_path, f"{MARKER}\nnew", SHA="def")
    assert code == 0
    assert "POST" not in log


@needs_jq
def test_a_branch_named_like_a_command_is_only_a_name(tmp_path: Path) -> None:
    post(tmp_path, f"{MARKER}\nnew", HEAD="someone:$(touch owned);`touch owned`")
    assert not (tmp_path / "owned").exists()


def test_a_violated_policy_fails_the_preview_after_its_comment_is_written() -> None:
    steps = read("preview.yml")["jobs"]["preview"]["steps"]
    checked = next(step for step in steps if step.get("id") == "check")
    assert checked["continue-on-error"] is True
    assert "make preview" in checked["run"]
    upload = next(number for number, step in enumerate(steps) if "upload-artifact" in step.get("uses", ""))
    assert steps[-1]["if"] == "steps.check.outcome == 'failure'"
    assert upload < len(steps) - 1
    commented = read("comment.yml")["jobs"]["comment"]["if"]
    assert '"failure"' in commented, "a violation must reach the pull request"
