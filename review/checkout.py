"""The plan of another commit: its own code, in its own folder, in a process of its own.

The working tree and the index are not touched (`git worktree`), and the folder is removed afterwards. The
packages are those installed now.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from plan.engine.project import stacks_of
from plan.errors import ReviewError
from plan.plan import Plan


def plans_at(root: Path, ref: str, stacks: Sequence[str] | None, *, system: str | None = None) -> list[Plan]:
    """The plans of `stacks` (None: all that it has) as the commit `ref` has them.

    A system or a stack that the commit does not have yet gives no plan. ReviewError for no such commit, or a
    program that fails there.
    """
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if commit.returncode:
        raise ReviewError(
            f"'{ref}' is neither a plan file, nor a stack, nor a commit",
            why="there is no such file, no Pulumi.<stack>.yaml of that name, and git knows no such commit",
            fix="name one of these; a shallow clone may lack the commit (git fetch --unshallow)",
        )
    with tempfile.TemporaryDirectory(prefix="voicestack-") as folder:
        tree = Path(folder) / "tree"
        added = _git(root, "worktree", "add", "--detach", "--quiet", str(tree), commit.stdout.strip())
        if added.returncode:
            raise ReviewError(f"'{ref}' cannot be checked out", why=added.stderr.strip(), fix="see git's message")
        try:
            there = [stack for stack in _stacks_there(tree, system) if stacks is None or stack in stacks]
            return [_plan(tree, ref, stack, system, Path(folder)) for stack in there]
        finally:
            _git(root, "worktree", "remove", "--force", str(tree))


def _stacks_there(tree: Path, system: str | None) -> list[str]:
    try:
        return stacks_of(tree, system)
    except ReviewError:
        return []


def _plan(tree: Path, ref: str, stack: str, system: str | None, folder: Path) -> Plan:
    target = folder / f"{stack}.json"
    command = [sys.executable, "-m", "review.command", "plan", "--root", str(tree), "--stack", stack]
    command += ["--json", str(target), *(["--system", system] if system else [])]
    done = subprocess.run(  # noqa: S603 - our own interpreter and arguments
        command, cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ReviewError(
            f"'{stack}' cannot be planned at '{ref}'",
            why=_last_words(done.stderr).replace(str(tree), "."),
            fix="compare with a commit whose stacks can be planned",
        )
    return Plan.read(target)


def _last_words(text: str) -> str:
    """The message, or the last line of the traceback that an older commit's command may end with."""
    message = text.split("Traceback (most recent call last):", maxsplit=1)[0].strip()
    return message or (text.strip().splitlines() or ["it said nothing"])[-1]


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a list of arguments, no shell
        ["git", "-C", str(root), *arguments],  # noqa: S607 - the user's own git
        capture_output=True,
        text=True,
        check=False,
    )
