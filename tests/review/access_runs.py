"""Runs of `voicestack access` on planned stacks, and what they print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from plan.plan import Plan
from review.command import main


def plan_file(folder: Path, plan: Plan, name: str = "plan.json") -> Path:
    """The plan in a file."""
    file = folder / name
    file.write_text(plan.to_json())
    return file


def run_text(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What it prints, in one line: where lines break is of no matter."""
    assert main(["access", *arguments]) == 0
    return " ".join(capsys.readouterr().out.split())


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["access", "--format", "json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def of(told: Any, name: str) -> Any:
    """One identity of the first stack."""
    [found] = [one for one in told["stacks"][0]["identities"] if one["name"] == name]
    return found
