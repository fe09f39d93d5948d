"""Comparing with a git commit: stacks that come and go, and commits that cannot be planned."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from review.command import main

STACK = "config: {}\n"
PROGRAM = """
import pulumi


class Group(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("demo:index:Group", name)


Group("one")
"""
NESTED = """
import pulumi


class Group(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("demo:index:Group", name, None, opts)


outer = Group("NAME", pulumi.ResourceOptions(OPTS))
Group("NAME-inner", pulumi.ResourceOptions(parent=outer))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of two stacks, committed."""
    (tmp_path / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    for stack in ("staging", "prod"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(STACK)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    commit(tmp_path)
    return tmp_path


def commit(root: Path) -> None:
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "state"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True)


def compared(root: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    code = main(["compare", "HEAD", ".", "--root", str(root), *options])
    return code, capsys.readouterr().out


def test_a_commit_equals_the_tree_that_it_is(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = compared(root, capsys, "--exit-code")
    assert code == 0
    assert text.count("no change") == 2


def test_a_stack_that_is_gone_is_told_as_removed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "Pulumi.prod.yaml").unlink()
    code, text = compared(root, capsys, "--exit-code")
    assert code == 1
    assert "### prod: 0 added, 0 changed, 1 removed" in text
    assert "### staging: no change" in text


def test_a_new_stack_is_told_as_added(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "Pulumi.dev.yaml").write_text(STACK)
    assert "### dev: 1 added, 0 changed, 0 removed" in compared(root, capsys)[1]


def test_a_component_renamed_with_an_alias_moves_with_what_it_holds(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, opts in (("old", ""), ("new", "aliases=[pulumi.Alias(name='old')]")):
        (root / "__main__.py").write_text(NESTED.replace("NAME", name).replace("OPTS", opts))
        if name == "old":
            commit(root)
    code, text = compared(root, capsys, "--stack", "prod", "--exit-code")
    assert code == 1
    assert "### prod: 0 added, 0 changed, 0 removed, 2 moved" in text


def test_a_commit_that_cannot_be_planned_is_told_without_a_traceback(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "__main__.py").write_text("raise KeyError('x')\n")
    commit(root)
    (root / "__main__.py").write_text(PROGRAM)
    assert main(["compare", "HEAD", ".", "--root", str(root)]) == 2
    printed = capsys.readouterr().err
    assert "cannot be planned at 'HEAD'" in printed
    assert "Traceback" not in printed


def test_comparing_leaves_no_worktree_behind(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compared(root, capsys)
    listed = subprocess.run(
        ["git", "-C", str(root), "worktree", "list"], check=True, capture_output=True, text=True
    )
    assert len(listed.stdout.splitlines()) == 1
